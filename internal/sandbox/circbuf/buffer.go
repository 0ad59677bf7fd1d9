package circbuf

import (
	"errors"
	"math"

	"github.com/hekad/heka/internal/sandbox/box"
)

// maxCells bounds rows × columns: 512 MiB of cells.
const maxCells = 1 << 26

// errMemory is Lua's own text.
var errMemory = errors.New("not enough memory")

// aggregation says how a series is to be combined with others.
type aggregation byte

const (
	sum aggregation = iota
	minimum
	maximum
	none
)

var aggregations = []string{"sum", "min", "max", "none"}

// head describes a column.
type head struct {
	name, unit  string
	aggregation aggregation
}

// A Buffer is a circular buffer. It belongs to one Lua state.
type Buffer struct {
	rows, columns int
	span          int64 // seconds of a row

	newest  int64     // number of the newest row
	slot    int       // where it is stored
	cells   []float64 // slot after slot
	changes []float64 // since the last cbufd, slot after slot; nil without deltas

	heads []head
	delta bool // output is cbufd

	numbers box.Numbers // results of methods
}

// sizeOf returns the bytes that a buffer of these dimensions takes.
func sizeOf(rows, columns int, deltas bool) int {
	const fixed, perColumn = 160, 40
	n := fixed + perColumn*columns + 8*rows*columns
	if deltas {
		n += 8 * rows * columns
	}
	return n
}

// newBuffer returns a buffer of rows > 1, columns > 0 and span > 0, whose product
// of rows and columns is at most maxCells.
func newBuffer(rows, columns, span int, deltas bool) *Buffer {
	b := &Buffer{
		rows: rows, columns: columns, span: int64(span),
		newest: int64(rows) - 1, slot: rows - 1,
		cells: make([]float64, rows*columns),
		heads: make([]head, columns),
	}
	fill(b.cells, math.NaN())
	if deltas {
		b.changes = make([]float64, rows*columns)
		fill(b.changes, unchanged)
	}
	for i := range b.heads {
		b.heads[i] = head{name: defaultName(i), unit: "count"}
	}
	return b
}

// Size returns the bytes that the buffer takes.
func (b *Buffer) Size() int { return sizeOf(b.rows, b.columns, b.changes != nil) }

// oldest returns the number of the oldest row.
func (b *Buffer) oldest() int64 { return b.newest - int64(b.rows) + 1 }

// outside is what rowOf says of a time before 1970, which no window holds.
const outside = math.MinInt64

// lastTime is the first time in ns that is too late for a row number.
const lastTime = 1e9 * (1 << 53)

// rowOf returns the number of the row that holds a time in ns, which is less than
// lastTime.
//
// hot: once per access.
func (b *Buffer) rowOf(ns float64) int64 {
	if ns < 0 {
		return outside
	}
	seconds := int64(ns / 1e9)
	if b.span == 1 {
		return seconds
	}
	return seconds / b.span
}

// index returns where the first cell of a row is stored, -1 if the window does not
// hold the row.
//
// hot: once per access.
func (b *Buffer) index(row int64) int {
	back := b.newest - row
	if row < 0 || back < 0 || back >= int64(b.rows) {
		return -1
	}
	slot := b.slot - int(back)
	if slot < 0 {
		slot += b.rows
	}
	return slot * b.columns
}

// advance makes row the newest unless it is not later than the newest.
//
// hot: once per change.
func (b *Buffer) advance(row int64) {
	if row > b.newest {
		b.move(row)
	}
}

func (b *Buffer) move(row int64) {
	steps := row - b.newest
	b.newest = row
	if steps >= int64(b.rows) {
		b.slot = int(row % int64(b.rows))
		b.clear(0, b.rows)
		return
	}
	first := b.slot + 1
	b.slot += int(steps)
	if b.slot < b.rows {
		b.clear(first, b.slot+1)
		return
	}
	b.slot -= b.rows
	b.clear(first, b.rows)
	b.clear(0, b.slot+1)
}

// clear empties the slots from one up to, not including, another.
func (b *Buffer) clear(from, to int) {
	from, to = from*b.columns, to*b.columns
	fill(b.cells[from:to], math.NaN())
	if b.changes != nil {
		fill(b.changes[from:to], unchanged)
	}
}

func fill(cells []float64, v float64) {
	for i := range cells {
		cells[i] = v
	}
}

// add adds v to a cell that is at i and in column c, and returns its value.
//
// hot: once per add.
func (b *Buffer) add(i, c int, v float64) float64 {
	cell := b.cells[i]
	if cell != cell {
		cell = v
	} else {
		cell += v
	}
	b.cells[i] = cell
	if b.changes != nil && v != 0 {
		b.added(i, c, v, cell)
	}
	return cell
}

// set gives a cell that is at i and in column c the value v as far as the
// aggregation of the column wants it, and returns its value.
//
// hot: once per set.
func (b *Buffer) set(i, c int, v float64) float64 {
	old := b.cells[i]
	switch b.heads[c].aggregation {
	case minimum:
		if old == old && !(v < old) {
			return old
		}
	case maximum:
		if old == old && !(v > old) {
			return old
		}
	}
	b.cells[i] = v
	if b.changes != nil {
		b.replaced(i, c, old, v)
	}
	return v
}
