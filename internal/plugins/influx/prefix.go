package influx

import (
	"strconv"
	"strings"

	"github.com/hekad/heka/message"
)

// template is a text with %{name} in it.
type template []piece

// piece is a literal and the name behind it, which the last piece has not.
type piece struct{ literal, name string }

// newTemplate splits a text. What has no closing brace stands for itself.
func newTemplate(text string) template {
	var t template
	for {
		literal, rest, found := strings.Cut(text, "%{")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed {
			return append(t, piece{literal: text})
		}
		t = append(t, piece{literal, name})
		text = after
	}
}

// append appends the text for a message. A name that it does not have stands as it
// is written.
func (t template) append(dst []byte, m *message.Message) []byte {
	for i, p := range t {
		dst = append(dst, p.literal...)
		if i == len(t)-1 {
			break
		}
		before := len(dst)
		if dst = appendHeader(dst, m, p.name); len(dst) > before {
			continue
		}
		if f := m.FindField(p.name, 0); f != nil && f.Len() > 0 {
			dst = f.AppendValue(dst, 0)
			continue
		}
		if !isHeader(p.name) {
			dst = append(append(append(dst, "%{"...), p.name...), '}')
		}
	}
	return dst
}

func isHeader(name string) bool {
	switch name {
	case "Type", "Logger", "Hostname", "Payload", "EnvVersion", "Pid", "Severity":
		return true
	}
	return false
}

// appendHeader appends a header, if the message has it.
func appendHeader(dst []byte, m *message.Message, name string) []byte {
	switch name {
	case "Type":
		return append(dst, m.Type()...)
	case "Logger":
		return append(dst, m.Logger()...)
	case "Hostname":
		return append(dst, m.Hostname()...)
	case "Payload":
		return append(dst, m.Payload()...)
	case "EnvVersion":
		return append(dst, m.EnvVersion()...)
	case "Pid":
		if m.Has("Pid") {
			return strconv.AppendInt(dst, int64(m.Pid()), 10)
		}
	case "Severity":
		if m.Has("Severity") {
			return strconv.AppendInt(dst, int64(m.Severity()), 10)
		}
	}
	return dst
}
