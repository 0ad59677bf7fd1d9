package admin_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/admin"
	"github.com/hekad/heka/internal/netconf/netconftest"
)

func TestHistoryIsKeptOfAllPlugins(t *testing.T) {
	l := start(t, simple)
	l.send(l.dial("in.sock"), "a", "b")
	var h admin.History
	l.until("a first point of each", func() bool {
		l.get("/api/v1/history", &h)
		return len(h.Plugins["in"]) > 0 && len(h.Plugins["out"]) > 0 && len(h.Plugins["count"]) > 0
	})
	if h.Every != 0 || h.Plugins["in"][0].Time == 0 || len(h.Heka) == 0 || h.Heka[0].HeapBytes == 0 || h.Heka[0].Goroutines == 0 {
		t.Errorf("%+v", h)
	}
	h = admin.History{}
	if l.get("/api/v1/history?plugin=out", &h); len(h.Plugins) != 1 || len(h.Plugins["out"]) == 0 {
		t.Errorf("%+v", h)
	}
}

func TestHistoryTellsHowLongCallsTake(t *testing.T) {
	l := start(t, managed)
	if err := controlled(l).Do(t.Context(), "POST", "/api/v1/sandboxes", nil, admin.SandboxOrder{Config: section("x"), Script: counting}, new(any)); err != nil {
		t.Fatal(err)
	}
	conn := l.dial("in.sock")
	var h admin.History
	some := func(name string, ok func(p admin.Point) bool) bool { return slices.ContainsFunc(h.Plugins[name], ok) }
	l.until("all figures are there", func() bool {
		l.send(conn, "a", "b", "c")
		l.get("/api/v1/history", &h)
		return some("in", func(p admin.Point) bool { return p.Bytes > 0 && p.Messages > 0 && p.Busy > 0 }) &&
			some("count", func(p admin.Point) bool { return p.P50 > 0 && p.P95 >= p.P50 && p.P99 >= p.P95 }) &&
			some("ops-x", func(p admin.Point) bool { return p.P50 > 0 && p.Memory > 0 && p.Busy > 0 && p.Busy < 1.1 }) &&
			some("out", func(p admin.Point) bool { return p.P50 > 0 })
	})
	var r admin.Report
	l.until("the last seconds are known", func() bool {
		l.send(conn, "a", "b", "c")
		l.get("/api/v1/report", &r)
		return find(t, r.Plugins, func(p admin.Plugin) bool { return p.Name == "ops-x" }).Rates.P99 > 0 && r.Heka.CPU > 0 && r.Heka.CPUSeconds > 0
	})
}

func TestHistoryTellsWhatWaitsOnDisk(t *testing.T) {
	l := start(t, simple+`
[away]
type = "TcpOutput"
message_matcher = "Logger == 'in'"
address = "127.0.0.1:1"
encoder = "payload"
use_buffering = true
`)
	l.send(l.dial("in.sock"), "a", "b", "c")
	var h admin.History
	l.until("messages wait", func() bool {
		l.get("/api/v1/history?plugin=away", &h)
		return slices.ContainsFunc(h.Plugins["away"], func(p admin.Point) bool { return p.Queued == 3 && p.LagBytes > 100 && p.Lag > 0 })
	})
}

func TestRetryingNeedsAttention(t *testing.T) {
	address := netconftest.Address(t)
	l := start(t, strings.Replace(simple, "[count]", "[away]\ntype = \"TcpOutput\"\nmessage_matcher = \"Logger == 'in'\"\nencoder = \"payload\"\naddress = \""+address+"\"\n[count]", 1))
	l.send(l.dial("in.sock"), "a")
	var topology admin.Topology
	l.until("it retries", func() bool {
		l.get("/api/v1/topology", &topology)
		away := find(t, topology.Nodes, func(n admin.Node) bool { return n.Name == "away" })
		return away.Health.Level == "warning" && strings.HasPrefix(away.Health.Why, "retrying: ")
	})
}
