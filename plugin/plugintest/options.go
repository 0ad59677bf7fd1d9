package plugintest

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/internal/reference"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// testOptions holds the tags and comments of all options to the rules.
func (d *declaration) testOptions(t *testing.T) {
	fields := config.Fields(d.NewConfig())
	for _, problem := range badOptions(fields, "") {
		t.Error(problem)
	}
	page := reference.Pages([]plugin.Plugin{*d.Plugin})[0]
	if len(page.Options) > 0 && d.Source == "" {
		t.Error("the declaration has no plugin.Docs, so its options have no comments")
		return
	}
	for _, name := range uncommented(page.Options, "") {
		t.Errorf("option %s has no doc comment in the source given to plugin.Docs", name)
	}
}

// uncommented lists the options without a doc comment.
func uncommented(options []reference.Option, above string) []string {
	var names []string
	for _, o := range options {
		if o.Doc == "" {
			names = append(names, above+o.Name)
		}
		names = append(names, uncommented(o.Options, above+o.Name+".")...)
	}
	return names
}

// badOptions lists what is wrong with the tags of options.
func badOptions(fields []config.FieldInfo, above string) []string {
	var problems []string
	var names []string
	for _, f := range fields {
		names = append(names, f.Name)
	}
	for _, f := range fields {
		bad := func(format string, args ...any) {
			problems = append(problems, fmt.Sprintf("option %s%s: ", above, f.Name)+fmt.Sprintf(format, args...))
		}
		goField, ok := f.Struct.FieldByName(f.GoName)
		if !ok {
			bad("no Go field %s", f.GoName)
			continue
		}
		badTag(goField, bad)
		if !snakeCase.MatchString(f.Name) && !isHeader(f.Name) {
			bad("the name is not in snake_case")
		}
		for _, a := range f.Aliases {
			if slices.Contains(names, a) {
				bad("the alias %s is an option of its own", a)
			}
		}
		if f.Ref != "" {
			if _, ok := plugin.KindOf(strings.ToUpper(f.Ref[:1]) + f.Ref[1:]); !ok || f.Ref != strings.ToLower(f.Ref) {
				bad("ref is %q, which is no kind in lower case", f.Ref)
			}
		}
		if f.Required && !unset(f.Default) {
			bad("it is required and has the default %s", f.Default)
		}
		for i, v := range f.OneOf {
			if v != strings.TrimSpace(v) || slices.Contains(f.OneOf[:i], v) {
				bad("oneof has the value %q, which is padded or repeated", v)
			}
		}
		problems = append(problems, badOptions(f.Fields, above+f.Name+".")...)
	}
	return problems
}

var (
	snakeCase = regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	tagPair   = regexp.MustCompile(`^ *([a-zA-Z_]+):"((?:[^"\\]|\\.)*)"`)
)

// tagKeys are the tags that mean something on an option.
var tagKeys = []string{"toml", "alias", "required", "oneof", "min", "max", "unit", "ref", "secret", "single"}

// isHeader reports whether a name is that of a message's header; options that map
// headers are called so.
func isHeader(name string) bool {
	m := message.New()
	m.SetUUID(message.UUID{})
	m.SetTimestamp(0)
	m.SetType("")
	m.SetLogger("")
	m.SetSeverity(0)
	m.SetPayload("")
	m.SetEnvVersion("")
	m.SetPid(0)
	m.SetHostname("")
	return m.Has(name)
}

// badTag reports what is wrong with a field's tag.
func badTag(f reflect.StructField, bad func(format string, args ...any)) {
	rest := string(f.Tag)
	for rest != "" {
		m := tagPair.FindStringSubmatch(rest)
		if m == nil {
			bad("the tag is malformed at %q", rest)
			return
		}
		rest = rest[len(m[0]):]
		if !slices.Contains(tagKeys, m[1]) {
			bad("the tag %s means nothing", m[1])
		}
		if m[2] == "" {
			bad("the tag %s is empty", m[1])
		}
	}
	if _, ok := f.Tag.Lookup("toml"); !ok {
		bad("field %s has no toml tag", f.Name)
	}
	for _, key := range []string{"required", "secret", "single"} {
		if v, ok := f.Tag.Lookup(key); ok && v != "true" {
			bad("%s is %q; it can only be true", key, v)
		}
	}
	lo, loSet := badBound(f, "min", bad)
	hi, hiSet := badBound(f, "max", bad)
	if loSet && hiSet && lo > hi {
		bad("min is greater than max")
	}
}

// badBound parses a bound and reports one that does not fit the field's type.
func badBound(f reflect.StructField, key string, bad func(format string, args ...any)) (bound float64, ok bool) {
	text, ok := f.Tag.Lookup(key)
	if !ok {
		return 0, false
	}
	typ := f.Type
	for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
		typ = typ.Elem()
	}
	var err error
	switch {
	case typ == reflect.TypeFor[time.Duration]():
		var d time.Duration
		d, err = time.ParseDuration(text)
		bound = float64(d)
	case typ.Kind() >= reflect.Int && typ.Kind() <= reflect.Uint64:
		var n int64
		n, err = strconv.ParseInt(text, 10, 64)
		bound = float64(n)
	case typ.Kind() == reflect.Float32 || typ.Kind() == reflect.Float64:
		bound, err = strconv.ParseFloat(text, 64)
	default:
		bad("%s makes no sense for a %s", key, f.Type)
		return 0, false
	}
	if err != nil {
		bad("%s is %q, which is no %s", key, text, typ)
		return 0, false
	}
	return bound, true
}

// unset reports whether a default, as TOML, is the zero value, or there is none.
func unset(toml string) bool {
	switch toml {
	case "", `""`, "0", "0.0", "false", "[]", "{}", `"0s"`:
		return true
	}
	return false
}

// testDefaults holds the defaults to the rules that users are held to, by
// spelling them out in a section.
func (d *declaration) testDefaults(t *testing.T) {
	minimal, err := d.section(d.minimal)
	if err != nil {
		t.Fatal(err)
	}
	fields := config.Fields(d.NewConfig())
	var text strings.Builder
	spellOut(&text, fields, minimal.Sets)
	text.WriteString(d.minimal)
	for _, f := range fields {
		if f.Type == "sub-section" && !minimal.Sets(f.Name) {
			fmt.Fprintf(&text, "\n[%s.%s]\n", d.Type, f.Name)
			spellOut(&text, f.Fields, func(string) bool { return false })
		}
	}
	if _, err := d.decode(text.String()); err != nil {
		t.Errorf("%v\nin this section:\n%s", err, text.String())
	}
	if expr := d.Consumer.MessageMatcher; expr != "" {
		if _, err := matcher.Parse(expr); err != nil {
			t.Errorf("default message_matcher: %v", err)
		}
	}
	if d.NoTicker && d.Consumer.TickerInterval != 0 {
		t.Error("the declaration refuses a ticker_interval and has one by default")
	}
}

// spellOut writes the defaults of those options that are not set as TOML.
func spellOut(text *strings.Builder, fields []config.FieldInfo, set func(name string) bool) {
	for _, f := range fields {
		if f.Fields == nil && !f.Secret && !unset(f.Default) && !set(f.Name) {
			fmt.Fprintf(text, "%s = %s\n", f.Name, f.Default)
		}
	}
}

// testCopies looks for memory that two configs share.
func (d *declaration) testCopies(t *testing.T) {
	a, b := reflect.ValueOf(d.NewConfig()), reflect.ValueOf(d.NewConfig())
	if a.Kind() != reflect.Pointer || a.Elem().Kind() != reflect.Struct {
		t.Fatalf("NewConfig returns %s; it must be a pointer to a struct", a.Type())
	}
	if a.Elem().Type().Size() > 0 && a.Pointer() == b.Pointer() {
		t.Fatal("NewConfig returns the same config again")
	}
	if !reflect.DeepEqual(a.Interface(), b.Interface()) {
		t.Error("NewConfig returns different defaults")
	}
	for _, path := range sharedMemory(a.Elem(), b.Elem(), "") {
		t.Errorf("configs share the memory of %s: what one instance changes there, all others see", path)
	}
}

// sharedMemory lists the fields in which a and b refer to the same memory.
func sharedMemory(a, b reflect.Value, path string) []string {
	if a.Kind() != b.Kind() {
		return nil
	}
	switch a.Kind() {
	case reflect.Struct:
		var all []string
		for i := range a.NumField() {
			if f := a.Type().Field(i); f.IsExported() || f.Anonymous {
				all = append(all, sharedMemory(a.Field(i), b.Field(i), path+"."+f.Name)...)
			}
		}
		return all
	case reflect.Interface:
		if !a.IsNil() && !b.IsNil() {
			return sharedMemory(a.Elem(), b.Elem(), path)
		}
	case reflect.Slice:
		if a.Cap() > 0 && a.Type().Elem().Size() > 0 && a.Pointer() == b.Pointer() {
			return []string{strings.TrimPrefix(path, ".")}
		}
	case reflect.Map, reflect.Chan:
		if !a.IsNil() && a.Pointer() == b.Pointer() {
			return []string{strings.TrimPrefix(path, ".")}
		}
	case reflect.Pointer:
		if !a.IsNil() && a.Type().Elem().Size() > 0 && a.Pointer() == b.Pointer() {
			return []string{strings.TrimPrefix(path, ".")}
		}
		if !a.IsNil() && !b.IsNil() {
			return sharedMemory(a.Elem(), b.Elem(), path)
		}
	}
	return nil
}
