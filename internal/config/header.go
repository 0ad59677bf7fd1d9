package config

import (
	"fmt"
	"strings"
)

// part is one name of a header with its place.
type part struct {
	name string
	at   Pos
}

// header reads `[a.b.c]` or `[[a.b.c]]` and makes that table the one that keys
// go to. Behind a bad header keys are read into a table that nobody sees.
func (p *parser) header() {
	at := p.pos()
	p.section = ""
	p.next(1)
	list := p.peek() == '['
	if list {
		p.next(1)
	}
	parts, ok := p.headerParts(at)
	if ok && list {
		if ok = p.peek() == ']'; ok {
			p.next(1)
		} else {
			p.problem(at, "a header that begins with [[ ends with ]]")
		}
	}
	if ok && !p.finishLine() {
		p.problem(p.pos(), "unexpected text behind a header")
		p.skipLine()
	}
	p.table = newTable("", at, at)
	if !ok {
		p.skipLine()
		return
	}
	p.section = parts[0].name
	if t := p.open(parts, at, list); t != nil {
		p.table = t
	}
}

// headerParts reads the names up to and over the closing bracket. Every
// character between the dots belongs to a name, blanks and quotes too.
func (p *parser) headerParts(at Pos) ([]part, bool) {
	var parts []part
	for {
		name := part{at: p.pos()}
		var b strings.Builder
		c := p.peek()
		for ; c != '.' && c != ']' && c != '[' && !p.atEOL(); c = p.peek() {
			b.WriteByte(byte(c))
			p.next(1)
		}
		name.name = b.String()
		switch {
		case c == '[':
			p.problem(p.pos(), "a header's name cannot contain [")
			return nil, false
		case c != '.' && c != ']':
			p.problem(at, "header has no closing ]")
			return nil, false
		case name.name == "":
			p.problem(name.at, "header has an empty name")
			return nil, false
		case len(parts) == maxDepth:
			p.problem(name.at, fmt.Sprintf("header has more than %d names", maxDepth))
			return nil, false
		}
		parts = append(parts, name)
		p.next(1)
		if c == ']' {
			return parts, true
		}
	}
}

// open finds or makes the table that a header names, and those above it. It
// returns nil after reporting why the header cannot stand there.
func (p *parser) open(parts []part, at Pos, list bool) *Node {
	t := p.root
	last := len(parts) - 1
	for _, up := range parts[:last] {
		m := t.index[up.name]
		if m == nil {
			m = newTable(up.name, up.at, at)
			m.implicit = true
			t.add(m)
		}
		if m.tables {
			m = m.Nodes[len(m.Nodes)-1]
		}
		if !p.extendable(m, up) {
			return nil
		}
		t = m
	}
	leaf := parts[last]
	m := t.index[leaf.name]
	if list {
		return p.openElement(t, m, leaf, at)
	}
	switch {
	case m == nil:
		m = newTable(leaf.name, leaf.at, at)
		t.add(m)
	case m.tables:
		p.problem(leaf.at, fmt.Sprintf("%s is a list of tables since line %d; write [[...]]", leaf.name, m.Pos.Line))
		return nil
	case !p.extendable(m, leaf):
		return nil
	case !m.implicit:
		p.problem(at, fmt.Sprintf("header stands twice; first on line %d", m.Pos.Line))
		return nil
	default:
		m.implicit, m.KeyPos, m.Pos = false, leaf.at, at
	}
	return m
}

// openElement appends a table to the list of tables m, which it makes where
// there is none.
func (p *parser) openElement(t, m *Node, leaf part, at Pos) *Node {
	if m == nil {
		m = &Node{Key: leaf.name, KeyPos: leaf.at, Kind: List, Pos: at, tables: true}
		t.add(m)
	}
	if !m.tables {
		p.problem(leaf.at, fmt.Sprintf("%s is already set on line %d and is no list of tables", leaf.name, m.KeyPos.Line))
		return nil
	}
	e := newTable("", leaf.at, at)
	m.Nodes = append(m.Nodes, e)
	return e
}

// extendable reports whether headers can add to m, and why not as a problem.
func (p *parser) extendable(m *Node, name part) bool {
	if m.Kind == Table && !m.closed {
		return true
	}
	p.problem(name.at, fmt.Sprintf("%s is already set on line %d", name.name, m.KeyPos.Line))
	return false
}
