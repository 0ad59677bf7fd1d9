package logstreamer

import "testing"

func TestProgressCountsPartsInOrder(t *testing.T) {
	var p progress
	want := func(offset int64, settled bool) {
		t.Helper()
		if p.offset() != offset || p.settled() != settled {
			t.Errorf("offset %d, settled %v; want %d, %v", p.offset(), p.settled(), offset, settled)
		}
	}
	want(0, true)
	first := p.begin(0)
	want(0, false)
	first(10)
	want(10, false)
	p.end(20)
	second := p.begin(25) // five bytes were left out
	second(7)
	want(10, false)
	first(22) // more than counts
	want(32, false)
	p.end(7)
	want(32, true)
	third := p.begin(32)
	want(32, false)
	p.end(0)
	want(32, true)
	third(0)
	want(32, true)
}
