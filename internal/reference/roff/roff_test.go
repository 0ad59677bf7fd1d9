package roff_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/reference/roff"
)

func TestTextIsNoMarkup(t *testing.T) {
	f := func(text, want string) {
		t.Helper()
		if got := string(roff.Text(text)); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	f("plain", "plain")
	f(`\d-"x"`, `\ed\-\(dqx\(dq`)
	f("it's ^~`", "it\\(aqs \\(ha\\(ti\\`")
	f("a → b", `a \[u2192] b`)
}

func TestLinesAreNeverTakenForRequests(t *testing.T) {
	p := roff.New("x", 1, "m")
	p.Paragraph(roff.Text(".SH not a request"))
	p.Code(".bad\n\n'bad\n")
	p.Item(roff.Text(".tag"))
	for line := range strings.Lines(p.String()) {
		if strings.HasPrefix(line, ".bad") || strings.HasPrefix(line, "'") || strings.HasPrefix(line, ".tag") || strings.HasPrefix(line, ".SH not") {
			t.Errorf("line %q is a request", line)
		}
	}
}

func TestLongTextIsBroken(t *testing.T) {
	p := roff.New("x", 1, "m")
	p.Paragraph(roff.Text(strings.Repeat("word ", 100)))
	for line := range strings.Lines(p.String()) {
		if len(line) > 79 {
			t.Errorf("line of %d bytes: %q", len(line), line)
		}
	}
}

// Where groff is installed it must read our pages without a warning.
func TestGroffReadsIt(t *testing.T) {
	groff, err := exec.LookPath("groff")
	if err != nil {
		t.Log("no groff here; nothing to compare with")
		return
	}
	p := roff.New("heka-x", 1, "heka manual")
	p.Section("NAME")
	p.Paragraph(roff.Bold("heka-x") + roff.Text(" - say \"it's\" \\n"))
	p.Item(roff.Italic("tag"))
	p.Line("text")
	p.Indent()
	p.Code("code { }\n")
	p.Outdent()
	cmd := exec.Command(groff, "-man", "-Tascii", "-ww")
	cmd.Stdin = strings.NewReader(p.String())
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil || stderr.Len() > 0 {
		t.Fatalf("groff: %v: %s", err, stderr.String())
	}
	if !strings.Contains(string(out), `say "it's" \n`) {
		t.Errorf("groff made of it:\n%s", out)
	}
}
