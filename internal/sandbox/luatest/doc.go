// Package luatest is the test kit of the Lua modules that are written in Go. The
// promises of a module stand in scripts, testdata/*.lua, which use the words of
// [Scripts]; what scripts cannot see, such as the limits of a host, is tested in Go.
//
//	func newState(t testing.TB, o bloom.Options) *lua.LState {
//		return luatest.NewState(t, "bloom_filter", bloom.Opener(o))
//	}
//
//	func TestScripts(t *testing.T) {
//		luatest.Scripts(t, func(t testing.TB) *lua.LState { return newState(t, bloom.Options{}) })
//	}
package luatest
