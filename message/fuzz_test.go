package message_test

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/message/internal/messagepb"
)

func seed(f *testing.F) {
	for _, v := range readWireVectors(f) {
		f.Add(v.wire)
	}
}

// Hand-written codec and generated type accept the same bytes and read the same
// from them, whatever the message held before.
func FuzzParse(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, m := range []*message.Message{message.New(), used()} {
			err := m.Parse(b)
			if (err == nil) != accepts(b) {
				t.Fatalf("Parse says %v, the generated type %v", err, !accepts(b))
			}
			if err != nil {
				checkSame(t, m, new(messagepb.Message))
				continue
			}
			pb, _ := unmarshal(b)
			checkSame(t, m, pb)
			if got := m.AppendWire(nil); string(got) != string(b) {
				t.Fatalf("an unmodified message is written as %x", got)
			}
		}
	})
}

// A message that is parsed, copied and modified holds the same as the generated
// type after the same steps, and the copied one does not change.
func FuzzRoundTrip(f *testing.F) {
	for _, v := range readWireVectors(f) {
		f.Add(v.wire, []byte("\x00\x10\x21\x32\x43\x54\x65\x76\x87\x98\xa9\xba\xcb\xdc\x0e\x1f"))
	}
	f.Fuzz(func(t *testing.T, b, steps []byte) {
		original := message.New()
		if original.Parse(b) != nil {
			return
		}
		pb, _ := unmarshal(b)
		before := kept(pb)
		want := kept(pb)
		m := used()
		m.CopyFrom(original)
		checkSame(t, m, want)
		for _, step := range steps[:min(len(steps), 64)] {
			switch {
			case step&0x80 != 0:
				m = m.Clone()
			case step&0x40 != 0:
				c := used()
				c.CopyFrom(m)
				m = c
			}
			modify(m, want, int(step>>4)&3, step&15)
		}
		checkSame(t, m, want)
		checkSame(t, original, before)
		again := used()
		if err := again.Parse(reencode(m)); err != nil {
			t.Fatal(err)
		}
		checkSame(t, again, want)
	})
}

// modify does the same to a message and to its twin.
func modify(m *message.Message, pb *messagepb.Message, arg int, what byte) {
	text := []string{"", "a", "längerer Text", "\xff\x00"}[arg]
	number := []int64{0, 1, -1, 1 << 40}[arg]
	switch what {
	case 0:
		u := message.UUID{byte(arg), 15: 1}
		m.SetUUID(u)
		pb.Uuid = u[:]
	case 1:
		m.SetTimestamp(number)
		pb.Timestamp = &number
	case 2:
		m.SetType(text)
		m.SetLogger(text)
		pb.Type, pb.Logger = &text, &text
	case 3:
		m.SetSeverity(int32(number))
		m.SetPid(int32(number))
		pb.Severity, pb.Pid = proto.Int32(int32(number)), proto.Int32(int32(number))
	case 4:
		m.SetPayload(text)
		m.SetEnvVersion(text)
		m.SetHostname(text)
		pb.Payload, pb.EnvVersion, pb.Hostname = &text, &text, &text
	case 5:
		m.Unset([]string{"Uuid", "Type", "Severity", "Payload"}[arg])
		switch arg {
		case 0:
			pb.Uuid = nil
		case 1:
			pb.Type = nil
		case 2:
			pb.Severity = nil
		case 3:
			pb.Payload = nil
		}
	case 6, 7, 8, 9, 10:
		t := message.ValueType(what - 6)
		m.AddField("new", text, t)
		pb.Fields = append(pb.Fields, &messagepb.Field{
			Name: proto.String("new"), Representation: &text,
			ValueType: messagepb.Field_ValueType(t).Enum(),
		})
	case 11, 12:
		if n := m.NumFields(); n > 0 {
			addValues(m.MutableField(n-1), pb.Fields[n-1], arg+1, text, number)
		}
	case 13:
		if n := m.NumFields(); n > 0 {
			m.RemoveField(arg % n)
			pb.Fields = append(pb.Fields[:arg%n:arg%n], pb.Fields[arg%n+1:]...)
		}
	case 14:
		if n := m.NumFields(); n > 0 {
			m.MutableField(arg % n).SetName(text)
			pb.Fields[arg%n].Name = &text
		}
	case 15:
		if n := m.NumFields(); n > 0 {
			m.MutableField(arg % n).SetRepresentation(text)
			pb.Fields[arg%n].Representation = &text
		}
	}
}

func addValues(f *message.Field, pb *messagepb.Field, n int, text string, number int64) {
	for range n {
		switch f.Type() {
		case message.String:
			f.AddString(text)
			pb.ValueString = append(pb.ValueString, text)
		case message.Bytes:
			f.AddBytes([]byte(text))
			pb.ValueBytes = append(pb.ValueBytes, []byte(text))
		case message.Integer:
			f.AddInteger(number)
			pb.ValueInteger = append(pb.ValueInteger, number)
		case message.Double:
			f.AddDouble(float64(number))
			pb.ValueDouble = append(pb.ValueDouble, float64(number))
		case message.Bool:
			f.AddBool(number != 0)
			pb.ValueBool = append(pb.ValueBool, number != 0)
		}
	}
}
