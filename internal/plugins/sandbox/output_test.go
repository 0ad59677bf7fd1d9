package sandbox

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

func TestOutputWritesFiles(t *testing.T) {
	b := newBed(t, "out", `require "io"
function process_message() local f = assert(io.open(read_config("path"), "w")) f:write(read_message("Payload")) f:close() return 0 end`)
	path := filepath.Join(t.TempDir(), "out")
	o := running(b, "SandboxOutput", func(c *OutputConfig) { c.Config = map[string]any{"path": path} })
	if err := o.(plugin.Output).Send(t.Context(), vectorPack()); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "P" {
		t.Errorf("%q %v", got, err)
	}
	if got := feedtest.Counters(o.(plugin.Reporter)); got["ProcessMessageCount"] != int64(1) || got["MaxOutput"] != nil {
		t.Error(got)
	}
}

func TestOutputStatuses(t *testing.T) {
	b := newBed(t, "out", `function process_message() local n = tonumber(read_message("Payload")) return n, n < 0 and "failure message" or nil end`)
	o := running[OutputConfig](b, "SandboxOutput", nil).(plugin.Output)
	pack := func(payload string) *plugin.Pack {
		p := newPack()
		p.Message.SetPayload(payload)
		return p
	}
	err := o.Send(t.Context(), pack("-1"))
	if reason, ok := plugin.RefusedReason(err); !ok || reason != "script" || err.Error() != "failure message" {
		t.Error(err)
	}
	err = o.Send(t.Context(), pack("-3"))
	if _, refused := plugin.RefusedReason(err); err == nil || refused || plugin.IsExit(err) || plugin.IsFatal(err) {
		t.Errorf("retry: %v", err)
	}
	if err := o.Send(t.Context(), pack("-4")); err != nil {
		t.Error(err)
	}
}

func TestOutputEnds(t *testing.T) {
	b := newBed(t, "out", `function process_message() return 1, "user abort" end function timer_event() error("tick", 0) end`)
	o := running[OutputConfig](b, "SandboxOutput", nil)
	if err := o.(plugin.Output).Send(t.Context(), vectorPack()); !plugin.IsExit(err) || err.Error() != "FATAL: user abort" {
		t.Error(err)
	}
	if err := o.(plugin.OutputTicker).Tick(t.Context(), time.Now()); !plugin.IsExit(err) || err.Error() != "FATAL: timer_event() tick" {
		t.Error(err)
	}
}

// account is a ledger that notes what happens to batches.
type account struct{ events *[]string }

func (a account) Drop(_ *plugin.Pack, reason string, cause error) {
	*a.events = append(*a.events, "drop "+reason+" "+cause.Error())
}

func (a account) Hold() plugin.Receipt {
	*a.events = append(*a.events, "hold")
	return a
}

func (a account) Keep(bool) plugin.Custody {
	*a.events = append(*a.events, "keep")
	return a
}

func (a account) Deliver() { *a.events = append(*a.events, "deliver") }

func TestOutputGathersBatches(t *testing.T) {
	b := newBed(t, "out", `function process_message() return tonumber(read_message("Payload")) end function timer_event() end`)
	o := running(b, "SandboxOutput", func(c *OutputConfig) { c.TimerEventOnShutdown = true })
	var events []string
	send := func(statuses string) (int, error) {
		var packs []*plugin.Pack
		for _, s := range strings.Fields(statuses) {
			p := newPack()
			p.Message.SetPayload(s)
			packs = append(packs, p)
		}
		batch := plugin.NewBatch(packs, account{&events})
		return batch.Done, o.(plugin.BatchOutput).SendBatch(t.Context(), batch)
	}
	for _, c := range []struct{ statuses, want string }{
		{"0 0", ""},
		{"0 -4", "hold"},
		{"-4 -4", "hold"},
		{"-4 0 -1", "deliver,deliver,drop script process_message() returned -1"},
		{"-4", "hold"},
	} {
		events = nil
		if _, err := send(c.statuses); err != nil || !slices.Equal(events, strings.FieldsFunc(c.want, func(r rune) bool { return r == ',' })) {
			t.Errorf("%s: %q %v", c.statuses, events, err)
		}
	}
	events = nil
	if err := o.(plugin.Flusher).Flush(t.Context()); err != nil || !slices.Equal(events, []string{"deliver"}) {
		t.Errorf("at the end: %q %v", events, err)
	}
	if _, err := send("0 -3 0"); err == nil {
		t.Error("a retry is no error")
	}
}
