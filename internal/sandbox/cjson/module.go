package cjson

import (
	lua "github.com/yuin/gopher-lua"
)

// Options are what a host grants the library in one Lua state.
type Options struct {
	// OutputLimit is the largest text of encode in bytes; 0 leaves it to the bound
	// of the package (1 GiB).
	OutputLimit int
	// Reserve is called before the library takes about n more bytes that the script
	// may keep. It raises a Lua error when the state may not have them. Nil grants
	// everything.
	Reserve func(L *lua.LState, n int)
}

// Opener returns the function that makes the module within the limits of o: it
// sets the global cjson and returns the module table to require.
func Opener(o Options) lua.LGFunction {
	return func(L *lua.LState) int {
		c := &codec{Options: o, settings: defaults(), null: L.NewUserData()}
		mod := L.NewTable()
		L.SetFuncs(mod, map[string]lua.LGFunction{
			"encode":                  c.encode,
			"decode":                  c.decode,
			"encode_sparse_array":     c.encodeSparseArray,
			"encode_max_depth":        c.encodeMaxDepth,
			"decode_max_depth":        c.decodeMaxDepth,
			"encode_number_precision": c.encodeNumberPrecision,
			"encode_invalid_numbers":  c.encodeInvalidNumbers,
			"decode_invalid_numbers":  c.decodeInvalidNumbers,
			"decode_null":             c.decodeNull,
		})
		mod.RawSetString("null", c.null)
		mod.RawSetString("_NAME", lua.LString("cjson"))
		mod.RawSetString("_VERSION", lua.LString("2.1devel"))
		L.SetGlobal("cjson", mod)
		L.Push(mod)
		return 1
	}
}

// A codec is the module of one Lua state.
type codec struct {
	Options
	settings
	null *lua.LUserData // cjson.null: a value without content, known by its identity

	text []byte       // of the last encode, kept for the next
	vals []lua.LValue // the stack of decode, kept for the next
}

// Buffers above these sizes are not kept from one call to the next.
const (
	keepText = 256 << 10 // bytes
	keepVals = 4 << 10   // values
)

// encode is cjson.encode(value).
func (c *codec) encode(L *lua.LState) int {
	if L.GetTop() != 1 {
		argError(L, 1, "encode", "expected 1 argument")
	}
	e := encoder{codec: c, work: work{L: L, reserve: c.Reserve}, buf: c.text[:0]}
	if err := e.value(L.Get(1), 0); err != nil {
		raise(L, err.Error())
	}
	if err := e.pause(); err != nil {
		raise(L, err.Error())
	}
	L.Push(lua.LString(e.buf))
	if cap(e.buf) <= keepText {
		c.text = e.buf
	}
	return 1
}

// decode is cjson.decode(text).
func (c *codec) decode(L *lua.LState) int {
	if L.GetTop() != 1 {
		argError(L, 1, "decode", "expected 1 argument")
	}
	text := checkString(L, 1, "decode")
	if len(text) >= 2 && (text[0] == 0 || text[1] == 0) {
		raise(L, "JSON parser does not support UTF-16 or UTF-32")
	}
	p := parser{codec: c, work: work{L: L, reserve: c.Reserve}, vals: c.vals[:0]}
	c.vals = nil
	v, err := p.parse(text)
	if err != nil {
		raise(L, err.Error())
	}
	if cap(p.vals) <= keepVals {
		c.vals = p.vals
	}
	L.Push(v)
	return 1
}
