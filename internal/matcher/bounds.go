package matcher

import (
	"cmp"
	"slices"
)

// bounds finds, among fixed numbers of one type, those that a value is equal to, at
// least, or at most. Each list is sorted, so the true claims stand at one end, and
// the work is that of the true ones plus one.
type bounds[T int64 | float64] struct {
	least []bound[T] // value >= at; ascending
	most  []bound[T] // value <= at; descending
	equal []bound[T] // value == at; ascending
}

type bound[T int64 | float64] struct {
	at T
	id int32 // what to mark
}

// add adds the claim that a value lies in the span.
func (b *bounds[T]) add(kind atomKind, in span[T], id int32) {
	switch {
	case in.empty():
	case kind == atomLeast:
		b.least = append(b.least, bound[T]{in.lo, id})
	case kind == atomMost:
		b.most = append(b.most, bound[T]{in.hi, id})
	default:
		b.equal = append(b.equal, bound[T]{in.lo, id})
	}
}

// sort must be called once, behind the last add.
func (b *bounds[T]) sort() {
	ascending := func(x, y bound[T]) int { return cmp.Compare(x.at, y.at) }
	slices.SortFunc(b.least, ascending)
	slices.SortFunc(b.most, func(x, y bound[T]) int { return ascending(y, x) })
	slices.SortFunc(b.equal, ascending)
}

// mark marks the claims that hold for x. Of NaN none does.
//
// hot: once per number with claims; allocates nothing.
func (b *bounds[T]) mark(x T, sc *Scratch) {
	for i := range b.least {
		if !(x >= b.least[i].at) {
			break
		}
		sc.mark(b.least[i].id)
	}
	for i := range b.most {
		if !(x <= b.most[i].at) {
			break
		}
		sc.mark(b.most[i].id)
	}
	lo, hi := 0, len(b.equal)
	for lo < hi {
		mid := int(uint(lo+hi) / 2)
		if b.equal[mid].at < x {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	for ; lo < len(b.equal) && b.equal[lo].at == x; lo++ {
		sc.mark(b.equal[lo].id)
	}
}
