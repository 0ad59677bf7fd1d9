package share_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/hekad/heka/message"
)

// A message is noted with a line for each header that is set and each field:
//
//	Type nginx
//	Payload "two\nlines"
//	status = 200
//	bytes (B) = 23, 24i, true, "text", b"\xff"
//
// Strings that are not plain are quoted as in Go. A number is a double, with i
// an integer; b"…" are bytes. Fields are sorted by name.

func render(m *message.Message) string {
	var b strings.Builder
	header := func(name, value string) {
		if m.Has(name) {
			if q := strconv.Quote(value); q != `"`+value+`"` || value == "" || strings.TrimSpace(value) != value {
				value = q
			}
			b.WriteString(name + " " + value + "\n")
		}
	}
	header("Timestamp", strconv.FormatInt(m.Timestamp(), 10))
	header("Type", m.Type())
	header("Logger", m.Logger())
	header("Severity", strconv.Itoa(int(m.Severity())))
	header("Payload", m.Payload())
	header("EnvVersion", m.EnvVersion())
	header("Pid", strconv.Itoa(int(m.Pid())))
	header("Hostname", m.Hostname())
	var lines []string
	for i := range m.NumFields() {
		f := m.Field(i)
		line := f.Name()
		if f.Representation() != "" {
			line += " (" + f.Representation() + ")"
		}
		line += " ="
		for k := range f.Len() {
			if k > 0 {
				line += ","
			}
			switch v := f.Value(k).(type) {
			case string:
				line += " " + strconv.Quote(v)
			case []byte:
				line += " b" + strconv.Quote(string(v))
			case int64:
				line += fmt.Sprintf(" %di", v)
			case float64:
				line += " " + strconv.FormatFloat(v, 'f', -1, 64)
			default:
				line += fmt.Sprint(" ", v)
			}
		}
		lines = append(lines, line+"\n")
	}
	slices.Sort(lines)
	return b.String() + strings.Join(lines, "")
}

func parse(text string) (*message.Message, error) {
	m := message.New()
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if name, values, ok := strings.Cut(line, " = "); ok {
			if err := parseField(m, name, values); err != nil {
				return nil, fmt.Errorf("%s: %w", line, err)
			}
			continue
		}
		name, value, _ := strings.Cut(line, " ")
		if strings.HasPrefix(value, `"`) {
			var err error
			if value, err = strconv.Unquote(value); err != nil {
				return nil, fmt.Errorf("%s: %w", line, err)
			}
		}
		n, err := strconv.ParseInt(value, 10, 64)
		switch name {
		case "Type":
			m.SetType(value)
		case "Logger":
			m.SetLogger(value)
		case "Payload":
			m.SetPayload(value)
		case "EnvVersion":
			m.SetEnvVersion(value)
		case "Hostname":
			m.SetHostname(value)
		case "Timestamp":
			m.SetTimestamp(n)
		case "Severity":
			m.SetSeverity(int32(n))
		case "Pid":
			m.SetPid(int32(n))
		default:
			err = fmt.Errorf("unknown header")
		}
		if err != nil && slices.Contains([]string{"Timestamp", "Severity", "Pid"}, name) || err != nil && err.Error() == "unknown header" {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
	}
	return m, nil
}

func parseField(m *message.Message, name, values string) error {
	name, representation, _ := strings.Cut(strings.TrimSuffix(name, ")"), " (")
	var f *message.Field
	for values != "" {
		var v any
		var typ message.ValueType
		kind := strings.TrimPrefix(values, "b")
		if strings.HasPrefix(kind, `"`) {
			q, err := strconv.QuotedPrefix(kind)
			if err != nil {
				return err
			}
			s, err := strconv.Unquote(q)
			if err != nil {
				return err
			}
			v, typ = s, message.String
			if kind != values {
				v, typ = []byte(s), message.Bytes
			}
			values = strings.TrimPrefix(kind[len(q):], ", ")
		} else {
			var word string
			word, values, _ = strings.Cut(values, ", ")
			if word == "true" || word == "false" {
				v, typ = word == "true", message.Bool
			} else if digits, ok := strings.CutSuffix(word, "i"); ok {
				n, err := strconv.ParseInt(digits, 10, 64)
				if err != nil {
					return err
				}
				v, typ = n, message.Integer
			} else {
				x, err := strconv.ParseFloat(word, 64)
				if err != nil {
					return err
				}
				v, typ = x, message.Double
			}
		}
		if f == nil {
			f = m.AddField(name, representation, typ)
		}
		if err := f.AddValue(v); err != nil {
			return err
		}
	}
	return nil
}
