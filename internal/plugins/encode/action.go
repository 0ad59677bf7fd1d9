package encode

import (
	"bytes"
	"unicode/utf8"

	"github.com/hekad/heka/internal/interpolate"
	"github.com/hekad/heka/message"
)

// bulkAction writes the line of the bulk API that says what to do with the
// document in the line behind it.
type bulkAction struct {
	index, fallback *interpolate.Template
	typeName, id    *interpolate.Template // nil: not written
	head, tail      []byte                // {"index":{"_index":" and "}}⏎, with what never changes

	// The line is kept while it depends on nothing but the time.
	keep     []*interpolate.Template // the templates whose times must not be shadowed
	step     int64                   // how long a line holds; 0: it is not kept
	from     int64                   // the first nanosecond of line
	line     []byte
	lineKept bool

	text []byte
}

func newBulkAction(o *esOptions, index, fallback, typeName, id *interpolate.Template) *bulkAction {
	a := &bulkAction{index: index, fallback: fallback}
	a.head = append(appendQuoted([]byte("{"), o.Action), `:{"_index":"`...)
	if o.TypeName != "" {
		a.typeName = typeName
	}
	if o.ID != "" {
		a.id = id
	}
	if o.Pipeline != "" {
		a.tail = appendQuoted([]byte(`,"pipeline":`), o.Pipeline)
	}
	a.tail = append(a.tail, "}}\n"...)

	a.step = interpolate.Forever
	for _, t := range []*interpolate.Template{a.index, a.typeName, a.id} {
		if t == nil {
			continue
		}
		step, ok := t.OnlyTime()
		if !ok {
			a.step = 0
			return a
		}
		a.step = min(a.step, step)
		a.keep = append(a.keep, t)
	}
	return a
}

// append appends the line for m to dst; times are that of ns.
//
// hot: once per message; a copy while the line depends on the time alone.
func (a *bulkAction) append(dst []byte, m *message.Message, ns int64) []byte {
	if a.step == 0 || a.shadowed(m) {
		return a.render(dst, m, ns)
	}
	if !a.lineKept || uint64(ns-a.from) >= uint64(a.step) {
		a.line = a.render(a.line[:0], m, ns)
		a.lineKept = true
		// Steps lie on both sides of the epoch, so the division must round down.
		a.from = ns - ns%a.step
		if ns < a.from {
			a.from -= a.step
		}
	}
	return append(dst, a.line...)
}

func (a *bulkAction) shadowed(m *message.Message) bool {
	for _, t := range a.keep {
		if t.Shadowed(m) {
			return true
		}
	}
	return false
}

func (a *bulkAction) render(dst []byte, m *message.Message, ns int64) []byte {
	dst = append(dst, a.head...)
	text, resolved := a.index.Append(a.text[:0], m, ns)
	if !resolved || len(text) == 0 {
		text, _ = a.fallback.Append(text[:0], m, ns)
	}
	text = toLower(text)
	dst = append(appendEscaped(dst, message.View(text)), '"')
	if a.typeName != nil {
		text, _ = a.typeName.Append(text[:0], m, ns)
		dst = append(dst, `,"_type":`...)
		dst = appendQuoted(dst, message.View(text))
	}
	if a.id != nil {
		if text, resolved = a.id.Append(text[:0], m, ns); resolved {
			dst = append(dst, `,"_id":`...)
			dst = appendQuoted(dst, message.View(text))
		}
	}
	a.text = text
	return append(dst, a.tail...)
}

// toLower makes b lower case, in place if it is ASCII.
func toLower(b []byte) []byte {
	for i, c := range b {
		if c >= utf8.RuneSelf {
			return bytes.ToLower(b)
		}
		if 'A' <= c && c <= 'Z' {
			b[i] = c + 'a' - 'A'
		}
	}
	return b
}
