//go:build unix

package cli

import "golang.org/x/sys/unix"

// writable reports whether this user may write to a file, or into a directory.
func writable(path string) bool { return unix.Access(path, unix.W_OK) == nil }
