package accesslog_test

import (
	"bytes"
	"fmt"
	"slices"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"github.com/hekad/heka/internal/plugins/accesslog"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// vector is one case of testdata/vectors.toml.
type vector struct {
	Name    string
	Options map[string]any
	Line    string
	Want    []string
	Failure string
	Error   string
}

func TestVectors(t *testing.T) {
	for _, v := range feedtest.Vectors[vector](t) {
		t.Run(v.Name, v.test)
	}
}

func (v *vector) test(t *testing.T) {
	d, err := build(t, v.Options)
	if v.Error != "" {
		if err == nil || err.Error() != v.Error {
			t.Errorf("error %v, want %s", err, v.Error)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	m := &p.Message
	m.SetTimestamp(5)
	m.SetType("before")
	m.SetLogger("log")
	m.SetEnvVersion("1")
	m.SetPayload(v.Line)
	m.AddString("old", "value")
	if err = d.Decode(p); err != nil && err.Error() != v.Failure || err == nil && v.Failure != "" {
		t.Errorf("error %v, want %q", err, v.Failure)
	}
	if got := describe(m); !slices.Equal(got, v.Want) {
		t.Errorf("got %q, want %q", got, v.Want)
	}
}

// describe lists what a message has.
func describe(m *message.Message) []string {
	all := []string{
		fmt.Sprintf("Timestamp=%d", m.Timestamp()), "Type=" + m.Type(), "Logger=" + m.Logger(),
		fmt.Sprintf("Severity=%d", m.Severity()),
	}
	if s := m.Payload(); s != "" {
		all = append(all, "Payload="+s)
	}
	if s := m.EnvVersion(); s != "" {
		all = append(all, "EnvVersion="+s)
	}
	for i := range m.NumFields() {
		f := m.Field(i)
		name := f.Name()
		if r := f.Representation(); r != "" {
			name += "|" + r
		}
		all = append(all, name+"="+string(f.AppendValue(nil, 0)))
	}
	return all
}

// build makes a decoder as the host does.
func build(t testing.TB, options map[string]any) (plugin.Decoder, error) {
	t.Helper()
	p := accesslog.Plugins()[0]
	config := p.NewConfig()
	b, err := toml.Marshal(options)
	if err != nil {
		t.Fatal(err)
	}
	if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(config); err != nil {
		t.Fatal(err)
	}
	d, err := p.Build(config, &plugin.Env{Name: "test"})
	if err != nil {
		return nil, err
	}
	return d.(plugin.Decoder), nil
}

func BenchmarkCombined(b *testing.B) {
	d, err := build(b, map[string]any{"log_format": "combined", "message_type": "nginx.access", "user_agent_transform": true})
	if err != nil {
		b.Fatal(err)
	}
	const line = `127.0.0.1 - frank [10/Feb/2014:08:46:41 -0800] "GET /apache_pb.gif HTTP/1.1" 304 2326 "http://www.example.com/start.html" "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:26.0) Gecko/20100101 Firefox/26.0"`
	p, text := new(plugin.Pack), new(plugin.Text)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		p.Reset(text)
		p.Message.SetPayload(line)
		if err := d.Decode(p); err != nil {
			b.Fatal(err)
		}
	}
}
