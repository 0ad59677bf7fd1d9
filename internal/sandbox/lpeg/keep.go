package lpeg

import lua "github.com/yuin/gopher-lua"

// keep says what becomes of a capture when a match has succeeded.
type keep uint8

const (
	keepGroup    keep = iota // the values inside, or the text
	keepNamed                // nothing; Cb and Ct find it by its name
	keepSimple               // the text, then the values inside
	keepPosition             // the position
	keepConst                // a constant
	keepArgument             // an extra argument of match
	keepBack                 // the values of the latest group of a name
	keepFold                 // the values inside, folded by a function
	keepSubst                // the text, with captures replaced by their values
	keepTable                // a table of the values inside
	keepString               // a string with the values inside put in
	keepSelect               // one of the values inside
	keepQuery                // a table's entry for the first value inside
	keepCall                 // what a function makes of the values inside
	keepRuntime              // values that a function gave during the match
)

// maxIndex is the largest number of an argument or value.
const maxIndex = 1<<15 - 1

// piece is a part of the replacement string of a string capture: some text, and
// then, unless index is negative, the text of the capture of that index.
type piece struct {
	text  string
	index int
}

// parsePieces takes the replacement string of a string capture apart. A percent
// sign makes an index of the digit behind it and gives any other character
// behind it as it is; at the end of the string it stands for itself.
func parsePieces(s string) []piece {
	var list []piece
	var text []byte
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] != '%' || i+1 == len(s):
			text = append(text, s[i])
		case s[i+1] >= '0' && s[i+1] <= '9':
			i++
			list = append(list, piece{string(text), int(s[i] - '0')})
			text = text[:0]
		default:
			i++
			text = append(text, s[i])
		}
	}
	return append(list, piece{string(text), -1})
}

func captureNode(k keep, p *node) *node {
	return (&node{kind: kindCapture, kept: k, a: p}).know()
}

func valueNode(k keep, p *node, v lua.LValue) *node {
	return (&node{kind: kindCapture, kept: k, a: p, value: v}).know()
}

func indexNode(k keep, p *node, n int) *node {
	return (&node{kind: kindCapture, kept: k, a: p, index: n}).know()
}

func stringNode(p *node, s string) *node {
	pieces := parsePieces(s)
	return (&node{kind: kindCapture, kept: keepString, a: p, value: lua.LString(pieces[0].text), pieces: pieces}).know()
}

// constNode gives the values; several of them are one group.
func constNode(values []lua.LValue) *node {
	if len(values) == 0 {
		return emptyNode
	}
	all := valueNode(keepConst, emptyNode, values[len(values)-1])
	for i := len(values) - 2; i >= 0; i-- {
		all = seqNode(valueNode(keepConst, emptyNode, values[i]), all)
	}
	if len(values) == 1 {
		return all
	}
	return captureNode(keepGroup, all)
}

func runtimeNode(p *node, fn lua.LValue) *node {
	return (&node{kind: kindRuntime, a: p, value: fn}).know()
}
