package split

import (
	"bytes"
	"regexp"
	"regexp/syntax"
)

// lineTest says whether a line matches an expression. Most lines do not, and
// most of these lack the texts that the expression asks for, so they are told
// without running it.
type lineTest struct {
	re *regexp.Regexp
	// needs: every line that matches contains one of these. Empty: unknown.
	needs [][]byte
}

func newLineTest(expr string) (*lineTest, error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, err
	}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err
	}
	return &lineTest{re: re, needs: needs(tree)}, nil
}

// match reports whether the line matches.
//
// hot: once or twice per line.
func (t *lineTest) match(line []byte) bool {
	for i := range t.needs {
		if bytes.Contains(line, t.needs[i]) {
			return t.re.Match(line)
		}
	}
	return len(t.needs) == 0 && t.re.Match(line)
}

// maxNeeds bounds the number of texts; searching for more would cost too much.
const maxNeeds = 8

// needs returns texts of which every match of an expression contains at least
// one, nil when there are none or too many.
func needs(re *syntax.Regexp) [][]byte {
	switch re.Op {
	case syntax.OpLiteral:
		var l literal
		if l.read(re) {
			return [][]byte{l.text}
		}
	case syntax.OpCapture, syntax.OpPlus:
		return needs(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needs(re.Sub[0])
		}
	case syntax.OpConcat:
		var best [][]byte
		for _, sub := range re.Sub {
			if n := needs(sub); shortest(n) > shortest(best) {
				best = n
			}
		}
		return best
	case syntax.OpAlternate:
		var all [][]byte
		for _, sub := range re.Sub {
			n := needs(sub)
			if all = append(all, n...); n == nil || len(all) > maxNeeds {
				return nil
			}
		}
		return all
	}
	return nil
}

// shortest is the length of the shortest text, 0 without texts.
func shortest(texts [][]byte) int {
	n := 0
	for i, t := range texts {
		if i == 0 || len(t) < n {
			n = len(t)
		}
	}
	return n
}
