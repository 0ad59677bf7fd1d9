package pipeline

import "time"

// stint measures how long a stream works on what it has read, without the time that
// it waits for consumers. Clocks cost as much as a short message, so only one read
// in stintEvery is measured, and counts for all of them.
type stint struct {
	began  int64 // ns since the epoch; 0 while nothing is measured
	weight int64
	reads  uint
	decode bool // the next call of the decoder is timed
}

const stintEvery = 8

// begin is called when a read has come.
func (t *stint) begin() {
	if t.reads%stintEvery == 0 {
		t.began, t.weight = time.Now().UnixNano(), stintEvery
		if t.reads == 0 { // there may be no others
			t.weight = 1
		}
		t.decode = true
	}
	t.reads++
}

// pause notes that the stream works no more; it reports whether that was measured.
func (t *stint) pause(m *meter) bool {
	if t.began == 0 {
		return false
	}
	m.busy.Add(t.weight * max(time.Now().UnixNano()-t.began, 0))
	t.began = 0
	return true
}

// resume goes on after a pause that was measured.
func (t *stint) resume(measured bool) {
	if measured {
		t.began = time.Now().UnixNano()
	}
}
