package reference_test

import (
	"strings"
	"testing"

	"github.com/hekad/heka/internal/reference"
)

func TestEveryScriptExplainsItself(t *testing.T) {
	scripts := reference.Scripts()
	if len(scripts) < 20 {
		t.Fatalf("%d scripts", len(scripts))
	}
	for _, p := range scripts {
		if p.Summary == "" || strings.Contains(p.Doc, "--") {
			t.Errorf("%s: %q", p.Type, p.Doc)
		}
		for _, o := range p.Options {
			if o.Doc == "" {
				t.Errorf("%s: option %s has no prose", p.Type, o.Name)
			}
		}
	}
}
