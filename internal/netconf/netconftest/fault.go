package netconftest

import (
	"io"
	"net"
)

// Reset ends the connection at once, without a word and not orderly.
func Reset(client net.Conn, _ func() net.Conn, _ <-chan struct{}) { reset(client) }

func reset(c net.Conn) {
	if tcp, ok := c.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	c.Close()
}

// Close ends the connection at once, orderly.
func Close(net.Conn, func() net.Conn, <-chan struct{}) {}

// HalfClose says at once that nothing will be said, and reads what comes.
func HalfClose(client net.Conn, _ func() net.Conn, _ <-chan struct{}) {
	closeWrite(client)
	io.Copy(io.Discard, client)
}

// Swallow reads what comes and says nothing, until the other side leaves.
func Swallow(client net.Conn, _ func() net.Conn, _ <-chan struct{}) {
	io.Copy(io.Discard, client)
}

// Stall neither reads nor says anything until the end of the test.
func Stall(_ net.Conn, _ func() net.Conn, over <-chan struct{}) { <-over }

// CutRequest passes n bytes on to the server, and what it says, and then ends both
// connections, not orderly.
func CutRequest(n int64) Fault {
	return func(client net.Conn, server func() net.Conn, _ <-chan struct{}) {
		s := server()
		both(func() {
			io.CopyN(s, client, n)
			reset(client)
			reset(s)
		}, func() { io.Copy(client, s) })
	}
}

// CutAnswer passes everything on to the server, but only n bytes of what it says,
// and then ends both connections, not orderly.
func CutAnswer(n int64) Fault {
	return func(client net.Conn, server func() net.Conn, _ <-chan struct{}) {
		s := server()
		both(func() { io.Copy(s, client) }, func() {
			io.CopyN(client, s, n)
			reset(client)
			reset(s)
		})
	}
}

// Drip passes everything on, byte by byte.
func Drip(client net.Conn, server func() net.Conn, _ <-chan struct{}) {
	s := server()
	drip := func(to, from net.Conn) {
		buf := make([]byte, 1)
		for {
			if _, err := from.Read(buf); err != nil {
				closeWrite(to)
				return
			}
			if _, err := to.Write(buf); err != nil {
				return
			}
		}
	}
	both(func() { drip(s, client) }, func() { drip(client, s) })
}

// Say says a text, whatever comes, and ends the connection, orderly, when the other
// side has.
func Say(text string) Fault {
	return func(client net.Conn, _ func() net.Conn, _ <-chan struct{}) {
		both(func() { io.Copy(io.Discard, client) }, func() {
			io.WriteString(client, text)
			closeWrite(client)
		})
	}
}

// Babble says a text and then another one without end, until the other side leaves.
func Babble(text, again string) Fault {
	return func(client net.Conn, _ func() net.Conn, _ <-chan struct{}) {
		both(func() { io.Copy(io.Discard, client) }, func() {
			for _, err := io.WriteString(client, text); err == nil; {
				_, err = io.WriteString(client, again)
			}
		})
	}
}
