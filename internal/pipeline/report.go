package pipeline

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/hekad/heka/plugin"
)

// Category is one part of a report, such as "outputs".
type Category struct {
	Name    string
	Members []Member
}

// Member is one plugin, or one other place, with its counters.
type Member struct {
	Name string
	plugin.Report
}

// categories in the order of the text report.
var categories = [...]string{"globals", "inputs", "splitters", "decoders", "filters", "outputs", "encoders"}

// Report takes stock of all plugins.
func (h *Host) Report() []Category {
	cats := make([]Category, len(categories))
	for i, name := range categories {
		cats[i].Name = name
	}
	cats[0].Members = h.globals()
	for _, in := range h.inputs() {
		cats[1].Members = append(cats[1].Members, in.report())
		in.eachStream(func(s *stream) {
			cats[2].Members = append(cats[2].Members, Member{Name: s.split.name})
			if s.decoder != nil {
				cats[3].Members = append(cats[3].Members, member(s.decoder.name, s.decoder.Decoder))
			}
			if s.workers != nil {
				for _, k := range s.workers.each {
					d := k.twin.decoder
					cats[3].Members = append(cats[3].Members, member(d.name, d.Decoder))
				}
			}
		})
	}
	for _, c := range h.consumers() {
		at := 4
		if c.kind == plugin.KindOutput {
			at = 5
		}
		cats[at].Members = append(cats[at].Members, c.report())
		if e := c.encoder.Load(); e != nil {
			cats[6].Members = append(cats[6].Members, member(e.name, e.enc))
		}
	}
	return cats
}

// Levels is what is worth looking at every few seconds: the counters of filters and
// outputs, and of inputs how far behind they are, as -lag in bytes and -lag-time in
// nanoseconds. A report of an input may be long.
func (h *Host) Levels() []Member {
	var all []Member
	for _, in := range h.inputs() {
		if l, ok := (*in.instance.Load()).(plugin.Lagging); ok {
			m := Member{Name: in.name}
			bytes, since := l.Lag()
			m.Add("-lag", bytes, "B")
			m.Add("-lag-time", since.Nanoseconds(), "ns")
			all = append(all, m)
		}
	}
	for _, c := range h.consumers() {
		all = append(all, c.report())
	}
	return all
}

// member asks an instance for its counters.
func member(name string, inst any) Member {
	m := Member{Name: name}
	if r, ok := inst.(plugin.Reporter); ok {
		r.Report(&m.Report)
	}
	return m
}

func (h *Host) globals() []Member {
	// The pools of Heka 0.10 do not exist any more; dashboards and scripts look
	// for their entries.
	input, inject := Member{Name: "inputRecycleChan"}, Member{Name: "injectRecycleChan"}
	for _, m := range []*Member{&input, &inject} {
		m.Add("InChanCapacity", h.global.PoolSize, "count")
		m.Add("InChanLength", h.global.PoolSize, "count")
	}
	router := Member{Name: "Router"}
	router.Add("InChanCapacity", h.global.PluginChanSize, "count")
	router.Add("InChanLength", 0, "count")
	b := h.Books()
	router.Add("ProcessMessageCount", b.Received+b.Injected, "count")
	router.Add("UnmatchedMessageCount", b.Unmatched, "count")
	return []Member{input, inject, router}
}

func (in *input) report() Member {
	m := member(in.name, *in.instance.Load())
	if in.opts.SynchronousDecode {
		m.Add("SynchronousDecode", "true", "")
	}
	b := &in.books
	m.Add("ReceivedMessageCount", b.received.Load(), "count")
	m.Add("ReceivedBytes", b.bytes.Load(), "B")
	m.Add("UnmatchedMessageCount", b.unmatched.Load(), "count")
	if n := b.truncated.Load(); n > 0 {
		m.Add("TruncatedMessageCount", n, "count")
	}
	if n := b.decodeFailures.Load(); n > 0 {
		m.Add("DecodeFailureCount", n, "count")
	}
	addDrops(&m, &b.dropped)
	var open, waiting int
	in.eachStream(func(s *stream) {
		open++
		if s.order != nil {
			waiting += s.order.waiting()
		}
	})
	m.Add("OpenStreams", open, "count")
	m.Add("UnacknowledgedBatches", waiting, "count")
	m.Add("State", *in.state.Load(), "")
	return m
}

func (c *consumer) report() Member {
	m := member(c.name, *c.instance.Load())
	msgs, _ := c.inbox.state()
	b := &c.books
	m.Add("InChanCapacity", c.inbox.bound, "count")
	m.Add("InChanLength", msgs, "count")
	m.Add("MatchChanCapacity", c.inbox.bound, "count")
	m.Add("MatchChanLength", 0, "count")
	m.Add("LeakCount", c.idle(), "count")
	m.Add("MatchAvgDuration", c.matchTime.average(), "ns")
	m.addNew("ProcessMessageCount", b.delivered.Load(), "count")
	m.Add("MatchedMessageCount", b.matched.Load(), "count")
	m.Add("InFlightMessageCount", c.inFlight(), "count")
	m.addNew("DropMessageCount", b.dropped.total(), "count")
	addDrops(&m, &b.dropped)
	if c.spool != nil {
		c.spool.report(&m)
	}
	if n := b.letters.Load(); n > 0 {
		m.Add("DeadLetterCount", n, "count")
	}
	m.Add("RetryCount", b.retried.Load(), "count")
	if c.kind == plugin.KindFilter {
		m.addNew("ProcessMessageFailures", b.failed.Load(), "count")
		m.addNew("InjectMessageCount", b.injected.Load(), "count")
	}
	m.Add("State", *c.state.Load(), "")
	return m
}

// addNew adds a counter that the plugin did not report by itself.
func (m *Member) addNew(name string, value any, rep string) {
	if !slices.ContainsFunc(m.Counters, func(c plugin.Counter) bool { return c.Name == name }) {
		m.Add(name, value, rep)
	}
}

func addDrops(m *Member, d *drops) {
	for _, n := range d.list() {
		m.Add("Dropped-"+n.Name, n.N, "count")
	}
}

// AppendReportJSON appends the payload of heka.all-report: one object whose keys
// are the categories that have members, with all keys sorted.
func AppendReportJSON(dst []byte, cats []Category) []byte {
	sorted := slices.Clone(cats)
	sort.Slice(sorted, func(i, j int) bool { return sorted[i].Name < sorted[j].Name })
	dst = append(dst, '{')
	first := true
	for _, cat := range sorted {
		if len(cat.Members) == 0 {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = append(appendJSONString(dst, cat.Name), ":["...)
		for i, m := range cat.Members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = m.appendJSON(dst)
		}
		dst = append(dst, ']')
	}
	return append(dst, "}\n"...)
}

func (m *Member) appendJSON(dst []byte) []byte {
	counters := append([]plugin.Counter{{Name: "Name"}}, m.Counters...)
	sort.SliceStable(counters, func(i, j int) bool { return counters[i].Name < counters[j].Name })
	dst = append(dst, '{')
	for i, c := range counters {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(appendJSONString(dst, c.Name), ':')
		if c.Name == "Name" {
			dst = appendJSONString(dst, m.Name)
			continue
		}
		dst = append(dst, `{"representation":`...)
		dst = append(appendJSONString(dst, c.Representation), `,"value":`...)
		dst = append(appendJSONValue(dst, c.Value), '}')
	}
	return append(dst, '}')
}

// appendJSONValue appends a counter's value; one that JSON does not know, such as an
// infinite number, is null.
func appendJSONValue(dst []byte, v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		return append(dst, "null"...)
	}
	return append(dst, b...)
}

func appendJSONString(dst []byte, s string) []byte {
	b, _ := json.Marshal(s) // strings always marshal
	return append(dst, b...)
}

// shown are the counters of the text report, in its order; the rest of a
// member's counters follow.
var shown = [...]string{"InChanCapacity", "InChanLength", "MatchChanCapacity", "MatchChanLength",
	"MatchAvgDuration", "ProcessMessageCount", "InjectMessageCount", "Memory", "MaxMemory",
	"MaxInstructions", "MaxOutput", "ProcessMessageAvgDuration", "TimerEventAvgDuration", "SynchronousDecode"}

// also are counters that Heka 0.10 did not have and that a reader of the text
// report wants to see.
var also = [...]string{"ReceivedMessageCount", "UnmatchedMessageCount", "MatchedMessageCount",
	"InFlightMessageCount", "QueuedMessageCount", "DropMessageCount", "DeadLetterCount", "RetryCount", "LeakCount", "State"}

// ReportText is the report for people (SIGUSR1).
func ReportText(cats []Category) string {
	var b strings.Builder
	b.WriteString("========[heka.all-report]========\n")
	for _, cat := range cats {
		fmt.Fprintf(&b, "\n====%s====\n", strings.ToUpper(cat.Name[:1])+cat.Name[1:])
		if len(cat.Members) == 0 {
			b.WriteString("NONE\n\n")
			continue
		}
		for _, m := range cat.Members {
			fmt.Fprintf(&b, "%s:\n", m.Name)
			for _, name := range shown {
				m.line(&b, name)
			}
			for _, name := range also {
				m.line(&b, name)
			}
			for _, c := range m.Counters {
				if strings.HasPrefix(c.Name, "Dropped-") {
					m.line(&b, c.Name)
				}
			}
		}
	}
	b.WriteString("\n========\n")
	return b.String()
}

func (m *Member) line(b *strings.Builder, name string) {
	for _, c := range m.Counters {
		if c.Name == name {
			fmt.Fprintf(b, "    %s: %v\n", c.Name, c.Value)
			return
		}
	}
}
