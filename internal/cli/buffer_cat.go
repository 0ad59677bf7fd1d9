package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/queue"
	"github.com/hekad/heka/message"
)

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
	completeFlag(c, "reader", completeReaders)
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
	o.registerFormat(c)
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
sent again; the option keep_delivered of a buffer says for how long that is.

With --unwrap dead letters are replaced by the messages that they carry: those
that an output refused are sent again once the cause is removed.`,
		Example: `  heka buffer replay --to localhost:5565 queue
  heka buffer replay --all --since 2h --match "Type == 'x'" --to host:5565 queue
  heka buffer replay --unwrap --match "Fields[reason] == 'x'" --to host:5565 dead
  heka buffer replay queue | heka cat -`,
		Args: atMostOne("DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			if to == "" {
				return o.run(c, args, c.OutOrStdout())
			}
			if o.output != "" {
				return misused("--to and --output exclude each other")
			}
			return sendTo(to, func(w io.Writer) error { return o.run(c, args, w) })
		},
	}
	o.register(c)
	registerTo(c, &to)
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
	if err := j.chooseFormat(); err != nil {
		return err
	}
	j.inputs = []func() error{func() error { return o.read(j, q) }}
	return j.run(out)
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
		return misused("%s has no reader %q%s", q.path, o.reader, notFoundHint(o.reader, readers(d)))
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
