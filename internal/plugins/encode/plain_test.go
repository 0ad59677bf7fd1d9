package encode_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

func TestPayloadTimeOfEncoding(t *testing.T) {
	e := mustBuild(t, "PayloadEncoder", map[string]any{
		"prefix_ts": true, "ts_from_message": false, "ts_format": "%Y-%m-%dT%H:%M:%S%z",
	})
	p := new(plugin.Pack)
	p.Message.Reset()
	before := time.Now().Truncate(time.Second)
	got, err := e.Append(nil, p)
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02T15:04:05-0700 \n", string(got), time.Local)
	if err != nil || at.Before(before) || at.After(time.Now()) {
		t.Errorf("%q: %v", got, err)
	}
}

func TestPayloadTimeIsLocal(t *testing.T) {
	e := mustBuild(t, "PayloadEncoder", map[string]any{"prefix_ts": true})
	p := new(plugin.Pack)
	p.Message.Reset()
	p.Message.SetTimestamp(1136239445000000000)
	p.Message.SetPayload("x")
	got, _ := e.Append(nil, p)
	want := time.Unix(1136239445, 0).Format("[2006/Jan/02:15:04:05 -0700] x\n")
	if string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Unknown protobuf fields survive as long as nobody modifies the message.
func TestProtobufKeepsWhatWasReceived(t *testing.T) {
	e := mustBuild(t, "ProtobufEncoder", nil)
	p := new(plugin.Pack)
	wire := []byte("\x1a\x01t\xa2\x06\x03abc\x10\x01")
	if err := p.Message.Parse(wire); err != nil {
		t.Fatal(err)
	}
	if got, err := e.Append([]byte("head"), p); err != nil || !bytes.Equal(got, append([]byte("head"), wire...)) {
		t.Errorf("%x, %v", got, err)
	}
	p.Message.SetType("u")
	if got, err := e.Append(nil, p); err != nil || string(got) != "\x10\x01\x1a\x01u" {
		t.Errorf("%x, %v", got, err)
	}
}

func TestProtobufReports(t *testing.T) {
	e := mustBuild(t, "ProtobufEncoder", nil) // samples one in 10
	p := new(plugin.Pack)
	p.Message.CopyFrom(message.New())
	for range 21 {
		if _, err := e.Append(nil, p); err != nil {
			t.Fatal(err)
		}
	}
	var r plugin.Report
	e.(plugin.Reporter).Report(&r)
	want := []plugin.Counter{
		{Name: "ProcessMessageCount", Value: int64(21), Representation: "count"},
		{Name: "ProcessMessageFailures", Value: int64(0), Representation: "count"},
		{Name: "ProcessMessageSamples", Value: int64(3), Representation: "count"},
	}
	for i, w := range want {
		if r.Counters[i] != w {
			t.Errorf("got %v, want %v", r.Counters[i], w)
		}
	}
	if avg := r.Counters[3]; avg.Name != "ProcessMessageAvgDuration" || avg.Representation != "ns" || avg.Value.(int64) < 0 {
		t.Errorf("%v", avg)
	}
}
