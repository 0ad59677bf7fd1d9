package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestSamplesOfTheGuidesAreGood checks the configurations in the guides, and that
// the commands in them take the flags that they show.
func TestSamplesOfTheGuidesAreGood(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil || len(pages) == 0 {
		t.Fatalf("%d guides, %v", len(pages), err)
	}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, sample := range samples(string(text), "toml") {
			path := write(t, filepath.Join(t.TempDir(), "heka.toml"), sample)
			if out, err := exec.Command(binary, "config", "check", path).CombinedOutput(); err != nil {
				t.Errorf("%s: %s\n%s", page, out, sample)
			}
		}
		for _, sample := range samples(string(text), "sh") {
			for line := range strings.Lines(sample) {
				if strings.HasPrefix(line, "heka ") {
					takesFlags(t, page, strings.TrimSpace(line))
				}
			}
		}
	}
}

// takesFlags wants the command in a line to know the flags in it.
func takesFlags(t *testing.T, page, line string) {
	t.Helper()
	cmd := exec.Command("sh", "-c", strings.Replace(line, "heka ", "'"+binary+"' ", 1)+" --help")
	if out, err := cmd.CombinedOutput(); err != nil || !bytes.Contains(out, []byte("Usage")) {
		t.Errorf("%s: %s: %v\n%s", page, line, err, out)
	}
}

// samples returns the fenced blocks of a page in a language.
func samples(page, language string) (found []string) {
	for _, rest := range strings.Split(page, "```"+language+"\n")[1:] {
		block, _, _ := strings.Cut(rest, "```")
		found = append(found, block)
	}
	return found
}
