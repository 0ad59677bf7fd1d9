package plugintest

import (
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"runtime/debug"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/casefile"
	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

// Conformance holds each declaration to the contract of package plugin, in a
// subtest of its type's name:
//
//   - the type's name ends in its kind and stands once in the list
//   - options have a name in snake_case, a doc comment and tags that make sense;
//     defaults pass the options' own rules
//   - configs made by NewConfig share nothing
//   - building an instance opens, writes and starts nothing
//   - Close is fine without Prepare, and twice
//   - counters may be asked for at any time, from any goroutine (with -race)
//   - splitters always get on, take no more than there is, and give the same
//     records however the bytes arrive
//   - decoders and encoders take any message without a panic; what decoders make
//     lasts as long as the batch; encoders leave alone the message, and what
//     stands in front of their bytes
//   - filters take any message without a panic and leave it alone
//
// minimal has for a type what a section needs in order to be valid, as lines of
// TOML. A type without required options needs none. The working directory is
// another one at times, so that t must not be parallel.
func Conformance(t *testing.T, minimal map[string]string, plugins ...plugin.Plugin) {
	t.Helper()
	seen := map[string]bool{}
	for i := range plugins {
		d := &declaration{Plugin: &plugins[i], minimal: minimal[plugins[i].Type]}
		if seen[d.Type] {
			t.Errorf("%s is declared twice", d.Type)
			continue
		}
		seen[d.Type] = true
		t.Run(d.Type, d.test)
	}
	for typ := range minimal {
		if !seen[typ] {
			t.Errorf("there are minimal options for %s, which is not declared", typ)
		}
	}
}

// declaration is a plugin under test.
type declaration struct {
	*plugin.Plugin
	minimal string
	dir     string // base_dir and share_dir of instances
}

func (d *declaration) test(t *testing.T) {
	d.dir = t.TempDir()
	t.Run("name", d.testName)
	t.Run("options", d.testOptions)
	t.Run("defaults", d.testDefaults)
	t.Run("copies", d.testCopies)
	if _, err := d.config(); err != nil {
		t.Fatalf("%v\nIf an option is required, hand a value to Conformance.", err)
	}
	t.Run("build", d.testBuild)
	t.Run("close", d.testClose)
	t.Run("report", d.testReport)
	switch d.Kind {
	case plugin.KindSplitter:
		t.Run("splits", d.testSplitter)
	case plugin.KindDecoder:
		t.Run("decodes", d.testDecoder)
	case plugin.KindEncoder:
		t.Run("encodes", d.testEncoder)
	case plugin.KindFilter:
		t.Run("filters", d.testFilter)
	}
}

func (d *declaration) testName(t *testing.T) {
	kind, ok := plugin.KindOf(d.Type)
	switch {
	case !ok || kind != d.Kind:
		t.Errorf("the name of %s does not end in %s", d.Type, d.Kind)
	case d.Type == d.Kind.String():
		t.Errorf("%s has no name of its own", d.Type)
	}
	if strings.ContainsAny(d.Type, " \t.\"'[]") {
		t.Errorf("%q cannot stand between brackets in a configuration", d.Type)
	}
}

// section is a section of the type with the given lines.
func (d *declaration) section(lines string) (*config.Section, error) {
	cfg, problems := config.LoadBytes(d.Type+".toml", []byte("["+d.Type+"]\n"+lines), config.Options{})
	if err := problems.Err(); err != nil {
		return nil, err
	}
	if len(cfg.Sections) != 1 {
		return nil, fmt.Errorf("the minimal options of %s make %d sections", d.Type, len(cfg.Sections))
	}
	return cfg.Sections[0], nil
}

// decode fills a fresh config from lines of a section.
func (d *declaration) decode(lines string) (any, error) {
	sec, err := d.section(lines)
	if err != nil {
		return nil, err
	}
	own := d.NewConfig()
	targets := []any{own}
	switch d.Kind {
	case plugin.KindInput:
		common := d.Input
		targets = append(targets, &common)
	case plugin.KindFilter, plugin.KindOutput:
		common := d.Consumer
		targets = append(targets, &common)
	case plugin.KindSplitter:
		common := d.Splitter
		targets = append(targets, &common)
	}
	problems := config.Decode(sec, targets...)
	return own, problems.Err()
}

// config is a valid config.
func (d *declaration) config() (any, error) { return d.decode(d.minimal) }

// build makes an instance, whose state may go to dir.
func (d *declaration) build(dir string) (any, error) {
	conf, err := d.config()
	if err != nil {
		return nil, err
	}
	env := &plugin.Env{
		Name: d.Type, Log: slog.New(slog.DiscardHandler), Hostname: casefile.Hostname, Pid: int32(os.Getpid()),
		BaseDir: dir, ShareDir: dir, MaxMessageSize: 64 << 10,
		MaxMessageLoops: 4, MaxProcessInject: 1, MaxTimerInject: 10, SampleDenominator: 1,
	}
	switch d.Kind {
	case plugin.KindDecoder:
		env.Decoder = func(string) (plugin.Decoder, error) { return idle{}, nil }
	case plugin.KindOutput:
		env.Encode = func(dst []byte, p *plugin.Pack) ([]byte, error) {
			return append(append(dst, p.Message.Payload()...), '\n'), nil
		}
	}
	inst, err := d.Build(conf, env)
	if err != nil {
		return nil, err
	}
	if inst == nil || reflect.ValueOf(inst).Kind() == reflect.Pointer && reflect.ValueOf(inst).IsNil() {
		return nil, fmt.Errorf("build of %s returns nil", d.Type)
	}
	return inst, nil
}

// mustBuild makes an instance or ends the test. The instance is closed with it.
func (d *declaration) mustBuild(t *testing.T) any {
	t.Helper()
	var inst any
	err := protect(func() (err error) { inst, err = d.build(d.dir); return err })
	if err != nil {
		t.Fatalf("build: %v", err)
	}
	t.Cleanup(func() {
		if err := closeInstance(inst); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return inst
}

// mustPrepare is mustBuild for an instance that is to work.
func (d *declaration) mustPrepare(t *testing.T) any {
	t.Helper()
	inst := d.mustBuild(t)
	if p, ok := inst.(plugin.Preparer); ok {
		if err := protect(func() error { return p.Prepare(t.Context()) }); err != nil {
			t.Fatalf("Prepare: %v", err)
		}
	}
	return inst
}

// closeInstance closes an instance that can be closed.
func closeInstance(inst any) error {
	if c, ok := inst.(plugin.Closer); ok {
		return protect(c.Close)
	}
	return nil
}

// idle is a decoder that other decoders may use: it takes everything as it is.
type idle struct{}

// Decode implements plugin.Decoder.
func (idle) Decode(*plugin.Pack) error { return nil }

// panicError is what a panic of a plugin becomes.
type panicError struct {
	value any
	stack []byte
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v\n%s", e.value, e.stack) }

// protect calls f and makes an error of a panic.
func protect(f func() error) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = &panicError{r, debug.Stack()}
		}
	}()
	return f()
}

// shown is the beginning of a text for a failure.
func shown[T ~string | ~[]byte](text T) string {
	const most = 200
	if len(text) > most {
		return fmt.Sprintf("%q… (%d bytes)", text[:most], len(text))
	}
	return fmt.Sprintf("%q", text)
}
