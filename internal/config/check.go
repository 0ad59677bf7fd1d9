package config

import (
	"errors"
	"reflect"
	"strings"

	"github.com/hekad/heka/plugin"
)

// checker is a config struct with rules that tags cannot say.
type checker interface{ Check() error }

// check calls Check on what is inside v, then on v itself. path is the option
// path of v.
func (d *decoder) check(v reflect.Value, path string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			d.check(v.Elem(), path)
		}
		return
	case reflect.Slice:
		if structWithin(v.Type()) != nil {
			for i := range v.Len() {
				d.check(v.Index(i), element(path, i))
			}
		}
	case reflect.Map:
		d.checkMap(v, path)
	case reflect.Struct:
		if structUnder(v.Type()) != nil {
			d.checkFields(v, path)
		}
	}
	if v.CanAddr() && v.Addr().CanInterface() {
		if c, ok := v.Addr().Interface().(checker); ok {
			d.failed(c.Check(), path)
		}
	}
}

// checkMap checks the structs of a map. Check may change the struct, so it
// works on a copy that is put back.
func (d *decoder) checkMap(v reflect.Value, path string) {
	if structWithin(v.Type()) == nil {
		return
	}
	for it := v.MapRange(); it.Next(); {
		e := reflect.New(v.Type().Elem()).Elem()
		e.Set(it.Value())
		d.check(e, join(path, it.Key().String()))
		v.SetMapIndex(it.Key(), e)
	}
}

// checkFields checks the options of struct v and its embedded structs. What an
// embedded struct finds is found twice where its Check is also that of v; the
// repetition goes when problems are sorted.
func (d *decoder) checkFields(v reflect.Value, path string) {
	for i := range v.NumField() {
		f := v.Type().Field(i)
		name, _, _ := strings.Cut(f.Tag.Get("toml"), ",")
		if f.Anonymous && name == "" && structUnder(f.Type) != nil {
			d.check(v.Field(i), path)
		}
	}
	for _, o := range optionsOf(v.Type()) {
		if len(o.index) == 1 {
			d.check(v.Field(o.index[0]), join(path, o.name))
		}
	}
}

// failed reports what Check returned, each part at its option's place.
// Options that could not be decoded have been reported already.
func (d *decoder) failed(err error, path string) {
	switch e := err.(type) {
	case nil:
		return
	case *plugin.OptionError:
		d.failed(e.Err, join(path, e.Option))
		return
	case interface{ Unwrap() []error }:
		if parts := e.Unwrap(); namesOptions(err) || err.Error() == errors.Join(parts...).Error() {
			for _, part := range parts {
				d.failed(part, path)
			}
			return
		}
	case interface{ Unwrap() error }:
		if namesOptions(err) {
			d.failed(e.Unwrap(), path)
			return
		}
	}
	if !d.reported(path) {
		d.add(Problem{Pos: d.place(path), Option: path, Text: prefixed(path, err.Error())})
	}
}

// reported reports whether an error about the option or a part of it is known.
func (d *decoder) reported(path string) bool {
	for bad := range d.bad {
		if rest, ok := strings.CutPrefix(bad, path); ok && path != "" && (rest == "" || rest[0] == '.' || rest[0] == '[') {
			return true
		}
	}
	return false
}

// namesOptions reports whether err says which option it is about.
func namesOptions(err error) bool {
	var named *plugin.OptionError
	return errors.As(err, &named)
}

// prefixed puts the option before a text that does not begin with it.
func prefixed(option, text string) string {
	last := option[strings.LastIndexByte(option, '.')+1:]
	if option == "" || strings.HasPrefix(text, option+" ") {
		return text
	}
	if strings.HasPrefix(text, last+" ") {
		return strings.TrimSuffix(option, last) + text
	}
	return option + ": " + text
}

// place returns where an option is set, else where the sub-section or section
// that it belongs to begins.
func (d *decoder) place(path string) Pos {
	for p := path; p != ""; p = p[:max(strings.LastIndexByte(p, '.'), 0)] {
		if at, ok := d.places[p]; ok {
			return at
		}
	}
	return d.section.Where(path)
}
