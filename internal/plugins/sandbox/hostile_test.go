package sandbox_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/sandbox"
	"github.com/hekad/heka/plugin/plugintest"
)

// hostile scripts try to hold up or bring down the heka that runs them, each in
// its own way. want is how the reason of their end ends.
var hostile = []struct{ name, body, want string }{
	{"endless loop", `while true do end`, "instruction_limit exceeded"},
	{"endless loop in pcall", `while true do pcall(function() while true do end end) end`, "instruction_limit exceeded"},
	{"endless loop of errors in xpcall", `while true do xpcall(error, function() while true do end end) end`, "instruction_limit exceeded"},
	{"endless loop in a coroutine", `coroutine.wrap(function() while true do end end)()`, "attempt to index a non-table object(nil) with key 'wrap'"},
	{"endless loop in a metamethod", `local t = setmetatable({}, {__index = function() while true do end end}) local x = t.a`, "instruction_limit exceeded"},
	{"endless sort", `table.sort({3, 1, 2}, function() while true do end end)`, "instruction_limit exceeded"},
	{"endless gsub", `string.gsub("x", "x", function() while true do end end)`, "instruction_limit exceeded"},
	{"string doubling", `local s = "x" while true do s = s .. s end`, "not enough memory"},
	{"string doubling in pcall", `local s = "x" while true do pcall(function() s = s .. s end) end`, "instruction_limit exceeded"},
	{"string doubling by format", `local s = "x" while true do s = string.format("%s%s", s, s) end`, "not enough memory"},
	{"string doubling by concat", `local s = "x" while true do s = table.concat({s, s}) end`, "not enough memory"},
	{"growing table", `local t = {} for i = 1, 1e9 do t[i] = {} end`, "not enough memory"},
	{"growing table of names", `local t = {} for i = 1, 1e9 do t["name " .. i] = i end`, "not enough memory"},
	{"far index", `local t = {} t[60000000] = 1`, "not enough memory"},
	{"rep of 8 GB", `string.rep("x", 8 * 1024 * 1024 * 1024)`, "not enough memory"},
	{"format of 999 digits", `string.format("%999d", 1)`, "invalid format (width or precision too long)"},
	{"pattern with backtracking", `string.gsub(string.rep("a", 3000), string.rep("a*", 30) .. "b", "")`, "instruction_limit exceeded"},
	{"gsub that blows up", `string.gsub(string.rep("x", 100000), "x", string.rep("y", 100000))`, "not enough memory"},
	{"LPeg with backtracking", `require "lpeg" local P, V = lpeg.P, lpeg.V
		local g = P{"S", S = V"A" * "x", A = "a" * V"A" * "b" + "a" * V"A" * "c" + "a"} g:match(string.rep("a", 60))`, "instruction_limit exceeded"},
	{"LPeg with deep recursion", `require "lpeg" local V = lpeg.V lpeg.P{"S", S = "a" * V"S" * "b" + "c"}:match(string.rep("a", 60000))`, "too many pending calls/choices"},
	{"LPeg with left recursion", `require "lpeg" lpeg.P{"S", S = lpeg.V"S" * "a"}`, "rule 'S' may be left recursive"},
	{"LPeg pattern that doubles", `require "lpeg" local p = lpeg.P"a" while true do p = p * p end`, "pattern too big"},
	{"deep recursion", `local function f() return 1 + f() end f()`, "stack overflow"},
	{"deep recursion in pcall", `local function f() pcall(f) return f() end f()`, "instruction_limit exceeded"},
	{"deep recursion in gsub", `local function f(s) return (string.gsub("x", "x", f)) end f()`, "C stack overflow"},
	{"deep JSON read", `require "cjson" local s = string.rep("[", 20000) for i = 1, 100 do cjson.decode(s) end`, "Found too many nested data structures (1001) at character 1001"},
	{"deep JSON written", `require "cjson" local t = {} t[1] = t cjson.encode(t)`, "Cannot serialise, excessive nesting (1001)"},
	{"index of strings replaced", `getmetatable("").__index = function() while true do end end local x = ("x").y`, "instruction_limit exceeded"},
	{"metatable of a host function", `setmetatable(read_message, {__call = function() while true do end end}) read_message("Type")`, "bad argument #1 to 'setmetatable' (table expected, got function)"},
	{"metatable of a host object", `require "circular_buffer" local cb = circular_buffer.new(10, 1, 60)
		getmetatable(cb).__index = function() while true do end end local x = cb.y`, "instruction_limit exceeded"},
	{"method of a host object on another", `require "circular_buffer" require "lpeg" local cb = circular_buffer.new(10, 1, 60) cb.add(lpeg.P"a", 1, 1, 1)`, "bad argument #1 to 'add' (lsb.circular_buffer expected, got userdata)"},
	{"environment of a host function", `setfenv(inject_payload, {})`, "cannot change the environment of given object"},
	{"injecting in a loop", `while true do inject_payload("txt", "", "x") end`, "inject_payload() exceeded InjectMessage count"},
	{"injecting in a loop of pcall", `while true do pcall(inject_payload, "txt", "", "x") end`, "instruction_limit exceeded"},
	{"injecting no message", `inject_message("this is no message")`, "inject_message() protobuf unmarshal failed"},
	{"injecting a table in itself", `local t = {} t.value = t inject_message({Fields = {f = t}})`, "inject_message() could not encode protobuf - unsupported type: table"},
	{"huge output", `while true do add_to_payload("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx") end`, "output_limit exceeded"},
	{"huge message", `local t = {} for i = 1, 5000 do t["f" .. i] = string.rep("x", 100) end inject_message({Fields = t})`, "output_limit exceeded"},
	{"an error that is a table", `error({})`, "process_message() (error object is a table value)"},
	{"an error that is nil", `error(nil)`, "process_message() (error object is a nil value)"},
	{"an error that is a function", `error(function() while true do end end)`, "process_message() (error object is a function value)"},
	{"an error that is a number", `error(12)`, "process_message() DIR/lua/hostile.lua:2: 12"},
	{"an error that is endless as text", `error(setmetatable({}, {__tostring = function() while true do end end}))`, "process_message() (error object is a table value)"},
	{"an error of 100 kB", `error(string.rep("x", 100000))`, "xxxxxxxx"},
	{"a status that is a table", `if true then return {} end`, "must return a numeric status code"},
	{"a message that is a table", `if true then return -1, {} end`, "must return a nil or string error message"},
	{"its own function taken away", `process_message = nil`, "process_message() function was not found"},
	{"files of others", `require "../../etc/passwd"`, "process_message() invalid module name '../../etc/passwd'"},
	{"io", `require "io"`, "module 'io' disabled"},
}

// hostileCase has a hostile filter, one beside it that counts, and the news.
const hostileCase = `
-- heka.toml --
[TestInput]
[TokenSplitter]
[hostile]
type = "SandboxFilter"
filename = "lua/hostile.lua"
message_matcher = "Logger == 'TestInput'"
[counter]
type = "SandboxFilter"
filename = "lua/counter.lua"
message_matcher = "Logger == 'TestInput'"
timer_event_on_shutdown = true
[TestOutput]
message_matcher = "Logger == 'counter' || Type =~ /terminated/"
-- lua/counter.lua --
n = 0
function process_message() n = n + 1 return 0 end
function timer_event() inject_payload("txt", "n", n) end
-- lua/hostile.lua --
require "string" require "table"
function process_message() %s return 0 end
-- input --
%s`

// Each hostile filter is terminated and says why, and nobody else notices.
func TestHostileScriptsInThePipeline(t *testing.T) {
	const lines = 400
	for _, h := range hostile {
		t.Run(h.name, func(t *testing.T) {
			began := time.Now()
			res, err := plugintest.Run(fmt.Sprintf(hostileCase, h.body, strings.Repeat("line\n", lines)), sandbox.Plugins()...)
			if err != nil {
				t.Fatal(err)
			}
			took := time.Since(began)
			var news []string
			for line := range strings.Lines(res.Messages) {
				var m struct{ Type, Logger, Payload string }
				if err := json.Unmarshal([]byte(line), &m); err != nil {
					t.Fatal(err)
				}
				news = append(news, m.Type+"|"+m.Logger+"|"+m.Payload)
			}
			if len(news) != 2 || !strings.HasSuffix(news[1], fmt.Sprintf("|counter|%d", lines)) {
				t.Fatalf("%q\n%s", news, res.Log)
			}
			reason, ok := strings.CutPrefix(news[0], "heka.sandbox-terminated|hekad|")
			t.Logf("%v: %.120q", took.Round(time.Millisecond), reason)
			if !ok || !strings.HasSuffix(reason, h.want) {
				t.Errorf("%q, want %q", reason, h.want)
			}
		})
	}
}
