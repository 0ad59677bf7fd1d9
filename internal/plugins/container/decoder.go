package container

import (
	_ "embed"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// maxJoined is the default of max_joined_size, in bytes.
const maxJoined = 256 << 10

// Plugins returns the declarations of CriDecoder and DockerJsonDecoder.
func Plugins() []plugin.Plugin {
	docs := plugin.Docs(configSource)
	return []plugin.Plugin{
		plugin.NewDecoder("CriDecoder", CriConfig{MaxJoinedSize: maxJoined}, newCRI, docs),
		plugin.NewDecoder("DockerJsonDecoder", DockerJSONConfig{MaxJoinedSize: maxJoined}, newDocker, docs),
	}
}

func newCRI(c *CriConfig, env *plugin.Env) (plugin.Decoder, error) {
	return newDecoder(parseCRI, c.MaxJoinedSize, c.Decoder, env)
}

func newDocker(c *DockerJSONConfig, env *plugin.Env) (plugin.Decoder, error) {
	return newDecoder(parseDocker, c.MaxJoinedSize, c.Decoder, env)
}

// A line is one line of a log file. Its strings are views of the record, or lie
// in the pack's Text.
type line struct {
	time   int64 // nanoseconds since 1970
	stream streamIndex
	text   string // without a line feed at its end
	more   bool   // the next line of the stream goes on with the text
	attrs  []attr
}

// An attr is what the container was labelled with.
type attr struct{ name, value string }

// A streamIndex is one of the two outputs of a process.
type streamIndex int

const (
	stdout streamIndex = iota
	stderr
	streams // number of them
)

var streamNames = [streams]string{"stdout", "stderr"}

func streamNamed(name string) (streamIndex, error) {
	for i, known := range streamNames {
		if name == known {
			return streamIndex(i), nil
		}
	}
	return 0, fmt.Errorf("stream is %.40q; it must be stdout or stderr", name)
}

// decoder makes messages of lines.
type decoder struct {
	// parse fills in a line whose attrs are empty.
	parse func(record string, text *plugin.Text, l *line) error
	line  line
	held  [streams]held
	lines int // decoded
	limit int

	sub      plugin.Decoder  // nil if there is none
	saved    message.Message // as it was before sub
	failures atomic.Int64    // of sub
}

func newDecoder(parse func(string, *plugin.Text, *line) error, limit int, sub string, env *plugin.Env) (plugin.Decoder, error) {
	d := &decoder{parse: parse, limit: limit}
	if sub == "" {
		return d, nil
	}
	var err error
	if d.sub, err = env.Decoder(sub); err != nil {
		return nil, plugin.BadOption("decoder", "%w", err)
	}
	return d, nil
}

// Decode implements plugin.Decoder.
//
// hot: once per line; allocates nothing of its own.
func (d *decoder) Decode(p *plugin.Pack) error {
	d.lines++
	m, l := &p.Message, &d.line
	*l = line{attrs: l.attrs[:0]}
	if err := d.parse(strings.TrimSuffix(m.Payload(), "\n"), p.Text(), l); err != nil {
		return err
	}
	h := &d.held[l.stream]
	if l.more && h.size()+len(l.text) < d.limit {
		h.add(l, d.lines)
		return plugin.ErrSkip
	}
	text, began := h.take(p.Text(), l)
	m.SetPayload(text)
	m.SetTimestamp(began)
	m.AddString("stream", streamNames[l.stream])
	for _, a := range l.attrs {
		m.AddString(a.name, a.value)
	}
	if l.more {
		m.AddBool("partial", true)
	}
	if d.sub == nil {
		return nil
	}
	return d.further(p)
}

// Held implements plugin.Holder.
func (d *decoder) Held() int {
	oldest := 0
	for i := range d.held {
		if h := &d.held[i]; h.open {
			oldest = max(oldest, d.lines-h.first+1)
		}
	}
	return oldest
}

// further lets the decoder behind work on the message.
func (d *decoder) further(p *plugin.Pack) error {
	d.saved.CopyFrom(&p.Message)
	err := d.sub.Decode(p)
	if err == nil || errors.Is(err, plugin.ErrSkip) {
		return err
	}
	d.failures.Add(1)
	p.Message.CopyFrom(&d.saved)
	return nil
}

// Report implements plugin.Reporter.
func (d *decoder) Report(r *plugin.Report) {
	if d.sub != nil {
		r.Add("SubDecodeFailures", d.failures.Load(), "count")
	}
}

// parseTime reads a time of RFC 3339 to the nanosecond.
func parseTime(text string) (ns int64, err error) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		return 0, fmt.Errorf("time is %.60q; it must be as 2016-10-06T00:17:09.669794202Z", text)
	}
	if y := t.Year(); y < 1678 || y > 2261 {
		return 0, fmt.Errorf("time is %.60q; its year must be from 1678 to 2261", text)
	}
	return t.UnixNano(), nil
}
