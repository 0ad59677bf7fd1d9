package cli

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fatih/color"

	"github.com/hekad/heka/internal/admin"
)

// topOrders are what the table can be sorted by; the first letter is the key.
var topOrders = [...]string{"rate", "errors", "fill", "blocking", "name"}

// topView is what heka top looks like.
type topView struct {
	order string
}

// key takes a key stroke; false means to end.
func (v *topView) key(k byte) bool {
	const ctrlC = 3
	if k == 'q' || k == ctrlC {
		return false
	}
	for _, o := range topOrders {
		if o[0] == k {
			v.order = o
		}
	}
	return true
}

// frame draws a whole screen.
func (v *topView) frame(s *admin.Snapshot, width, height int) string {
	lines := strings.Split(strings.TrimSuffix(v.draw(s, width, height), "\n"), "\n")
	return home + strings.Join(lines, clearLine+"\r\n") + clearLine + clearBelow
}

// draw lays out a snapshot in lines of at most width columns; height is the most
// lines, or 0 for all.
func (v *topView) draw(s *admin.Snapshot, width, height int) string {
	rows := v.rows(s)
	head := v.head(s, width)
	if room := height - len(head) - 2; height > 0 && len(rows) > room {
		more := len(rows) - max(room, 0)
		rows = append(rows[:max(room, 0)], topRow{name: fmt.Sprintf("… %d more", more)})
	}
	nameWidth := len("NAME")
	for _, r := range rows {
		nameWidth = max(nameWidth, utf8.RuneCountInString(r.name))
	}
	nameWidth = min(nameWidth, max(width-topColumnsWidth, 12))
	var b strings.Builder
	for _, l := range head {
		b.WriteString(l + "\n")
	}
	b.WriteString(color.New(color.Bold).Sprint(topLine("NAME", nameWidth, topRow{kind: "KIND", rate: "RATE", errors: "ERR/S", queue: "QUEUE", disk: "DISK", blocked: "BLOCKED", memory: "MEMORY"})) + "\n")
	for _, r := range rows {
		line := topLine(r.name, nameWidth, r)
		if r.health != "ok" && r.health != "" {
			line = healthColour(r.health).Sprint(line)
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// head is what stands above the table.
func (v *topView) head(s *admin.Snapshot, width int) []string {
	var in float64
	for _, n := range s.Topology.Nodes {
		if n.Kind == "input" {
			in += n.Rates.Messages
		}
	}
	d := &s.Report.Heka
	lines := []string{
		cut(fmt.Sprintf("heka %s on %s, pid %d, up %s", d.Version, d.Hostname, d.Pid, (time.Duration(d.Uptime)*time.Millisecond).Round(time.Second)), width),
		cut(fmt.Sprintf("%s messages/s in, %s, heap %s, %d goroutines, sorted by %s", wholeNumber(in), counted(d.CPUs, "CPU"), byteText(int64(d.HeapBytes)), d.Goroutines, v.order), width),
	}
	for _, c := range s.Topology.Causes {
		lines = append(lines, color.RedString("%s", cut(causeText(c), width)))
	}
	for _, n := range s.Topology.Nodes {
		if n.Health.Level == "critical" {
			lines = append(lines, color.RedString("%s", cut(n.Name+": "+n.Health.Why, width)))
		}
	}
	return append(lines, "")
}

// topRow is one line of the table.
type topRow struct {
	name, kind, rate, errors, queue, disk, blocked, memory, health string
	rates                                                          admin.Rates
}

// topColumnsWidth is the width of all columns but the name, gaps included.
const topColumnsWidth = 2 + 6 + 2 + 11 + 2 + 8 + 2 + 10 + 2 + 9 + 2 + 7 + 2 + 9

func topLine(name string, nameWidth int, r topRow) string {
	name = cut(name, nameWidth)
	pad := strings.Repeat(" ", nameWidth-utf8.RuneCountInString(name))
	return strings.TrimRight(fmt.Sprintf("%s%s  %-6s  %11s  %8s  %-10s  %9s  %7s  %9s", name, pad, r.kind, r.rate, r.errors, r.queue, r.disk, r.blocked, r.memory), " ")
}

// rows makes the table's lines in their order.
func (v *topView) rows(s *admin.Snapshot) []topRow {
	counters := map[string]*admin.Plugin{}
	for i := range s.Report.Plugins {
		if p := &s.Report.Plugins[i]; p.Rates != nil {
			counters[p.Name] = p
		}
	}
	var rows []topRow
	for _, n := range s.Topology.Nodes {
		r := topRow{name: n.Name, kind: n.Kind, health: n.Health.Level, rates: n.Rates}
		if n.Kind != "heka" {
			r.rate, r.errors = wholeNumber(n.Rates.Messages), perSecond(n.Rates.Errors)
			r.blocked = percent(n.Rates.Blocked)
		}
		if n.Bound > 0 {
			r.queue = bar(n.Rates.Fill)
		}
		if p := counters[n.Name]; p != nil {
			if n, ok := number(p, "QueuedMessageCount"); ok {
				r.disk = wholeNumber(n)
			}
			if n, ok := number(p, "Memory"); ok {
				r.memory = byteText(int64(n))
			}
		}
		rows = append(rows, r)
	}
	slices.SortStableFunc(rows, func(a, b topRow) int {
		switch v.order {
		case "rate":
			return cmp.Or(cmp.Compare(b.rates.Messages, a.rates.Messages), cmp.Compare(a.name, b.name))
		case "errors":
			return cmp.Or(cmp.Compare(b.rates.Errors, a.rates.Errors), cmp.Compare(a.name, b.name))
		case "fill":
			return cmp.Or(cmp.Compare(b.rates.Fill, a.rates.Fill), cmp.Compare(a.name, b.name))
		case "blocking":
			return cmp.Or(cmp.Compare(b.rates.Blocked, a.rates.Blocked), cmp.Compare(a.name, b.name))
		}
		return cmp.Compare(a.name, b.name)
	})
	return rows
}

// number is a numeric counter of a plugin.
func number(p *admin.Plugin, name string) (float64, bool) {
	for _, c := range p.Counters {
		if n, ok := c.Value.(float64); ok && c.Name == name {
			return n, true
		}
	}
	return 0, false
}

// barCells is the width of a bar that shows how full a queue is.
const barCells = 10

func bar(part float64) string {
	full := int(part*barCells + 0.5)
	return strings.Repeat("█", full) + strings.Repeat("·", barCells-full)
}

func perSecond(n float64) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f", n)
}

func percent(n float64) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("%.0f %%", 100*n)
}
