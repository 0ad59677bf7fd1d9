package cjson

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Model costs of values in bytes, after those of PUC Lua.
const (
	stringCost = 24 // and the bytes
	tableCost  = 56
	slotCost   = 16 // of an array
	pairCost   = 40 // of a table's hash part
)

// A parser turns one text into a value.
type parser struct {
	*codec
	work
	scanner
	vals []lua.LValue // finished values of the tables that are not finished
	owed int          // bytes not yet paid for
	seen int          // offset at which the limits were last looked at
}

// parse returns the value of text. A NUL byte ends the text.
func (p *parser) parse(text string) (lua.LValue, error) {
	if i := strings.IndexByte(text, 0); i >= 0 {
		text = text[:i]
	}
	p.scanner = scanner{s: text, lenient: p.codec.lenient}
	v, err := p.value(p.next(), 0)
	if err != nil {
		return nil, err
	}
	if t := p.next(); t.kind != end {
		return nil, expected("the end", t)
	}
	p.pay(p.owed)
	return v, nil
}

func expected(what string, found token) error {
	return fmt.Errorf("Expected %s but found %s at character %d", what, found.name(), found.at+1)
}

// value returns the value that begins with t, which is nested in depth tables.
func (p *parser) value(t token, depth int) (lua.LValue, error) {
	switch t.kind {
	case str:
		return p.copyString(t), nil
	case num:
		return lua.LNumber(t.num), nil
	case boolean:
		return lua.LBool(t.num == 1), nil
	case null:
		if p.keepNull {
			return p.null, nil
		}
		return lua.LNil, nil
	case objBegin, arrBegin:
		if depth++; depth > min(p.decodeDepth, maxDepth) {
			return nil, fmt.Errorf("Found too many nested data structures (%d) at character %d", depth, p.pos)
		}
		if t.kind == objBegin {
			return p.object(depth)
		}
		return p.array(depth)
	}
	return nil, expected("value", t)
}

// copyString is the value of a string token, a copy: a short string must not keep
// a long text in memory.
func (p *parser) copyString(t token) lua.LString {
	p.owe(stringCost + len(t.text))
	return lua.LString(strings.Clone(t.text))
}

// owe adds n bytes to the account and settles it now and then.
func (p *parser) owe(n int) {
	p.owed += n
	if p.owed >= stride || p.pos-p.seen >= stride {
		p.pay(p.owed)
		p.owed, p.seen = 0, p.pos
	}
}

// drop takes the values from base on off the stack and forgets them.
func (p *parser) drop(base int) {
	clear(p.vals[base:])
	p.vals = p.vals[:base]
}

func (p *parser) array(depth int) (lua.LValue, error) {
	base := len(p.vals)
	t := p.next()
	for t.kind != arrEnd || len(p.vals) > base {
		v, err := p.value(t, depth)
		if err != nil {
			return nil, err
		}
		p.vals = append(p.vals, v)
		p.owe(slotCost)
		t = p.next()
		if t.kind == arrEnd {
			break
		}
		if t.kind != comma {
			return nil, expected("comma or array end", t)
		}
		t = p.next()
	}
	n := len(p.vals)
	for n > base && p.vals[n-1] == lua.LNil {
		n--
	}
	p.owe(tableCost)
	tab := p.L.CreateTable(n-base, 0)
	for i, v := range p.vals[base:n] {
		tab.RawSetInt(i+1, v)
	}
	p.drop(base)
	return tab, nil
}

func (p *parser) object(depth int) (lua.LValue, error) {
	base := len(p.vals)
	t := p.next()
	for t.kind != objEnd || len(p.vals) > base {
		if t.kind != str {
			return nil, expected("object key string", t)
		}
		p.vals = append(p.vals, p.copyString(t))
		if t = p.next(); t.kind != colon {
			return nil, expected("colon", t)
		}
		v, err := p.value(p.next(), depth)
		if err != nil {
			return nil, err
		}
		p.vals = append(p.vals, v)
		p.owe(pairCost)
		t = p.next()
		if t.kind == objEnd {
			break
		}
		if t.kind != comma {
			return nil, expected("comma or object end", t)
		}
		t = p.next()
	}
	p.owe(tableCost)
	tab := p.L.CreateTable(0, (len(p.vals)-base)/2)
	for i := base; i < len(p.vals); i += 2 {
		tab.RawSetString(string(p.vals[i].(lua.LString)), p.vals[i+1])
	}
	p.drop(base)
	return tab, nil
}
