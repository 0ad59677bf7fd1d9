//go:build unix

package netconf

import (
	"net"
	"testing"
)

func TestTheEndOfAConnectionShowsAtOnce(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	for _, reset := range []bool{false, true} {
		conn, err := net.Dial("tcp", ln.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		peer, err := ln.Accept()
		if err != nil {
			t.Fatal(err)
		}
		if HasEnded(conn) {
			t.Error("a silent connection has ended")
		}
		if reset {
			peer.(*net.TCPConn).SetLinger(0)
			peer.Close()
		} else {
			if _, err := peer.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
			if peer.(*net.TCPConn).CloseWrite(); HasEnded(conn) {
				t.Error("there is something to be read")
			}
			if n, err := conn.Read(make([]byte, 10)); n != 1 || err != nil {
				t.Errorf("%d bytes, %v", n, err)
			}
		}
		if !HasEnded(conn) {
			t.Errorf("the end goes unnoticed (reset: %t)", reset)
		}
		peer.Close()
	}
	ours, theirs := net.Pipe()
	theirs.Close()
	if HasEnded(ours) {
		t.Error("of a pipe it cannot be told")
	}
}
