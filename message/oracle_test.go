package message_test

import (
	"bytes"
	"math"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/message/internal/messagepb"
)

// The generated protobuf type is the slow twin of the hand-written codec. What
// follows says where the two differ on purpose:
//
//   - uuid and timestamp may be missing (so the twin reads with AllowPartial);
//   - a known field with the wrong wire type is an error, protobuf keeps it as an
//     unknown field;
//   - a value_type outside STRING..BOOL is an error, protobuf keeps it as an
//     unknown field;
//   - groups (unknown, since the schema has none) nest at most maxGroups deep;
//   - a uuid of another length than 16 is no uuid;
//   - the arrays of other types than value_type are not kept;
//   - a field always has a name, if only an empty one.
//
// Text is not checked for UTF-8 and negative 32-bit numbers may come in 5 or 10
// bytes; protobuf agrees with both.

const maxGroups = 100

// unmarshal reads b with the generated type.
func unmarshal(b []byte) (*messagepb.Message, error) {
	pb := new(messagepb.Message)
	err := proto.UnmarshalOptions{AllowPartial: true}.Unmarshal(b, pb)
	return pb, err
}

// accepts says whether b is a message by the rules above.
func accepts(b []byte) bool {
	_, err := unmarshal(b)
	return err == nil && wellTyped(b, messageTypes)
}

var (
	fieldTypes = map[protowire.Number][]protowire.Type{
		1: {protowire.BytesType},
		2: {protowire.VarintType},
		3: {protowire.BytesType},
		4: {protowire.BytesType},
		5: {protowire.BytesType},
		6: {protowire.BytesType, protowire.VarintType},
		7: {protowire.BytesType, protowire.Fixed64Type},
		8: {protowire.BytesType, protowire.VarintType},
	}
	messageTypes = map[protowire.Number][]protowire.Type{
		1:  {protowire.BytesType},
		2:  {protowire.VarintType},
		3:  {protowire.BytesType},
		4:  {protowire.BytesType},
		5:  {protowire.VarintType},
		6:  {protowire.BytesType},
		7:  {protowire.BytesType},
		8:  {protowire.VarintType},
		9:  {protowire.BytesType},
		10: {protowire.BytesType},
	}
)

// wellTyped reports whether the elements of b have the wire types of the schema,
// b being valid protobuf.
func wellTyped(b []byte, types map[protowire.Number][]protowire.Type) bool {
	isMessage := len(types) == len(messageTypes)
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		b = b[n:]
		if known, ok := types[num]; ok {
			if typ != known[0] && (len(known) < 2 || typ != known[1]) {
				return false
			}
		} else if typ == protowire.StartGroupType && groupDepth(num, b) > maxGroups {
			return false
		}
		n = protowire.ConsumeFieldValue(num, typ, b)
		switch {
		case isMessage && num == 10:
			if v, _ := protowire.ConsumeBytes(b); !wellTyped(v, fieldTypes) {
				return false
			}
		case !isMessage && num == 2:
			if v, _ := protowire.ConsumeVarint(b); v > uint64(message.Bool) {
				return false
			}
		}
		b = b[n:]
	}
	return true
}

// groupDepth is how deep the groups nest in the group num that b begins with.
func groupDepth(num protowire.Number, b []byte) int {
	deepest := 0
	for {
		inner, typ, n := protowire.ConsumeTag(b)
		b = b[n:]
		switch typ {
		case protowire.EndGroupType:
			return deepest + 1
		case protowire.StartGroupType:
			deepest = max(deepest, groupDepth(inner, b))
		}
		b = b[protowire.ConsumeFieldValue(inner, typ, b):]
	}
}

// kept is what the hand-written codec keeps of a message.
func kept(pb *messagepb.Message) *messagepb.Message {
	pb = proto.CloneOf(pb)
	pb.ProtoReflect().SetUnknown(nil)
	if len(pb.Uuid) != 16 {
		pb.Uuid = nil
	}
	for _, f := range pb.Fields {
		f.ProtoReflect().SetUnknown(nil)
		f.Name = proto.String(f.GetName())
		t := f.GetValueType()
		if t != messagepb.Field_STRING {
			f.ValueString = nil
		}
		if t != messagepb.Field_BYTES {
			f.ValueBytes = nil
		}
		if t != messagepb.Field_INTEGER {
			f.ValueInteger = nil
		}
		if t != messagepb.Field_DOUBLE {
			f.ValueDouble = nil
		}
		if t != messagepb.Field_BOOL {
			f.ValueBool = nil
		}
	}
	return pb
}

// reencode returns the wire form made from the content of m, not the bytes that
// m was parsed from.
func reencode(m *message.Message) []byte {
	c := message.New()
	c.CopyFrom(m)
	c.Unset("") // forgets the encoded form
	return c.AppendWire(nil)
}

// checkSame compares m with the generated type, through the getters and through
// the wire form.
func checkSame(t *testing.T, m *message.Message, pb *messagepb.Message) {
	t.Helper()
	want := kept(pb)
	got, err := unmarshal(reencode(m))
	if err != nil {
		t.Fatalf("protobuf refuses what AppendWire wrote: %v", err)
	}
	if !proto.Equal(got, want) {
		t.Fatalf("content differs\n got %v\nwant %v", got, want)
	}
	u := m.UUID()
	if m.HasUUID() != (want.Uuid != nil) || (m.HasUUID() && !bytes.Equal(u[:], want.Uuid)) {
		t.Errorf("uuid %x, want %x", u, want.Uuid)
	}
	if u, err := message.ParseUUID(m.UUIDText()); m.HasUUID() && (err != nil || u != m.UUID()) {
		t.Errorf("text of the uuid is %q", m.UUIDText())
	}
	if m.HasTimestamp() != (want.Timestamp != nil) {
		t.Errorf("HasTimestamp %v", m.HasTimestamp())
	}
	same(t, "timestamp", m.Timestamp(), want.GetTimestamp())
	same(t, "type", m.Type(), want.GetType())
	same(t, "logger", m.Logger(), want.GetLogger())
	same(t, "severity", m.Severity(), want.GetSeverity())
	same(t, "payload", m.Payload(), want.GetPayload())
	same(t, "env_version", m.EnvVersion(), want.GetEnvVersion())
	same(t, "pid", m.Pid(), want.GetPid())
	same(t, "hostname", m.Hostname(), want.GetHostname())
	same(t, "number of fields", m.NumFields(), len(want.Fields))
	for i, f := range want.Fields {
		checkField(t, m.Field(i), f)
	}
}

func checkField(t *testing.T, f *message.Field, want *messagepb.Field) {
	t.Helper()
	same(t, "name", f.Name(), want.GetName())
	same(t, "representation", f.Representation(), want.GetRepresentation())
	same(t, "HasType", f.HasType(), want.ValueType != nil)
	same(t, "HasRepresentation", f.HasRepresentation(), want.Representation != nil)
	same(t, "value type", f.Type().String(), want.GetValueType().String())
	n := len(want.ValueString) + len(want.ValueBytes) + len(want.ValueInteger) + len(want.ValueDouble) + len(want.ValueBool)
	same(t, "number of values", f.Len(), n)
	if v := f.Value(n); v != nil {
		t.Errorf("value behind the last is %v", v)
	}
	for i := range n {
		switch v := f.Value(i).(type) {
		case string:
			same(t, "string", v, want.ValueString[i])
		case []byte:
			same(t, "bytes", string(v), string(want.ValueBytes[i]))
		case int64:
			same(t, "integer", v, want.ValueInteger[i])
		case float64:
			same(t, "double", math.Float64bits(v), math.Float64bits(want.ValueDouble[i]))
		case bool:
			same(t, "bool", v, want.ValueBool[i])
		}
	}
}

func same[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s is %v, want %v", what, got, want)
	}
}

// used returns a message whose storage held large arrays of every kind before.
func used() *message.Message {
	m := message.New()
	for i := range 8 {
		f := m.AddField("old", "rep", message.String)
		for range 20 + i {
			f.AddString("left over")
		}
		f = m.AddField("old", "rep", message.Integer)
		for j := range 20 + i {
			f.AddInteger(int64(-j))
		}
	}
	m.SetHostname("old host")
	m.Reset()
	return m
}
