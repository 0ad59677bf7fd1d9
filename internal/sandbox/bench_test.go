package sandbox

import (
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/message"
)

// loop makes a script that repeats a statement a thousand times per call.
func loop(statement string) string {
	return "local read_message, write_message = read_message, write_message\nfunction process_message() for i = 1, 1000 do " + statement + " end return 0 end"
}

// perStatement reports the cost of one of the thousand statements.
func perStatement(b *testing.B, source string, m *message.Message, with ...func(*Options)) {
	s, _ := start(b, source, append(with, limits(Limits{}))...)
	process(b, s, m)
	b.ReportAllocs()
	for b.Loop() {
		s.ProcessMessage(m)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/1000, "ns/statement")
}

func BenchmarkEmptyLoop(b *testing.B) { perStatement(b, loop(""), nil) }

func BenchmarkReadHeader(b *testing.B) {
	perStatement(b, loop(`local x = read_message("Type")`), vectorMessage())
}

func BenchmarkReadField(b *testing.B) {
	perStatement(b, loop(`local x = read_message("Fields[int]")`), vectorMessage())
}

func BenchmarkReadFieldText(b *testing.B) {
	perStatement(b, loop(`local x = read_message("Fields[foo]", 1)`), vectorMessage())
}

// alone measures read_message without the machine's call of it.
func alone(b *testing.B, args ...lua.LValue) {
	s, _ := start(b, "function process_message() return 0 end", limits(Limits{}))
	s.msg = vectorMessage()
	L := s.state
	b.ReportAllocs()
	for b.Loop() {
		for _, a := range args {
			L.Push(a)
		}
		s.readMessage(L)
		L.SetTop(0)
	}
}

func BenchmarkReadHeaderAlone(b *testing.B) { alone(b, lua.LString("Type")) }
func BenchmarkReadFieldAlone(b *testing.B)  { alone(b, lua.LString("Fields[int]")) }
func BenchmarkReadLongTextAlone(b *testing.B) {
	s, _ := start(b, "function process_message() return 0 end", limits(Limits{}))
	s.msg = vectorMessage()
	s.msg.SetPayload("2009-01-02 03:04:05 a line of a log that is longer than what is kept from one message to the next")
	name := lua.LString("Payload")
	b.ReportAllocs()
	for b.Loop() {
		s.state.Push(name)
		s.readMessage(s.state)
		s.state.SetTop(0)
	}
}

func BenchmarkWriteHeader(b *testing.B) {
	perStatement(b, loop(`write_message("Type", "new")`), vectorMessage(), kind(Decoder))
}

func BenchmarkWriteField(b *testing.B) {
	perStatement(b, loop(`write_message("Fields[empty_bytes]", "x")`), vectorMessage(), kind(Decoder))
}

func BenchmarkCall(b *testing.B) {
	s, _ := start(b, "function process_message() return 0 end")
	b.ReportAllocs()
	for b.Loop() {
		s.ProcessMessage(nil)
	}
}

// discard is a host that takes everything.
type discard struct{}

func (discard) InjectPayload(string, string, []byte) Verdict { return Injected }
func (discard) InjectMessage([]byte) Verdict                 { return Injected }

func BenchmarkInjectMessage(b *testing.B) {
	s, _ := start(b, `local t = {Type="t", Payload="payload", Fields={status=200, path="/index.html", size={value=512, representation="B"}}}
function process_message() inject_message(t) return 0 end`, func(o *Options) { o.Host = discard{} })
	b.ReportAllocs()
	for b.Loop() {
		s.ProcessMessage(nil)
	}
}

func BenchmarkInjectPayload(b *testing.B) {
	s, _ := start(b, `function process_message() inject_payload("txt", "name", "some text ", 1.5, "\n") return 0 end`, func(o *Options) { o.Host = discard{} })
	b.ReportAllocs()
	for b.Loop() {
		s.ProcessMessage(nil)
	}
}

const fibonacci = `local function fib(n) if n < 2 then return n end return fib(n-1) + fib(n-2) end
function process_message() fib(20) return 0 end`

// BenchmarkCounting runs a script with and without counting in turns and reports
// the time with counting as a multiple of that without.
func BenchmarkCounting(b *testing.B) {
	for name, source := range map[string]string{
		"calls": fibonacci,
		"loops": "function process_message() local x = 0 for i = 1, 20000 do if x > 100 then x = x - 99 else x = x + i end end return 0 end",
		"texts": `require "string" function process_message() local t = {} for i = 1, 2000 do t[i] = "key" .. i end return 0 end`,
	} {
		b.Run(name, func(b *testing.B) {
			counted, _ := start(b, source, limits(Limits{Memory: 8 << 20, Instructions: 1e9}))
			free, _ := start(b, source, limits(Limits{}))
			free.state.RemoveContext()
			var with, without time.Duration
			for b.Loop() {
				began := time.Now()
				counted.ProcessMessage(nil)
				middle := time.Now()
				free.ProcessMessage(nil)
				with, without = with+middle.Sub(began), without+time.Since(middle)
			}
			b.ReportMetric(float64(with)/float64(without), "ratio")
		})
	}
}

func BenchmarkNew(b *testing.B) {
	o := Options{Script: script(b, `require "string" require "table" require "math" function process_message() return 0 end`), Limits: DefaultLimits()}
	b.ReportAllocs()
	for b.Loop() {
		s, err := New(o)
		if err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
