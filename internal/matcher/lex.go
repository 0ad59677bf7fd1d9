package matcher

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	endToken tokenKind = iota
	wordToken
	fieldToken // Fields[...], read into variable
	operatorToken
	andToken
	orToken
	openToken
	closeToken
	numberToken
	stringToken
	regexToken
)

// token is a piece of the expression. Of a string or regex token, text is the
// content with its escapes resolved.
type token struct {
	kind     tokenKind
	pos, end int
	op       operator
	text     string
	variable variable
	number   number
}

// lexer cuts an expression into tokens on demand.
type lexer struct {
	src string
	pos int
}

// fail makes the error for the bytes from pos to end.
func (l *lexer) fail(c Category, pos, end int, reason, hint string) *SyntaxError {
	e := &SyntaxError{Category: c, Expr: l.src, Pos: pos, Text: l.src[pos:end], Reason: reason, Hint: hint}
	return e.place()
}

func (l *lexer) next() (token, *SyntaxError) {
	for l.pos < len(l.src) && strings.IndexByte(" \t\r\n", l.src[l.pos]) >= 0 {
		l.pos++
	}
	start := l.pos
	if start == len(l.src) {
		return token{kind: endToken, pos: start, end: start}, nil
	}
	var t token
	var err *SyntaxError
	switch c := l.src[start]; {
	case letter(c):
		t, err = l.word()
	case digit(c), c == '.', c == '-' && l.numberFollows(start+1):
		t, err = l.number()
	case c == '"' || c == '\'':
		t, err = l.quoted(c)
	case c == '/':
		t, err = l.regex()
	default:
		t, err = l.operator()
	}
	if err != nil {
		return token{}, err
	}
	t.pos, t.end = start, l.pos
	return t, nil
}

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }
func digit(c byte) bool  { return '0' <= c && c <= '9' }

func (l *lexer) numberFollows(i int) bool {
	return i < len(l.src) && (digit(l.src[i]) || l.src[i] == '.')
}

// operators, longer ones first.
var operators = []struct {
	text string
	kind tokenKind
	op   operator
}{
	{"==", operatorToken, equal},
	{"!=", operatorToken, unequal},
	{">=", operatorToken, greaterEqual},
	{"<=", operatorToken, lessEqual},
	{"=~", operatorToken, like},
	{"!~", operatorToken, unlike},
	{">", operatorToken, greater},
	{"<", operatorToken, less},
	{"&&", andToken, 0},
	{"||", orToken, 0},
	{"(", openToken, 0},
	{")", closeToken, 0},
}

func (l *lexer) operator() (token, *SyntaxError) {
	rest := l.src[l.pos:]
	for _, o := range operators {
		if strings.HasPrefix(rest, o.text) {
			l.pos += len(o.text)
			return token{kind: o.kind, op: o.op}, nil
		}
	}
	return token{}, l.strayCharacter()
}

// strayCharacters says what was probably meant by texts that begin no token.
var strayCharacters = []struct{ text, hint string }{
	{"=<", "write <="},
	{"=>", "write >="},
	{"~=", "write =~"},
	{"=", "write == to compare"},
	{"&", `write && for "and"`},
	{"|", `write || for "or"`},
	{"!", "there is no negation; use != or !~ in the test itself"},
	{";", "nothing stands at the end of an expression"},
	{"#", "there are no comments in an expression"},
	{"+", "a number has no + in front"},
	{"-", "a - stands directly before the digits"},
	{"[", "no blank may stand between Fields and [, nor between ] and ["},
	{"]", "a field name cannot contain ]"},
	{"“", "write plain quotes"},
	{"”", "write plain quotes"},
	{"„", "write plain quotes"},
	{"‘", "write plain quotes"},
	{"’", "write plain quotes"},
}

func (l *lexer) strayCharacter() *SyntaxError {
	for _, s := range strayCharacters {
		if strings.HasPrefix(l.src[l.pos:], s.text) {
			category := UnexpectedCharacter
			if s.text == "[" || s.text == "]" {
				category = BadFieldReference
			}
			return l.fail(category, l.pos, l.pos+len(s.text), "", s.hint)
		}
	}
	_, size := utf8.DecodeRuneInString(l.src[l.pos:])
	return l.fail(UnexpectedCharacter, l.pos, l.pos+size, "", "")
}

// word reads letters and what a word could be glued to by mistake; the parser
// decides whether it knows the word. Behind Fields it reads the brackets.
func (l *lexer) word() (token, *SyntaxError) {
	start := l.pos
	for l.pos < len(l.src) && wordPart(l.src[l.pos]) {
		l.pos++
	}
	w := l.src[start:l.pos]
	if w != headerNames[field] {
		return token{kind: wordToken, text: w}, nil
	}
	return l.fieldReference(start)
}

func wordPart(c byte) bool { return letter(c) || digit(c) || c == '_' }

const fieldForm = "write Fields[name], Fields[name][f] or Fields[name][f][a]"

func (l *lexer) fieldReference(start int) (token, *SyntaxError) {
	v := variable{}
	for bracket := 0; ; bracket++ {
		if l.pos == len(l.src) || l.src[l.pos] != '[' {
			if bracket == 0 {
				return token{}, l.fail(BadFieldReference, start, l.pos, "[ must follow at once", fieldForm)
			}
			break
		}
		if bracket == 3 {
			return token{}, l.fail(BadFieldReference, start, l.pos+1, "too many indexes", fieldForm)
		}
		open := l.pos
		body, err := l.bracket(start)
		if err != nil {
			return token{}, err
		}
		if bracket == 0 {
			if body == "" {
				return token{}, l.fail(BadFieldReference, start, l.pos, "the name is empty", fieldForm)
			}
			v.name = body
			continue
		}
		n, reason := parseIndex(body)
		if reason != "" {
			return token{}, l.fail(BadFieldReference, open, l.pos, reason, "an index is a number from 0, without blanks")
		}
		if bracket == 1 {
			v.instance = n
		} else {
			v.index = n
		}
	}
	if l.pos < len(l.src) && (l.src[l.pos] == ']' || wordPart(l.src[l.pos])) {
		return token{}, l.fail(BadFieldReference, l.pos, l.pos+1, "nothing may be joined to the reference", "a field name cannot contain ]")
	}
	return token{kind: fieldToken, variable: v}, nil
}

// bracket returns what stands between [ and ].
func (l *lexer) bracket(start int) (string, *SyntaxError) {
	rest := l.src[l.pos+1:]
	i := strings.IndexAny(rest, "]\n\x00")
	if i < 0 || rest[i] == '\n' {
		return "", l.fail(BadFieldReference, start, l.pos+1, "no closing ]", fieldForm)
	}
	if rest[i] == 0 {
		return "", l.nul(l.pos + 1 + i)
	}
	l.pos += i + 2
	return rest[:i], nil
}

func parseIndex(s string) (n int, reason string) {
	if s == "" {
		return 0, "the index is empty"
	}
	for i := range len(s) {
		if !digit(s[i]) {
			return 0, "the index is not a number"
		}
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0, "the index is too large"
	}
	return n, ""
}

// number reads everything that could be meant as one number, so that a malformed
// one is reported as a whole.
func (l *lexer) number() (token, *SyntaxError) {
	start := l.pos
	for l.pos++; l.pos < len(l.src); l.pos++ {
		if c := l.src[l.pos]; !wordPart(c) && strings.IndexByte(".+-", c) < 0 {
			break
		}
	}
	s := l.src[start:l.pos]
	if strings.Trim(s, "0123456789.eE+-") != "" {
		return token{}, l.fail(MalformedNumber, start, l.pos, "", "write decimal digits, such as 4321, -5, 0.25 or 4.3e9")
	}
	n, err := parseNumber(s)
	if err != nil {
		return token{}, l.fail(MalformedNumber, start, l.pos, err.Error(), "")
	}
	return token{kind: numberToken, number: n}, nil
}

func (l *lexer) quoted(quote byte) (token, *SyntaxError) {
	body, ok, err := l.literal(quote)
	if err != nil {
		return token{}, err
	}
	if !ok {
		hint := "close the string with " + string(quote)
		if strings.HasSuffix(l.src, `\`+string(quote)) {
			hint = `a \ before the quote makes it part of the string, so a string cannot end in one \`
		}
		return token{}, l.fail(UnterminatedString, l.pos, len(l.src), "", hint)
	}
	return token{kind: stringToken, text: unquote(body, quote)}, nil
}

func (l *lexer) regex() (token, *SyntaxError) {
	body, ok, err := l.literal('/')
	if err != nil {
		return token{}, err
	}
	if !ok {
		return token{}, l.fail(UnterminatedRegex, l.pos, len(l.src), "", "close the regular expression with /")
	}
	return token{kind: regexToken, text: unquote(body, '/')}, nil
}

// literal returns the text between two delimiters and moves behind the second.
// ok is false when there is no second one; the position is unchanged then.
func (l *lexer) literal(delimiter byte) (body string, ok bool, err *SyntaxError) {
	start := l.pos + 1
	for i := start; i < len(l.src); i++ {
		switch l.src[i] {
		case 0:
			return "", false, l.nul(i)
		case delimiter:
			l.pos = i + 1
			return l.src[start:i], true, nil
		case '\\':
			i++
			if i < len(l.src) && l.src[i] == 0 {
				return "", false, l.nul(i)
			}
		}
	}
	return "", false, nil
}

func (l *lexer) nul(i int) *SyntaxError {
	return l.fail(UnexpectedCharacter, i, i+1, "a NUL byte", `in a regular expression write \x00`)
}
