package message

import (
	"iter"
	"strconv"
	"strings"
)

// Template is the compiled form of a decoder's message_fields section. Its keys
// are applied in the order of the file:
//
//	Logger, Type, Payload, Hostname, EnvVersion   set the header
//	Pid        sets the header to the number in front of the first "."
//	Severity   sets the header to the number
//	Uuid       sets the header from 16 raw bytes or the text form
//	name|rep   anything else appends a String field "name", with the
//	           representation "rep" behind the first "|"
//
// The whole key decides: "Payload|json" and "Timestamp" are fields. Fields are
// added, never replaced.
//
// A Template is not modified by its use; goroutines may share it.
type Template struct {
	entries []entry
}

// entry is one key with its value.
type entry struct {
	header header // noHeader for a field
	name   string
	rep    string
	parts  []source
	tail   string // text behind the last source, or the whole value
}

// source is what a placeholder stands for and the text in front of it.
type source struct {
	literal string
	name    string
	capture int // index of the capture, or -1
	header  header
}

// NewTemplate compiles keys and values in which a %name% is replaced by the
// capture of that name; see Pattern for their form. A name that is no capture is
// a header of the message as it is when the key is applied (Type, Logger,
// Hostname, Payload, Pid, Severity, Uuid, Timestamp in nanoseconds, EnvVersion),
// else the first value of the first field of that name, else it becomes <name>.
//
// captures are the names of what Apply is given, such as the groups of a regular
// expression, those without a name under their decimal number. The last of equal
// names counts. A capture "Severity" is left out: it belongs to the severity
// map of the decoder.
func NewTemplate(pairs iter.Seq2[string, string], captures []string) *Template {
	index := make(map[string]int, len(captures))
	for i, name := range captures {
		if name != "" && name != "Severity" {
			index[name] = i
		}
	}
	t := new(Template)
	for key, value := range pairs {
		e := newEntry(key)
		p := NewPattern(value)
		e.tail = p.tail
		for _, part := range p.parts {
			s := source{literal: part.literal, name: part.name, capture: -1, header: headerOf(part.name)}
			if i, ok := index[part.name]; ok {
				s.capture = i
			}
			e.parts = append(e.parts, s)
		}
		t.entries = append(t.entries, e)
	}
	return t
}

// NewLiteralTemplate compiles keys and values in which a percent sign has no
// meaning, as in ScribbleDecoder. Its Apply needs no captures and no buffer.
func NewLiteralTemplate(pairs iter.Seq2[string, string]) *Template {
	t := new(Template)
	for key, value := range pairs {
		e := newEntry(key)
		e.tail = value
		t.entries = append(t.entries, e)
	}
	return t
}

func newEntry(key string) entry {
	if h := headerOf(key); h != noHeader && h != headerTimestamp {
		return entry{header: h}
	}
	name, rep, _ := strings.Cut(key, "|")
	return entry{name: name, rep: rep}
}

// Apply fills in m. captures are the texts for the names that NewTemplate was
// given, one for each; a group that took no part in the match is "".
//
// Texts with placeholders are appended to buf, which is returned. The strings
// of the message are then views of buf, of the captures, or the template's own:
// buf and captures must not be written to as long as the message is in use.
//
// An error is that of strconv for a Pid or Severity, or of ParseUUID. What was
// applied in front of it stays applied.
//
// hot: once per message of regex and XML decoders; allocates only to grow buf
// and the message.
func (t *Template) Apply(m *Message, captures []string, buf []byte) ([]byte, error) {
	for i := range t.entries {
		e := &t.entries[i]
		var text string
		switch {
		case len(e.parts) == 0:
			text = e.tail
		case e.isCapture():
			text = captures[e.parts[0].capture]
		default:
			start := len(buf)
			buf = e.append(buf, m, captures)
			text = view(buf[start:])
		}
		if err := e.set(m, text); err != nil {
			return buf, err
		}
	}
	return buf, nil
}

// isCapture reports whether the value is one capture and nothing else.
func (e *entry) isCapture() bool {
	return len(e.parts) == 1 && e.tail == "" && e.parts[0].literal == "" && e.parts[0].capture >= 0
}

func (e *entry) append(dst []byte, m *Message, captures []string) []byte {
	for i := range e.parts {
		s := &e.parts[i]
		dst = append(dst, s.literal...)
		switch {
		case s.capture >= 0:
			dst = append(dst, captures[s.capture]...)
		case s.header != noHeader:
			dst = s.header.appendTo(dst, m)
		default:
			f := m.FindField(s.name, 0)
			if f == nil || f.n == 0 {
				dst = appendUnknown(dst, s.name)
				continue
			}
			dst = f.AppendValue(dst, 0)
		}
	}
	return append(dst, e.tail...)
}

func (e *entry) set(m *Message, text string) error {
	switch e.header {
	case headerLogger:
		m.SetLogger(text)
	case headerType:
		m.SetType(text)
	case headerPayload:
		m.SetPayload(text)
	case headerHostname:
		m.SetHostname(text)
	case headerEnvVersion:
		m.SetEnvVersion(text)
	case headerPid:
		whole, _, _ := strings.Cut(text, ".")
		n, err := strconv.ParseInt(whole, 10, 32)
		if err != nil {
			return err
		}
		m.SetPid(int32(n))
	case headerSeverity:
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil {
			return err
		}
		m.SetSeverity(int32(n))
	case headerUUID:
		u, err := ParseUUID(text)
		if err != nil {
			return err
		}
		m.SetUUID(u)
	default:
		m.AddField(e.name, e.rep, String).addText(text)
	}
	return nil
}
