package sandbox

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// require implements require: host-provided modules first, then the files of the
// module directories, then the files that are built in.
func (s *Sandbox) require(L *lua.LState) int {
	name := checkString(L, 1, "require")
	loaded := s.lib.loaded
	switch v := loaded.RawGetString(name); {
	case v == loading:
		raise(L, "loop or previous error loading module '%s'", name)
	case lua.LVAsBool(v):
		L.Push(v)
		return 1
	}
	if name == "io" && !s.kind.free() {
		raise(L, "module '%s' disabled", name)
	}
	if open := s.openers()[name]; open != nil {
		v := open(L)
		L.G.Global.RawSetString(name, v)
		return s.provide(L, name, v)
	}
	if open := s.goModules()[name]; open != nil {
		L.Push(L.NewFunction(open))
		L.Push(lua.LString(name))
		L.Call(1, 1)
		v := L.Get(-1)
		L.Pop(1)
		return s.provide(L, name, v)
	}
	chunk := s.find(L, name)
	loaded.RawSetString(name, loading)
	s.enter(L)
	L.Push(chunk)
	L.Push(lua.LString(name))
	L.Call(1, 1)
	s.leave()
	result := L.Get(-1)
	L.Pop(1)
	if result == lua.LNil {
		if result = loaded.RawGetString(name); result == loading {
			result = lua.LTrue
		}
	}
	return s.provide(L, name, result)
}

// loading marks a module whose chunk has not returned.
var loading lua.LValue = &lua.LUserData{Metatable: lua.LNil}

// provide remembers a module. The empty metatable says that it is no data.
func (s *Sandbox) provide(L *lua.LState, name string, v lua.LValue) int {
	if t, ok := v.(*lua.LTable); ok && t.Metatable == lua.LNil {
		t.Metatable = L.CreateTable(0, 0)
	}
	s.lib.loaded.RawSetString(name, v)
	L.Push(v)
	return 1
}

// find returns the chunk of a module in a file.
func (s *Sandbox) find(L *lua.LState, name string) *lua.LFunction {
	for i := range len(name) {
		if c := name[i]; c != '.' && !isAlnum(c) && c != '_' {
			L.Error(lua.LString("invalid module name '"+name+"'"), 0)
		}
	}
	file := strings.ReplaceAll(name, ".", "/")
	var tried, native []string
	for dir := range strings.SplitSeq(s.opts.ModuleDirectory, ";") {
		if dir != "" {
			dir += "/"
		}
		at := dir + file + ".lua"
		if fn, ok := s.loadModule(L, name, at, ""); ok {
			return fn
		}
		tried = append(tried, at)
		native = append(native, dir+file+".so")
	}
	if fn, ok := s.loadModule(L, name, "lua_modules/"+file+".lua", path.Join("lua_modules", file+".lua")); ok {
		return fn
	}
	if root, _, dotted := strings.Cut(name, "."); dotted {
		for dir := range strings.SplitSeq(s.opts.ModuleDirectory, ";") {
			if dir != "" {
				dir += "/"
			}
			native = append(native, dir+root+".so")
		}
	}
	problem := "module '" + name + "' not found:"
	for _, at := range append(tried, native...) {
		problem += "\n\tno file '" + at + "'"
	}
	raise(L, "%s", problem)
	return nil
}

// loadModule compiles a module in a file, or in the files that are built in when
// built is set.
func (s *Sandbox) loadModule(L *lua.LState, name, file, built string) (*lua.LFunction, bool) {
	var p *lua.FunctionProto
	var err error
	if built == "" {
		p, err = load(file, "", nil)
	} else {
		p, err = loadBuilt(file, built, s.opts.Share)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, false
	}
	if err != nil {
		raise(L, "error loading module '%s' from file '%s':\n\t%s", name, file, err)
	}
	return L.NewFunctionFromProto(p), true
}
