package lpeg

import lua "github.com/yuin/gopher-lua"

// The functions here make patterns of their arguments.

func (lib *library) newP(l *lua.LState) int {
	if l.GetTop() == 0 {
		argError(l, 1, "P", "value expected")
	}
	if _, ok := patternAt(l, 1); ok {
		l.Push(l.Get(1))
		return 1
	}
	return lib.push(l, lib.nodeAt(l, 1, "P"))
}

func (lib *library) newS(l *lua.LState) int {
	var set charset
	for _, c := range []byte(textAt(l, 1, "S")) {
		set.add(c)
	}
	return lib.push(l, setNode(set))
}

func (lib *library) newR(l *lua.LState) int {
	var set charset
	for i := 1; i <= l.GetTop(); i++ {
		r := textAt(l, i, "R")
		if len(r) != 2 {
			argError(l, i, "R", "range must have two characters")
		}
		set.addRange(r[0], r[1])
	}
	return lib.push(l, setNode(set))
}

func (lib *library) newV(l *lua.LState) int {
	if l.Get(1) == lua.LNil {
		argError(l, 1, "V", "non-nil value expected")
	}
	return lib.push(l, (&node{kind: kindOpen, value: l.Get(1)}).know())
}

// maxBehind is the furthest that look-behind can look.
const maxBehind = 255

func (lib *library) newB(l *lua.LState) int {
	p := lib.nodeAt(l, 1, "B")
	switch {
	case p.fixed < 0:
		argError(l, 1, "B", "pattern may not have fixed length")
	case p.captures:
		argError(l, 1, "B", "pattern have captures")
	case p.fixed > maxBehind:
		argError(l, 1, "B", "pattern too long to look behind")
	}
	return lib.push(l, (&node{kind: kindBehind, a: p, min: p.fixed}).know())
}

func (lib *library) mul(l *lua.LState) int {
	return lib.push(l, seqNode(lib.nodeAt(l, 1, operator), lib.nodeAt(l, 2, operator)))
}

func (lib *library) add(l *lua.LState) int {
	return lib.push(l, choiceNode(lib.nodeAt(l, 1, operator), lib.nodeAt(l, 2, operator)))
}

func (lib *library) sub(l *lua.LState) int {
	return lib.push(l, exceptNode(lib.nodeAt(l, 1, operator), lib.nodeAt(l, 2, operator)))
}

func (lib *library) unm(l *lua.LState) int {
	return lib.push(l, notNode(lib.nodeAt(l, 1, operator)))
}

func (lib *library) len(l *lua.LState) int {
	return lib.push(l, andNode(lib.nodeAt(l, 1, operator)))
}

func (lib *library) pow(l *lua.LState) int {
	p := lib.nodeAt(l, 1, operator)
	r, ok := repeatNode(p, intAt(l, 2, operator))
	if !ok {
		l.RaiseError("loop body may accept empty string")
	}
	return lib.push(l, r)
}

// div is p / value.
func (lib *library) div(l *lua.LState) int {
	v := l.Get(2)
	switch v := v.(type) {
	case lua.LString, *lua.LTable, *lua.LFunction:
	case lua.LNumber:
		if v < 0 || v > maxIndex {
			argError(l, 1, operator, "invalid number")
		}
	default:
		argError(l, 2, operator, "invalid replacement value")
	}
	n, _ := divide(lib.nodeAt(l, 1, operator), v)
	return lib.push(l, n)
}

// divide is the pattern p / v. It reports false for a value that cannot be.
func divide(p *node, v lua.LValue) (*node, bool) {
	switch v := v.(type) {
	case lua.LString:
		return stringNode(p, string(v)), true
	case lua.LNumber:
		if v >= 0 && v <= maxIndex {
			return indexNode(keepSelect, p, int(v)), true
		}
	case *lua.LTable:
		return valueNode(keepQuery, p, v), true
	case *lua.LFunction:
		return valueNode(keepCall, p, v), true
	}
	return p, false
}

func (lib *library) newC(l *lua.LState) int {
	return lib.push(l, captureNode(keepSimple, lib.nodeAt(l, 1, "C")))
}

func (lib *library) newCarg(l *lua.LState) int {
	n := intAt(l, 1, "Carg")
	if n <= 0 || n > maxIndex {
		argError(l, 1, "Carg", "invalid argument index")
	}
	return lib.push(l, indexNode(keepArgument, emptyNode, n))
}

func (lib *library) newCb(l *lua.LState) int {
	if l.Get(1) == lua.LNil {
		argError(l, 1, "Cb", "value expected")
	}
	return lib.push(l, valueNode(keepBack, emptyNode, l.Get(1)))
}

func (lib *library) newCc(l *lua.LState) int {
	values := make([]lua.LValue, l.GetTop())
	for i := range values {
		values[i] = l.Get(i + 1)
	}
	charge(l, nodeMemory*len(values))
	return lib.push(l, constNode(values))
}

func (lib *library) newCf(l *lua.LState) int {
	return lib.push(l, valueNode(keepFold, lib.nodeAt(l, 1, "Cf"), functionAt(l, 2, "Cf")))
}

func (lib *library) newCg(l *lua.LState) int {
	p := lib.nodeAt(l, 1, "Cg")
	if name := l.Get(2); name != lua.LNil {
		return lib.push(l, valueNode(keepNamed, p, name))
	}
	return lib.push(l, captureNode(keepGroup, p))
}

func (lib *library) newCmt(l *lua.LState) int {
	return lib.push(l, runtimeNode(lib.nodeAt(l, 1, "Cmt"), functionAt(l, 2, "Cmt")))
}

func (lib *library) newCp(l *lua.LState) int {
	return lib.push(l, captureNode(keepPosition, emptyNode))
}

func (lib *library) newCs(l *lua.LState) int {
	return lib.push(l, captureNode(keepSubst, lib.nodeAt(l, 1, "Cs")))
}

func (lib *library) newCt(l *lua.LState) int {
	return lib.push(l, captureNode(keepTable, lib.nodeAt(l, 1, "Ct")))
}
