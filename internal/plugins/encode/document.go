package encode

import (
	"encoding/base64"
	"encoding/json"
	"strconv"
	"unicode/utf8"

	"github.com/hekad/heka/internal/interpolate"
	"github.com/hekad/heka/internal/strftime"
	"github.com/hekad/heka/message"
)

// document writes a message as a JSON object.
type document struct {
	parts     []documentPart
	timestamp *strftime.Clock
	keys      *fieldKeys
	// typeTemplate is what partTypeName writes, typeLiteral what it writes
	// instead when the message lacks what the template asks for.
	typeTemplate *interpolate.Template
	typeLiteral  string
	base64       bool // for single values of type Bytes

	scratch fieldKey // key of a name that keys has no room for
	text    []byte
}

type documentPart struct {
	kind partKind
	key  []byte // ,"name":
}

type partKind uint8

const (
	partUUID partKind = iota
	partTimestamp
	partType
	partTypeName // a template in place of the message's type
	partLogger
	partSeverity
	partPayload
	partEnvVersion
	partPid
	partHostname
	partFields       // the fields, each with its name
	partNestedFields // one object with all fields
)

// append appends the object to dst. ns is the time for templates.
//
// hot: once per message.
func (d *document) append(dst []byte, m *message.Message, ns int64) []byte {
	start := len(dst)
	for i := range d.parts {
		p := &d.parts[i]
		switch p.kind {
		case partUUID:
			dst = append(appendUUID(append(append(dst, p.key...), '"'), m), '"')
		case partTimestamp:
			dst = append(append(dst, p.key...), '"')
			dst = append(d.timestamp.Append(dst, m.Timestamp()), '"')
		case partType:
			dst = appendMember(dst, p.key, m.Type())
		case partTypeName:
			dst = appendMember(dst, p.key, d.typeName(m, ns))
		case partLogger:
			dst = appendMember(dst, p.key, m.Logger())
		case partSeverity:
			dst = strconv.AppendInt(append(dst, p.key...), int64(m.Severity()), 10)
		case partPayload:
			dst = appendMember(dst, p.key, m.Payload())
		case partEnvVersion:
			dst = appendMember(dst, p.key, m.EnvVersion())
		case partPid:
			dst = strconv.AppendInt(append(dst, p.key...), int64(m.Pid()), 10)
		case partHostname:
			dst = appendMember(dst, p.key, m.Hostname())
		case partFields:
			dst = d.appendFields(dst, m)
		case partNestedFields:
			dst = append(dst, p.key...)
			nested := len(dst)
			dst = closeObject(d.appendFields(dst, m), nested)
		}
	}
	return closeObject(dst, start)
}

// closeObject makes an object of the members behind start, each of which begins
// with a comma.
func closeObject(dst []byte, start int) []byte {
	if len(dst) == start {
		return append(dst, "{}"...)
	}
	dst[start] = '{'
	return append(dst, '}')
}

// typeName returns the text of typeTemplate; it is valid until the next call.
func (d *document) typeName(m *message.Message, ns int64) string {
	text, resolved := d.typeTemplate.Append(d.text[:0], m, ns)
	d.text = text
	if !resolved || len(text) == 0 {
		return d.typeLiteral
	}
	return message.View(text)
}

// appendFields appends the fields as members. Fields of one name become one
// array.
func (d *document) appendFields(dst []byte, m *message.Message) []byte {
	keys, simple := d.keys.resolve(m)
	if !simple {
		return d.appendRepeated(dst, m)
	}
	for i, key := range keys {
		f := m.Field(i)
		if key.skip || f.Len() == 0 {
			continue
		}
		if f.Len() == 1 {
			dst = d.appendValue(dst, key.json, f, 0, key.raw, d.base64)
			continue
		}
		dst = append(append(dst, key.json...), '[')
		dst = append(d.appendValues(dst, f, key.raw), ']')
	}
	return dst
}

// appendRepeated is appendFields for a message with a name that occurs twice.
func (d *document) appendRepeated(dst []byte, m *message.Message) []byte {
	for i := range m.NumFields() {
		f := m.Field(i)
		name := f.Name()
		if m.FindField(name, 0) != f {
			continue // written with the first one
		}
		key := d.keys.find(name)
		if key == nil {
			key = &d.scratch
			d.keys.set(key, name)
		}
		values := 0
		for j := i; j < m.NumFields(); j++ {
			if g := m.Field(j); g.Name() == name {
				values += g.Len()
			}
		}
		if key.skip || values == 0 {
			continue
		}
		if values == 1 {
			for j := i; j < m.NumFields(); j++ {
				if g := m.Field(j); g.Name() == name && g.Len() == 1 {
					dst = d.appendValue(dst, key.json, g, 0, key.raw, d.base64)
				}
			}
			continue
		}
		dst = append(append(dst, key.json...), '[')
		for j := i; j < m.NumFields(); j++ {
			if g := m.Field(j); g.Name() == name && g.Len() > 0 {
				dst = append(d.appendValues(dst, g, key.raw), ',')
			}
		}
		dst[len(dst)-1] = ']'
	}
	return dst
}

// appendValues appends all values of f, separated by commas.
func (d *document) appendValues(dst []byte, f *message.Field, raw bool) []byte {
	for i := range f.Len() {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = d.appendValue(dst, nil, f, i, raw, true)
	}
	return dst
}

// appendValue appends key, which is complete, and value i of f. inBase64 is about
// values of type Bytes.
func (d *document) appendValue(dst, key []byte, f *message.Field, i int, raw, inBase64 bool) []byte {
	switch f.Type() {
	case message.String:
		if !raw {
			s, _ := f.Text(i)
			return appendMember(dst, key, s)
		}
	case message.Integer:
		n, _ := f.Integer(i)
		return strconv.AppendInt(append(dst, key...), n, 10)
	case message.Double:
		v, _ := f.Double(i)
		return appendDouble(append(dst, key...), v)
	case message.Bool:
		v, _ := f.Bool(i)
		return strconv.AppendBool(append(dst, key...), v)
	}
	b, _ := f.Bytes(i)
	if raw && utf8.Valid(b) && json.Valid(b) {
		return appendRaw(append(dst, key...), b)
	}
	if f.Type() == message.Bytes && inBase64 && !raw {
		dst = base64.StdEncoding.AppendEncode(append(append(dst, key...), '"'), b)
		return append(dst, '"')
	}
	return appendMember(dst, key, message.View(b))
}

// appendRaw appends JSON text on one line. Its line ends lie between tokens,
// where they mean nothing.
func appendRaw(dst, b []byte) []byte {
	for _, c := range b {
		if c != '\n' && c != '\r' {
			dst = append(dst, c)
		}
	}
	return dst
}

func appendUUID(dst []byte, m *message.Message) []byte {
	if m.HasUUID() {
		dst, _ = m.UUID().AppendText(dst)
	}
	return dst
}
