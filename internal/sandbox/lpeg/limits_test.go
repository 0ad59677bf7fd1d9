package lpeg_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// budget is a context like the one of a sandbox: every look at it costs one of
// steps, and memory one of bytes.
type budget struct {
	context.Context
	steps, bytes int
}

var closed = func() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

func (b *budget) Done() <-chan struct{} {
	if b.steps--; b.steps < 0 {
		return closed
	}
	return nil
}

func (b *budget) Err() error {
	if b.steps < 0 {
		return errors.New("instruction_limit exceeded")
	}
	return nil
}

func (b *budget) Alloc(bytes int) error {
	if b.bytes -= bytes; b.bytes < 0 {
		return errors.New("not enough memory")
	}
	return nil
}

// runWithin runs Lua source with a budget and returns the text of the error.
func runWithin(t *testing.T, b *budget, source string) string {
	t.Helper()
	l := newState(t)
	if err := l.DoString(prelude); err != nil {
		t.Fatal(err)
	}
	b.Context = context.Background()
	l.SetContext(b)
	if err := l.DoString(source); err != nil {
		return err.(*lua.ApiError).Object.String()
	}
	return ""
}

func TestLimitsStopEverything(t *testing.T) {
	for name, c := range map[string]struct{ source, want string }{
		"pattern that tries everything": {
			`P{"a" * V(1) * "x" + "a" * V(1) + "a"}:match(("a"):rep(60))`, "instruction_limit exceeded"},
		"loop over a long subject": {
			`local s = ("a"):rep(1e6); local p = (1 - P"ab" - P"ac")^0; while true do p:match(s) end`, "instruction_limit exceeded"},
		"back references that double": {`
			local p = Cg(Cc(1), "x")
			for i = 1, 60 do p = p * Cg((Cb"x" * Cb"x") / 0, "x") end
			p = p * Cg(Cb"x", "y") p:match"" `, ""},
		"back references evaluated again and again": {`
			local p = Cg(C(1), "x")
			for i = 1, 60 do p = p * Cg(Cb"x" * Cb"x" / count, "x") end
			return (p * Cb"x"):match"a"`, "instruction_limit exceeded"},
		"captures without bound": {`
			local p = Cg(C(1), "x")
			for i = 1, 40 do p = p * Cg(Cb"x" * Cb"x", "x") end
			return (p * Cb"x" / 0 * Ct(Cb"x")):match"a"`, "back reference 'x' not found"},
		"search for groups": {`
			local p = (Cg(1, "x") / 0)^0 * Cg(1, "y")
			p = C(1)^-3000 * (P"b" * Cmt(Cb"none", yes) + 1 * Cmt(Cb"x", yes))^0
			return (Cg(1, "x") * p):match(("a"):rep(9000))`, "instruction_limit exceeded"},
		"compiling long and deep patterns": {`
			local p, q = P"a", P"a"
			for i = 1, 8000 do p = (p + "ab") * P"x"^-1 q = q * "abc" end
			while true do lpeg.match(p + false, "") lpeg.match(#q, "") end`, "instruction_limit exceeded"},
		"compiling again and again": {
			`local p = P(true) for i = 1, 7 do p = (p * "a" * p + "b")^-2 end while true do lpeg.match(#p, "") end`,
			"instruction_limit exceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			got := runWithin(t, &budget{steps: 200_000, bytes: 1 << 40}, "local lpeg = require 'lpeg' "+c.source)
			if !strings.HasSuffix(got, c.want) || c.want == "" && got != "" {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestMeterIsAsked(t *testing.T) {
	for name, source := range map[string]string{
		"captures":     `return Ct(C(1)^0):match(("a"):rep(100000))`,
		"marks":        `return (Cp() * 1)^0 * P(false) + 1, ((Cp() * 1)^0 * false):match(("a"):rep(100000))`,
		"strings":      `local p = Cg(C(P(1)^0), "x") for i = 1, 30 do p = p * Cg(Cb"x" / "%1%1", "x") end return (p * Cb"x"):match(("a"):rep(100))`,
		"substitution": `return Cs((P(1) / ("x"):rep(1000))^0):match(("a"):rep(10000))`,
		"stack":        `lpeg.setmaxstack(1e9) return P{"a" * V(1) * "x" + "b"}:match(("a"):rep(1000000) .. "b")`,
		"patterns":     `local t = {} for i = 1, 1e5 do t[i] = P"a" * "b" end`,
		"programs":     `local p = P"a" + "bc" for i = 1, 16 do p = p * C(p) end p:match"a"`,
	} {
		t.Run(name, func(t *testing.T) {
			got := runWithin(t, &budget{steps: 1 << 40, bytes: 1 << 20}, "local lpeg = require 'lpeg' "+source)
			if got != "not enough memory" {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestStepsArePolled(t *testing.T) {
	b := &budget{steps: 1 << 30, bytes: 1 << 30}
	l := newState(t)
	if err := l.DoString(prelude + `p = (P"a" * "b")^0 s = ("ab"):rep(100000)`); err != nil {
		t.Fatal(err)
	}
	b.Context = context.Background()
	l.SetContext(b)
	before := b.steps
	if err := l.DoString(`p:match(s)`); err != nil {
		t.Fatal(err)
	}
	// Each of the 100000 rounds has one jump.
	if polls := before - b.steps; polls < 90000/64 || polls > 150000/64 {
		t.Errorf("%d looks at the context", polls)
	}
	before = b.steps
	if err := l.DoString(`(S"ab"^0):match(s)`); err != nil {
		t.Fatal(err)
	}
	if polls := before - b.steps; polls < 200000/64/64 {
		t.Errorf("%d looks at the context for 200000 bytes", polls)
	}
}

func TestHugeThingsAreRefused(t *testing.T) {
	for source, want := range map[string]string{
		`local p = P"abc" for i = 1, 40 do p = p * p end`:                                                                                      "pattern too big",
		`return (P"abc" * "d")^1e9`:                                                                                                            "pattern too big",
		`return (P"abc" * "d")^-1e9`:                                                                                                           "pattern too big",
		`local p = P"a" for i = 1, 1e5 do p = C(p) end`:                                                                                        "pattern too deep",
		`lpeg.setmaxstack(1e6) return P{C("a" * V(1) + "b")}:match(("a"):rep(100000) .. "b")`:                                                  "captures nested too deeply",
		`lpeg.setmaxstack(1e6) return P{Cs("a" * V(1) + "b")}:match(("a"):rep(100000) .. "b")`:                                                 "captures nested too deeply",
		`lpeg.setmaxstack(1e9) return P{"a" * V(1) * "b" + ""}:match(("a"):rep(3000000))`:                                                      "too many pending calls/choices",
		`return Ct(Cg(1, 60000000)):match"a"`:                                                                                                  "group number too large for a table",
		`return (Cp() * 1)^0 * false + Cp() * 1, ((Cp() * Cp() * 1)^0):match(("a"):rep(2^20))`:                                                 "too many captures",
		`local p = Cg(Cc(1), "x") for i = 1, 30 do p = p * Cg(Cb"x" * Cb"x", "x") end return (p * Ct(Cb"x")):match""`:                          "too many captures",
		`local p = Cg(C(P(1)^0), "x") for i = 1, 40 do p = p * Cg(Cb"x" / "%1%1%1%1", "x") end return (p * Ct(Cb"x")):match(("a"):rep(10000))`: "captured string too long",
	} {
		got := runWithin(t, &budget{steps: 1 << 40, bytes: 1 << 40}, "local lpeg = require 'lpeg' "+source)
		if !strings.HasSuffix(got, want) {
			t.Errorf("%s: got %q, want %q", source, got, want)
		}
	}
}

// TestStatesAreIndependent runs several states at once; they share only the pool
// of machines.
func TestStatesAreIndependent(t *testing.T) {
	var wait sync.WaitGroup
	for i := range 8 {
		l := newState(t)
		wait.Go(func() {
			if err := l.DoString(prelude + `
				require "lpeg".setmaxstack(` + []string{"100", "1000"}[i%2] + `)
				local p = P{Ct(C"a" * V(1)) + Cmt("b", yes)}
				for i = 1, 300 do
					local s = ("a"):rep(i) .. "b"
					local ok = pcall(p.match, p, s)
					if ok ~= (i + 2 <= ` + []string{"100", "1000"}[i%2] + `) then error("at " .. i) end
				end`); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
}
