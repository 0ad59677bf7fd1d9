package lpeg

import (
	lua "github.com/yuin/gopher-lua"
)

// ReName is the name under which scripts require the module re, and of the
// global that holds it.
const ReName = "re"

// reCacheSize is the number of compiled patterns that a state keeps for match,
// find and gsub.
const reCacheSize = 256

// reModule is the module re of one Lua state.
type reModule struct {
	lib   *library
	cache map[reKey]*program
}

// reKey is the pattern in the cache, with what it was compiled for.
type reKey struct {
	use     byte // 'm' match, 'f' find, 'g' gsub
	pattern lua.LValue
	rep     lua.LValue // of gsub
}

// OpenRe pushes the module table of re, which it makes on the first call for a
// state, and sets the global re. Like Open it is a loader.
func OpenRe(l *lua.LState) int {
	lib := libraryOf(l)
	if lib.re == nil {
		re := &reModule{lib: lib, cache: map[reKey]*program{}}
		lib.re = functions(l, []function{
			{"compile", re.compile}, {"match", re.match}, {"find", re.find}, {"gsub", re.gsub},
			{"updatelocale", re.updateLocale},
		})
	}
	l.SetGlobal(ReName, lib.re)
	l.Push(lib.re)
	return 1
}

// tree makes the tree of argument n, which is text in the notation of re or a
// pattern.
func (re *reModule) tree(l *lua.LState, n int, fn string, defs lua.LValue) *node {
	if p, ok := patternAt(l, n); ok {
		return p.root
	}
	return re.lib.parseRe(l, textAt(l, n, fn), defs)
}

// compile is re.compile(p [, defs]).
func (re *reModule) compile(l *lua.LState) int {
	if _, ok := patternAt(l, 1); ok {
		l.Push(l.Get(1))
		return 1
	}
	return re.lib.push(l, re.tree(l, 1, "compile", l.Get(2)))
}

// program is the compiled form of argument 2, changed by wrap, from the cache.
func (re *reModule) program(l *lua.LState, fn string, key reKey, wrap func(*node) *node) *program {
	key.pattern = l.Get(2)
	if prog, ok := re.cache[key]; ok {
		return prog
	}
	prog := re.lib.program(l, &pattern{root: wrap(re.tree(l, 2, fn, lua.LNil))})
	if len(re.cache) >= reCacheSize {
		clear(re.cache)
	}
	re.cache[key] = prog
	return prog
}

// match is re.match(s, p [, init]).
func (re *reModule) match(l *lua.LState) int {
	s := textAt(l, 1, "match")
	prog := re.program(l, "match", reKey{use: 'm'}, func(n *node) *node { return n })
	return re.lib.run(l, prog, l.Get(1), s, startAt(l, "match", len(s)), 0)
}

// find is re.find(s, p [, init]): where the first match begins and ends.
func (re *reModule) find(l *lua.LState) int {
	s := textAt(l, 1, "find")
	prog := re.program(l, "find", reKey{use: 'f'}, func(n *node) *node {
		here := captureNode(keepPosition, emptyNode)
		found := seqNode(here, seqNode(indexNode(keepSelect, n, 0), here))
		search := &rule{name: lua.LNumber(1)}
		again := (&node{kind: kindOpen, value: search.name}).know()
		search.body = choiceNode(found, seqNode(anyNode(1), again))
		root, err := closeGrammar([]*rule{search}, spender(l))
		if err != nil {
			l.RaiseError("%s", err.Error())
		}
		return root
	})
	n := re.lib.run(l, prog, l.Get(1), s, startAt(l, "find", len(s)), 0)
	if end, ok := l.Get(-1).(lua.LNumber); ok {
		l.Pop(1)
		l.Push(end - 1)
	}
	return n
}

// gsub is re.gsub(s, p, rep): s with all matches of p replaced.
func (re *reModule) gsub(l *lua.LState) int {
	s := textAt(l, 1, "gsub")
	prog := re.program(l, "gsub", reKey{use: 'g', rep: l.Get(3)}, func(n *node) *node {
		replaced, ok := divide(n, l.Get(3))
		if !ok {
			argError(l, 3, "gsub", "invalid replacement value")
		}
		all, ok := repeatNode(choiceNode(replaced, anyNode(1)), 0)
		if !ok {
			l.RaiseError("loop body may accept empty string")
		}
		return captureNode(keepSubst, all)
	})
	return re.lib.run(l, prog, l.Get(1), s, 0, 0)
}

// updateLocale does nothing: there is only the C locale.
func (re *reModule) updateLocale(*lua.LState) int { return 0 }
