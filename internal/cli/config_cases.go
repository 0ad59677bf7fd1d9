package cli

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fatih/color"
	"github.com/rogpeppe/go-internal/txtar"
	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/casefile"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// caseEnding is how names of cases end.
const caseEnding = "_test.txtar"

// configTest is what heka config test is asked for.
type configTest struct {
	config, from, input string
	update              bool
	linger              time.Duration
	limit               int
	plugins             []plugin.Plugin
}

func newConfigTest(plugins []plugin.Plugin) *cobra.Command {
	t := &configTest{plugins: plugins}
	c := &cobra.Command{
		Use:   "test [flags] [CASE...]",
		Short: "Run a configuration on cases, and compare what comes out",
		Long: `Run the pipeline of a configuration on cases that lie in files: bytes that go in,
and messages or bytes that must come out. Everything runs but the inputs, which
feed what the case holds for them, and the outputs, which only keep what they
get: nothing is listened to, connected to or written.

A case is a text file with parts behind lines of the form -- NAME --:

  A failed request goes to the errors.
  -- input/access_log --
  10.0.0.1 GET 502
  -- output/errors --
  10.0.0.1 GET 502

input/NAME holds the bytes for the input [NAME]; with one input it may be called
input alone. The endings .quoted (a Go string on each line, each one read), .hex
and .json (messages instead of bytes) are other forms. messages/NAME.json are the
messages that reached the output [NAME], without uuid, timestamp and pid unless
they came in; output/NAME (or .quoted, .hex) is what its encoder made. Parts that
a case does not have are not compared.

A case has a clock of its own, which stands still while anything works. Parts
without text move it: behind -- wait 60s -- filters have ticked, statistics are
gathered and open records delivered as after a minute, at once and always alike;
scripts see that time too. What follows goes in then. A case that begins with
-- at 2026-02-10T12:00:00Z -- begins at that moment, and the timestamps of its
messages are compared; else it begins now. A second input/NAME goes on with the
bytes of the first. What comes at one instant is sorted: what inputs sent, then
what filters made, by their names.

CASE is a file or a directory, whose files *_test.txtar are run; without one it
is the directory at hand. A case NAME_test.txtar is for the configuration
NAME.toml beside it, else for all *.toml there, unless --config names another.

--update writes what comes out into the cases. --from makes a case of captured
traffic: of a file of framed messages, or of lines. --linger lets time pass at
the end of each case, as wait does.

The exit code is 0 when all is as wanted, 1 when not, 2 for wrong usage, broken
configurations and malformed cases.`,
		Example: `  heka config test
  heka config test --config heka.toml tests/
  heka config test --update nginx_test.txtar
  heka config test --from captured.hpb --config heka.toml new_test.txtar`,
		RunE: func(c *cobra.Command, args []string) error {
			if t.from != "" {
				return t.capture(c, args)
			}
			return t.run(c, args)
		},
	}
	f := c.Flags()
	f.StringVarP(&t.config, "config", "c", "", "configuration file or directory (default beside the case)")
	f.BoolVar(&t.update, "update", false, "write what comes out into the cases")
	f.StringVar(&t.from, "from", "", "make a case of this file of framed messages or lines")
	f.StringVar(&t.input, "input", "", "input that --from is for, where there are several")
	completeNames(c, "input", t.inputs)
	completeFlag(c, "config", files("toml"))
	c.ValidArgsFunction = files("txtar")
	f.IntVar(&t.limit, "limit", 100, "messages of --from to take")
	f.DurationVar(&t.linger, "linger", 0, "time that passes at the end of each case, for timers")
	return c
}

// inputs are the names of the inputs of the configuration, for completion.
func (t *configTest) inputs(*cobra.Command) []string {
	return sections(cmp.Or(t.config, "."), ofKind(plugin.KindInput))
}

func (t *configTest) run(c *cobra.Command, args []string) error {
	if len(args) == 0 {
		args = []string{"."}
	}
	cases, err := findCases(args)
	if err != nil {
		return misused("%w", err)
	}
	out, wrong, broken := c.OutOrStdout(), 0, false
	for _, path := range cases {
		diff, err := t.try(c, path)
		switch {
		case err != nil:
			broken = true
			complain(fmt.Errorf("%s: %w", path, err))
		case diff != "":
			wrong++
			fmt.Fprintf(out, "%s %s\n%s", color.RedString("wrong"), path, paintDiff(diff))
		}
	}
	switch {
	case broken:
		return said(exitUsage)
	case wrong > 0:
		fmt.Fprintln(out, color.RedString("%d of %s went wrong", wrong, counted(len(cases), "case")))
		return said(exitNo)
	}
	fmt.Fprintf(out, "%s: %s\n", color.GreenString("ok"), counted(len(cases), "case"))
	return nil
}

// findCases lists the cases that arguments name.
func findCases(args []string) ([]string, error) {
	var all []string
	for _, arg := range args {
		info, err := os.Stat(arg)
		if err != nil {
			return nil, err
		}
		if !info.IsDir() {
			all = append(all, arg)
			continue
		}
		err = filepath.WalkDir(arg, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(path, caseEnding) {
				all = append(all, path)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	if len(all) == 0 {
		return nil, fmt.Errorf("there are no cases *%s in %s", caseEnding, strings.Join(args, ", "))
	}
	return all, nil
}

// wiring is the configuration of a case.
func (t *configTest) wiring(c *cobra.Command, path string) (*casefile.Wiring, error) {
	from := t.config
	if from == "" {
		from = strings.TrimSuffix(path, caseEnding) + ".toml"
		if _, err := os.Stat(from); errors.Is(err, fs.ErrNotExist) {
			from = filepath.Dir(path)
		}
	}
	x, err := examineSound(c, from, t.plugins)
	if err != nil {
		return nil, err
	}
	return &casefile.Wiring{Config: x.cfg, Global: x.global, Plugins: t.plugins, Linger: t.linger}, nil
}

// try runs a case and returns how it went wrong.
func (t *configTest) try(c *cobra.Command, path string) (diff string, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return "", err
	}
	w, err := t.wiring(c, path)
	if err != nil {
		return "", err
	}
	if !t.update && !casefile.Wants(text) {
		return "", errors.New("nothing is wanted of the case; --update fills it in")
	}
	got, err := w.Run(text)
	if err != nil {
		return "", err
	}
	if !t.update {
		return casefile.Difference(text, got), nil
	}
	return "", writeCase(path, text, got)
}

// writeCase writes a case that has changed.
func writeCase(path string, before, after []byte) error {
	if bytes.Equal(before, after) {
		return nil
	}
	return os.WriteFile(path, after, 0o644)
}

// capture makes a case of captured traffic.
func (t *configTest) capture(c *cobra.Command, args []string) error {
	if len(args) != 1 || !strings.HasSuffix(args[0], caseEnding) {
		return misused("--from writes one case; name it NAME%s", caseEnding)
	}
	path := args[0]
	if _, err := os.Stat(path); err == nil {
		return failed(fmt.Errorf("%s is there already; remove it first", path))
	}
	w, err := t.wiring(c, path)
	if err != nil {
		return err
	}
	input, err := t.captured(c)
	if err != nil {
		return failed(err)
	}
	text := txtar.Format(&txtar.Archive{Comment: []byte("What came of " + filepath.Base(t.from) + ".\n"), Files: []txtar.File{input}})
	got, err := w.Run(text)
	if err != nil {
		return failed(err)
	}
	return writeCase(path, nil, got)
}

// captured is what goes in: messages of a framed file, or the lines of any other.
func (t *configTest) captured(c *cobra.Command) (txtar.File, error) {
	name := "input"
	if t.input != "" {
		name += "/" + t.input
	}
	framed, err := isFramed(c, t.from)
	if err != nil {
		return txtar.File{}, err
	}
	var b []byte
	n := 0
	kind, add := textRecords, func(m *message.Message) { b = append(strconv.AppendQuote(b, m.Payload()), '\n') }
	ending := ".quoted"
	if framed {
		kind, ending = framedRecords, ".json"
		add = func(m *message.Message) { b = append(message.AppendJSON(b, m), '\n') }
	}
	err = eachMessage(c, t.from, kind, func(m *message.Message) error {
		if n++; n > t.limit {
			return errEnough
		}
		add(m)
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return txtar.File{Name: name + ending, Data: b}, err
}

// isFramed reports whether a file begins like one of framed messages.
func isFramed(c *cobra.Command, path string) (bool, error) {
	src, err := openSource(c.Context(), path, c.InOrStdin())
	if err != nil {
		return false, err
	}
	defer src.Close()
	first := make([]byte, 1)
	if _, err := io.ReadFull(src, first); err != nil && err != io.EOF {
		return false, err
	}
	return first[0] == recordSeparator, nil
}

// paintDiff colours the lines of a difference.
func paintDiff(diff string) string {
	lines := slices.Collect(strings.Lines(diff))
	for i, l := range lines {
		switch {
		case strings.HasPrefix(l, "+"):
			lines[i] = color.GreenString("%s", strings.TrimSuffix(l, "\n")) + "\n"
		case strings.HasPrefix(l, "-"):
			lines[i] = color.RedString("%s", strings.TrimSuffix(l, "\n")) + "\n"
		}
	}
	return strings.Join(lines, "")
}
