package matcher

import (
	"errors"
	"regexp/syntax"
	"strings"
)

// check says whether the operator and the type of the literal fit the variable.
func (p *parser) check(name string, v variable, op, lit token, kind literalKind) *SyntaxError {
	badOperator := func(reason, hint string) *SyntaxError {
		return p.lex.fail(OperatorNotAllowed, op.pos, op.end, reason, hint)
	}
	badLiteral := func(reason, hint string) *SyntaxError {
		return p.lex.fail(LiteralNotAllowed, lit.pos, lit.end, reason, hint)
	}
	written := p.lex.src[lit.pos:lit.end]
	if v.header.numeric() && op.op.regex() {
		return badOperator(name+" is a number", "compare it with ==, !=, <, <=, > or >=")
	}
	if op.op.regex() != (kind == regexLiteral) {
		if op.op.regex() {
			hint := ""
			if kind == stringLiteral {
				hint = "write " + quoteWith(lit.text, '/')
			}
			return badLiteral(op.op.String()+" needs a regular expression", hint)
		}
		return badLiteral(op.op.String()+" does not take a regular expression", "use =~ or !~")
	}
	switch {
	case v.header.textual() && kind == numberLiteral:
		return badLiteral(name+" is text", "write '"+written+"' to compare it as text")
	case v.header.numeric() && kind == stringLiteral:
		return badLiteral(name+" is a number", "write the number without quotes")
	case v.header != field && kind == boolLiteral:
		return badLiteral(name+" is no boolean", "")
	case v.header != field && kind == nilLiteral:
		return badLiteral("a header is never NIL", "an unset "+name+" is "+unsetValue(v.header))
	case (kind == boolLiteral || kind == nilLiteral) && op.op != equal && op.op != unequal:
		return badOperator(written+" has no order", "use == or !=")
	}
	return nil
}

// unsetValue is the literal that an unset header is equal to.
func unsetValue(h header) string {
	switch {
	case h.textual():
		return "''"
	case h == headerSeverity:
		return "7"
	}
	return "0"
}

// pattern compiles the regular expression of a token.
func (p *parser) pattern(t token) (*pattern, *SyntaxError) {
	pat, err := newPattern(t.text)
	if err == nil {
		return pat, nil
	}
	reason, hint := err.Error(), ""
	pos, end := t.pos, t.end
	var bad *syntax.Error
	if errors.As(err, &bad) {
		reason = bad.Code.String()
		hint = regexHint(bad, p.lex.src[t.end:])
		if i := strings.Index(p.lex.src[t.pos:t.end], bad.Expr); i >= 0 && bad.Expr != "" {
			pos, end = t.pos+i, t.pos+i+len(bad.Expr)
		}
	}
	return nil, p.lex.fail(BadRegex, pos, end, reason, hint)
}

func regexHint(bad *syntax.Error, behind string) string {
	switch bad.Code {
	case syntax.ErrMissingBracket, syntax.ErrMissingParen, syntax.ErrUnexpectedParen:
		if strings.Contains(behind, "/") {
			return `a / inside the regular expression is written \/`
		}
	case syntax.ErrInvalidEscape:
		if len(bad.Expr) == 2 && digit(bad.Expr[1]) {
			return "the engine (RE2) has no back references"
		}
	case syntax.ErrInvalidPerlOp, syntax.ErrMissingRepeatArgument:
		for _, look := range []string{"(?=", "(?!", "(?<=", "(?<!"} {
			if strings.HasPrefix(bad.Expr, look) {
				return "the engine (RE2) has no look-around"
			}
		}
	case syntax.ErrInvalidRepeatSize, syntax.ErrLarge:
		return "the engine (RE2) allows at most 1000 repetitions"
	}
	return ""
}

// unknownWord makes the error for the current token.
func (p *parser) unknownWord() *SyntaxError {
	w := p.tok.text
	hint := ""
	switch strings.ToLower(w) {
	case "and":
		hint = "write &&"
	case "or":
		hint = "write ||"
	case "not":
		hint = "there is no negation; use != or !~ in the test itself"
	case "nil", "null", "none":
		hint = "write NIL"
	default:
		if near := nearestWord(w); near != "" {
			hint = "did you mean " + near + "?"
		}
	}
	return p.fail(UnknownWord, "", hint)
}

// nearestWord returns the known word that w is most likely a slip for, or "".
func nearestWord(w string) string {
	known := append([]string{"TRUE", "FALSE", "NIL", "Fields"}, headerNames[headerUUID:]...)
	best, least := "", 1+len(w)/3
	if len(w) > 2*len("EnvVersion") {
		return ""
	}
	for _, k := range known {
		if strings.EqualFold(k, w) {
			return k
		}
		if d := distance(k, w); d <= least {
			best, least = k, d-1
		}
	}
	return best
}

// distance is the number of characters to insert, delete or replace to get from a
// to b.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := diagonal
			if a[i] != b[j] {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
