package reference_test

import (
	_ "embed"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/reference"
	"github.com/hekad/heka/internal/reference/roff"
	"github.com/hekad/heka/plugin"
)

//go:embed page_test.go
var source string

var update = flag.Bool("update", false, "write the golden files anew")

// gateConfig is the configuration of GateOutput, which opens a gate. It keeps
// a list of:
//
//   - visitors
//   - guards
//
// # Hours
//
// The gate is closed at night.
type gateConfig struct {
	shared
	// Where the gate stands, in the dialect of 'maps'; see [NAME.keys] for keys.
	Place string `toml:"place" required:"true" alias:"plaec"`
	// Kind of lock.
	Lock string `toml:"lock" oneof:"bolt,chain"`
	// Guards at a time.
	Guards int `toml:"guards" min:"1" max:"9"`
	// Time that the gate stays open:
	//
	//	30s
	Open time.Duration `toml:"open" min:"1s"`
	// Keys by owner.
	Keys map[string]keyConfig `toml:"keys"`
	// Replaces the common option.
	TickerInterval uint `toml:"ticker_interval" unit:"min"`
}

// shared are options of all gates.
//
// Gates are made of wood.
type shared struct {
	Colour string `toml:"colour"` // Colour of the gate.
}

type keyConfig struct {
	// Number on the key.
	Number string `toml:"number" secret:"true"`
}

// nullConfig has no options of its own.
type nullConfig struct{}

// pipeConfig is the configuration of PipeInput, which reads a pipe.
type pipeConfig struct {
	// The pipe.
	Path string `toml:"path"`
	// Anything.
	Other string `toml:"other"`
}

func (c *pipeConfig) Check() error {
	if c.Path == "" {
		return plugin.BadOption("path", "path must be set")
	}
	return nil
}

// lineConfig is the configuration of LineSplitter, which cuts at line ends. An
// example:
//
//	[lines]
//	type = "LineSplitter"
type lineConfig struct{}

func build[C, T any](*C, *plugin.Env) (T, error) { panic("not built here") }

func pages() []reference.Page {
	docs := plugin.Docs(source)
	return reference.Pages([]plugin.Plugin{
		plugin.NewOutput("GateOutput", gateConfig{Lock: "bolt", Guards: 2, Open: time.Minute}, build[gateConfig, plugin.Output],
			docs, plugin.NeedsEncoder, plugin.FrameProtobuf,
			plugin.ConsumerDefaults(func(o *plugin.ConsumerOptions) { o.UseBuffering, o.Buffering.MaxFileSize = true, 1<<20 })),
		plugin.NewSplitter("LineSplitter", lineConfig{}, build[lineConfig, plugin.Splitter], docs),
		plugin.NewDecoder("NullDecoder", nullConfig{}, build[nullConfig, plugin.Decoder], docs),
		plugin.NewFilter("PlainFilter", struct{}{}, build[struct{}, plugin.Filter], plugin.NoTicker),
		plugin.NewInput("PipeInput", pipeConfig{}, build[pipeConfig, plugin.Input], docs),
		plugin.NewInput("BrokenInput", nullConfig{}, build[nullConfig, plugin.Input], plugin.Docs("no Go source")),
	})
}

func page(t *testing.T, typ string) *reference.Page {
	t.Helper()
	all := pages()
	i := slices.IndexFunc(all, func(p reference.Page) bool { return p.Type == typ })
	if i < 0 {
		t.Fatalf("no page for %s", typ)
	}
	return &all[i]
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs (go test -update writes it anew):\n%s", path, got)
	}
}

func TestForms(t *testing.T) {
	p := page(t, "GateOutput")
	p.Common = slices.DeleteFunc(p.Common, func(o reference.Option) bool { // the others change too often
		return o.Name != "message_signer" && o.Name != "encoder" && o.Name != "use_framing"
	})
	golden(t, "gate.txt", p.Text(72))
	golden(t, "gate.md", p.Markdown())
	golden(t, "gate.jsonl", p.Listing())
	m := roff.New("gates", 5, "manual of gates")
	m.Section("OUTPUTS")
	p.Man(m, reference.Common(plugin.KindOutput))
	golden(t, "gate.5", m.String())
	text, err := json.MarshalIndent(p, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "gate.json", string(text)+"\n")
}

func TestPagesAreSortedByKindAndName(t *testing.T) {
	var got []string
	for _, p := range pages() {
		got = append(got, p.Kind+" "+p.Type)
	}
	want := []string{"input BrokenInput", "input PipeInput", "splitter LineSplitter", "decoder NullDecoder", "filter PlainFilter", "output GateOutput"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSummaries(t *testing.T) {
	for typ, want := range map[string]string{
		"GateOutput": "Opens a gate", "LineSplitter": "Cuts at line ends", "NullDecoder": "", "PlainFilter": "", "BrokenInput": "",
	} {
		if got := page(t, typ).Summary; got != want {
			t.Errorf("%s: %q, want %q", typ, got, want)
		}
	}
}

func TestOnlyCommonOptionsThatMeanSomething(t *testing.T) {
	f := func(typ, option string, want bool) {
		t.Helper()
		got := slices.ContainsFunc(page(t, typ).Common, func(o reference.Option) bool { return o.Name == option })
		if got != want {
			t.Errorf("%s has common option %s: %v, want %v", typ, option, got, want)
		}
	}
	f("GateOutput", "encoder", true)
	f("GateOutput", "use_framing", true)
	f("GateOutput", "ticker_interval", false) // has its own
	f("PlainFilter", "message_matcher", true)
	f("PlainFilter", "encoder", false)
	f("PlainFilter", "use_framing", false)
	f("PlainFilter", "ticker_interval", false)
	f("BrokenInput", "ticker_interval", true)
	f("BrokenInput", "splitter", true)
	f("LineSplitter", "keep_truncated", true)
	f("NullDecoder", "keep_truncated", false)
}

func TestEveryCommonOptionHasProse(t *testing.T) {
	var check func(where string, options []reference.Option)
	check = func(where string, options []reference.Option) {
		for _, o := range options {
			if o.Doc == "" {
				t.Errorf("%s %s has no prose", where, o.Name)
			}
			check(where+" "+o.Name, o.Options)
		}
	}
	for _, k := range []plugin.Kind{plugin.KindInput, plugin.KindSplitter, plugin.KindFilter, plugin.KindOutput} {
		check(k.String(), reference.Common(k))
	}
}

func TestExampleOfTheProseIsUsed(t *testing.T) {
	p := page(t, "LineSplitter")
	if want := "[lines]\ntype = \"LineSplitter\"\n"; p.Example != want {
		t.Errorf("got %q, want %q", p.Example, want)
	}
	if n := strings.Count(p.Text(80), "[lines]"); n != 1 {
		t.Errorf("the example stands %d times in\n%s", n, p.Text(80))
	}
}

func TestExampleSetsWhatTheTypeChecks(t *testing.T) {
	want := "[pipe_input]\ntype = \"PipeInput\"\npath = \"/var/log/app.log\"\n"
	if got := page(t, "PipeInput").Example; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestSectionThatIsNoPlugin(t *testing.T) {
	p := reference.Section("hekad", gateConfig{Guards: 3}, source)
	if p.Kind != "" || p.Options[3].Name != "guards" || p.Options[3].Default != "3" || p.Options[3].Doc != "Guards at a time." {
		t.Errorf("got %+v", p)
	}
}
