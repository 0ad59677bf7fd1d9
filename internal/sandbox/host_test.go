package sandbox

import (
	"encoding/hex"
	"fmt"
	"slices"
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

func TestPayloadText(t *testing.T) {
	s, host := start(t, `function process_message() inject_payload("txt","", '{"value":1}',1.2," string ",nil," ",true," ",false) return 0 end`)
	process(t, s, nil)
	if host.last() != `txt||{"value":1}1.2 string nil true false` {
		t.Errorf("%q", host.last())
	}
	for expr, want := range map[string]string{
		"1.2": "1.2", "98": "98", "0.12345678": "0.12345678", "91.10001": "91.10001", "1/3": "0.33333333", "1e9": "1000000000",
		"4294967296": "4294967296", "2.5e-9": "0", "1e18": "1000000000000000000", "1.5e20": "1.5e+20", "-1e-12": "-0", "0/0": "nan",
		"1/0": "inf", "-1/0": "-inf", "-1.5": "-1.5", "0.999999999": "1", "-2147483648": "-2147483648", "1e-9": "0", "5e-9": "0.00000001", "2147483648.5": "2147483648.5",
	} {
		s, host := start(t, `function process_message() inject_payload("", "n", `+expr+`) return 0 end`)
		process(t, s, nil)
		if got := strings.TrimPrefix(host.last(), "txt|n|"); got != want {
			t.Errorf("%s: %q, want %q", expr, got, want)
		}
	}
}

func TestPayloadIsKeptUntilItIsInjected(t *testing.T) {
	s, host := start(t, `local n = 0 function process_message() n = n + 1 add_to_payload(n, ",") if n == 3 then inject_payload("csv", "x") inject_payload("csv", "y") end return 0 end`)
	for range 3 {
		process(t, s, nil)
	}
	if !slices.Equal(host.payloads, []string{"csv|x|1,2,3,"}) {
		t.Errorf("%q", host.payloads)
	}
}

func TestOutputLimitLeavesOneByte(t *testing.T) {
	for n, ok := range map[int]bool{99: true, 100: false} {
		s, _ := start(t, fmt.Sprintf(`require "string" function process_message() inject_payload("txt", "", string.rep("x", %d)) return 0 end`, n), limits(Limits{Output: 100}))
		if status, text := s.ProcessMessage(nil); (status == 0) != ok {
			t.Errorf("%d bytes: %d %s", n, status, text)
		}
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

func TestTablesAreEncoded(t *testing.T) {
	const ts = "1080 94eb dc03"
	for table, want := range map[string]string{
		`{Timestamp=1e9,Fields={count=1}}`:                                                   ts + `5212 0a05 "count" 1003 39 000000000000f03f`,
		`{Timestamp=1e9,Fields={counts={2,3,4}}}`:                                            ts + `5224 0a06 "counts" 1003 3a18 0000000000000040 0000000000000840 0000000000001040`,
		`{Timestamp=1e9,Fields={count={value=5,representation="count"}}}`:                    ts + `5219 0a05 "count" 1003 1a05 "count" 39 0000000000001440`,
		`{Timestamp=1e9,Fields={count={value=1,value_type=2,representation="integer"}}}`:     ts + `5214 0a05 "count" 1002 1a07 "integer" 3001`,
		`{Timestamp=1e9,Fields={count={value={1,2},value_type=2,representation="integer"}}}`: ts + `5216 0a05 "count" 1002 1a07 "integer" 3202 0102`,
		`{Timestamp=1e9,Fields={{name="count",value=1,value_type=2,representation="integer"},{name="count",value=2,value_type=2,representation="integer"}}}`: ts + `5214 0a05 "count" 1002 1a07 "integer" 3001 5214 0a05 "count" 1002 1a07 "integer" 3002`,
		`{Timestamp=1e9,Fields={{name="names",value={"s1","s2"},value_type=1,representation="list"}}}`:                                                       ts + `5217 0a05 "names" 1001 1a04 "list" 2a02 "s1" 2a02 "s2"`,
		`{Timestamp=1e9,Fields={{name="names",value={"s1","s2"},value_type=0,representation="list"}}}`:                                                       ts + `5215 0a05 "names" 1a04 "list" 2202 "s1" 2202 "s2"`,
		`{Timestamp=1e9,Fields={string=string.rep("x",130)}}`:                                                                                                ts + `528d01 0a06 "string" 228201 "` + strings.Repeat("x", 130) + `"`,
		`{Timestamp=-1,Pid=-1,Severity=-1}`: `10ffffffffffffffffff01 28ffffffffffffffffff01 40ffffffffffffffffff01`,
		`{Uuid="ignored",Timestamp=1e9,Type="type",Logger="logger",Payload="payload",EnvVersion="env_version",Hostname="hostname",Severity=9}`: ts + `1a04 "type" 2206 "logger" 2809 3207 "payload" 3a0b "env_version" 4a08 "hostname"`,
		`{Timestamp=1e9,Fields={b=true}}`:             ts + `5207 0a01 "b" 1004 4001`,
		`{Timestamp=1e9,Fields={b={true,false}}}`:     ts + `5209 0a01 "b" 1004 4202 0100`,
		`{Timestamp="1e9",Pid="5",Type=7,Unknown={}}`: ts + `1a01 "7" 4005`,
	} {
		s, host := start(t, `require "string" function process_message() inject_message(`+table+`) return 0 end`)
		if status, text := s.ProcessMessage(nil); status != 0 {
			t.Errorf("%s: %s", table, text)
			continue
		}
		if got := host.wires[0]; string(got[:2]) != "\x0a\x10" || !slices.Equal(got[18:], bytesOf(t, want)) {
			t.Errorf("%s\n got %x\nwant %x", table, got[18:], bytesOf(t, want))
		}
	}
}

// bytesOf reads hexadecimal digits with texts in quotes between them.
func bytesOf(t *testing.T, s string) (b []byte) {
	t.Helper()
	for i, part := range strings.Split(s, `"`) {
		if i%2 == 1 {
			b = append(b, part...)
			continue
		}
		d, err := hex.DecodeString(strings.ReplaceAll(part, " ", ""))
		if err != nil {
			t.Fatal(err)
		}
		b = append(b, d...)
	}
	return b
}

func TestTableKeepsAUuidOf16Bytes(t *testing.T) {
	s, host := start(t, `function process_message() inject_message({Uuid="0123456789abcdef"}) inject_message({Uuid="0123456789abcdef0"}) return 0 end`)
	process(t, s, nil)
	if string(host.wires[0][2:18]) != "0123456789abcdef" || string(host.wires[1][2:18]) == "0123456789abcdef" {
		t.Errorf("%q", host.wires)
	}
}

func TestDecodeMessage(t *testing.T) {
	head := "0a10 00000000000000000000000000000001 "
	for wire, want := range map[string]string{
		head + "1000":                             "0",
		head + "10 80988d87ecdec8e913":            "1428523950000000000",
		head + "10 ffffffffffffffffff01":          "-1",
		head + "1000 52 02 1001":                  "error in tag: 10 wiretype: 2 offset: 20",
		head + "10 ff":                            "error in tag: 2 wiretype: 0 offset: 18",
		head + "1000 1a ffffffffffffffffffffff01": "error in tag: 3 wiretype: 2 offset: 20",
		"1000 1a 20 " + strings.Repeat("41", 32):  "missing required field uuid: not found timestamp: found",
		head + "1a 01 41":                         "missing required field uuid: found timestamp: not found",
		head + "1000 d201 00":                     "error in tag: 26 wiretype: 2 offset: 20",
	} {
		s, host := start(t, `function process_message() local ok, m = pcall(decode_message, read_message("Payload"))
inject_payload("txt", "", ok and tostring(m.Timestamp) or m) return 0 end`)
		m := message.New()
		m.SetPayload(string(bytesOf(t, wire)))
		process(t, s, m)
		if got := strings.TrimPrefix(host.last(), "txt||"); !strings.HasSuffix(got, want) && !(want == "1428523950000000000" && got == "1.42852395e+18") {
			t.Errorf("%s: %q, want %q", wire, got, want)
		}
	}
}

func TestDecodedTablesAreAccepted(t *testing.T) {
	s, host := start(t, `function process_message() local m = decode_message(read_message("raw"))
add_to_payload(#m.Fields, " ", m.Fields[3].value[2], " ", m.Fields[3].value_type, " ", #m.Uuid) inject_payload()
inject_message(m) return 0 end`)
	wire := vectorMessage().AppendWire(nil)
	m := message.New()
	if err := m.Parse(wire); err != nil {
		t.Fatal(err)
	}
	process(t, s, m)
	if host.last() != "txt||8 1024 2 16" {
		t.Errorf("%q", host.last())
	}
	if got, want := fieldsText(host.messages[0]), fieldsText(m); got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
}

func TestObjectsAsValuesOfFields(t *testing.T) {
	s, host := start(t, `require "circular_buffer" require "hyperloglog" function process_message()
inject_message{Timestamp=1e9, Fields={cb={value=circular_buffer.new(2,1,60), representation="cbuf"}}}
inject_message{Timestamp=1e9, Fields={hll={value=hyperloglog.new(), representation="hll"}}}
inject_payload("cbuf", "", circular_buffer.new(2,1,60)) return 0 end`)
	process(t, s, nil)
	if got, want := host.wires[0][18:], bytesOf(t, `1080 94eb dc03 529301 0a02 "cb" 1001 1a04 "cbuf" 2a8401`); !slices.Equal(got[:len(want)], want) || len(got) != len(want)+132 {
		t.Errorf("circular buffer: %q", got)
	}
	if got, want := host.wires[1][18:], bytesOf(t, `1080 94eb dc03 529f60 0a03 "hll" 1001 1a03 "hll" 2a9060 "HYLL"`); !slices.Equal(got[:len(want)], want) || len(host.wires[1]) != 12346 {
		t.Errorf("hyperloglog: %d bytes, %q", len(host.wires[1]), got[:40])
	}
	if len(host.last()) != len("cbuf||")+132 {
		t.Errorf("payload %q", host.last())
	}
	for _, body := range []string{`inject_message{Fields={f={value=require("bloom_filter").new(20, 0.01)}}}`, `inject_message{Fields={f=require("lpeg").P"x"}}`} {
		s, _ := start(t, "function process_message() "+body+" return 0 end")
		if _, text := s.ProcessMessage(nil); !strings.HasSuffix(text, "could not encode protobuf - user data object does not implement lsb_output") {
			t.Errorf("%s: %q", body, text)
		}
	}
	s, _ = start(t, "function process_message() add_to_payload(require('lpeg').P'x') return 0 end")
	if _, text := s.ProcessMessage(nil); !strings.HasSuffix(text, "bad argument #1 to 'add_to_payload' (unknown userdata type)") {
		t.Error(text)
	}
	s, _ = start(t, "require 'circular_buffer' function process_message() local cb = circular_buffer.new(1000, 10, 1) return 0 end", limits(Limits{Memory: 32767, Instructions: 1000, Output: 128}))
	if _, text := s.ProcessMessage(nil); text != "process_message() not enough memory" {
		t.Error(text)
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
