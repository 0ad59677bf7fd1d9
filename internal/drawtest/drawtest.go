// Package drawtest holds the draws of random tests the same in each run, so that a
// test that passes goes on to do so, and lets whoever wants to draw others.
package drawtest

import (
	"flag"
	"os"
	"strconv"
	"testing"
)

// Seed returns what a test draws from: 1, or the number in the environment variable
// with the given name. The test's log has it.
func Seed(t testing.TB, variable string) uint64 {
	t.Helper()
	seed := uint64(1)
	if text := os.Getenv(variable); text != "" {
		var err error
		if seed, err = strconv.ParseUint(text, 10, 64); err != nil {
			t.Fatalf("%s is %q; it must be a number", variable, text)
		}
	}
	t.Logf("seed %d; %s draws others", seed, variable)
	return seed
}

// Rapid makes the tests that follow in this process, as far as they are drawn by
// pgregory.net/rapid, begin with the same draws each time, unless the flag -rapid.seed
// or the variable RAPID_SEED says from what they draw.
func Rapid(t testing.TB) {
	t.Helper()
	seed := flag.Lookup("rapid.seed")
	if seed == nil {
		t.Fatal("this test does not use rapid")
	}
	if seed.Value.String() != "0" {
		return
	}
	if err := seed.Value.Set("1"); err != nil {
		t.Fatal(err)
	}
}
