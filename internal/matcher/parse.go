package matcher

import (
	"fmt"
	"strings"
)

// MaxLength is the length in bytes up to which an expression is accepted.
const MaxLength = 1 << 20

// parser reads a whole expression. Parentheses are kept on a stack of its own, so
// that no nesting is too deep.
type parser struct {
	lex    lexer
	tok    token
	levels []level
}

// level is an expression whose end is not reached: the whole one, or that behind an
// open parenthesis.
type level struct {
	open   token   // the parenthesis
	ors    []*node // complete operands of ||
	ands   []*node // operands of && read since the last ||
	orPos  int     // where the first of ors begins
	andPos int     // where the first of ands begins
	end    int     // of the last operand
}

// parse returns the tree of an expression.
func parse(expr string) (*node, *SyntaxError) {
	p := &parser{lex: lexer{src: expr}, levels: make([]level, 1, 8)}
	if len(expr) > MaxLength {
		return nil, p.lex.fail(TooLong, 0, 0, fmt.Sprintf("%d bytes; at most %d are allowed", len(expr), MaxLength), "")
	}
	if strings.Trim(expr, " \t\r\n") == "" {
		return nil, p.lex.fail(EmptyExpression, len(expr), len(expr), "", "TRUE matches every message, FALSE none")
	}
	for {
		operand, err := p.operand()
		if err != nil {
			return nil, err
		}
		if operand == nil {
			continue // a parenthesis was opened
		}
		root, err := p.behind(operand)
		if root != nil || err != nil {
			return root, err
		}
	}
}

func (p *parser) top() *level { return &p.levels[len(p.levels)-1] }

func (p *parser) next() *SyntaxError {
	t, err := p.lex.next()
	p.tok = t
	return err
}

// operand reads a test or constant. It returns nil when it has opened a parenthesis
// instead.
func (p *parser) operand() (*node, *SyntaxError) {
	if err := p.next(); err != nil {
		err.Legacy = legacyCharacter(err, false)
		return nil, err
	}
	switch t := p.tok; t.kind {
	case openToken:
		p.levels = append(p.levels, level{open: t})
		return nil, nil
	case wordToken:
		if t.text == "TRUE" || t.text == "FALSE" {
			return &node{kind: constant, truth: t.text == "TRUE", pos: t.pos, end: t.end}, nil
		}
		v, err := p.variable()
		if err != nil {
			return nil, err
		}
		return p.test(v)
	case fieldToken:
		return p.test(t.variable)
	case stringToken, numberToken, regexToken:
		return nil, p.unexpected("a test begins with a variable", "the variable stands on the left, the literal on the right")
	case endToken:
		return nil, p.unexpected("a test must follow", "")
	}
	return nil, p.unexpected("expected a test, TRUE, FALSE or (", "")
}

// behind takes a finished operand and reads what follows it: && or ||, the closing
// parenthesis (which finishes the next outer operand), or the end, at which it
// returns the whole tree.
func (p *parser) behind(operand *node) (*node, *SyntaxError) {
	for {
		l := p.top()
		l.add(operand)
		depth := len(p.levels) - 1
		if err := p.next(); err != nil {
			if depth == 0 {
				err.Legacy = legacyCharacter(err, true)
			}
			return nil, err
		}
		switch p.tok.kind {
		case andToken:
			return nil, nil
		case orToken:
			l.alternative()
			return nil, nil
		case closeToken:
			if depth == 0 {
				return nil, p.fail(UnbalancedParenthesis, "nothing to close", "")
			}
			operand = l.finish()
			operand.pos, operand.end = l.open.pos, p.tok.end
			p.levels = p.levels[:depth]
		case endToken:
			if depth > 0 {
				p.tok = l.open
				return nil, p.fail(UnbalancedParenthesis, "it is never closed", "")
			}
			return l.finish(), nil
		default:
			return nil, p.trailing(depth)
		}
	}
}

// add adds an operand of &&.
func (l *level) add(operand *node) {
	if len(l.ands) == 0 {
		l.andPos = operand.pos
	}
	l.ands = appendFlat(l.ands, operand, and)
	l.end = operand.end
}

// alternative makes the operands of && an operand of ||.
func (l *level) alternative() {
	if len(l.ors) == 0 {
		l.orPos = l.andPos
	}
	l.ors = appendFlat(l.ors, join(and, l.ands, l.andPos, l.end), or)
	l.ands = nil
}

func (l *level) finish() *node {
	l.alternative()
	return join(or, l.ors, l.orPos, l.end)
}

// appendFlat appends n, or its kids when n is of the kind that is being joined.
func appendFlat(kids []*node, n *node, kind nodeKind) []*node {
	if n.kind == kind {
		return append(kids, n.kids...)
	}
	return append(kids, n)
}

// join returns the only kid, or makes a node of several.
func join(kind nodeKind, kids []*node, pos, end int) *node {
	if len(kids) == 1 {
		return kids[0]
	}
	return &node{kind: kind, kids: kids, pos: pos, end: end}
}

// trailing makes the error for a token that cannot follow an operand.
func (p *parser) trailing(depth int) *SyntaxError {
	t := p.tok
	if t.kind == wordToken && headerOf(t.text) == field && !constantWord(t.text) {
		e := p.unknownWord()
		if depth == 0 && 'A' <= t.text[0] && t.text[0] <= 'Z' {
			e.Legacy = legacyWord
		}
		return e
	}
	if depth > 0 {
		return p.unexpected("expected &&, || or )", "")
	}
	e := p.fail(TrailingInput, "expected && or ||", "")
	switch t.kind {
	case wordToken, fieldToken, openToken:
		if t.text != "NIL" {
			e.Legacy = legacySideBySide
			e.Hint = "join the parts by && or ||"
		}
	}
	return e
}

func (p *parser) fail(c Category, reason, hint string) *SyntaxError {
	return p.lex.fail(c, p.tok.pos, p.tok.end, reason, hint)
}

func (p *parser) unexpected(reason, hint string) *SyntaxError {
	return p.fail(UnexpectedToken, reason, hint)
}

// variable reads the current word as a header.
func (p *parser) variable() (variable, *SyntaxError) {
	if h := headerOf(p.tok.text); h != field {
		return variable{header: h}, nil
	}
	if p.tok.text == "NIL" {
		return variable{}, p.unexpected("a test begins with a variable", "NIL stands behind == or !=")
	}
	return variable{}, p.unknownWord()
}

// headerOf returns the header of that name, or field if there is none.
func headerOf(name string) header {
	for h := headerUUID; int(h) < len(headerNames); h++ {
		if headerNames[h] == name {
			return h
		}
	}
	return field
}

func constantWord(s string) bool { return s == "TRUE" || s == "FALSE" || s == "NIL" }

// test reads operator and literal behind a variable, the current token.
func (p *parser) test(v variable) (*node, *SyntaxError) {
	left := p.tok
	name := p.lex.src[left.pos:left.end]
	if err := p.next(); err != nil {
		return nil, err
	}
	if p.tok.kind != operatorToken {
		return nil, p.unexpected("expected an operator behind "+name, "a test is a variable, an operator and a literal")
	}
	op := p.tok
	if err := p.next(); err != nil {
		err.Legacy = legacyLiteral(err)
		return nil, err
	}
	right := p.tok
	lit, err := p.literal(op)
	if err != nil {
		return nil, err
	}
	if err := p.check(name, v, op, right, lit.kind); err != nil {
		return nil, err
	}
	if lit.kind == regexLiteral {
		if lit.pattern, err = p.pattern(right); err != nil {
			return nil, err
		}
	}
	c := &clause{variable: v, op: op.op, lit: lit}
	c.compile()
	return &node{kind: leaf, test: c, pos: left.pos, end: right.end}, nil
}

// literal reads the current token as a literal; a regular expression is left to be
// compiled once it is known to be allowed.
func (p *parser) literal(op token) (literal, *SyntaxError) {
	switch t := p.tok; t.kind {
	case stringToken:
		return literal{kind: stringLiteral, text: t.text}, nil
	case numberToken:
		return literal{kind: numberLiteral, number: t.number}, nil
	case regexToken:
		return literal{kind: regexLiteral}, nil
	case wordToken:
		switch t.text {
		case "TRUE", "FALSE":
			return literal{kind: boolLiteral, truth: t.text == "TRUE"}, nil
		case "NIL":
			return literal{kind: nilLiteral}, nil
		}
		if headerOf(t.text) != field {
			return literal{}, p.unexpected("expected a literal", "two variables cannot be compared")
		}
		e := p.unknownWord()
		e.Reason = "expected a literal"
		e.Hint = "a string stands in quotes: '" + t.text + "'"
		return literal{}, e
	case fieldToken:
		return literal{}, p.unexpected("expected a literal", "two variables cannot be compared")
	case operatorToken:
		hint := ""
		if op.op == less && t.op == greater && op.end == t.pos {
			hint = "write != for \"not equal\""
		}
		return literal{}, p.unexpected("expected a literal", hint)
	}
	return literal{}, p.unexpected("expected a literal behind "+op.op.String(), "")
}
