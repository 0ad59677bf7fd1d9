package container

import "github.com/hekad/heka/plugin"

// keptBuffer is how large a buffer may be, in bytes, to be used again.
const keptBuffer = 64 << 10

// held is the beginning of a text that is not complete.
type held struct {
	text  []byte
	began int64 // time of the first part
	first int   // number of its line
	open  bool  // a part is here, if only an empty one
}

func (h *held) size() int { return len(h.text) }

// add keeps a copy of a line's text.
func (h *held) add(l *line, number int) {
	if !h.open {
		h.began, h.first, h.open = l.time, number, true
	}
	h.text = append(h.text, l.text...)
}

// take returns what was held, with the text of l behind it, and its time.
//
// hot: once per message; copies only what has parts.
func (h *held) take(room *plugin.Text, l *line) (text string, began int64) {
	if !h.open {
		return l.text, l.time
	}
	text = room.Keep(append(append(room.Free(), h.text...), l.text...))
	began = h.began
	if cap(h.text) > keptBuffer {
		h.text = nil
	}
	*h = held{text: h.text[:0]}
	return text, began
}
