package casefile

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// inBubble runs f by a clock of its own, which begins on 1 January 2000, midnight
// UTC, and stands still while anything works: package testing/synctest, which is
// made for tests, as cases are, but of use in any program. Everything within sees
// that clock, plugins and scripts too, so the engine needs no clock of its own.
//
// An error is a run that takes longer than limit by the clock on the wall, and
// goroutines that are left behind. A run that does not end goes on.
func inBubble(limit time.Duration, f func()) error {
	ended := make(chan error, 1)
	go func() {
		defer func() {
			if left := recover(); left != nil {
				ended <- fmt.Errorf("the run leaves something behind: %v", left)
			}
			close(ended)
		}()
		// The test is one in name only: nothing fails, is logged or reported.
		synctest.Test(new(testing.T), func(*testing.T) { f() })
	}()
	select {
	case err := <-ended:
		return err
	case <-time.After(limit):
		return fmt.Errorf("the run does not end within %v", limit)
	}
}
