package tcp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"time"
)

// What both sides say when they agree on acknowledgement, see the package
// comment.
const (
	// magic begins what the sender asks and is, with a newline, what the receiver
	// answers.
	magic = "heka-ack 1"
	// maxName is the longest name of a sender, in bytes.
	maxName = 64
	// maxAsk is the longest question, in bytes.
	maxAsk = len(magic) + 1 + maxName + 1
	// countSize is the size of a count.
	countSize = 8
	// heartbeat is how often a receiver repeats its count when it does not
	// change.
	heartbeat = 500 * time.Millisecond
)

// question is what a sender with this name asks; other characters than letters,
// digits and -._/ become _.
func question(name string) []byte {
	b := []byte(name)
	for i, c := range b {
		if !nameByte(c) {
			b[i] = '_'
		}
	}
	return fmt.Appendf(nil, "%s %s\n", magic, b[max(0, len(b)-maxName):])
}

func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '.' || c == '_' || c == '/'
}

// parseQuestion looks at the first bytes of a connection. asked says that they
// begin with a question, which takes size bytes; more that they may become one.
func parseQuestion(b []byte) (name string, size int, asked, more bool) {
	const head = magic + " "
	if len(b) < len(head) {
		return "", 0, false, bytes.HasPrefix([]byte(head), b)
	}
	if !bytes.HasPrefix(b, []byte(head)) {
		return "", 0, false, false
	}
	for i, c := range b[len(head):min(len(b), maxAsk)] {
		switch {
		case c == '\n' && i > 0:
			return string(b[len(head) : len(head)+i]), len(head) + i + 1, true, false
		case !nameByte(c):
			return "", 0, false, false
		}
	}
	return "", 0, false, len(b) < maxAsk
}

// listenForQuestion reads the beginning of a connection. first is what was read
// and is data. Nothing waits for bytes that are not needed to decide.
func listenForQuestion(r io.Reader) (name string, asked bool, first []byte, err error) {
	b := make([]byte, 0, maxAsk)
	for {
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		name, size, asked, more := parseQuestion(b)
		if asked || !more || err != nil {
			return name, asked, b[size:], err
		}
	}
}

var (
	errGreeting = errors.New("the server does not know acknowledgement")
	errHungUp   = errors.New("the server closed the connection without an answer")
)

// Ask asks the receiver at the other end of conn, to which nothing was sent yet,
// to acknowledge, and waits for its answer. name is the sender's, the same over
// all its connections.
func Ask(conn net.Conn, name string, timeout time.Duration) error {
	conn.SetDeadline(time.Now().Add(timeout))
	if _, err := conn.Write(question(name)); err != nil {
		return err
	}
	err := readGreeting(conn)
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return errHungUp
	}
	conn.SetDeadline(time.Time{})
	return err
}

// readGreeting reads the answer of a receiver.
func readGreeting(r io.Reader) error {
	var b [len(magic) + 1]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return err
	}
	if string(b[:]) != magic+"\n" {
		return errGreeting
	}
	return nil
}

// ReadCount waits for the next count of a receiver that agreed to Ask: the bytes
// behind the question that are taken care of.
func ReadCount(r io.Reader) (int64, error) {
	var b [countSize]byte
	if _, err := io.ReadFull(r, b[:]); err != nil {
		return 0, err
	}
	return int64(binary.BigEndian.Uint64(b[:])), nil
}

// writeCount writes a count.
func writeCount(w io.Writer, n int64) error {
	var b [countSize]byte
	binary.BigEndian.PutUint64(b[:], uint64(n))
	_, err := w.Write(b[:])
	return err
}
