package plugin_test

import (
	"context"
	"errors"
	"testing"

	"github.com/hekad/heka/plugin"
)

// ended is an accumulator that takes nothing any more, taking one that takes all.
type ended struct{}

func (ended) Run(context.Context, plugin.Feed) error { return nil }

func (ended) Accumulate([]plugin.Stat) error { return plugin.ErrNotAccumulating }

type taking struct {
	ended
	n int
}

func (a *taking) Accumulate(stats []plugin.Stat) error { a.n += len(stats); return nil }

// The accumulator that takes the place of one that has just ended gets what that one
// could not take.
func TestStatsGoToTheSuccessor(t *testing.T) {
	next := new(taking)
	inputs := []plugin.Input{ended{}, next}
	asked := 0
	find := func(string) plugin.Input { in := inputs[min(asked, 1)]; asked++; return in }
	if err := plugin.Accumulate(find, "a", make([]plugin.Stat, 3)); err != nil || next.n != 3 {
		t.Errorf("%v, %d taken", err, next.n)
	}
	if err := plugin.Accumulate(func(string) plugin.Input { return ended{} }, "a", nil); !errors.Is(err, plugin.ErrNotAccumulating) {
		t.Error(err)
	}
	if err := plugin.Accumulate(func(string) plugin.Input { return nil }, "a", nil); err == nil || err.Error() != "stat_accum_name: No Input named 'a'" {
		t.Error(err)
	}
}
