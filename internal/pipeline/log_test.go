package pipeline

import (
	"encoding/json"
	"errors"
	"log"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// logged is a log with what it wrote; flags 0 leave the time out.
type logged struct {
	info, bad strings.Builder
	also      []LogLine
	*slog.Logger
}

func newLogged(o LogOptions) *logged {
	l := new(logged)
	o.Info, o.Error = &l.info, &l.bad
	o.Also = func(line LogLine) { l.also = append(l.also, line) }
	l.Logger = NewLogger(o)
	return l
}

func TestLogLines(t *testing.T) {
	l := newLogged(LogOptions{Level: slog.LevelInfo})
	l.Debug("too little")
	l.Info("Starting hekad...")
	in, out := loggerFor(l.Logger, "Input", "tin"), loggerFor(l.Logger, "Plugin", "out")
	in.Info("listening", "address", ":5565", "what", "a b")
	in.Error(errors.New("line one\nline two").Error())
	out.Warn("look out")
	in.With("splitter", "x").Info("with")
	if got, want := l.info.String(), "Starting hekad...\nInput 'tin': listening address=:5565 what=\"a b\"\nInput 'tin': with splitter=x\n"; got != want {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	if got := l.bad.String(); strings.Count(got, "\n") != 2 || !strings.HasPrefix(got, "Input 'tin' error: line one") || !strings.HasSuffix(got, "Plugin 'out': look out\n") {
		t.Errorf("%q", got)
	}
	if len(l.also) != 5 || l.also[3].Kind != "Plugin" || l.also[3].Plugin != "out" || l.also[3].Level != slog.LevelWarn || l.also[3].Text != "look out" {
		t.Errorf("%+v", l.also)
	}
	quiet := newLogged(LogOptions{Quiet: true})
	quiet.Info("nobody wants to know")
	quiet.Error("all want to know")
	if quiet.info.Len() != 0 || quiet.bad.String() != "all want to know\n" {
		t.Errorf("%q %q", quiet.info.String(), quiet.bad.String())
	}
}

func TestLogPrefixes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // which begins at midnight, 2000-01-01 UTC
		for flags, want := range map[int]string{
			0: "x\n", log.LUTC: "x\n", log.LstdFlags | log.LUTC: "2000/01/01 00:00:00 x\n", log.Ltime | log.Lmicroseconds | log.LUTC: "00:00:00.000000 x\n",
			log.Ldate | log.LUTC: "2000/01/01 x\n",
		} {
			l := newLogged(LogOptions{Flags: flags})
			if l.Info("x"); l.info.String() != want {
				t.Errorf("%d: %q, want %q", flags, l.info.String(), want)
			}
		}
		l := newLogged(LogOptions{Flags: log.Lshortfile})
		if l.Info("x"); !strings.HasPrefix(l.info.String(), "log_test.go:") {
			t.Errorf("%q", l.info.String())
		}
	})
}

func TestLogAsJSON(t *testing.T) {
	l := newLogged(LogOptions{JSON: true})
	l.Info("Starting hekad...")
	loggerFor(l.Logger, "Input", "tin").With("n", 1).Error("line one\nline two", "address", ":1")
	for text, want := range map[string]map[string]any{
		l.info.String(): {"level": "INFO", "msg": "Starting hekad..."},
		l.bad.String():  {"level": "ERROR", "msg": "line one\nline two", "kind": "Input", "plugin": "tin", "n": 1.0, "address": ":1"},
	} {
		var got map[string]any
		if err := json.Unmarshal([]byte(text), &got); err != nil || strings.Count(text, "\n") != 1 {
			t.Fatalf("%q: %v", text, err)
		}
		if _, ok := got["time"].(string); !ok {
			t.Errorf("%q has no time", text)
		}
		delete(got, "time")
		if len(got) != len(want) {
			t.Errorf("%v, want %v", got, want)
		}
		for k, v := range want {
			if got[k] != v {
				t.Errorf("%s is %v, want %v", k, got[k], v)
			}
		}
	}
}

// One place in the program speaks about one plugin at most once in five seconds when
// it has used up its burst, and says what it left out.
func TestLogIsLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLogged(LogOptions{})
		a, b := loggerFor(l.Logger, "Input", "a"), loggerFor(l.Logger, "Input", "b")
		one := func(i int) { // one place in the program
			to := a
			if i >= 100 && i < 103 {
				to = b
			}
			to.Info("again")
		}
		for i := range 105 {
			if i == 103 {
				a.Info("elsewhere")
				time.Sleep(logEvery + time.Millisecond) // of the bubble's clock
			}
			one(i)
		}
		if n := strings.Count(l.info.String(), "'a': again\n"); n != logBurst {
			t.Errorf("%d lines of a burst", n)
		}
		if n := strings.Count(l.info.String(), "'b': again\n"); n != 3 || !strings.Contains(l.info.String(), "elsewhere") {
			t.Errorf("others are limited, too:\n%s", l.info.String())
		}
		if got := l.info.String(); !strings.HasSuffix(got, "Input 'a': again similar_lines_left_out=90\n") {
			t.Errorf("%q", got[max(0, len(got)-200):])
		}
		audit := AuditLogger(l.Logger)
		for range 100 {
			audit.Info("somebody did something")
		}
		if n := strings.Count(l.info.String(), "somebody did something\n"); n != 100 {
			t.Errorf("%d of 100 orders are in the log", n)
		}
	})
}
