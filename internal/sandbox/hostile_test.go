package sandbox

import (
	"runtime"
	"strings"
	"testing"
	"time"
)

// Every script here tries to take more than it may. Each must come to its end in
// a time and with memory that do no harm, whatever it catches on its way.
func TestHostileScripts(t *testing.T) {
	for _, c := range []struct{ name, body, want string }{
		{"endless loop", `while true do end`, errInstructions},
		{"loop in pcall", `while true do pcall(function() while true do end end) end`, errInstructions},
		{"loop in xpcall handler", `xpcall(error, function() while true do end end) while true do end`, errInstructions},
		{"pcall of pcall", `local function f() return pcall(f) end while true do f() end`, errInstructions},
		{"loop in a sort", `table.sort({3, 1, 2}, function() while true do end end)`, errInstructions},
		{"sort without order", `local t = {} for i = 1, 5000 do t[i] = i end while true do table.sort(t, function() return true end) end`, ""},
		{"loop in gsub", `string.gsub("x", "x", function() while true do end end)`, errInstructions},
		{"loop in a metamethod", `local t = setmetatable({}, {__index = function() while true do end end}) local x = t.a`, errInstructions},
		{"loop in a tostring", `tostring(setmetatable({}, {__tostring = function() while true do end end}))`, errInstructions},
		{"loop in concat", `local t = setmetatable({}, {__concat = function() while true do end end}) local x = t .. "a"`, errInstructions},
		{"loop by a goto of conditions", `repeat local x = 1 until x == 2`, errInstructions},
		{"string doubling to 8 GB", `local s = "x" for i = 1, 33 do s = s .. s end`, errMemory},
		{"doubling in pcall", `local s = "x" while true do pcall(function() s = s .. s end) end`, ""},
		{"doubling of many operands", `local s = "0123456789" while true do s = s .. s .. s .. s .. s .. s .. s .. s end`, errMemory},
		{"doubling by concat", `local s = "x" while true do s = table.concat({s, s}) end`, errMemory},
		{"doubling by format", `local s = "x" while true do s = string.format("%s%s", s, s) end`, errMemory},
		{"doubling by gsub", `local s = "x" while true do s = string.gsub(s, ".", "%0%0") end`, ""},
		{"doubling by rep", `local s = "x" while true do s = string.rep(s, 2) end`, errMemory},
		{"rep of 8 GB", `string.rep("x", 8 * 1024 * 1024 * 1024)`, errMemory},
		{"rep of more than there are", `string.rep("xxxxxxxxx", 1e300)`, errMemory},
		{"format of 999 digits", `string.format("%999d", 1)`, "s.lua:1: invalid format (width or precision too long)"},
		{"format with repeated flags", `string.format("%------d", 1)`, "s.lua:1: invalid format (repeated flags)"},
		{"gsub that blows up", `string.gsub(string.rep("x", 100000), "x", string.rep("y", 100000))`, errMemory},
		{"growing table", `local t = {} while true do t[#t + 1] = {} end`, ""},
		{"growing table of names", `local t, i = {}, 0 while true do i = i + 1 t["key number " .. i] = i end`, ""},
		{"growing by insert", `local t = {} while true do table.insert(t, "a") end`, ""},
		{"far index", `local t = {} t[60000000] = 1`, errMemory},
		{"far index by rawset", `rawset({}, 60000000, 1)`, errMemory},
		{"far index by insert", `table.insert({}, 60000000, 1)`, errMemory},
		{"many far indexes", `local t = {} for i = 1, 1000 do t[i] = {} t[i][100000] = 1 end`, errMemory},
		{"closures", `local t = {} while true do t[#t + 1] = function() return t end end`, ""},
		{"recursion", `local function f() return 1 + f() end f()`, "stack overflow"},
		{"recursion in pcall", `local function f() pcall(f) return f() end f()`, ""},
		{"recursion of metatables", `local mt = {} mt.__index = function(t, k) return t[k .. "x"] end local x = setmetatable({}, mt).a`, ""},
		{"recursion of tostring", `local mt = {} mt.__tostring = function(t) return tostring(t) end tostring(setmetatable({}, mt))`, ""},
		{"recursion of callbacks", `local function f(s) return (string.gsub("x", "x", f)) end f()`, "C stack overflow"},
		{"loop of metatables", `local a = {} local b = setmetatable({}, {__index = a}) setmetatable(a, {__index = b}) local x = b.c`, "too many recursions in gettable"},
		{"unpack of everything", `unpack({}, 1, 1e8)`, "too many results to unpack"},
		{"unpack of too many", `local n = select("#", unpack({}, 1, 200000), unpack({}, 1, 200000))`, ""},
		{"byte of everything", `string.byte(string.rep("x", 1e6), 1, -1)`, "string slice too long"},
		{"pattern with backtracking", `string.find(string.rep("a", 5000), string.rep("a*", 30) .. "b")`, errInstructions},
		{"pattern that nests", `string.find(string.rep("x", 1000), string.rep("(x", 40) )`, "too many captures"},
		{"pattern of many singles", `string.find(string.rep("x", 300000), ".-b")`, ""},
		{"require outside", `require "../../etc/passwd"`, "invalid module name '../../etc/passwd'"},
		{"require of a path", `require "/etc/passwd"`, "invalid module name '/etc/passwd'"},
		{"require of io", `require "io"`, "module 'io' disabled"},
		{"no debug", `debug.getinfo(1)`, "s.lua:1: "},
		{"no loadstring", `loadstring("x = 1")`, "s.lua:1: "},
		{"no load", `load(function() end)`, "s.lua:1: "},
		{"no dofile", `dofile("/etc/passwd")`, "s.lua:1: "},
		{"no coroutines", `coroutine.wrap(function() while true do end end)()`, "s.lua:1: "},
		{"no bytecode", `string.dump(function() end)`, "s.lua:1: unable to dump given function"},
		{"no package.loaded", `package.loaded.os.execute("true")`, "s.lua:1: "},
		{"no os.execute", `os.execute("true")`, "s.lua:1: "},
		{"no print", `print("x")`, "s.lua:1: "},
		{"no collectgarbage", `collectgarbage()`, "s.lua:1: "},
		{"the environment of a host function", `getfenv(read_message).process_message = nil getfenv(0).read_message = nil read_message("Type")`, "s.lua:1: "},
		{"a host function's environment cannot be set", `setfenv(read_message, {})`, "s.lua:1: "},
		{"an empty environment", `setfenv(1, {}) x = 1 setfenv(0, {})`, "s.lua:1: "},
		{"string methods gone wild", `getmetatable("").__index = function() while true do end end local x = ("x").y`, errInstructions},
		{"metatables of userdata", `setmetatable(read_message, {})`, "s.lua:1: bad argument #1 to 'setmetatable' (table expected, got function)"},
		{"errors that are no strings", `error(setmetatable({}, {__tostring = function() while true do end end}))`, "(error object is a table value)"},
		{"a table that eats its own keys", `local t = {} for i = 1, 1e9 do t[i % 1000 .. "k" .. i] = 1 t[i % 1000 .. "k" .. i] = nil end`, errInstructions},
		{"deep objects in a message", `local t = {} t.value = t inject_message({Fields = {f = t}})`, "s.lua:1: inject_message() could not encode protobuf - unsupported type: table"},
		{"huge message", `local t = {} for i = 1, 10000 do t["f" .. i] = string.rep("x", 100) end inject_message({Fields = t})`, "s.lua:1: inject_message() output_limit exceeded"},
		{"huge payload", `while true do add_to_payload("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx") end`, "s.lua:1: output_limit exceeded"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, _ := start(t, `require "string" require "table" require "os" function process_message() `+c.body+` return 0 end`)
			before := heap()
			began := time.Now()
			status, text := s.ProcessMessage(vectorMessage())
			took := time.Since(began)
			grown := int64(heap()) - int64(before)
			if c.name == "sort without order" || c.name == "pattern of many singles" || c.name == "recursion of tostring" || strings.HasPrefix(c.name, "unpack") {
				// These may end either way, but they must end.
			} else if status <= 0 {
				t.Errorf("it came through: %d %q", status, text)
			}
			text = strings.TrimPrefix(text, "process_message() ")
			if !strings.HasPrefix(text, c.want) && !strings.HasSuffix(text, c.want) {
				t.Errorf("%q, want %q", text, c.want)
			}
			t.Logf("%v, %d KiB more, %.80q", took.Round(10*time.Microsecond), grown>>10, text)
			if took > 2*time.Minute {
				t.Errorf("it took %v", took)
			}
			if grown > 256<<20 {
				t.Errorf("the heap has grown by %d MiB", grown>>20)
			}
		})
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapSys - m.HeapReleased
}

func TestInstructionLimitOutlastsPcall(t *testing.T) {
	t.Parallel()
	s, host := start(t, `function process_message()
for i = 1, 1e9 do local ok, e = pcall(function() while true do end end) inject_payload("txt", "", e) end return 0 end`)
	if status, text := s.ProcessMessage(nil); status != 1 || text != "process_message() instruction_limit exceeded" || len(host.payloads) != 0 {
		t.Errorf("%d %q, %d payloads", status, text, len(host.payloads))
	}
}

// Other limits can be caught, as ever.
func TestOtherLimitsCanBeCaught(t *testing.T) {
	s, host := start(t, `require "string" function process_message()
local ok, e = pcall(string.rep, "x", 1e9)
local ok2, e2 = pcall(add_to_payload, string.rep("x", 70000))
inject_payload("txt", "", e, "|", e2) return 0 end`)
	process(t, s, nil)
	if host.last() != "txt||not enough memory|output_limit exceeded" {
		t.Errorf("%q", host.last())
	}
}

func TestStopEndsAnEndlessScript(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`while true do end`, `while true do pcall(function() while true do end end) end`,
		`coroutine.wrap(function() while true do end end)()`, `require "string" while true do string.rep("x", 1000) end`} {
		s, _ := start(t, "running = true function process_message() "+body+" end", kind(Input))
		done := make(chan string)
		go func() {
			_, text := s.ProcessMessage(nil)
			done <- text
		}()
		s.Stop()
		if text := <-done; !strings.HasSuffix(text, "shutting down") {
			t.Errorf("%s: %q", body, text)
		}
	}
}

func TestManyLoadsLeakNothing(t *testing.T) {
	o := Options{Script: script(t, `require "string" t = {} for i = 1, 100 do t[i] = "text " .. i end
function process_message() return 0 end`), Limits: DefaultLimits(), Host: new(recorder)}
	load := func(n int) {
		for range n {
			s, err := New(o)
			if err != nil {
				t.Fatal(err)
			}
			process(t, s, nil)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
	}
	live := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	load(100)
	goroutines, before := runtime.NumGoroutine(), live()
	load(10000)
	// What has ended may take a moment to go.
	for deadline := time.Now().Add(time.Minute); ; runtime.Gosched() {
		after, n := live(), runtime.NumGoroutine()
		if after <= before+4<<20 && n <= goroutines {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("10,000 loads left %d KiB and %d goroutines", (int64(after)-int64(before))>>10, n-goroutines)
		}
	}
}

// A table whose keys come and go must not grow: sessions, for example.
func TestKeysThatCameAndWentAreForgotten(t *testing.T) {
	t.Parallel()
	s, _ := start(t, `local t, n = {}, 0
function process_message()
for i = 1, 1000 do n = n + 1 t["session " .. n] = {n} if n > 100 then t["session " .. n - 100] = nil end end
local count = 0 for k in pairs(t) do count = count + 1 end
if count ~= 100 then return -1, "there are " .. count end
return 0 end`, limits(Limits{Memory: 1 << 20, Instructions: 1e6}))
	for i := range 1000 {
		if status, text := s.ProcessMessage(nil); status != 0 {
			t.Fatalf("call %d: %d %s", i, status, text)
		}
	}
	if u := s.Usage(); u.MaxMemory > 1<<20+1<<17 {
		t.Error(u)
	}
}

func TestUsage(t *testing.T) {
	s, _ := start(t, `require "string" keep = "" function process_message() keep = keep .. string.rep("x", 10000) add_to_payload("0123456789") return 0 end`)
	first := s.Usage()
	for range 20 {
		process(t, s, nil)
	}
	u := s.Usage()
	if u.Memory < first.Memory+200000 || u.MaxMemory < u.Memory-64<<10 || u.Instructions == 0 || u.Instructions > u.MaxInstructions ||
		u.MaxInstructions > 1000000 || u.Output != 200 || u.MaxOutput != 200 {
		t.Errorf("at first %+v, then %+v", first, u)
	}
	s.fail("x")
	if s.Usage().Memory != 0 {
		t.Error(s.Usage())
	}
}

func TestMemoryIsWhatIsReachable(t *testing.T) {
	for body, want := range map[string][2]int64{
		`t = {} for i = 1, 1000 do t[i] = i end`:                                      {16000, 40000},
		`t = {} local big = string.rep("x", 10000) for i = 1, 1000 do t[i] = big end`: {26000, 60000},
		`t = {} for i = 1, 100 do t[i] = string.rep("x", 1000) .. i end`:              {100000, 150000},
		`for i = 1, 1000 do local x = string.rep("x", 10000) .. i end`:                {0, 20000},
	} {
		s, _ := start(t, `require "string" function process_message() `+body+` return 0 end`)
		base := s.Usage().Memory
		process(t, s, nil)
		s.budget.memory.weigh(s.state, &s.budget)
		if got := s.budget.memory.live - base; got < want[0] || got > want[1] {
			t.Errorf("%s: %d bytes, want %v", body, got, want)
		}
	}
}
