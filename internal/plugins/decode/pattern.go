package decode

import (
	"regexp"
	"strings"
)

// pattern matches texts against an expression. It keeps scratch space, so it
// serves one goroutine.
type pattern struct {
	re     *regexp.Regexp
	linear *linear // nil when only re will do
	saves  []int   // of linear
	prefix string  // every match begins with it
}

func newPattern(expr string) (*pattern, error) {
	re, err := regexp.Compile(expr)
	if err != nil {
		return nil, err
	}
	p := &pattern{re: re, linear: compileLinear(expr)}
	p.prefix, _ = re.LiteralPrefix()
	if p.linear != nil {
		p.saves = make([]int, p.linear.slots)
	}
	return p, nil
}

// match fills in the texts of the groups, which are views of s, number 0 being
// the whole match. Groups that take no part are empty.
//
// hot: once per payload; an expression that is not linear costs an allocation.
func (p *pattern) match(s string, groups []string) bool {
	saves := p.saves
	if p.linear != nil {
		if !p.linear.match(s, saves) {
			return false
		}
	} else {
		if !strings.Contains(s, p.prefix) {
			return false
		}
		if saves = p.re.FindStringSubmatchIndex(s); saves == nil {
			return false
		}
	}
	for i := range groups {
		groups[i] = ""
		if from := saves[2*i]; from >= 0 {
			groups[i] = s[from:saves[2*i+1]]
		}
	}
	return true
}
