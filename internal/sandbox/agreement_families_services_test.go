//go:build services

package sandbox

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// families are the groups of calls that are drawn: some thousands of calls of
// functions, or of whole programs. meant says that a difference was decided on, see
// COMPAT.md.
var families = []struct {
	name      string
	call      func(d *draw) string
	meant     func(call, got, want string) bool
	thousands int // 8 if 0
}{
	{name: "format", call: (*draw).format, meant: zeroByte},
	{name: "patterns", call: (*draw).match, meant: zeroPattern},
	{name: "strings", call: (*draw).strings, meant: zeroArgument},
	{name: "numbers", call: (*draw).numbers, meant: zeroNumber},
	{name: "tables", call: (*draw).tables, meant: otherBorder},
	{name: "times", call: (*draw).times},
	{name: "math", call: (*draw).exactMath, meant: otherArgument},
	{name: "transcendental", call: (*draw).math, meant: lastDigits},
	{name: "operators", call: (*draw).operators, meant: numbersAsText},
	{name: "base", call: (*draw).base},
	{name: "assignments", call: (*draw).assignment},
	{name: "programs", call: (*draw).program, thousands: 2},
	{name: "constructors", call: (*draw).constructor, thousands: 1},
}

func (d *draw) format() string {
	var spec strings.Builder
	var args []string
	for range 1 + d.IntN(3) {
		spec.WriteString(d.one("", "x", " ", "a b", "%%"))
		spec.WriteByte('%')
		for range d.IntN(3) {
			spec.WriteString(d.one("-", "+", " ", "#", "0"))
		}
		spec.WriteString(d.one("", "", "", "1", "5", "12", "99", "100"))
		spec.WriteString(d.one("", "", "", ".", ".0", ".3", ".20", ".99", ".100"))
		verb := d.one("d", "i", "u", "x", "X", "o", "c", "s", "q", "e", "E", "f", "g", "G", "d", "s", "g", "f", "y", "")
		spec.WriteString(verb)
		var arg string
		switch verb {
		case "d", "i", "u", "x", "X", "o", "": // without a letter the next one counts
			arg = d.one("0", "1", "-1", "255", "1.9", "-1.9", "2^53", "-2^53", `"17"`, fmt.Sprint(d.Int64N(1<<53)), "123456")
		case "c":
			arg = d.one("65", "0", "255", "10", `"66"`)
		case "s", "q":
			arg = d.lua(d.text(12))
			if d.IntN(8) == 0 {
				arg = d.number()
			}
		default:
			arg = d.number()
		}
		if d.IntN(40) == 0 {
			arg = d.one("true", "nil", "{}", `"x"`)
			if verb == "s" {
				arg = `"x"` // other values have their own rule
			}
		}
		args = append(args, arg)
	}
	if d.IntN(30) == 0 {
		args = args[:len(args)-1]
	}
	return "string.format(" + strings.Join(append([]string{d.lua(spec.String())}, args...), ", ") + ")"
}

// pattern is a pattern of Lua, most often well formed.
func (d *draw) pattern() string {
	var b strings.Builder
	open := 0
	if d.IntN(6) == 0 {
		b.WriteByte('^')
	}
	for range d.IntN(6) {
		switch d.IntN(14) {
		case 0:
			b.WriteByte('(')
			open++
		case 1:
			if open > 0 {
				b.WriteByte(')')
				open--
			}
		case 2:
			b.WriteString("()")
		case 3:
			b.WriteString(d.one("%b()", "%b{}", "%bab", "%1", "%2", "%f[%a]", "%f[%d]", "%f[^%w]", "%z"))
		case 4:
			b.WriteString(d.one("[abc]", "[^abc]", "[a-c]", "[%d%-]", "[]a]", "[^]a]", "[a-]", "[%a-z]", "[0-9_]") + d.one("", "*", "+", "-", "?"))
		case 5, 6, 7:
			b.WriteString(d.one("%a", "%d", "%s", "%w", "%p", "%l", "%u", "%c", "%x", "%D", "%S", "%.", "%%", "%-") + d.one("", "*", "+", "-", "?"))
		case 8:
			b.WriteString(d.one(".", ".*", ".-", ".+", ".?"))
		default:
			b.WriteString(d.one("a", "b", "c", "d", "0", "1", " ", "-") + d.one("", "", "*", "+", "-", "?"))
		}
	}
	for ; open > 0; open-- {
		if d.IntN(20) > 0 {
			b.WriteByte(')')
		}
	}
	if d.IntN(6) == 0 {
		b.WriteByte('$')
	}
	if d.IntN(25) == 0 {
		return d.text(6) // often malformed
	}
	return b.String()
}

func (d *draw) match() string {
	s, p := d.lua(d.text(14)), d.lua(d.pattern())
	switch d.IntN(6) {
	case 0:
		return fmt.Sprintf("string.match(%s, %s%s)", s, p, d.some(1, d.index))
	case 1:
		return fmt.Sprintf("string.find(%s, %s, %s, %s)", s, p, d.index(), d.one("true", "false", "nil"))
	case 2:
		return fmt.Sprintf("(function() local t = {} for a, b in string.gmatch(%s, %s) do t[#t + 1] = tostring(a) t[#t + 1] = tostring(b) end return t end)()", s, p)
	case 3:
		return fmt.Sprintf("string.gsub(%s, %s, %s%s)", s, p, d.lua(d.one("", "x", "%0", "%1", "%2", "%%", "<%0>", "%", "%a", "a%1b%0")), d.some(1, d.index))
	case 4:
		return fmt.Sprintf("string.gsub(%s, %s, function(...) local a, b = ... return %s end)", s, p, d.one("a", "b", "nil", "false", `"y"`, "1.5", "true", "{}", "#tostring(a)"))
	}
	return fmt.Sprintf("string.gsub(%s, %s, {a = \"A\", b = 7, ab = false, [1] = \"one\", [2] = \"two\"})", s, p)
}

func (d *draw) strings() string {
	s := d.lua(d.text(8))
	if d.IntN(10) == 0 {
		s = d.number()
	}
	switch d.IntN(8) {
	case 0:
		return fmt.Sprintf("string.sub(%s, %s%s)", s, d.index(), d.some(1, d.index))
	case 1:
		return fmt.Sprintf("string.byte(%s%s)", s, d.some(2, d.index))
	case 2:
		return fmt.Sprintf("string.rep(%s, %s)", s, d.one("0", "1", "3", "-1", "2.9", `"2"`, "nil", "{}"))
	case 3:
		return fmt.Sprintf("string.%s(%s)", d.one("upper", "lower", "reverse", "len"), s)
	case 4:
		return "string.char(65" + d.some(4, func() string {
			return d.one("0", "255", "66", `"67"`, "68.9", "256", "-1", "nil", "2^32", "2^32 + 70", "-2^32 + 71", "2^31", "2^63", "-2^70", "0/0")
		}) + ")"
	case 5:
		return fmt.Sprintf("%s < %s", d.lua(d.text(4)), d.lua(d.text(4)))
	case 6:
		return fmt.Sprintf("string.%s(%s)", d.one("sub", "byte", "upper", "rep", "char", "len", "find", "match", "gsub", "gmatch", "format"), d.one("", "nil", "{}", "true", s))
	}
	return fmt.Sprintf("(%s):%s(%s)", d.lua(d.text(5)), d.one("sub", "rep", "byte"), d.one("1", "2", "0", "-1"))
}

// numeral is a text that may be a number.
func (d *draw) numeral() string {
	return d.one("", " ", "\n") + d.one("", "-", "+", "--", "- ") +
		d.one("", "0", "1", "10", "007", "0x", "0x10", "0xfF", "0X1p4", "0x.8", "1.", ".5", "1.5", ".", "1e5", "1E-3", "1e", "e5", "inf", "nan",
			"infinity", "1_000", "0b1", "0o7", "12345678901234567890", "1e400", "1e-400", "9007199254740993", "z", "Ff", "1f", "1 2", "0.1e+1") +
		d.one("", "", " ", "\t\n", "x", "\x00")
}

func (d *draw) numbers() string {
	switch d.IntN(7) {
	case 0, 1:
		return "tonumber(" + d.lua(d.numeral()) + ")"
	case 2:
		return fmt.Sprintf("tonumber(%s, %s)", d.lua(d.numeral()), d.one("2", "8", "10", "16", "36", "3", "nil", "1", "37"))
	case 3:
		return "tostring(" + d.number() + ")"
	case 4:
		return d.number() + " .. \" \" .. " + d.number()
	case 5:
		return fmt.Sprintf("table.concat({%s, %s}, %s)", d.number(), d.number(), d.number())
	}
	return "tonumber(" + d.one("1", "nil", "true", "{}", "", "12, 16", d.number()) + ")"
}

// list is a table of some values of one kind.
func (d *draw) list() string {
	var all []string
	word := d.IntN(2) == 0
	for range d.IntN(9) {
		if word {
			all = append(all, d.lua(d.text(3)))
		} else {
			all = append(all, fmt.Sprint(d.IntN(20)-10))
		}
	}
	return "{" + strings.Join(all, ", ") + "}"
}

func (d *draw) tables() string {
	t := d.list()
	on := func(body string) string {
		return "(function(t) " + body + " end)(" + t + ")"
	}
	switch d.IntN(9) {
	case 0:
		return fmt.Sprintf("table.concat(%s, %s%s)", t, d.one(`","`, `""`, "1", "nil", "{}"), d.some(2, func() string { return d.one("1", "2", "0", "3", "-1", "nil") }))
	case 1:
		return on("table.sort(t) return t")
	case 2:
		return on("table.sort(t, function(a, b) return a > b end) return t")
	case 3:
		return on(fmt.Sprintf("table.insert(t%s, 7) return t", d.some(1, func() string { return d.one("1", "2", "#t", "#t + 1", `"1"`, "nil") })))
	case 4:
		return on(fmt.Sprintf("local v = table.remove(t%s) return v, t", d.some(1, func() string { return d.one("1", "2", "#t", "#t + 1", "0", "100") })))
	case 5:
		return on("t[#t + 3] = 1 return table.maxn(t), table.getn(" + t + ")")
	case 6:
		return on(fmt.Sprintf("return unpack(t%s)", d.some(2, func() string { return d.one("1", "2", "0", "3", "5") })))
	case 7:
		return on("local s = 0 table.foreachi(t, function(i, v) s = s + i if i == 5 then s = s * 2 end end) return s")
	}
	return fmt.Sprintf("table.%s(%s)", d.one("sort", "concat", "insert", "remove", "maxn", "getn", "foreach", "setn"), d.one("", "nil", "1", "{}", "{1}, 2, 3, 4", `{{}}, ","`, "{1, nil, 3}, true"))
}

func (d *draw) times() string {
	at := fmt.Sprint(d.Int64N(1<<33) - 1<<31)
	n := func() string { return fmt.Sprint(d.IntN(80) - 20) }
	switch d.IntN(4) {
	case 0:
		return fmt.Sprintf("os.date(%s, %s)", d.one(`"*t"`, `"!*t"`), at)
	case 1:
		return fmt.Sprintf("os.time{year = %d, month = %s, day = %s%s}", 1950+d.IntN(120), n(), n(),
			d.some(3, func() string { return d.one("hour", "min", "sec") + " = " + d.one(n(), `"`+n()+`"`) }))
	case 2:
		return fmt.Sprintf("os.time{%s}", d.one("", "year = 2000", "year = 2000, month = 1", "year = 2000, month = 1, day = 1, isdst = false", `year = "2000", month = "05", day = "07"`, "month = 1, day = 1", `year = "x", month = 1, day = 1`))
	}
	var format strings.Builder
	for range 1 + d.IntN(4) {
		format.WriteString(d.one("", " ", "-", "x") + "%" + d.one("a", "A", "b", "B", "c", "C", "d", "D", "e", "F", "g", "G", "h", "H", "I", "j", "k", "l", "m",
			"M", "n", "p", "r", "R", "s", "S", "t", "T", "u", "U", "V", "w", "W", "x", "X", "y", "Y", "z", "Z", "%"))
	}
	return fmt.Sprintf("os.date(%s, %s)", d.lua(d.one("", "!")+format.String()), at)
}

func (d *draw) exactMath() string {
	x, y := d.number(), d.number()
	switch d.IntN(5) {
	case 0:
		return fmt.Sprintf("math.%s(%s)", d.one("floor", "ceil", "abs", "sqrt", "modf", "frexp", "deg", "rad"), d.one(x, x, x, "1/0", "-1/0"))
	case 1:
		return fmt.Sprintf("math.%s(%s, %s)", d.one("fmod", "mod", "min", "max"), x, y)
	case 2:
		return fmt.Sprintf("math.ldexp(%s, %d)", x, d.IntN(200)-100)
	case 3:
		return fmt.Sprintf("math.%s(%s)", d.one("max", "min", "floor", "fmod", "sqrt", "ldexp"), d.one("", "nil", `"1.5"`, "{}", `"x"`, "1, 2, 3", `1, "2"`))
	}
	return "math." + d.one("huge", "pi", "floor(-0.5)", "max(0/0, 1)", "modf(1/0)", "modf(-3.7)", "fmod(-7, 3)", "fmod(7, -3)", "random(0)", "random(2, 1)", "random(1, 2, 3)", "random(1)", "random(3, 3)")
}

func (d *draw) math() string {
	x, y := d.number(), d.number()
	switch d.IntN(3) {
	case 0:
		return fmt.Sprintf("math.%s(%s)", d.one("sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "exp", "log", "log10"),
			fmt.Sprintf("%.6f", d.NormFloat64()*d.Float64()*10))
	case 1:
		return fmt.Sprintf("math.atan2(%s, %s)", x, y)
	}
	return fmt.Sprintf("math.pow(%.4f, %.4f)", d.Float64()*10, d.NormFloat64()*5)
}

func (d *draw) operators() string {
	operand := func() string {
		switch d.IntN(3) {
		case 0:
			return "(" + d.number() + ")"
		case 1:
			return d.lua(fmt.Sprint(d.IntN(100)) + d.one("", ".5", "e1", " "))
		}
		return d.one("010", "0x10", "0xffffffff", "1e3", ".5", "3.", `"0x10"`, `"010"`, "(1/0)", "(-1/0)")
	}
	switch d.IntN(5) {
	case 0:
		return operand() + " .. " + operand()
	case 1:
		return fmt.Sprintf("#%s", d.one(d.list(), d.lua(d.text(5))))
	case 2:
		return fmt.Sprintf("%s %s %s", d.number(), d.one("<", "<=", ">", ">=", "==", "~="), d.number())
	case 3:
		return "-" + operand()
	}
	return fmt.Sprintf("%s %s %s", operand(), d.one("+", "-", "*", "/"), operand())
}

func (d *draw) base() string {
	v := func() string { return d.one("nil", "1", `"a"`, "true", "false", "{}", "2.5") }
	switch d.IntN(8) {
	case 0:
		return fmt.Sprintf("select(%s%s)", d.one("1", "2", "-1", `"#"`, "0", "-5", "10", `"2"`), d.some(4, d.number))
	case 1:
		return fmt.Sprintf("assert(%s%s)", d.one("true", "1", "false", "nil"), d.some(2, func() string { return d.one(`"text"`, "1", "nil") }))
	case 2:
		return fmt.Sprintf("pcall(error, %s, %s)", d.one(`"text"`, "7", "nil", "true"), d.one("nil", "0", "1"))
	case 3:
		return fmt.Sprintf("type(%s), type(rawset({}, %s, 1))", v(), d.one("1", `"a"`, "true"))
	case 4:
		return fmt.Sprintf("rawequal(%s, %s), rawget({5, a = 6}, %s)", v(), v(), v())
	case 5:
		return fmt.Sprintf("xpcall(function() error(%s) end, function(e) return type(e) end)", v())
	case 6:
		return fmt.Sprintf("%s(%s)", d.one("tostring", "tonumber", "type", "rawget", "rawset", "setmetatable", "getmetatable", "pairs", "ipairs", "next", "unpack", "select", "error"), d.one("", "nil", `"a"`))
	}
	return fmt.Sprintf("getmetatable(setmetatable({}, {__metatable = %s})), pcall(setmetatable, setmetatable({}, {__metatable = 1}), {})", v())
}

// zeroByte: C's strings end at the zero byte that %c writes and %s is given.
func zeroByte(_, got, _ string) bool { return strings.Contains(got, `\00`) }

// zeroPattern: patterns end at a zero byte there, and a replacement that ends in %
// writes one.
func zeroPattern(call, got, want string) bool {
	args := strings.Split(call[strings.IndexAny(call, `"`):], ", ")
	return len(args) > 1 && strings.Contains(args[1], `\000`) || len(args) > 2 && strings.HasPrefix(args[2], `"\037"`)
}

// zeroNumber: texts of numbers end at a zero byte there.
func zeroNumber(call, got, want string) bool {
	return strings.Contains(call, `\000`) || numbersAsText(call, got, want)
}

// zeroArgument is zeroNumber for functions that want a number.
func zeroArgument(call, got, _ string) bool {
	return strings.Contains(call, `\000`) && strings.HasSuffix(got, "(number expected, got string)")
}

// numbersAsText: .. writes integers below 2^63 in full, and other numbers so that
// they can be read back.
func numbersAsText(call, _, _ string) bool { return strings.Contains(call, " .. ") }

// lastDigits: the functions of C's and Go's libraries are exact to about one bit.
func lastDigits(_, got, want string) bool {
	_, got, _ = strings.Cut(got, " ")
	_, want, _ = strings.Cut(want, " ")
	x, err := strconv.ParseFloat(got, 64)
	y, err2 := strconv.ParseFloat(want, 64)
	return err == nil && err2 == nil && math.Abs(x-y) <= 1e-13*math.Abs(y)
}

// otherBorder: a table with holes may have several lengths.
func otherBorder(call, _, _ string) bool {
	return strings.Contains(call, "(t, 2, 7)") && strings.HasSuffix(call, "({})")
}

// otherArgument: of two wrong arguments, C compilers choose which is looked at first.
func otherArgument(_, got, want string) bool {
	_, got, _ = strings.Cut(got, " ")
	_, want, _ = strings.Cut(want, " ")
	return strings.HasPrefix(got, "error bad argument #") && strings.HasPrefix(want, "error bad argument #")
}

// assignment assigns several variables and parts of tables, each of them once, from
// one another.
func (d *draw) assignment() string {
	targets := []string{"a", "b", "c", "global", "t", "t[1]", "t[2]", "t[b + 1]", "t.x", "u.y", "u.y2[c]"}
	d.Shuffle(len(targets), func(i, j int) { targets[i], targets[j] = targets[j], targets[i] })
	targets = targets[:2+d.IntN(4)]
	number := func() string {
		return d.one("1", "7", "a", "b", "c", "global", "(t[1] or 5)", "u.y", "u[2]", "f()", "a + b", "c * 2", "-a", "a and b", "two(c)")
	}
	var values []string
	for _, to := range targets {
		v := number()
		if to == "t" {
			v = d.one("{8, 9}", "u", "u.y2", "{a, b}", "{two(c)}")
		}
		values = append(values, v)
	}
	if last := len(values) - 1; targets[last] != "t" && d.IntN(4) == 0 {
		values[last] = "two(b)"
	}
	return fmt.Sprintf(`(function()
	local a, b, c, t = 1, 2, 3, {4, 5, x = 6}
	local u = t
	u.y, u.y2 = 10, {11, 12, 13}
	global = 20
	local function f() return a + b end
	local function two(x) return x, x + 1 end
	%s = %s
	return a, b, c, global, f(), t, t.x, t.y, u, u.x, u.y, u.y2
end)()`, strings.Join(targets, ", "), strings.Join(values, ", "))
}
