package matcher

import "strings"

// needle is a word to search for in texts, by the byte of it that is rarest in logs.
type needle struct {
	word string
	rare int // offset of the byte's first occurrence in the word
}

// common are the commonest bytes of log texts, the commonest first.
const common = " e0t1a/i2o.s3nr:4-l5d6c7p8u9m\"=h,fgb[]_wvTMSyk"

func newNeedle(word string) needle {
	n := needle{word: word}
	best := -1
	for i := range len(word) {
		rank := strings.IndexByte(common, word[i])
		if rank < 0 {
			rank = len(common)
		}
		if rank > best {
			n.rare, best = i, rank
		}
	}
	return n
}

// in reports whether the word stands in s.
//
// hot: once per text and word to search for; allocates nothing.
func (n *needle) in(s string) bool {
	if n.word == "" {
		return true
	}
	behind := len(n.word) - n.rare - 1 // bytes of the word behind the rare one
	b := n.word[n.rare]
	misses := 0
	for i := n.rare; i < len(s)-behind; i++ {
		next := strings.IndexByte(s[i:len(s)-behind], b)
		if next < 0 {
			return false
		}
		i += next
		if start := i - n.rare; s[start:start+len(n.word)] == n.word {
			return true
		}
		// Where the byte is not rare, the library's search is faster and never
		// takes more than linear time. The word cannot begin before the byte
		// and have it in it, since this would be the first of the word.
		if misses++; misses > 8+i/16 {
			return strings.Contains(s[i+1:], n.word)
		}
	}
	return false
}
