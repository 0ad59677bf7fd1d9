package message

import (
	"encoding/base64"
	"math"
	"strconv"
	"unicode/utf8"
)

// AppendJSON appends the message as one JSON object to dst, without a newline.
// It is the form of heka cat -format=json:
//
//	{"uuid":"ct5qBRuZSoiEwpB5diTGjw==","timestamp":1416840893000000000,
//	 "type":"TEST","severity":6,"fields":[{"name":"int","value_type":2,
//	 "representation":"count","value_integer":[999,1024]}]}
//
// (on one line). The keys are those of message.proto in its order; what is unset
// is left out, what is set to an empty string is not. Bytes are base64,
// value_type is a number, invalid UTF-8 becomes U+FFFD, and a double that is not
// a number or infinite is null.
//
// hot: once per message that is printed or encoded; allocates only to grow dst.
func AppendJSON(dst []byte, m *Message) []byte {
	dst = append(dst, '{')
	if m.set&hasUUID != 0 {
		dst = appendJSONBytes(appendKey(dst, "uuid"), m.uuid[:])
	}
	if m.set&hasTimestamp != 0 {
		dst = strconv.AppendInt(appendKey(dst, "timestamp"), m.timestamp, 10)
	}
	if m.set&hasType != 0 {
		dst = appendJSONString(appendKey(dst, "type"), m.typ)
	}
	if m.set&hasLogger != 0 {
		dst = appendJSONString(appendKey(dst, "logger"), m.logger)
	}
	if m.set&hasSeverity != 0 {
		dst = strconv.AppendInt(appendKey(dst, "severity"), int64(m.severity), 10)
	}
	if m.set&hasPayload != 0 {
		dst = appendJSONString(appendKey(dst, "payload"), m.payload)
	}
	if m.set&hasEnvVersion != 0 {
		dst = appendJSONString(appendKey(dst, "env_version"), m.envVersion)
	}
	if m.set&hasPid != 0 {
		dst = strconv.AppendInt(appendKey(dst, "pid"), int64(m.pid), 10)
	}
	if m.set&hasHostname != 0 {
		dst = appendJSONString(appendKey(dst, "hostname"), m.hostname)
	}
	if len(m.fields) > 0 {
		dst = append(appendKey(dst, "fields"), '[')
		for i := range m.fields {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = m.fields[i].appendJSON(dst)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

func (f *Field) appendJSON(dst []byte) []byte {
	dst = appendJSONString(append(dst, `{"name":`...), f.name)
	if f.set&fieldHasType != 0 {
		dst = append(appendKey(dst, "value_type"), '0'+byte(f.typ))
	}
	if f.set&fieldHasRepresentation != 0 {
		dst = appendJSONString(appendKey(dst, "representation"), f.rep)
	}
	if f.n > 0 {
		dst = append(appendKey(dst, valueKeys[f.typ]), '[')
		for i := range f.n {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = f.appendJSONValue(dst, i)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// valueKeys are the names of the value arrays by type.
var valueKeys = [...]string{"value_string", "value_bytes", "value_integer", "value_double", "value_bool"}

func (f *Field) appendJSONValue(dst []byte, i int) []byte {
	switch f.typ {
	case String:
		s, _ := f.Text(i)
		return appendJSONString(dst, s)
	case Bytes:
		b, _ := f.Bytes(i)
		return appendJSONBytes(dst, b)
	case Integer:
		n, _ := f.Integer(i)
		return strconv.AppendInt(dst, n, 10)
	case Double:
		v, _ := f.Double(i)
		return appendJSONDouble(dst, v)
	}
	v, _ := f.Bool(i)
	return strconv.AppendBool(dst, v)
}

// appendKey appends a key that needs no escapes, with a comma unless it is the
// first of its object.
func appendKey(dst []byte, key string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	dst = append(append(dst, '"'), key...)
	return append(dst, '"', ':')
}

func appendJSONBytes(dst, b []byte) []byte {
	dst = base64.StdEncoding.AppendEncode(append(dst, '"'), b)
	return append(dst, '"')
}

// appendJSONDouble appends the shortest form that reads back as v, with an
// exponent only outside 1e-6 to 1e21.
func appendJSONDouble(dst []byte, v float64) []byte {
	size := math.Abs(v)
	switch {
	case size > math.MaxFloat64 || v != v:
		return append(dst, "null"...)
	case size == 0 || (size >= 1e-6 && size < 1e21):
		return strconv.AppendFloat(dst, v, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, v, 'e', -1, 64)
	// strconv writes at least two digits of exponent: e-09.
	if n := len(dst); dst[n-4] == 'e' && dst[n-2] == '0' {
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

// jsonPlain says which bytes stand in a JSON string as they are.
var jsonPlain = func() (plain [256]bool) {
	for c := byte(' '); c < utf8.RuneSelf; c++ {
		plain[c] = c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
	}
	return plain
}()

func appendJSONString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if jsonPlain[c] {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			if (r != utf8.RuneError || n > 1) && r != '\u2028' && r != '\u2029' {
				i += n
				continue
			}
			dst = append(dst, s[from:i]...)
			dst = append(dst, '\\', 'u', hexDigits[r>>12], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
			i += n
			from = i
			continue
		}
		dst = append(dst, s[from:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\f':
			dst = append(dst, '\\', 'f')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		from = i
	}
	dst = append(dst, s[from:]...)
	return append(dst, '"')
}
