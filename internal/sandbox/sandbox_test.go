package sandbox

import (
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

const hundredAndTwo = "012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789012345678901"

func TestErrorsTerminate(t *testing.T) {
	small := Limits{Memory: 32767, Instructions: 1000, Output: 128}
	for _, c := range []struct{ body, want string }{
		{`require("unknown")`, "process_message() s.lua:3: module 'unknown' not found:\n\tno file 'unknown.lua'\n\tno file 'unknown.so'"},
		{`add_to_payload()`, "process_message() s.lua:3: bad argument #0 to 'add_to_payload' (must have at least one argument)"},
		{`big = "" for i = 1, 500 do big = big .. "` + hundredAndTwo + `" end`, "process_message() not enough memory"},
		{`while true do end`, "process_message() instruction_limit exceeded"},
		{`return nil`, "process_message() must return a numeric status code"},
		{`return`, "process_message() must return a numeric status code"},
		{`return "0"`, "process_message() must return a numeric status code"},
		{`read_message("Type",1,1,1)`, "process_message() s.lua:3: read_message() incorrect number of arguments"},
		{`read_message()`, "process_message() s.lua:3: read_message() incorrect number of arguments"},
		{`read_message(nil)`, "process_message() s.lua:3: bad argument #1 to 'read_message' (string expected, got nil)"},
		{`read_message("Type",-1,0)`, "process_message() s.lua:3: bad argument #2 to 'read_message' (field index must be >= 0)"},
		{`read_message("Type",0,-1)`, "process_message() s.lua:3: bad argument #3 to 'read_message' (array index must be >= 0)"},
		{`for i = 1, 15 do add_to_payload("` + hundredAndTwo + `") end`, "process_message() s.lua:3: output_limit exceeded"},
		{`read_config()`, "process_message() s.lua:3: read_config() must have a single argument"},
		{`read_next_field("x")`, "process_message() s.lua:3: read_next_field() takes no arguments"},
		{`return -1, 1`, "process_message() must return a nil or string error message"},
		{`error("boom")`, "process_message() s.lua:3: boom"},
		{`error("boom", 0)`, "process_message() boom"},
		{`error({})`, "process_message() (error object is a table value)"},
		{`error()`, "process_message() (error object is a nil value)"},
		{`require("io")`, "process_message() s.lua:3: module 'io' disabled"},
		{`require("../x")`, "process_message() invalid module name '../x'"},
		{`require("foo.bar")`, "process_message() s.lua:3: module 'foo.bar' not found:\n\tno file 'foo/bar.lua'\n\tno file 'foo/bar.so'\n\tno file 'foo.so'"},
		{`inject_message()`, "process_message() s.lua:3: inject_message() takes a single string or table argument"},
		{`inject_message(1)`, "process_message() s.lua:3: inject_message() takes a single string or table argument"},
		{`inject_message({Payload="` + hundredAndTwo + hundredAndTwo + `"})`, "process_message() s.lua:3: inject_message() output_limit exceeded"},
		{`inject_message("garbage")`, "process_message() s.lua:3: inject_message() protobuf unmarshal failed"},
		{`inject_message({Fields={counts={2,"ten",4}}})`, "process_message() s.lua:3: inject_message() could not encode protobuf - array has mixed types"},
		{`inject_message({Fields={counts={}}})`, "process_message() s.lua:3: inject_message() could not encode protobuf - unsupported type: nil"},
		{`inject_message({Fields={counts={{1},{2}}}})`, "process_message() s.lua:3: inject_message() could not encode protobuf - unsupported array type: table"},
		{`inject_message({Fields={f=print}}) inject_message({Fields={f=type}})`, "process_message() s.lua:3: inject_message() could not encode protobuf - unsupported type: function"},
		{`inject_message({Fields={f={value="x",value_type=2}}})`, "process_message() s.lua:3: inject_message() could not encode protobuf - invalid string value_type: 2"},
		{`inject_message({Fields={f={value=1,value_type=1}}})`, "process_message() s.lua:3: inject_message() could not encode protobuf - invalid numeric value_type: 1"},
		{`inject_message({Fields={f={value=true,value_type=0}}})`, "process_message() s.lua:3: inject_message() could not encode protobuf - invalid boolean value_type: 0"},
		{`inject_message({Fields={{value=1}}})`, "process_message() s.lua:3: inject_message() could not encode protobuf - field name must be a string"},
		{`inject_payload("txt", "", type)`, "process_message() s.lua:3: bad argument #3 to 'inject_payload' (unsupported type)"},
		{`inject_payload(nil)`, "process_message() s.lua:3: bad argument #1 to 'inject_payload' (string expected, got nil)"},
		{`decode_message()`, "process_message() s.lua:3: bad argument #0 to 'decode_message' (must have one string argument)"},
		{`decode_message("x")`, "process_message() s.lua:3: invalid message, too short"},
		{`decode_message("this is a test item over twenty bytes long")`, "process_message() s.lua:3: error in tag: 14 wiretype: 4 offset: 0"},
	} {
		s, _ := start(t, "-- 1\nfunction process_message()\n"+c.body+"\nend", limits(small))
		status, text := s.ProcessMessage(vectorMessage())
		if status != 1 || text != c.want || !s.Terminated() {
			t.Errorf("%.60s:\n got %d %q terminated %v\nwant %q", c.body, status, text, s.Terminated(), c.want)
		}
		if again, _ := s.ProcessMessage(nil); again != 1 {
			t.Errorf("%.60s: a terminated sandbox returns %d", c.body, again)
		}
	}
}

// The wording of the machine's own errors differs from the original's.
func TestErrorsOfTheMachineKeepTheirPlace(t *testing.T) {
	for _, body := range []string{"x = x + 1", "local a = nil; a.b = 1", "write_message('Type', 'x')", "local f = 1; f()", `local s = {} .. "x"`, "if 1 < 'x' then end"} {
		s, _ := start(t, "function process_message()\n"+body+"\nend")
		if status, text := s.ProcessMessage(nil); status != 1 || !strings.HasPrefix(text, "process_message() s.lua:2: ") {
			t.Errorf("%s: %d %q", body, status, text)
		}
	}
}

func TestMissingFunctionsTerminate(t *testing.T) {
	s, _ := start(t, "x = 1")
	if status, text := s.ProcessMessage(nil); status != 1 || text != "process_message() function was not found" || !s.Terminated() {
		t.Errorf("%d %q", status, text)
	}
}

func TestStatusAndText(t *testing.T) {
	s, _ := start(t, `local n = 0
local results = {{0}, {-1, "failure message"}, {-1}, {1.9, "fatal"}, {-1.9}}
function process_message() n = n + 1 return unpack(results[n]) end`)
	for i, want := range []struct {
		status int
		text   string
	}{{0, ""}, {-1, "failure message"}, {-1, ""}, {1, "fatal"}, {-1, ""}} {
		if status, text := s.ProcessMessage(nil); status != want.status || text != want.text {
			t.Errorf("call %d: %d %q", i+1, status, text)
		}
	}
	if s.Terminated() {
		t.Error("a returned status terminates")
	}
}

func TestInitErrors(t *testing.T) {
	for source, want := range map[string]string{
		"error('bad')":      "Init() s.lua:1: bad",
		"while true do end": "Init() instruction_limit exceeded",
	} {
		_, err := New(Options{Script: script(t, source), Limits: DefaultLimits()})
		if err == nil || err.Error() != want {
			t.Errorf("%s: %v", source, err)
		}
	}
	if _, err := Load("/nowhere/x.lua", "", nil); err == nil || err.Error() != "cannot open /nowhere/x.lua: No such file or directory" {
		t.Error(err)
	}
	for source, want := range map[string]string{
		"x = = 1":           "s.lua:1: ",
		"\n\nif x then":     "s.lua:",
		"\nlocal x = 1 1\n": "s.lua:2: ",
	} {
		if _, err := Compile([]byte(source), "s.lua"); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", source, err)
		}
	}
}

// When this fails after an update of gopher-lua, compare layout.go with the types
// of the new version.
func TestLayoutOfTheMachineIsKnown(t *testing.T) {
	if !layoutKnown {
		t.Error("the types in layout.go differ from those of gopher-lua")
	}
	s, _ := start(t, "x = {1, 2, 3}")
	x := s.state.G.Global.RawGetString("x").(*lua.LTable)
	if view := viewTable(x); len(view.array) != 3 || view.array[2] != lua.LNumber(3) || viewState(s.state).env != s.state.Env {
		t.Errorf("%+v", view)
	}
}
