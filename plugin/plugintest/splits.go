package plugintest

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/hekad/heka/plugin"
)

// longestStream bounds streams, which are also fed byte by byte.
const longestStream = 2000

// testSplitter cuts hostile streams, whole and in pieces.
func (d *declaration) testSplitter(t *testing.T) {
	r := newRand()
	texts := hostileTexts(r)
	for range 32 { // streams of several of them
		var joined []byte
		for range 1 + r.IntN(6) {
			joined = append(append(joined, texts[r.IntN(len(texts))]...), '\n')
		}
		texts = append(texts, string(joined))
	}
	for _, text := range texts {
		text = text[:min(len(text), longestStream)]
		whole, err := d.cut(t, [][]byte{[]byte(text)})
		if err != nil {
			t.Errorf("%s: %v", shown(text), err)
			return
		}
		if d.OneRead {
			continue
		}
		for _, most := range []int{1, 7, 100} {
			pieces, err := d.cut(t, chunks(r, []byte(text), most))
			if err != nil {
				t.Errorf("%s in reads of at most %d bytes: %v", shown(text), most, err)
				return
			}
			if !slices.EqualFunc(whole, pieces, bytes.Equal) {
				t.Errorf("%s: %d records in one read, %d in reads of at most %d bytes:\n%.1000q\n%.1000q",
					shown(text), len(whole), len(pieces), most, whole, pieces)
				return
			}
		}
	}
}

// chunks cuts b into pieces of random sizes up to most.
func chunks(r *rand.Rand, b []byte, most int) [][]byte {
	var all [][]byte
	for len(b) > 0 {
		n := min(1+r.IntN(most), len(b))
		all = append(all, b[:n])
		b = b[n:]
	}
	return all
}

// cut drives a fresh splitter as the host does and returns the records.
func (d *declaration) cut(t *testing.T, reads [][]byte) ([][]byte, error) {
	inst := d.mustPrepare(t)
	c := cutting{splitter: inst.(plugin.Splitter)}
	unframer, _ := inst.(plugin.Unframer)
	err := protect(func() error {
		for _, b := range reads {
			c.data, c.sent = append(c.data, b...), append(c.sent, b...)
			if err := c.scan(false); err != nil {
				return err
			}
		}
		if err := c.scan(true); err != nil {
			return err
		}
		if unframer == nil {
			return nil
		}
		for _, b := range slices.Concat(c.records, reads) {
			unframer.Unframe(b) // may refuse, but not panic
		}
		return nil
	})
	return c.records, err
}

// cutting is a stream on its way through a splitter.
type cutting struct {
	splitter plugin.Splitter
	data     []byte // what the splitter sees
	sent     []byte // what it must stay like
	consumed int
	records  [][]byte
}

// scan takes off all records that are complete.
func (c *cutting) scan(final bool) error {
	for c.consumed < len(c.data) {
		rest := c.data[c.consumed:]
		n, record := c.splitter.Split(rest, final)
		switch {
		case n < 0 || n > len(rest):
			return fmt.Errorf("Split consumes %d of %d bytes", n, len(rest))
		case n == 0 && record != nil:
			return errors.New("Split returns a record and consumes nothing, and would do so for ever")
		case !bytes.Equal(rest, c.sent[c.consumed:]):
			return errors.New("Split changes the data")
		case n == 0:
			return nil
		}
		c.consumed += n
		if len(record) > 0 {
			c.records = append(c.records, bytes.Clone(record))
		}
	}
	return nil
}
