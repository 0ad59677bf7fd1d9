package message_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/hekad/heka/message"
)

// jsonMessage and jsonField are the form as encoding/json sees it, the slow twin
// of AppendJSON and ParseJSON.
type jsonMessage struct {
	UUID       []byte      `json:"uuid,omitempty"`
	Timestamp  *int64      `json:"timestamp,omitempty"`
	Type       *string     `json:"type,omitempty"`
	Logger     *string     `json:"logger,omitempty"`
	Severity   *int32      `json:"severity,omitempty"`
	Payload    *string     `json:"payload,omitempty"`
	EnvVersion *string     `json:"env_version,omitempty"`
	Pid        *int32      `json:"pid,omitempty"`
	Hostname   *string     `json:"hostname,omitempty"`
	Fields     []jsonField `json:"fields,omitempty"`
}

type jsonField struct {
	Name           string     `json:"name"`
	ValueType      *int32     `json:"value_type,omitempty"`
	Representation *string    `json:"representation,omitempty"`
	ValueString    []string   `json:"value_string,omitempty"`
	ValueBytes     [][]byte   `json:"value_bytes,omitempty"`
	ValueInteger   []int64    `json:"value_integer,omitempty"`
	ValueDouble    []*float64 `json:"value_double,omitempty"`
	ValueBool      []bool     `json:"value_bool,omitempty"`
}

// slowJSON is the JSON form of the wire form b, made by the generated type and
// encoding/json.
func slowJSON(t *testing.T, b []byte) string {
	t.Helper()
	pb, err := unmarshal(b)
	if err != nil {
		t.Fatal(err)
	}
	pb = kept(pb)
	m := jsonMessage{
		UUID: pb.Uuid, Timestamp: pb.Timestamp, Type: pb.Type, Logger: pb.Logger, Severity: pb.Severity,
		Payload: pb.Payload, EnvVersion: pb.EnvVersion, Pid: pb.Pid, Hostname: pb.Hostname,
	}
	for _, f := range pb.Fields {
		field := jsonField{
			Name: f.GetName(), ValueType: (*int32)(f.ValueType), Representation: f.Representation,
			ValueString: f.ValueString, ValueBytes: f.ValueBytes, ValueInteger: f.ValueInteger, ValueBool: f.ValueBool,
		}
		for _, v := range f.ValueDouble {
			p := &v
			if math.IsNaN(v) || math.IsInf(v, 0) {
				p = nil
			}
			field.ValueDouble = append(field.ValueDouble, p)
		}
		m.Fields = append(m.Fields, field)
	}
	text, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestParseJSON(t *testing.T) {
	for _, v := range readVectors(t, "json.txt") {
		t.Run(v.name(), func(t *testing.T) {
			in, want := v.get("in"), v.get("out")
			if want == "" {
				want = in
			}
			for _, m := range []*message.Message{message.New(), used()} {
				err := m.ParseJSON([]byte(in))
				if v.get("error") != "" {
					var jsonErr *message.JSONError
					if !errors.As(err, &jsonErr) || err.Error() != v.get("error") {
						t.Errorf("error %v\n want %s", err, v.get("error"))
					}
					same(t, "message after the error", toJSON(m), "{}")
					continue
				}
				if err != nil {
					t.Fatal(err)
				}
				same(t, "message", toJSON(m), want)
				if m.Wire() != nil {
					t.Error("the message claims to have a wire form")
				}
			}
		})
	}
}

func TestAppendJSON(t *testing.T) {
	for _, v := range readWireVectors(t) {
		if v.err == "" {
			same(t, v.name, slowJSON(t, v.wire), v.json)
		}
	}
	all := new(strings.Builder)
	for r := range rune(0x3000) {
		all.WriteRune(r)
	}
	for _, s := range []string{all.String(), "\xff", "a\xc3", "\xed\xa0\x80", "\xf4\x90\x80\x80", "end\xe2\x80"} {
		m := message.New()
		m.SetPayload(s)
		same(t, "text", toJSON(m), slowJSON(t, m.AppendWire(nil)))
	}
	same(t, "prefix kept", string(message.AppendJSON([]byte("{"), message.New())), "{{}")
}

// The JSON form of a message is that of encoding/json, and reading it gives the
// same message.
func FuzzAppendJSON(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		m := message.New()
		if m.Parse(b) != nil {
			return
		}
		text := toJSON(m)
		same(t, "form", text, slowJSON(t, b))
		back := used()
		if err := back.ParseJSON([]byte(text)); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if strings.Contains(text, `\ufffd`) {
			return // invalid UTF-8 has become a character
		}
		same(t, "form after a round trip", toJSON(back), text)
		if !strings.Contains(text, "null") {
			same(t, "wire form after a round trip", string(back.AppendWire(nil)), string(reencode(m)))
		}
	})
}

// Any text gives an error with a place in it, or the message that encoding/json
// reads.
func FuzzParseJSON(f *testing.F) {
	for _, v := range readVectors(f, "json.txt") {
		f.Add([]byte(v.get("in")))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		m := used()
		if err := m.ParseJSON(b); err != nil {
			var jsonErr *message.JSONError
			if !errors.As(err, &jsonErr) || jsonErr.Offset < 0 || jsonErr.Offset > len(b) {
				t.Fatalf("error %v", err)
			}
			return
		}
		var slow jsonMessage
		if err := json.Unmarshal(b, &slow); err != nil {
			t.Fatalf("encoding/json refuses it: %v", err)
		}
		if !utf8.Valid(b) {
			return // encoding/json changes such texts
		}
		want, err := json.Marshal(slow)
		if err != nil {
			t.Fatal(err)
		}
		same(t, "message", toJSON(m), string(want))
	})
}
