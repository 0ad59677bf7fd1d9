package pipeline

import (
	"context"
	"fmt"
	"runtime/metrics"
	"strings"
	"time"

	"github.com/hekad/heka/message"
)

// defaultReport is the time between reports when those who want them name none.
const defaultReport = 5 * time.Second

// reportInterval decides how often reports are made: as configured, or as often as
// the consumer that asks for them by name and has the shortest ticker_interval. 0 is
// never.
func (h *Host) reportInterval() time.Duration {
	if r := h.global.ReportInterval; r.Set {
		return r.Every
	}
	var wanted bool
	var shortest time.Duration
	for _, c := range h.routes.Load().consumers {
		if m := c.opts.MessageMatcher; !strings.Contains(m, "heka.all-report") && !strings.Contains(m, "heka.memstat") {
			continue
		}
		wanted = true
		every := time.Duration(c.opts.TickerInterval) * time.Second
		if every > 0 && (shortest == 0 || every < shortest) {
			shortest = every
		}
	}
	if wanted && shortest == 0 {
		return defaultReport
	}
	return shortest
}

// reports injects heka.all-report and heka.memstat every report interval, which
// changes when consumers come and go.
func (h *Host) reports(ctx context.Context) {
	every := h.reportInterval()
	tick, stop := ticker(every)
	defer func() { stop() }()
	for {
		select {
		case <-tick:
			h.inject(func(m *message.Message) {
				m.SetType("heka.all-report")
				m.SetPayload(string(AppendReportJSON(nil, h.Report())))
			})
			h.inject(memstat)
		case <-h.roster.changed:
			if now := h.reportInterval(); now != every {
				stop()
				every = now
				tick, stop = ticker(every)
			}
		case <-ctx.Done():
			return
		}
	}
}

// memstat fills in the message heka.memstat.
func memstat(m *message.Message) {
	samples := []metrics.Sample{
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
		{Name: "/gc/heap/objects:objects"},
	}
	metrics.Read(samples)
	n := make([]int64, len(samples))
	for i, s := range samples {
		n[i] = int64(s.Value.Uint64())
	}
	objects, unused, free, released, count := n[0], n[1], n[2], n[3], n[4]
	m.SetType("heka.memstat")
	m.AddInteger("HeapSys", objects+unused+free+released, "B")
	m.AddInteger("HeapAlloc", objects, "B")
	m.AddInteger("HeapIdle", free+released, "B")
	m.AddInteger("HeapInuse", objects+unused, "B")
	m.AddInteger("HeapReleased", released, "B")
	m.AddInteger("HeapObjects", count, "count")
}

// diagnoseEvery is how often idle messages are looked for.
const diagnoseEvery = 30 * time.Second

// diagnose names plugins that have sat on messages for too long.
func (h *Host) diagnose(ctx context.Context) {
	tick, stop := ticker(diagnoseEvery)
	defer stop()
	for {
		select {
		case <-tick:
			if text := h.diagnosis(); text != "" {
				h.log.Info(text)
			}
		case <-ctx.Done():
			return
		}
	}
}

// diagnosis lists the messages that plugins have been working on for longer than
// max_pack_idle, with what waits behind them; "" when there are none.
func (h *Host) diagnosis() string {
	var total int64
	var lines strings.Builder
	for _, c := range h.consumers() {
		if n := c.idle(); n > 0 {
			total += n
			fmt.Fprintf(&lines, "Diagnostics: \t%s: %d (%s)\n", c.name, n, *c.state.Load())
		}
	}
	if total == 0 {
		return ""
	}
	return fmt.Sprintf("Diagnostics: %d packs have been idle more than %.0f seconds.\n"+
		"Diagnostics: (input) Plugin names and quantities found on idle packs:\n%s",
		total, h.global.MaxPackIdle.Seconds(), lines.String())
}

// idle is the number of messages that the consumer has kept for longer than
// max_pack_idle, those in its queue included.
func (c *consumer) idle() int64 {
	since := c.since.Load()
	if since == 0 || time.Since(time.Unix(0, since)) < c.host.global.MaxPackIdle {
		return 0
	}
	waiting, _ := c.inbox.state()
	return c.taken.Load() + int64(waiting)
}

// Abort is for a heka that hangs (SIGUSR2). If a consumer with a full queue makes
// no progress for a second it gives up whatever runs, so that plugins get to
// save their state; otherwise it only says that a regular shutdown will do.
func (h *Host) Abort() {
	h.log.Info("Sandbox abort initiated.")
	before := make(map[*consumer]uint64)
	for _, c := range h.consumers() {
		before[c] = c.books.delivered.Load()
	}
	if !pause(h.hard, time.Second) {
		return
	}
	for c, delivered := range before {
		waiting, _ := c.inbox.state()
		if c.inFlight() > 0 && c.books.delivered.Load() == delivered && waiting > c.inbox.bound/2 {
			h.log.Error(ReportText(h.Report()))
			h.Kill()
			return
		}
	}
	h.log.Error("Can't save sandboxes while router is processing messages, use regular shutdown.")
}
