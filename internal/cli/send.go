package cli

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/spf13/cobra"
)

// sendTimeout bounds connecting to a server, and waiting for it to have read
// everything.
const sendTimeout = 30 * time.Second

// registerTo adds the flag that names a server.
func registerTo(c *cobra.Command, to *string) {
	c.Flags().StringVar(to, "to", "", "TcpInput to send to, as host:port")
}

// sendTo lets produce write to a server and waits until that has read everything.
func sendTo(to string, produce func(io.Writer) error) error {
	conn, err := net.DialTimeout("tcp", to, sendTimeout)
	if err != nil {
		return failed(err)
	}
	defer conn.Close()
	w := &sending{conn: conn}
	if err := produce(w); err != nil {
		return err
	}
	if w.err != nil {
		return failed(fmt.Errorf("sending to %s: %w", to, w.err))
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return failed(fmt.Errorf("sending to %s: %w", to, err))
	}
	conn.SetReadDeadline(time.Now().Add(sendTimeout))
	if _, err := io.Copy(io.Discard, conn); err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = errors.New("it has not read everything")
		}
		return failed(fmt.Errorf("sending to %s: %w", to, err))
	}
	return nil
}

// sending is a connection whose failure is remembered: a peer that goes away is
// no reader that has seen enough.
type sending struct {
	conn net.Conn
	err  error
}

// Write implements io.Writer.
func (s *sending) Write(b []byte) (int, error) {
	n, err := s.conn.Write(b)
	if err != nil {
		s.err = err
	}
	return n, err
}
