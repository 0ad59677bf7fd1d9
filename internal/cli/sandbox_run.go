package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/internal/sandbox"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// scriptRun is one run of heka sandbox test.
type scriptRun struct {
	*scriptTest
	ctx     context.Context
	env     *plugin.Env
	inst    any              // the plugin that runs the script
	matcher *matcher.Matcher // nil matches everything
	name    string           // of the script, as the user has given it, or ""
	out     *catJob          // writes messages
	written error            // the first error of the output
	stderr  io.Writer
	uuids   *message.UUIDSource
	clock   scriptClock
	costs   scriptCosts
	encoded []byte
	bad     bool // a message was refused, or the script failed
	ended   bool // the script can no longer be called
}

func (t *scriptTest) run(c *cobra.Command, args []string, plugins []plugin.Plugin) error {
	if !slices.Contains(inputForms, t.form) {
		return misused("--from is %q; it must be %s%s", t.form, oneOf(inputForms), suggestion(t.form, inputForms))
	}
	if !slices.Contains(catFormats, t.format) {
		return misused("--format is %q; it must be %s%s", t.format, oneOf(catFormats), suggestion(t.format, catFormats))
	}
	sec, global, err := t.chosen(c, args)
	if err != nil {
		return err
	}
	r := &scriptRun{scriptTest: t, ctx: context.Background(), stderr: c.ErrOrStderr(), name: strings.Join(args, ""),
		uuids: message.NewUUIDSource()}
	r.out = &catJob{catOptions: &catOptions{format: t.format, maxMessage: math.MaxUint32 - 1}, kind: jsonRecords,
		diag: newDiagnosis(r.stderr), zone: time.Local, out: bufio.NewWriterSize(c.OutOrStdout(), 64<<10)}
	if err := r.out.chooseFormat(); err != nil {
		return err
	}
	if err := r.prepare(sec, global, plugins); err != nil {
		return err
	}
	err = r.feed(c)
	r.finish()
	if err := cmp.Or(r.out.flush(), r.written); err != nil && !broken(err) {
		return failed(fmt.Errorf("write the output: %w", err))
	}
	if !t.quiet {
		r.costs.table(r.stderr, sec.Type(), r.limits)
	}
	if err != nil {
		return failed(err)
	}
	if r.bad {
		return said(exitNo)
	}
	return nil
}

// prepare makes the instance of a section and starts its script.
func (r *scriptRun) prepare(sec *config.Section, global config.Global, plugins []plugin.Plugin) error {
	i := slices.IndexFunc(plugins, func(p plugin.Plugin) bool { return p.Type == sec.Type() })
	if i < 0 {
		return failed(fmt.Errorf("this heka has no %s", sec.Type()))
	}
	decl := &plugins[i]
	own, consumer, input := decl.NewConfig(), decl.Consumer, decl.Input
	common := any(&consumer)
	if decl.Kind == plugin.KindInput {
		common = &input
	}
	if err := config.Decode(sec, own, common).Err(); err != nil {
		return misused("%w", err)
	}
	override(own, "preserve_data", r.preserve != "")
	r.limits = limitsOf(own)
	if err := r.choose(decl.Kind, own, &consumer); err != nil {
		return err
	}
	for _, p := range adviseScript(sec, own, global.ShareDir) {
		if sec.Pos.File == flagsFile {
			p.Pos = config.Pos{}
		}
		fmt.Fprintln(r.stderr, painted(p, p.String()))
	}
	host, err := global.Host()
	if err != nil {
		return failed(err)
	}
	r.env = &plugin.Env{
		Name: sec.Name, Hostname: host, Pid: int32(os.Getpid()), BaseDir: cmp.Or(r.preserve, global.BaseDir),
		ShareDir: global.ShareDir, Log: slog.New(slog.NewTextHandler(r.stderr, &slog.HandlerOptions{Level: slog.LevelWarn, ReplaceAttr: withoutTime})),
		MaxMessageSize: int(global.MaxMessageSize), MaxMessageLoops: global.MaxMessageLoops,
		MaxProcessInject: cmp.Or(r.perMessage, global.MaxProcessInject),
		MaxTimerInject:   cmp.Or(r.perTick, global.MaxTimerInject), SampleDenominator: 1,
	}
	if r.inst, err = decl.Build(own, r.env); err != nil {
		return failed(r.worded(err))
	}
	if err := r.inst.(plugin.Preparer).Prepare(r.ctx); err != nil {
		return failed(r.worded(err))
	}
	return nil
}

// choose decides which messages the script gets, and how often timer_event is
// called: as the flags say, or else the section.
func (r *scriptRun) choose(kind plugin.Kind, own any, consumer *plugin.ConsumerOptions) (err error) {
	expr, seconds := cmp.Or(r.match, consumer.MessageMatcher), consumer.TickerInterval
	if expr != "" {
		if r.matcher, err = matcher.Parse(expr); err != nil {
			return misused("--match: %s", diagram(err))
		}
	}
	if kind == plugin.KindInput || kind == plugin.KindOutput {
		r.limits.Instructions = 0
	}
	r.clock.interval = time.Duration(seconds) * time.Second
	if r.interval == "" {
		return nil
	}
	if n, err := strconv.ParseFloat(r.interval, 64); err == nil {
		r.interval = strconv.FormatFloat(n, 'f', -1, 64) + "s"
	}
	if r.clock.interval, err = time.ParseDuration(r.interval); err != nil || r.clock.interval <= 0 {
		return misused("--ticker-interval is %q; it must be seconds, or a duration such as 1m30s", r.interval)
	}
	if kind == plugin.KindDecoder || kind == plugin.KindEncoder {
		return misused("--ticker-interval is for filters, outputs and inputs, not for %ss", strings.ToLower(kind.String()))
	}
	if kind == plugin.KindInput {
		override(own, "ticker_interval", 1) // nothing is waited for
	}
	return nil
}

// override sets an option in a config struct that has been decoded.
func override(own any, option string, value any) {
	cfg, _ := config.LoadBytes(flagsFile, fmt.Appendf(nil, "[x]\n%s = %v\n", option, value), config.Options{})
	config.Decode(cfg.Sections[0], own) // what the section sets besides is missed in vain
}

// limitsOf are the limits that a script's options set.
func limitsOf(own any) sandbox.Limits {
	number := func(option string) uint {
		text, _ := optionText(own, option)
		n, _ := strconv.ParseUint(text, 10, 64) // decoded from a number
		return uint(n)
	}
	return sandbox.Limits{Memory: number("memory_limit"), Instructions: number("instruction_limit"), Output: number("output_limit")}
}

func withoutTime(_ []string, a slog.Attr) slog.Attr {
	if a.Key == slog.TimeKey {
		return slog.Attr{}
	}
	return a
}

// worded calls the script in an error as the user has called it.
func (r *scriptRun) worded(err error) error {
	path, absErr := filepath.Abs(r.name)
	if r.name == "" || absErr != nil {
		return err
	}
	return errors.New(strings.ReplaceAll(err.Error(), path, r.name))
}
