package decode_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"log/slog"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"

	"github.com/hekad/heka/internal/plugins/decode"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// vector is one case of testdata/vectors.toml.
type vector struct {
	Name     string
	Type     string
	Options  map[string]any
	Fields   [][2]string
	Payload  string
	Raw      string
	Want     []string
	Replaced bool // the message has nothing but what is wanted
	Log      string
	Failure  string
	Error    string
}

func TestVectors(t *testing.T) {
	for _, v := range feedtest.Vectors[vector](t) {
		t.Run(v.Name, v.test)
	}
}

func (v *vector) test(t *testing.T) {
	var log bytes.Buffer
	d, err := build(t, &log, v.Type, v.Options, v.Fields)
	if v.Error != "" {
		if err == nil || err.Error() != v.Error {
			t.Errorf("error %v, want %s", err, v.Error)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	p := newPack(v.Payload)
	if v.Raw != "" {
		if p.Raw, err = hex.DecodeString(strings.ReplaceAll(v.Raw, " ", "")); err != nil {
			t.Fatal(err)
		}
	}
	before := describe(&p.Message)
	err = d.Decode(p)
	if got := fmt.Sprint(err); err != nil && got != v.Failure || err == nil && v.Failure != "" {
		t.Fatalf("got error %v, want %q", err, v.Failure)
	}
	if v.Failure != "" {
		return
	}
	if v.Replaced {
		before = nil
	}
	got := slices.DeleteFunc(describe(&p.Message), func(s string) bool { return slices.Contains(before, s) })
	slices.Sort(got)
	want := slices.Clone(v.Want)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if !strings.Contains(log.String(), v.Log) || v.Log == "" && log.Len() > 0 {
		t.Errorf("log %q, want %q", log.String(), v.Log)
	}
}

// newPack makes a message as the vectors have it.
func newPack(payload string) *plugin.Pack {
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	p.Message.SetTimestamp(1000000000)
	p.Message.SetPayload(payload)
	p.Message.AddString("old", "value")
	return p
}

// describe lists what a message has.
func describe(m *message.Message) []string {
	var all []string
	for _, h := range []struct {
		name, text string
		set        bool
	}{
		{"Uuid", m.UUIDText(), m.HasUUID()},
		{"Timestamp", fmt.Sprint(m.Timestamp()), m.HasTimestamp()},
		{"Type", m.Type(), m.Type() != ""},
		{"Logger", m.Logger(), m.Logger() != ""},
		{"Severity", fmt.Sprint(m.Severity()), m.Severity() != message.DefaultSeverity},
		{"Payload", m.Payload(), m.Payload() != ""},
		{"EnvVersion", m.EnvVersion(), m.EnvVersion() != ""},
		{"Pid", fmt.Sprint(m.Pid()), m.Pid() != 0},
		{"Hostname", m.Hostname(), m.Hostname() != ""},
	} {
		if h.set {
			all = append(all, h.name+"="+h.text)
		}
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

// build makes a decoder as the host does. The sub-decoders that there are for a
// MultiDecoder are those of subDecoders.
func build(t testing.TB, log *bytes.Buffer, typ string, options map[string]any, fields [][2]string) (plugin.Decoder, error) {
	t.Helper()
	for _, p := range decode.Plugins() {
		if p.Type != typ {
			continue
		}
		config := p.NewConfig()
		b, err := toml.Marshal(options)
		if err != nil {
			t.Fatal(err)
		}
		if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(config); err != nil {
			t.Fatal(err)
		}
		if fields != nil {
			var pairs plugin.Pairs
			for _, f := range fields {
				pairs = append(pairs, plugin.Pair{Key: f[0], Value: f[1]})
			}
			reflect.ValueOf(config).Elem().FieldByName("MessageFields").Set(reflect.ValueOf(pairs))
		}
		env := &plugin.Env{Name: "test", Log: slog.New(slog.DiscardHandler), SampleDenominator: 2}
		if log != nil {
			env.Log = slog.New(slog.NewTextHandler(log, nil))
		}
		env.Decoder = func(section string) (plugin.Decoder, error) {
			if d := subDecoder(t, section); d != nil {
				return d, nil
			}
			return nil, fmt.Errorf("Non-existent subdecoder: %s", section) //lint:ignore ST1005 as the host says
		}
		d, err := p.Build(config, env)
		if err != nil {
			return nil, err
		}
		return d.(plugin.Decoder), nil
	}
	t.Fatalf("no plugin %q", typ)
	return nil, nil
}

func mustBuild(t testing.TB, typ string, options map[string]any, fields ...[2]string) plugin.Decoder {
	t.Helper()
	d, err := build(t, nil, typ, options, fields)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
