package plugintest_test

import (
	_ "embed" // for source
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hekad/heka/plugin/plugintest"
)

//go:embed example_test.go
var source string

func TestCases(t *testing.T) {
	plugintest.Cases(t, "testdata/cases/*.txtar", Plugins()...)
}

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, nil, Plugins()...)
}

// inner is the variable that has TestFailing run what it names, in a process of
// its own.
const inner = "PLUGINTEST_INNER"

// TestFailing is run by the tests below, which want it to fail.
func TestFailing(t *testing.T) {
	what := os.Getenv(inner)
	switch {
	case what == "":
	case strings.HasSuffix(what, ".txtar"):
		plugintest.Cases(t, what, slices.Concat(Plugins(), misbehaving())...)
	default:
		for _, b := range breaches() {
			if b.plugin.Type == what {
				plugintest.Conformance(t, map[string]string{what: b.minimal}, b.plugin)
			}
		}
	}
}

// runInner runs TestFailing and returns what it prints.
func runInner(t *testing.T, what string, args ...string) (output string, failed bool) {
	t.Helper()
	c := exec.Command(os.Args[0], append([]string{"-test.run=^TestFailing$", "-test.timeout=60s"}, args...)...)
	c.Env = append(os.Environ(), inner+"="+what, "GORACE=atexit_sleep_ms=0") // else a second each, with -race
	b, err := c.CombinedOutput()
	return string(b), err != nil
}

// Each file of testdata/failing says in its comment what its failure must say.
func TestCasesFail(t *testing.T) {
	files, err := filepath.Glob("testdata/failing/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no cases", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			a, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			output, failed := runInner(t, file)
			if !failed {
				t.Error("the case passes")
			}
			for line := range strings.Lines(string(a.Comment)) {
				if want := strings.TrimSpace(line); !strings.Contains(output, want) {
					t.Errorf("the failure does not say %q:\n%s", want, output)
				}
			}
		})
	}
}

func TestConformanceFails(t *testing.T) {
	for _, b := range breaches() {
		t.Run(b.plugin.Type, func(t *testing.T) {
			output, failed := runInner(t, b.plugin.Type)
			if !failed {
				t.Error("the plugin passes")
			}
			for want := range strings.SplitSeq(b.complaint, "\n") {
				if !strings.Contains(output, want) {
					t.Errorf("the failure does not say %q:\n%s", want, output)
				}
			}
		})
	}
}

func TestUpdateWritesWhatIsWanted(t *testing.T) {
	const config = "-- heka.toml --\n[TestInput]\n[TestOutput]\n"
	f := func(name, before, after string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), name+".txtar")
		if err := os.WriteFile(file, []byte(before), 0o644); err != nil {
			t.Fatal(err)
		}
		if output, failed := runInner(t, file, "-update"); failed {
			t.Errorf("%s: %s", name, output)
		}
		if got, _ := os.ReadFile(file); string(got) != after {
			t.Errorf("%s: written\n%s\nwant\n%s", name, got, after)
		}
		if output, failed := runInner(t, file); failed {
			t.Errorf("%s: what was written fails: %s", name, output)
		}
	}
	f("messages", config+"-- input --\nx\n",
		config+"-- input --\nx\n-- messages.json --\n{\"logger\":\"TestInput\",\"payload\":\"x\\n\"}\n")
	f("books", "Comment.\n"+config+"-- input --\nx\n-- books --\nold\n",
		"Comment.\n"+config+"-- input --\nx\n-- books --\nTestInput received=1\nTestOutput matched=1 delivered=1\n")
	f("problems", config+"oops = 1\n-- input --\nx\n",
		config+"oops = 1\n-- input --\nx\n-- problems --\nheka.toml:3:1: warning: [TestOutput] unknown option \"oops\" has no effect\n")
	encoder := "-- heka.toml --\n[TestInput]\n[TestOutput]\nencoder = \"RawEncoder\"\n[RawEncoder]\n"
	f("output", encoder+"-- input --\nx\n", encoder+"-- input --\nx\n-- output --\nx\n")
	f("quoted", encoder+"-- input.quoted --\n\"\\x00\\n\"\n", encoder+"-- input.quoted --\n\"\\x00\\n\"\n-- output.quoted --\n\"\\x00\\n\"\n")
	f("same", encoder+"-- input.hex --\n 61 0a # a\n-- output.hex --\n61 0A\n", encoder+"-- input.hex --\n 61 0a # a\n-- output.hex --\n61 0A\n")
	f("log", "-- heka.toml --\n[TestInput]\nfiles=[]\ndecoder = \"ReadingDecoder\"\n[ReadingDecoder]\n[TestOutput]\n-- input --\nx\n-- log --\n-- messages.json --\n",
		"-- heka.toml --\n[TestInput]\nfiles=[]\ndecoder = \"ReadingDecoder\"\n[ReadingDecoder]\n[TestOutput]\n-- input --\nx\n-- log --\n"+
			"Decoder 'TestInput-ReadingDecoder' error: parsing reading \"\": strconv.ParseFloat: parsing \"\": invalid syntax\n-- messages.json --\n")
}
