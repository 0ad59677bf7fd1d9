package cli_test

import (
	"context"
	"io"
	"net"
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// receive is the script command
//
//	receive NETWORK VARIABLE FILE
//
// It listens on a free port, tells the address in a variable, and writes what
// comes to a file: of tcp one connection, whose sender sees its end once
// everything is written; of udp each packet.
func receive(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: receive NETWORK VARIABLE FILE")
	}
	file, err := os.Create(ts.MkAbs(args[2]))
	ts.Check(err)
	var c io.Closer
	var address net.Addr
	ended := make(chan struct{})
	if strings.HasPrefix(args[0], "udp") {
		conn, err := net.ListenPacket(args[0], "127.0.0.1:0")
		ts.Check(err)
		c, address = conn, conn.LocalAddr()
		go func() {
			defer close(ended)
			packets(file, conn)
		}()
	} else {
		l, err := new(net.ListenConfig).Listen(context.Background(), args[0], "127.0.0.1:0")
		ts.Check(err)
		c, address = l, l.Addr()
		go func() {
			defer close(ended)
			if conn, err := l.Accept(); err == nil {
				_, _ = io.Copy(file, conn) // what is missing the script misses
				conn.Close()
			}
		}()
	}
	ts.Defer(func() {
		c.Close()
		<-ended
		file.Close()
	})
	ts.Setenv(args[1], address.String())
}

// packets writes packets to a file until the connection is closed.
func packets(file *os.File, conn net.PacketConn) {
	packet := make([]byte, 1<<16)
	for {
		n, _, err := conn.ReadFrom(packet)
		if err != nil {
			return
		}
		if _, err := file.Write(packet[:n]); err != nil {
			return
		}
	}
}
