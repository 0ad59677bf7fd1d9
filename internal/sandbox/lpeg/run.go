package lpeg

import "strings"

// hot: run executes the program on the subject from position i on. It returns
// where the match ends, or false. It allocates only to make the stack or the
// list of marks larger than it ever was; a failed alternative costs nothing but
// the way back.
func (m *machine) run(i int) (end int, ok bool) {
	var (
		p     = m.prog
		code  = p.code
		s     = m.s
		stack = m.stack[:min(len(m.stack), m.limit)]
		marks = m.marks[:0]
		open  = int32(-1)
		fuel  = m.fuel
		pc    = 0
		sp    = 1
	)
	stack[0] = frame{pc: int32(len(code) - 1), open: -1}
	for {
		in := &code[pc]
		switch in.op {
		case opEnd:
			m.marks, m.fuel = marks, fuel
			return i, true
		case opGiveUp:
			m.marks, m.fuel = marks, fuel
			return 0, false
		case opByte:
			if i < len(s) && s[i] == in.b {
				i++
				pc++
				continue
			}
		case opText:
			if t := p.texts[in.arg]; len(s)-i >= len(t) && s[i:i+len(t)] == t {
				i += len(t)
				pc++
				continue
			}
		case opSet:
			if i < len(s) && p.sets[in.arg].has(s[i]) {
				i++
				pc++
				continue
			}
		case opAny:
			if n := int(in.to); len(s)-i >= n {
				i += n
				pc++
				continue
			}
		case opSkip:
			i += int(in.to)
			pc++
			continue
		case opSpan:
			from := i
			set := &p.sets[in.arg]
			for i < len(s) && set.has(s[i]) {
				i++
			}
			fuel -= (i - from) >> 5
			pc++
			continue
		case opSpanSome:
			set := &p.sets[in.arg]
			if i < len(s) && set.has(s[i]) {
				from := i
				for i++; i < len(s) && set.has(s[i]); i++ {
				}
				fuel -= (i - from) >> 5
				pc++
				continue
			}
		case opSpanTimes:
			from, set := i, &p.sets[in.arg]
			most := len(s)
			if in.to >= 0 && int(in.to) < len(s)-i {
				most = i + int(in.to)
			}
			for i < most && set.has(s[i]) {
				i++
			}
			if i-from >= int(in.lo) {
				fuel -= (i - from) >> 5
				pc++
				continue
			}
		case opSpanTo:
			from := i
			if n := strings.IndexByte(s[i:], in.b); n >= 0 {
				i += n
			} else {
				i = len(s)
			}
			fuel -= (i - from) >> 7
			pc++
			continue
		case opSpanPair:
			from := i
			i = spanPair(s, i, in.b, byte(in.lo))
			fuel -= (i - from) >> 6
			pc++
			continue
		case opFind:
			from := i
			if n := strings.Index(s[i:], p.texts[in.arg]); n >= 0 {
				i += n
			} else {
				i = len(s)
			}
			fuel -= (i - from) >> 5
			pc++
			continue
		case opNotByte:
			if i >= len(s) || s[i] != in.b {
				pc++
				continue
			}
		case opNotText:
			if !strings.HasPrefix(s[i:], p.texts[in.arg]) {
				pc++
				continue
			}
		case opNotSet:
			if i >= len(s) || !p.sets[in.arg].has(s[i]) {
				pc++
				continue
			}
		case opNotAny:
			if len(s)-i < int(in.to) {
				pc++
				continue
			}
		case opPeekSet:
			if i < len(s) && p.sets[in.arg].has(s[i]) {
				pc++
				continue
			}
		case opBack:
			if n := int(in.to); i >= n {
				i -= n
				pc++
				continue
			}
		case opTestByte:
			if i < len(s) && s[i] == in.b {
				pc++
			} else {
				pc = int(in.to)
			}
			continue
		case opTestSet:
			if i < len(s) && p.sets[in.arg].has(s[i]) {
				pc++
			} else {
				pc = int(in.to)
			}
			continue
		case opTestAny:
			if i < len(s) {
				pc++
			} else {
				pc = int(in.to)
			}
			continue
		case opTryByte:
			if i < len(s) && s[i] == in.b {
				i++
				pc++
			} else {
				pc = int(in.to)
			}
			continue
		case opTryText:
			if t := p.texts[in.arg]; len(s)-i >= len(t) && s[i:i+len(t)] == t {
				i += len(t)
				pc++
			} else {
				pc = int(in.to)
			}
			continue
		case opTrySet:
			if i < len(s) && p.sets[in.arg].has(s[i]) {
				i++
				pc++
			} else {
				pc = int(in.to)
			}
			continue
		case opSwitch:
			d := &p.switches[in.arg]
			next := 256
			if i < len(s) {
				next = int(s[i])
			}
			pc = int(d.address[d.alternative[next]])
			continue
		case opChoice:
			if sp == len(stack) {
				stack = m.grow(stack)
			}
			stack[sp] = frame{pc: in.to, pos: int32(i - int(in.lo)), ncaps: int32(len(marks)), open: open}
			sp++
			pc++
			continue
		case opCommit:
			sp--
			pc = int(in.to)
			if fuel--; fuel < 0 {
				fuel = m.refuel(fuel)
			}
			continue
		case opRenew:
			f := &stack[sp-1]
			f.pos, f.ncaps, f.open = int32(i), int32(len(marks)), open
			pc = int(in.to)
			if fuel--; fuel < 0 {
				fuel = m.refuel(fuel)
			}
			continue
		case opBackCommit:
			sp--
			f := &stack[sp]
			i, open = int(f.pos), f.open
			if len(m.given) > 0 {
				m.forget(marks[f.ncaps:])
			}
			marks = marks[:f.ncaps]
			pc = int(in.to)
			continue
		case opFailTwice:
			sp--
		case opFail:
		case opJump:
			pc = int(in.to)
			if fuel--; fuel < 0 {
				fuel = m.refuel(fuel)
			}
			continue
		case opCall:
			if sp == len(stack) {
				stack = m.grow(stack)
			}
			stack[sp] = frame{pc: int32(pc + 1), pos: -1}
			sp++
			pc = int(in.to)
			if fuel--; fuel < 0 {
				fuel = m.refuel(fuel)
			}
			continue
		case opReturn:
			sp--
			pc = int(stack[sp].pc)
			continue
		case opOpen:
			if len(marks) == cap(marks) {
				marks = m.room(marks)
			}
			marks = append(marks, mark{start: int32(i), parent: open, ref: in.arg})
			open = int32(len(marks) - 1)
			pc++
			continue
		case opClose:
			c := &marks[open]
			c.end, c.next, open = int32(i), int32(len(marks)), c.parent
			pc++
			continue
		case opFull:
			if len(marks) == cap(marks) {
				marks = m.room(marks)
			}
			marks = append(marks, mark{int32(i) - in.to, int32(i), int32(len(marks) + 1), open, in.arg})
			pc++
			continue
		case opRuntime:
			outer := marks[open].parent
			m.marks, m.fuel = marks, fuel
			to, ok := m.ask(open, i)
			marks, fuel = m.marks, m.fuel
			if ok {
				i, open = to, outer
				pc++
				continue
			}
		}
		// The instruction failed. Calls are left, up to the latest choice.
		sp--
		for stack[sp].pos < 0 {
			sp--
		}
		f := &stack[sp]
		if len(m.given) > 0 {
			m.forget(marks[f.ncaps:])
		}
		pc, i, open, marks = int(f.pc), int(f.pos), f.open, marks[:f.ncaps]
		if fuel--; fuel < 0 {
			fuel = m.refuel(fuel)
		}
	}
}

// spanPair finds the next of two bytes from i on, or the end. It looks for one
// after the other in pieces, so that one that is far away costs no more than the
// way to the other one.
func spanPair(s string, i int, a, b byte) int {
	for i < len(s) {
		part := s[i:min(i+64, len(s))]
		n := len(part)
		if k := strings.IndexByte(part, a); k >= 0 {
			n = k
		}
		if k := strings.IndexByte(part[:n], b); k >= 0 {
			n = k
		}
		if i += n; n < len(part) {
			break
		}
	}
	return i
}
