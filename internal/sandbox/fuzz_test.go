package sandbox

import (
	"testing"

	"github.com/hekad/heka/message"
)

// FuzzDecodeMessage: whatever decode_message accepts, inject_message makes the
// same message of.
func FuzzDecodeMessage(f *testing.F) {
	f.Add(vectorMessage().AppendWire(nil))
	f.Add([]byte("\x0a\x10aaaaaaaaaaaaaaaa\x10\x00\x52\x07\x0a\x01x\x32\x02\x01\x02"))
	s, host := start(f, `function process_message() local ok, m = pcall(decode_message, read_message("raw"))
if not ok then return -1 end inject_message(m) return 0 end`, limits(Limits{Memory: 64 << 20}))
	m := message.New()
	f.Fuzz(func(t *testing.T, wire []byte) {
		host.messages, host.wires = nil, nil
		status, text := s.ProcessRaw(m, wire)
		if s.Terminated() {
			s, host = start(t, `function process_message() local ok, m = pcall(decode_message, read_message("raw"))
if not ok then return -1 end inject_message(m) return 0 end`, limits(Limits{Memory: 64 << 20}))
		}
		if status != 0 {
			return
		}
		want := message.New()
		if err := want.Parse(wire); err != nil {
			t.Fatalf("decode_message takes %x, which is no message: %v (%s)", wire, err, text)
		}
		if got := host.messages[0]; got.Payload() != want.Payload() || got.Type() != want.Type() || got.NumFields() != want.NumFields() {
			t.Errorf("%q became %q", wire, host.wires[0])
		}
	})
}

// FuzzPattern: no pattern hangs or breaks anything.
func FuzzPattern(f *testing.F) {
	for _, p := range []string{"(%w+)=(%w+)", "%b()", "%f[%a]", "[^%]]*", "(a*(.)%w(%s*))", "^$", "%1", "[", "a-b", "()"} {
		f.Add("key = (value) aab", p)
	}
	f.Fuzz(func(t *testing.T, subject, pattern string) {
		s, _ := start(t, `require "string" function process_message()
local a, b = read_message("Payload"), read_message("Type")
pcall(string.find, a, b) pcall(string.gsub, a, b, "%1") for x in string.gmatch(a, "%w+") do end return 0 end`)
		m := message.New()
		m.SetPayload(subject)
		m.SetType(pattern)
		s.ProcessMessage(m)
	})
}

// FuzzFormat: no format breaks anything.
func FuzzFormat(f *testing.F) {
	for _, format := range []string{"%5.2f", "%-#08x", "%q", "%s", "%%", "%99.99d", "%c"} {
		f.Add(format, 1.5)
	}
	s, _ := start(f, `require "string" function process_message() pcall(string.format, read_message("Payload"), read_message("Fields[x]")) return 0 end`)
	f.Fuzz(func(t *testing.T, format string, x float64) {
		m := message.New()
		m.SetPayload(format)
		m.AddDouble("x", x, "")
		process(t, s, m)
	})
}

// FuzzScript: no source text breaks anything.
func FuzzScript(f *testing.F) {
	for _, source := range []string{counter, data, "local t = {} t[1e9] = 1", "for i = 1, 1e9 do end", "x = ('x'):rep(10)", "goto x ::x::", "return ...", "local function f() return f() end f()"} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		p, err := Compile([]byte(source), "s.lua")
		if err != nil {
			return
		}
		s, err := New(Options{Script: p, Limits: Limits{Memory: 4 << 20, Instructions: 20000, Output: 1000}, Host: new(recorder)})
		if err != nil {
			return
		}
		s.ProcessMessage(vectorMessage())
		s.TimerEvent(timeZero)
		s.Close()
	})
}
