package config

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// Limits on one file. They are far above what people write and keep a broken
// or hostile file from using up memory and stack.
const (
	maxFileSize = 16 << 20 // bytes
	maxDepth    = 64       // tables and lists within one another
	maxProblems = 200      // findings, after which reading stops
)

// parser reads one file into a tree of tables.
type parser struct {
	*scanner
	root     *Node
	table    *Node  // where keys go
	section  string // the section that table belongs to
	problems Problems
}

// parse reads the text of one file. The tree holds what could be read, also
// when there are problems.
func parse(name, text string, o Options) (*Node, Problems) {
	p := &parser{}
	p.scanner = newScanner(&source{name: name, text: text}, o, p.report)
	p.root = newTable("", p.pos(), p.pos())
	p.table = p.root
	if len(text) > maxFileSize {
		p.report(Problem{Pos: Pos{File: name}, Text: fmt.Sprintf("file is larger than %d MiB", maxFileSize>>20)})
		return p.root, p.problems
	}
	if i := invalidUTF8(text); i >= 0 {
		p.next(i - p.off)
		p.problemHint(p.pos(), fmt.Sprintf("byte 0x%02X is not UTF-8", text[i]), "save the file in UTF-8")
		return p.root, p.problems
	}
	for p.statement() {
		if len(p.problems) == maxProblems {
			p.problems[maxProblems-1].Hint = "there is more; reading stopped here"
			break
		}
	}
	p.problems.Sort()
	return p.root, p.problems
}

// invalidUTF8 returns the offset of the first byte of text that is not UTF-8, or -1.
func invalidUTF8(text string) int {
	if utf8.ValidString(text) {
		return -1
	}
	for i, r := range text {
		if r == utf8.RuneError && !strings.HasPrefix(text[i:], "\uFFFD") {
			return i
		}
	}
	return -1
}

// report records a finding about the section being read.
func (p *parser) report(f Problem) {
	if len(p.problems) < maxProblems {
		f.Section = p.section
		p.problems = append(p.problems, f)
	}
}

func (p *parser) problem(at Pos, text string) { p.report(Problem{Pos: at, Text: text}) }

func (p *parser) problemHint(at Pos, text, hint string) {
	p.report(Problem{Pos: at, Text: text, Hint: hint})
}

// statement reads one header or one key with its value. It reports whether
// there was one.
func (p *parser) statement() bool {
	p.skipGap()
	switch p.peek() {
	case eof:
		return false
	case '[':
		p.header()
	default:
		p.keyValue()
	}
	return true
}

// finishLine moves over blanks and a comment. It reports whether nothing else
// stands before the end of the line.
func (p *parser) finishLine() bool {
	p.skipBlanks()
	if p.peek() == '#' {
		p.skipComment()
	}
	return p.atEOL()
}

// keyValue reads `key = value`.
func (p *parser) keyValue() {
	at := p.pos()
	key, ok := p.key()
	if !ok {
		p.skipLine()
		return
	}
	behindKey := p.cursor
	p.skipLineEnds()
	if p.peek() != '=' {
		p.cursor = behindKey
		p.problem(at, "there is no = after "+quote(key)+"; a line is a [header] or key = value")
		p.skipLine()
		return
	}
	p.next(1)
	if p.finishLine() {
		p.problem(at, key+" has no value")
		p.skipLine()
		return
	}
	start := p.cursor
	value, ok := p.value(key, topLevel, 0)
	if ok && !p.finishLine() {
		ok = false
		if end := p.pos(); value.Kind == String && end.Line > start.line {
			p.problemHint(value.Pos, fmt.Sprintf("text that begins here ends on line %d with more behind it", end.Line),
				"is a closing quote missing?")
		} else {
			p.problem(end, "unexpected text behind the value of "+key)
		}
	}
	if !ok {
		p.table.unreadable = append(p.table.unreadable, key)
		p.cursor = start
		p.resume()
		return
	}
	if prev := p.table.index[key]; prev != nil {
		p.problem(at, fmt.Sprintf("%s is set twice; first on line %d", key, prev.KeyPos.Line))
		return
	}
	value.Key, value.KeyPos = key, at
	p.table.add(value)
}

// key reads a key: up to a blank, the line end or =.
func (p *parser) key() (string, bool) {
	if key, ok := p.quotedKey(); ok {
		return key, true
	}
	var key []byte
	for !p.keyEnds() {
		key = append(key, byte(p.raw()))
		p.next(1)
	}
	if len(key) == 0 {
		p.problem(p.pos(), "there is no key before =")
		return "", false
	}
	return string(key), true
}

// keyEnds reports whether the cursor stands behind a key.
func (p *parser) keyEnds() bool {
	c := p.peek()
	return c == '=' || c == ' ' || c == '\t' || p.atEOL()
}

// quotedKey reads a key of TOML 1.0 in quotes. Where the closing quote does
// not end the key, it leaves the cursor and returns false: to Heka 0.10 quotes
// are ordinary characters of a key.
func (p *parser) quotedKey() (string, bool) {
	if c := p.peek(); c != '"' && c != '\'' {
		return "", false
	}
	t := p.keyText()
	start, found := p.cursor, len(p.problems)
	key, ok := t.read()
	if ok && !t.bad && p.keyEnds() {
		return key, true
	}
	p.cursor, p.problems = start, p.problems[:found]
	return "", false
}

// firstOfStatement matches a line that can hardly be anything but the
// beginning of a header or of key = value.
var firstOfStatement = regexp.MustCompile(`^\s*(\[{1,2}[^\[\],"']+\]{1,2}\s*(#.*)?$|[^\s=\[\]"',{}#]+\s*=)`)

// resume moves behind a value that could not be read and that begins at the
// cursor. Lines that may be the rest of a value of several lines are passed
// over in silence.
func (p *parser) resume() {
	spans := p.has("[") || p.has("{") || p.has("'") || p.has(`"""`)
	p.skipLine()
	for spans && p.has("\n") {
		lineEnd := p.cursor
		p.next(1)
		line, _, _ := strings.Cut(p.rest(), "\n")
		if firstOfStatement.MatchString(line) {
			p.cursor = lineEnd
			return
		}
		p.skipLine()
	}
}
