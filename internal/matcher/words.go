package matcher

import "math/bits"

// words finds a text among a fixed set of distinct words. It is a hash table with
// open addressing that is at most half full; texts of a length that no word has are
// refused at once.
type words struct {
	slots   []wordSlot
	lengths uint64 // bit n: a word of n modulo 64 bytes exists
	longest int    // in bytes
}

type wordSlot struct {
	hash uint64
	word string
	id   int32 // what find returns; -1 in a free slot
}

// newWords makes the table of the words with their ids, which are not negative.
func newWords(list []string, ids []int32) *words {
	size := 1 << bits.Len(uint(2*len(list)))
	w := &words{slots: make([]wordSlot, size)}
	for i := range w.slots {
		w.slots[i].id = -1
	}
	for k, word := range list {
		h := hash(word)
		i := h % uint64(size)
		for w.slots[i].id >= 0 {
			i = (i + 1) % uint64(size)
		}
		w.slots[i] = wordSlot{hash: h, word: word, id: ids[k]}
		w.lengths |= 1 << (len(word) & 63)
		w.longest = max(w.longest, len(word))
	}
	return w
}

// find returns the id of the word that s is, or -1.
//
// hot: a few times per message; allocates nothing.
func (w *words) find(s string) int32 {
	if w.lengths>>(len(s)&63)&1 == 0 || len(s) > w.longest {
		return -1
	}
	h := hash(s)
	mask := uint64(len(w.slots) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		slot := &w.slots[i]
		if slot.id < 0 {
			return -1
		}
		if slot.hash == h && slot.word == s {
			return slot.id
		}
	}
}

// hash mixes sixteen bytes at a time. The words come from the configuration, so no
// sender of messages can choose them to collide.
//
// hot: at most once per find.
func hash(s string) uint64 {
	const k0, k1, k2 = 0x9e3779b97f4a7c15, 0xd6e8feb86659fd93, 0xa0761d6478bd642f
	n := len(s)
	switch {
	case n > 16:
		h := uint64(k2)
		for ; len(s) > 16; s = s[16:] {
			h = mix(h^load8(s), k0^load8(s[8:]))
		}
		return hash(s) ^ h*uint64(n)
	case n >= 8:
		return mix(k0^load8(s), k1^load8(s[n-8:])^uint64(n))
	case n >= 4:
		return mix(k0^load4(s), k1^load4(s[n-4:])^uint64(n)<<32)
	case n > 0:
		return mix(k0^(uint64(s[0])|uint64(s[n/2])<<8|uint64(s[n-1])<<16), k1^uint64(n))
	}
	return k0
}

func mix(a, b uint64) uint64 {
	hi, lo := bits.Mul64(a, b)
	return hi ^ lo
}

func load8(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 |
		uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func load4(s string) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}
