package message

import (
	"encoding/base64"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// AppendRST appends the reStructuredText form of RstEncoder to dst, byte by byte
// as Heka wrote it (␣ is a space, kept also where nothing follows):
//
//	(empty line)
//	:Timestamp:␣2006-01-02 15:04:05.5 +0000 UTC
//	:Type:␣TEST
//	:Hostname:␣my.host.name
//	:Pid:␣43
//	:Uuid:␣8e414f01-9d7f-4a48-a5e1-ae92e5954df5
//	:Logger:␣GoSpec
//	:Payload:␣Test Payload
//	:EnvVersion:␣0.8
//	:Severity:␣6
//	:Fields:
//	    | name:"req.time" type:double value:[42,1e-05] representation:"s"
//	(empty line)
//
// The Fields lines are there only when there is a field. One value stands bare,
// any other number in brackets. Strings are quoted but not escaped, bytes are
// base64.
func AppendRST(dst []byte, m *Message) []byte { return appendRST(dst, m, appendAsIs) }

// AppendRSTEscaped is AppendRST with every text made safe for a parser of
// reStructuredText: lines of a text behind its first are indented by 6 spaces,
// so that they belong to their header or field, and invalid UTF-8 becomes
// U+FFFD.
func AppendRSTEscaped(dst []byte, m *Message) []byte { return appendRST(dst, m, appendIndented) }

func appendAsIs(dst []byte, s string) []byte { return append(dst, s...) }

func appendIndented(dst []byte, s string) []byte {
	for len(s) > 0 {
		end := strings.IndexByte(s, '\n') + 1
		if end == 0 {
			end = len(s)
		}
		line := s[:end]
		s = s[end:]
		if utf8.ValidString(line) {
			dst = append(dst, line...)
		} else {
			for _, r := range line {
				dst = utf8.AppendRune(dst, r)
			}
		}
		if line[len(line)-1] == '\n' {
			dst = append(dst, "      "...)
		}
	}
	return dst
}

func appendRST(dst []byte, m *Message, text func([]byte, string) []byte) []byte {
	dst = appendTime(append(dst, "\n:Timestamp: "...), m.timestamp, time.UTC)
	dst = text(append(dst, "\n:Type: "...), m.typ)
	dst = text(append(dst, "\n:Hostname: "...), m.hostname)
	dst = strconv.AppendInt(append(dst, "\n:Pid: "...), int64(m.pid), 10)
	dst = m.appendUUID(append(dst, "\n:Uuid: "...))
	dst = text(append(dst, "\n:Logger: "...), m.logger)
	dst = text(append(dst, "\n:Payload: "...), m.payload)
	dst = text(append(dst, "\n:EnvVersion: "...), m.envVersion)
	dst = strconv.AppendInt(append(dst, "\n:Severity: "...), int64(m.severity), 10)
	dst = append(dst, '\n')
	if len(m.fields) > 0 {
		dst = append(dst, ":Fields:\n"...)
	}
	for i := range m.fields {
		f := &m.fields[i]
		dst = text(append(dst, `    | name:"`...), f.name)
		dst = append(append(dst, `" type:`...), rstTypes[f.typ]...)
		dst = append(dst, " value:"...)
		if f.n != 1 {
			dst = append(dst, '[')
		}
		for j := range f.n {
			if j > 0 {
				dst = append(dst, ',')
			}
			dst = f.appendRSTValue(dst, j, text)
		}
		if f.n != 1 {
			dst = append(dst, ']')
		}
		if f.rep != "" {
			dst = text(append(dst, ` representation:"`...), f.rep)
			dst = append(dst, '"')
		}
		dst = append(dst, '\n')
	}
	return append(dst, '\n')
}

var rstTypes = [...]string{"string", "bytes", "integer", "double", "bool"}

func (f *Field) appendRSTValue(dst []byte, i int, text func([]byte, string) []byte) []byte {
	switch f.typ {
	case String:
		s, _ := f.Text(i)
		dst = text(append(dst, '"'), s)
		return append(dst, '"')
	case Bytes:
		b, _ := f.Bytes(i)
		return base64.StdEncoding.AppendEncode(dst, b)
	}
	return f.appendNumber(dst, i)
}

// AppendValue appends value i as text to dst: strings and bytes as they are,
// integers in decimal, doubles in the shortest form with an exponent as %g
// chooses it, true or false. A value that is not there is no text.
func (f *Field) AppendValue(dst []byte, i int) []byte {
	if uint(i) >= uint(f.n) {
		return dst
	}
	if f.typ <= Bytes {
		s, _ := f.Text(i)
		return append(dst, s...)
	}
	return f.appendNumber(dst, i)
}

// appendNumber appends value i of an Integer, Double (shortest form, with an
// exponent as %g chooses it) or Bool field.
func (f *Field) appendNumber(dst []byte, i int) []byte {
	switch f.typ {
	case Integer:
		n, _ := f.Integer(i)
		return strconv.AppendInt(dst, n, 10)
	case Double:
		v, _ := f.Double(i)
		return strconv.AppendFloat(dst, v, 'g', -1, 64)
	}
	v, _ := f.Bool(i)
	return strconv.AppendBool(dst, v)
}

func (m *Message) appendUUID(dst []byte) []byte {
	if m.HasUUID() {
		dst, _ = m.uuid.AppendText(dst)
	}
	return dst
}

func appendTime(dst []byte, ns int64, loc *time.Location) []byte {
	return time.Unix(0, ns).In(loc).AppendFormat(dst, "2006-01-02 15:04:05.999999999 -0700 MST")
}

// AppendText appends the text form of heka cat to dst, with the time in loc. It
// is made for people:
//
//	Timestamp: 2006-01-02 15:04:05 -0700 MST
//	Type: TEST
//	Hostname: my.host.name
//	Pid: 43
//	UUID: 8e414f01-9d7f-4a48-a5e1-ae92e5954df5
//	Logger: GoSpec
//	Payload: Test Payload
//	EnvVersion: 0.8
//	Severity: 6
//	Fields: [name:"a" value_type:INTEGER representation:"" value_integer:64  name:"b" value_string:"x" ]
//	(empty line)
//
// Strings and bytes of fields are quoted, with \n, \r, \t, \", \\ and three octal
// digits for every other byte outside of 0x20 to 0x7e.
func AppendText(dst []byte, m *Message, loc *time.Location) []byte {
	dst = appendTime(append(dst, "Timestamp: "...), m.timestamp, loc)
	dst = append(append(dst, "\nType: "...), m.typ...)
	dst = append(append(dst, "\nHostname: "...), m.hostname...)
	dst = strconv.AppendInt(append(dst, "\nPid: "...), int64(m.pid), 10)
	dst = m.appendUUID(append(dst, "\nUUID: "...))
	dst = append(append(dst, "\nLogger: "...), m.logger...)
	dst = append(append(dst, "\nPayload: "...), m.payload...)
	dst = append(append(dst, "\nEnvVersion: "...), m.envVersion...)
	dst = strconv.AppendInt(append(dst, "\nSeverity: "...), int64(m.severity), 10)
	dst = append(dst, "\nFields: ["...)
	for i := range m.fields {
		if i > 0 {
			dst = append(dst, ' ')
		}
		dst = m.fields[i].appendText(dst)
	}
	return append(dst, "]\n\n"...)
}

// appendText appends the compact text form of protobuf.
func (f *Field) appendText(dst []byte) []byte {
	dst = appendQuoted(append(dst, "name:"...), f.name)
	if f.set&fieldHasType != 0 {
		dst = append(append(dst, " value_type:"...), valueTypeNames[f.typ]...)
	}
	if f.set&fieldHasRepresentation != 0 {
		dst = appendQuoted(append(dst, " representation:"...), f.rep)
	}
	for i := range f.n {
		dst = append(append(append(dst, ' '), valueKeys[f.typ]...), ':')
		v, double := f.Double(i)
		switch {
		case f.typ <= Bytes:
			s, _ := f.Text(i)
			dst = appendQuoted(dst, s)
		case double && math.IsNaN(v):
			dst = append(dst, "nan"...)
		case double && math.IsInf(v, 1):
			dst = append(dst, "inf"...)
		case double && math.IsInf(v, -1):
			dst = append(dst, "-inf"...)
		default:
			dst = f.appendNumber(dst, i)
		}
	}
	return append(dst, ' ')
}

func appendQuoted(dst []byte, s string) []byte {
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c == '"', c == '\\':
			dst = append(dst, '\\', c)
		case c < ' ', c > '~':
			dst = append(dst, '\\', '0'+c>>6, '0'+c>>3&7, '0'+c&7)
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
