package sandbox

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hekad/heka/message"
)

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
