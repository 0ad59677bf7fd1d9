package interpolate

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/hekad/heka/internal/strftime"
	"github.com/hekad/heka/message"
)

// Template is a text with %{...} in it, which stand for headers, fields or times.
// It keeps clocks, so it serves one goroutine.
type Template struct {
	// Escape, if set, is applied to each value before it is put in.
	Escape func(string) string

	pieces []piece
	tail   string
}

// Forever is the step of a text that never changes.
const Forever = math.MaxInt64

// piece is one %{name} and the text in front of it.
type piece struct {
	literal string
	name    string
	header  func(dst []byte, m *message.Message) []byte // nil when name is no header
	clock   *strftime.Clock                             // nil when name is no time
	step    int64                                       // nanoseconds for which clock's text holds
}

// New compiles a template. An error is a %{ without its }.
func New(text string) (*Template, error) {
	t := new(Template)
	for {
		literal, rest, found := strings.Cut(text, "%{")
		if !found {
			t.tail = text
			return t, nil
		}
		name, rest, found := strings.Cut(rest, "}")
		if !found {
			return nil, fmt.Errorf("%q has no closing }", "%{"+name)
		}
		p := piece{literal: literal, name: name, header: templateHeaders(name)}
		format := strftime.New(name)
		if literal := format.Constant() && string(format.Append(nil, time.Time{})) == name; p.header == nil && !literal {
			p.clock, p.step = format.Clock(nil), int64(format.Step())
		}
		t.pieces = append(t.pieces, p)
		text = rest
	}
}

func templateHeaders(name string) func([]byte, *message.Message) []byte {
	switch name {
	case "Type":
		return func(dst []byte, m *message.Message) []byte { return append(dst, m.Type()...) }
	case "Hostname":
		return func(dst []byte, m *message.Message) []byte { return append(dst, m.Hostname()...) }
	case "Logger":
		return func(dst []byte, m *message.Message) []byte { return append(dst, m.Logger()...) }
	case "EnvVersion":
		return func(dst []byte, m *message.Message) []byte { return append(dst, m.EnvVersion()...) }
	case "Pid":
		return func(dst []byte, m *message.Message) []byte { return strconv.AppendInt(dst, int64(m.Pid()), 10) }
	case "Severity":
		return func(dst []byte, m *message.Message) []byte { return strconv.AppendInt(dst, int64(m.Severity()), 10) }
	case "UUID":
		return func(dst []byte, m *message.Message) []byte {
			if m.HasUUID() {
				dst, _ = m.UUID().AppendText(dst)
			}
			return dst
		}
	}
	return nil
}

// Append appends the text for m to dst; times are that of ns. A name that is no
// header, field or time stands for itself, and resolved is then false.
func (t *Template) Append(dst []byte, m *message.Message, ns int64) (_ []byte, resolved bool) {
	resolved = true
	for i := range t.pieces {
		p := &t.pieces[i]
		dst = append(dst, p.literal...)
		begin := len(dst)
		var found bool
		dst, found = p.append(dst, m, ns)
		resolved = resolved && found
		if t.Escape != nil {
			dst = append(dst[:begin], t.Escape(string(dst[begin:]))...)
		}
	}
	return append(dst, t.tail...), resolved
}

func (p *piece) append(dst []byte, m *message.Message, ns int64) (_ []byte, found bool) {
	if p.header != nil {
		return p.header(dst, m), true
	}
	f := m.FindField(p.name, 0)
	switch {
	case f != nil && f.Len() > 0:
		return f.AppendValue(dst, 0), true
	case p.clock != nil:
		return p.clock.Append(dst, ns), true
	}
	return append(dst, p.name...), false
}

// Constant reports whether the text is the same for all messages.
func (t *Template) Constant() bool { return len(t.pieces) == 0 }

// OnlyTime reports whether the text depends on nothing but the time as long as
// messages have no field that is named like one of the times. step is how long
// it then stays the same.
func (t *Template) OnlyTime() (step int64, ok bool) {
	step = Forever
	for i := range t.pieces {
		if t.pieces[i].clock == nil {
			return 0, false
		}
		step = min(step, t.pieces[i].step)
	}
	return step, true
}

// Shadowed reports whether m has a field that is named like one of the times.
func (t *Template) Shadowed(m *message.Message) bool {
	for i := range t.pieces {
		if m.FindField(t.pieces[i].name, 0) != nil {
			return true
		}
	}
	return false
}
