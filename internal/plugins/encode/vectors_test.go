package encode_test

import (
	"bytes"
	"encoding/hex"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2"

	"github.com/hekad/heka/internal/plugins/encode"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// vector is one case of testdata/vectors.toml.
type vector struct {
	Name    string
	Type    string
	Options map[string]any
	Message string
	Want    string
	WantHex string `toml:"want_hex"`
	Error   string
}

func TestVectors(t *testing.T) {
	for _, v := range feedtest.Vectors[vector](t) {
		t.Run(v.Name, v.test)
	}
}

func (v *vector) test(t *testing.T) {
	e, err := build(t, v.Type, v.Options)
	if v.Error != "" {
		if err == nil || err.Error() != v.Error {
			t.Errorf("error %v, want %s", err, v.Error)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	want := v.Want
	if v.WantHex != "" {
		b, err := hex.DecodeString(strings.Join(strings.Fields(v.WantHex), ""))
		if err != nil {
			t.Fatal(err)
		}
		want = string(b)
	}
	p := new(plugin.Pack)
	p.Message.Reset()
	testMessage(t, v.Message, &p.Message)
	for range 2 { // the second time from what the encoder keeps
		for {
			before := time.Now().UTC().Format("2006.01.02")
			got, err := e.Append([]byte("head"), p)
			if err != nil {
				t.Fatal(err)
			}
			if before != time.Now().UTC().Format("2006.01.02") {
				continue // midnight
			}
			if want := "head" + strings.ReplaceAll(want, "today", before); string(got) != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			break
		}
	}
}

// testMessage fills in one of the messages of the vectors.
func testMessage(t testing.TB, name string, m *message.Message) {
	t.Helper()
	switch name {
	case "e":
	case "lines":
		m.SetPayload("a\nb")
	case "h":
		m.SetHostname("my.host.name")
	case "type":
		m.SetType("Type")
	case "year":
		m.AddString("%Y", "MMXXVI")
	case "millis":
		m.SetTimestamp(1136239445006789000)
	case "quoting":
		m.AddString(`hello"bar`, "world\nfoo\\")
	case "odd":
		m.AddField("none", "", message.String)
		m.AddDouble("nan", math.NaN(), "")
		m.AddDouble("inf", math.Inf(1), "")
		m.MutableField(2).AddDouble(math.Inf(-1))
		m.AddField("b64", "", message.Bytes).AddBytes([]byte("AA"))
	case "repeated":
		m.AddString("a", "1")
		m.AddString("b", "x")
		m.AddInteger("a", 2, "")
		m.MutableField(2).AddInteger(3)
		m.AddField("c", "", message.Bool)
		m.AddField("a", "", message.Bytes).AddBytes([]byte("a"))
		m.AddBool("c", true)
		m.AddField("d", "", message.Bool)
		m.AddField("d", "", message.Bool)
	case "raw":
		m.AddString("good", "[1, 2]")
		m.AddString("bad", "{")
		m.AddString("empty", "")
		f := m.AddField("many", "", message.Bytes)
		f.AddBytes([]byte("1"))
		f.AddBytes([]byte(`x"`))
		f.AddBytes([]byte("{}"))
		m.AddString("lines", "{ \"a\":\n \"b\"\r\n}")
	case "m", "m1", "m2":
		u, err := message.ParseUUID("8e414f01-9d7f-4a48-a5e1-ae92e5954df5")
		if err != nil {
			t.Fatal(err)
		}
		m.SetUUID(u)
		m.SetTimestamp(1136239445000000000)
		m.SetType("TEST")
		m.SetLogger("GoSpec")
		m.SetSeverity(6)
		m.SetPayload("Test Payload")
		m.SetEnvVersion("0.8")
		m.SetPid(43)
		m.SetHostname("my.host.name")
		m.AddString("foo", "bar")
		if name == "m" {
			return
		}
		m.AddField("bytes1", "", message.Bytes).AddBytes([]byte("asdf"))
		f := m.AddField("bytes2", "", message.Bytes)
		f.AddBytes([]byte("asdf"))
		f.AddBytes([]byte("jkl;"))
		f = m.AddField("req.time", "s", message.Double)
		f.AddDouble(42)
		f.AddDouble(0.00001)
		m.AddBool("ok", true)
		if name == "m1" {
			return
		}
		m.AddString("json", `{"a":1}`)
		m.AddString(`esc"`, "a\n\"\\\xffé")
	default:
		t.Fatalf("no message %q", name)
	}
}

// build makes an encoder as the host does, with options as a configuration file
// has them.
func build(t testing.TB, typ string, options map[string]any) (plugin.Encoder, error) {
	t.Helper()
	for _, p := range encode.Plugins() {
		if p.Type != typ {
			continue
		}
		config := p.NewConfig()
		b, err := toml.Marshal(options)
		if err != nil {
			t.Fatal(err)
		}
		if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(config); err != nil {
			return nil, err
		}
		e, err := p.Build(config, &plugin.Env{Name: "test", SampleDenominator: 10})
		if err != nil {
			return nil, err
		}
		return e.(plugin.Encoder), nil
	}
	t.Fatalf("no plugin %q", typ)
	return nil, nil
}

func mustBuild(t testing.TB, typ string, options map[string]any) plugin.Encoder {
	t.Helper()
	e, err := build(t, typ, options)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
