package decode

import (
	"log/slog"
	"regexp"
	"testing"

	"github.com/hekad/heka/plugin"
)

func TestEveryDefinitionIsAnExpression(t *testing.T) {
	for name := range grokLibrary() {
		g := expansion{library: grokLibrary()}
		if err := g.expand("^%{"+name+":x}$", 0); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := regexp.Compile(g.text.String()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzGrok(f *testing.F) {
	f.Add("^%{NUMBER:n:float} %{WORD:w}", "1.5 a")
	f.Add("%{SYSLOGPROG}: %{DATA:d}$", "a[1]: b")
	f.Add("%{A:b:c", "")
	f.Fuzz(func(t *testing.T, match, line string) {
		d, err := newGrok(&grokConfig{Match: []string{match}}, &plugin.Env{Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			return
		}
		p := new(plugin.Pack)
		p.Reset(new(plugin.Text))
		p.Message.SetPayload(line)
		d.Decode(p)
		p.Message.AppendWire(nil)
	})
}
