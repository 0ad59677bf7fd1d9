package pipeline

import "github.com/hekad/heka/plugin"

// maxHeld is how many records behind a held one the position of a stream waits
// for it. A part whose continuation never comes must not keep it for ever.
const maxHeld = 10_000

// held keeps the position of a stream before records that its decoder holds back
// for a later message, see plugin.Holder.
type held struct {
	by     plugin.Holder // nil if the decoder holds nothing back
	starts []int64       // offsets of the records since the oldest that is held
}

// decoded notes a record that began at an offset and was just decoded.
//
// hot: once per record of a decoder that may hold records.
func (h *held) decoded(start int64) {
	n := min(h.by.Held(), maxHeld)
	if n <= 0 {
		h.starts = h.starts[:0]
		return
	}
	h.starts = append(h.starts, start)
	if spare := len(h.starts) - n; spare > 0 {
		h.starts = append(h.starts[:0], h.starts[spare:]...)
	}
}

// before returns the offset up to which everything can be acknowledged, of
// consumed bytes.
func (h *held) before(consumed int64) int64 {
	if len(h.starts) == 0 {
		return consumed
	}
	return h.starts[0]
}
