package decode

import (
	"math"
	"strings"
	"unicode/utf8"
)

// linear is an expression as a program that reads a text once, from its
// beginning, without ever going back. compileLinear makes it.
type linear struct {
	code  []op
	slots int // twice the number of groups, the whole match included
}

// op is one instruction.
type op struct {
	kind opKind
	set  *byteSet
	text string // of opText
	// only is the one byte that is not in the set of an opSpan.
	only byte
	// min and max bound the characters of an opRun; max is math.MaxInt without
	// bound.
	min, max int
	// arg is a slot of opSave, the target of opJump and of opBranch when the
	// next byte is not in its set.
	arg int
}

type opKind uint8

const (
	opText   opKind = iota // text follows
	opOne                  // one byte of the set
	opSpan                 // bytes up to the one that is not in the set, one at least if min is 1
	opBytes                // bytes of the set, one at least if min is 1
	opRun                  // min to max characters of the set
	opSave                 // remember the position
	opBranch               // go on if the next byte is in the set, else at arg
	opJump                 // go on at arg
	opEnd                  // the text must end
	opMatch
)

// byteSet says which bytes may come next.
type byteSet [256]bool

// match runs the program. saves must have room for all slots; those of groups
// that take no part are -1.
//
// hot: once per payload.
func (l *linear) match(s string, saves []int) bool {
	for i := range saves {
		saves[i] = -1
	}
	at := 0
	for pc := 0; ; pc++ {
		o := &l.code[pc]
		switch o.kind {
		case opText:
			if !strings.HasPrefix(s[at:], o.text) {
				return false
			}
			at += len(o.text)
		case opOne:
			if at == len(s) || !o.set[s[at]] {
				return false
			}
			at++
		case opSpan:
			n := strings.IndexByte(s[at:], o.only)
			if n < 0 {
				n = len(s) - at
			}
			if n < o.min {
				return false
			}
			at += n
		case opBytes:
			start := at
			for at < len(s) && o.set[s[at]] {
				at++
			}
			if at-start < o.min {
				return false
			}
		case opRun:
			n := 0
			for ; n < o.max && at < len(s) && o.set[s[at]]; n++ {
				if s[at] < utf8.RuneSelf {
					at++
				} else {
					_, size := utf8.DecodeRuneInString(s[at:])
					at += size
				}
			}
			if n < o.min {
				return false
			}
		case opSave:
			saves[o.arg] = at
		case opBranch:
			if at == len(s) || !o.set[s[at]] {
				pc = o.arg - 1
			}
		case opJump:
			pc = o.arg - 1
		case opEnd:
			if at != len(s) {
				return false
			}
		case opMatch:
			return true
		}
	}
}

const unbounded = math.MaxInt
