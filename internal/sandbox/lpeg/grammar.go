package lpeg

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"
)

// maxRules is the largest number of rules in a grammar.
const maxRules = 250

// closeGrammar ties the references in the rules, the first of which is the
// initial one, to the rules that they name. It copies what depends on an open
// reference, so the patterns that the rules were built from stay usable in other
// grammars. spend is called with the number of steps that the work counts as.
func closeGrammar(rules []*rule, spend func(steps int)) (*node, error) {
	g := grammarBuilder{rules: rules, named: map[lua.LValue]*rule{}, copies: map[*node]*node{}, spend: spend}
	for _, r := range rules {
		g.named[r.name] = r
	}
	for _, r := range rules {
		if err := g.tie(r); err != nil {
			return nil, err
		}
	}
	g.settle()
	rules[0].used = true
	if err := checkLeftRecursion(rules); err != nil {
		return nil, err
	}
	if err := checkLoops(rules); err != nil {
		return nil, err
	}
	return (&node{kind: kindGrammar, rules: rules}).know(), nil
}

type grammarBuilder struct {
	rules  []*rule
	named  map[lua.LValue]*rule
	copies map[*node]*node // of open nodes
	fresh  []*node         // the copies, parts before the whole
	spend  func(int)
}

// tie replaces the body of r by one without open references.
func (g *grammarBuilder) tie(r *rule) error {
	if !r.body.open {
		return nil
	}
	// A node is taken up twice: first to take up its parts, then, when they
	// are copied, to be copied itself.
	todo := []*node{r.body}
	for len(todo) > 0 {
		n := todo[len(todo)-1]
		switch {
		case g.copies[n] != nil:
			todo = todo[:len(todo)-1]
		case n.kind == kindOpen:
			to := g.named[n.value]
			if to == nil {
				return fmt.Errorf("rule '%s' undefined in given grammar", nameText(n.value))
			}
			to.used = true
			g.add(n, &node{kind: kindCall, rule: to})
		case g.missing(n.a) || g.missing(n.b):
			if g.missing(n.b) {
				todo = append(todo, n.b)
			}
			if g.missing(n.a) {
				todo = append(todo, n.a)
			}
		default:
			c := *n
			c.a, c.b = g.copied(n.a), g.copied(n.b)
			g.add(n, &c)
		}
	}
	r.body = g.copies[r.body]
	return nil
}

func (g *grammarBuilder) missing(n *node) bool {
	return n != nil && n.open && g.copies[n] == nil
}

func (g *grammarBuilder) copied(n *node) *node {
	if n == nil || !n.open {
		return n
	}
	return g.copies[n]
}

// add notes c as the copy of n. Nothing is known of it yet.
func (g *grammarBuilder) add(n, c *node) {
	c.facts = facts{fixed: unknown}
	g.copies[n] = c
	g.fresh = append(g.fresh, c)
}

// settle works out the facts of the copies, which depend on one another through
// calls: it starts from nothing and repeats until nothing is added.
func (g *grammarBuilder) settle() {
	for changed := true; changed; {
		changed = false
		g.spend(nodeSteps * len(g.fresh))
		for _, n := range g.fresh {
			old := n.facts
			if n.know(); n.facts != old {
				changed = true
			}
		}
	}
	for _, n := range g.fresh {
		if n.fixed == unknown {
			n.fixed = varies
		}
	}
}

// checkLeftRecursion refuses a grammar with a rule that can come to itself
// without having consumed anything. Rules that nothing refers to may.
func checkLeftRecursion(rules []*rule) error {
	const entered, done = 1, 2
	state := map[*rule]int{}
	type level struct {
		rule  *rule
		calls []*rule // still to be followed
	}
	for _, start := range rules {
		if !start.used || state[start] == done {
			continue
		}
		state[start] = entered
		path := []level{{start, leftCalls(start.body)}}
		for len(path) > 0 {
			top := &path[len(path)-1]
			if len(top.calls) == 0 {
				state[top.rule] = done
				path = path[:len(path)-1]
				continue
			}
			next := top.calls[0]
			top.calls = top.calls[1:]
			switch state[next] {
			case done:
			case entered:
				// A chain of calls that goes round and round is found at
				// its limit of maxRules, and blamed on the rule there.
				from := 0
				for path[from].rule != next {
					from++
				}
				round := len(path) - from
				blamed := path[from+(maxRules-from)%round].rule
				return fmt.Errorf("rule '%s' may be left recursive", nameText(blamed.name))
			default:
				state[next] = entered
				path = append(path, level{next, leftCalls(next.body)})
			}
		}
	}
	return nil
}

// leftCalls lists the rules that n may call before it has consumed anything.
func leftCalls(n *node) []*rule {
	var calls []*rule
	seen := map[*node]bool{}
	for todo := []*node{n}; len(todo) > 0; {
		n := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[n] {
			continue
		}
		seen[n] = true
		switch n.kind {
		case kindCall:
			calls = append(calls, n.rule)
		case kindSeq:
			if n.a.nullable {
				todo = append(todo, n.b)
			}
			todo = append(todo, n.a)
		case kindChoice:
			todo = append(todo, n.b, n.a)
		case kindRepeat, kindNot, kindAnd, kindCapture, kindRuntime:
			todo = append(todo, n.a)
		}
	}
	return calls
}

// checkLoops refuses a grammar with a loop whose body may match without
// consuming, which could not be seen while the body had open references.
func checkLoops(rules []*rule) error {
	seen := map[*node]bool{}
	for _, r := range rules {
		if !r.used {
			continue
		}
		for todo := []*node{r.body}; len(todo) > 0; {
			n := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			if n == nil || seen[n] {
				continue
			}
			seen[n] = true
			if n.kind == kindRepeat && n.max == unbounded && n.a.nullable {
				return fmt.Errorf("empty loop in rule '%s'", nameText(r.name))
			}
			todo = append(todo, n.b, n.a)
		}
	}
	return nil
}

// nameText is the name of a rule or group in messages.
func nameText(v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return numberText(v)
	}
	return "(a " + v.Type().String() + ")"
}
