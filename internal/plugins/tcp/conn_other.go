//go:build !unix

package tcp

import "net"

// tryRead reads what is there. If there is nothing it returns 0 and no error after
// drainPause.
func tryRead(c net.Conn, b []byte) (int, error) { return pausingRead(c, b) }
