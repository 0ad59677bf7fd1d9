package message_test

import (
	"testing"

	"github.com/hekad/heka/message"
)

func TestReferenceMessageOnTheWire(t *testing.T) {
	u, err := message.ParseUUID("8e414f01-9d7f-4a48-a5e1-ae92e5954df5")
	if err != nil {
		t.Fatal(err)
	}
	m := message.New()
	m.SetHostname("my.host.name") // written by number, not in the order of setting
	m.SetUUID(u)
	m.SetTimestamp(1136239445000000000)
	m.SetType("TEST")
	m.SetLogger("GoSpec")
	m.SetSeverity(6)
	m.SetPayload("Test Payload")
	m.SetEnvVersion("0.8")
	m.SetPid(43)
	m.AddString("foo", "bar")
	want := wireBytes(t, `0a10 8e414f019d7f4a48a5e1ae92e5954df5  10 80a48c9895f8aee20f
		1a04 54455354  2206 476f53706563  2806  320c 54657374205061796c6f6164
		3a03 302e38  402b  4a0c 6d792e686f73742e6e616d65
		520e 0a03 666f6f 1000 1a00 2203 626172`)
	same(t, "length", len(want), 95)
	same(t, "wire form", string(m.AppendWire([]byte("+"))), "+"+string(want))
}

func TestArraysAreWrittenPackedAndOnlyWhenNotEmpty(t *testing.T) {
	f := func(typ message.ValueType, want string, values ...any) {
		t.Helper()
		m := message.New()
		field := m.AddField("f", "", typ)
		for _, v := range values {
			if err := field.AddValue(v); err != nil {
				t.Fatal(err)
			}
		}
		got := m.AppendWire(nil)
		same(t, "wire form", string(got), string(wireBytes(t, `52 { 0a 01 "f" 10 0`+string('0'+byte(typ))+` 1a 00 `+want+` }`)))
	}
	f(message.String, ``)
	f(message.Integer, ``)
	f(message.Double, ``)
	f(message.Bool, ``)
	f(message.String, `22 00 22 01 "a"`, "", "a")
	f(message.Bytes, `2a 01 ff 2a 00`, []byte{0xff}, []byte(nil))
	f(message.Integer, `32 { 01 ffffffffffffffffff01 8001 }`, 1, -1, 128)
	f(message.Double, `3a { 000000000000f03f 0000000000000000 }`, 1.0, 0.0)
	f(message.Bool, `42 { 01 00 }`, true, false)
}
