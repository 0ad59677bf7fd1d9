package pipeline

import (
	"slices"
	"testing"
)

func TestMemoryIsGivenBackOnceWorkIsOver(t *testing.T) {
	const kb, mb = 1 << 10, 1 << 20
	for name, c := range map[string]struct {
		allocated []uint64 // between looks
		given     []int    // looks at which memory is given back
	}{
		"never at work":            {[]uint64{100 * kb, 0, 100 * kb, 0}, nil},
		"too little work":          {[]uint64{3 * mb, 0, 0}, nil},
		"work, then rest":          {[]uint64{5 * mb, 5 * mb, 0, 0, 0}, []int{2}},
		"rest is not quite silent": {[]uint64{20 * mb, 200 * kb, 200 * kb}, []int{1}},
		"work does not end":        {[]uint64{5 * mb, 5 * mb, 1 * mb, 1 * mb}, nil},
		"work comes again":         {[]uint64{9 * mb, 0, 0, 9 * mb, 9 * mb, 0, 0}, []int{1, 5}},
	} {
		t.Run(name, func(t *testing.T) {
			var r rest
			var given []int
			total := uint64(0)
			for look, n := range c.allocated {
				total += n
				if r.begins(total) {
					given = append(given, look)
				}
			}
			if !slices.Equal(given, c.given) {
				t.Errorf("given back at looks %v, want %v", given, c.given)
			}
		})
	}
}
