package message_test

import (
	"math"
	"runtime"
	"strings"
	"testing"

	"github.com/hekad/heka/message"
)

func TestNewMessageHasDefaults(t *testing.T) {
	m := message.New()
	m.SetType("t")
	m.SetSeverity(1)
	m.AddString("f", "v")
	m.Reset()
	for _, m := range []*message.Message{m, message.New()} {
		same(t, "severity", m.Severity(), message.DefaultSeverity)
		same(t, "pid", m.Pid(), 0)
		same(t, "timestamp", m.Timestamp(), 0)
		same(t, "HasTimestamp", m.HasTimestamp(), false)
		same(t, "HasUUID", m.HasUUID(), false)
		same(t, "Has", m.Has("Severity") || m.Has("Payload") || m.Has("Fields") || m.Has(""), false)
		same(t, "UUIDText", m.UUIDText(), "")
		same(t, "type", m.Type(), "")
		same(t, "fields", m.NumFields(), 0)
		same(t, "wire", string(m.AppendWire(nil)), "")
	}
}

func TestUnsetBringsTheDefaultBack(t *testing.T) {
	for _, header := range []string{"Uuid", "Timestamp", "Type", "Logger", "Severity", "Payload", "EnvVersion", "Pid", "Hostname"} {
		m := sample()
		before := toJSON(m)
		m.Unset("Nothing")
		same(t, "after an unknown name", toJSON(m), before)
		m.Unset(header)
		if toJSON(m) == before || m.Has(header) || !sample().Has(header) {
			t.Errorf("%s is still set", header)
		}
		for _, other := range []string{"Uuid", "Timestamp", "Type", "Logger", "Severity", "Payload", "EnvVersion", "Pid", "Hostname"} {
			m.Unset(other)
		}
		for m.NumFields() > 0 {
			m.RemoveField(0)
		}
		same(t, "message without anything", toJSON(m), "{}")
		same(t, "severity", m.Severity(), message.DefaultSeverity)
	}
}

func TestChangesForgetTheEncodedForm(t *testing.T) {
	// Field 11 is unknown: it survives only as long as the bytes are kept.
	wire := append(sample().AppendWire(nil), 11<<3, 1)
	for name, change := range map[string]func(m *message.Message){
		"SetUUID":       func(m *message.Message) { m.SetUUID(m.UUID()) },
		"SetTimestamp":  func(m *message.Message) { m.SetTimestamp(m.Timestamp()) },
		"SetType":       func(m *message.Message) { m.SetType(m.Type()) },
		"SetLogger":     func(m *message.Message) { m.SetLogger(m.Logger()) },
		"SetSeverity":   func(m *message.Message) { m.SetSeverity(m.Severity()) },
		"SetPayload":    func(m *message.Message) { m.SetPayload(m.Payload()) },
		"SetEnvVersion": func(m *message.Message) { m.SetEnvVersion(m.EnvVersion()) },
		"SetPid":        func(m *message.Message) { m.SetPid(m.Pid()) },
		"SetHostname":   func(m *message.Message) { m.SetHostname(m.Hostname()) },
		"Unset":         func(m *message.Message) { m.Unset("") },
		"MutableField":  func(m *message.Message) { m.MutableField(0) },
		"AddField":      func(m *message.Message) { m.AddBool("b", true); m.RemoveField(m.NumFields() - 1) },
	} {
		m := message.New()
		if err := m.Parse(wire); err != nil {
			t.Fatal(err)
		}
		same(t, "wire form kept before "+name, string(m.Wire()), string(wire))
		change(m)
		same(t, "wire form after "+name, string(m.AppendWire(nil)), string(wire[:len(wire)-2]))
		same(t, "kept bytes after "+name, m.Wire() == nil, true)
	}
}

func TestFieldInstances(t *testing.T) {
	m := message.New()
	m.AddString("a", "0")
	m.AddInteger("b", 1, "count")
	m.AddField("a", "", message.Bytes).AddBytes([]byte("2"))
	m.AddString("Payload", "a field")
	find := func(name string, instance int, want any) {
		t.Helper()
		f := m.FindField(name, instance)
		if f == nil {
			if want != nil {
				t.Errorf("no instance %d of %s", instance, name)
			}
			return
		}
		if got, ok := f.Text(0); !ok || got != want {
			t.Errorf("instance %d of %s is %q, want %v", instance, name, got, want)
		}
	}
	find("a", 0, "0")
	find("a", 1, "2")
	find("a", 2, nil)
	find("a", -1, nil)
	find("A", 0, nil)
	find("Payload", 0, "a field")
	same(t, "header of the same name", m.Payload(), "")
	m.RemoveField(0)
	find("a", 0, "2")
	find("a", 1, nil)
	same(t, "fields left", m.NumFields(), 3)
}

func TestFieldTakesValuesOfItsTypeOnly(t *testing.T) {
	values := []any{"s", []byte("b"), int64(1), 1.5, true}
	for i, first := range values {
		for j, second := range values {
			m := message.New()
			f := m.AddField("f", "", message.ValueType(i))
			if err := f.AddValue(first); err != nil {
				t.Fatal(err)
			}
			err := f.AddValue(second)
			if i == j {
				same(t, "error", err, nil)
				same(t, "values", f.Len(), 2)
				continue
			}
			want := "The field contains: " + message.ValueType(i).String() + "; attempted to add " + message.ValueType(j).String()
			if err == nil || err.Error() != want {
				t.Errorf("error %v, want %s", err, want)
			}
			same(t, "values", f.Len(), 1)
		}
	}
}

func TestAddMethodsPanicOnAnotherType(t *testing.T) {
	for i, add := range []func(f *message.Field){
		func(f *message.Field) { f.AddString("") },
		func(f *message.Field) { f.AddBytes(nil) },
		func(f *message.Field) { f.AddInteger(0) },
		func(f *message.Field) { f.AddDouble(0) },
		func(f *message.Field) { f.AddBool(false) },
	} {
		f := message.New().AddField("f", "", (message.ValueType(i)+1)%5)
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("method %d accepts %v", i, f.Type())
				}
			}()
			add(f)
		}()
	}
}

func TestValuesOfAllWidths(t *testing.T) {
	for _, c := range []struct {
		in   any
		want any
	}{
		{"s", "s"},
		{true, true},
		{int(-1), int64(-1)}, {int8(-1), int64(-1)}, {int16(-1), int64(-1)}, {int32(-1), int64(-1)}, {int64(-1), int64(-1)},
		{uint(1), int64(1)}, {uint8(255), int64(255)}, {uint16(1), int64(1)}, {uint32(1 << 31), int64(1 << 31)}, {uint64(1), int64(1)},
		{float32(0.5), 0.5}, {math.Pi, math.Pi},
	} {
		typ, err := message.TypeOf(c.in)
		if err != nil {
			t.Fatal(err)
		}
		f := message.New().AddField("f", "", typ)
		if err := f.AddValue(c.in); err != nil {
			t.Fatal(err)
		}
		same(t, "value", f.Value(0), c.want)
	}
	if _, err := message.TypeOf(struct{}{}); err == nil || err.Error() != "unsupported value kind: struct {}" {
		t.Errorf("error %v", err)
	}
	raw := []byte("raw")
	f := message.New().AddField("f", "", message.Bytes)
	if err := f.AddValue(raw); err != nil {
		t.Fatal(err)
	}
	raw[0] = 'X'
	got, _ := f.Text(0)
	same(t, "copied bytes", got, "raw")
}

func TestAccessorsOfAnotherTypeHaveNothing(t *testing.T) {
	m := message.New()
	f := m.AddField("f", "", message.Double)
	f.AddDouble(1)
	if _, ok := f.Text(0); ok {
		t.Error("a double has a text")
	}
	if _, ok := f.Integer(0); ok {
		t.Error("a double is an integer")
	}
	if _, ok := f.Bool(0); ok {
		t.Error("a double is a bool")
	}
	if _, ok := f.Double(-1); ok {
		t.Error("there is a value -1")
	}
	if _, ok := f.Double(1); ok {
		t.Error("there is a value 1")
	}
	empty := m.AddField("g", "", message.String)
	if _, ok := empty.Text(0); ok || empty.Value(0) != nil {
		t.Error("a field without values has a value")
	}
}

func TestCopiesShareNoStorage(t *testing.T) {
	original := fromJSON(t, `{"type":"t","fields":[{"name":"a","value_string":["1","2","3"]},{"name":"b","value_type":2,"value_integer":[1,2,3]},{"name":"c","value_string":["x"]}]}`)
	want := toJSON(original)
	copied := used()
	copied.CopyFrom(original)
	clone := original.Clone()
	for _, m := range []*message.Message{copied, clone} {
		same(t, "copy", toJSON(m), want)
		m.SetType("changed")
		m.RemoveField(2)
		m.MutableField(0).AddString("4")
		m.MutableField(1).AddInteger(4)
		m.RemoveField(0)
		f := m.AddField("d", "", message.Integer)
		for i := range 4 {
			f.AddInteger(int64(i))
		}
		same(t, "original", toJSON(original), want)
	}
	same(t, "changed copy", toJSON(copied), toJSON(clone))
	copied.CopyFrom(original)
	copied.CopyFrom(copied)
	same(t, "copy of itself", toJSON(copied), want)
	original.MutableField(1).AddInteger(9)
	original.RemoveField(0)
	same(t, "copy after a change of the original", toJSON(copied), want)
}

func TestCloneOwnsItsStrings(t *testing.T) {
	for _, parsed := range []bool{true, false} {
		m := message.New()
		wire := sampleArrays().AppendWire(nil)
		if err := m.Parse(wire); err != nil {
			t.Fatal(err)
		}
		if !parsed {
			m.Unset("") // so that the clone cannot be made from the wire form
		}
		want := toJSON(m)
		c := m.Clone()
		for i := range wire {
			wire[i] = 0xee
		}
		same(t, "clone", toJSON(c), want)
		if !parsed {
			continue
		}
		same(t, "wire form of the clone", string(c.AppendWire(nil)), string(sampleArrays().AppendWire(nil)))
	}
}

func TestOwnReplacesEveryString(t *testing.T) {
	for _, parsed := range []bool{true, false} {
		wire := append(sampleArrays().AppendWire(nil), sample().AppendWire(nil)...)
		m := message.New()
		if err := m.Parse(wire); err != nil {
			t.Fatal(err)
		}
		if !parsed {
			m.Unset("")
		}
		want, wantWire := toJSON(m), string(m.AppendWire(nil))
		m.Own(strings.Clone)
		for i := range wire {
			wire[i] = 0xee
		}
		same(t, "message", toJSON(m), want)
		same(t, "wire form", string(m.AppendWire(nil)), wantWire)
	}
}

func TestLengthsOfEverySize(t *testing.T) {
	text := strings.Repeat("x", 20000)
	for _, n := range []int{0, 1, 100, 110, 115, 120, 127, 128, 129, 250, 260, 16370, 16383, 16384, 20000} {
		m := message.New()
		m.SetPayload(text[:n])
		m.AddField("s", text[:n/2], message.String).AddString(text[n/2 : n])
		f := m.AddField("i", "", message.Integer)
		for i := range n {
			f.AddInteger(int64(i & 127))
		}
		m.AddInteger("last", 1, "")
		pb, err := unmarshal(m.AppendWire(nil))
		if err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		checkSame(t, m, pb)
	}
	for n := range 260 {
		m := message.New()
		m.AddString(text[:n], "")
		back := message.New()
		if err := back.Parse(m.AppendWire(nil)); err != nil {
			t.Fatalf("%d: %v", n, err)
		}
		same(t, "name", back.Field(0).Name(), text[:n])
	}
}

func TestRemovedFieldsDoNotShareStorage(t *testing.T) {
	m := fromJSON(t, `{"fields":[{"name":"a","value_type":2,"value_integer":[1,2]},{"name":"b","value_type":2,"value_integer":[3,4]}]}`)
	m.RemoveField(0)
	f := m.AddField("c", "", message.Integer)
	for i := range 4 {
		f.AddInteger(int64(10 + i))
	}
	m.MutableField(0).AddInteger(5)
	same(t, "message", toJSON(m), `{"fields":[{"name":"b","value_type":2,"value_integer":[3,4,5]},{"name":"c","value_type":2,"representation":"","value_integer":[10,11,12,13]}]}`)
}

func TestLargeMessageIsNotKeptForSmallOnes(t *testing.T) {
	heap := func() uint64 {
		runtime.GC()
		var s runtime.MemStats
		runtime.ReadMemStats(&s)
		return s.HeapAlloc
	}
	large := message.New()
	for range 32 {
		f := large.AddField("large", "", message.Integer)
		for range 10000 {
			f.AddInteger(1)
		}
	}
	wire := large.AppendWire(nil)
	small := sample().AppendWire(nil)
	large = nil
	before := heap()
	m := message.New()
	for _, b := range [][]byte{wire, small} {
		if err := m.Parse(b); err != nil {
			t.Fatal(err)
		}
	}
	if grown := int64(heap()) - int64(before); grown > 1<<20 {
		t.Errorf("a message of %d bytes left %d bytes behind", len(wire), grown)
	}
	runtime.KeepAlive(m)
}
