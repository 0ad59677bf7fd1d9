package plugintest_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/hekad/heka/plugin"
)

// breach is a plugin that breaks a rule of the contract, and lines that the
// failure must have.
type breach struct {
	plugin    plugin.Plugin
	minimal   string
	complaint string
}

const breachSource = `package p
type listed struct {
	// Words.
	Words []string
}
`

type listed struct {
	Words []string `toml:"words"`
}

type tagged struct {
	Camel   int    `toml:"camelCase"`
	Typo    int    `toml:"typo" secert:"true"`
	Bound   int    `toml:"bound" min:"few"`
	Order   int    `toml:"order" min:"3" max:"2"`
	Ref     string `toml:"ref" ref:"Decoder"`
	NoTag   int
	Comment string `toml:"comment"`
}

type chosen struct {
	Choice string `toml:"choice" oneof:"a,b"`
}

type needy struct {
	Path string `toml:"path" required:"true"`
}

func breaches() []breach {
	filter := func(typ string, build func() (plugin.Filter, error)) plugin.Plugin {
		return plugin.NewFilter(typ, struct{}{}, func(*struct{}, *plugin.Env) (plugin.Filter, error) { return build() })
	}
	splitter := func(typ string, f splitFunc) plugin.Plugin {
		return plugin.NewSplitter(typ, struct{}{}, func(*struct{}, *plugin.Env) (plugin.Splitter, error) { return f, nil })
	}
	decoder := func(typ string, f decodeFunc) plugin.Plugin {
		return plugin.NewDecoder(typ, struct{}{}, func(*struct{}, *plugin.Env) (plugin.Decoder, error) { return f, nil })
	}
	encoder := func(typ string, f encodeFunc) plugin.Plugin {
		return plugin.NewEncoder(typ, struct{}{}, func(*struct{}, *plugin.Env) (plugin.Encoder, error) { return f, nil })
	}
	tags := plugin.NewFilter("TagFilter", tagged{}, func(*tagged, *plugin.Env) (plugin.Filter, error) { return silent{}, nil },
		plugin.Docs("package p\ntype tagged struct {\n// Other.\nTypo, Bound, Order, Ref, NoTag, Camel int\n}"))
	return []breach{
		{tags, "", `option camelCase: the name is not in snake_case
option typo: the tag secert means nothing
option bound: min is "few", which is no int
option order: min is greater than max
option ref: ref is "Decoder"
option notag: field NoTag has no toml tag
option comment has no doc comment`},
		{plugin.NewFilter("SharingFilter", listed{Words: []string{"a"}}, func(*listed, *plugin.Env) (plugin.Filter, error) {
			return silent{}, nil
		}, plugin.Docs(breachSource)), "", "configs share the memory of Words"},
		{plugin.NewFilter("ChoosyFilter", chosen{Choice: "c"}, func(*chosen, *plugin.Env) (plugin.Filter, error) {
			return silent{}, nil
		}), "", `choice is "c"; it must be a or b`},
		{plugin.NewFilter("NeedyFilter", needy{}, func(*needy, *plugin.Env) (plugin.Filter, error) {
			return silent{}, nil
		}), "", "path is required"},
		{plugin.NewFilter("WritingFilter", struct{}{}, func(_ *struct{}, env *plugin.Env) (plugin.Filter, error) {
			return silent{}, os.WriteFile(filepath.Join(env.BaseDir, "state"), nil, 0o600)
		}), "", `build writes ["/state"]`},
		{filter("OpeningFilter", func() (plugin.Filter, error) {
			f, err := os.Open(os.DevNull)
			return &holding{file: f}, err
		}), "", `build opens ["/dev/null"]`},
		{filter("StartingFilter", func() (plugin.Filter, error) {
			f := &holding{stop: make(chan struct{})}
			stop := f.stop
			go func() { <-stop }()
			return f, nil
		}), "", "starts 1 goroutines"},
		{filter("UnclosableFilter", func() (plugin.Filter, error) { return &unclosable{}, nil }), "", "Close for the second time: closed already"},
		{filter("NumberlessFilter", func() (plugin.Filter, error) { return numberless{}, nil }), "", "counter words is a []string"},
		{filter("ChangingFilter", func() (plugin.Filter, error) { return changing{}, nil }), "", "the message was changed"},
		{filter("PanickingFilter", func() (plugin.Filter, error) { return panicking{}, nil }), "", "panic: boom"},
		{splitter("StuckSplitter", func(data []byte, _ bool) (int, []byte) { return 0, data[:0] }), "", "consumes nothing"},
		{splitter("GreedySplitter", func(data []byte, _ bool) (int, []byte) { return len(data) + 1, data }), "", "bytes"},
		{splitter("ScribblingSplitter", func(data []byte, _ bool) (int, []byte) {
			data[0]++
			return len(data), data
		}), "", "Split changes the data"},
		{splitter("ReadSplitter", func(data []byte, _ bool) (int, []byte) { return len(data), data }), "", "in reads of at most"},
		{decoder("FragileDecoder", func(p *plugin.Pack) error {
			p.Message.SetType(p.Message.Payload()[:1])
			return nil
		}), "", "panic: runtime error: slice bounds out of range"},
		{decoder("ForgetfulDecoder", scratch()), "", "does not last as long as the batch"},
		{encoder("OverwritingEncoder", func(dst []byte, p *plugin.Pack) ([]byte, error) {
			return append(dst[:0], p.Message.Payload()...), nil
		}), "", "Append overwrites what stands in front"},
		{encoder("ChangingEncoder", func(dst []byte, p *plugin.Pack) ([]byte, error) {
			p.Message.SetType("encoded")
			return dst, nil
		}), "", "the message was changed"},
	}
}

// misbehaving are plugins for cases that fail, or that need an encoder.
func misbehaving() []plugin.Plugin {
	return []plugin.Plugin{
		plugin.NewEncoder("RawEncoder", struct{}{}, func(*struct{}, *plugin.Env) (plugin.Encoder, error) {
			return encodeFunc(func(dst []byte, p *plugin.Pack) ([]byte, error) { return append(dst, p.Message.Payload()...), nil }), nil
		}),
		plugin.NewOutput("HoardingOutput", struct{}{}, func(*struct{}, *plugin.Env) (plugin.Output, error) { return hoarding{}, nil }),
		plugin.NewOutput("StubbornOutput", struct{}{}, func(*struct{}, *plugin.Env) (plugin.Output, error) { return stubborn{}, nil }),
		plugin.NewFilter("KeepingFilter", struct{}{}, func(*struct{}, *plugin.Env) (plugin.Filter, error) { return &keeping{}, nil }),
	}
}

type splitFunc func(data []byte, final bool) (int, []byte)

func (f splitFunc) Split(data []byte, final bool) (int, []byte) { return f(data, final) }

type decodeFunc func(p *plugin.Pack) error

func (f decodeFunc) Decode(p *plugin.Pack) error { return f(p) }

type encodeFunc func(dst []byte, p *plugin.Pack) ([]byte, error)

func (f encodeFunc) Append(dst []byte, p *plugin.Pack) ([]byte, error) { return f(dst, p) }

// scratch is a decoder that makes strings in memory which it uses again.
func scratch() decodeFunc {
	buf := make([]byte, 64)
	return func(p *plugin.Pack) error {
		n := copy(buf, p.Message.Payload())
		f := p.Message.AddField("head", "", 1)
		f.AddBytes(buf[:n])
		return nil
	}
}

type silent struct{}

func (silent) Process(context.Context, *plugin.Pack, plugin.Injector) error { return nil }

type holding struct {
	silent
	file *os.File
	stop chan struct{}
}

func (h *holding) Close() error {
	if h.file != nil {
		h.file.Close()
		h.file = nil
	}
	if h.stop != nil {
		close(h.stop)
		h.stop = nil
	}
	return nil
}

type unclosable struct {
	silent
	closed bool
}

func (u *unclosable) Close() error {
	if u.closed {
		return errors.New("closed already")
	}
	u.closed = true
	return nil
}

type numberless struct{ silent }

func (numberless) Report(r *plugin.Report) { r.Add("words", []string{"a"}, "count") }

type changing struct{}

func (changing) Process(_ context.Context, p *plugin.Pack, _ plugin.Injector) error {
	p.Message.SetPid(1)
	return nil
}

type panicking struct{}

func (panicking) Process(_ context.Context, p *plugin.Pack, _ plugin.Injector) error {
	if strings.Contains(p.Message.Payload(), "\x00") {
		panic("boom")
	}
	return nil
}

// hoarding takes messages over and never delivers them.
type hoarding struct{}

func (hoarding) Send(context.Context, *plugin.Pack) error { return nil }

func (hoarding) SendBatch(_ context.Context, b *plugin.Batch) error {
	b.Hold()
	return nil
}

// stubborn never takes a message.
type stubborn struct{}

func (stubborn) Send(context.Context, *plugin.Pack) error { return errors.New("not today") }

// keeping injects what it kept of the message before, whose memory was given
// back.
type keeping struct{ kept string }

func (k *keeping) Process(_ context.Context, p *plugin.Pack, out plugin.Injector) error {
	if k.kept != "" {
		q, err := out.New()
		if err != nil {
			return err
		}
		q.Message.SetType("kept")
		q.Message.SetPayload(strconv.Quote(string(bytes.ToUpper([]byte(k.kept)))))
		if err := out.Inject(q); err != nil {
			return err
		}
	}
	k.kept = p.Message.Payload()
	return nil
}
