package cli

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"os/signal"
	"slices"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/admin"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/message"
)

// defaultTapRate is how many messages a second people can still look at.
const defaultTapRate = 50

func newTap() *cobra.Command {
	var o catOptions
	var a adminFlags
	var source string
	var rate int
	c := &cobra.Command{
		Use:   "tap [EXPRESSION]",
		Short: "Watch messages pass through a running heka",
		Long: `Show messages of a running heka as they are routed, until interrupted.

The expression is one of message_matcher; without one all messages are meant.
Heka shows at most --rate messages a second, and it never waits for whoever
watches: what was left out is said at the end.

--from names an input or filter, to see what that one sends; hekad stands for
heka's own messages. The formats are those of heka cat.`,
		Example: `  heka tap
  heka tap "Severity <= 3"
  heka tap --from nginx --format table --fields Timestamp,status,request
  heka tap "Fields[status] >= 500" --format json --limit 10 | jq .fields
  heka tap --format heka --output capture.hpb --limit 1000 --rate 1000`,
		Args: atMostOne("EXPRESSION"),
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 1 {
				if c.Flags().Changed("match") {
					return misused("both %s and --match %s; name one expression", args[0], o.match)
				}
				o.match = args[0]
			}
			if rate < 1 || rate > pipeline.MaxTapRate {
				return misused("--rate is %d; it must be from 1 to %d", rate, pipeline.MaxTapRate)
			}
			client, err := a.client(c)
			if err != nil {
				return err
			}
			return o.tap(c, client, source, rate)
		},
	}
	a.register(c)
	o.register(c)
	f := c.Flags()
	o.registerFormat(c)
	f.StringVar(&source, "from", "", "only what this input or filter sends")
	completeNames(c, "from", a.senders)
	f.IntVar(&rate, "rate", defaultTapRate, "show at most this many messages a second")
	return c
}

// tap shows what passes through a running heka.
func (o *catOptions) tap(c *cobra.Command, client *admin.Client, source string, rate int) error {
	o.maxMessage = defaultCatMessage
	j, err := o.job(c)
	if err != nil {
		return err
	}
	if err := j.chooseFormat(); err != nil {
		return err
	}
	if err := knownSender(c.Context(), client, source); err != nil {
		return err
	}
	var counts admin.Counts
	j.inputs = append(j.inputs, func() error {
		var ended bool
		counts, ended, err = tapped(c.Context(), client, tapQuery{match: o.match, from: source, rate: rate}, j.tapped)
		if ended {
			j.diag.say("heka has ended")
		}
		return err
	})
	err = j.run(c.OutOrStdout())
	if left := counts.Skipped + counts.Passed - counts.Looked; left > 0 {
		j.diag.say("Left out: %d matched but were too many, %d passed without a look", counts.Skipped, counts.Passed-counts.Looked)
	}
	return err
}

// tapped shows a message of a tap at once.
func (j *catJob) tapped(m *message.Message, cut bool) error {
	if cut {
		j.diag.say("%s", cutInTap)
	}
	j.processed++
	if err := j.show(m, nil); err != nil {
		return err
	}
	return unwritten(j.flush())
}

// cutInTap tells that a tap did not show all of a message.
const cutInTap = "The payload and fields of a large message were left out"

// tapQuery says what of a running heka is wanted.
type tapQuery struct {
	match string
	from  string // input or filter; "" is all
	rate  int    // messages a second at most
}

// tapped calls f for messages of a running heka until it returns an error, which
// is handed on, or an interrupt or the end of heka ends it. The message is new; cut
// says that its payload and fields were left out.
func tapped(ctx context.Context, client *admin.Client, q tapQuery, f func(m *message.Message, cut bool) error) (counts admin.Counts, ended bool, err error) {
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	query := url.Values{"match": {q.match}, "rate": {strconv.Itoa(q.rate)}}
	if q.from != "" {
		query.Set("from", q.from)
	}
	err = client.Events(ctx, "/api/v1/tap", query, func(name string, data []byte) error {
		if name == "counts" {
			return json.Unmarshal(data, &counts)
		}
		var t admin.Tapped
		if err := json.Unmarshal(data, &t); err != nil {
			return err
		}
		m := message.New()
		if err := m.ParseJSON(t.Message); err != nil {
			return err
		}
		return f(m, t.Cut)
	})
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return counts, true, nil
	case err == nil, errors.Is(err, errEnough), broken(err):
		return counts, false, err
	}
	return counts, false, refused(err)
}

// knownSender refuses a name that no input or filter of the running heka has, from
// which nothing would ever come; "" is any, hekad is heka itself.
func knownSender(ctx context.Context, client *admin.Client, name string) error {
	if name == "" || name == "hekad" {
		return nil
	}
	var t admin.Topology
	if err := client.Get(ctx, "/api/v1/topology", nil, &t); err != nil {
		return refused(err)
	}
	senders := []string{"hekad"}
	for _, n := range t.Nodes {
		switch {
		case n.Kind == "input" || n.Kind == "filter":
			senders = append(senders, n.Name)
		case n.Name == name:
			return misused("--from is %q, an output, which sends nothing; it must be an input or filter", name)
		}
	}
	if !slices.Contains(senders, name) {
		return misused("--from is %q; the running heka has no such input or filter%s", name, notFoundHint(name, senders))
	}
	return nil
}
