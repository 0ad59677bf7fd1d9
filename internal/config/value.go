package config

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// The characters, beside # and the line end, that end a bare value in the
// three places where one can stand.
const (
	topLevel = ""
	inList   = ",]"
	inTable  = ",}"
)

// value reads the value of key at the cursor, which stands at its first
// character. A problem has been reported where it returns false.
func (p *parser) value(key, ends string, depth int) (*Node, bool) {
	switch p.peek() {
	case '"', '\'':
		return p.stringNode(key)
	case '[', '{':
		if depth == maxDepth {
			p.problem(p.pos(), fmt.Sprintf("lists and tables stand more than %d deep in one another", maxDepth))
			return nil, false
		}
		if p.peek() == '[' {
			return p.list(key, depth+1)
		}
		return p.inlineTable(depth + 1)
	}
	return p.bare(key, ends)
}

// keyValueLine matches `key =`, which cannot stand in a list.
var keyValueLine = regexp.MustCompile(`^[^\s=\[\]"',{}#]+[ \t]*=`)

// list reads `[a, b]`; line ends, comments and a last comma may stand inside.
func (p *parser) list(key string, depth int) (*Node, bool) {
	n := &Node{Kind: List, Pos: p.pos()}
	p.next(1)
	for {
		if closed, ok := p.itemOrEnd(n.Pos, "list", ']'); closed || !ok {
			return n, ok
		}
		if keyValueLine.MatchString(p.rest()) {
			p.problem(n.Pos, "list that begins here has no closing ]")
			return nil, false
		}
		e, ok := p.value(key, inList, depth)
		if !ok {
			return nil, false
		}
		n.Nodes = append(n.Nodes, e)
		if closed, ok := p.commaOrEnd(n.Pos, "list", ']'); closed || !ok {
			return n, ok
		}
	}
}

// inlineTable reads `{ a = 1, b.c = 2 }`, where, as in TOML 1.0 and other than
// in the rest of the file, dots between bare names lead into tables within.
func (p *parser) inlineTable(depth int) (*Node, bool) {
	n := newTable("", Pos{}, p.pos())
	n.closed = true
	p.next(1)
	for {
		if closed, ok := p.itemOrEnd(n.Pos, "table", '}'); closed || !ok {
			return n, ok
		}
		if !p.inlineMember(n, depth) {
			return nil, false
		}
		if closed, ok := p.commaOrEnd(n.Pos, "table", '}'); closed || !ok {
			return n, ok
		}
	}
}

// inlineMember reads one `a.b = value` into the inline table t.
func (p *parser) inlineMember(t *Node, depth int) bool {
	for {
		at := p.pos()
		key, ok := p.inlineKey()
		if !ok {
			return false
		}
		prev := t.index[key]
		p.skipBlanks()
		if p.peek() == '.' && (prev == nil || prev.implicit) && depth < maxDepth {
			p.next(1)
			p.skipBlanks()
			if prev == nil {
				prev = newTable(key, at, at)
				prev.implicit, prev.closed = true, true
				t.add(prev)
			}
			t, depth = prev, depth+1
			continue
		}
		if prev != nil {
			p.problem(at, key+" is set twice")
			return false
		}
		if p.peek() != '=' {
			p.problem(p.pos(), "there is no = after "+quote(key))
			return false
		}
		p.next(1)
		p.skipBlanks()
		value, ok := p.value(key, inTable, depth)
		if !ok {
			return false
		}
		value.Key, value.KeyPos = key, at
		t.add(value)
		return true
	}
}

// inlineKey reads one name of a key in an inline table.
func (p *parser) inlineKey() (string, bool) {
	if c := p.peek(); c == '"' || c == '\'' {
		t := p.keyText()
		key, ok := t.read()
		return key, ok && !t.bad
	}
	var b strings.Builder
	for c := p.peek(); !p.atEOL() && !strings.ContainsRune(" \t.=,[]{}#\"'", rune(c)); c = p.peek() {
		b.WriteByte(byte(c))
		p.next(1)
	}
	if b.Len() == 0 {
		p.problem(p.pos(), "expected a key of the table in { }")
		return "", false
	}
	return b.String(), true
}

// itemOrEnd moves to the next item of a list or table, or over its end.
func (p *parser) itemOrEnd(open Pos, what string, end int) (closed, ok bool) {
	p.skipGap()
	switch p.peek() {
	case end:
		p.next(1)
		return true, true
	case eof:
		p.problem(open, fmt.Sprintf("%s that begins here has no closing %c", what, end))
		return false, false
	}
	return false, true
}

// commaOrEnd moves over what must follow an item: a comma, or the end.
func (p *parser) commaOrEnd(open Pos, what string, end int) (closed, ok bool) {
	closed, ok = p.itemOrEnd(open, what, end)
	if closed || !ok {
		return closed, ok
	}
	if p.peek() != ',' {
		p.problem(p.pos(), fmt.Sprintf("expected , or %c in the %s that begins on line %d", end, what, open.Line))
		return false, false
	}
	p.next(1)
	return false, true
}

// bare reads a value of key that is not in quotes or brackets.
func (p *parser) bare(key, ends string) (*Node, bool) {
	at := p.pos()
	var b strings.Builder
	for c := p.peek(); c != '#' && !p.atEOL() && !strings.ContainsRune(ends, rune(c)); c = p.peek() {
		b.WriteByte(byte(c))
		p.next(1)
	}
	word := strings.TrimRight(b.String(), " \t")
	if word == "" {
		p.problem(at, "expected a value")
		return nil, false
	}
	n, err := bareNode(word)
	if err != nil {
		hint := ""
		if lower := strings.ToLower(word); lower == "true" || lower == "false" {
			hint = "write " + lower
		} else if err != errTooLarge && !strings.ContainsAny(word, "\"'[]{}") {
			hint = "did you mean " + quote(word) + " in quotes?"
		}
		if speaksOfSecret(key) {
			p.problem(at.withoutText(), "the value of "+key+" "+err.Error())
			return nil, false
		}
		p.problemHint(at, quote(word)+" "+err.Error(), hint)
		return nil, false
	}
	n.Pos = at
	return n, true
}

// What can be wrong with a bare value.
var (
	errTooLarge  = errors.New("does not fit into 64 bits")
	errNoNumber  = errors.New("is neither a number nor a date")
	errNoLiteral = errors.New("is not a value")
)

// bareNode makes a node of a boolean, number or date.
func bareNode(word string) (*Node, error) {
	switch word {
	case "true", "false":
		return scalar(word == "true", word), nil
	}
	if fraction, ok := decimal(word); ok {
		var v any
		var err error
		if fraction {
			v, err = strconv.ParseFloat(word, 64)
		} else {
			v, err = strconv.ParseInt(word, 10, 64)
		}
		if err != nil {
			return nil, errTooLarge
		}
		return scalar(v, word), nil
	}
	var doc struct{ V any }
	if err := toml.Unmarshal([]byte("V = "+word), &doc); err != nil {
		if word == "" || !strings.ContainsRune("+-0123456789", rune(word[0])) {
			return nil, errNoLiteral
		}
		return nil, errNoNumber
	}
	switch v := doc.V.(type) {
	case int64, float64, time.Time:
		return scalar(v, word), nil
	case toml.LocalDate:
		return scalar(v.AsTime(time.Local), word), nil
	case toml.LocalDateTime:
		return scalar(v.AsTime(time.Local), word), nil
	case toml.LocalTime:
		return scalar(v.String(), word), nil
	}
	return nil, errNoLiteral
}

// decimal reports whether word is a number in the form of Heka 0.10: digits, or
// digits.digits, after an optional minus. Other than in TOML 1.0 it may begin
// with zeros.
func decimal(word string) (fraction, ok bool) {
	whole, digits, fraction := strings.Cut(strings.TrimPrefix(word, "-"), ".")
	return fraction, onlyDigits(whole) && (!fraction || onlyDigits(digits))
}

func onlyDigits(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
