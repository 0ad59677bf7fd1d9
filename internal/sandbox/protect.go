package sandbox

import (
	lua "github.com/yuin/gopher-lua"
)

// The machine's own protected call has two faults: an error cuts the upvalues of
// all functions off from their variables, those of the function that catches it
// included, and the trace of the stack, which nobody reads, takes a time that
// grows with the square of the depth. Here is one without them.

// catcher is the innermost protected call.
type catcher struct {
	state *lua.LState
	base  int // register of the function called
}

// protect calls the function that lies below nargs arguments on the stack, and
// returns its error. On success its results are on the stack.
func (s *Sandbox) protect(L *lua.LState, nargs, nret int) error {
	view := viewState(L)
	outer, keepOpen := s.lib.catch, view.keepOpen
	base := view.reg.top - nargs - 1
	L.Insert(s.lib.catching, base-localBase(view)+1)
	s.lib.catch = catcher{L, base}
	err := L.PCall(nargs+1, nret, nil)
	s.lib.catch, view.keepOpen = outer, keepOpen
	if err != nil {
		s.budget.left -= errorWork
	}
	return err
}

// errorWork is what a caught error costs in instructions, about what it takes in
// time.
const errorWork = 200

// localBase is the register that index 1 of the stack stands for.
func localBase(v *stateView) int {
	if v.frame == nil {
		return 0
	}
	return v.frame.localBase
}

// catching runs first in a protected call: only now can the way in which errors
// are raised be set. It calls its first argument with the others.
func (s *Sandbox) catching(L *lua.LState) int {
	L.Panic, viewState(L).keepOpen = s.raised, true
	L.Call(L.GetTop()-1, lua.MultRet)
	return L.GetTop()
}

// raised is called by the machine with an error on top of the stack.
func (s *Sandbox) raised(L *lua.LState) {
	base := 0
	if s.lib.catch.state == L {
		base = s.lib.catch.base
	}
	viewState(L).closeFrom(base)
	panic(&lua.ApiError{Type: lua.ApiErrorRun, Object: L.Get(-1), StackTrace: "none"})
}
