package cli

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/client"
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
	o := client.Defaults()
	o.Address, o.Timeout = to, sendTimeout
	conn, err := client.Dial(context.Background(), &o, slog.New(slog.DiscardHandler))
	if err != nil {
		return failed(err)
	}
	w := &sending{Writer: conn}
	if err := produce(w); err != nil {
		conn.Close()
		return err
	}
	if w.err != nil {
		conn.Close()
		return failed(fmt.Errorf("send to %s: %w", to, w.err))
	}
	if err := conn.Finish(); err != nil {
		return failed(err)
	}
	return nil
}

// sending is a connection whose failure is remembered: a peer that goes away is
// no reader that has seen enough.
type sending struct {
	io.Writer
	err error
}

// Write implements io.Writer.
func (s *sending) Write(b []byte) (int, error) {
	n, err := s.Writer.Write(b)
	if err != nil {
		s.err = err
	}
	return n, err
}
