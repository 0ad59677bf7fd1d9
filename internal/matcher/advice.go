package matcher

import (
	"slices"
	"strings"
)

// Finding is something about a valid expression that its author hardly meant.
type Finding struct {
	Kind FindingKind
	// Pos and End are the bytes of the source that the finding is about.
	Pos, End int
	// Text is that part in canonical form.
	Text string
	// Reason says why, in one clause; it may be empty.
	Reason string
}

// FindingKind is the kind of a Finding.
type FindingKind uint8

// The kinds of findings. All but OddSeverity are proved: they hold for every message
// there can be.
const (
	NeverMatches  FindingKind = iota // the whole expression matches no message
	AlwaysMatches                    // the whole expression, not just TRUE, matches every message
	DeadBranch                       // an operand of || matches no message
	OddSeverity                      // a test fails for all severities from 0 to 7
)

// String is the kind as a statement, such as "never matches".
func (k FindingKind) String() string {
	return [...]string{
		"never matches", "always matches", "never matches and is useless as an operand of ||",
		"matches no severity from 0 to 7",
	}[k]
}

// String is the finding in one line.
func (f Finding) String() string {
	s := quoteExcerpt(f.Text) + " " + f.Kind.String()
	if f.Reason != "" {
		s += ": " + f.Reason
	}
	return s
}

// Advice returns findings, in the order of the expression. It is careful: an
// expression without a finding may still never match.
func (x *Matcher) Advice() []Finding {
	a := &adviser{budget: 1 << 20}
	if reason, never := a.never(x.root); never {
		a.add(NeverMatches, x.root, reason)
		return a.findings
	}
	if x.root.kind != constant && a.always(x.root) {
		a.add(AlwaysMatches, x.root, "")
		return a.findings
	}
	a.visit(x.root)
	return a.findings
}

type adviser struct {
	findings []Finding
	budget   int // claims that may still be looked at
}

func (a *adviser) add(kind FindingKind, n *node, reason string) {
	a.findings = append(a.findings, Finding{kind, n.pos, n.end, string(n.append(nil)), reason})
}

// visit looks for findings about parts of the expression.
func (a *adviser) visit(n *node) {
	if n.kind == leaf && n.test.variable.header == headerSeverity {
		if !possibleInteger([]claim{{n.test, false}}, span[int64]{0, 7}) {
			a.add(OddSeverity, n, "")
		}
	}
	for _, k := range n.kids {
		if n.kind == or && k.kind != constant {
			if reason, never := a.never(k); never {
				a.add(DeadBranch, k, reason)
				continue
			}
		}
		a.visit(k)
	}
}

// never reports whether no message can match, and why.
func (a *adviser) never(n *node) (reason string, never bool) {
	if n.kind == constant {
		return "", !n.truth
	}
	cases, ok := a.cases(n, false)
	if !ok {
		return "", false
	}
	for _, c := range cases {
		conflict := contradiction(c)
		if conflict == nil {
			return "", false
		}
		if reason == "" {
			reason = describe(conflict)
		}
	}
	return reason, true
}

// always reports whether no message can fail to match.
func (a *adviser) always(n *node) bool {
	cases, ok := a.cases(n, true)
	return ok && !slices.ContainsFunc(cases, func(c []claim) bool { return contradiction(c) == nil })
}

// claim is a test that holds, or that does not.
type claim struct {
	test  *clause
	fails bool
}

// cases returns the ways in which n can hold, or fail if fails is set: in each, all
// claims hold at once. ok is false if there are too many.
func (a *adviser) cases(n *node, fails bool) (cases [][]claim, ok bool) {
	switch n.kind {
	case constant:
		if n.truth != fails {
			cases = [][]claim{nil}
		}
		return cases, true
	case leaf:
		a.budget--
		return [][]claim{{{n.test, fails}}}, a.budget >= 0
	}
	if (n.kind == or) != fails { // one of the kids is enough
		for _, k := range n.kids {
			of, ok := a.cases(k, fails)
			if !ok {
				return nil, false
			}
			cases = append(cases, of...)
		}
		return cases, true
	}
	cases = [][]claim{nil}
	for _, k := range n.kids {
		of, ok := a.cases(k, fails)
		if !ok {
			return nil, false
		}
		var joined [][]claim
		for _, c := range cases {
			for _, d := range of {
				if a.budget -= len(d); a.budget < 0 {
					return nil, false
				}
				joined = append(joined, slices.Concat(c, d))
			}
		}
		cases = joined
	}
	return cases, true
}

// maxConflict bounds the claims about one variable that are held against each other.
const maxConflict = 200

// contradiction returns claims about one variable that cannot hold all at once, as
// few of them as possible; nil if none are found.
func contradiction(claims []claim) []claim {
	by := map[variable][]claim{}
	var order []variable
	for _, c := range claims {
		v := c.test.variable
		if by[v] == nil {
			order = append(order, v)
		}
		by[v] = append(by[v], c)
	}
	for _, v := range order {
		conflict := by[v]
		if len(conflict) > maxConflict || possible(v, conflict) {
			continue
		}
		for i := 0; i < len(conflict); {
			fewer := slices.Delete(slices.Clone(conflict), i, i+1)
			if possible(v, fewer) {
				i++
			} else {
				conflict = fewer
			}
		}
		return conflict
	}
	return nil
}

// describe says why claims cannot hold all at once.
func describe(conflict []claim) string {
	texts := make([]string, len(conflict))
	for i, c := range conflict {
		texts[i] = c.test.String()
	}
	if len(texts) == 1 {
		return texts[0] + " never holds"
	}
	return strings.Join(texts, " and ") + " exclude each other"
}
