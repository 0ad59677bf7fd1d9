package prometheus

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/hekad/heka/message"
)

// point is one value of a series.
type point struct {
	value  float64
	millis int64
}

// series are points with the same labels, which are sorted by name; __name__ is one
// of them.
type series struct {
	labels []label
	points []point
}

// gatherer turns messages into series.
type gatherer struct {
	config *OutputConfig
	fixed  []label
	from   []string // headers and fields that are labels

	all    []*series
	byKey  map[string]*series
	labels []label // of the sample at hand
	common []label // of the message at hand
	key    []byte
	points int
}

const nameLabel = "__name__"

func newGatherer(c *OutputConfig) *gatherer {
	g := &gatherer{config: c, from: c.LabelFields, byKey: map[string]*series{}}
	if g.from == nil {
		g.from = []string{"Hostname", "Logger", "Type"}
	}
	for _, name := range slices.Sorted(maps.Keys(c.Labels)) {
		g.fixed = append(g.fixed, label{name, c.Labels[name]})
	}
	return g
}

// reset forgets all series.
func (g *gatherer) reset() {
	g.all, g.points = nil, 0
	clear(g.byKey)
}

// add adds the samples of a message and returns how many it has.
func (g *gatherer) add(m *message.Message) (n int) {
	before := g.points
	millis := m.Timestamp() / 1e6
	if name, value, ok := scraped(m); ok {
		g.common = g.common[:0]
		for i := range m.NumFields() {
			f := m.Field(i)
			if l, ok := strings.CutPrefix(f.Name(), labelPrefix); ok {
				g.tag(l, text(f))
			}
		}
		g.fix()
		g.sample(name, value, millis)
		return g.points - before
	}
	g.gatherCommon(m)
	for i := range m.NumFields() {
		f := m.Field(i)
		if name := f.Name(); !slices.Contains(g.from, name) && !slices.Contains(g.config.SkipFields, name) {
			if v, ok := number(f); ok {
				g.sample(name, v, millis)
			}
		}
	}
	return g.points - before
}

// scraped takes the name and value out of a message of PrometheusInput.
func scraped(m *message.Message) (name string, value float64, ok bool) {
	n, v := m.FindField("name", 0), m.FindField("value", 0)
	if n == nil || v == nil {
		return "", 0, false
	}
	name, ok = n.Text(0)
	if !ok || name == "" {
		return "", 0, false
	}
	value, ok = v.Double(0)
	return name, value, ok
}

// number is the first value of a field with numbers.
func number(f *message.Field) (float64, bool) {
	if v, ok := f.Double(0); ok {
		return v, true
	}
	n, ok := f.Integer(0)
	return float64(n), ok
}

func text(f *message.Field) string {
	if s, ok := f.Text(0); ok {
		return s
	}
	return string(f.AppendValue(nil, 0))
}

// gatherCommon takes the labels of a message.
func (g *gatherer) gatherCommon(m *message.Message) {
	g.common = g.common[:0]
	for _, name := range g.from {
		switch name {
		case "Hostname":
			g.tag(name, m.Hostname())
		case "Logger":
			g.tag(name, m.Logger())
		case "Type":
			g.tag(name, m.Type())
		case "EnvVersion":
			g.tag(name, m.EnvVersion())
		case "Severity":
			g.tag(name, strconv.Itoa(int(m.Severity())))
		case "Pid":
			g.tag(name, strconv.Itoa(int(m.Pid())))
		default:
			if f := m.FindField(name, 0); f != nil && f.Len() > 0 {
				g.tag(name, text(f))
			}
		}
	}
	g.fix()
}

// tag adds a label, unless it is empty, which is the same as none, or there.
func (g *gatherer) tag(name, value string) {
	name = clean(name, false)
	if value != "" && !has(g.common, name) {
		g.common = append(g.common, label{name, strings.ToValidUTF8(value, "\uFFFD")})
	}
}

// fix adds the labels of all samples.
func (g *gatherer) fix() {
	for _, l := range g.fixed {
		g.tag(l.name, l.value)
	}
}

// sample adds one point to its series.
func (g *gatherer) sample(name string, value float64, millis int64) {
	g.labels = append(g.labels[:0], label{nameLabel, clean(g.config.NamePrefix+name, true)})
	for _, l := range g.common {
		if l.name != nameLabel {
			g.labels = append(g.labels, l)
		}
	}
	slices.SortFunc(g.labels, func(a, b label) int { return cmp.Compare(a.name, b.name) })
	g.key = g.key[:0]
	for _, l := range g.labels {
		g.key = append(append(append(append(g.key, l.name...), 0xff), l.value...), 0xff)
	}
	s := g.byKey[string(g.key)]
	if s == nil {
		s = &series{labels: slices.Clone(g.labels)}
		g.byKey[string(g.key)] = s
		g.all = append(g.all, s)
	}
	s.points = append(s.points, point{value, millis})
	g.points++
}

// clean makes a name that Prometheus takes: what it does not becomes a _.
func clean(s string, colons bool) string {
	if _, rest := identifier(s, colons); rest == "" && s != "" {
		return s
	}
	b := []byte(s)
	for i, c := range b {
		if _, rest := identifier("_"+string(c), colons); rest != "" || c >= 0x80 {
			b[i] = '_'
		}
	}
	if s == "" || b[0] >= '0' && b[0] <= '9' {
		b = append([]byte{'_'}, b...)
	}
	return string(b)
}
