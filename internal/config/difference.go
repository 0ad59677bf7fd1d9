package config

import (
	"fmt"
	"reflect"
)

// Difference is an option with different values in two configurations.
type Difference struct {
	// Option is its name with the names of its sub-sections.
	Option string
	// Old and New are TOML with secrets masked, so that they may look alike; "" is
	// not set.
	Old, New string
}

// Differences compares the values of two config structs of one type, or pointers
// to them, that Decode has filled.
func Differences(before, after any) []Difference {
	a, b := reflect.Indirect(reflect.ValueOf(before)), reflect.Indirect(reflect.ValueOf(after))
	if a.Type() != b.Type() || a.Kind() != reflect.Struct {
		panic(fmt.Sprintf("config: differences of %T and %T, which are not of one struct type", before, after))
	}
	return differences("", a, b)
}

func differences(path string, a, b reflect.Value) []Difference {
	var all []Difference
	for _, o := range optionsOf(a.Type()) {
		name := join(path, o.name)
		x, hasX := field(a, o.index)
		y, hasY := field(b, o.index)
		if !hasX && !hasY {
			continue
		}
		x, y = reflect.Indirect(x), reflect.Indirect(y)
		switch {
		case x.IsValid() && y.IsValid() && structUnder(x.Type()) != nil:
			all = append(all, differences(name, x, y)...)
		case !sameValue(x, y):
			all = append(all, Difference{name, literalOf(x, o.secret), literalOf(y, o.secret)})
		}
	}
	return all
}

func literalOf(v reflect.Value, secret bool) string {
	if !v.IsValid() {
		return ""
	}
	return literal(v, secret)
}

// sameValue compares what the user sees of two values.
func sameValue(x, y reflect.Value) bool {
	if !x.IsValid() || !y.IsValid() {
		return x.IsValid() == y.IsValid()
	}
	if isText(x.Type()) {
		return ownText(x) == ownText(y)
	}
	return reflect.DeepEqual(x.Interface(), y.Interface())
}
