package sandbox

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/internal/sandbox/bloom"
	"github.com/hekad/heka/internal/sandbox/circbuf"
	"github.com/hekad/heka/internal/sandbox/cjson"
	"github.com/hekad/heka/internal/sandbox/cuckoo"
	"github.com/hekad/heka/internal/sandbox/hll"
	"github.com/hekad/heka/internal/sandbox/lpeg"
	"github.com/hekad/heka/internal/sandbox/lstruct"
	"github.com/hekad/heka/internal/sandbox/sax"
)

// goModules are the Lua modules that are written in Go, by the names that require
// knows them by. Files of the same names do not hide them.
//
// A module that works for long receives from the Done channel of the state's
// context now and then, without waiting: each time counts as an instruction, and
// when the script is to end, an error is raised in there. Before it takes memory
// for the script it calls reserve, or the context's method Alloc. Its objects are
// userdata whose values implement sized, outputter and preserver as they like.
func (s *Sandbox) goModules() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"bloom_filter":    bloom.Opener(bloom.Options{Reserve: s.reserve}),
		"circular_buffer": circbuf.Opener(circbuf.Options{Reserve: s.reserve}),
		"cjson":           cjson.Opener(cjson.Options{OutputLimit: s.outputLimit(), Reserve: s.reserve}),
		"cuckoo_filter":   cuckoo.Opener(cuckoo.Options{Reserve: s.reserve}),
		"hyperloglog":     hll.Opener(hll.Options{Reserve: s.reserve}),
		"lpeg":            lpeg.Open,
		"re":              lpeg.OpenRe,
		"sax":             sax.Opener(sax.Options{Reserve: s.reserve}),
		"struct":          lstruct.Opener(lstruct.Options{Reserve: s.reserve}),
	}
}

// reserve charges memory that a module is about to take for the script.
func (s *Sandbox) reserve(L *lua.LState, bytes int) {
	s.budget.memory.need(L, &s.budget, bytes)
}
