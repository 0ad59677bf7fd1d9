package lpeg

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// shorthands are the names of classes that re knows besides the long ones. In
// upper case they stand for the complement.
var shorthands = map[string]string{
	"a": "alpha", "c": "cntrl", "d": "digit", "g": "graph", "l": "lower",
	"p": "punct", "s": "space", "u": "upper", "w": "alnum", "x": "xdigit",
}

// primary reads a construct without prefixes and suffixes. If none is there it
// reports false, and where it stopped does not count.
func (p *reParser) primary() (*node, bool) {
	if p.i == len(p.s) {
		return nil, false
	}
	switch p.s[p.i] {
	case '(':
		p.i++
		n := p.exp()
		return n, p.eat(")")
	case '\'', '"':
		text, ok := p.quoted()
		return textNode(text), ok
	case '[':
		return p.class()
	case '%':
		p.i++
		name := p.name()
		if name == "" {
			return nil, false
		}
		return p.defined(name), true
	case '{':
		return p.braces()
	case '=':
		p.i++
		name := p.name()
		if name == "" {
			return nil, false
		}
		back := valueNode(keepBack, emptyNode, lua.LString(name))
		return runtimeNode(back, p.l.NewFunction(sameText)), true
	case '.':
		p.i++
		return anyNode(1), true
	case '<':
		p.i++
		if name := p.name(); name != "" && p.eat(">") {
			return p.reference(name), true
		}
		return nil, false
	}
	name := p.name()
	if name == "" {
		return nil, false
	}
	after := p.i
	if p.skip(); p.eat("<-") {
		return nil, false
	}
	p.i = after
	return p.reference(name), true
}

// reference is the name of a rule.
func (p *reParser) reference(name string) *node {
	if !p.inGrammar {
		return p.wrong("rule '" + name + "' used outside a grammar")
	}
	return (&node{kind: kindOpen, value: lua.LString(name)}).know()
}

// sameText is the function behind '=name': it matches the text that the group
// captured once more.
func sameText(l *lua.LState) int {
	s, at := textAt(l, 1, "re"), intAt(l, 2, "re")
	text, ok := l.Get(3).(lua.LString)
	if !ok || !strings.HasPrefix(s[at-1:], string(text)) {
		return 0
	}
	l.Push(lua.LNumber(at + len(text)))
	return 1
}

// quoted reads a string in single or double quotes.
func (p *reParser) quoted() (text string, ok bool) {
	if p.i == len(p.s) || p.s[p.i] != '\'' && p.s[p.i] != '"' {
		return "", false
	}
	text, _, ok = strings.Cut(p.s[p.i+1:], p.s[p.i:p.i+1])
	if ok {
		p.i += len(text) + 2
	}
	return text, ok
}

// braces reads a capture, of which the first braces that fit decide the kind.
func (p *reParser) braces() (*node, bool) {
	from := p.i
	if p.eat("{:") {
		start := p.i
		name := p.name()
		if name == "" || !p.eat(":") {
			name, p.i = "", start
		}
		n := p.exp()
		if p.eat(":}") {
			if name == "" {
				return captureNode(keepGroup, n), true
			}
			return valueNode(keepNamed, n, lua.LString(name)), true
		}
		p.i = from
	}
	if p.eat("{}") {
		return captureNode(keepPosition, emptyNode), true
	}
	for _, kind := range []struct {
		left, right string
		keep        keep
	}{{"{~", "~}", keepSubst}, {"{|", "|}", keepTable}, {"{", "}", keepSimple}} {
		if p.eat(kind.left) {
			n := p.exp()
			if p.eat(kind.right) {
				return captureNode(kind.keep, n), true
			}
			p.i = from
		}
	}
	return nil, false
}

// defined is '%name'.
func (p *reParser) defined(name string) *node {
	v := p.lookup(name)
	if !lua.LVAsBool(v) {
		if set, ok := predefined(name); ok {
			return setNode(set)
		}
		return p.wrong("name '" + name + "' undefined")
	}
	n, ok := p.lib.toNode(p.l, v)
	if !ok {
		return p.wrong("name '" + name + "' is not a pattern")
	}
	return n
}

func predefined(name string) (charset, bool) {
	if name == "nl" {
		return byteSet('\n'), true
	}
	if set, ok := classes[name]; ok {
		return set, true
	}
	if long, ok := shorthands[name]; ok {
		return classes[long], true
	}
	if long, ok := shorthands[strings.ToLower(name)]; ok && len(name) == 1 {
		return classes[long].complement(), true
	}
	return charset{}, false
}

// class reads a class in brackets.
func (p *reParser) class() (*node, bool) {
	p.i++
	not := p.eat("^")
	n, ok := p.item()
	for ok && p.i < len(p.s) && p.s[p.i] != ']' {
		var item *node
		if item, ok = p.item(); ok {
			n = choiceNode(n, item)
		}
	}
	if !ok || !p.eat("]") {
		return nil, false
	}
	if not {
		n = exceptNode(anyNode(1), n)
	}
	return n, true
}

// item reads a name, a range or a byte of a class.
func (p *reParser) item() (*node, bool) {
	if p.i == len(p.s) {
		return nil, false
	}
	if from := p.i; p.eat("%") {
		if name := p.name(); name != "" {
			return p.defined(name), true
		}
		p.i = from
	}
	lo, hi := p.s[p.i], p.s[p.i]
	p.i++
	if p.i+1 < len(p.s) && p.s[p.i] == '-' && p.s[p.i+1] != ']' {
		hi = p.s[p.i+1]
		p.i += 2
	}
	var set charset
	set.addRange(lo, hi)
	return setNode(set), true
}
