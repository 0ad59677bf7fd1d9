package sandbox

import (
	"fmt"
	"strings"
	"testing"

	"github.com/hekad/heka/message"
)

func TestReadMessage(t *testing.T) {
	m := vectorMessage()
	m.SetPid(1234)
	for expr, want := range map[string]string{
		`read_message("Uuid")`:                    "8e414233-0000-0000-0000-000000000000",
		`read_message("Type")`:                    "TEST",
		`read_message("Logger")`:                  "GoSpec",
		`read_message("Payload") == ""`:           "true",
		`read_message("EnvVersion")`:              "0.8",
		`read_message("Hostname") == ""`:          "true",
		`read_message("Timestamp")`:               "5123456789",
		`read_message("Severity")`:                "6",
		`read_message("Pid")`:                     "1234",
		`read_message("raw")`:                     "nil",
		`read_message("Bogus")`:                   "nil",
		`read_message("Fields[foo]")`:             "bar",
		`read_message("Fields[foo]", nil)`:        "bar",
		`read_message("Fields[foo]",0,0)`:         "bar",
		`read_message("Fields[foo]",1)`:           "alternate",
		`read_message("Fields[foo]",1,1)`:         "nil",
		`read_message("Fields[foo]",2)`:           "nil",
		`read_message("Fields[bytes]")`:           "data",
		`read_message("Fields[int]")`:             "999",
		`read_message("Fields[int]","0","1")`:     "1024",
		`read_message("Fields[int]",0,2)`:         "nil",
		`read_message("Fields[double]")`:          "99.9",
		`read_message("Fields[bool]")`:            "true",
		`read_message("Fields[false]")`:           "false",
		`read_message("Fields[empty_bytes]")`:     "nil",
		`read_message("Fields[nope]")`:            "nil",
		`read_message("Fields[foo")`:              "nil",
		`read_message("Fields" .. "[foo" .. "]")`: "bar",
	} {
		s, host := start(t, `function process_message() inject_payload("txt", "", tostring(`+expr+`)) return 0 end`)
		for range 2 { // the second time from the cache of names
			process(t, s, m)
			if got := strings.TrimPrefix(host.last(), "txt||"); got != want {
				t.Errorf("%s = %q, want %q", expr, got, want)
			}
		}
	}
}

func TestReadMessageOutsideOfACallIsNil(t *testing.T) {
	s, host := start(t, `local v = read_message("Type")
function timer_event() inject_payload("txt", "", v, read_message("Payload"), (read_next_field())) end`)
	if status, text := s.TimerEvent(timeZero); status != 0 || host.last() != "txt||nilnilnil" {
		t.Errorf("%d %q %q", status, text, host.last())
	}
}

func TestReadMessageGivesWireBytes(t *testing.T) {
	wire := vectorMessage().AppendWire(nil)
	m := message.New()
	if err := m.Parse(wire); err != nil {
		t.Fatal(err)
	}
	s, host := start(t, `function process_message() inject_payload("txt", "", read_message("raw")) return 0 end`)
	process(t, s, m)
	if host.last() != "txt||"+string(wire) {
		t.Errorf("%q", host.last())
	}
}

// A script may keep what it has read; the message's own strings are overwritten.
func TestWhatWasReadIsTheScriptsOwn(t *testing.T) {
	s, host := start(t, `function process_message()
if kept then inject_payload("txt", "", kept, again) else kept, again = read_message("Payload"), read_message("Fields[f]") end return 0 end`)
	buf := []byte("first payload and field")
	m := message.New()
	m.SetPayload(message.View(buf[:13]))
	m.AddString("f", message.View(buf[14:]))
	process(t, s, m)
	copy(buf, strings.Repeat("x", len(buf)))
	process(t, s, m)
	if host.last() != "txt||first payloadand field" {
		t.Errorf("%q", host.last())
	}
}

func TestReadNextField(t *testing.T) {
	s, host := start(t, `function process_message()
repeat local t, name, value, rep, count = read_next_field()
add_to_payload("(", t, ",", name, ",", value, ",", rep, ",", count, ")") until not t
inject_payload() return 0 end`)
	for range 2 {
		process(t, s, vectorMessage())
		if want := "txt||(0,foo,bar,,1)(1,bytes,data,,1)(2,int,999,,2)(3,double,99.90000001,,1)"; !strings.HasPrefix(host.last(), want[:60]) {
			t.Errorf("%q", host.last())
		}
		if want := "(4,bool,true,,1)(0,foo,alternate,,1)(4,false,false,,1)(1,empty_bytes,nil,,1)(nil,nil,nil,nil,nil)"; !strings.HasSuffix(host.last(), want) {
			t.Errorf("%q", host.last())
		}
	}
}

func TestWriteMessage(t *testing.T) {
	s, _ := start(t, `function process_message()
write_message("Type","MyType") write_message("Logger","MyLogger")
write_message("Timestamp","2013-12-02T07:21:54.904958136Z") write_message("Payload","MyPayload")
write_message("EnvVersion","000") write_message("Hostname","MyHostname") write_message("Severity",4)
write_message("Pid","12345") write_message("Fields[String]","foo") write_message("Fields[Float]",1.2345)
write_message("Fields[Int]",123,"count",0,0) write_message("Fields[Int]",456,"count",0,1)
write_message("Fields[Bool]",true) write_message("Fields[Bool]",false,"",1,0) write_message("Fields[Bool]",false,"",1,0)
write_message("Fields[]","bad idea") write_message("Uuid","550d19b9-58c7-49d8-b0dd-b48cd1c5b305")
write_message("Fields[delete]","foo") write_message("Fields[delete]",nil) write_message("Fields[nonexistent]",nil)
write_message("Fields[nul]", "a\0b")
return 0 end`, kind(Decoder))
	m := message.New()
	process(t, s, m)
	if m.Timestamp() != 1385968914904958136 || m.Type() != "MyType" || m.Logger() != "MyLogger" || m.Payload() != "MyPayload" ||
		m.EnvVersion() != "000" || m.Hostname() != "MyHostname" || m.Severity() != 4 || m.Pid() != 12345 ||
		m.UUIDText() != "550d19b9-58c7-49d8-b0dd-b48cd1c5b305" {
		t.Errorf("headers %+v", m)
	}
	if got, want := fieldsText(m), `String=["foo"] Float=[1.2345] Int|count=[123 456] Bool=[true] Bool=[false] =["bad idea"] nul=["a\x00b"]`; got != want {
		t.Errorf("fields %s\nwant   %s", got, want)
	}
}

// fieldsText shows all fields in order.
func fieldsText(m *message.Message) string {
	var all []string
	for i := range m.NumFields() {
		f := m.Field(i)
		var values []string
		for j := range f.Len() {
			if s, ok := f.Text(j); ok {
				values = append(values, fmt.Sprintf("%q", s))
			} else {
				values = append(values, fmt.Sprint(f.Value(j)))
			}
		}
		name := f.Name()
		if f.Representation() != "" {
			name += "|" + f.Representation()
		}
		all = append(all, name+"=["+strings.Join(values, " ")+"]")
	}
	return strings.Join(all, " ")
}

func TestWriteMessageEditsFields(t *testing.T) {
	base := func() *message.Message {
		m := message.New()
		f := m.AddField("array", "r", message.String)
		f.AddString("first")
		f.AddString("second")
		f.AddString("third")
		i := m.AddField("int", "count", message.Integer)
		i.AddInteger(7)
		i.AddInteger(8)
		m.AddString("multi", "1")
		m.AddString("multi", "2")
		m.AddString("multi", "3")
		m.AddField("b", "", message.Bytes).AddBytes([]byte("raw"))
		return m
	}
	rest := " multi=[\"1\"] multi=[\"2\"] multi=[\"3\"] b=[\"raw\"]"
	for call, want := range map[string]string{
		`"Fields[array]",nil,"",0,1`:      `array|r=["first" "third"] int|count=[7 8]` + rest,
		`"Fields[array]",nil`:             `int|count=[7 8]` + rest,
		`"Fields[multi]",nil,"",1`:        `array|r=["first" "second" "third"] int|count=[7 8] multi=["1"] multi=["3"] b=["raw"]`,
		`"Fields[array]","x","",0,1`:      `array=["first" "x" "third"] int|count=[7 8]` + rest,
		`"Fields[array]","x","new",0,3`:   `array|new=["first" "second" "third" "x"] int|count=[7 8]` + rest,
		`"Fields[int]",9.7,"count",0,1`:   `array|r=["first" "second" "third"] int|count=[7 9]` + rest,
		`"Fields[int]",9,"count",0,2`:     `array|r=["first" "second" "third"] int|count=[7 8 9]` + rest,
		`"Fields[b]","new"`:               `array|r=["first" "second" "third"] int|count=[7 8] multi=["1"] multi=["2"] multi=["3"] b=["new"]`,
		`"Fields[multi]","4","",3`:        `array|r=["first" "second" "third"] int|count=[7 8]` + rest + ` multi=["4"]`,
		`"Unknown",0`:                     "fails",
		`"[Bogus]",0`:                     "fails",
		`"Fields[Bogus",0`:                "fails",
		`"Fields[bogus]",0,"count",200,0`: "fails",
		`"Fields[bogus]",0,"count",0,1`:   "fails",
		`"Uuid",""`:                       "fails",
		`"Uuid","abcdefghijklmnopqrst"`:   "fails",
		`"Timestamp",""`:                  "fails",
		`"Timestamp","invalid"`:           "fails",
		`"Severity",true`:                 "fails",
		`"Severity","x"`:                  "fails",
		`"Hostname",99`:                   "fails",
		`"raw","x"`:                       "fails",
		`"Type",nil`:                      "fails",
		`"Fields[multi]",nil,"",3`:        "fails",
		`"Fields[int]",nil,"",0,2`:        "fails",
		`"Fields[int]","x"`:               "fails",
		`"Fields[array]",1`:               "fails",
	} {
		log, logged := logging(t)
		s, _ := start(t, "function process_message() write_message("+call+") return 0 end", kind(Decoder), logged)
		m := base()
		status, text := s.ProcessMessage(m)
		switch {
		case want == "fails":
			if status != 1 || text != "process_message() s.lua:1: write_message() failed" || log.Len() == 0 {
				t.Errorf("%s: %d %q, logged %q", call, status, text, log)
			}
		case status != 0:
			t.Errorf("%s: %q", call, text)
		case fieldsText(m) != want:
			t.Errorf("%s\n got %s\nwant %s", call, fieldsText(m), want)
		}
	}
}

func TestWriteMessageReadsTimestamps(t *testing.T) {
	for text, want := range map[string]int64{
		"123": 123, "0x10": 16, "010": 8, "Mon Jan  2 15:04:05 2006": 1136214245e9, "2006-01-02T15:04:05Z": 1136214245e9,
	} {
		s, _ := start(t, `function process_message() write_message("Timestamp", "`+text+`") return 0 end`, kind(Decoder))
		m := message.New()
		process(t, s, m)
		if m.Timestamp() != want {
			t.Errorf("%s: %d", text, m.Timestamp())
		}
	}
}

func TestEncodersChangeACopy(t *testing.T) {
	s, host := start(t, `function process_message() write_message("Payload", "mutated payload") write_message("Fields[n]", 1)
inject_payload("txt", "", read_message("Payload"), #read_message("raw")) return 0 end`, kind(Encoder))
	wire := vectorMessage().AppendWire(nil)
	m := message.New()
	if err := m.Parse(wire); err != nil {
		t.Fatal(err)
	}
	process(t, s, m)
	if m.Payload() != "" || m.NumFields() != 8 || s.Message(m).Payload() != "mutated payload" || s.Message(m).NumFields() != 9 {
		t.Errorf("original %q, copy %q", m.Payload(), s.Message(m).Payload())
	}
	if want := fmt.Sprintf("txt||mutated payload%d", len(wire)); host.last() != want {
		t.Errorf("%q, want %q", host.last(), want)
	}
}

func TestFunctionsOfEachKind(t *testing.T) {
	all := []string{"read_config", "decode_message", "read_message", "read_next_field", "write_message", "add_to_payload", "inject_payload", "inject_message"}
	for k, want := range map[Kind]string{
		Input:   "read_config decode_message inject_message",
		Decoder: strings.Join(all, " "),
		Filter:  "read_config decode_message read_message read_next_field add_to_payload inject_payload inject_message",
		Encoder: strings.Join(all, " "),
		Output:  "read_config decode_message read_message read_next_field",
	} {
		s, _ := start(t, `function process_message() return 0 end`, kind(k))
		var have []string
		for _, name := range all {
			if s.state.G.Global.RawGetString(name).String() != "nil" {
				have = append(have, name)
			}
		}
		if got := strings.Join(have, " "); got != want {
			t.Errorf("kind %d has %s", k, got)
		}
	}
}

func TestReadConfig(t *testing.T) {
	got := eval(t, `local a, o = read_config("array"), read_config("object")
out(read_config("string"), read_config("int64"), read_config("double"), read_config("bool"), #a, a[3], o.item, o.sub[1].x, read_config("nope"))`,
		config(map[string]any{"string": "widget", "int64": int64(99), "double": 99.123, "bool": true, "array": []any{int64(1), int64(2), int64(3)},
			"object": map[string]any{"item": "test", "sub": []any{map[string]any{"x": "y"}}}}))
	if got != "widget 99 99.123 true 3 3 test y nil" {
		t.Errorf("%q", got)
	}
	if got := eval(t, `out(read_config("x"))`); got != "nil" {
		t.Errorf("without a configuration: %q", got)
	}
}

func TestVerdictsRaise(t *testing.T) {
	for v, want := range map[Verdict]string{
		BadMessage: "protobuf unmarshal failed", TooMany: "exceeded InjectMessage count", TooManyLoops: "exceeded MaxMsgLoops",
		MatchesItself: "creates a circular reference (matches this plugin's message_matcher)", Refused: "unknown error",
	} {
		for _, call := range []string{`inject_payload("txt", "", "x")`, `inject_message({})`} {
			s, host := start(t, "function process_message() "+call+" return 0 end")
			host.verdict = v
			name, _, _ := strings.Cut(call, "(")
			if status, text := s.ProcessMessage(nil); status != 1 || text != "process_message() s.lua:1: "+name+"() "+want {
				t.Errorf("%d %q", status, text)
			}
		}
	}
}

func TestAbortedKeepsTheSandbox(t *testing.T) {
	s, host := start(t, `n = 0 function process_message() n = n + 1 inject_payload("txt", "", n) return 0 end`)
	host.verdict = Aborted
	if status, text := s.ProcessMessage(nil); status != 1 || text != "process_message() s.lua:1: inject_payload() aborted" || s.Terminated() {
		t.Errorf("%d %q, terminated %v", status, text, s.Terminated())
	}
}

// What LPeg does at length is charged and can be stopped, too.
func TestGrammarsKeepToTheLimits(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		`local s = string.rep("a", 30000) for i = 1, 1e6 do ((lpeg.P"a" - lpeg.P"ab")^0 * -1 + 1):match(s) end`: errInstructions,
		`lpeg.Ct(lpeg.C(1)^0):match(string.rep("a", 1e6))`:                                                      errMemory,
		`local p = lpeg.P{lpeg.P"a" * lpeg.V(1) * "b" + "c"} p:match(string.rep("a", 1e6))`:                     "too many pending calls/choices",
	} {
		s, _ := start(t, "require 'string' require 'lpeg' function process_message() "+body+" return 0 end")
		if _, text := s.ProcessMessage(nil); !strings.HasSuffix(text, want) {
			t.Errorf("%s: %q", body, text)
		}
	}
}

// A state is as good as new after each aborted call, however deep it was.
func TestAbortedCallsLeaveNothingBehind(t *testing.T) {
	s, host := start(t, `local function deep(n) if n == 0 then inject_payload("txt", "", "x") else deep(n - 1) end n = nil end
function process_message() deep(10000) calls = (calls or 0) + 1 return 0, tostring(calls) end`)
	host.verdict = Aborted
	for range 5 {
		if status, text := s.ProcessMessage(nil); status != 1 || text != "process_message() s.lua:1: inject_payload() aborted" {
			t.Fatalf("%d %q", status, text)
		}
	}
	host.verdict = Injected
	if status, text := s.ProcessMessage(nil); status != 0 || text != "1" {
		t.Errorf("%d %q", status, text)
	}
	if f := viewState(s.state).frame; f != nil {
		t.Errorf("call %d is still open", f.index)
	}
}
