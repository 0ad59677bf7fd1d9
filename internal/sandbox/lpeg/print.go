package lpeg

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// printTree is lpeg.ptree(p): it prints the tree of p, with print.
func (lib *library) printTree(l *lua.LState) int {
	var b strings.Builder
	lib.nodeAt(l, 1, "ptree").write(&b, 0)
	return printText(l, b.String())
}

// printCode is lpeg.pcode(p): it prints the program of p, with print.
func (lib *library) printCode(l *lua.LState) int {
	p, ok := patternAt(l, 1)
	if !ok {
		p = &pattern{root: lib.nodeAt(l, 1, "pcode")}
	}
	return printText(l, lib.program(l, p).String())
}

// printText hands a text to the global print, if there is one.
func printText(l *lua.LState, s string) int {
	if f, ok := l.GetGlobal("print").(*lua.LFunction); ok {
		l.Push(f)
		l.Push(lua.LString(strings.TrimSuffix(s, "\n")))
		l.Call(1, 0)
	}
	return 0
}

var kindNames = [...]string{
	"fail", "empty", "text", "set", "any", "seq", "choice", "repeat", "not", "and",
	"behind", "capture", "runtime", "open", "call", "grammar",
}

var keepNames = [...]string{
	"group", "named group", "simple", "position", "constant", "argument", "back reference",
	"fold", "substitution", "table", "string", "select", "query", "function", "runtime",
}

// write writes the tree below n, one node a line.
func (n *node) write(b *strings.Builder, depth int) {
	fmt.Fprintf(b, "%*s%s", 2*depth, "", kindNames[n.kind])
	switch n.kind {
	case kindText:
		fmt.Fprintf(b, " %q", n.text)
	case kindSet:
		fmt.Fprintf(b, " %s", n.set)
	case kindAny, kindBehind:
		fmt.Fprintf(b, " %d", n.min)
	case kindRepeat:
		fmt.Fprintf(b, " %d to %d", n.min, n.max)
	case kindCapture:
		fmt.Fprintf(b, " %s", keepNames[n.kept])
	case kindOpen:
		fmt.Fprintf(b, " %s", nameText(n.value))
	case kindCall:
		fmt.Fprintf(b, " %s", nameText(n.rule.name))
	}
	b.WriteByte('\n')
	switch n.kind {
	case kindSeq, kindChoice:
		for _, p := range flatten(n, n.kind) {
			p.write(b, depth+1)
		}
	case kindGrammar:
		for _, r := range n.rules {
			fmt.Fprintf(b, "%*srule %s\n", 2*depth+2, "", nameText(r.name))
			r.body.write(b, depth+2)
		}
	default:
		if n.a != nil {
			n.a.write(b, depth+1)
		}
	}
}

// String lists the ranges of the set.
func (s charset) String() string {
	var b strings.Builder
	b.WriteByte('[')
	for lo := 0; lo < 256; lo++ {
		if !s.has(byte(lo)) {
			continue
		}
		hi := lo
		for hi < 255 && s.has(byte(hi+1)) {
			hi++
		}
		if b.Len() > 1 {
			b.WriteByte(' ')
		}
		fmt.Fprintf(&b, "%02x", lo)
		if hi > lo {
			fmt.Fprintf(&b, "-%02x", hi)
		}
		lo = hi
	}
	b.WriteByte(']')
	return b.String()
}

var opNames = [...]string{
	"end", "give up", "byte", "text", "set", "any", "skip", "span", "span some", "span times",
	"span to", "span pair", "find", "not byte", "not text", "not set", "not any", "peek set", "back",
	"test byte", "test set", "test any", "try byte", "try text", "try set", "switch", "choice",
	"commit", "renew", "back commit", "fail twice", "fail", "jump", "call", "return", "open",
	"close", "full", "runtime",
}

// String lists the instructions of the program with their addresses.
func (p *program) String() string {
	var b strings.Builder
	for i, in := range p.code {
		fmt.Fprintf(&b, "%4d %s", i, opNames[in.op])
		switch in.op {
		case opByte, opNotByte, opSpanTo, opTestByte, opTryByte:
			fmt.Fprintf(&b, " %02x", in.b)
		case opText, opNotText, opFind, opTryText:
			fmt.Fprintf(&b, " %q", p.texts[in.arg])
		case opSet, opSpan, opSpanSome, opNotSet, opPeekSet, opTestSet, opTrySet:
			fmt.Fprintf(&b, " %s", p.sets[in.arg])
		case opSpanPair:
			fmt.Fprintf(&b, " %02x %02x", in.b, in.lo)
		case opSpanTimes:
			fmt.Fprintf(&b, " %s %d to %d", p.sets[in.arg], in.lo, in.to)
		case opAny, opSkip, opNotAny, opBack:
			fmt.Fprintf(&b, " %d", in.to)
		case opOpen:
			fmt.Fprintf(&b, " %s", keepNames[p.kept[in.arg].keep])
		case opFull:
			fmt.Fprintf(&b, " %s %d", keepNames[p.kept[in.arg].keep], in.to)
		case opSwitch:
			fmt.Fprintf(&b, " -> %d", p.switches[in.arg].address)
		}
		if in.op.jumps() {
			fmt.Fprintf(&b, " -> %d", in.to)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
