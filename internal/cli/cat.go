package cli

import (
	"io"
	"math"
	"time"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/matcher"
)

// Exit codes of heka cat.
const (
	exitCatArgs   = 1
	exitCatMatch  = 2
	exitCatInput  = 3
	exitCatOutput = 4
	exitCatOffset = 5
	exitCatRead   = 6
	exitCatSize   = 8
)

// defaultCatMessage is the largest message that is accepted unless the user
// says otherwise, in bytes.
const defaultCatMessage = 4 << 20

// catOptions are the flags of heka cat.
type catOptions struct {
	match, format, output, from string
	since, until, fields        string
	tail, utc, unwrap           bool
	offset                      int64
	limit, maxMessage           uint64
}

// catFormats are what heka cat can write.
var catFormats = []string{"txt", "json", "heka", "rst", "payload", "table", "count"}

func newCat() *cobra.Command {
	var o catOptions
	var to string
	c := &cobra.Command{
		Use:   "cat [flags] FILE...",
		Short: "Show, count, filter and convert files of messages",
		Long: `Read files of framed messages, as outputs, disk queues and captures hold them,
and write the messages that match an expression.

Files may be compressed by gzip or zstd; - is standard input, and patterns such
as '*.hpb' are expanded. What is damaged is skipped and reported on standard
error with its offset, which for compressed files counts unpacked bytes. The
directory of a queue stands for all messages that are on disk, delivered or not.

A file may also be a connection: tcp://host:port and unix://path connect to a
server that sends messages, tcp-listen://host:port and unix-listen://path wait
for somebody who connects, such as a TcpOutput.

Formats:
  txt      a block of lines for each message, for people
  json     one JSON object a line
  heka     the record as it was, with its header and signature
  rst      reStructuredText, as RstEncoder writes it
  payload  the payload alone, on a line of its own
  table    a row for each message, with the columns that --fields names
  count    nothing but the numbers at the end

--fields names parts of messages: Timestamp, Type, Hostname, Severity, Logger,
Payload, Pid, Uuid, EnvVersion, and fields as status or Fields[status]. It is for
the formats table and json.

--since and --until compare the messages' timestamps; they take a time such as
2006-01-02 15:04:05, in the local zone unless it names one, or a duration such
as 15m for 15 minutes ago.

With --unwrap the messages that dead letters carry are written in place of the
letters; --match and the times still look at the letters. With --to they go, as
framed records, to a TcpInput.

Exit codes: 0 done, also when files were damaged; 1 no file named; 2 bad
expression or flag; 3 a file cannot be opened; 4 the output cannot be opened or
written; 5 bad offset; 6 a file cannot be read to its end; 8 --max-message-size
too large.`,
		Example: `  heka cat messages.hpb
  heka cat --format count --match "Fields[status] >= 500" /var/log/heka/*.hpb
  heka cat --format heka --match "Type == 'x'" --output x.hpb all.hpb
  heka cat --since 15m --format json messages.hpb.gz | jq .payload
  heka cat --from json --format heka --output messages.hpb messages.jsonl
  heka cat --unwrap --match "Fields[reason] == 'x'" --to host:5565 dead.hpb
  heka cat --tail messages.hpb
  heka cat --format table --fields Timestamp,Type,status messages.hpb
  heka cat tcp-listen://127.0.0.1:5565`,
		RunE: func(c *cobra.Command, args []string) error {
			switch {
			case to == "":
				return o.run(c, args, c.OutOrStdout())
			case o.output != "":
				return misused("--to and --output exclude each other")
			case c.Flags().Changed("format") && o.format != "heka":
				return misused("--to sends the format heka, not %s", o.format)
			}
			o.format = "heka"
			return sendTo(to, func(w io.Writer) error { return o.run(c, args, w) })
		},
	}
	f := c.Flags()
	registerTo(c, &to)
	o.register(c)
	o.registerFormat(c)
	f.StringVar(&o.from, "from", "heka", "form of the files: heka or json (one JSON object a line)")
	f.BoolVar(&o.tail, "tail", false, "wait for more at the end of the file")
	f.Int64Var(&o.offset, "offset", 0, "start at this byte of the file")
	f.Uint64Var(&o.maxMessage, "max-message-size", defaultCatMessage, "largest accepted message in bytes")
	completeWords(c, "from", []string{"heka", "json"})
	return c
}

// run checks the flags and does the work.
func (o *catOptions) run(c *cobra.Command, args []string, out io.Writer) error {
	stderr := c.ErrOrStderr()
	if len(args) == 0 {
		c.SetOut(stderr)
		if err := c.Usage(); err != nil {
			return err
		}
		return said(exitCatArgs)
	}
	j, err := o.job(c)
	if err != nil {
		return err
	}
	switch o.from {
	case "heka":
	case "json":
		j.kind = jsonRecords
	default:
		return misused("--from is %q; it must be heka or json", o.from)
	}
	if err := j.chooseFormat(); err != nil {
		return err
	}
	files, err := expand(args)
	if err != nil {
		return &exit{exitCatInput, err}
	}
	switch {
	case o.offset < 0:
		return &exit{exitCatOffset, misused("--offset is %d; it must not be negative", o.offset)}
	case len(files) > 1 && o.offset > 0:
		return &exit{exitCatOffset, misused("--offset is for one file, not %d", len(files))}
	case len(files) > 1 && o.tail:
		return misused("--tail follows one file, not %d", len(files))
	}
	for _, path := range files {
		j.inputs = append(j.inputs, func() error { return j.open(path) })
	}
	return j.run(out)
}

// register adds the flags that every command that shows messages has.
func (o *catOptions) register(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.match, "match", "TRUE", "only messages that match this expression")
	f.StringVar(&o.output, "output", "", "file to write, created or emptied (default standard output)")
	f.Uint64Var(&o.limit, "limit", 0, "stop after this many matching messages; 0 is never")
	f.StringVar(&o.since, "since", "", "only messages from this time on")
	f.StringVar(&o.until, "until", "", "only messages before this time")
	f.BoolVar(&o.utc, "utc", false, "show and take times in UTC")
	f.BoolVar(&o.unwrap, "unwrap", false, "the messages that dead letters carry in place of the letters")
}

// registerFormat adds the flags of commands that write messages in any format.
func (o *catOptions) registerFormat(c *cobra.Command) {
	f := c.Flags()
	f.StringVar(&o.format, "format", "txt", "form of the output: "+oneOf(catFormats))
	f.StringVar(&o.fields, "fields", "", "parts of messages for table and json (default for table "+tableColumns+")")
	completeFlag(c, "fields", completeFields)
	completeWords(c, "format", catFormats)
}

// job checks the flags of register and makes a job that has no inputs yet.
func (o *catOptions) job(c *cobra.Command) (*catJob, error) {
	j := &catJob{catOptions: o, ctx: c.Context(), diag: newDiagnosis(c.ErrOrStderr()), stdin: c.InOrStdin(), zone: time.Local,
		first: math.MinInt64}
	if o.utc {
		j.zone = time.UTC
	}
	if o.maxMessage >= math.MaxUint32 {
		return nil, &exit{exitCatSize, misused("--max-message-size is %d; it must be below %d", o.maxMessage, uint32(math.MaxUint32))}
	}
	m, err := matcher.Parse(o.match)
	if err != nil {
		return nil, &exit{exitCatMatch, misused("Match specification - %s", diagram(err))}
	}
	if m.String() != "TRUE" {
		j.matcher = m
	}
	return j, j.times(time.Now())
}

// times reads --since and --until.
func (j *catJob) times(now time.Time) (err error) {
	if j.since != "" {
		if j.first, err = momentOrAgo(j.since, now, j.zone); err != nil {
			return misused("--since: %w", err)
		}
	}
	if j.until != "" {
		if j.behind, err = momentOrAgo(j.until, now, j.zone); err != nil {
			return misused("--until: %w", err)
		}
	}
	return nil
}
