package matcher

import (
	"slices"
	"strings"
)

// prefixes finds all words of a fixed set that a text begins with.
//
// The words are sorted. Every word that the text begins with is at or below the
// text in that order, and so begins whatever word stands between the two; thus all of
// them are found by starting at the last word at or below the text and going from
// word to the longest other word that begins it.
type prefixes struct {
	words  []string
	ids    []int32 // what to mark
	parent []int32 // position of the longest other word that begins this one, or -1
}

// newPrefixes makes the set of distinct words with their ids.
func newPrefixes(list []string, ids []int32) *prefixes {
	p := &prefixes{parent: make([]int32, len(list))}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return strings.Compare(list[a], list[b]) })
	for i, at := range order {
		longest := int32(i) - 1
		for longest >= 0 && !strings.HasPrefix(list[at], p.words[longest]) {
			longest = p.parent[longest]
		}
		p.parent[i] = longest
		p.words = append(p.words, list[at])
		p.ids = append(p.ids, ids[at])
	}
	return p
}

// mark marks the words that s begins with.
//
// hot: once per text with prefixes to look for; allocates nothing.
func (p *prefixes) mark(s string, sc *Scratch) {
	lo, hi := 0, len(p.words)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if p.words[mid] <= s {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for i := int32(lo) - 1; i >= 0; i = p.parent[i] {
		if strings.HasPrefix(s, p.words[i]) {
			sc.mark(p.ids[i])
		}
	}
}
