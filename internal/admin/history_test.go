package admin_test

import (
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
	if h.Every != 5 || h.Plugins["in"][0].Time == 0 {
		t.Errorf("%+v", h)
	}
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
