package sandbox

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

func expand(t *testing.T, inst any, p *plugin.Pack) ([]*plugin.Pack, error) {
	t.Helper()
	x := &plugin.Expansion{Alloc: newPack}
	err := inst.(plugin.Expander).Expand(p, x)
	return x.Packs, err
}

func TestDecoderEditsInPlace(t *testing.T) {
	b := newBed(t, "in-dec", `function process_message() write_message("Type", "edited") write_message("Fields[n]", 1, "count") return 0 end`)
	d := running[DecoderConfig](b, "SandboxDecoder", nil)
	p := vectorPack()
	packs, err := expand(t, d, p)
	if err != nil || len(packs) != 1 || packs[0] != p || p.Message.Type() != "edited" || p.Message.NumFields() != 1 {
		t.Errorf("%v %v", packs, err)
	}
	if err := d.(plugin.Decoder).Decode(vectorPack()); err != nil {
		t.Error(err)
	}
}

func TestDecoderReadsRawRecords(t *testing.T) {
	b := newBed(t, "dec", `function process_message() write_message("Payload", read_message("raw")) return 0 end`)
	p := newPack()
	p.Raw = []byte("rawdata")
	if _, err := expand(t, running[DecoderConfig](b, "SandboxDecoder", nil), p); err != nil || p.Message.Payload() != "rawdata" {
		t.Errorf("%q %v", p.Message.Payload(), err)
	}
}

func TestDecoderMakesSeveralMessages(t *testing.T) {
	b := newBed(t, "dec", `function process_message()
inject_payload("txt", "", "message one") inject_payload("log", "n", "message two") inject_message{Payload="message three"} return 0 end`)
	d := running[DecoderConfig](b, "SandboxDecoder", nil)
	packs, err := expand(t, d, vectorPack())
	if err != nil || payloads(packs) != "message one,message two,message three" {
		t.Fatalf("%q %v", payloads(packs), err)
	}
	for i, p := range packs {
		m := &p.Message
		if m.Type() != "TEST" || m.Hostname() != "my.host.name" || m.Logger() != "GoSpec" || m.Severity() != 6 || !m.HasUUID() || m.Wire() != nil {
			t.Errorf("message %d: %q %q %q %d", i, m.Type(), m.Hostname(), m.Logger(), m.Severity())
		}
	}
	second := &packs[1].Message
	if fieldText(second, "payload_type") != "file-extension:log" || fieldText(second, "payload_name") != ":n" || second.Timestamp() != 5123456789 {
		t.Errorf("%s %s %d", fieldText(second, "payload_type"), fieldText(second, "payload_name"), second.Timestamp())
	}
	if d.(plugin.Decoder).Decode(vectorPack()) == nil {
		t.Error("Decode takes several messages")
	}
}

func TestDecoderReplacesTheMessage(t *testing.T) {
	b := newBed(t, "dec", `function process_message() inject_message{Type="new", Timestamp=1e9, Severity=2, Pid=7} return 0 end`)
	p := vectorPack()
	p.Message.AddString("old", "x")
	packs, err := expand(t, running[DecoderConfig](b, "SandboxDecoder", nil), p)
	m := &p.Message
	if err != nil || len(packs) != 1 || m.Type() != "new" || m.Timestamp() != 1e9 || m.Severity() != 2 || m.Pid() != 7 ||
		m.Logger() != "GoSpec" || m.Payload() != "" || m.NumFields() != 0 {
		t.Errorf("%v %v", m, err)
	}
}

func TestDecoderKeepsBytesThatNeedNoCompletion(t *testing.T) {
	b := newBed(t, "dec", `local w function process_message() inject_message(read_message("raw")) return 0 end`)
	whole := vectorPack()
	whole.Message.SetPid(1)
	p := newPack()
	p.Raw = whole.Message.AppendWire(nil)
	if _, err := expand(t, running[DecoderConfig](b, "SandboxDecoder", nil), p); err != nil || string(p.Message.Wire()) != string(p.Raw) {
		t.Errorf("%q %v", p.Message.Wire(), err)
	}
}

func TestDecoderShiftsTimestampsToTheirZone(t *testing.T) {
	b := newBed(t, "dec", `function process_message() inject_message{Timestamp=1388494738e9} return 0 end`) // 2013-12-31 12:58:58
	d := running(b, "SandboxDecoder", func(c *DecoderConfig) { c.Config = map[string]any{"tz": "America/Los_Angeles"} })
	p := vectorPack()
	if _, err := expand(t, d, p); err != nil || p.Message.Timestamp() != (1388494738+8*3600)*1e9 {
		t.Errorf("%d %v", p.Message.Timestamp(), err)
	}
	for value, want := range map[any]string{"Nowhere/Land": "config.tz: unknown time zone Nowhere/Land", 5: "config.tz: tz must be the name of a time zone"} {
		_, err := build(b, "SandboxDecoder", func(c *DecoderConfig) { c.Config = map[string]any{"tz": value} })
		if err == nil || err.Error() != want {
			t.Errorf("tz = %v: %v", value, err)
		}
	}
}

func TestDecoderFailures(t *testing.T) {
	for body, want := range map[string]string{
		`return -1, "LPeg grammar failed to match"`: "Failed parsing: LPeg grammar failed to match payload: P",
		`return -1`: "Failed parsing:  payload: P",
		`inject_message{Payload="x"} return -1, "late"`:        "Failed after a successful inject_message call: late",
		`return 1, "fatal"`:                                    "FATAL: fatal",
		`pcall(inject_message, "garbage") return -1, "caught"`: "Failed parsing: caught payload: P",
		`inject_message("garbage")`:                            "FATAL: process_message() s.lua:1: inject_message() protobuf unmarshal failed",
	} {
		b := newBed(t, "dec", "function process_message() "+body+" end")
		d := running[DecoderConfig](b, "SandboxDecoder", nil)
		_, err := expand(t, d, vectorPack())
		if err == nil || strings.ReplaceAll(err.Error(), b.path, "s.lua") != want {
			t.Errorf("%s: %v", body, err)
		}
		if got := feedtest.Counters(d.(plugin.Reporter)); !strings.HasPrefix(want, "FATAL") && got["ProcessMessageFailures"] != int64(1) {
			t.Errorf("%s: counters %v", body, got)
		}
	}
}

func TestDecoderStartsAgainAfterAPause(t *testing.T) {
	b := newBed(t, "dec", `local n = 0 function process_message() n = n + 1 if n == 2 then error("boom") end return 0 end`)
	synctest.Test(t, func(t *testing.T) {
		inst, err := build[DecoderConfig](b, "SandboxDecoder", nil)
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range []string{"", "FATAL: ", "SandboxDecoder has been terminated"} {
			_, err := expand(t, inst, vectorPack())
			if want == "" && err != nil || want != "" && (err == nil || !strings.HasPrefix(err.Error(), want)) {
				t.Errorf("message %d: %v", i+1, err)
			}
		}
		time.Sleep(firstPause)
		if _, err := expand(t, inst, vectorPack()); err != nil {
			t.Errorf("after the pause: %v", err)
		}
		if err := inst.(plugin.Closer).Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestDecoderCanStopHeka(t *testing.T) {
	b := newBed(t, "dec", `function process_message() return 5, "enough" end`)
	d := running(b, "SandboxDecoder", func(c *DecoderConfig) { c.OnFatal = "shutdown" })
	if _, err := expand(t, d, vectorPack()); !plugin.IsExit(err) {
		t.Error(err)
	}
}

func TestScriptsAreCheckedWhenTheConfigurationIsRead(t *testing.T) {
	b := newBed(t, "dec", "\nlocal x = = 1\n")
	_, err := build[DecoderConfig](b, "SandboxDecoder", nil)
	var bad *plugin.OptionError
	if !errors.As(err, &bad) || bad.Option != "filename" || !strings.HasPrefix(bad.Err.Error(), b.path+":2:11: ") {
		t.Errorf("syntax error: %v", err)
	}
	_, err = build(b, "SandboxDecoder", func(c *DecoderConfig) { c.Filename = "none.lua" })
	if err == nil || !strings.HasSuffix(err.Error(), "none.lua: No such file or directory") {
		t.Errorf("missing script: %v", err)
	}
	_, err = build(b, "SandboxDecoder", func(c *DecoderConfig) { c.ScriptType = "python" })
	if err == nil || err.Error() != "script_type: unsupported script type: python" {
		t.Errorf("type: %v", err)
	}
}

func TestDataIsPreserved(t *testing.T) {
	b := newBed(t, "in-dec", `count = 0 function process_message() count = count + 1 write_message("Payload", "" .. count) return 0 end`)
	dir := filepath.Join(b.env.BaseDir, "sandbox_preservation")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	// As Heka 0.10 called the file.
	if err := os.WriteFile(filepath.Join(dir, "in-dec.data"), []byte("_G[\"count\"] = 10\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"11", "12"} {
		inst, err := build(b, "SandboxDecoder", func(c *DecoderConfig) { c.PreserveData = true })
		if err != nil {
			t.Fatal(err)
		}
		p := vectorPack()
		if _, err := expand(t, inst, p); err != nil || p.Message.Payload() != want {
			t.Errorf("%q %v, want %s", p.Message.Payload(), err, want)
		}
		if err := inst.(plugin.Closer).Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := os.Stat(filepath.Join(dir, "in_dec.data")); err != nil {
		t.Error(err)
	}
}

func TestDecoderReport(t *testing.T) {
	b := newBed(t, "dec", `function process_message() return 0 end`)
	d := running[DecoderConfig](b, "SandboxDecoder", nil)
	if _, err := expand(t, d, vectorPack()); err != nil {
		t.Fatal(err)
	}
	got := feedtest.Counters(d.(plugin.Reporter))
	for _, name := range []string{"Memory", "MaxMemory", "MaxInstructions", "MaxOutput", "ProcessMessageCount", "ProcessMessageFailures", "ProcessMessageSamples", "ProcessMessageAvgDuration"} {
		if _, ok := got[name]; !ok {
			t.Errorf("%s is missing", name)
		}
	}
	if got["ProcessMessageCount"] != int64(1) || got["ProcessMessageSamples"] != int64(1) || got["Memory"].(int64) == 0 {
		t.Error(got)
	}
}

// can_exit is accepted: on_fatal decides.
func TestDecoderIgnoresCanExit(t *testing.T) {
	for _, may := range []bool{true, false} {
		b := newBed(t, "dec", `function process_message() error("x") end`)
		d := running(b, "SandboxDecoder", func(c *DecoderConfig) { c.CanExit = may })
		if _, err := expand(t, d, vectorPack()); err == nil || plugin.IsExit(err) {
			t.Errorf("can_exit = %t: %v", may, err)
		}
	}
}
