// Package e2e tests the real binary from outside: processes, files, sockets and
// signals. It holds no code of its own.
package e2e
