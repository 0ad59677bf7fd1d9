package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/fatih/color"

	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/message"
)

// traffic gathers what the parts of an expression do on many messages.
type traffic struct {
	*matcher.Traffic
	shown map[uint64]string // what to call the samples of near misses, by number
}

func newTraffic(m *matcher.Matcher) *traffic {
	return &traffic{Traffic: m.Traffic(), shown: map[uint64]string{}}
}

// add tries a message, and remembers what to call it when it is a near miss.
func (t *traffic) add(m *message.Message) error {
	near := t.NearMisses
	if t.Add(m); t.NearMisses == near {
		return nil
	}
	for _, p := range t.Parts() {
		if slices.Contains(p.Samples, t.Messages) {
			t.shown[t.Messages] = strings.TrimRight(fmt.Sprintf("message %d %s %s", t.Messages, oneWord(m.Type()), m.UUIDText()), " ")
		}
	}
	return nil
}

// partOf is a number with its part of all.
func partOf(n, all uint64) string {
	if all == 0 {
		return "0"
	}
	return fmt.Sprintf("%d (%.1f %%)", n, 100*float64(n)/float64(all))
}

// print writes the numbers for people: a row for each part of the expression, and
// below what they say.
func (t *traffic) print(out io.Writer) {
	fmt.Fprintf(out, "%d messages, %s matched, %s missed by one test\n\n", t.Messages, partOf(t.Matched, t.Messages), partOf(t.NearMisses, t.Messages))
	rows := [][]string{{"looked at", "held", "mattered", "near misses", "cost", "expression"}}
	for _, p := range t.Parts() {
		row := []string{fmt.Sprint(p.Looked), fmt.Sprint(p.Held), "", "", "", p.Branches + p.Text}
		switch p.Kind {
		case "test":
			row[2], row[3], row[4] = fmt.Sprint(p.Mattered), fmt.Sprint(p.NearMisses), timeOf(p.Cost)
		case "and", "or":
			row[5] = p.Branches + p.Kind
		}
		rows = append(rows, row)
	}
	widths := make([]int, len(rows[0])-1)
	for _, row := range rows {
		for i := range widths {
			widths[i] = max(widths[i], utf8.RuneCountInString(row[i]))
		}
	}
	for n, row := range rows {
		var b strings.Builder
		for i, w := range widths {
			b.WriteString(strings.Repeat(" ", w-utf8.RuneCountInString(row[i])) + row[i] + columnGap)
		}
		line := b.String() + row[len(widths)]
		if n == 0 {
			line = color.New(color.Bold).Sprint(line)
		}
		fmt.Fprintln(out, line)
	}
	t.remarks(out)
}

// remarks tells what the numbers mean.
func (t *traffic) remarks(out io.Writer) {
	if t.Messages == 0 {
		return
	}
	for _, p := range t.Parts() {
		for _, n := range p.Samples {
			fmt.Fprintf(out, "\n%s would match but for %s", t.shown[n], p.Text)
		}
		if p.Kind == "test" && p.Mattered == 0 {
			fmt.Fprintf(out, "\n%s", color.YellowString("%s never mattered: these messages give the same verdicts without it", p.Text))
		}
	}
	if a, b := t.reorder(); b != nil {
		fmt.Fprintf(out, "\n%s", color.YellowString("%s costs %s and stands before %s, which costs %s: put it last", a.Text, timeOf(a.Cost), b.Text, timeOf(b.Cost)))
	}
	fmt.Fprintln(out)
}

// dear is how much more than another a test costs that should stand behind it.
const dear = 5

// reorder finds a test that stands before a much cheaper one of the same and. A
// cheap one that decides nothing is no reason to change places.
func (t *traffic) reorder() (costly, cheap *matcher.Part) {
	for i, a := range t.Parts() {
		for _, b := range t.Parts()[i+1:] {
			sameAnd := a.Within == b.Within && a.Within != nil && a.Within.Kind == "and"
			if sameAnd && a.Kind == "test" && b.Kind == "test" && b.Cost > 0 && a.Cost > dear*b.Cost && b.Mattered > 0 {
				return a, b
			}
		}
	}
	return nil, nil
}

// timeOf is a short time: "12 ns".
func timeOf(d time.Duration) string {
	if d < 10*time.Microsecond {
		return fmt.Sprintf("%d ns", d.Nanoseconds())
	}
	return fmt.Sprintf("%d µs", d.Microseconds())
}

// trafficJSON is what --stats tells machines.
type trafficJSON struct {
	Messages   uint64     `json:"messages"`
	Matched    uint64     `json:"matched"`
	NearMisses uint64     `json:"near_misses"`
	Tests      []testJSON `json:"tests"`
}

type testJSON struct {
	Text       string   `json:"test"`
	Looked     uint64   `json:"looked_at"`
	Held       uint64   `json:"held"`
	Mattered   uint64   `json:"mattered"`
	NearMisses uint64   `json:"near_misses"`
	Samples    []uint64 `json:"near_miss_samples,omitempty"`
	Cost       int64    `json:"cost_ns"`
}

func (t *traffic) writeJSON(out io.Writer) error {
	r := trafficJSON{t.Messages, t.Matched, t.NearMisses, []testJSON{}}
	for _, p := range t.Parts() {
		if p.Kind == "test" {
			r.Tests = append(r.Tests, testJSON{p.Text, p.Looked, p.Held, p.Mattered, p.NearMisses, p.Samples, p.Cost.Nanoseconds()})
		}
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(r)
}
