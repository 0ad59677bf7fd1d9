package config

import (
	"strings"
	"time"
)

// Kind is the kind of a value in a configuration file.
type Kind uint8

// The kinds of values, with the Go type of Node.Value.
const (
	String  Kind = iota // string
	Integer             // int64
	Float               // float64
	Bool                // bool
	Time                // time.Time
	List                // none: elements are in Nodes
	Table               // none: members are in Nodes
)

// String names k with its article, as in "5565, an integer".
func (k Kind) String() string {
	return [...]string{"a string", "an integer", "a number", "a boolean", "a date", "a list", "a sub-section"}[k]
}

// Node is one value of a configuration file with its key and place.
type Node struct {
	// Key is the literal name, "" for elements of a list.
	Key    string
	KeyPos Pos

	Kind Kind
	// Pos is where the value begins; of a table, where its header does.
	Pos Pos
	// Value is set for scalars only.
	Value any
	// Nodes are the elements of a list or the members of a table, in file order.
	Nodes []*Node

	text  string           // scalars but strings: as written in the file
	index map[string]*Node // tables: members by key

	unreadable []string // keys of a table whose values could not be read

	implicit bool // a table that exists only because of a header further down
	closed   bool // an inline table, which headers cannot add to
	tables   bool // a list made by [[...]] headers
}

// newTable makes an empty table.
func newTable(key string, keyPos, pos Pos) *Node {
	return &Node{Key: key, KeyPos: keyPos, Kind: Table, Pos: pos, index: map[string]*Node{}}
}

// add appends m to the table n, which has no member of that key.
func (n *Node) add(m *Node) {
	n.Nodes = append(n.Nodes, m)
	n.index[m.Key] = m
}

// Member returns the member of table n with the given name: spelled exactly
// so, else in another case, else with blanks around it. It returns nil where
// there is none or n is no table.
func (n *Node) Member(name string) *Node {
	if n == nil {
		return nil
	}
	if m := n.index[name]; m != nil {
		return m
	}
	for _, same := range []func(string) bool{
		func(key string) bool { return strings.EqualFold(key, name) },
		func(key string) bool { return strings.EqualFold(strings.TrimSpace(key), name) },
	} {
		for _, m := range n.Nodes {
			if m.Key != "" && same(m.Key) {
				return m
			}
		}
	}
	return nil
}

// Plain returns n as plain Go values: string, int64, float64, bool, time.Time,
// []any and map[string]any. The result shares nothing with n.
func (n *Node) Plain() any {
	switch n.Kind {
	case List:
		list := make([]any, len(n.Nodes))
		for i, e := range n.Nodes {
			list[i] = e.Plain()
		}
		return list
	case Table:
		m := make(map[string]any, len(n.Nodes))
		for _, e := range n.Nodes {
			m[e.Key] = e.Plain()
		}
		return m
	}
	return n.Value
}

// scalar makes the node of a single value. text is how it was written.
func scalar(value any, text string) *Node {
	n := &Node{Value: value, text: text}
	switch value.(type) {
	case string:
		n.Kind = String
	case int64:
		n.Kind = Integer
	case float64:
		n.Kind = Float
	case bool:
		n.Kind = Bool
	case time.Time:
		n.Kind = Time
	}
	return n
}
