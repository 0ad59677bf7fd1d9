package cli

import (
	"errors"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/message"
)

// defaultMatchTap is how many messages of a running heka an expression is tried
// on.
const defaultMatchTap = 100

// matchTap says which messages of a running heka an expression is tried on.
type matchTap struct {
	adminFlags
	on    bool
	from  string
	limit uint64
}

// tapFlags are the flags that are of no use without --tap.
var tapFlags = []string{"admin", "config", "ca-file", "from", "limit"}

func (t *matchTap) register(c *cobra.Command) {
	t.adminFlags.register(c)
	f := c.Flags()
	f.BoolVar(&t.on, "tap", false, "try messages that pass through a running heka")
	f.StringVar(&t.from, "from", "", "with --tap, only what this input or filter sends")
	completeNames(c, "from", t.senders)
	f.Uint64Var(&t.limit, "limit", defaultMatchTap, "with --tap, end after this many messages; 0 is never")
}

// given reports whether the command line has one of tapFlags.
func (t *matchTap) given(c *cobra.Command) bool {
	some := false
	c.Flags().Visit(func(f *pflag.Flag) { some = some || slices.Contains(tapFlags, f.Name) })
	return some
}

// each calls f for the messages. All are asked for, not only those that match, as
// fast as heka shows them.
func (t *matchTap) each(c *cobra.Command, f func(*message.Message) error) error {
	client, err := t.client(c)
	if err != nil {
		return err
	}
	if err := knownSender(c.Context(), client, t.from); err != nil {
		return err
	}
	diag := newDiagnosis(c.ErrOrStderr())
	n := uint64(0)
	_, ended, err := tapped(c.Context(), client, tapQuery{match: "TRUE", from: t.from, rate: pipeline.MaxTapRate},
		func(m *message.Message, cut bool) error {
			if cut {
				diag.say("%s", cutInTap)
			}
			if err := f(m); err != nil {
				return err
			}
			if n++; n == t.limit {
				return errEnough
			}
			return nil
		})
	if ended {
		diag.say("heka has ended")
	}
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}
