package sandbox

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// directive is one conversion of string.format.
type directive struct {
	flags     string
	width     int // -1: none
	precision int // -1: none
	verb      byte
}

// stringFormat is C's sprintf as Lua 5.1 offers it.
func (s *Sandbox) stringFormat(L *lua.LState) int {
	format := checkString(L, 1, "format")
	out := builder{L: L, s: s}
	arg := 1
	for {
		at := strings.IndexByte(format, '%')
		if at < 0 {
			out.add(format)
			break
		}
		out.add(format[:at])
		if format = format[at+1:]; strings.HasPrefix(format, "%") {
			out.addByte('%')
			format = format[1:]
			continue
		}
		if arg++; arg > L.GetTop() {
			argumentError(L, arg, "format", "no value")
		}
		d, n := parseDirective(L, format)
		format = format[n:]
		s.convert(&out, d, arg)
	}
	L.Push(made(out.b))
	return 1
}

// parseDirective reads what follows a percent sign and returns its length.
func parseDirective(L *lua.LState, f string) (d directive, n int) {
	for n < len(f) && strings.IndexByte("-+ #0", f[n]) >= 0 {
		n++
	}
	if n > 5 {
		raise(L, "invalid format (repeated flags)")
	}
	d.flags = f[:n]
	d.width, n = digits(f, n)
	d.precision = -1
	if n < len(f) && f[n] == '.' {
		if d.precision, n = digits(f, n+1); d.precision < 0 {
			d.precision = 0
		}
	}
	if n < len(f) && isDigit(f[n]) {
		raise(L, "invalid format (width or precision too long)")
	}
	if n < len(f) {
		d.verb = f[n]
		n++
	}
	if d.verb == 0 || strings.IndexByte("cdiouxXeEfgGqs", d.verb) < 0 {
		raise(L, "invalid option '%%%s' to 'format'", strings.TrimSuffix(string(rune(d.verb)), "\x00"))
	}
	return d, n
}

// digits reads at most two digits; -1 is none.
func digits(f string, n int) (value, next int) {
	value = -1
	for next = n; next < len(f) && next < n+2 && isDigit(f[next]); next++ {
		value = max(value, 0)*10 + int(f[next]-'0')
	}
	return value, next
}

func (s *Sandbox) convert(out *builder, d directive, arg int) {
	L := out.L
	switch d.verb {
	case 'c':
		out.add(d.pad(string([]byte{byte(checkInt(L, arg, "format"))}), false))
	case 'd', 'i':
		n := integer(checkNumber(L, arg, "format"))
		out.add(d.integer(strconv.FormatUint(magnitude(n), 10), n < 0, true))
	case 'u':
		out.add(d.integer(strconv.FormatUint(unsigned(checkNumber(L, arg, "format")), 10), false, false))
	case 'o':
		digits := strconv.FormatUint(unsigned(checkNumber(L, arg, "format")), 8)
		if d.has('#') && digits != "0" {
			digits = "0" + digits
		}
		if d.has('#') {
			d.precision = cmp.Or(d.precision, 1) // of 0 the zero in front is left
		}
		out.add(d.integer(digits, false, false))
	case 'x', 'X':
		out.add(d.hex(unsigned(checkNumber(L, arg, "format"))))
	case 'e', 'E', 'f', 'g', 'G':
		out.add(d.float(checkNumber(L, arg, "format")))
	case 'q':
		out.add(quote(checkString(L, arg, "format")))
	case 's':
		v := checkAny(L, arg, "format")
		if L.GetMetaField(v, "__tostring") != lua.LNil {
			v = L.CallMeta(v, "__tostring")
		}
		t := display(v)
		if d.precision >= 0 && len(t) > d.precision {
			t = t[:d.precision]
		}
		out.add(d.pad(t, false))
	}
}

func (d directive) has(flag byte) bool { return strings.IndexByte(d.flags, flag) >= 0 }

// pad fills a text up to the width; zeros go behind the sign and 0x.
func (d directive) pad(t string, zeros bool) string {
	n := d.width - len(t)
	switch {
	case n <= 0:
		return t
	case d.has('-'):
		return t + strings.Repeat(" ", n)
	case zeros && d.has('0'):
		lead := 0
		if strings.IndexByte("+- ", t[0]) >= 0 {
			lead = 1
		}
		if rest := t[lead:]; len(rest) > 1 && rest[0] == '0' && rest[1]|0x20 == 'x' {
			lead += 2
		}
		return t[:lead] + strings.Repeat("0", n) + t[lead:]
	}
	return strings.Repeat(" ", n) + t
}

func (d directive) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case d.has('+'):
		return "+"
	case d.has(' '):
		return " "
	}
	return ""
}

// integer formats digits with a minimum number of them.
func (d directive) integer(digits string, negative, signed bool) string {
	if d.precision == 0 && digits == "0" {
		digits = ""
	}
	if n := d.precision - len(digits); n > 0 {
		digits = strings.Repeat("0", n) + digits
	}
	if signed {
		digits = d.sign(negative) + digits
	}
	return d.pad(digits, d.precision < 0 && digits != "")
}

func (d directive) hex(n uint64) string {
	digits := strconv.FormatUint(n, 16)
	if d.precision == 0 && n == 0 {
		digits = ""
	}
	if k := d.precision - len(digits); k > 0 {
		digits = strings.Repeat("0", k) + digits
	}
	if d.has('#') && n != 0 {
		digits = "0x" + digits
	}
	if d.verb == 'X' {
		digits = strings.ToUpper(digits)
	}
	return d.pad(digits, d.precision < 0)
}

func (d directive) float(x float64) string {
	negative := math.Signbit(x)
	if x != x || math.IsInf(x, 0) {
		t := "inf"
		if x != x {
			t, negative = "nan", false
		}
		if d.verb < 'a' {
			t = strings.ToUpper(t)
		}
		return d.pad(d.sign(negative)+t, false)
	}
	precision := d.precision
	if precision < 0 {
		precision = 6
	}
	var t string
	if d.has('#') {
		t = fmt.Sprintf("%#."+strconv.Itoa(precision)+string(d.verb), math.Abs(x))
	} else {
		if (d.verb == 'g' || d.verb == 'G') && precision == 0 {
			precision = 1
		}
		t = strconv.FormatFloat(math.Abs(x), d.verb, precision, 64)
	}
	return d.pad(d.sign(negative)+t, true)
}

func magnitude(n int64) uint64 {
	if n < 0 {
		return -uint64(n)
	}
	return uint64(n)
}

// unsigned converts as C does: negative numbers wrap around.
func unsigned(x float64) uint64 {
	if x < 0 {
		return uint64(integer(x))
	}
	if x >= 1<<64 {
		return math.MaxUint64
	}
	return uint64(x)
}

// quote is %q: a text that Lua reads back as the same string.
func quote(t string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(t) {
		switch c := t[i]; c {
		case '"', '\\', '\n':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\r':
			b.WriteString(`\r`)
		case 0:
			b.WriteString(`\000`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
