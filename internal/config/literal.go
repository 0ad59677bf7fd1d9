package config

import (
	"encoding"
	"fmt"
	"math"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/hekad/heka/plugin"
)

// literal writes v as a TOML value on one line, so that reading it gives v
// again. Secrets are masked unless they are empty; what is not set is "".
func literal(v reflect.Value, secret bool) string {
	t := v.Type()
	switch t.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return ""
		}
		return literal(v.Elem(), secret)
	}
	switch x := v.Interface().(type) {
	case time.Duration:
		return quoteTOML(mask(durationText(x), secret && x != 0))
	case time.Time:
		if x.IsZero() {
			return ""
		}
		return x.Format(time.RFC3339Nano)
	case plugin.Pairs:
		members := make([]string, len(x))
		for i, p := range x {
			members[i] = keyTOML(p.Key) + " = " + quoteTOML(hidden(p.Key, p.Value, secret))
		}
		return inBraces(members)
	}
	if isText(t) {
		return quoteTOML(mask(ownText(v), secret))
	}
	switch t.Kind() {
	case reflect.String:
		return quoteTOML(mask(maskURL(v.String()), secret))
	case reflect.Slice, reflect.Array:
		items := make([]string, v.Len())
		for i := range items {
			items[i] = literal(v.Index(i), secret)
		}
		return "[" + strings.Join(items, ", ") + "]"
	case reflect.Map:
		var members []string
		for _, k := range sortedKeys(v) {
			e := v.MapIndex(k)
			members = append(members, keyTOML(k.String())+" = "+literal(e, secret || speaksOfSecret(k.String())))
		}
		return inBraces(members)
	case reflect.Struct:
		var members []string
		for _, o := range optionsOf(t) {
			if f, ok := field(v, o.index); ok {
				if text := literal(f, secret || o.secret); text != "" {
					members = append(members, keyTOML(o.name)+" = "+text)
				}
			}
		}
		return inBraces(members)
	}
	if secret && !v.IsZero() {
		return quoteTOML(masked)
	}
	switch {
	case v.CanInt():
		return strconv.FormatInt(v.Int(), 10)
	case v.CanUint():
		return strconv.FormatUint(v.Uint(), 10)
	case v.CanFloat():
		return floatTOML(v.Float())
	}
	return strconv.FormatBool(v.Bool())
}

// mask returns the mask for a secret that is not empty, else s.
func mask(s string, secret bool) string {
	if secret && s != "" {
		return masked
	}
	return s
}

// hidden masks the value of a key that no option declares.
func hidden(key, value string, secret bool) string {
	return mask(maskURL(value), secret || speaksOfSecret(key))
}

// inBraces writes an inline table.
func inBraces(members []string) string {
	if len(members) == 0 {
		return "{}"
	}
	return "{ " + strings.Join(members, ", ") + " }"
}

// sortedKeys returns the keys of a map with string keys in byte order.
func sortedKeys(v reflect.Value) []reflect.Value {
	keys := v.MapKeys()
	slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	return keys
}

// ownText returns the text of a value that reads itself from text.
func ownText(v reflect.Value) string {
	addressable := reflect.New(v.Type())
	addressable.Elem().Set(v)
	switch x := addressable.Interface().(type) {
	case encoding.TextMarshaler:
		if text, err := x.MarshalText(); err == nil {
			return string(text)
		}
	case fmt.Stringer:
		return x.String()
	}
	if v.Kind() == reflect.String {
		return v.String()
	}
	return ""
}

// durationText is the shortest form of d that time.ParseDuration reads: "2m",
// not "2m0s".
func durationText(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// floatTOML writes f so that it reads as a number, not as an integer.
func floatTOML(f float64) string {
	switch {
	case math.IsNaN(f):
		return "nan"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strings.ToLower(strconv.FormatFloat(f, 'g', -1, 64)), "+")
	}
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// bareKey matches keys that need no quotes in any dialect.
var bareKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// keyTOML writes a key, in quotes where it needs them.
func keyTOML(key string) string {
	if bareKey.MatchString(key) {
		return key
	}
	return quoteTOML(key)
}

// quoteTOML writes s as a TOML string in double quotes that no reader changes,
// not even by putting in environment variables.
func quoteTOML(s string) string {
	b := []byte{'"'}
	for i, r := range s {
		switch r {
		case '"', '\\':
			b = append(b, '\\', byte(r))
		case '\b', '\t', '\n', '\f', '\r':
			b = append(b, '\\', "btn?fr"[r-'\b'])
		case '%':
			if strings.HasPrefix(s[i:], refOpen) {
				b = append(b, `\u0025`...)
				continue
			}
			b = append(b, '%')
		default:
			if r < ' ' || r == 0x7F {
				b = fmt.Appendf(b, `\u%04X`, r)
				continue
			}
			b = append(b, string(r)...)
		}
	}
	return string(append(b, '"'))
}
