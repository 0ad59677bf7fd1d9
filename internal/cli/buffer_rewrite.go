package cli

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/internal/queue"
	"github.com/hekad/heka/message"
)

func newBufferRepair() *cobra.Command {
	return &cobra.Command{
		Use:   "repair [DIR]",
		Short: "Write damaged files of queues anew without the damage",
		Long: `Write the files of a queue anew that hold damage, with all records that are
whole. Readers stay where they are. A queue that a process has open is refused.

There is no need for it: heka skips damage and counts it. A checkpoint that
cannot be used is left as it is; heka then delivers everything on disk again.`,
		Example: "  heka buffer repair /var/cache/hekad/output_queue/relay",
		Args:    atMostOne("DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			all, err := findQueues(args)
			if err != nil {
				return failed(err)
			}
			for _, q := range all {
				done, err := queue.Rewrite(q.fs, nil)
				if err != nil {
					return failed(inUse(q, err))
				}
				fmt.Fprintf(c.OutOrStdout(), "%s: rewrote %d files: %d damaged bytes are gone\n", q.name, done.Files, done.Damaged)
			}
			return nil
		},
	}
}

func newBufferDrop() *cobra.Command {
	var match string
	var dry bool
	c := &cobra.Command{
		Use:   "drop --match EXPR [flags] [DIR]",
		Short: "Remove messages from a queue that match an expression",
		Long: `Remove the messages from a queue that match an expression, such as those that a
server will never take. A queue that a process has open is refused. Damage in the
files that are written anew goes too; records that are no messages stay.

Readers will report the dropped messages as missing.`,
		Example: `  heka buffer drop --dry-run --match "Type == 'debug'" queue
  heka buffer drop --match "Uuid == '72de6a05-1b99-4a88-84c2-90797624c68f'" queue`,
		Args: atMostOne("DIR"),
		RunE: func(c *cobra.Command, args []string) error {
			if match == "" {
				return misused("--match is missing; TRUE drops everything\nRun '%s --help' for usage.", c.CommandPath())
			}
			m, err := matcher.Parse(match)
			if err != nil {
				return misused("Match specification - %s", diagram(err))
			}
			q, err := oneQueue(args)
			if err != nil {
				return err
			}
			return drop(c.OutOrStdout(), q, m, dry)
		},
	}
	c.Flags().StringVar(&match, "match", "", "which messages to remove")
	c.Flags().BoolVar(&dry, "dry-run", false, "only count them")
	return c
}

// drop removes the messages that m matches, or counts them.
func drop(out io.Writer, q storedQueue, m *matcher.Matcher, dry bool) error {
	var msg message.Message
	matched := uint64(0)
	keep := func(r queue.Record) bool { return msg.Parse(r.Body) != nil || !m.Match(&msg) }
	if dry {
		d, err := q.look()
		if err == nil {
			err = d.Walk(queue.Position{}, func(it queue.Item) error {
				if it.Record.Body != nil && !keep(it.Record) {
					matched++
				}
				return nil
			})
		}
		if err != nil {
			return failed(fmt.Errorf("%s: %w", q.path, err))
		}
		fmt.Fprintf(out, "%s: would drop %d messages\n", q.name, matched)
		return nil
	}
	done, err := queue.Rewrite(q.fs, keep)
	if err != nil {
		return failed(inUse(q, err))
	}
	fmt.Fprintf(out, "%s: dropped %d messages, rewrote %d files\n", q.name, done.Dropped, done.Files)
	return nil
}
