package message_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/message"
)

// text joins the lines of a vector; they are written like Go strings in which
// quotes need no backslash.
func (v vector) text(t *testing.T, key string) string {
	t.Helper()
	var b strings.Builder
	for _, line := range v.all(key) {
		for line != "" {
			c, multibyte, rest, err := strconv.UnquoteChar(line, 0)
			if err != nil {
				t.Fatalf("%s: %v", line, err)
			}
			if multibyte {
				b.WriteRune(c)
			} else {
				b.WriteByte(byte(c))
			}
			line = rest
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestTextForms(t *testing.T) {
	for _, v := range readVectors(t, "text.txt") {
		t.Run(v.name(), func(t *testing.T) {
			m := message.New()
			if wire := v.get("wire"); wire != "" {
				if err := m.Parse(wireBytes(t, wire)); err != nil {
					t.Fatal(err)
				}
			} else {
				m = fromJSON(t, v.get("json"))
			}
			loc, err := time.LoadLocation(v.get("zone"))
			if err != nil {
				t.Fatal(err)
			}
			check := func(form, got, want string) {
				t.Helper()
				if got != want {
					t.Errorf("%s\n got %q\nwant %q", form, got, want)
				}
			}
			check("rst", string(message.AppendRST(nil, m)), v.text(t, "rst"))
			check("text", string(message.AppendText(nil, m, loc)), v.text(t, "text"))
			escaped := v.text(t, "escaped")
			if escaped == "" {
				escaped = v.text(t, "rst")
			}
			check("escaped rst", string(message.AppendRSTEscaped(nil, m)), escaped)
		})
	}
}

func TestAppendValue(t *testing.T) {
	m := fromJSON(t, `{"fields":[{"name":"s","value_string":["a","b"]},{"name":"b","value_type":1,"value_bytes":["YXNkZg=="]},{"name":"i","value_type":2,"value_integer":[-5]},{"name":"d","value_type":3,"value_double":[1e-5,345.6789]},{"name":"t","value_type":4,"value_bool":[true,false]}]}`)
	f := func(field, value int, want string) {
		t.Helper()
		same(t, "text", string(m.Field(field).AppendValue(nil, value)), want)
	}
	f(0, 0, "a")
	f(0, 1, "b")
	f(0, 2, "")
	f(0, -1, "")
	f(1, 0, "asdf")
	f(2, 0, "-5")
	f(3, 0, "1e-05")
	f(3, 1, "345.6789")
	f(4, 0, "true")
	f(4, 1, "false")
}
