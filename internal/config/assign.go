package config

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hekad/heka/plugin"
)

// value sets v, which belongs to option o, from n.
func (d *decoder) value(v reflect.Value, n *Node, path string, o *option) {
	t := v.Type()
	if t.Kind() == reflect.Pointer {
		fresh := reflect.New(t.Elem())
		if !v.IsNil() {
			fresh.Elem().Set(v.Elem())
		}
		v.Set(fresh)
		d.value(fresh.Elem(), n, path, o)
		return
	}
	switch {
	case isText(t):
		d.text(v, n, path, o)
		return
	case t == durationType:
		d.duration(v, n, path, o)
		return
	case t == pairsType:
		d.pairs(v, n, path, o)
		return
	case t == timeType:
		if d.kind(n, Time, t, path, o) {
			v.Set(reflect.ValueOf(n.Value))
		}
		return
	}
	switch t.Kind() {
	case reflect.Bool:
		if d.kind(n, Bool, t, path, o) {
			v.SetBool(n.Value.(bool))
		}
	case reflect.String:
		if d.kind(n, String, t, path, o) && d.oneOf(n, path, o) {
			v.SetString(n.Value.(string))
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		d.integer(v, n, path, o)
	case reflect.Float32, reflect.Float64:
		d.float(v, n, path, o)
	case reflect.Slice:
		d.list(v, n, path, o)
	case reflect.Map:
		d.dict(v, n, path, o)
	case reflect.Struct:
		if d.kind(n, Table, t, path, o) {
			d.table(n, path, []target{newTarget(v)})
		}
	case reflect.Interface:
		v.Set(reflect.ValueOf(n.Plain()))
	default:
		panic(fmt.Sprintf("config: option %s of %s has type %s, which no configuration can set", o.name, o.owner, t))
	}
}

// kind reports whether n is of kind k, and a problem where it is not.
func (d *decoder) kind(n *Node, k Kind, t reflect.Type, path string, o *option) bool {
	if n.Kind == k {
		return true
	}
	d.mismatch(n, path, o.secret, wanted(t))
	return false
}

// mismatch reports that n has the wrong type.
func (d *decoder) mismatch(n *Node, path string, secret bool, want string) {
	p := Problem{Pos: n.Pos, Option: path, Text: fmt.Sprintf("%s is %s; it must be %s", path, n.describe(secret), want)}
	if !secret {
		p.Hint = d.mismatchHint(n, path, want)
	}
	d.addAt(p, secret)
}

// mismatchHint says how to write n so that it is what is wanted, or "".
func (d *decoder) mismatchHint(n *Node, path, want string) string {
	plain := n.Kind != List && n.Kind != Table
	switch {
	case plain && strings.HasPrefix(want, "a list of "):
		return "write [" + n.show() + "]"
	case plain && (want == "a sub-section" || strings.HasPrefix(want, "a table")):
		return "write it as [" + join(d.section.Name, path) + "]"
	case n.Kind == Integer && want == wanted(durationType):
		return "did you mean " + strconv.Quote(n.text+"s") + "?"
	case n.Kind == String && n.Value != "":
		if inner, err := bareNode(n.Value.(string)); err == nil && wantsBare(inner.Kind, want) {
			return "write it without quotes"
		}
	}
	return ""
}

// wantsBare reports whether a value of kind k is what the description asks for.
func wantsBare(k Kind, want string) bool {
	switch k {
	case Bool:
		return want == "true or false"
	case Integer:
		return want == "an integer" || want == "a number"
	case Float:
		return want == "a number"
	case Time:
		return want == "a date"
	}
	return false
}

// rule reports that the value of n breaks a rule of the option.
func (d *decoder) rule(n *Node, path string, o *option, must, hint string) {
	p := Problem{Pos: n.Pos, Option: path, Hint: hint, Text: fmt.Sprintf("%s is %s; it must be %s", path, n.show(), must)}
	if o.secret {
		p.Text, p.Hint = path+" must be "+must, ""
	}
	d.addAt(p, o.secret)
}

// addAt records a finding about a value; of a secret it keeps no source line.
func (d *decoder) addAt(p Problem, secret bool) {
	if secret {
		p.Pos = p.Pos.withoutText()
	}
	d.add(p)
}

// place is the place of n, without its text where that is a secret.
func (n *Node) place(secret bool) Pos {
	if secret {
		return n.Pos.withoutText()
	}
	return n.Pos
}

// show returns a scalar for problems: as written, texts in double quotes.
func (n *Node) show() string {
	if s, ok := n.Value.(string); ok {
		return quote(s)
	}
	return n.text
}

// describe says what n is: `5565, an integer`, or only its kind where it is a
// secret or no scalar.
func (n *Node) describe(secret bool) string {
	if secret || n.Kind == List || n.Kind == Table {
		return n.Kind.String()
	}
	return n.show() + ", " + n.Kind.String()
}

// oneOf checks the accepted values of o.
func (d *decoder) oneOf(n *Node, path string, o *option) bool {
	s, ok := n.Value.(string)
	if !ok {
		s = n.text
	}
	if o.oneOf == nil || slices.Contains(o.oneOf, s) {
		return true
	}
	d.rule(n, path, o, alternatives(o.oneOf), DidYouMean(s, o.oneOf))
	return false
}

// alternatives formats a, b or c.
func alternatives(words []string) string {
	shown := make([]string, len(words))
	for i, w := range words {
		if shown[i] = w; w == "" {
			shown[i] = `""`
		}
	}
	if last := len(shown) - 1; last > 0 {
		return strings.Join(shown[:last], ", ") + " or " + shown[last]
	}
	return shown[0]
}

// text lets v read itself from a string, or from an integer as written.
func (d *decoder) text(v reflect.Value, n *Node, path string, o *option) {
	s, ok := n.Value.(string)
	if n.Kind == Integer {
		s, ok = n.text, true
	}
	if !ok {
		d.mismatch(n, path, o.secret, wanted(v.Type()))
		return
	}
	if !d.oneOf(n, path, o) {
		return
	}
	if err := v.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(s)); err != nil {
		p := Problem{Pos: n.Pos, Option: path, Text: fmt.Sprintf("%s is %s: %s", path, n.show(), err)}
		if o.secret {
			p.Text = path + " cannot be read"
		}
		d.addAt(p, o.secret)
	}
}

func (d *decoder) duration(v reflect.Value, n *Node, path string, o *option) {
	if !d.kind(n, String, durationType, path, o) {
		return
	}
	s := n.Value.(string)
	t, err := time.ParseDuration(s)
	if err != nil {
		hint := ""
		if _, err := time.ParseDuration(s + "s"); err == nil {
			hint = "did you mean " + strconv.Quote(s+"s") + "?"
		}
		d.rule(n, path, o, wanted(durationType), hint)
		return
	}
	lo, hasLo := bound(o, o.min, time.ParseDuration)
	hi, hasHi := bound(o, o.max, time.ParseDuration)
	if hasLo && t < lo || hasHi && t > hi {
		d.rule(n, path, o, between(o.min, o.max), "")
		return
	}
	v.SetInt(int64(t))
}

func (d *decoder) integer(v reflect.Value, n *Node, path string, o *option) {
	if !d.kind(n, Integer, v.Type(), path, o) {
		return
	}
	parse := func(s string) (int64, error) { return strconv.ParseInt(s, 10, 64) }
	lo, hasLo := bound(o, o.min, parse)
	hi, hasHi := bound(o, o.max, parse)
	bits := v.Type().Bits()
	if v.CanUint() {
		if !hasLo || lo < 0 {
			lo, hasLo = 0, true
		}
		if top := int64(1)<<bits - 1; bits < 64 && (!hasHi || hi > top) {
			hi, hasHi = top, true
		}
	} else if bits < 64 {
		if bottom := int64(-1) << (bits - 1); !hasLo || lo < bottom {
			lo, hasLo = bottom, true
		}
		if top := int64(1)<<(bits-1) - 1; !hasHi || hi > top {
			hi, hasHi = top, true
		}
	}
	i := n.Value.(int64)
	if hasLo && i < lo || hasHi && i > hi {
		d.rule(n, path, o, between(boundText(lo, hasLo), boundText(hi, hasHi)), "")
		return
	}
	if !d.oneOf(n, path, o) {
		return
	}
	if v.CanUint() {
		v.SetUint(uint64(i))
	} else {
		v.SetInt(i)
	}
}

func (d *decoder) float(v reflect.Value, n *Node, path string, o *option) {
	var f float64
	if n.Kind == Integer {
		f = float64(n.Value.(int64))
	} else if d.kind(n, Float, v.Type(), path, o) {
		f = n.Value.(float64)
	} else {
		return
	}
	parse := func(s string) (float64, error) { return strconv.ParseFloat(s, 64) }
	lo, hasLo := bound(o, o.min, parse)
	hi, hasHi := bound(o, o.max, parse)
	switch {
	case hasLo && !(f >= lo), hasHi && !(f <= hi): // also not-a-number
		d.rule(n, path, o, between(o.min, o.max), "")
	case v.OverflowFloat(f) && !math.IsInf(f, 0):
		d.rule(n, path, o, "a number of 32 bits", "")
	default:
		v.SetFloat(f)
	}
}

// bound parses a bound of an option; "" is no bound.
func bound[T any](o *option, tag string, parse func(string) (T, error)) (limit T, ok bool) {
	if tag == "" {
		return limit, false
	}
	limit, err := parse(tag)
	if err != nil {
		panic(fmt.Sprintf("config: option %s of %s has the bound %q: %s", o.name, o.owner, tag, err))
	}
	return limit, true
}

func boundText(limit int64, ok bool) string {
	if !ok {
		return ""
	}
	return strconv.FormatInt(limit, 10)
}

// between says what bounds ask for; "" is no bound.
func between(lo, hi string) string {
	switch {
	case hi == "":
		return lo + " or more"
	case lo == "":
		return hi + " or less"
	}
	return "from " + lo + " to " + hi
}

// list sets v to a new slice with the elements of n.
func (d *decoder) list(v reflect.Value, n *Node, path string, o *option) {
	if o.single && n.Kind != List && n.Kind != Table {
		fresh := reflect.MakeSlice(v.Type(), 1, 1)
		d.value(fresh.Index(0), n, path, o)
		v.Set(fresh)
		return
	}
	if !d.kind(n, List, v.Type(), path, o) {
		return
	}
	fresh := reflect.MakeSlice(v.Type(), len(n.Nodes), len(n.Nodes))
	for i, e := range n.Nodes {
		at := element(path, i)
		d.places[at] = e.place(o.secret)
		d.value(fresh.Index(i), e, at, o)
	}
	v.Set(fresh)
}

// dict sets v to a new map with the members of n.
func (d *decoder) dict(v reflect.Value, n *Node, path string, o *option) {
	t := v.Type()
	if t.Key().Kind() != reflect.String {
		panic(fmt.Sprintf("config: option %s of %s has type %s; keys are strings", o.name, o.owner, t))
	}
	if !d.kind(n, Table, t, path, o) {
		return
	}
	fresh := reflect.MakeMapWithSize(t, len(n.Nodes))
	for _, m := range n.Nodes {
		at := join(path, m.Key)
		d.places[at] = m.place(o.secret)
		e := reflect.New(t.Elem()).Elem()
		d.value(e, m, at, o)
		fresh.SetMapIndex(reflect.ValueOf(m.Key).Convert(t.Key()), e)
	}
	v.Set(fresh)
}

// pairs sets v to the members of n, all of them strings, in file order.
func (d *decoder) pairs(v reflect.Value, n *Node, path string, o *option) {
	if !d.kind(n, Table, pairsType, path, o) {
		return
	}
	fresh := make(plugin.Pairs, 0, len(n.Nodes))
	for _, m := range n.Nodes {
		at := join(path, m.Key)
		d.places[at] = m.place(o.secret)
		if m.Kind != String {
			d.mismatch(m, at, o.secret, "a string")
			continue
		}
		fresh = append(fresh, plugin.Pair{Key: m.Key, Value: m.Value.(string)})
	}
	v.Set(reflect.ValueOf(fresh))
}
