package admin

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/hekad/heka/internal/pipeline"
)

// getMetrics is what Prometheus scrapes, in its text format 0.0.4.
func (s *Server) getMetrics(w http.ResponseWriter, _ *http.Request) {
	h, ok := s.ready(w)
	if !ok {
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	m := exposition{Writer: bufio.NewWriter(w)}
	defer m.Flush()
	m.process(s.daemon())
	m.books(h.Books())
	m.graph(h.Graph())
	m.work(h.Work())
	m.counters(h.Report())
}

// exposition writes families of samples.
type exposition struct {
	*bufio.Writer
}

// family begins a metric.
func (m exposition) family(name, kind, help string) {
	fmt.Fprintf(m, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

// sample writes one value; labels are pairs of name and value.
func (m exposition) sample(name string, value any, labels ...string) {
	m.WriteString(name)
	for i := 0; i+1 < len(labels); i += 2 {
		sep := byte(',')
		if i == 0 {
			sep = '{'
		}
		m.WriteByte(sep)
		m.WriteString(labels[i])
		m.WriteString(`="`)
		labelEscapes.WriteString(m, labels[i+1])
		m.WriteByte('"')
	}
	if len(labels) > 0 {
		m.WriteByte('}')
	}
	fmt.Fprintf(m, " %v\n", value)
}

// labelEscapes are those of label values.
var labelEscapes = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)

func (m exposition) process(d Daemon) {
	m.family("heka_info", "gauge", "1, with the version as a label.")
	m.sample("heka_info", 1, "version", d.Version, "go", d.Go, "hostname", d.Hostname)
	m.family("process_start_time_seconds", "gauge", "Start of the process since the epoch.")
	m.sample("process_start_time_seconds", strconv.FormatFloat(float64(d.Started)/1000, 'f', 3, 64))
	m.family("process_cpu_seconds_total", "counter", "CPU time of the process.")
	m.sample("process_cpu_seconds_total", d.CPUSeconds)
	if d.ResidentBytes > 0 {
		m.family("process_resident_memory_bytes", "gauge", "Bytes of the process in memory.")
		m.sample("process_resident_memory_bytes", d.ResidentBytes)
	}
	m.family("go_goroutines", "gauge", "Number of goroutines.")
	m.sample("go_goroutines", d.Goroutines)
	m.family("go_memstats_heap_alloc_bytes", "gauge", "Bytes of objects in the heap.")
	m.sample("go_memstats_heap_alloc_bytes", d.HeapBytes)
	if d.OpenFiles >= 0 {
		m.family("process_open_fds", "gauge", "Number of open files.")
		m.sample("process_open_fds", d.OpenFiles)
	}
}

func (m exposition) books(b pipeline.Books) {
	inputs := func(name, help string, value func(*pipeline.InputBooks) any) {
		m.family(name, "counter", help)
		for i := range b.Inputs {
			m.sample(name, value(&b.Inputs[i]), "plugin", b.Inputs[i].Name)
		}
	}
	inputs("heka_input_received_total", "Records received by an input.", func(i *pipeline.InputBooks) any { return i.Received })
	inputs("heka_input_bytes_total", "Bytes read by an input.", func(i *pipeline.InputBooks) any { return i.Bytes })
	inputs("heka_input_unmatched_total", "Messages that no consumer wanted.", func(i *pipeline.InputBooks) any { return i.Unmatched })
	consumers := func(name, kind, help string, value func(*pipeline.ConsumerBooks) any) {
		m.family(name, kind, help)
		for i := range b.Consumers {
			m.sample(name, value(&b.Consumers[i]), "plugin", b.Consumers[i].Name)
		}
	}
	consumers("heka_matched_total", "counter", "Messages routed to a filter or output.", func(c *pipeline.ConsumerBooks) any { return c.Matched })
	consumers("heka_delivered_total", "counter", "Messages that a filter or output is done with.", func(c *pipeline.ConsumerBooks) any { return c.Delivered })
	consumers("heka_retried_total", "counter", "Attempts after the first.", func(c *pipeline.ConsumerBooks) any { return c.Retried })
	consumers("heka_injected_total", "counter", "Messages made by a filter.", func(c *pipeline.ConsumerBooks) any { return c.Injected })
	consumers("heka_in_flight", "gauge", "Messages matched or found on disk and not done with.", func(c *pipeline.ConsumerBooks) any { return c.InFlight })
	m.family("heka_dropped_total", "counter", "Messages dropped, by reason.")
	for _, in := range b.Inputs {
		for _, d := range in.Dropped {
			m.sample("heka_dropped_total", d.N, "plugin", in.Name, "reason", d.Name)
		}
	}
	for _, c := range b.Consumers {
		for _, d := range c.Dropped {
			m.sample("heka_dropped_total", d.N, "plugin", c.Name, "reason", d.Name)
		}
	}
	m.family("heka_up", "gauge", "Whether a filter or output is running.")
	for _, c := range b.Consumers {
		m.sample("heka_up", truth(c.State == "running"), "plugin", c.Name)
	}
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (m exposition) graph(g pipeline.Graph) {
	m.family("heka_queue_messages", "gauge", "Messages in the queue in memory.")
	for _, n := range g.Nodes {
		if n.Bound > 0 {
			m.sample("heka_queue_messages", n.Waiting, "plugin", n.Name)
		}
	}
	m.family("heka_queue_capacity", "gauge", "Messages that the queue in memory holds.")
	for _, n := range g.Nodes {
		if n.Bound > 0 {
			m.sample("heka_queue_capacity", n.Bound, "plugin", n.Name)
		}
	}
	m.family("heka_edge_messages_total", "counter", "Messages handed from a source to a consumer.")
	for _, e := range g.Edges {
		m.sample("heka_edge_messages_total", e.Messages, "from", e.From, "to", e.To)
	}
	m.family("heka_edge_blocked_seconds_total", "counter", "Time that a source's streams waited for room at a consumer.")
	for _, e := range g.Edges {
		m.sample("heka_edge_blocked_seconds_total", e.Waited.Seconds(), "from", e.From, "to", e.To)
	}
}

// durationLimits are the bounds of the histogram's buckets: from a microsecond to a
// minute, each four times the one before.
func durationLimits(yield func(time.Duration) bool) {
	for d := time.Duration(1 << 10); d < 1<<37 && yield(d); d *= 4 {
	}
}

func (m exposition) work(all []pipeline.Work) {
	const busy, calls = "heka_busy_seconds_total", "heka_call_duration_seconds"
	m.family(busy, "counter", "Time that a plugin worked, waiting for the other side included.")
	for _, w := range all {
		m.sample(busy, w.Busy.Seconds(), "plugin", w.Name)
	}
	m.family(calls, "histogram", "Duration of calls of decoders, filters and outputs, sampled.")
	for _, w := range all {
		if w.Calls == nil {
			continue
		}
		for limit := range durationLimits {
			m.sample(calls+"_bucket", w.Calls.Below(limit), "plugin", w.Name, "le", strconv.FormatFloat(limit.Seconds(), 'g', -1, 64))
		}
		m.sample(calls+"_bucket", w.Calls.Count, "plugin", w.Name, "le", "+Inf")
		m.sample(calls+"_sum", w.Calls.Sum.Seconds(), "plugin", w.Name)
		m.sample(calls+"_count", w.Calls.Count, "plugin", w.Name)
	}
}

// counters writes what plugins count beyond the books, under one name, since
// their names are free.
func (m exposition) counters(cats []pipeline.Category) {
	const name = "heka_plugin_counter"
	m.family(name, "untyped", "A numeric value of a plugin's report.")
	type id struct{ category, plugin, counter string }
	seen := map[id]bool{} // a scraper refuses all when one series comes twice
	for _, cat := range cats {
		for _, p := range cat.Members {
			for _, c := range p.Counters {
				key := id{cat.Name, p.Name, c.Name}
				if value, ok := numeric(c.Value); ok && !seen[key] {
					seen[key] = true
					m.sample(name, value, "category", cat.Name, "plugin", p.Name, "counter", c.Name, "unit", c.Representation)
				}
			}
		}
	}
}

func numeric(v any) (any, bool) {
	switch n := v.(type) {
	case int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64:
		return n, true
	case bool:
		return truth(n), true
	}
	return nil, false
}

// getHealth answers whether messages move: 503 names what does not.
func (s *Server) getHealth(w http.ResponseWriter, _ *http.Request) {
	h, ok := s.ready(w)
	if !ok {
		return
	}
	var problems []string
	for _, n := range h.Graph().Nodes {
		if _, judged := s.sampler.now(n.Name, n.State); judged.Level == "critical" {
			problems = append(problems, n.Name+": "+judged.Why)
		}
	}
	plain(w, problems, "ok")
}

// getReady answers whether all plugins have started.
func (s *Server) getReady(w http.ResponseWriter, _ *http.Request) {
	h, ok := s.ready(w)
	if !ok {
		return
	}
	var problems []string
	for _, n := range h.Graph().Nodes {
		if n.State == "starting" {
			problems = append(problems, n.Name+": starting")
		}
	}
	plain(w, problems, "ready")
}

func plain(w http.ResponseWriter, problems []string, fine string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if len(problems) > 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		fine = strings.Join(problems, "\n")
	}
	io.WriteString(w, fine+"\n")
}
