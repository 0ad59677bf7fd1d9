package decode

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strings"
)

// nodeKind is a set of kinds of nodes.
type nodeKind uint8

const (
	kindDocument nodeKind = 1 << iota
	kindElement
	kindText
	kindComment
	kindInstruction
	kindAttribute
	kindAny = kindDocument | kindElement | kindText | kindComment | kindInstruction | kindAttribute
)

// xnode is a node of a document.
type xnode struct {
	kind   nodeKind
	name   string // without a prefix
	text   string // of all but documents and elements
	parent int
	end    int // index behind the last node inside
}

// xtree is a document: its nodes in their order, attributes right behind their
// element. Nodes are named by their index; 0 is the document itself.
type xtree struct {
	nodes  []xnode
	budget int // visits of nodes that paths may still make
}

// maxVisits bounds the work that paths make of one document.
const maxVisits = 1 << 20

// skipsPerVisit is how many nodes of another kind are passed over in the time of a
// visit.
const skipsPerVisit = 8

var (
	errNoElement = errors.New("the payload is no XML: it has no element")
	errVisits    = errors.New("the paths of xpath_map visit too many nodes of this document")
)

// parse reads a document in the place of the one before.
func (t *xtree) parse(text string) error {
	t.nodes = append(t.nodes[:0], xnode{kind: kindDocument})
	t.budget = maxVisits
	at := 0
	d := xml.NewDecoder(strings.NewReader(text))
	for elements := 0; ; {
		token, err := d.Token()
		switch {
		case err == io.EOF && elements > 0:
			t.nodes[0].end = len(t.nodes)
			return nil
		case err == io.EOF:
			return errNoElement
		case err != nil:
			return err
		}
		switch k := token.(type) {
		case xml.StartElement:
			elements++
			at = t.add(xnode{kind: kindElement, name: k.Name.Local, parent: at})
			for _, a := range k.Attr {
				if a.Name.Space != "xmlns" && a.Name.Local != "xmlns" {
					t.add(xnode{kind: kindAttribute, name: a.Name.Local, text: a.Value, parent: at})
				}
			}
		case xml.EndElement:
			t.nodes[at].end = len(t.nodes)
			at = t.nodes[at].parent
		case xml.CharData:
			if at != 0 {
				t.add(xnode{kind: kindText, text: string(k), parent: at})
			}
		case xml.Comment:
			t.add(xnode{kind: kindComment, text: string(k), parent: at})
		case xml.ProcInst:
			if k.Target != "xml" {
				t.add(xnode{kind: kindInstruction, name: k.Target, text: string(k.Inst), parent: at})
			}
		}
	}
}

func (t *xtree) add(n xnode) int {
	t.nodes = append(t.nodes, n)
	at := len(t.nodes) - 1
	t.nodes[at].end = at + 1
	return at
}

// value is the text of a node: of an element all the text inside it.
func (t *xtree) value(at int) string {
	n := &t.nodes[at]
	if n.kind&(kindDocument|kindElement) == 0 {
		return n.text
	}
	first, several := "", false
	for i := at + 1; i < n.end; i++ {
		if t.nodes[i].kind != kindText {
			continue
		}
		if first != "" {
			several = true
			break
		}
		first = t.nodes[i].text
	}
	if !several {
		return first
	}
	var b strings.Builder
	for i := at + 1; i < n.end; i++ {
		if t.nodes[i].kind == kindText {
			b.WriteString(t.nodes[i].text)
		}
	}
	return b.String()
}

// find returns the nodes that a path leads to from a node, in the order of the
// document.
func (t *xtree) find(x *xpath, from int) ([]int, error) {
	if x.absolute {
		from = 0
	}
	set := []int{from}
	for i := range x.steps {
		var err error
		if set, err = t.step(&x.steps[i], set); err != nil || len(set) == 0 {
			return nil, err
		}
	}
	return set, nil
}

// step goes one step from each node of a set.
func (t *xtree) step(s *xstep, from []int) ([]int, error) {
	var to []int
	for _, at := range from {
		if t.budget < 0 {
			return nil, errVisits
		}
		position := 0
		var failure error
		t.walk(s.axis, at, func(n int) bool {
			if t.budget--; t.budget < 0 {
				failure = errVisits
				return false
			}
			if !s.test.takes(&t.nodes[n]) {
				return true
			}
			if position++; s.position > 0 {
				if position == s.position {
					to = append(to, n)
				}
				return position < s.position
			}
			holds, err := t.holds(s, n)
			if holds {
				to = append(to, n)
			}
			failure = err
			return err == nil
		})
		if failure != nil {
			return nil, failure
		}
	}
	slices.Sort(to)
	return slices.Compact(to), nil
}

func (n nodeTest) takes(x *xnode) bool {
	return x.kind&n.kind != 0 && (n.name == "" || n.name == "*" || n.name == x.name)
}

// holds reports whether a step's predicate is true of a node.
func (t *xtree) holds(s *xstep, at int) (bool, error) {
	if s.path == nil {
		return true, nil
	}
	nodes, err := t.find(s.path, at)
	if err != nil || s.literal == nil {
		return len(nodes) > 0, err
	}
	for _, n := range nodes {
		if t.budget -= t.nodes[n].end - n; t.budget < 0 {
			return false, errVisits
		}
		if t.value(n) == *s.literal {
			return true, nil
		}
	}
	return false, nil
}

// walk visits the nodes of an axis in its order, until visit returns false.
func (t *xtree) walk(a axis, at int, visit func(int) bool) {
	n := &t.nodes[at]
	switch a {
	case axisSelf:
		visit(at)
	case axisChild:
		t.children(at, visit)
	case axisAttribute:
		for i := at + 1; i < n.end && t.nodes[i].kind == kindAttribute && visit(i); i++ {
		}
	case axisDescendantOrSelf:
		if visit(at) {
			t.span(at+1, n.end, visit)
		}
	case axisDescendant:
		t.span(at+1, n.end, visit)
	case axisParent:
		if at != 0 {
			visit(n.parent)
		}
	case axisAncestorOrSelf:
		if visit(at) {
			t.ancestors(at, visit)
		}
	case axisAncestor:
		t.ancestors(at, visit)
	case axisFollowing:
		t.span(n.end, len(t.nodes), visit)
	case axisPreceding:
		t.budget -= at / skipsPerVisit
		for i := at - 1; i > 0; i-- {
			// Whoever ends behind at is an ancestor.
			if t.nodes[i].kind != kindAttribute && t.nodes[i].end <= at && !visit(i) {
				return
			}
		}
	case axisFollowingSibling:
		if n.kind == kindAttribute || at == 0 {
			return
		}
		for i := n.end; i < t.nodes[n.parent].end && visit(i); i = t.nodes[i].end {
		}
	case axisPrecedingSibling:
		t.precedingSiblings(at, visit)
	}
}

// children visits the children of a node, among which attributes do not count.
func (t *xtree) children(at int, visit func(int) bool) {
	for i := at + 1; i < t.nodes[at].end; i = t.nodes[i].end {
		if t.nodes[i].kind != kindAttribute && !visit(i) {
			return
		}
	}
}

// span visits nodes from one index up to another, without attributes.
func (t *xtree) span(from, to int, visit func(int) bool) {
	t.budget -= (to - from) / skipsPerVisit
	for i := from; i < to; i++ {
		if t.nodes[i].kind != kindAttribute && !visit(i) {
			return
		}
	}
}

func (t *xtree) ancestors(at int, visit func(int) bool) {
	for at != 0 {
		if at = t.nodes[at].parent; !visit(at) {
			return
		}
	}
}

// precedingSiblings visits the nearest sibling first.
func (t *xtree) precedingSiblings(at int, visit func(int) bool) {
	n := &t.nodes[at]
	if n.kind == kindAttribute || at == 0 {
		return
	}
	var all []int
	t.children(n.parent, func(i int) bool {
		if i < at {
			all = append(all, i)
		}
		t.budget--
		return i < at
	})
	for _, i := range slices.Backward(all) {
		if !visit(i) {
			return
		}
	}
}
