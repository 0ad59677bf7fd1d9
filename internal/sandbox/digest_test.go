package sandbox_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/hekad/heka/internal/sandbox"
)

func TestDigestChangesWithTheFiles(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("main.lua", "require \"one\" require('two.part') local x = require [[both]] require 'string'")
	write("b/one.lua", "require 'deep' require 'one'")
	write("b/deep.lua", "x = 1")
	write("b/two/part.lua", "y = 1")
	write("b/unused.lua", "z = 1")
	digest := func() string {
		return sandbox.Digest(filepath.Join(dir, "main.lua"), filepath.Join(dir, "a")+";"+filepath.Join(dir, "b"))
	}
	last := digest()
	for _, c := range []struct {
		name, text string
		differs    bool
	}{
		{"b/unused.lua", "z = 2", false},
		{"b/deep.lua", "x = 1", false},
		{"b/deep.lua", "x = 2", true},
		{"b/two/part.lua", "y = 2", true},
		{"a/one.lua", "return {}", true}, // found first
		{"b/one.lua", "x = 3", false},
		{"a/both.lua", "x = 3", true}, // was not there
		{"main.lua", "require 'one' -- less", true},
		{"b/two/part.lua", "y = 3", false},
	} {
		write(c.name, c.text)
		if now := digest(); (now != last) != c.differs {
			t.Errorf("after %s has become %q: differs %t", c.name, c.text, now != last)
		} else {
			last = now
		}
	}
}
