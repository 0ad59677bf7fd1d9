package pipeline_test

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// member is a member of a report; counters are name, value, representation.
func member(name string, counters ...any) pipeline.Member {
	m := pipeline.Member{Name: name}
	for i := 0; i < len(counters); i += 3 {
		m.Add(counters[i].(string), counters[i+1], counters[i+2].(string))
	}
	return m
}

// The forms are those of the specification, byte by byte.
func TestReportForms(t *testing.T) {
	report := []pipeline.Category{
		{Name: "globals", Members: []pipeline.Member{
			member("inputRecycleChan", "InChanCapacity", 100, "count", "InChanLength", 99, "count"),
			member("injectRecycleChan", "InChanCapacity", 100, "count", "InChanLength", 98, "count"),
			member("Router", "InChanCapacity", 50, "count", "InChanLength", 0, "count", "ProcessMessageCount", uint64(1234567), "count"),
		}},
		{Name: "inputs", Members: []pipeline.Member{member("tin", "SynchronousDecode", "true", "")}},
		{Name: "splitters", Members: []pipeline.Member{member("tin-HekaFramingSplitter")}},
		{Name: "decoders"},
		{Name: "filters", Members: []pipeline.Member{
			member("a <b> & \"c\"", "ProcessMessageAvgDuration", int64(1833), "ns", "Share", 0.5, "", "Whole", true, "", "Nothing", math.NaN(), "", "InChanLength", 0, "count")}},
		{Name: "outputs"},
		{Name: "encoders", Members: []pipeline.Member{member("out-RstEncoder")}},
	}
	const wantJSON = `{"encoders":[{"Name":"out-RstEncoder"}],` +
		`"filters":[{"InChanLength":{"representation":"count","value":0},"Name":"a \u003cb\u003e \u0026 \"c\"",` +
		`"Nothing":{"representation":"","value":null},"ProcessMessageAvgDuration":{"representation":"ns","value":1833},` +
		`"Share":{"representation":"","value":0.5},"Whole":{"representation":"","value":true}}],` +
		`"globals":[{"InChanCapacity":{"representation":"count","value":100},"InChanLength":{"representation":"count","value":99},"Name":"inputRecycleChan"},` +
		`{"InChanCapacity":{"representation":"count","value":100},"InChanLength":{"representation":"count","value":98},"Name":"injectRecycleChan"},` +
		`{"InChanCapacity":{"representation":"count","value":50},"InChanLength":{"representation":"count","value":0},"Name":"Router","ProcessMessageCount":{"representation":"count","value":1234567}}],` +
		`"inputs":[{"Name":"tin","SynchronousDecode":{"representation":"","value":"true"}}],"splitters":[{"Name":"tin-HekaFramingSplitter"}]}` + "\n"
	got := string(pipeline.AppendReportJSON(nil, report))
	if got != wantJSON || !json.Valid([]byte(got)) {
		t.Errorf("got  %s\nwant %s", got, wantJSON)
	}
	const wantText = `========[heka.all-report]========

====Globals====
inputRecycleChan:
    InChanCapacity: 100
    InChanLength: 99
injectRecycleChan:
    InChanCapacity: 100
    InChanLength: 98
Router:
    InChanCapacity: 50
    InChanLength: 0
    ProcessMessageCount: 1234567

====Inputs====
tin:
    SynchronousDecode: true

====Splitters====
tin-HekaFramingSplitter:

====Decoders====
NONE


====Filters====
a <b> & "c":
    InChanLength: 0
    ProcessMessageAvgDuration: 1833

====Outputs====
NONE


====Encoders====
out-RstEncoder:

========
`
	if got := pipeline.ReportText(report); got != wantText {
		t.Errorf("got\n%s\nwant\n%s", got, wantText)
	}
}

// statistics notes messages about heka itself.
type statistics struct {
	mu  sync.Mutex // guards all while the output runs
	all []message.Message
}

func (s *statistics) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.all)
}

func (s *statistics) Send(_ context.Context, p *plugin.Pack) error {
	var m message.Message
	if err := m.Parse(p.Message.AppendWire(nil)); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = append(s.all, m)
	return nil
}

func TestMemstatAndReportComeTogether(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(statistics)
		g := newGraph(t, "[StatOutput]\nmessage_matcher = \"Type =~ /^heka.(memstat|all-report)$/\"\n",
			plugin.NewOutput("StatOutput", struct{}{}, func(*struct{}, *plugin.Env) (plugin.Output, error) { return s, nil }))
		g.once, g.global.ReportInterval = false, config.ReportInterval{Set: true, Every: time.Second}
		h := g.start()
		time.Sleep(1500 * time.Millisecond) // of the bubble's clock
		h.Stop(0)
		g.balanced()
		if len(s.all) != 2 || s.all[0].Type() != "heka.all-report" || s.all[1].Type() != "heka.memstat" {
			t.Fatalf("%d messages", len(s.all))
		}
		if m := &s.all[0]; m.Logger() != "hekad" || !json.Valid([]byte(m.Payload())) || m.Payload()[len(m.Payload())-1] != '\n' {
			t.Errorf("%s %.100q", m.Logger(), m.Payload())
		}
		m := &s.all[1]
		var fields []string
		figures := map[string]int64{}
		for i := range m.NumFields() {
			f := m.Field(i)
			n, ok := f.Integer(0)
			if f.Type() != message.Integer || !ok {
				t.Errorf("%s is no integer", f.Name())
			}
			fields = append(fields, f.Name()+" "+f.Representation())
			figures[f.Name()] = n
		}
		want := []string{"HeapSys B", "HeapAlloc B", "HeapIdle B", "HeapInuse B", "HeapReleased B", "HeapObjects count"}
		if m.Logger() != "hekad" || m.Payload() != "" || !slices.Equal(fields, want) {
			t.Errorf("%s %q %v", m.Logger(), m.Payload(), fields)
		}
		if figures["HeapSys"] != figures["HeapIdle"]+figures["HeapInuse"] || figures["HeapAlloc"] > figures["HeapInuse"] || figures["HeapReleased"] > figures["HeapIdle"] || figures["HeapObjects"] == 0 {
			t.Errorf("%v", figures)
		}
	})
}

// Reports begin when somebody comes who wants them, and end when he goes.
func TestReportsFollowTheirConsumers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(statistics)
		const nobody = "[StatOutput]\nmessage_matcher = \"Type == 'other'\"\n"
		g := newGraph(t, nobody, plugin.NewOutput("StatOutput", struct{}{}, func(*struct{}, *plugin.Env) (plugin.Output, error) { return s, nil }))
		g.once = false
		h := g.start()
		reload := func(toml string) {
			t.Helper()
			time.Sleep(10 * time.Second) // of the bubble's clock
			cfg, problems := config.LoadBytes("test.toml", []byte(toml), config.Options{})
			_, found := h.Reload(cfg, g.global)
			if problems = append(problems, found...); problems.HasErrors() {
				t.Fatal(problems)
			}
		}
		reload("[StatOutput]\nmessage_matcher = \"Type == 'heka.memstat'\"\nticker_interval = 2\n")
		before := s.count()
		reload(nobody)
		synctest.Wait()
		after := s.count()
		if before != 0 || after < 4 || after > 5 {
			t.Errorf("%d and %d reports, want 0 and 4 or 5", before, after)
		}
		h.Stop(0)
		g.balanced()
	})
}
