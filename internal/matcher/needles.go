package matcher

import "strings"

// needles finds the words of a fixed set that stand anywhere in a text, all in one
// pass (after Wu and Manber). A window of the shortest word's length moves over the
// text. Its last two bytes say how far it may jump because no word has these bytes
// nearer to the window's end; where some words have them at the very end, these words
// are compared.
type needles struct {
	width int // of the window, in bytes
	words []string
	ids   []int32       // what to mark
	jump  [blocks]uint8 // by the window's last two bytes
	list  [blocks]uint16
	lists [][]int32 // positions of the words to compare where the jump is 0
}

const (
	blocks = 1 << 12
	// minNeedle is the length in bytes from which on a window can jump.
	minNeedle = 3
	maxWindow = 255
)

// block numbers a pair of bytes; several pairs may share a number.
func block(a, b byte) uint16 { return (uint16(a)<<5 ^ uint16(b)) % blocks }

// newNeedles makes the set of distinct words of at least minNeedle bytes.
func newNeedles(words []string, ids []int32) *needles {
	n := &needles{words: words, ids: ids, width: maxWindow}
	for _, w := range words {
		n.width = min(n.width, len(w))
	}
	for i := range n.jump {
		n.jump[i] = uint8(n.width - 1)
	}
	for k, w := range words {
		for i := range n.width - 1 {
			b := block(w[i], w[i+1])
			n.jump[b] = min(n.jump[b], uint8(n.width-2-i))
		}
		last := block(w[n.width-2], w[n.width-1])
		if n.list[last] == 0 {
			n.lists = append(n.lists, nil)
			n.list[last] = uint16(len(n.lists))
		}
		list := &n.lists[n.list[last]-1]
		*list = append(*list, int32(k))
	}
	return n
}

// mark marks the words that stand in s.
//
// hot: once per text with several words to search for; allocates nothing.
func (n *needles) mark(s string, sc *Scratch) {
	for i := n.width - 2; i+1 < len(s); {
		b := block(s[i], s[i+1])
		if jump := n.jump[b]; jump > 0 {
			i += int(jump)
			continue
		}
		rest := s[i+2-n.width:]
		for _, k := range n.lists[n.list[b]-1] {
			if strings.HasPrefix(rest, n.words[k]) {
				sc.mark(n.ids[k])
			}
		}
		i++
	}
}
