package strftime

import "time"

// Clock renders times by one format in one zone. It remembers its last text, so
// it serves one goroutine; the times may come in any order.
type Clock struct {
	format *Format
	loc    *time.Location
	step   int64 // nanoseconds for which text holds, 0 for ever
	from   int64 // first nanosecond of text
	text   []byte
	parts  []fraction
}

// fraction is a place in the text that shows a part of the second.
type fraction struct {
	at, digits int
	unit       int64 // nanoseconds of the last digit
}

// Clock returns a clock for the format in the given zone; nil is UTC.
func (f *Format) Clock(loc *time.Location) *Clock {
	if loc == nil {
		loc = time.UTC
	}
	c := &Clock{format: f, loc: loc, step: int64(f.step)}
	switch {
	case f.Constant() || f.step == forever && loc == time.UTC:
		c.step = 0
	case f.step < time.Second || loc != time.UTC:
		c.step = int64(time.Second)
	}
	c.render(0)
	return c
}

// Append appends the text for a time, given in nanoseconds since the Unix epoch,
// to dst. Times of the first day of the range, in 1677, may be rendered wrongly.
//
// hot: once per message; a copy of some bytes as long as the second, or what else
// is the finest part of the format, stays the same.
func (c *Clock) Append(dst []byte, ns int64) []byte {
	if c.step != 0 && uint64(ns-c.from) >= uint64(c.step) {
		c.render(ns)
	}
	start := len(dst)
	dst = append(dst, c.text...)
	for _, p := range c.parts {
		n := (ns - c.from) / p.unit
		for i := start + p.at + p.digits - 1; i >= start+p.at; i-- {
			dst[i] = '0' + byte(n%10)
			n /= 10
		}
	}
	return dst
}

// render makes the text for the step that ns lies in.
func (c *Clock) render(ns int64) {
	if c.step != 0 {
		// Steps lie on both sides of the epoch, so the division must round down.
		c.from = ns - (ns%c.step+c.step)%c.step
	}
	p := partsOf(time.Unix(0, ns).In(c.loc))
	c.text, c.parts = c.text[:0], c.parts[:0]
	for _, it := range c.format.items {
		before := len(c.text)
		c.text = p.append(c.text, it)
		if unit := int64(steps[it.directive]); it.directive != 0 && unit < int64(time.Second) {
			c.parts = append(c.parts, fraction{at: before, digits: len(c.text) - before, unit: unit})
		}
	}
}
