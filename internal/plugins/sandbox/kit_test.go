package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// bed is what a plugin under test runs in.
type bed struct {
	t    *testing.T
	env  *plugin.Env
	log  *feedtest.Log
	path string // of the script
}

func newBed(t *testing.T, name, source string) *bed {
	t.Helper()
	env, log := feedtest.Env(t, name)
	env.MaxProcessInject, env.MaxTimerInject, env.MaxMessageLoops, env.SampleDenominator = 1, 10, 4, 1
	b := &bed{t: t, env: env, log: log, path: filepath.Join(env.ShareDir, "s.lua")}
	if err := os.WriteFile(b.path, []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	return b
}

// build makes an instance of a type; set changes its configuration, a pointer to
// the type's config struct.
func build[C any](b *bed, typ string, set func(*C)) (any, error) {
	b.t.Helper()
	decl := feedtest.Find(b.t, Plugins(), typ)
	c := decl.NewConfig().(*C)
	script := any(c)
	switch c := script.(type) {
	case *DecoderConfig:
		c.Filename = "s.lua"
	case *FilterConfig:
		c.Filename = "s.lua"
	case *EncoderConfig:
		c.Filename = "s.lua"
	case *InputConfig:
		c.Filename = "s.lua"
	case *OutputConfig:
		c.Filename = "s.lua"
	}
	if set != nil {
		set(c)
	}
	return decl.Build(c, b.env)
}

// running builds an instance and prepares it.
func running[C any](b *bed, typ string, set func(*C)) any {
	b.t.Helper()
	inst, err := build(b, typ, set)
	if err != nil {
		b.t.Fatal(err)
	}
	if err := inst.(plugin.Preparer).Prepare(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() { inst.(plugin.Closer).Close() })
	return inst
}

func newPack() *plugin.Pack {
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	return p
}

// vectorPack is the message that the vectors decode.
func vectorPack() *plugin.Pack {
	p := newPack()
	m := &p.Message
	m.SetUUID(message.UUID{1, 2, 3})
	m.SetTimestamp(5123456789)
	m.SetType("TEST")
	m.SetHostname("my.host.name")
	m.SetLogger("GoSpec")
	m.SetSeverity(6)
	m.SetPayload("P")
	return p
}

// payloads joins the payloads of packs.
func payloads(packs []*plugin.Pack) string {
	var all []string
	for _, p := range packs {
		all = append(all, p.Message.Payload())
	}
	return strings.Join(all, ",")
}

func fieldText(m *message.Message, name string) string {
	f := m.FindField(name, 0)
	if f == nil {
		return "(no field)"
	}
	s, _ := f.Text(0)
	return f.Representation() + ":" + s
}
