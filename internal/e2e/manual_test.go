//go:build services

package e2e

import (
	"path/filepath"
	"testing"
)

func TestMandocFindsNothingInThePages(t *testing.T) {
	pages, err := filepath.Glob(filepath.Join("..", "..", "man", "*"))
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d pages, error %v", len(pages), err)
	}
	for _, page := range pages {
		if out, err := tool(t, "mandoc", "-T", "lint", page).CombinedOutput(); err != nil || len(out) > 0 {
			t.Errorf("%s: %v\n%s", page, err, out)
		}
	}
}
