package sandbox

import "testing"

func TestVariablesOutliveCaughtErrors(t *testing.T) {
	for body, want := range map[string]string{
		`local n = 0 local function inc() n = n + 1 end pcall(error, "x") inc() inc() out(n)`:                                                       "2",
		`local n = 0 local function inc() n = n + 1 end pcall(function() local x = nil + 1 end) inc() out(n)`:                                       "1",
		`local f pcall(function() local n = 5 f = function() n = n + 1 return n end error("x") end) local a, b, c, d = 1, 2, 3, 4 out(f(), f())`:    "6 7",
		`local f local function g() local n = 1 f = function() return n end n = 2 string.rep() end pcall(g) out(f())`:                               "2",
		`local n = 1 local function get() return n end pcall(pcall, pcall, error, "x") n = 2 out(get())`:                                            "2",
		`local n = 1 local function get() return n end xpcall(function() error("x") end, function() n = n + 1 error("y") end) n = n + 1 out(get())`: "3",
	} {
		if got := eval(t, body); got != want {
			t.Errorf("%s\n got %q, want %q", body, got, want)
		}
	}
	if got := coroutineEval(t, `local n = 0 local function inc() n = n + 1 end
local co = coroutine.wrap(function() local m = 0 local function add() m = m + 1 end pcall(error) add() add() coroutine.yield(m) local x = nil + 1 end)
local m = co() pcall(co) inc() return m .. " " .. n`); got != "2 1" {
		t.Errorf("in a coroutine: %q", got)
	}
}

// coroutineEval evaluates a function body in an input, and returns its result.
func coroutineEval(t *testing.T, body string) string {
	t.Helper()
	s, host := start(t, "function process_message() local r = (function() "+body+" end)() inject_message{Payload=r} return 0 end", kind(Input))
	process(t, s, nil)
	return host.messages[0].Payload()
}
