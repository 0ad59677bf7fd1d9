package cli

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/queue"
	"github.com/hekad/heka/message"
)

// replayTimeout bounds connecting to a server, and waiting for it to have read
// everything.
const replayTimeout = 30 * time.Second

// storedOptions say which records of a queue are wanted.
type storedOptions struct {
	catOptions
	reader string
	all    bool
}

// register adds the flags.
func (o *storedOptions) register(c *cobra.Command) {
	o.catOptions.register(c)
	o.from, o.maxMessage = "heka", defaultCatMessage
	c.Flags().StringVar(&o.reader, "reader", "", "what waits for the reader of this name (default the one of heka)")
	c.Flags().BoolVar(&o.all, "all", false, "delivered messages that are still on disk too")
}

func newBufferCat() *cobra.Command {
	var o storedOptions
	c := &cobra.Command{
		Use:   "cat [flags] [DIR]",
		Short: "Show, count and filter the messages that wait in a queue",
		Long: `Write the messages of a queue that match an expression, those that wait unless
--all is given. Formats and filters are those of heka cat; with the format heka
each message gets a plain frame.

Exit codes are those of heka cat; 1 when DIR holds no queue.`,
		Example: `  heka buffer cat --format count /var/cache/hekad/output_queue/relay
  heka buffer cat --match "Severity <= 3" --format json queue | jq .payload
  heka buffer cat --all --format heka --output saved.hpb queue`,
		Args: atMostOne("DIR"),
		RunE: func(c *cobra.Command, args []string) error { return o.run(c, args, c.OutOrStdout()) },
	}
	o.register(c)
	c.Flags().StringVar(&o.format, "format", "txt", "form of the output: "+oneOf(catFormats))
	completeWords(c, "format", catFormats)
	return c
}

func newBufferReplay() *cobra.Command {
	o := storedOptions{}
	o.format = "heka"
	var to string
	c := &cobra.Command{
		Use:   "replay [flags] [DIR]",
		Short: "Send messages of a queue again",
		Long: `Write messages of a queue as framed records, to standard output, to a file, or
to a TcpInput, which reads them with its own splitter and decoder. The queue
stays as it is. With --all messages that were delivered and are still on disk are
sent again; the option keep_delivered of a buffer says for how long that is.`,
		Example: `  heka buffer replay --to localhost:5565 queue
  heka buffer replay --all --since 2h --match "Type == 'x'" --to host:5565 queue
  heka buffer replay queue | heka cat -`,
		Args: atMostOne("DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			if to == "" {
				return o.run(c, args, c.OutOrStdout())
			}
			if o.output != "" {
				return misused("--to and --output exclude each other")
			}
			return o.send(c, args, to)
		},
	}
	o.register(c)
	c.Flags().StringVar(&to, "to", "", "TcpInput to send to, as host:port")
	return c
}

// run reads one queue.
func (o *storedOptions) run(c *cobra.Command, args []string, out io.Writer) error {
	j, err := o.job(c)
	if err != nil {
		return err
	}
	q, err := oneQueue(args)
	if err != nil {
		return err
	}
	j.kind = queuedRecords
	j.chooseFormat()
	j.inputs = []func() error{func() error { return o.read(j, q) }}
	return j.run(out)
}

// send writes to a server and waits until it has read everything.
func (o *storedOptions) send(c *cobra.Command, args []string, to string) error {
	conn, err := net.DialTimeout("tcp", to, replayTimeout)
	if err != nil {
		return failed(err)
	}
	defer conn.Close()
	w := &sending{conn: conn}
	if err := o.run(c, args, w); err != nil {
		return err
	}
	if w.err != nil {
		return failed(fmt.Errorf("sending to %s: %w", to, w.err))
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		return failed(fmt.Errorf("sending to %s: %w", to, err))
	}
	conn.SetReadDeadline(time.Now().Add(replayTimeout))
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

// read hands the wanted records of a queue to a job.
func (o *storedOptions) read(j *catJob, q storedQueue) error {
	d, err := q.look()
	if err != nil {
		return &exit{exitCatInput, err}
	}
	from, known := checkpointOf(d, o.reader)
	switch {
	case o.reader != "" && !known:
		return misused("%s has no reader %q", q.path, o.reader)
	case o.all:
		from = queue.Position{}
	}
	var msg message.Message
	shown := &records{kind: queuedRecords}
	failure := error(nil) // of the visit, not of the disk
	err = d.Walk(from, func(it queue.Item) error {
		if it.Damaged > 0 {
			j.diag.say("Corruption detected in %d.log at offset: %d bytes: %d", it.Start.Segment, it.Start.Offset-it.Damaged, it.Damaged)
		}
		if it.Record.Body == nil {
			return nil
		}
		shown.message, shown.offset = &msg, it.Start.Offset
		if err := msg.Parse(it.Record.Body); err != nil {
			shown.message = nil
			j.diag.say("Error unmarshalling message in %d.log at offset: %d error: %v", it.Start.Segment, it.Start.Offset, err)
		}
		failure = j.message(shown)
		return failure
	})
	if failure != nil {
		return failure
	}
	if err != nil {
		return &exit{exitCatRead, fmt.Errorf("%s: %w", q.path, err)}
	}
	return nil
}
