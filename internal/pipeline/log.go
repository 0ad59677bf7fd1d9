package pipeline

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"log/slog"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hekad/heka/internal/config"
)

// LogOptions say how heka's own log looks.
type LogOptions struct {
	// Info and Error are where lines of these levels go.
	Info, Error io.Writer
	// Flags is the prefix of text lines, the sum of the log package's flags.
	Flags int
	// JSON makes every line an object instead.
	JSON bool
	// Level is the least level written.
	Level slog.Level
	// Quiet drops lines of the level Info, for commands that run a pipeline
	// for its result.
	Quiet bool
	// Also gets every line that is written; nil means nobody. It is called one
	// line at a time and must not log.
	Also func(LogLine)
}

// LogLine is one line of heka's log.
type LogLine struct {
	Time  time.Time
	Level slog.Level
	// Kind and Plugin say who speaks; both are empty for heka itself.
	Kind, Plugin string
	// Text is the line without prefix and sender.
	Text string
}

// NewLogger makes heka's logger. Lines from one place in the program about one
// plugin are limited to a burst and then to one every few seconds, which says
// how many were left out.
func NewLogger(o LogOptions) *slog.Logger {
	if o.Quiet {
		o.Level = max(o.Level, slog.LevelWarn)
	}
	out := &logOutput{opts: o, sites: make(map[site]*limit)}
	if o.JSON {
		h := &slog.HandlerOptions{Level: o.Level}
		out.json[0], out.json[1] = slog.NewJSONHandler(o.Info, h), slog.NewJSONHandler(o.Error, h)
	}
	return slog.New(&logHandler{out: out})
}

// logOutput is what all handlers of one logger share.
type logOutput struct {
	opts LogOptions
	json [2]slog.Handler

	mu    sync.Mutex // guards the writers and sites
	sites map[site]*limit
}

// site is a place in the program and the plugin it speaks about.
type site struct {
	pc   uintptr
	name string
}

// limit is a token bucket of one site.
type limit struct {
	tokens  float64
	last    time.Time
	skipped int
}

const (
	logBurst = 10
	logEvery = 5 * time.Second // between lines once the burst is used up
	maxSites = 4096
)

// allow reports whether a line may be written, and how many were left out
// before it.
func (o *logOutput) allow(s site, now time.Time) (skipped int, ok bool) {
	l := o.sites[s]
	if l == nil {
		if len(o.sites) >= maxSites {
			clear(o.sites)
		}
		l = &limit{tokens: logBurst, last: now}
		o.sites[s] = l
	}
	l.tokens = min(logBurst, l.tokens+float64(now.Sub(l.last))/float64(logEvery))
	l.last = now
	if l.tokens < 1 {
		l.skipped++
		return 0, false
	}
	l.tokens--
	skipped, l.skipped = l.skipped, 0
	return skipped, true
}

// AuditLogger returns a logger for what people do to a running heka: none of its
// lines is left out.
func AuditLogger(l *slog.Logger) *slog.Logger {
	if h, ok := l.Handler().(*logHandler); ok {
		return slog.New(&logHandler{out: h.out, audit: true})
	}
	return l
}

// logHandler writes lines about one plugin, or about heka itself when kind is
// empty.
type logHandler struct {
	out        *logOutput
	audit      bool // not limited
	kind, name string
	attrs      []slog.Attr
}

// loggerFor returns a logger whose lines begin with "<kind> '<name>': ", the form
// that Heka's users know.
func loggerFor(l *slog.Logger, kind, name string) *slog.Logger {
	if h, ok := l.Handler().(*logHandler); ok {
		return slog.New(&logHandler{out: h.out, kind: kind, name: name})
	}
	return l.With("kind", kind, "plugin", name)
}

// Enabled implements slog.Handler.
func (h *logHandler) Enabled(_ context.Context, l slog.Level) bool { return l >= h.out.opts.Level }

// WithAttrs implements slog.Handler.
func (h *logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	n := *h
	n.attrs = append(n.attrs[:len(n.attrs):len(n.attrs)], attrs...)
	return &n
}

// WithGroup implements slog.Handler; groups are not used.
func (h *logHandler) WithGroup(string) slog.Handler { return h }

// Handle implements slog.Handler.
func (h *logHandler) Handle(ctx context.Context, r slog.Record) error {
	o := h.out
	o.mu.Lock()
	defer o.mu.Unlock()
	var skipped int
	if !h.audit {
		var ok bool
		if skipped, ok = o.allow(site{r.PC, h.name}, r.Time); !ok {
			return nil
		}
	}
	if skipped > 0 {
		r.AddAttrs(slog.Int("similar_lines_left_out", skipped))
	}
	if o.opts.Also != nil {
		o.opts.Also(LogLine{r.Time, r.Level, h.kind, h.name, h.message(r)})
	}
	w, j := o.opts.Info, o.json[0]
	if r.Level >= slog.LevelWarn {
		w, j = o.opts.Error, o.json[1]
	}
	if j != nil {
		if h.kind != "" {
			r.AddAttrs(slog.String("kind", h.kind), slog.String("plugin", h.name))
		}
		r.AddAttrs(h.attrs...)
		return j.Handle(ctx, r)
	}
	_, err := w.Write(h.text(r))
	return err
}

// text is the line in Heka's form.
func (h *logHandler) text(r slog.Record) []byte {
	var b bytes.Buffer
	prefix(&b, h.out.opts.Flags, r)
	if h.kind != "" {
		fmt.Fprintf(&b, "%s '%s'", h.kind, h.name)
		if r.Level >= slog.LevelError {
			b.WriteString(" error")
		}
		b.WriteString(": ")
	}
	b.WriteString(h.message(r))
	if b.Bytes()[b.Len()-1] != '\n' {
		b.WriteByte('\n')
	}
	return b.Bytes()
}

// message is the line without what stands in front.
func (h *logHandler) message(r slog.Record) string {
	var b strings.Builder
	if h.kind == "" {
		b.WriteString(r.Message) // heka's own reports have several lines
	} else {
		b.WriteString(config.OneLine(strings.TrimSuffix(r.Message, "\n")))
	}
	attr := func(a slog.Attr) bool {
		v := a.Value.String()
		if strings.ContainsAny(v, "\n") {
			fmt.Fprintf(&b, "\n%s", v)
		} else {
			if strings.ContainsAny(v, " \"=") {
				v = strconv.Quote(v)
			}
			fmt.Fprintf(&b, " %s=%s", a.Key, v)
		}
		return true
	}
	for _, a := range h.attrs {
		attr(a)
	}
	r.Attrs(attr)
	return b.String()
}

// prefix writes what log_flags asks for.
func prefix(b *bytes.Buffer, flags int, r slog.Record) {
	t := r.Time
	if flags&log.LUTC != 0 {
		t = t.UTC()
	}
	if flags&log.Ldate != 0 {
		b.WriteString(t.Format("2006/01/02 "))
	}
	if flags&(log.Ltime|log.Lmicroseconds) != 0 {
		if flags&log.Lmicroseconds != 0 {
			b.WriteString(t.Format("15:04:05.000000 "))
		} else {
			b.WriteString(t.Format("15:04:05 "))
		}
	}
	if flags&(log.Lshortfile|log.Llongfile) != 0 {
		f, _ := runtime.CallersFrames([]uintptr{r.PC}).Next()
		file := f.File
		if flags&log.Lshortfile != 0 {
			for i := len(file) - 1; i > 0; i-- {
				if file[i] == '/' {
					file = file[i+1:]
					break
				}
			}
		}
		fmt.Fprintf(b, "%s:%d: ", file, f.Line)
	}
}
