package sandbox

import (
	lua "github.com/yuin/gopher-lua"
)

// sized is implemented by the values of userdata whose size in bytes matters.
type sized interface{ Size() int }

// scale weighs what a script can reach.
type scale struct {
	seen  map[any]struct{}
	text  map[*byte]struct{}
	queue []lua.LValue
	// worn are tables most of whose keys are gone. The machine never forgets a
	// key, so they are put in order between two calls.
	worn   []*lua.LTable
	weight int64
}

// sharedText is the length from which a string that is referred to more than once
// is counted once.
const sharedText = 40

// weigh returns the bytes that can be reached from the globals, the registry and
// the stack of L, and how many values were looked at.
func (s *scale) weigh(L *lua.LState) (weight int64, visited int) {
	if s.seen == nil {
		s.seen, s.text = make(map[any]struct{}), make(map[*byte]struct{})
	}
	clear(s.seen)
	clear(s.text)
	s.weight, s.worn = 0, s.worn[:0]
	s.add(L.G.Global)
	s.add(L.G.Registry)
	if L.G.MainThread != nil {
		s.add(L.G.MainThread)
	}
	s.add(L)
	s.add(L.GetMetatable(lua.LString("")))
	for len(s.queue) > 0 {
		v := s.queue[len(s.queue)-1]
		s.queue = s.queue[:len(s.queue)-1]
		visited++
		s.open(v)
	}
	return s.weight, visited + len(s.text)
}

// add counts a value, once, and remembers to look into it.
func (s *scale) add(v lua.LValue) {
	switch v := v.(type) {
	case lua.LString:
		if len(v) >= sharedText {
			p := stringPointer(string(v))
			if _, ok := s.text[p]; ok {
				return
			}
			s.text[p] = struct{}{}
		}
		s.weight += int64(stringWeight + len(v))
	case *lua.LTable:
		s.once(v, v)
	case *lua.LFunction:
		s.once(v, v)
	case *lua.LUserData:
		s.once(v, v)
	case *lua.LState:
		s.once(v, v)
	}
}

func (s *scale) once(p any, v lua.LValue) {
	if _, ok := s.seen[p]; !ok {
		s.seen[p] = struct{}{}
		s.queue = append(s.queue, v)
	}
}

// open counts a value and adds what it refers to.
func (s *scale) open(v lua.LValue) {
	switch v := v.(type) {
	case *lua.LTable:
		s.table(v)
	case *lua.LFunction:
		s.weight += int64(closureWeight + 8*len(v.Upvalues))
		for _, u := range v.Upvalues {
			if u != nil {
				s.add(u.Value())
			}
		}
		if v.Env != nil {
			s.add(v.Env)
		}
		s.proto(v.Proto)
	case *lua.LUserData:
		s.weight += userdataWeight
		if w, ok := v.Value.(sized); ok {
			s.weight += int64(w.Size())
		}
		s.add(v.Metatable)
		if v.Env != nil {
			s.add(v.Env)
		}
	case *lua.LState:
		s.weight += threadWeight
		reg := viewState(v).reg
		for _, r := range reg.array[:reg.top] {
			if r != nil {
				s.add(r)
			}
		}
		for f := viewState(v).frame; f != nil; f = f.parent {
			if f.fn != nil {
				s.add(f.fn)
			}
		}
	}
}

func (s *scale) table(t *lua.LTable) {
	view := viewTable(t)
	live := len(view.dict) + len(view.strdict)
	s.weight += int64(tableWeight + slotWeight*len(view.array) + entryWeight*live)
	if dead := len(view.keys) - live; dead > 32 && dead > live {
		s.worn = append(s.worn, t)
	} else {
		s.weight += int64(slotWeight * dead)
	}
	s.add(t.Metatable)
	for _, v := range view.array {
		if v != nil {
			s.add(v)
		}
	}
	for k, v := range view.strdict {
		s.add(lua.LString(k))
		s.add(v)
	}
	for k, v := range view.dict {
		s.add(k)
		s.add(v)
	}
}

func (s *scale) proto(p *lua.FunctionProto) {
	if p == nil {
		return
	}
	if _, ok := s.seen[p]; ok {
		return
	}
	s.seen[p] = struct{}{}
	s.weight += int64(opWeight * len(p.Code))
	for _, sub := range p.FunctionPrototypes {
		s.proto(sub)
	}
}

// repair makes the worn tables forget the keys that are gone. It must not be
// called while a script runs, which may be in the middle of a traversal.
func (s *scale) repair() {
	for _, t := range s.worn {
		view := viewTable(t)
		live := len(view.dict) + len(view.strdict)
		keys, places := make([]lua.LValue, 0, live), make(map[lua.LValue]int, live)
		for _, k := range view.keys {
			if t.RawGetH(k) != lua.LNil {
				places[k] = len(keys)
				keys = append(keys, k)
			}
		}
		view.keys, view.k2i = keys, places
	}
	clear(s.worn)
	s.worn = s.worn[:0]
}
