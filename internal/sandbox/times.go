package sandbox

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// openOS makes the os library. The time zone is always UTC.
func (s *Sandbox) openOS(L *lua.LState) lua.LValue {
	f := functions{
		"clock": func(L *lua.LState) int {
			L.Push(lua.LNumber(cpuTime().Seconds()))
			return 1
		},
		"date": osDate,
		"difftime": func(L *lua.LState) int {
			L.Push(lua.LNumber(checkNumber(L, 1, "difftime") - optNumber(L, 2, "difftime", 0)))
			return 1
		},
		"time": osTime,
	}
	if s.kind.free() {
		addSystem(f)
	}
	return f.table(L)
}

func optNumber(L *lua.LState, n int, fn string, otherwise float64) float64 {
	if L.Get(n) == lua.LNil {
		return otherwise
	}
	return checkNumber(L, n, fn)
}

func osTime(L *lua.LState) int {
	if L.Get(1) == lua.LNil {
		L.Push(lua.LNumber(time.Now().Unix()))
		return 1
	}
	t := checkTable(L, 1, "time")
	get := func(key string, otherwise int) int {
		if x, ok := number(L.GetField(t, key)); ok {
			return int(integer(x))
		}
		if otherwise < 0 {
			raise(L, "field '%s' missing in date table", key)
		}
		return otherwise
	}
	second, minute, hour := get("sec", 0), get("min", 0), get("hour", 12)
	day, month, year := get("day", -1), get("month", -1), get("year", -1)
	L.Push(lua.LNumber(time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC).Unix()))
	return 1
}

func osDate(L *lua.LState) int {
	format := optString(L, 1, "date", "%c")
	at := time.Now().UTC()
	if L.Get(2) != lua.LNil {
		at = time.Unix(integer(checkNumber(L, 2, "date")), 0).UTC()
	}
	zone := "UTC"
	if strings.HasPrefix(format, "!") {
		format, zone = format[1:], "GMT" // as C's gmtime calls it
	}
	if format == "*t" {
		t := L.CreateTable(0, 9)
		for name, v := range map[string]int{"sec": at.Second(), "min": at.Minute(), "hour": at.Hour(),
			"day": at.Day(), "month": int(at.Month()), "year": at.Year(), "wday": int(at.Weekday()) + 1,
			"yday": at.YearDay()} {
			t.RawSetString(name, lua.LNumber(v))
		}
		t.RawSetString("isdst", lua.LFalse)
		L.Push(t)
		return 1
	}
	var b []byte
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			b = append(b, format[i])
			continue
		}
		n := conversion(format[i+1:])
		if n == 0 {
			argumentError(L, 1, "date", "invalid conversion specifier '"+format[i:]+"'")
		}
		i += n
		if format[i] == 'Z' {
			b = append(b, zone...)
			continue
		}
		b = appendDate(b, at, format[i])
	}
	L.Push(made(b))
	return 1
}

// conversion returns the length of the conversion at the beginning of f, which
// stands behind a percent sign; 0 is none.
func conversion(f string) int {
	in := func(i int, set string) bool { return i < len(f) && strings.IndexByte(set, f[i]) >= 0 }
	switch {
	case in(0, "aAbBcCdDeFgGhHIjklmMnprRSstTuUVwWxXyYzZ%"):
		return 1
	case in(0, "E") && in(1, "cCxXyY"), in(0, "O") && in(1, "deHImMSuUVwWy"):
		return 2
	}
	return 0
}

// appendDate appends one conversion of C's strftime in the C locale.
func appendDate(b []byte, t time.Time, c byte) []byte {
	two := func(n int) []byte { return fmt.Appendf(b, "%02d", n) }
	weekday := int(t.Weekday())
	isoYear, isoWeek := t.ISOWeek()
	switch c {
	case 'a':
		return append(b, t.Weekday().String()[:3]...)
	case 'A':
		return append(b, t.Weekday().String()...)
	case 'b', 'h':
		return append(b, t.Month().String()[:3]...)
	case 'B':
		return append(b, t.Month().String()...)
	case 'c':
		return t.AppendFormat(b, "Mon Jan _2 15:04:05 2006")
	case 'C':
		return two(t.Year() / 100)
	case 'd':
		return two(t.Day())
	case 'D', 'x':
		return t.AppendFormat(b, "01/02/06")
	case 'e':
		return fmt.Appendf(b, "%2d", t.Day())
	case 'F':
		return fmt.Appendf(b, "%d-%02d-%02d", t.Year(), t.Month(), t.Day())
	case 'g':
		return two(isoYear % 100)
	case 'G':
		return strconv.AppendInt(b, int64(isoYear), 10)
	case 'H':
		return two(t.Hour())
	case 'I':
		return two((t.Hour()+11)%12 + 1)
	case 'j':
		return fmt.Appendf(b, "%03d", t.YearDay())
	case 'k':
		return fmt.Appendf(b, "%2d", t.Hour())
	case 'l':
		return fmt.Appendf(b, "%2d", (t.Hour()+11)%12+1)
	case 'm':
		return two(int(t.Month()))
	case 'M':
		return two(t.Minute())
	case 'n':
		return append(b, '\n')
	case 'p':
		return t.AppendFormat(b, "PM")
	case 'r':
		return t.AppendFormat(b, "03:04:05 PM")
	case 'R':
		return t.AppendFormat(b, "15:04")
	case 's':
		return strconv.AppendInt(b, t.Unix(), 10)
	case 'S':
		return two(t.Second())
	case 't':
		return append(b, '\t')
	case 'T', 'X':
		return t.AppendFormat(b, "15:04:05")
	case 'u':
		return strconv.AppendInt(b, int64((weekday+6)%7+1), 10)
	case 'U':
		return two((t.YearDay() + 6 - weekday) / 7)
	case 'V':
		return two(isoWeek)
	case 'w':
		return strconv.AppendInt(b, int64(weekday), 10)
	case 'W':
		return two((t.YearDay() + 6 - (weekday+6)%7) / 7)
	case 'y':
		return two(t.Year() % 100)
	case 'Y':
		return strconv.AppendInt(b, int64(t.Year()), 10)
	case 'z':
		return append(b, "+0000"...)
	}
	return append(b, c)
}
