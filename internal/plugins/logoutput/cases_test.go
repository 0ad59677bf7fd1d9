package logoutput_test

import (
	"log"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/hekad/heka/internal/plugins/encode"
	"github.com/hekad/heka/internal/plugins/logoutput"
	"github.com/hekad/heka/plugin/plugintest"
)

// What the cases print goes to a file.
func TestCases(t *testing.T) {
	path := filepath.Join(t.TempDir(), "printed")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	stdout, flags := os.Stdout, log.Flags()
	os.Stdout = f
	log.SetFlags(log.LstdFlags | log.LUTC)
	defer func() {
		os.Stdout = stdout
		log.SetFlags(flags)
		f.Close()
		const want = "2000/01/01 00:00:00 without newline\n2000/01/01 00:00:01 with newline\n2000/01/01 00:00:02 \n"
		if got, err := os.ReadFile(path); err != nil || string(got) != want {
			t.Errorf("printed %q, %v; want %q", got, err, want)
		}
	}()
	plugintest.Cases(t, "testdata/*.txtar", slices.Concat(logoutput.Plugins(), encode.Plugins())...)
}

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, nil, logoutput.Plugins()...)
}
