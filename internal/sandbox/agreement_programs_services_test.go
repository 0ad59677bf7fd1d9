//go:build services

package sandbox

import (
	"fmt"
	"slices"
	"strings"
)

// program is a function that does arithmetic in random blocks, loops and closures,
// and returns what it noted on the way.
func (d *draw) program() string {
	p := &program{draw: d, numbers: []string{"g1", "g2"}}
	return `(function(...)
	local log, t = {}, {5, 6, x = 7}
	local function note(...)
		for i = 1, select("#", ...) do
			local x = select(i, ...)
			log[#log + 1] = x == 0 and "0" or x == x and string.format("%.10g", x) or "nan"
		end
	end
	local ticks = 0
	local function tick()
		ticks = ticks + 1
		if ticks > 500 then error("enough " .. table.concat(log, " "), 0) end
	end
	local function rest(x) return -1e9 < x and x < 1e9 and x % 7 or 0 end -- of large ones rounding decides
	g1, g2 = 1, 2
` + p.block(3) + `
	note(g1, g2, t[1], t[2], t.x)
	return table.concat(log, " ")
end)(1, 2, 3)`
}

// program is what may be named in the block that is being drawn.
type program struct {
	*draw
	numbers   []string // variables
	functions []string // of any number of numbers, which return one at least
	names     int
	varargs   int // functions around the place that have "..."; -1 in one that has none
	loops     bool
}

func (p *program) name() string {
	p.names++
	return fmt.Sprintf("v%d", p.names)
}

// inside draws a part in which more is known, and forgets what it added.
func (p *program) inside(draw func() string) string {
	numbers, functions, loops := slices.Clone(p.numbers), slices.Clone(p.functions), p.loops
	text := draw()
	p.numbers, p.functions, p.loops = numbers, functions, loops
	return text
}

func (p *program) block(depth int) string {
	return p.inside(func() string {
		var b strings.Builder
		b.WriteString("tick()\n")
		for range 1 + p.IntN(4) {
			b.WriteString(p.statement(depth) + "\n")
		}
		return b.String()
	})
}

func (p *program) list(most int, f func() string) string {
	parts := []string{f()}
	for range p.IntN(most) {
		parts = append(parts, f())
	}
	return strings.Join(parts, ", ")
}

func (p *program) target() string {
	return p.one(p.one(p.numbers...), p.one(p.numbers...), "t[1]", "t[2]", "t.x", "t["+p.one("1", "2")+"]")
}

func (p *program) statement(depth int) string {
	number := func() string { return p.expression(2) }
	if depth == 0 {
		return "note(" + p.list(2, number) + ")"
	}
	switch p.IntN(18) {
	case 0, 1:
		var names []string
		for range 1 + p.IntN(3) {
			names = append(names, p.name())
		}
		values := []string{}
		for range names {
			values = append(values, number())
		}
		p.numbers = append(p.numbers, names...)
		return "local " + strings.Join(names, ", ") + " = " + strings.Join(values, ", ")
	case 2, 3:
		seen := map[string]bool{}
		var targets, values []string
		for range 1 + p.IntN(3) {
			if to := p.target(); !seen[to] {
				seen[to] = true
				targets, values = append(targets, to), append(values, number())
			}
		}
		return strings.Join(targets, ", ") + " = " + strings.Join(values, ", ")
	case 4:
		s := "if " + p.condition(2) + " then\n" + p.block(depth-1)
		for range p.IntN(2) {
			s += "elseif " + p.condition(2) + " then\n" + p.block(depth-1)
		}
		if p.IntN(2) == 0 {
			s += "else\n" + p.block(depth-1)
		}
		return s + "end"
	case 5:
		i := p.name()
		return p.inside(func() string {
			p.loops = true
			head := fmt.Sprintf("for %s = %s do\n", i, p.one("1, 3", "3, 1, -1", "1, 2, 0.5", "2, 1", "1, 2"))
			p.numbers = append(p.numbers, i)
			return head + p.block(depth-1) + "end"
		})
	case 6:
		k, v := p.name(), p.name()
		return p.inside(func() string {
			head := fmt.Sprintf("for %s, %s in ipairs{%s} do\n", k, v, p.list(3, number))
			p.loops, p.numbers = true, append(p.numbers, k, v)
			return head + p.block(depth-1) + "end"
		})
	case 7:
		w := p.name()
		return p.inside(func() string {
			p.loops = true
			return fmt.Sprintf("local %s = 0 while %s < %d do %s = %s + 1\n", w, w, 1+p.IntN(3), w, w) + p.block(depth-1) + "end"
		})
	case 8:
		w, z := p.name(), p.name()
		return p.inside(func() string {
			p.loops = true
			head := fmt.Sprintf("local %s = 0 repeat %s = %s + 1 local %s = %s\n", w, w, w, z, number())
			p.numbers = append(p.numbers, z)
			// no break: what stands behind it would not know z
			p.loops = false
			return head + p.block(depth-1) + fmt.Sprintf("until %s > 2 or %s", w, p.condition(1))
		})
	case 9, 10:
		f := p.name()
		text := p.inside(func() string {
			p.loops = false
			outer := p.varargs
			var params []string
			for range p.IntN(3) {
				params = append(params, p.name())
			}
			p.numbers = append(p.numbers, params...)
			p.varargs = -1
			if p.IntN(2) == 0 {
				p.varargs = 0
				params = append(params, "...")
			}
			body := ""
			for _, n := range params {
				if n != "..." {
					body += n + " = " + n + " or " + fmt.Sprint(p.IntN(9)) + "\n"
				}
			}
			body += p.block(depth - 1)
			result := p.list(2, number)
			if len(p.functions) > 0 && p.IntN(4) == 0 {
				result = p.call(2) // a tail call
			}
			s := "local function " + f + "(" + strings.Join(params, ", ") + ")\n" + body + "return " + result + "\nend"
			p.varargs = outer
			return s
		})
		p.functions = append(p.functions, f)
		return text
	case 11:
		return "do\n" + p.block(depth-1) + "end"
	case 12:
		f, n := p.name(), p.one(p.numbers...)
		p.functions = append(p.functions, f)
		return fmt.Sprintf("local %s = function() %s = %s + 1 return %s end", f, n, n, n)
	case 13:
		if p.loops {
			return "if " + p.condition(1) + " then break end"
		}
	case 14:
		if len(p.functions) > 0 {
			return "note(" + p.call(1) + ")"
		}
	case 15:
		o, n, value := p.name(), p.one(p.numbers...), number()
		p.functions = append(p.functions, o+".get", o+":add")
		return fmt.Sprintf("local %s = {n = %s, get = function(x) return %s, x or 0 end}\n"+
			"function %[1]s:add(x, ...) self.n, %[3]s = self.n + (x or 1), self.n return self.n, ... end", o, value, n)
	case 16:
		f, i := p.name(), p.name()
		return p.inside(func() string {
			head := fmt.Sprintf("local %s = {} for %s = 1, 3 do\nlocal last = %s\n", f, i, number())
			p.numbers = append(p.numbers, i, "last")
			outer := p.varargs
			p.varargs = -1
			defer func() { p.varargs = outer }()
			return head + fmt.Sprintf("%s[%s] = function() last = last + %s return last, %s end end\nnote(%[1]s[1](), %[1]s[3](), %[1]s[1]())", f, i, number(), number())
		})
	}
	return "note(" + p.list(3, number) + ")"
}

func (p *program) call(depth int) string {
	args := ""
	if p.IntN(3) > 0 {
		args = p.list(2, func() string { return p.expression(depth - 1) })
	}
	return p.one(p.functions...) + "(" + args + ")"
}

// expression is an expression that is a number.
func (p *program) expression(depth int) string {
	if depth <= 0 {
		return p.one("1", "2", "-3", "0.5", p.one(p.numbers...), p.one(p.numbers...), p.one(p.numbers...), "t[1]", "t.x")
	}
	n := func() string { return p.expression(depth - 1) }
	switch p.IntN(15) {
	case 0, 1:
		return n() + p.one(" + ", " - ", " * ") + n()
	case 2:
		return "rest(" + n() + p.one(" + ", " - ", " * ") + n() + ")"
	case 3:
		return "-(" + n() + ")"
	case 4:
		return "(" + p.condition(depth-1) + " and " + n() + " or " + n() + ")"
	case 5:
		return "#{" + p.list(4, n) + "}"
	case 6:
		return "({" + p.list(3, n) + "})[1]"
	case 7:
		return fmt.Sprintf("({x = %s, %s, y = %s}).y", n(), n(), n())
	case 8:
		if len(p.functions) > 0 {
			return p.call(depth)
		}
	case 9:
		if len(p.functions) > 0 {
			return "(" + p.call(depth) + ")"
		}
	case 10:
		if p.varargs >= 0 {
			return p.one(`select("#", ...)`, "(... or 4)", "#{...}")
		}
	case 11:
		text := func() string {
			return p.one(`"a"`, `"bc"`, `("d"):rep(2)`, "("+p.condition(depth-1)+` and "e" or "fgh")`)
		}
		return fmt.Sprintf(`#(%s .. %s .. %s)`, text(), text(), text())
	case 12:
		return "(function(a, b) return " + p.one("a", "b or a", "a + (b or 1)") + " end)(" + p.list(2, n) + ")"
	}
	return n()
}

func (p *program) condition(depth int) string {
	if depth <= 0 {
		return p.one("true", "false", "nil", "t.y")
	}
	c := func() string { return p.condition(depth - 1) }
	switch p.IntN(8) {
	case 0:
		return "not " + "(" + c() + ")"
	case 1:
		return "(" + c() + " and " + c() + ")"
	case 2:
		return "(" + c() + " or " + c() + ")"
	case 3:
		return "(" + c() + " == " + c() + ")"
	}
	return "(" + p.expression(depth-1) + p.one(" < ", " <= ", " > ", " >= ", " == ", " ~= ") + p.expression(depth-1) + ")"
}

// constructor makes a table, often of about as many values as the machine collects
// before it stores them, and tells what is in it.
func (d *draw) constructor() string {
	var fields []string
	n := d.IntN(4) + d.IntN(4)*flushed - d.IntN(3)
	for i := range max(n, 0) {
		fields = append(fields, fmt.Sprint(i))
	}
	for range d.IntN(6) {
		at := len(fields) - d.IntN(min(len(fields), 4)+1)
		field := d.one("x = ", "y = ", "[200] = ", "") + d.one("1", "f()", "two(7)", "(two(8))", "...", "(...)", "{5, two(6)}", `"a" .. "b"`, "nil")
		fields = slices.Insert(fields, at, field)
	}
	return fmt.Sprintf(`(function(...)
	local function f() end
	local function two(x) return x, x + 1 end
	local t = {%s}
	local n = 0
	for i = 1, 220 do if t[i] ~= nil then n = n + i end end
	return n, t.x, t.y, t[1], t[2], t[49], t[50], t[51], t[52], t[99], t[100], t[101], t[102], t[103], t[149], t[150], t[151], t[152]
end)(21, 22)`, strings.Join(fields, ", "))
}
