package queue

// blockSize is the size of a block unless one write is larger. A write is split
// when it is much longer (see maxWrite).
const blockSize = 256 << 10

// block is a stretch of the newest records exactly as it was written to a file.
// Readers that keep up take records from it instead of reading the file.
//
// Bytes of data up to its length never change while the block is in use; the
// writer frames the next records into the capacity behind them.
type block struct {
	segment uint64
	start   int64 // offset of data[0] in the file
	data    []byte
	readers int  // how many look at data
	gone    bool // no longer in the tail
}

// end is the position behind the last record of b.
func (b *block) end() Position {
	return Position{b.segment, b.start + int64(len(b.data))}
}

// tail is the memory of the newest records, in blocks that follow one another.
// All of it is guarded by Queue.mu.
type tail struct {
	blocks []*block
	size   int    // capacity of all blocks in bytes
	spare  *block // an unused block
}

// last returns the newest block, nil if there is none.
func (t *tail) last() *block {
	if len(t.blocks) == 0 {
		return nil
	}
	return t.blocks[len(t.blocks)-1]
}

// grow adds an empty block with room for at least n bytes at position at.
func (t *tail) grow(at Position, n int) *block {
	b := t.spare
	if b == nil || n > cap(b.data) {
		b = &block{data: make([]byte, 0, max(n, blockSize))}
	} else {
		t.spare = nil
	}
	*b = block{segment: at.Segment, start: at.Offset, data: b.data[:0]}
	t.blocks = append(t.blocks, b)
	t.size += cap(b.data)
	return b
}

// find returns the block that holds the record at pos, nil if none does.
func (t *tail) find(pos Position) *block {
	for i := len(t.blocks) - 1; i >= 0; i-- {
		b := t.blocks[i]
		if b.segment == pos.Segment && b.start <= pos.Offset && pos.Offset < b.start+int64(len(b.data)) {
			return b
		}
		if b.end().Compare(pos) < 0 {
			return nil
		}
	}
	return nil
}

// trim forgets the oldest blocks: those in front of position passed, which
// nobody will look for, and more while the tail has over limit bytes. The newest
// block stays.
func (t *tail) trim(limit int, passed Position) {
	for len(t.blocks) > 1 && (t.size > limit || t.blocks[0].end().Compare(passed) <= 0) {
		b := t.blocks[0]
		n := copy(t.blocks, t.blocks[1:])
		t.blocks[n] = nil
		t.blocks = t.blocks[:n]
		t.size -= cap(b.data)
		b.gone = true
		t.reuse(b)
	}
}

// retain keeps b from being written over until release.
func (t *tail) retain(b *block) { b.readers++ }

// release takes back one retain.
func (t *tail) release(b *block) {
	b.readers--
	t.reuse(b)
}

func (t *tail) reuse(b *block) {
	if b.gone && b.readers == 0 && cap(b.data) <= 2*maxWrite && (t.spare == nil || cap(t.spare.data) < cap(b.data)) {
		t.spare = b
	}
}
