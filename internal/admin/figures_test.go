package admin

import (
	"testing"
	"time"

	"github.com/hekad/heka/plugin"
)

func TestLevelsOfAnInputWithSeveralStreams(t *testing.T) {
	var r plugin.Report
	r.Add("a-lag", int64(5), "B")
	r.Add("a-lag-time", int64(7), "ns")
	r.Add("a-filename", "x-lag", "")
	r.Add("b-lag", uint64(6), "B")
	r.Add("b-lag-time", 3, "ns")
	var l levels
	if l.read(r.Counters); l != (levels{lagBytes: 11, lag: 7}) {
		t.Errorf("%+v", l)
	}
}

func TestRatesOfAPluginThatWasStartedAnew(t *testing.T) {
	r := rates(&figures{messages: 100, busy: time.Hour}, &figures{messages: 10, busy: time.Second}, 2*time.Second)
	if r.Messages != 5 || r.Busy != 0.5 {
		t.Errorf("%+v", r)
	}
	if r := rates(new(figures), &figures{messages: 10, levels: levels{queued: 3}}, 48*time.Hour); r != (Rates{Queued: 3}) {
		t.Errorf("the first sample: %+v", r)
	}
}

func TestPointsGoRound(t *testing.T) {
	var p points
	at := time.Unix(1e9, 0)
	for i := range keepPoints + 5 {
		p.add(at.Add(time.Duration(i)*time.Second), Rates{Messages: 0.1, Fill: 0.333, P99: 1 << 40})
	}
	list := p.list()
	if len(list) != keepPoints || list[0].Time != 1e9+5 || list[keepPoints-1].Time != 1e9+keepPoints+4 {
		t.Errorf("%d points from %d on", len(list), list[0].Time)
	}
	if l := list[0]; l.Messages != 0.1 || l.Fill != 0.333 || l.P99 != 1<<40 {
		t.Errorf("%+v", l)
	}
}
