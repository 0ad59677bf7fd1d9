package sandbox

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/cjson"
)

// goModules are the Lua modules that are written in Go. Files of the same names
// do not hide them.
func (s *Sandbox) goModules() []Module {
	return []Module{
		{"cjson", cjson.Opener(cjson.Options{OutputLimit: int(min(s.opts.Limits.Output, math.MaxInt)), Reserve: s.reserve})},
	}
}

// reserve charges memory that a module is about to take for the script.
func (s *Sandbox) reserve(L *lua.LState, bytes int) {
	s.budget.memory.need(L, &s.budget, bytes)
}
