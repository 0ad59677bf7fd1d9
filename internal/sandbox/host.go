package sandbox

import (
	"slices"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// openHostFunctions makes the functions that the kind of script has.
func (s *Sandbox) openHostFunctions(L *lua.LState) {
	set := func(name string, fn lua.LGFunction, kinds ...Kind) {
		if len(kinds) == 0 || slices.Contains(kinds, s.kind) {
			L.G.Global.RawSetString(name, L.NewFunction(fn))
		}
	}
	set("read_config", s.readConfig)
	set("decode_message", s.decodeMessage)
	set("read_message", s.readMessage, Decoder, Filter, Encoder, Output)
	s.lib.readMessage, _ = L.G.Global.RawGetString("read_message").(*lua.LFunction)
	set("read_next_field", s.readNextField, Decoder, Filter, Encoder, Output)
	set("write_message", s.writeMessage, Decoder, Encoder)
	set("add_to_payload", s.addToPayload, Decoder, Filter, Encoder)
	set("inject_payload", s.injectPayload, Decoder, Filter, Encoder)
	set("inject_message", s.injectMessage, Input, Decoder, Filter, Encoder)
}

// readConfig implements read_config.
func (s *Sandbox) readConfig(L *lua.LState) int {
	if L.GetTop() != 1 {
		raise(L, "read_config() must have a single argument")
	}
	L.Push(s.fromConfig(L, s.opts.Config[checkString(L, 1, "read_config")]))
	return 1
}

// fromConfig makes a Lua value of one of a configuration.
func (s *Sandbox) fromConfig(L *lua.LState, v any) lua.LValue {
	switch v := v.(type) {
	case string:
		return s.newString(L, v)
	case bool:
		return lua.LBool(v)
	case int64:
		return lua.LNumber(v)
	case int:
		return lua.LNumber(v)
	case float64:
		return lua.LNumber(v)
	case time.Time:
		return lua.LNil
	case []any:
		s.budget.memory.grow(L, &s.budget, tableWeight+slotWeight*len(v))
		t := L.CreateTable(len(v), 0)
		for i, e := range v {
			t.RawSetInt(i+1, s.fromConfig(L, e))
		}
		return t
	case map[string]any:
		s.budget.memory.grow(L, &s.budget, tableWeight+entryWeight*len(v))
		t := L.CreateTable(0, len(v))
		for k, e := range v {
			t.RawSetString(k, s.fromConfig(L, e))
		}
		return t
	}
	return lua.LNil
}
