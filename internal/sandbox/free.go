package sandbox

import (
	"os"
	"os/exec"

	lua "github.com/yuin/gopher-lua"
)

// What only inputs and outputs have: files, processes, coroutines.

// openIO makes the io library, the machine's own.
func (s *Sandbox) openIO(L *lua.LState) lua.LValue {
	L.Push(L.NewFunction(lua.OpenIo))
	L.Call(0, 1)
	v := L.Get(-1)
	L.Pop(1)
	return v
}

// addSystem adds the functions of os that reach out of the sandbox.
func addSystem(f functions) {
	f["execute"] = func(L *lua.LState) int {
		if L.Get(1) == lua.LNil {
			L.Push(lua.LNumber(1))
			return 1
		}
		status := 0
		if err := exec.Command("/bin/sh", "-c", checkString(L, 1, "execute")).Run(); err != nil {
			status = -1
			if exit, ok := err.(*exec.ExitError); ok {
				status = exit.ExitCode() << 8
			}
		}
		L.Push(lua.LNumber(status))
		return 1
	}
	f["getenv"] = func(L *lua.LState) int {
		v, ok := os.LookupEnv(checkString(L, 1, "getenv"))
		if !ok {
			L.Push(lua.LNil)
			return 1
		}
		L.Push(lua.LString(v))
		return 1
	}
	f["remove"] = func(L *lua.LState) int { return fileResult(L, os.Remove(checkString(L, 1, "remove"))) }
	f["rename"] = func(L *lua.LState) int {
		return fileResult(L, os.Rename(checkString(L, 1, "rename"), checkString(L, 2, "rename")))
	}
	f["tmpname"] = func(L *lua.LState) int {
		file, err := os.CreateTemp("", "lua_")
		if err != nil {
			raise(L, "unable to generate a unique filename")
		}
		defer file.Close()
		L.Push(lua.LString(file.Name()))
		return 1
	}
}

func fileResult(L *lua.LState, err error) int {
	if err == nil {
		L.Push(lua.LTrue)
		return 1
	}
	L.Push(lua.LNil)
	L.Push(lua.LString(err.Error()))
	return 2
}

// openCoroutine makes the coroutine library: the machine's own, with a meter for
// each coroutine.
func (s *Sandbox) openCoroutine(L *lua.LState) {
	restore := withoutContext(L)
	L.Push(L.NewFunction(lua.OpenCoroutine))
	L.Call(0, 1)
	restore()
	t := L.Get(-1).(*lua.LTable)
	L.Pop(1)
	replace := func(name string, with func(native lua.LGFunction) lua.LGFunction) {
		native := t.RawGetString(name).(*lua.LFunction).GFunction
		t.RawSetString(name, L.NewFunction(with(native)))
	}
	replace("create", s.threads)
	replace("wrap", s.threads)
	replace("resume", s.resumed)
}

// threads makes coroutines without the context that the machine would derive for
// them and gives each a meter.
func (s *Sandbox) threads(native lua.LGFunction) lua.LGFunction {
	return func(L *lua.LState) int {
		defer withoutContext(L)()
		s.budget.memory.grow(L, &s.budget, threadWeight+slotWeight*registers)
		n := native(L)
		switch v := L.Get(-1).(type) {
		case *lua.LState:
			v.SetContext(newMeter(v, &s.budget))
		case *lua.LFunction: // of wrap
			th := v.Upvalues[0].Value().(*lua.LState)
			th.SetContext(newMeter(th, &s.budget))
			v.GFunction = s.resumed(v.GFunction)
		}
		return n
	}
}

// withoutContext takes the context of a state away until restore is called.
func withoutContext(L *lua.LState) (restore func()) {
	view := viewState(L)
	loop := view.loop
	ctx := L.RemoveContext()
	return func() {
		L.SetContext(ctx)
		view.loop = loop
	}
}

// resumed puts the depth back after a coroutine that may have ended by an error.
func (s *Sandbox) resumed(native lua.LGFunction) lua.LGFunction {
	return func(L *lua.LState) int {
		depth := s.lib.depth
		n := native(L)
		s.rewind(depth)
		return n
	}
}
