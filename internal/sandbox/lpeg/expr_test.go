package lpeg_test

import (
	"fmt"
	"strconv"
	"strings"
)

// expr is a pattern as a test sees it: it can be written as Lua source text, and
// matched by the twin.
type expr struct {
	op   string
	kids []*expr
	text string
	num  int
}

// prelude defines what the source text of patterns uses. Functions tell their
// calls to trace, if that is a function.
const prelude = `
local lpeg = require "lpeg"
P, S, R, V, B = lpeg.P, lpeg.S, lpeg.R, lpeg.V, lpeg.B
C, Carg, Cb, Cc, Cf, Cg, Cmt, Cp, Cs, Ct =
   lpeg.C, lpeg.Carg, lpeg.Cb, lpeg.Cc, lpeg.Cf, lpeg.Cg, lpeg.Cmt, lpeg.Cp, lpeg.Cs, lpeg.Ct
function tag(v)
   local t = type(v)
   if t == "string" or t == "number" then return tostring(v) end
   return t
end
local function traced(name, f)
   return function(...)
      if trace then trace(name, ...) end
      return f(...)
   end
end
id = traced("id", function(...) return ... end)
count = traced("count", function(...) return select("#", ...) end)
none = traced("none", function() end)
two = traced("two", function(a) return a, "x" end)
cat = traced("cat", function(a, ...) return tag(a) .. "+" .. select("#", ...) end)
yes = traced("yes", function() return true end)
values = traced("values", function(s, i, ...) return true, select("#", ...), (...) end)
step = traced("step", function(s, i) return i <= #s and i + 1 end)
odd = traced("odd", function(s, i) return i % 2 == 1 end)
query = { a = "A", b = 7, ab = "AB", [1] = "one" }
`

// Lua is the pattern as Lua source text.
func (e *expr) Lua() string {
	kid := func(i int) string { return e.kids[i].Lua() }
	switch e.op {
	case "lit":
		return "P" + strconv.Quote(e.text)
	case "any":
		return fmt.Sprintf("P(%d)", e.num)
	case "set":
		return "S" + strconv.Quote(e.text)
	case "range":
		return "R" + strconv.Quote(e.text)
	case "true", "false":
		return "P(" + e.op + ")"
	case "mul":
		return "(" + kid(0) + " * " + kid(1) + ")"
	case "add":
		return "(" + kid(0) + " + " + kid(1) + ")"
	case "sub":
		return "(" + kid(0) + " - " + kid(1) + ")"
	case "pow":
		return fmt.Sprintf("(%s^%d)", kid(0), e.num)
	case "not":
		return "(-" + kid(0) + ")"
	case "and":
		return "(#" + kid(0) + ")"
	case "B", "C", "Cs", "Ct", "Cg":
		return e.op + "(" + kid(0) + ")"
	case "named":
		return "Cg(" + kid(0) + ", " + strconv.Quote(e.text) + ")"
	case "Cb":
		return "Cb" + strconv.Quote(e.text)
	case "Cp":
		return "Cp()"
	case "Cc":
		return "Cc(" + e.text + ")"
	case "Carg":
		return fmt.Sprintf("Carg(%d)", e.num)
	case "Cf":
		return "Cf(" + kid(0) + ", cat)"
	case "Cmt":
		return "Cmt(" + kid(0) + ", " + e.text + ")"
	case "string":
		return "(" + kid(0) + " / " + strconv.Quote(e.text) + ")"
	case "select":
		return fmt.Sprintf("(%s / %d)", kid(0), e.num)
	case "query":
		return "(" + kid(0) + " / query)"
	case "call":
		return "(" + kid(0) + " / " + e.text + ")"
	case "V":
		return "V" + strconv.Quote(e.text)
	case "grammar":
		var b strings.Builder
		b.WriteString(`P{"` + ruleName(0) + `"`)
		for i := range e.kids {
			fmt.Fprintf(&b, ", %s = %s", ruleName(i), kid(i))
		}
		return b.String() + "}"
	}
	panic("unknown op " + e.op)
}

func ruleName(i int) string { return fmt.Sprintf("R%d", i+1) }

// source makes expressions of bytes; any bytes give one.
type source struct {
	data  []byte
	rules int // of the grammar around
	plain bool
}

// n takes a number below k from the bytes.
func (s *source) n(k int) int {
	if len(s.data) == 0 {
		return 0
	}
	b := s.data[0]
	s.data = s.data[1:]
	return int(b) % k
}

func (s *source) pick(list ...string) string { return list[s.n(len(list))] }

// expr takes an expression with at most depth levels.
func (s *source) expr(depth int) *expr {
	if depth == 0 || len(s.data) == 0 {
		return s.leaf()
	}
	one := func(op string) *expr { return &expr{op: op, kids: []*expr{s.expr(depth - 1)}} }
	kinds := 32
	if s.plain {
		kinds = 17
	}
	switch s.n(kinds) {
	case 0:
		return s.leaf()
	case 1, 2, 3, 4:
		return &expr{op: "mul", kids: []*expr{s.expr(depth - 1), s.expr(depth - 1)}}
	case 5, 6, 7:
		return &expr{op: "add", kids: []*expr{s.expr(depth - 1), s.expr(depth - 1)}}
	case 8:
		return &expr{op: "sub", kids: []*expr{s.expr(depth - 1), s.expr(depth - 1)}}
	case 9, 10, 11:
		e := one("pow")
		e.num = []int{0, 1, -1, 2, -2, 3, -3}[s.n(7)]
		return e
	case 12:
		return one("not")
	case 13:
		return one("and")
	case 14: // LPeg itself gives up on open references here
		outer := s.rules
		s.rules = 0
		e := one("B")
		s.rules = outer
		return e
	case 15, 16:
		outer := s.rules
		s.rules = 1 + s.n(3)
		g := &expr{op: "grammar"}
		for range s.rules {
			g.kids = append(g.kids, s.expr(depth-1))
		}
		s.rules = outer
		return g
	case 17, 18, 19:
		return one("C")
	case 20:
		return one("Cs")
	case 21, 22:
		return one("Ct")
	case 23:
		return one("Cg")
	case 24:
		e := one("named")
		e.text = s.pick("a", "b")
		return e
	case 25:
		return one("Cf")
	case 26, 27:
		e := one("Cmt")
		e.text = s.pick("yes", "values", "step", "odd")
		return e
	case 28:
		e := one("string")
		e.text = s.pick("<%0>", "%1%2", "%%%1", "x", "%2-%0-%1")
		return e
	case 29:
		e := one("select")
		e.num = s.n(3)
		return e
	case 30:
		return one("query")
	}
	e := one("call")
	e.text = s.pick("id", "count", "none", "two")
	return e
}

func (s *source) leaf() *expr {
	kinds := 20
	if s.plain {
		kinds = 15
	}
	switch k := s.n(kinds); k {
	case 0, 1, 2, 3:
		return &expr{op: "lit", text: s.pick("a", "b", "ab", "c", "aa", "", "abc")}
	case 4, 5, 6:
		return &expr{op: "set", text: s.pick("ab", "bc", "a", "", "abc")}
	case 7:
		return &expr{op: "range", text: s.pick("ab", "bc", "az", "ca")}
	case 8, 9, 10:
		return &expr{op: "any", num: []int{1, 0, 2, -1, -2, 3}[s.n(6)]}
	case 11:
		return &expr{op: s.pick("true", "false")}
	case 12, 13, 14:
		if s.rules > 0 {
			return &expr{op: "V", text: ruleName(s.n(s.rules))}
		}
		return &expr{op: "lit", text: "b"}
	case 15:
		return &expr{op: "Cp"}
	case 16:
		return &expr{op: "Cc", text: s.pick(`"k"`, `1, 2`, `nil, "n"`, ``, `{}`)}
	case 17:
		return &expr{op: "Carg", num: 1 + s.n(2)}
	default:
		return &expr{op: "Cb", text: s.pick("a", "b")}
	}
}
