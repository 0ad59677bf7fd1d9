package sandbox

import (
	"fmt"

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

// enterState calls, like protect, the function below nargs arguments, in a state
// in which nothing runs: a call by the host, of which there is one per message.
//
// hot: once per message.
func (s *Sandbox) enterState(L *lua.LState, nargs, nret int) (err error) {
	view := viewState(L)
	s.lib.catch = catcher{state: L}
	L.Panic, view.keepOpen = s.lib.raised, true
	defer func() {
		if r := recover(); r != nil {
			err = caught(r)
			s.leaveState(L, view)
		}
	}()
	L.Call(nargs, nret)
	view.frame = nil
	return nil
}

// leaveState makes the state forget the calls that an error has cut off. The
// outermost one stays on the stack, below all calls to come.
func (s *Sandbox) leaveState(L *lua.LState, view *stateView) {
	if view.frame != nil {
		for range view.frame.index {
			L.RemoveCallerFrame()
		}
	}
	view.frame = nil
	L.SetTop(0)
}

// caught is the error that was raised as r.
func caught(r any) error {
	if api, ok := r.(*lua.ApiError); ok {
		return api
	}
	return &lua.ApiError{Type: lua.ApiErrorPanic, Object: lua.LString(fmt.Sprint(r))}
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
	L.Panic, viewState(L).keepOpen = s.lib.raised, true
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
