package cuckoo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
	"math/rand/v2"

	"github.com/cespare/xxhash/v2"
	"github.com/hekad/heka/internal/sandbox/luaarg"
)

const (
	slots      = 4       // of a bucket
	slotSize   = 2       // bytes
	maxBuckets = 1 << 26 // 512 MiB
	maxMoves   = 512
	seed       = 1
)

var errFull = errors.New("the cuckoo filter is full")

type bucket [slots]uint16

// A Filter is a cuckoo filter. It belongs to one Lua state.
type Filter struct {
	buckets []bucket
	shift   int // bits of a hash below those that number a bucket
	count   int
	random  rand.PCG // which fingerprint moves
	digest  xxhash.Digest
	moved   []move // of the insertion at hand
}

// move is a slot and what was in it.
type move struct {
	bucket      uint64
	slot        int
	fingerprint uint16
}

// bucketsFor returns how many buckets hold so many items.
func bucketsFor(items int) int {
	return 1 << bits.Len(uint(max(items/slots, 1)-1))
}

func newFilter(buckets int) *Filter {
	return &Filter{
		buckets: make([]bucket, buckets),
		shift:   64 - bits.Len(uint(buckets-1)),
		random:  *rand.NewPCG(rand.Uint64(), rand.Uint64()),
	}
}

// fixed is what a filter takes beside its buckets, in bytes.
const fixed = 200

// sizeOf returns the bytes that a filter of so many buckets takes.
func sizeOf(buckets int) int { return fixed + buckets*slots*slotSize }

// Size returns the bytes that the filter takes.
func (f *Filter) Size() int { return sizeOf(len(f.buckets)) }

// find returns the fingerprint of a key and one of its buckets.
func (f *Filter) find(key string) (fingerprint uint16, b uint64) {
	f.digest.ResetWithSeed(seed)
	f.digest.WriteString(key)
	h := f.digest.Sum64()
	fingerprint = uint16(h >> 48)
	if fingerprint == 0 {
		fingerprint = 1
	}
	return fingerprint, h & uint64(len(f.buckets)-1)
}

// other returns the other bucket of a fingerprint.
func (f *Filter) other(fingerprint uint16, b uint64) uint64 {
	f.digest.ResetWithSeed(seed)
	f.digest.Write([]byte{byte(fingerprint), byte(fingerprint >> 8)})
	return b ^ f.digest.Sum64()>>f.shift
}

func (b *bucket) has(fingerprint uint16) bool { return b.index(fingerprint) >= 0 }

// index returns the first slot with a fingerprint, or the first free one for 0, or
// -1.
func (b *bucket) index(fingerprint uint16) int {
	for i, v := range b {
		if v == fingerprint {
			return i
		}
	}
	return -1
}

// put stores a fingerprint in a free slot and reports whether there was one.
func (f *Filter) put(b uint64, fingerprint uint16) bool {
	i := f.buckets[b].index(0)
	if i < 0 {
		return false
	}
	f.buckets[b][i] = fingerprint
	f.count++
	return true
}

// query reports whether the fingerprint of a key is in one of its buckets.
func (f *Filter) query(key string) bool {
	fingerprint, b := f.find(key)
	return f.buckets[b].has(fingerprint) || f.buckets[f.other(fingerprint, b)].has(fingerprint)
}

// add adds a key. It reports false if the key was probably there, and fails if
// there is no room, which changes nothing.
func (f *Filter) add(key string) (bool, error) {
	fingerprint, b := f.find(key)
	c := f.other(fingerprint, b)
	f.moved = f.moved[:0]
	switch {
	case f.buckets[b].has(fingerprint) || f.buckets[c].has(fingerprint):
		return false, nil
	case f.put(b, fingerprint) || f.put(c, fingerprint):
		return true, nil
	}
	if f.random.Uint64()&1 == 1 {
		b = c
	}
	for range maxMoves {
		slot := int(f.random.Uint64() >> 62)
		evicted := f.buckets[b][slot]
		f.moved = append(f.moved, move{b, slot, evicted})
		f.buckets[b][slot] = fingerprint
		fingerprint, b = evicted, f.other(evicted, b)
		if f.buckets[b].has(fingerprint) {
			return false, nil // one of two equal ones made room
		}
		if f.put(b, fingerprint) {
			return true, nil
		}
	}
	for i := len(f.moved) - 1; i >= 0; i-- {
		m := f.moved[i]
		f.buckets[m.bucket][m.slot] = m.fingerprint
	}
	return false, errFull
}

// remove takes out the fingerprint of a key and reports whether it was there.
func (f *Filter) remove(key string) bool {
	fingerprint, b := f.find(key)
	for _, b := range [2]uint64{b, f.other(fingerprint, b)} {
		if i := f.buckets[b].index(fingerprint); i >= 0 {
			f.buckets[b][i] = 0
			f.count--
			return true
		}
	}
	return false
}

func (f *Filter) clear() {
	clear(f.buckets)
	f.count = 0
}

// restore takes over data of a filter of the same size.
func (f *Filter) restore(count int, data string) error {
	if want := len(f.buckets) * slots * slotSize; len(data) != want {
		return fmt.Errorf("fromstring() bytes found: %d, expected %d", len(data), want)
	}
	at := 0
	for i := range f.buckets {
		for j := range slots {
			f.buckets[i][j] = uint16(data[at]) | uint16(data[at+1])<<8
			at += slotSize
		}
	}
	f.count = count
	return nil
}

// AppendPreserved appends Lua code that makes the filter again in the variable,
// which is the path to it, such as _G["x"]["y"].
func (f *Filter) AppendPreserved(dst []byte, variable string) []byte {
	items := max(len(f.buckets)*slots, slots+1) // new wants more than one bucket's slots
	dst = fmt.Appendf(dst, "if %s == nil then %s = cuckoo_filter.new(%d) end\n%s:fromstring(%d, \"", variable, variable, items, variable, f.count)
	var b [slotSize]byte
	for i := range f.buckets {
		for _, fingerprint := range f.buckets[i] {
			binary.LittleEndian.PutUint16(b[:], fingerprint)
			dst = luaarg.AppendEscaped(dst, b[:])
		}
	}
	return append(dst, "\")\n"...)
}
