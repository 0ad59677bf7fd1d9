// Package luaarg checks the arguments of Lua functions that are written in Go, and
// words the errors about them as Lua's auxiliary library does:
//
//	bad argument #2 to 'add' (number expected, got no value)
//
// It also writes texts for the code that objects preserve themselves as. The modules
// beside this package use it:
//
//	func add(L *lua.LState) int {
//		a := luaarg.Method(L, "add")
//		a.Count(1, 1)
//		key := a.Key(1)
//		a.Work(len(key))
//		…
//	}
package luaarg
