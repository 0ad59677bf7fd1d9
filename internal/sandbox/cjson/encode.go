package cjson

import (
	"errors"
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"
)

const (
	maxText  = 1 << 30       // bytes that encode makes at most
	maxDepth = 10000         // levels of nesting, in both directions
	maxArray = math.MaxInt32 // largest key of an array
)

var (
	errOutput = errors.New("strbuf output_limit exceeded")
	errText   = errors.New("not enough memory")
)

// An encoder writes one text.
type encoder struct {
	*codec
	work
	buf  []byte
	paid int // bytes of buf that were paid for
	next int // length of buf at which to look at the limits
}

// pause checks the limits, pays for what was written since the last time, and
// sets the next length at which to come back.
func (e *encoder) pause() error {
	limit := e.OutputLimit
	if limit > 0 && len(e.buf) > limit {
		return errOutput
	}
	if len(e.buf) > maxText {
		return errText
	}
	e.pay(len(e.buf) - e.paid)
	e.paid = len(e.buf)
	e.next = e.paid + stride
	if limit > 0 {
		e.next = min(e.next, limit+1)
	}
	return nil
}

// value appends v, which is nested in depth tables.
func (e *encoder) value(v lua.LValue, depth int) error {
	switch v := v.(type) {
	case *lua.LNilType:
		e.buf = append(e.buf, "null"...)
	case lua.LBool:
		if v {
			e.buf = append(e.buf, "true"...)
		} else {
			e.buf = append(e.buf, "false"...)
		}
	case lua.LNumber:
		if err := e.number(float64(v)); err != nil {
			return err
		}
	case lua.LString:
		if err := e.string(string(v)); err != nil {
			return err
		}
	case *lua.LTable:
		if err := e.table(v, depth+1); err != nil {
			return err
		}
	case *lua.LUserData:
		if v != e.null {
			return unsupported(v, "type not supported")
		}
		e.buf = append(e.buf, "null"...)
	default:
		return unsupported(v, "type not supported")
	}
	if len(e.buf) >= e.next {
		return e.pause()
	}
	return nil
}

func unsupported(v lua.LValue, why string) error {
	return fmt.Errorf("Cannot serialise %s: %s", v.Type(), why)
}

func (e *encoder) number(f float64) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		switch {
		case e.badNumbers == refuseBadNumbers:
			return unsupported(lua.LNumber(f), "must not be NaN or Infinity")
		case e.badNumbers == nullBadNumbers:
			e.buf = append(e.buf, "null"...)
		case math.IsNaN(f):
			e.buf = append(e.buf, "NaN"...)
		case f < 0:
			e.buf = append(e.buf, "-Infinity"...)
		default:
			e.buf = append(e.buf, "Infinity"...)
		}
		return nil
	}
	e.buf = appendNumber(e.buf, f, e.precision)
	return nil
}

// escapes are the bytes that stand for themselves only behind a backslash: the
// letter that does, or 'u' for the form \u00XX, or 0 for a plain byte.
var escapes = func() (t [256]byte) {
	for c := range 0x20 {
		t[c] = 'u'
	}
	t['"'], t['\\'], t['/'] = '"', '\\', '/'
	t['\b'], t['\t'], t['\n'], t['\f'], t['\r'] = 'b', 't', 'n', 'f', 'r'
	t[0x7f] = 'u'
	return t
}()

// string appends s in quotes. A string too long for the output is refused before
// it is copied.
func (e *encoder) string(s string) error {
	if n := len(e.buf) + len(s) + len(`""`); e.OutputLimit > 0 && n > e.OutputLimit {
		return errOutput
	} else if n > maxText {
		return errText
	}
	e.buf = append(e.buf, '"')
	from := 0
	for i := range len(s) {
		esc := escapes[s[i]]
		if esc == 0 {
			continue
		}
		e.buf = append(e.buf, s[from:i]...)
		from = i + 1
		if esc == 'u' {
			const hex = "0123456789abcdef"
			e.buf = append(e.buf, '\\', 'u', '0', '0', hex[s[i]>>4], hex[s[i]&15])
		} else {
			e.buf = append(e.buf, '\\', esc)
		}
	}
	e.buf = append(append(e.buf, s[from:]...), '"')
	return nil
}

// table appends t as array or object. depth counts t.
func (e *encoder) table(t *lua.LTable, depth int) error {
	if depth > min(e.encodeDepth, maxDepth) {
		return fmt.Errorf("Cannot serialise, excessive nesting (%d)", depth)
	}
	n, err := e.arrayLen(t)
	switch {
	case err != nil:
		return err
	case n > 0:
		return e.array(t, n, depth)
	}
	return e.object(t, depth)
}

// arrayLen returns the largest key of t if t is to be an array, else 0.
func (e *encoder) arrayLen(t *lua.LTable) (int, error) {
	last := t.MaxN()
	largest, count := float64(last), 0
	for k, _ := t.Next(hashStart(last)); k != lua.LNil; k, _ = t.Next(k) {
		f, ok := k.(lua.LNumber)
		if !ok || f < 1 || math.Trunc(float64(f)) != float64(f) {
			return 0, nil
		}
		largest = max(largest, float64(f))
		count++
	}
	for i := 1; i <= last; i++ {
		if t.RawGetInt(i) != lua.LNil {
			count++
		}
	}
	excessive := e.sparseRatio > 0 && largest > float64(count)*float64(e.sparseRatio) && largest > float64(e.sparseSafe)
	if excessive || largest > maxArray {
		if e.sparseConvert {
			return 0, nil
		}
		return 0, unsupported(t, "excessively sparse array")
	}
	return int(largest), nil
}

// hashStart is the key after which Next gives the keys outside of the array part
// of a table whose last element there is last.
func hashStart(last int) lua.LValue {
	if last == 0 {
		return lua.LNil
	}
	return lua.LNumber(last)
}

func (e *encoder) array(t *lua.LTable, n, depth int) error {
	e.buf = append(e.buf, '[')
	for i := 1; i <= n; i++ {
		if i > 1 {
			e.buf = append(e.buf, ',')
		}
		v := t.RawGetInt(i)
		if v == lua.LNil && i >= lua.MaxArrayIndex {
			v = t.RawGet(lua.LNumber(i))
		}
		if err := e.value(v, depth); err != nil {
			return err
		}
	}
	e.buf = append(e.buf, ']')
	return nil
}

func (e *encoder) object(t *lua.LTable, depth int) error {
	e.buf = append(e.buf, '{')
	first := true
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		if !first {
			e.buf = append(e.buf, ',')
		}
		first = false
		switch k := k.(type) {
		case lua.LString:
			if err := e.string(string(k)); err != nil {
				return err
			}
		case lua.LNumber:
			e.buf = append(e.buf, '"')
			if err := e.number(float64(k)); err != nil {
				return err
			}
			e.buf = append(e.buf, '"')
		default:
			return unsupported(k, "table key must be a number or string")
		}
		e.buf = append(e.buf, ':')
		if err := e.value(v, depth); err != nil {
			return err
		}
	}
	e.buf = append(e.buf, '}')
	return nil
}
