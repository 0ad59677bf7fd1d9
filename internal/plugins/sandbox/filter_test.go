package sandbox

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// router collects what a filter injects.
type router struct {
	messages []*message.Message
	loops    error
	itself   error
}

func (r *router) New() (*plugin.Pack, error) {
	if r.loops != nil {
		return nil, r.loops
	}
	p := newPack()
	p.Message.SetUUID(message.UUID{9})
	p.Message.SetTimestamp(77)
	p.Message.SetHostname("this.host")
	p.Message.SetPid(4711)
	return p, nil
}

func (r *router) Inject(p *plugin.Pack) error {
	if r.itself != nil {
		return r.itself
	}
	m := message.New()
	if err := m.Parse(bytes.Clone(p.Message.AppendWire(nil))); err != nil {
		return err
	}
	r.messages = append(r.messages, m)
	return nil
}

func TestFilterInjectsPayloads(t *testing.T) {
	b := newBed(t, "my-filter", `function process_message() inject_payload("csv", "name", read_message("Payload"), 1) return 0 end`)
	f, out := running[FilterConfig](b, "SandboxFilter", nil), new(router)
	if err := f.(plugin.Filter).Process(t.Context(), vectorPack(), out); err != nil {
		t.Fatal(err)
	}
	m := out.messages[0]
	if m.Type() != "heka.sandbox-output" || m.Logger() != "my-filter" || m.Payload() != "P1" || m.Hostname() != "this.host" || m.Pid() != 4711 ||
		m.Timestamp() != 77 || fieldText(m, "payload_type") != "file-extension:csv" || fieldText(m, "payload_name") != ":name" {
		t.Errorf("%q %q %q %s %s", m.Type(), m.Logger(), m.Payload(), fieldText(m, "payload_type"), fieldText(m, "payload_name"))
	}
}

func TestFilterMessagesCannotBeForged(t *testing.T) {
	b := newBed(t, "f", `function process_message() inject_message{Type="t", Logger="l", Hostname="h", Pid=5, Severity=1, EnvVersion="e", Payload="p", Timestamp=5, Fields={x=1}} return 0 end`)
	out := new(router)
	if err := running[FilterConfig](b, "SandboxFilter", nil).(plugin.Filter).Process(t.Context(), vectorPack(), out); err != nil {
		t.Fatal(err)
	}
	m := out.messages[0]
	if m.Type() != "heka.sandbox.t" || m.Logger() != "f" || m.Hostname() != "this.host" || m.Pid() != 5 || m.Severity() != 1 ||
		m.EnvVersion() != "e" || m.Payload() != "p" || m.Timestamp() != 5 || m.NumFields() != 1 {
		t.Errorf("%q %q %q %d", m.Type(), m.Logger(), m.Hostname(), m.Pid())
	}
}

func TestFilterTerminates(t *testing.T) {
	for _, c := range []struct {
		source, want string
		injected     int
		tick         bool
		set          func(*router)
	}{
		{source: "\nfunction process_message()\ninject_payload('txt','','test')\ninject_payload('txt','','test') return 0 end",
			want: "process_message() s.lua:4: inject_payload() exceeded InjectMessage count", injected: 1},
		{source: "function timer_event()\nfor i = 1, 11 do inject_payload('txt','','test') end end",
			want: "timer_event() s.lua:2: inject_payload() exceeded InjectMessage count", injected: 10, tick: true},
		{source: "function process_message() return 1, 'own reason' end", want: "own reason"},
		{source: "x = 1", want: "timer_event() function was not found", tick: true},
	} {
		b := newBed(t, "f", c.source)
		f, out := running[FilterConfig](b, "SandboxFilter", nil), new(router)
		var err error
		if c.tick {
			err = f.(plugin.FilterTicker).Tick(t.Context(), time.Unix(1, 0), out)
		} else {
			err = f.(plugin.Filter).Process(t.Context(), vectorPack(), out)
		}
		if !plugin.IsExit(err) || strings.ReplaceAll(err.Error(), b.path, "s.lua") != "Terminated. Reason: "+c.want {
			t.Errorf("%q: %v", c.source, err)
			continue
		}
		if len(out.messages) != c.injected {
			t.Errorf("%q: %d messages", c.source, len(out.messages))
			continue
		}
		m := message.New()
		plugin.Announcement(err)(m)
		if m.Type() != "heka.sandbox-terminated" || strings.ReplaceAll(m.Payload(), b.path, "s.lua") != c.want || fieldText(m, "plugin") != ":f" {
			t.Errorf("%q %q %q", m.Type(), m.Logger(), m.Payload())
		}
	}
}

func TestFilterRefusals(t *testing.T) {
	for want, set := range map[string]func(*router, *context.Context){
		"exceeded MaxMsgLoops": func(r *router, _ *context.Context) { r.loops = errors.New("no") },
		"creates a circular reference (matches this plugin's message_matcher)": func(r *router, _ *context.Context) { r.itself = errors.New("no") },
		"aborted": func(_ *router, ctx *context.Context) {
			c, cancel := context.WithCancel(*ctx)
			cancel()
			*ctx = c
		},
	} {
		b := newBed(t, "f", `function process_message() local ok, e = pcall(inject_payload, "txt", "", "x") return -1, e end`)
		out, ctx := new(router), t.Context()
		set(out, &ctx)
		err := running[FilterConfig](b, "SandboxFilter", nil).(plugin.Filter).Process(ctx, vectorPack(), out)
		if err == nil || !strings.HasSuffix(err.Error(), "inject_payload() "+want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}

func TestFilterGoesOnAfterAFailure(t *testing.T) {
	b := newBed(t, "f", `local n = 0 function process_message() n = n + 1 if n == 1 then return -1, "script provided error message" end if n == 2 then return -1 end return 0 end`)
	f := running[FilterConfig](b, "SandboxFilter", nil)
	for i, want := range []string{"script provided error message", "", ""} {
		err := f.(plugin.Filter).Process(t.Context(), vectorPack(), new(router))
		if got := fmt.Sprint(err); want == "" && err != nil || want != "" && got != want {
			t.Errorf("message %d: %v", i+1, err)
		}
	}
	if got := feedtest.Counters(f.(plugin.Reporter)); got["ProcessMessageFailures"] != int64(2) || got["ProcessMessageCount"] != int64(3) {
		t.Error(got)
	}
}

func TestFilterTimerEventOnShutdown(t *testing.T) {
	b := newBed(t, "f", "function process_message() return 0 end\nfunction timer_event(ns) for i = 1, n or 10 do inject_payload('txt', '', ns > 1e18) end n = 11 end")
	f := running(b, "SandboxFilter", func(c *FilterConfig) { c.TimerEventOnShutdown = true })
	out := new(router)
	if err := f.(plugin.Filter).Process(t.Context(), vectorPack(), out); err != nil {
		t.Fatal(err)
	}
	if err := f.(plugin.Finisher).Finish(t.Context(), out); err != nil || len(out.messages) != 10 || out.messages[0].Payload() != "true" {
		t.Errorf("%d messages, %v", len(out.messages), err)
	}
	if err := f.(plugin.Finisher).Finish(t.Context(), out); err != nil {
		t.Errorf("it is called twice: %v", err)
	}
}

func TestFilterProfile(t *testing.T) {
	b := newBed(t, "f", "function process_message() return 0 end\nfunction timer_event(ns) end")
	b.env.SampleDenominator, b.env.PluginChanSize = 1<<30, 30
	f := running(b, "SandboxFilter", func(c *FilterConfig) { c.Profile = true })
	for range 10*29 + 50 {
		if err := f.(plugin.Filter).Process(t.Context(), vectorPack(), new(router)); err != nil {
			t.Fatal(err)
		}
	}
	got := feedtest.Counters(f.(plugin.Reporter))
	if got["ProfileMessageSamples"] != int64(10*29) || got["ProcessMessageSamples"] != int64(1) {
		t.Error(got)
	}
}

func TestSlowAddedFilterTellsItsFigures(t *testing.T) {
	b := newBed(t, "mgr-f", "function process_message() for i = 1, 1000 do end return 0 end")
	full := false
	b.env.AddedBy, b.env.PluginChanSize, b.env.MaxProcessDuration, b.env.SampleDenominator = "mgr", 10, 1, 1<<30
	b.env.Pressure = func() plugin.Pressure { return plugin.Pressure{Full: full, Waiting: 30, MatchDuration: 7} }
	f := running[FilterConfig](b, "SandboxFilter", nil).(plugin.Filter)
	for i := range 100 {
		if err := f.Process(t.Context(), vectorPack(), new(router)); err != nil {
			t.Fatalf("call %d: %v", i, err)
		}
	}
	full = true
	n := 0
	var err error
	for ; err == nil; n++ {
		err = f.Process(t.Context(), vectorPack(), new(router))
	}
	m := message.New()
	plugin.Announcement(err)(m)
	if n != 8 || m.Payload() != "sandbox is running slowly and blocking the router" || fieldText(m, "manager") != ":mgr" {
		t.Errorf("after %d messages: %v, %q", n, err, m.Payload())
	}
	for field, want := range map[string]int64{"ProcessMessageCount": 108, "ProcessMessageFailures": 0, "ProcessMessageSamples": 9,
		"MatchAvgDuration": 7, "FilterChanLength": 30, "MatchChanLength": 0, "RouterChanLength": 0} {
		if got, ok := m.FindField(field, 0).Integer(0); !ok || got != want {
			t.Errorf("%s is %d, want %d", field, got, want)
		}
	}
}
