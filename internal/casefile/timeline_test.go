package casefile

import (
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
)

// Whatever stands in the name of a part that moves the clock: it is an error, or
// time that passes within bounds.
func FuzzTimeStep(f *testing.F) {
	for _, name := range []string{"wait 60s", "wait 1m30s", "wait -1s", "wait soon", "at 2026-02-10T12:00:00Z", "at 1999-12-31T23:59:59Z", "at noon"} {
		f.Add(name, "")
	}
	f.Add("wait 1s", "text")
	f.Fuzz(func(t *testing.T, name, text string) {
		if !movesClock(name) {
			return
		}
		s, err := timeStep(txtar.File{Name: name, Data: []byte(text)})
		switch waits, named := s.wait > 0, !s.until.IsZero(); {
		case err != nil:
			if !strings.Contains(err.Error(), "the part ") && !strings.Contains(err.Error(), "behind") && !strings.Contains(err.Error(), "earliest") {
				t.Errorf("%q: the error does not say what to do: %v", name, err)
			}
		case waits == named:
			t.Errorf("%q: %+v", name, s)
		case s.wait > longest || named && s.until.Before(earliest):
			t.Errorf("%q: out of bounds: %+v", name, s)
		}
	})
}
