package plugintest_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/hekad/heka/plugin"
	"github.com/hekad/heka/plugin/plugintest"
)

// Plugins is what a module hands to heka.Main in its own main, and to
// plugintest.Cases and plugintest.Conformance in its tests. source is the text of
// this file (by go:embed), from whose doc comments the reference is made.
func Plugins() []plugin.Plugin {
	return []plugin.Plugin{
		plugin.NewDecoder("ReadingDecoder", ReadingConfig{Unit: "C"}, newReading, plugin.Docs(source)),
		plugin.NewFilter("AlarmFilter", AlarmConfig{Above: 30}, newAlarm, plugin.Docs(source)),
		plugin.NewOutput("BoardOutput", struct{}{}, newBoard),
	}
}

// ReadingConfig is the configuration of ReadingDecoder, which understands lines
// such as "kitchen 21.5".
type ReadingConfig struct {
	// Unit of the numbers.
	Unit string `toml:"unit" oneof:"C,F"`
}

type reading struct{ unit string }

func newReading(c *ReadingConfig, _ *plugin.Env) (plugin.Decoder, error) {
	return &reading{c.Unit}, nil
}

// Decode makes fields of a line; its strings may point into the payload.
func (d *reading) Decode(p *plugin.Pack) error {
	room, number, _ := strings.Cut(strings.TrimSpace(p.Message.Payload()), " ")
	v, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return fmt.Errorf("parsing reading %q: %w", number, err)
	}
	p.Message.SetType("reading")
	p.Message.AddString("room", room)
	p.Message.AddDouble("value", v, d.unit)
	return nil
}

// AlarmConfig is the configuration of AlarmFilter, which tells rooms that are too
// hot.
type AlarmConfig struct {
	// Readings above this are alarming.
	Above float64 `toml:"above"`
}

type alarm struct{ above float64 }

func newAlarm(c *AlarmConfig, _ *plugin.Env) (plugin.Filter, error) { return &alarm{c.Above}, nil }

// Process injects a message for each alarming one.
func (f *alarm) Process(_ context.Context, p *plugin.Pack, out plugin.Injector) error {
	value, room := p.Message.FindField("value", 0), p.Message.FindField("room", 0)
	if value == nil || room == nil {
		return nil
	}
	if v, _ := value.Double(0); v > f.above {
		a, err := out.New()
		if err != nil {
			return err
		}
		name, _ := room.Text(0)
		a.Message.SetType("alarm")
		a.Message.SetPayload(name + " is too hot")
		return out.Inject(a)
	}
	return nil
}

type board struct{}

func newBoard(*struct{}, *plugin.Env) (plugin.Output, error) { return board{}, nil }

// Send delivers one message; an error would have it tried again.
func (board) Send(_ context.Context, p *plugin.Pack) error {
	_, err := fmt.Println(p.Message.Payload())
	return err
}

// A decoder, a filter and an output in a module of one's own, and a run of all
// three. Where a test has a *testing.T, plugintest.Cases does the same for cases
// in files and compares what comes out.
func Example() {
	result, err := plugintest.Run(`
-- heka.toml --
[TestInput]
decoder = "ReadingDecoder"

[ReadingDecoder]

[AlarmFilter]
message_matcher = "Type == 'reading'"
above = 25.0

[BoardOutput]
message_matcher = "Type == 'alarm'"

[TestOutput]
message_matcher = "Type == 'reading'"
-- input --
kitchen 21.5
attic 28.25
cellar cold
`, Plugins()...)
	if err != nil {
		fmt.Println(err) // such as books that do not balance
		return
	}
	fmt.Print(result.Messages)
	fmt.Print(result.Books)
	// Output:
	// attic is too hot
	// {"type":"reading","logger":"TestInput","payload":"kitchen 21.5\n","fields":[{"name":"room","value_type":0,"representation":"","value_string":["kitchen"]},{"name":"value","value_type":3,"representation":"C","value_double":[21.5]}]}
	// {"type":"reading","logger":"TestInput","payload":"attic 28.25\n","fields":[{"name":"room","value_type":0,"representation":"","value_string":["attic"]},{"name":"value","value_type":3,"representation":"C","value_double":[28.25]}]}
	// TestInput received=3 dropped:decode=1
	// AlarmFilter matched=2 delivered=2 injected=1
	// BoardOutput matched=1 delivered=1
	// TestOutput matched=2 delivered=2
}
