package cli

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode"

	"github.com/fatih/color"
	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/message"
)

func newMatch() *cobra.Command {
	return group(&cobra.Command{
		Use:     "match",
		Short:   "Try message matchers",
		Example: `  heka match test "Type == 'nginx.access' && Fields[status] >= 500"`,
	}, newMatchTest())
}

// matchTest is what heka match test is asked for.
type matchTest struct {
	file, json, suite string
	explain, stats    bool
	format            string
	flags             messageFlags
	tap               matchTap
}

func newMatchTest() *cobra.Command {
	var t matchTest
	c := &cobra.Command{
		Use:   "test [flags] EXPRESSION",
		Short: "Check an expression, and try it on messages",
		Long: `Check an expression of the matcher language. With messages, print for each its
number, yes or no, its type and its uuid. Messages come from files (framed, as
outputs write them, or one JSON object a line, as heka cat --format json prints
them; - is standard input), are described by flags, or are those that pass
through a running heka: --tap takes the next of them, --limit in number, or those
until it is interrupted when that is 0.

With --explain the parts of the expression are shown with their verdicts and the
values they saw; a star marks the parts that decided.

With --stats the verdicts of all messages are counted: how many matched, how many
a single test kept from matching, how often each test was looked at, held and
mattered for the verdict, and what it costs. Tests that never mattered are named.

A suite is a file of expressions and what they should do:

  message M1 {"type":"nginx.access","severity":6}
  yes  Type == 'nginx.access'
  no   Severity < 3
  err  Type = 'x'

A message holds for the lines that follow. With a suite there is no EXPRESSION:
--suite names one, and arguments that end with .match are suites too.

The exit code is 0 when the expression is right and, with messages, matches one
of them; 1 when it matches none, or a case of the suite goes wrong; 2 when the
expression does not parse.`,
		Example: `  heka match test "Fields[status] >= 500"
  heka match test --explain --type nginx.access --field-int status=502 \
      "Type == 'nginx.access' && Fields[status] >= 500"
  heka match test --file messages.hpb "Payload =~ /timeout/"
  heka cat --format json messages.hpb | heka match test --json - "Severity <= 3"
  heka match test --stats --file captured.hpb "Severity <= 3 && Type =~ /^app/"
  heka match test --tap --stats "Severity <= 3 && Type =~ /^app/"
  heka match test testdata/*.match`,
		RunE: func(c *cobra.Command, args []string) error {
			if suites := t.suites(args); suites != nil {
				return t.runSuites(c, suites)
			}
			if t.suite != "" {
				return misused("--suite brings its own expressions; leave out %q", args[0])
			}
			if len(args) != 1 {
				return misused("one expression is needed, not %d; put it in quotes\nRun '%s --help' for usage.", len(args), c.CommandPath())
			}
			return t.run(c, args[0])
		},
	}
	f := c.Flags()
	f.StringVarP(&t.file, "file", "f", "", "try the messages of a framed file")
	f.StringVar(&t.json, "json", "", "try the messages of a file with one JSON object a line")
	f.StringVar(&t.suite, "suite", "", "run the cases of a file")
	f.BoolVar(&t.stats, "stats", false, "count what the parts of the expression do on all messages")
	formatFlag(c, &t.format, "text", "text", "json")
	f.Lookup("format").Usage = "form of --stats"
	f.BoolVar(&t.explain, "explain", false, "show the parts of the expression with their verdicts")
	t.flags.register(f)
	t.tap.register(c)
	return c
}

func (t *matchTest) run(c *cobra.Command, expr string) error {
	out := c.OutOrStdout()
	m, err := matcher.Parse(expr)
	if err != nil {
		return misused("%s", diagram(err))
	}
	for _, f := range m.Advice() {
		fmt.Fprintln(c.ErrOrStderr(), color.YellowString("warning: %s", f))
	}
	given := t.file != "" || t.json != "" || t.tap.on || t.flags.given()
	switch {
	case !t.tap.on && t.tap.given(c):
		return misused("--%s are for --tap", strings.Join(tapFlags, ", --"))
	case t.stats && !given:
		return misused("--stats needs messages: name them by --file, --json or --tap")
	case t.stats && t.explain:
		return misused("--stats and --explain exclude each other")
	case c.Flags().Changed("format") && !t.stats:
		return misused("--format is for --stats")
	}
	if t.stats {
		return t.runStats(c, m)
	}
	if !given {
		fmt.Fprintln(out, color.GreenString("ok"))
		if t.explain {
			fmt.Fprintln(out, m.Tree())
		}
		return nil
	}
	r := verdicts{out: out, matcher: m, explain: t.explain}
	if err := t.each(c, r.add); err != nil {
		return err
	}
	return anyMatched(r.matched > 0)
}

// runStats counts what the expression does on all messages.
func (t *matchTest) runStats(c *cobra.Command, m *matcher.Matcher) error {
	r := newTraffic(m)
	if err := t.each(c, r.add); err != nil {
		return err
	}
	if t.format == "json" {
		if err := r.writeJSON(c.OutOrStdout()); err != nil {
			return failed(err)
		}
	} else {
		r.print(c.OutOrStdout())
	}
	return anyMatched(r.Matched > 0)
}

// anyMatched is the end of a command that looks for messages.
func anyMatched(some bool) error {
	if some {
		return nil
	}
	return said(exitNo)
}

// each calls f for all messages that the flags name.
func (t *matchTest) each(c *cobra.Command, f func(*message.Message) error) error {
	if t.flags.given() {
		msg := message.New()
		if err := t.flags.apply(msg); err != nil {
			return err
		}
		if err := f(msg); err != nil {
			return err
		}
	}
	if t.tap.on {
		if err := t.tap.each(c, f); err != nil {
			return err
		}
	}
	var err error
	if t.file != "" {
		err = errors.Join(err, eachMessage(c, t.file, framedRecords, f))
	}
	if t.json != "" {
		err = errors.Join(err, eachMessage(c, t.json, jsonRecords, f))
	}
	if err != nil {
		return failed(err)
	}
	return nil
}

// diagram is a mistake in an expression with a caret below its place.
func diagram(err error) string {
	var bad *matcher.SyntaxError
	if errors.As(err, &bad) {
		return bad.Diagram()
	}
	return err.Error()
}

// verdicts prints what an expression makes of messages.
type verdicts struct {
	out     io.Writer
	matcher *matcher.Matcher
	explain bool
	count   int
	matched int
}

func (v *verdicts) add(m *message.Message) error {
	v.count++
	word := color.RedString("no ")
	if v.matcher.Match(m) {
		v.matched++
		word = color.GreenString("yes")
	}
	fmt.Fprintln(v.out, strings.TrimRight(fmt.Sprintf("%d %s %s %s", v.count, word, oneWord(m.Type()), m.UUIDText()), " "))
	if v.explain {
		printExplanation(v.out, v.matcher.Explain(m))
	}
	return nil
}

// oneWord is a text that takes one column of a line: quoted unless it is plain,
// and - when there is none.
func oneWord(s string) string {
	if s == "" {
		return "-"
	}
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || !unicode.IsPrint(r) || r == '"' }) {
		return strconv.Quote(s)
	}
	return s
}

// printExplanation draws an explanation with its verdicts in colour.
func printExplanation(out io.Writer, e *matcher.Explanation) {
	for line := range strings.SplitSeq(e.String(), "\n") {
		word, rest := line[:min(3, len(line))], line[min(3, len(line)):]
		switch strings.TrimSpace(word) {
		case matcher.Yes.String():
			word = color.GreenString(word)
		case matcher.No.String():
			word = color.RedString(word)
		default:
			rest = color.New(color.Faint).Sprint(rest)
		}
		fmt.Fprintln(out, "  "+word+rest)
	}
}
