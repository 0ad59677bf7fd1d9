package admin

import (
	"log/slog"
	"slices"
	"sync"

	"github.com/hekad/heka/internal/pipeline"
)

// Log keeps the last lines of heka's log, and apart from them the last ones that
// warn, which would otherwise soon be pushed out. Its Add is meant for
// pipeline.LogOptions.Also.
type Log struct {
	mu       sync.Mutex
	seq      uint64
	all, bad ring
}

// Line is one line as the API shows it.
type Line struct {
	// Seq counts lines from 1 on, so that a reader can ask for what is new.
	Seq uint64 `json:"seq"`
	// Time is in milliseconds since the epoch.
	Time   int64  `json:"time"`
	Level  string `json:"level"`
	Kind   string `json:"kind,omitempty"`
	Plugin string `json:"plugin,omitempty"`
	Text   string `json:"text"`
}

// maxLines is how many lines each ring keeps, maxText how long one may be, bytes.
const (
	maxLines = 1000
	maxText  = 4 << 10
)

// ring keeps the last lines, oldest first from head on.
type ring struct {
	lines []Line
	head  int
}

func (r *ring) add(l Line) {
	if len(r.lines) < maxLines {
		r.lines = append(r.lines, l)
		return
	}
	r.lines[r.head] = l
	r.head = (r.head + 1) % maxLines
}

// since returns the lines that pass, oldest first, at most limit of them: the
// newest ones.
func (r *ring) since(limit int, pass func(*Line) bool) []Line {
	var found []Line
	for i := len(r.lines) - 1; i >= 0 && len(found) < limit; i-- {
		if l := &r.lines[(r.head+i)%len(r.lines)]; pass(l) {
			found = append(found, *l)
		}
	}
	slices.Reverse(found)
	return found
}

// Add keeps a line.
func (l *Log) Add(line pipeline.LogLine) {
	text := line.Text
	if len(text) > maxText {
		text = text[:maxText] + "…"
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seq++
	entry := Line{Seq: l.seq, Time: line.Time.UnixMilli(), Level: line.Level.String(), Kind: line.Kind, Plugin: line.Plugin, Text: text}
	l.all.add(entry)
	if line.Level >= slog.LevelWarn {
		l.bad.add(entry)
	}
}

// Lines returns at most limit lines, oldest first, that are newer than after and
// about the plugin ("" for all); of warnings and errors only, if bad.
func (l *Log) Lines(after uint64, plugin string, bad bool, limit int) []Line {
	l.mu.Lock()
	defer l.mu.Unlock()
	from := &l.all
	if bad {
		from = &l.bad
	}
	return from.since(limit, func(x *Line) bool { return x.Seq > after && (plugin == "" || x.Plugin == plugin) })
}

// lastError returns the newest warning or error about a plugin, if there is one.
func (l *Log) lastError(plugin string) (Line, bool) {
	if last := l.Lines(0, plugin, true, 1); len(last) == 1 {
		return last[0], true
	}
	return Line{}, false
}
