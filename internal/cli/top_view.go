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

// topKeys tells what keys do.
const topKeys = "q ends; sort by r: rate, e: errors, f: fill, b: blocking, n: name"

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

// draw lays out a snapshot in at most height lines of at most width columns; 0 is any
// number of both.
func (v *topView) draw(s *admin.Snapshot, width, height int) string {
	rows := v.rows(s)
	head := v.head(s, width)
	if height > 0 {
		head = slices.Insert(head, len(head)-1, color.New(color.Faint).Sprint(cut(topKeys, width)))
	}
	if room := height - len(head) - 2; height > 0 && len(rows) > room {
		more := len(rows) - max(room, 0)
		rows = append(rows[:max(room, 0)], topRow{name: fmt.Sprintf("… %d more", more)})
	}
	columns := topColumnsWithin(width)
	nameWidth := len("NAME")
	for _, r := range rows {
		nameWidth = max(nameWidth, utf8.RuneCountInString(r.name))
	}
	if width > 0 {
		nameWidth = min(nameWidth, max(width-widthOf(columns), leastNameWidth))
	}
	var b strings.Builder
	for _, l := range head {
		b.WriteString(l + "\n")
	}
	titles := topRow{name: "NAME"}
	for i, c := range topColumns {
		titles.cells[i] = c.title
	}
	b.WriteString(color.New(color.Bold).Sprint(cut(titles.line(nameWidth, columns), width)) + "\n")
	for _, r := range rows {
		line := cut(r.line(nameWidth, columns), width)
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

// topColumn is one of the columns behind the name.
type topColumn struct {
	title string
	width int // a negative one aligns to the left
}

// Columns of the table, as topColumns has them.
const (
	kindColumn = iota
	rateColumn
	errorsColumn
	queueColumn
	diskColumn
	blockedColumn
	memoryColumn
	busyColumn
	slowestColumn
	lagColumn
)

var topColumns = [...]topColumn{kindColumn: {"KIND", -6}, rateColumn: {"RATE", 9}, errorsColumn: {"ERR/S", 7}, queueColumn: {"QUEUE", -barCells},
	diskColumn: {"DISK", 8}, blockedColumn: {"BLOCKED", 7}, memoryColumn: {"MEMORY", 8},
	busyColumn: {"BUSY", 5}, slowestColumn: {"P99", 7}, lagColumn: {"LAG", 7}}

// dispensable are the columns that a narrow terminal does without, the first ones
// first.
var dispensable = [...]int{lagColumn, slowestColumn, busyColumn, memoryColumn, diskColumn, kindColumn, queueColumn, blockedColumn, errorsColumn}

// leastNameWidth is how much of a name is shown at least.
const leastNameWidth = 12

// topColumnsWithin are the columns that fit into a width beside a name; 0 is any
// width.
func topColumnsWithin(width int) []int {
	columns := []int{kindColumn, rateColumn, errorsColumn, queueColumn, diskColumn, blockedColumn, memoryColumn, busyColumn, slowestColumn, lagColumn}
	for _, c := range dispensable {
		if width == 0 || leastNameWidth+widthOf(columns) <= width {
			break
		}
		columns = slices.DeleteFunc(columns, func(i int) bool { return i == c })
	}
	return columns
}

// widthOf is the width of columns with the gaps in front of them.
func widthOf(columns []int) int {
	sum := 0
	for _, i := range columns {
		sum += len(columnGap) + max(topColumns[i].width, -topColumns[i].width)
	}
	return sum
}

// topRow is one line of the table.
type topRow struct {
	name, health string
	cells        [len(topColumns)]string
	rates        admin.Rates
}

// line lays out some columns of the row.
func (r *topRow) line(nameWidth int, columns []int) string {
	var b strings.Builder
	name := cut(r.name, nameWidth)
	b.WriteString(name + strings.Repeat(" ", nameWidth-utf8.RuneCountInString(name)))
	for _, i := range columns {
		fmt.Fprintf(&b, "%s%*s", columnGap, topColumns[i].width, r.cells[i])
	}
	return strings.TrimRight(b.String(), " ")
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
		r := topRow{name: n.Name, health: n.Health.Level, rates: n.Rates}
		r.cells[kindColumn] = n.Kind
		if n.Kind != "heka" {
			r.cells[rateColumn], r.cells[errorsColumn] = wholeNumber(n.Rates.Messages), perSecond(n.Rates.Errors)
			r.cells[blockedColumn], r.cells[busyColumn] = percent(n.Rates.Blocked), percent(n.Rates.Busy)
			r.cells[slowestColumn], r.cells[lagColumn] = brief(n.Rates.P99), brief(n.Rates.Lag)
		}
		if n.Bound > 0 {
			r.cells[queueColumn] = bar(n.Rates.Fill)
		}
		if p := counters[n.Name]; p != nil {
			if n, ok := number(p, "QueuedMessageCount"); ok {
				r.cells[diskColumn] = wholeNumber(n)
			}
			if n, ok := number(p, "Memory"); ok {
				r.cells[memoryColumn] = byteText(int64(n))
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
const barCells = 8

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

// brief is a time in ns.
func brief(ns int64) string {
	if ns == 0 {
		return "-"
	}
	return timeText(time.Duration(ns))
}
