package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hekad/heka/message"
)

// headerNames are the parts of a message that are no fields, as matchers call
// them.
var headerNames = []string{"Timestamp", "Type", "Hostname", "Severity", "Logger", "Payload", "Pid", "Uuid", "EnvVersion"}

// tableColumns are those of a table unless --fields names others.
const tableColumns = "Timestamp,Hostname,Type,Severity,Payload"

// column is a part of a message that --fields names.
type column struct {
	name  string // as it was given, or as matchers call it
	field string // name of the field; "" is a header
	zone  *time.Location
	seen  bool // a message had it
}

// parseColumns reads a list such as Type,Severity,Fields[status],user. What is no
// header in any case of letters is a field.
func parseColumns(list string, zone *time.Location) ([]column, error) {
	var all []column
	for name := range strings.SplitSeq(list, ",") {
		name = strings.TrimSpace(name)
		if name == "" {
			return nil, misused("--fields is %q; it must be names with commas between them", list)
		}
		c := column{name: name, field: name, zone: zone}
		if i := slices.IndexFunc(headerNames, func(h string) bool { return strings.EqualFold(h, name) }); i >= 0 {
			c.name, c.field = headerNames[i], ""
		} else if inner, ok := strings.CutPrefix(name, "Fields["); ok {
			c.field = strings.TrimSuffix(inner, "]")
			if c.field == "" || c.field == inner || strings.ContainsAny(c.field, "[]") {
				return nil, misused("--fields has %q; write Fields[NAME], or NAME alone", name)
			}
		}
		all = append(all, c)
	}
	return all, nil
}

// value is the part of a message, or nil where it has none.
func (c *column) value(m *message.Message) any {
	if c.field == "" {
		return c.header(m)
	}
	f := m.FindField(c.field, 0)
	if f == nil || f.Len() == 0 {
		return nil
	}
	c.seen = true
	if f.Len() == 1 {
		return f.Value(0)
	}
	all := make([]any, f.Len())
	for i := range all {
		all[i] = f.Value(i)
	}
	return all
}

func (c *column) header(m *message.Message) any {
	switch c.name {
	case "Timestamp":
		return time.Unix(0, m.Timestamp()).In(c.zone).Format(time.RFC3339Nano)
	case "Type":
		return m.Type()
	case "Hostname":
		return m.Hostname()
	case "Severity":
		return m.Severity()
	case "Logger":
		return m.Logger()
	case "Payload":
		return m.Payload()
	case "Pid":
		return m.Pid()
	case "EnvVersion":
		return m.EnvVersion()
	}
	return m.UUIDText()
}

// unseen tells of columns that no message had, such as misspelt ones. names are
// fields that messages had instead.
func unseen(columns []column, names []string, say func(format string, args ...any)) {
	for i := range columns {
		if c := &columns[i]; c.field != "" && !c.seen {
			say("no message has a field %q%s", c.field, suggestion(c.field, append(names, headerNames...)))
		}
	}
}

// text is the part of a message for people, on one line.
func (c *column) text(m *message.Message) string {
	switch v := c.value(m).(type) {
	case nil:
		return ""
	case string:
		return oneLine(v)
	case []any:
		parts := make([]string, len(v))
		for i := range v {
			parts[i] = oneLine(fmt.Sprint(v[i]))
		}
		return strings.Join(parts, ",")
	case []byte:
		return fmt.Sprintf("%x", v)
	default:
		return fmt.Sprint(v)
	}
}

// oneLine writes what would break a line, or do something to a terminal, as Go
// does.
func oneLine(s string) string {
	if !strings.ContainsFunc(s, unprintable) {
		return s
	}
	return escaped(strings.TrimRight(s, "\n"), false)
}

// appendColumns appends a JSON object of what the message has of some columns.
func appendColumns(dst []byte, m *message.Message, columns []column) ([]byte, error) {
	dst = append(dst, '{')
	start := len(dst)
	for i := range columns {
		v := columns[i].value(m)
		if v == nil {
			continue
		}
		if len(dst) > start {
			dst = append(dst, ',')
		}
		name, err := json.Marshal(columns[i].name)
		if err != nil {
			return dst, err
		}
		b, err := json.Marshal(v)
		if err != nil {
			return dst, err
		}
		dst = append(append(append(dst, name...), ':'), b...)
	}
	return append(dst, '}', '\n'), nil
}
