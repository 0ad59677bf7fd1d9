package sandbox

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/hekad/heka/message"
)

// recorder is a host that keeps what scripts inject.
type recorder struct {
	payloads []string // type|name|payload
	messages []*message.Message
	wires    [][]byte
	verdict  Verdict
}

func (r *recorder) InjectPayload(typ, name string, payload []byte) Verdict {
	r.payloads = append(r.payloads, typ+"|"+name+"|"+string(payload))
	return r.verdict
}

func (r *recorder) InjectMessage(wire []byte) Verdict {
	m := message.New()
	if m.Parse(bytes.Clone(wire)) != nil {
		return BadMessage
	}
	r.messages, r.wires = append(r.messages, m), append(r.wires, bytes.Clone(wire))
	return r.verdict
}

// last is the payload injected last.
func (r *recorder) last() string {
	if len(r.payloads) == 0 {
		return ""
	}
	return r.payloads[len(r.payloads)-1]
}

// script compiles a source text as s.lua.
func script(t testing.TB, source string) *Script {
	t.Helper()
	s, err := Compile([]byte(source), "s.lua")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// start makes a sandbox of a script with default limits and a recorder.
func start(t testing.TB, source string, with ...func(*Options)) (*Sandbox, *recorder) {
	t.Helper()
	host := new(recorder)
	o := Options{Kind: Filter, Script: script(t, source), Limits: DefaultLimits(), Host: host}
	for _, f := range with {
		f(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s, host
}

func kind(k Kind) func(*Options)        { return func(o *Options) { o.Kind = k } }
func limits(l Limits) func(*Options)    { return func(o *Options) { o.Limits = l } }
func modules(dir string) func(*Options) { return func(o *Options) { o.ModuleDirectory = dir } }

func config(c map[string]any) func(*Options) { return func(o *Options) { o.Config = c } }

func logging(t testing.TB) (*bytes.Buffer, func(*Options)) {
	log := new(bytes.Buffer)
	return log, func(o *Options) { o.Log = slog.New(slog.NewTextHandler(log, nil)) }
}

// process calls process_message with m and fails the test unless it returns 0.
func process(t testing.TB, s *Sandbox, m *message.Message) {
	t.Helper()
	if status, text := s.ProcessMessage(m); status != 0 {
		t.Fatalf("status %d: %s", status, text)
	}
}

// eval runs a body that returns nothing in process_message, and returns what it
// gave to out, a function of one argument, as payload text.
func eval(t testing.TB, body string, with ...func(*Options)) string {
	t.Helper()
	s, host := start(t, `require "string" require "table" require "math" require "os"
local function out(...) for i = 1, select("#", ...) do if i > 1 then add_to_payload(" ") end add_to_payload(tostring((select(i, ...)))) end end
function process_message() `+body+`
inject_payload() return 0 end`, with...)
	process(t, s, nil)
	if p := host.last(); p != "" {
		return p[len("txt||"):]
	}
	return ""
}

func writeFile(t testing.TB, dir, name, content string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// vectorMessage is the message of the vectors for read_message.
func vectorMessage() *message.Message {
	m := message.New()
	m.SetUUID(message.UUID{0x8e, 0x41, 0x42, 0x33})
	m.SetTimestamp(5123456789)
	m.SetType("TEST")
	m.SetLogger("GoSpec")
	m.SetSeverity(6)
	m.SetEnvVersion("0.8")
	m.SetPid(1234)
	m.AddString("foo", "bar")
	m.AddField("bytes", "", message.Bytes).AddBytes([]byte("data"))
	f := m.AddField("int", "", message.Integer)
	f.AddInteger(999)
	f.AddInteger(1024)
	m.AddDouble("double", 99.9, "")
	m.AddBool("bool", true)
	m.AddString("foo", "alternate")
	m.AddBool("false", false)
	m.AddField("empty_bytes", "", message.Bytes).AddBytes(nil)
	return m
}

var timeZero = time.Unix(0, 0)
