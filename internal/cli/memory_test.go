package cli

import (
	"slices"
	"testing"
)

func TestMemoryIsGivenBackOnceWorkIsOver(t *testing.T) {
	const kb, mb = 1 << 10, 1 << 20
	for name, c := range map[string]struct {
		live      uint64
		allocated []uint64 // between looks
		given     []int    // looks at which memory is given back
	}{
		"never at work":            {0, []uint64{100 * kb, 0, 100 * kb, 0}, nil},
		"too little work":          {0, []uint64{3 * mb, 0, 0}, nil},
		"work, then rest":          {0, []uint64{5 * mb, 5 * mb, 0, 0, 0}, []int{2}},
		"rest is not quite silent": {0, []uint64{20 * mb, 200 * kb, 200 * kb}, []int{1}},
		"work does not end":        {0, []uint64{5 * mb, 5 * mb, 1 * mb, 1 * mb}, nil},
		"less work than memory":    {60 * mb, []uint64{20 * mb, 0, 9 * mb, 0, 2 * mb, 0, 0}, []int{5}},
		"work comes again":         {0, []uint64{9 * mb, 0, 0, 9 * mb, 9 * mb, 0, 0}, []int{1, 5}},
	} {
		t.Run(name, func(t *testing.T) {
			var r rest
			var given []int
			total := uint64(0)
			for look, n := range c.allocated {
				total += n
				if r.begins(total, c.live) {
					given = append(given, look)
				}
			}
			if !slices.Equal(given, c.given) {
				t.Errorf("given back at looks %v, want %v", given, c.given)
			}
		})
	}
}

func TestSmallHeapsMayGrowFurther(t *testing.T) {
	for live, want := range map[uint64]int{
		0:        1000,
		1 << 20:  1000,
		2 << 20:  800,
		4 << 20:  400,
		8 << 20:  200,
		10 << 20: 150,
		16 << 20: 100,
		1 << 40:  100,
	} {
		if got := collectorPercent(live); got != want {
			t.Errorf("%d MiB in use: %d %%, want %d", live>>20, got, want)
		}
	}
}
