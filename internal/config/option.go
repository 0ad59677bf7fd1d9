package config

import (
	"encoding"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hekad/heka/plugin"
)

// option is one field of a config struct, as its tags declare it.
type option struct {
	name     string
	aliases  []string
	required bool
	secret   bool
	single   bool // a value that is no list stands for a list of one
	oneOf    []string
	min, max string // "" for none
	unit     string
	ref      string

	index  []int        // of the field, from the struct that was walked
	typ    reflect.Type // of the field
	owner  reflect.Type // the struct that declares the field
	goName string
}

// optionsOf lists the options of a struct type in the order of declaration,
// those of embedded structs in their place. An option declared again further
// out hides the one further in. The list is shared and not to be changed.
func optionsOf(t reflect.Type) []option {
	if known, ok := optionsKnown.Load(t); ok {
		return known.([]option)
	}
	all := readOptions(t)
	optionsKnown.Store(t, all)
	return all
}

// optionsKnown holds what optionsOf has found: the same struct is asked about for
// each section and each option, and reading tags is slow.
var optionsKnown sync.Map // of []option by reflect.Type

func readOptions(t reflect.Type) []option {
	var all []option
	for i := range t.NumField() {
		f := t.Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
		if f.Anonymous && name == "" {
			if inner := structUnder(f.Type); inner != nil {
				for _, o := range optionsOf(inner) {
					o.index = slices.Concat([]int{i}, o.index)
					all = append(all, o)
				}
				continue
			}
		}
		if !f.IsExported() || name == "-" {
			continue
		}
		if name == "" {
			name = strings.ToLower(f.Name)
		}
		all = append(all, option{
			name: name, aliases: split(f.Tag.Get("alias")),
			required: f.Tag.Get("required") == "true", secret: f.Tag.Get("secret") == "true",
			single: f.Tag.Get("single") == "true",
			oneOf:  split(f.Tag.Get("oneof")), min: f.Tag.Get("min"), max: f.Tag.Get("max"),
			unit: f.Tag.Get("unit"), ref: f.Tag.Get("ref"),
			index: []int{i}, typ: f.Type, owner: t, goName: f.Name,
		})
	}
	depth := make(map[string]int, len(all))
	for _, o := range all {
		if d, ok := depth[o.name]; !ok || len(o.index) < d {
			depth[o.name] = len(o.index)
		}
	}
	return slices.DeleteFunc(all, func(o option) bool { return len(o.index) > depth[o.name] })
}

// split splits a tag at commas; an empty tag has no parts.
func split(tag string) []string {
	if tag == "" {
		return nil
	}
	return strings.Split(tag, ",")
}

// The types that are more to the configuration than their kind says.
var (
	durationType  = reflect.TypeFor[time.Duration]()
	timeType      = reflect.TypeFor[time.Time]()
	pairsType     = reflect.TypeFor[plugin.Pairs]()
	unmarshalText = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// isText reports whether values of t are read from text by t itself.
func isText(t reflect.Type) bool {
	return t != timeType && (t.Implements(unmarshalText) || reflect.PointerTo(t).Implements(unmarshalText))
}

// structUnder returns t, or what it points to, where that is a struct whose
// fields are options, else nil.
func structUnder(t reflect.Type) reflect.Type {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || t == timeType || isText(t) {
		return nil
	}
	return t
}

// structWithin returns the struct whose fields are the options of a
// sub-section of type t, or of each of several, else nil.
func structWithin(t reflect.Type) reflect.Type {
	if s := structUnder(t); s != nil || t == pairsType || isText(t) {
		return s
	}
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
		return structWithin(t.Elem())
	}
	return nil
}

// typeText describes a type to users: "string", "uint32", "duration",
// "list of strings", "table of strings", "sub-section", "any".
func typeText(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.Pointer:
		return typeText(t.Elem())
	case t == durationType:
		return "duration"
	case t == timeType:
		return "date"
	case isText(t):
		return "string"
	case t == pairsType:
		return "table of strings"
	}
	switch t.Kind() {
	case reflect.Float32, reflect.Float64:
		return "float"
	case reflect.Slice, reflect.Array:
		return "list of " + plural(typeText(t.Elem()))
	case reflect.Map:
		if t.Elem().Kind() == reflect.Interface {
			return "table"
		}
		return "table of " + plural(typeText(t.Elem()))
	case reflect.Struct:
		return "sub-section"
	case reflect.Interface:
		return "any"
	}
	return t.Kind().String()
}

// plural puts the first noun of a type's description in the plural.
func plural(text string) string {
	if text == "any" {
		return "any"
	}
	head, tail, _ := strings.Cut(text, " of ")
	if tail != "" {
		tail = " of " + tail
	}
	return head + "s" + tail
}

// wanted describes what a value of type t must be, for problems.
func wanted(t reflect.Type) string {
	switch {
	case t.Kind() == reflect.Pointer:
		return wanted(t.Elem())
	case t == durationType:
		return `a duration such as "250ms" or "1h30m"`
	}
	switch text := typeText(t); text {
	case "bool":
		return "true or false"
	case "float":
		return "a number"
	case "string", "date", "sub-section", "table":
		return "a " + text
	default:
		if strings.Contains(text, " of ") {
			return "a " + text
		}
		return "an integer"
	}
}

// FieldInfo describes one option for reference pages and listings.
type FieldInfo struct {
	Name string
	// Type is "string", "bool", "int", "uint32", "float", "duration", "date",
	// "list of strings", "table of strings", "sub-section", "any" and the like.
	Type string
	// Default is the value in the target, as TOML; "" for sub-sections and
	// for options that are not set unless the user sets them.
	Default string
	// Aliases are deprecated spellings.
	Aliases  []string
	Required bool
	// OneOf are the only accepted values; empty means any.
	OneOf []string
	// Min and Max are bounds as written in the tags, "" for none.
	Min, Max string
	// Unit is the unit of a plain number.
	Unit string
	// Ref is the kind of section that the option names, such as "decoder".
	Ref    string
	Secret bool
	// Fields are the options of a sub-section, of the elements of a list of
	// them, or of the members of a table of them.
	Fields []FieldInfo
	// Struct and GoName say which Go field it is, and so where its comment is.
	Struct reflect.Type
	GoName string
}

// Fields describes the options of target, a config struct or a pointer to one,
// in the order of declaration; the values it holds are the defaults.
func Fields(target any) []FieldInfo {
	v := reflect.Indirect(reflect.ValueOf(target))
	if v.Kind() != reflect.Struct {
		panic(fmt.Sprintf("config: fields of %T, which is no struct", target))
	}
	return fieldsOf(v, nil)
}

// fieldsOf describes the options of the struct v. above holds the types on
// the way there, so that a type within itself ends the walk.
func fieldsOf(v reflect.Value, above []reflect.Type) []FieldInfo {
	above = append(above, v.Type())
	var infos []FieldInfo
	for _, o := range optionsOf(v.Type()) {
		info := FieldInfo{
			Name: o.name, Type: typeText(o.typ), Aliases: o.aliases, Required: o.required, OneOf: o.oneOf,
			Min: o.min, Max: o.max, Unit: o.unit, Ref: o.ref, Secret: o.secret, Struct: o.owner, GoName: o.goName,
		}
		value, set := field(v, o.index)
		if inner := structWithin(o.typ); inner != nil {
			if !slices.Contains(above, inner) {
				sub := reflect.Zero(inner)
				if s := reflect.Indirect(value); set && s.IsValid() && s.Type() == inner {
					sub = s
				}
				info.Fields = fieldsOf(sub, above)
			}
		} else if set {
			info.Default = literal(value, o.secret)
		}
		infos = append(infos, info)
	}
	return infos
}

// field returns the field of struct v with the given index, or false where an
// embedded pointer on the way is nil.
func field(v reflect.Value, index []int) (reflect.Value, bool) {
	for _, i := range index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				return reflect.Value{}, false
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v, true
}
