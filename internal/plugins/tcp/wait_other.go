//go:build !unix

package tcp

import "net"

// waiting is not to be had here.
type waiting struct{}

func newWaiting(net.Conn) *waiting { return nil }

func (*waiting) wait(func()) error { return nil }
