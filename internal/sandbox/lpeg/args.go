package lpeg

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// operator is the name of metamethods in messages.
const operator = "?"

// argError raises the error for argument n of function fn.
func argError(l *lua.LState, n int, fn, problem string) {
	l.RaiseError("bad argument #%d to '%s' (%s)", n, fn, problem)
}

func typeError(l *lua.LState, n int, fn, want string) {
	got := "no value"
	if n <= l.GetTop() {
		got = l.Get(n).Type().String()
	}
	argError(l, n, fn, want+" expected, got "+got)
}

func intAt(l *lua.LState, n int, fn string) int {
	f, ok := toNumber(l.Get(n))
	if !ok {
		typeError(l, n, fn, "number")
	}
	return toInt(f)
}

// toInt truncates a number and keeps it within 32 bits; nothing here counts
// further.
func toInt(f float64) int {
	switch {
	case f >= math.MaxInt32:
		return math.MaxInt32
	case f > -math.MaxInt32:
		return int(f)
	}
	return -math.MaxInt32
}

func textAt(l *lua.LState, n int, fn string) string {
	switch v := l.Get(n).(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return numberText(v)
	}
	typeError(l, n, fn, "string")
	return ""
}

func functionAt(l *lua.LState, n int, fn string) *lua.LFunction {
	f, ok := l.Get(n).(*lua.LFunction)
	if !ok {
		typeError(l, n, fn, "function")
	}
	return f
}

func patternAt(l *lua.LState, n int) (*pattern, bool) {
	return toPattern(l.Get(n))
}

func toPattern(v lua.LValue) (*pattern, bool) {
	if ud, ok := v.(*lua.LUserData); ok {
		p, ok := ud.Value.(*pattern)
		return p, ok
	}
	return nil, false
}

// nodeAt makes the tree of argument n, which is a pattern or a value that stands
// for one.
func (lib *library) nodeAt(l *lua.LState, n int, fn string) *node {
	root, ok := lib.toNode(l, l.Get(n))
	if !ok {
		typeError(l, n, fn, "lpeg-pattern")
	}
	return root
}

// toNode makes the tree that a value stands for. It reports false for a value of
// the wrong type.
func (lib *library) toNode(l *lua.LState, v lua.LValue) (*node, bool) {
	switch v := v.(type) {
	case *lua.LUserData:
		if p, ok := toPattern(v); ok {
			return p.root, true
		}
	case lua.LString:
		return textNode(string(v)), true
	case lua.LNumber:
		return countNode(toInt(float64(v))), true
	case lua.LBool:
		if v {
			return emptyNode, true
		}
		return failNode, true
	case *lua.LTable:
		return lib.grammar(l, v), true
	case *lua.LFunction:
		return runtimeNode(emptyNode, v), true
	}
	return nil, false
}

// grammar makes the tree of a grammar out of its table.
func (lib *library) grammar(l *lua.LState, t *lua.LTable) *node {
	var name lua.LValue = lua.LNumber(1)
	initial := t.RawGetInt(1)
	switch initial.(type) {
	case lua.LString, lua.LNumber:
		name = initial
		initial = l.GetTable(t, name)
	}
	first, ok := toPattern(initial)
	if !ok {
		if initial == lua.LNil {
			l.RaiseError("grammar has no initial rule")
		}
		l.RaiseError("initial rule '%s' is not a pattern", nameText(name))
	}
	rules := []*rule{{name: name, body: first.root}}
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		if k == lua.LNumber(1) || k == name {
			continue
		}
		p, ok := toPattern(v)
		if !ok {
			l.RaiseError("rule '%s' is not a pattern", nameText(k))
		}
		if rules = append(rules, &rule{name: k, body: p.root}); len(rules) > maxRules {
			l.RaiseError("grammar has too many rules")
		}
	}
	root, err := closeGrammar(rules, spender(l))
	if err != nil {
		l.RaiseError("%s", err.Error())
	}
	return root
}
