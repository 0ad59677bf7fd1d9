package structured

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/tidwall/gjson"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// jsonDecoder implements plugin.Decoder.
type jsonDecoder struct {
	names    *names
	maxDepth int
}

func newJSON(c *jsonConfig, _ *plugin.Env) (plugin.Decoder, error) {
	n, err := newNames(&c.naming)
	return &jsonDecoder{n, c.MaxDepth}, err
}

var errNoObject = errors.New("the payload is not a JSON object")

// Decode implements plugin.Decoder.
//
// hot: once per message; allocates for strings with escapes.
func (d *jsonDecoder) Decode(p *plugin.Pack) error {
	m := &p.Message
	line := m.Payload()
	if !gjson.Valid(line) {
		return errNoObject
	}
	whole := gjson.Parse(line)
	if !whole.IsObject() {
		return errNoObject
	}
	d.names.before(m)
	if err := d.object(p, whole, "", 1); err != nil {
		return err
	}
	d.names.after(m, line)
	return nil
}

// object takes the members of an object, whose names begin with prefix.
func (d *jsonDecoder) object(p *plugin.Pack, o gjson.Result, prefix string, depth int) (err error) {
	o.ForEach(func(key, value gjson.Result) bool {
		name := key.Str
		if prefix != "" {
			room := p.Text()
			name = room.Keep(append(append(append(room.Free(), prefix...), '.'), name...))
		}
		err = d.value(p, name, value, depth)
		return err == nil
	})
	return err
}

func (d *jsonDecoder) value(p *plugin.Pack, name string, v gjson.Result, depth int) error {
	m := &p.Message
	switch v.Type {
	case gjson.Null:
		return nil
	case gjson.String:
		return d.names.text(m, name, v.Str)
	}
	t := d.names.targets[name]
	switch {
	case v.IsObject() && t.header == 0 && !t.typed && depth < d.maxDepth:
		return d.object(p, v, name, depth+1)
	case t.header != 0 || t.typed && v.Type != gjson.JSON:
		return d.names.text(m, name, v.Raw)
	case v.IsArray():
		return array(m, name, v)
	case v.Type == gjson.JSON:
		m.AddField(name, "json", message.String).AddString(v.Raw)
		return nil
	}
	return add(m, nil, name, v)
}

// array makes one field of the values of a list.
func array(m *message.Message, name string, list gjson.Result) (err error) {
	const mixed = gjson.Type(-1)
	values, typ, whole := 0, mixed, true
	list.ForEach(func(_, v gjson.Result) bool {
		t := v.Type
		if t == gjson.False {
			t = gjson.True
		}
		if values++; values == 1 {
			typ = t
		}
		if t != typ || t == gjson.Null || t == gjson.JSON {
			typ = mixed
			return false
		}
		_, isInteger := integer(v)
		whole = whole && isInteger
		return true
	})
	switch {
	case values == 0:
		return nil
	case typ == mixed:
		m.AddField(name, "json", message.String).AddString(list.Raw)
		return nil
	}
	kind := message.String
	switch {
	case typ == gjson.True:
		kind = message.Bool
	case typ == gjson.Number && whole:
		kind = message.Integer
	case typ == gjson.Number:
		kind = message.Double
	}
	f := m.AddField(name, "", kind)
	list.ForEach(func(_, v gjson.Result) bool {
		err = add(m, f, name, v)
		return err == nil
	})
	return err
}

// integer is the value of a number that is whole and has room in 64 bits.
func integer(v gjson.Result) (int64, bool) {
	if v.Type != gjson.Number {
		return 0, false
	}
	n, err := strconv.ParseInt(v.Raw, 10, 64)
	return n, err == nil
}

// add adds a string, number or boolean to a field, or as one if f is nil.
func add(m *message.Message, f *message.Field, name string, v gjson.Result) error {
	n, whole := integer(v)
	kind := message.Double
	switch {
	case v.Type == gjson.String:
		kind = message.String
	case v.Type != gjson.Number:
		kind = message.Bool
	case f == nil && whole:
		kind = message.Integer
	case f != nil:
		kind = f.Type()
	}
	if f == nil {
		f = m.AddField(name, "", kind)
	}
	switch kind {
	case message.String:
		f.AddString(v.Str)
	case message.Bool:
		f.AddBool(v.Type == gjson.True)
	case message.Integer:
		f.AddInteger(n)
	default:
		d, err := strconv.ParseFloat(v.Raw, 64)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		f.AddDouble(d)
	}
	return nil
}
