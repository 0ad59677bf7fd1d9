package lpeg

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// reParser reads the notation of re and builds the tree that it describes:
//
//	pattern     <- exp !.
//	exp         <- S (grammar / alternative)
//	alternative <- seq ('/' S seq)*
//	seq         <- prefix*
//	prefix      <- '&' S prefix / '!' S prefix / suffix
//	suffix      <- primary S (([+*?] / '^' [+-]? num
//	               / '->' S (string / num / '{}' / name) / '=>' S name) S)*
//	primary     <- '(' exp ')' / string / class / defined
//	               / '{:' (name ':')? exp ':}' / '=' name / '{}'
//	               / '{~' exp '~}' / '{|' exp '|}' / '{' exp '}' / '.'
//	               / name S !arrow / '<' name '>'
//	grammar     <- (name S arrow exp)+
//	class       <- '[' '^'? item (!']' item)* ']'
//	item        <- '%' name / . '-' [^]] / .
//	S           <- (white space / '--' up to the end of the line)*
//
// A sequence that ends where no sequence may end is a syntax error, and that is
// the only place where one is raised; everything else that does not fit makes
// the construct around it not fit. What is wrong beyond the syntax is noted and
// told when the syntax proved right.
type reParser struct {
	l         *lua.LState
	lib       *library
	defs      lua.LValue
	s         string
	i         int
	depth     int
	inGrammar bool   // names are rules
	problem   string // the first thing wrong
}

// reDepth is how deep constructs may stand inside one another.
const reDepth = 1 << 12

// parseRe builds the tree for the pattern s. defs is a table of what names in s
// stand for, or nil.
func (lib *library) parseRe(l *lua.LState, s string, defs lua.LValue) *node {
	p := &reParser{l: l, lib: lib, defs: defs, s: s}
	root := p.exp()
	if p.i < len(s) {
		p.syntaxError()
	}
	if p.problem != "" {
		l.RaiseError("%s", p.problem)
	}
	return root
}

func (p *reParser) syntaxError() {
	near := p.s[p.i:]
	if len(near) > 20 {
		near = near[:21] + "..."
	}
	p.l.RaiseError("pattern error near '%s'", near)
}

// wrong notes a problem and returns a pattern to go on with.
func (p *reParser) wrong(problem string) *node {
	if p.problem == "" {
		p.problem = problem
	}
	return emptyNode
}

// eat steps over a text, if it comes next.
func (p *reParser) eat(text string) bool {
	if !strings.HasPrefix(p.s[p.i:], text) {
		return false
	}
	p.i += len(text)
	return true
}

// skip steps over white space and comments.
func (p *reParser) skip() {
	for p.i < len(p.s) {
		switch c := p.s[p.i]; {
		case c == ' ' || c >= '\t' && c <= '\r':
			p.i++
		case strings.HasPrefix(p.s[p.i:], "--"):
			if n := strings.IndexByte(p.s[p.i:], '\n'); n >= 0 {
				p.i += n
			} else {
				p.i = len(p.s)
			}
		default:
			return
		}
	}
}

// run steps over bytes as long as ok allows them and returns them.
func (p *reParser) run(ok func(c byte) bool) string {
	from := p.i
	for p.i < len(p.s) && ok(p.s[p.i]) {
		p.i++
	}
	return p.s[from:p.i]
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isNameStart(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' }

// name reads a name; "" if there is none.
func (p *reParser) name() string {
	if p.i == len(p.s) || !isNameStart(p.s[p.i]) {
		return ""
	}
	return p.run(func(c byte) bool { return isNameStart(c) || isDigit(c) })
}

// definition reads the beginning of a rule, name S '<-', and returns the name.
func (p *reParser) definition() string {
	from := p.i
	if name := p.name(); name != "" {
		if p.skip(); p.eat("<-") {
			return name
		}
	}
	p.i = from
	return ""
}

func (p *reParser) exp() *node {
	if p.depth++; p.depth > reDepth {
		p.l.RaiseError("pattern too deep")
	}
	defer func() { p.depth-- }()
	p.skip()
	if name := p.definition(); name != "" {
		return p.grammar(name)
	}
	all := p.seq()
	for p.eat("/") {
		p.skip()
		all = choiceNode(all, p.seq())
	}
	return all
}

func (p *reParser) grammar(name string) *node {
	outer := p.inGrammar
	p.inGrammar = true
	var rules []*rule
	known := map[string]bool{}
	for name != "" {
		if known[name] {
			p.wrong("'" + name + "' already defined as a rule")
		}
		known[name] = true
		rules = append(rules, &rule{name: lua.LString(name), body: p.exp()})
		name = p.definition()
	}
	p.inGrammar = outer
	if len(rules) > maxRules {
		return p.wrong("grammar has too many rules")
	}
	root, err := closeGrammar(rules, spender(p.l))
	if err != nil {
		return p.wrong(err.Error())
	}
	return root
}

func (p *reParser) seq() *node {
	all := emptyNode
	for {
		part, ok := p.prefix()
		if !ok {
			break
		}
		all = seqNode(all, part)
	}
	from := p.i
	ends := p.i == len(p.s) || strings.IndexByte("/)}", p.s[p.i]) >= 0 ||
		p.eat(":}") || p.eat("~}") || p.eat("|}") || p.definition() != ""
	p.i = from
	if !ends {
		p.syntaxError()
	}
	return all
}

func (p *reParser) prefix() (*node, bool) {
	from := p.i
	for _, op := range []struct {
		text string
		make func(*node) *node
	}{{"&", andNode}, {"!", notNode}} {
		if p.eat(op.text) {
			p.skip()
			if n, ok := p.prefix(); ok {
				return op.make(n), true
			}
			p.i = from
			return nil, false
		}
	}
	n, ok := p.primary()
	if !ok {
		p.i = from
		return nil, false
	}
	p.skip()
	for p.suffix(&n) {
		p.skip()
	}
	return n, true
}

// suffix reads one suffix of *n and changes *n accordingly.
func (p *reParser) suffix(n **node) bool {
	from := p.i
	switch {
	case p.eat("*"):
		*n = p.repeat(*n, 0)
		return true
	case p.eat("+"):
		*n = p.repeat(*n, 1)
		return true
	case p.eat("?"):
		*n = p.repeat(*n, -1)
		return true
	case p.eat("^"):
		sign := p.run(func(c byte) bool { return (c == '+' || c == '-') && p.i == from+1 })
		if digits := p.run(isDigit); digits != "" {
			*n = p.counted(*n, sign, digits)
			return true
		}
	case p.eat("->"):
		if p.skip(); p.arrow(n) {
			return true
		}
	case p.eat("=>"):
		p.skip()
		if name := p.name(); name != "" {
			if fn, ok := p.def(name).(*lua.LFunction); ok {
				*n = runtimeNode(*n, fn)
			} else {
				p.wrong("'" + name + "' is not a function")
			}
			return true
		}
	}
	p.i = from
	return false
}

func (p *reParser) repeat(n *node, count int) *node {
	if r, ok := repeatNode(n, count); ok {
		return r
	}
	return p.wrong("loop body may accept empty string")
}

// counted is p^3, p^+3 or p^-3.
func (p *reParser) counted(n *node, sign, digits string) *node {
	f, _ := toNumber(lua.LString(digits))
	count := toInt(f)
	switch sign {
	case "+":
		return p.repeat(n, count)
	case "-":
		return p.repeat(n, -count)
	}
	all := emptyNode
	for ; count > 0; count >>= 1 {
		if count&1 != 0 {
			all = seqNode(all, n)
		}
		n = seqNode(n, n)
	}
	return all
}

// arrow reads what may stand behind '->'.
func (p *reParser) arrow(n **node) bool {
	if text, ok := p.quoted(); ok {
		*n = stringNode(*n, text)
		return true
	}
	if digits := p.run(isDigit); digits != "" {
		index, _ := toNumber(lua.LString(digits))
		if index > maxIndex {
			p.wrong("invalid number")
		}
		*n = indexNode(keepSelect, *n, toInt(index))
		return true
	}
	if p.eat("{}") {
		*n = captureNode(keepTable, *n)
		return true
	}
	name := p.name()
	if name == "" {
		return false
	}
	divided, ok := divide(*n, p.def(name))
	if !ok && p.problem == "" {
		p.wrong("invalid replacement value")
	}
	*n = divided
	return true
}

// def is what a name stands for by the table of definitions.
func (p *reParser) def(name string) lua.LValue {
	if v := p.lookup(name); lua.LVAsBool(v) {
		return v
	}
	p.wrong("undefined name: " + name)
	return lua.LNil
}

func (p *reParser) lookup(name string) lua.LValue {
	if !lua.LVAsBool(p.defs) {
		return lua.LNil
	}
	return p.l.GetField(p.defs, name)
}
