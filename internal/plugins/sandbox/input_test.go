package sandbox

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

const lines = `local n = 0
function process_message()
    n = n + 1
    if n == 2 then return -1, "failure message" end
    inject_message{Payload="line " .. n}
    return 0
end`

func TestInputPolls(t *testing.T) {
	b := newBed(t, "in", lines)
	in := running(b, "SandboxInput", func(c *InputConfig) { c.TickerInterval = 1 })
	feed := &feedtest.Feed{Ticks: make(chan time.Time)}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- in.(plugin.Input).Run(ctx, feed) }()
	feed.WaitFor(t, 1)
	feed.Ticks <- time.Time{}
	feed.Ticks <- time.Time{}
	feed.WaitFor(t, 2)
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if got := feed.Payloads(); !slices.Equal(got, []string{"line 1", "line 3"}) {
		t.Errorf("%q", got)
	}
	got := feedtest.Counters(in.(plugin.Reporter))
	if got["ProcessMessageCount"] != int64(2) || got["ProcessMessageFailures"] != int64(1) || got["ProcessMessageBytes"] != int64(72) {
		t.Error(got)
	}
	if !strings.Contains(b.log.String(), "failure message") {
		t.Error(b.log)
	}
}

func TestInputRunsOnce(t *testing.T) {
	b := newBed(t, "in", lines)
	in := running[InputConfig](b, "SandboxInput", nil)
	feed := new(feedtest.Feed)
	if err := in.(plugin.Input).Run(t.Context(), feed); err != nil || len(feed.Records()) != 1 || !strings.Contains(b.log.String(), "single run completed") {
		t.Errorf("%v %q %s", err, feed.Payloads(), b.log)
	}
}

func TestInputErrorEndsIt(t *testing.T) {
	b := newBed(t, "in", "function process_message()\nerror('boom') end")
	err := running[InputConfig](b, "SandboxInput", nil).(plugin.Input).Run(t.Context(), new(feedtest.Feed))
	if !plugin.IsExit(err) || strings.ReplaceAll(err.Error(), b.path, "s.lua") != "process_message() s.lua:2: boom" {
		t.Error(err)
	}
}

func TestInputThatNeverReturnsIsStopped(t *testing.T) {
	for _, body := range []string{
		`while true do inject_message{Payload="x"} end`,
		`inject_message{Payload="x"} while true do pcall(function() while true do end end) end`,
		`inject_message{Payload="x"} local co = coroutine.wrap(function() while true do coroutine.yield() end end) while true do co() end`,
		`inject_message{Payload="x"} coroutine.wrap(function() while true do end end)()`,
	} {
		b := newBed(t, "in", "function process_message() "+body+" end")
		in := running[InputConfig](b, "SandboxInput", nil)
		feed := new(feedtest.Feed)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error)
		go func() { done <- in.(plugin.Input).Run(ctx, feed) }()
		feed.WaitFor(t, 1)
		cancel()
		if err := <-done; err != nil {
			t.Errorf("%s: %v", body, err)
		}
	}
}
