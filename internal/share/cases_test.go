package share_test

import (
	"encoding/json"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hekad/heka/internal/sandbox"
	"github.com/hekad/heka/internal/share"
	"github.com/hekad/heka/message"
)

// TestPlugins runs the archives of testdata/plugins and testdata/samples. The comment
// of an archive names the script, its files are steps:
//
//	script KIND  the script itself, where the comment names none of ours
//	config       a JSON object; starts the script with it
//	config FAIL  the same, and the script refuses it with that text
//	message      processes a message in the notation of notation_test.go
//	payload      processes a message with this payload, without the last newline
//	tick NS      calls timer_event
//	want         all that came of the steps since the last want
//	want-lines   the same, in any order of lines
//	want-first   the same, up to the end of this
//	want-json    one payload, equal as JSON value
//
// What comes is the line "status N TEXT" for each status that is not 0, then
// "message" and its notation, or "payload TYPE NAME" and the payload. Timestamps
// are compared only where want has one.
func TestPlugins(t *testing.T) {
	for _, path := range archives(t) {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			a, err := txtar.ParseFile(path)
			if err != nil {
				t.Fatal(err)
			}
			c := cases{t: t, path: strings.TrimSpace(string(a.Comment))}
			for i, f := range a.Files {
				c.step(i+1, f.Name, string(f.Data))
			}
			if rest := c.take(); rest != "" {
				t.Errorf("left at the end:\n%s", rest)
			}
		})
	}
}

func archives(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	return paths
}

type cases struct {
	t      *testing.T
	path   string
	source *sandbox.Script // of the step script
	as     sandbox.Kind    // of the step script
	s      *sandbox.Sandbox
	host   *recorder
	log    strings.Builder
}

// script returns the script of the archive and what it is.
func (c *cases) script() (*sandbox.Script, sandbox.Kind) {
	if c.source != nil {
		return c.source, c.as
	}
	script, err := sandbox.Load("/nowhere/"+c.path, c.path, share.Files)
	if err != nil {
		c.t.Fatal(err)
	}
	return script, c.kind()
}

func (c *cases) kind() sandbox.Kind {
	switch filepath.Dir(c.path) {
	case "lua_decoders":
		return sandbox.Decoder
	case "lua_encoders":
		return sandbox.Encoder
	}
	return sandbox.Filter
}

func (c *cases) step(n int, name, data string) {
	t := c.t
	t.Helper()
	verb, arg, _ := strings.Cut(name, " ")
	switch verb {
	case "script":
		script, err := sandbox.Compile([]byte(data), "sample.lua")
		if err != nil {
			t.Fatal(err)
		}
		c.source, c.as = script, map[string]sandbox.Kind{
			"decoder": sandbox.Decoder, "filter": sandbox.Filter, "encoder": sandbox.Encoder,
		}[arg]
	case "config":
		if rest := c.take(); rest != "" {
			t.Errorf("step %d: left before a new start:\n%s", n, rest)
		}
		config := map[string]any{}
		if strings.TrimSpace(data) != "" {
			if err := json.Unmarshal([]byte(data), &config); err != nil {
				t.Fatalf("step %d: %v", n, err)
			}
		}
		script, kind := c.script()
		var err error
		c.s, c.host, err = start(t, kind, script, config)
		switch {
		case arg == "" && err != nil:
			t.Fatalf("step %d: %v", n, err)
		case arg != "" && (err == nil || !strings.Contains(err.Error(), arg)):
			t.Errorf("step %d: error %v; want %s", n, err, arg)
		}
	case "message":
		m, err := parse(data)
		if err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
		c.process(m)
	case "payload":
		m := message.New()
		m.SetTimestamp(1)
		m.SetPayload(strings.TrimSuffix(data, "\n"))
		c.process(m)
	case "tick":
		ns, err := strconv.ParseInt(arg, 10, 64)
		if err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
		c.ended(c.s.TimerEvent(time.Unix(0, ns)))
	case "want":
		if got := dropTimes(c.take(), data); strings.TrimRight(got, "\n") != strings.TrimRight(data, "\n") {
			t.Errorf("step %d: got\n%s\nwant\n%s", n, got, data)
		}
	case "want-first":
		if got := dropTimes(c.take(), data); !strings.HasPrefix(got, strings.TrimSuffix(data, "\n")) {
			t.Errorf("step %d: got\n%s\nwant first\n%s", n, got, data)
		}
	case "want-lines":
		got, want := strings.Split(strings.TrimSpace(c.take()), "\n"), strings.Split(strings.TrimSpace(data), "\n")
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("step %d: got\n%s\nwant\n%s", n, strings.Join(got, "\n"), strings.Join(want, "\n"))
		}
	case "want-json":
		all := c.take()
		_, text, _ := strings.Cut(all, "\n")
		var got, want any
		if err := json.Unmarshal([]byte(text), &got); err != nil {
			t.Fatalf("step %d: %v in\n%s", n, err, all)
		}
		if err := json.Unmarshal([]byte(data), &want); err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("step %d: got\n%s\nwant\n%s", n, text, data)
		}
	default:
		t.Fatalf("step %d: unknown verb %s", n, verb)
	}
}

// process hands over the message in its encoded form, as the pipeline does.
func (c *cases) process(m *message.Message) {
	m.SetUUID(message.UUID{1})
	wire := message.New()
	if err := wire.Parse(m.AppendWire(nil)); err != nil {
		c.t.Fatal(err)
	}
	c.ended(c.s.ProcessMessage(wire))
}

func (c *cases) ended(status int, text string) {
	c.log.WriteString(c.host.take())
	if status != 0 {
		c.log.WriteString(strings.TrimSpace("status "+strconv.Itoa(status)+" "+text) + "\n")
	}
}

func (c *cases) take() string {
	defer c.log.Reset()
	return c.log.String()
}

// dropTimes returns a log without its timestamps, unless want has one.
func dropTimes(got, want string) string {
	if strings.Contains(want, "Timestamp ") {
		return got
	}
	lines := slices.DeleteFunc(strings.Split(got, "\n"), func(l string) bool { return strings.HasPrefix(l, "Timestamp ") })
	return strings.Join(lines, "\n")
}
