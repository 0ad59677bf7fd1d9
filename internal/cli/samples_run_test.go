//go:build unix

package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// rewritten are lines that run in another form here.
var rewritten = map[string]string{
	// What is left out stands for a path that is not for tests.
	"heka buffer ls":     "heka buffer ls /var/cache/hekad",
	"heka buffer verify": "heka buffer verify /var/cache/hekad",
	"heka config check":  "heka config check /etc/hekad.toml",
	// Somebody has to connect.
	"heka cat tcp-listen://127.0.0.1:5565": "heka cat unix-listen://in.sock & until test -S in.sock; do sleep 0.02; done; heka flood --address in.sock --sender unix --num 3; wait",
}

// endless are lines that run until somebody interrupts them, with what they show
// before that.
var endless = map[string]string{
	"heka run --config /etc/heka/conf.d":                                     "Starting hekad...",
	"heka run --config heka.toml":                                            "Starting hekad...",
	"HEKA_BASE_DIR=/tmp/heka heka run --config heka.toml":                    "Starting hekad...",
	"./bin/heka run --config testdata/demo/heka.toml":                        "Starting hekad...",
	"heka flood --config flood.toml --test bad":                              "messages",
	"heka cat --tail messages.hpb":                                           "Payload: a timeout",
	"heka tap":                                                               "Payload: a timeout",
	`heka tap "Severity <= 3"`:                                               "Severity: 3",
	"heka tap --from nginx --format table --fields Timestamp,status,request": "GET /",
}

// codes are the exit codes of lines that end otherwise than by 0.
var codes = map[string]string{
	// They differ.
	"heka config diff old.toml new.toml":               "1",
	"heka config diff --format json old.toml new.toml": "1",
	"heka config diff /etc/heka/conf.d new/conf.d":     "1",
	// An interrupt is the only end that it has.
	"heka cat --tail messages.hpb": "130",
	// The message does not match, and that is explained.
	`heka match test --explain --type x "Type == 'x' && Severity < 4"`: "1",
}

// limit is for one sample, on a machine that does other things as well.
const limit = 2 * time.Minute

// Every command line that a text shows does what it should, on files and a
// running heka as it takes them for granted.
func TestSamplesRun(t *testing.T) {
	s, p := allSamples(t), newPlace(t)
	if n := len(s.lines); n < 100 {
		t.Errorf("only %d command lines found", n)
	}
	t.Run("lines", func(t *testing.T) {
		for _, x := range s.lines {
			name := uncommented(x.text)
			if outer(name) {
				isThere(t, name)
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				p.run(t, x.where, name)
			})
		}
	})
}

// uncommented is a line without the remark behind it.
func uncommented(line string) string {
	line, _, _ = strings.Cut(line, "  #")
	return strings.TrimSpace(line)
}

// The tables here hold nothing that no text shows.
func TestSampleTablesAreFresh(t *testing.T) {
	var lines []string
	var all strings.Builder
	for _, x := range allSamples(t).lines {
		lines = append(lines, uncommented(x.text))
		fmt.Fprintln(&all, x.text)
	}
	for _, table := range []map[string]string{rewritten, endless, codes} {
		for line := range table {
			if !slices.Contains(lines, line) {
				t.Errorf("no text shows %s", line)
			}
		}
	}
	for _, m := range mapped {
		if !strings.Contains(all.String()+fmt.Sprint(rewritten), m.in) {
			t.Errorf("no text shows %s", m.in)
		}
	}
}

// Every configuration that a text shows passes heka config check.
func TestSampleConfigurationsAreGood(t *testing.T) {
	s := allSamples(t)
	for _, x := range s.configs {
		path := filepath.Join(t.TempDir(), "heka.toml")
		if err := os.WriteFile(path, []byte(x.text), 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command("heka", "config", "check", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s\n%s", x.where, err, out, x.text)
		}
	}
	if n := len(s.configs); n < 4 {
		t.Errorf("only %d configurations found", n)
	}
}

// described are blocks that describe something and are of no use to a program, by
// their first lines.
var described = []string{
	"input → splitter → decoder → matchers → filters → (inject) → matchers",
	"txt      a block of lines for each message, for people",
	"#:schema ./heka.schema.json",
	`'text' "text"      strings; a backslash stands before the quote itself`,
	"Uuid        16 bytes, unlike those of all other messages",
	"lines   one message a line, the line is the payload",
	"curl --unix-socket /var/cache/hekad/admin.sock http://localhost/api/v1/report", // make test-services runs them: not everywhere is curl
	"GET /api/v1/report                      Report",
	"read_message(name, field, value)   a part of the message: Type, Payload,",
}

// What texts show beside command lines and configurations does what they say:
// suites, cases, expressions and messages. All else is listed as described.
func TestOtherSamplesAreGood(t *testing.T) {
	left := map[string]bool{}
	for _, line := range described {
		left[line] = true
	}
	dir := t.TempDir()
	file := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	heka := func(x sample, args ...string) {
		t.Helper()
		if out, err := exec.Command("heka", args...).CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s\n%s", x.where, err, out, x.text)
		}
	}
	for _, x := range allSamples(t).blocks {
		first, _, _ := strings.Cut(strings.TrimSpace(x.text), "\n")
		_, known := left[first]
		switch {
		case known:
			left[first] = false
		case x.where == "heka.toml.5":
			// What plugins say about themselves; their examples are sections.
		case strings.HasPrefix(first, "message M"):
			heka(x, "match", "test", "--suite", file("sample.match", x.text))
		case strings.Contains(x.text, "-- input/"):
			heka(x, "config", "test", "--config", file("case.toml", caseConfig), file("case_test.txtar", x.text))
		case strings.HasPrefix(first, `{"uuid":`):
			line := strings.ReplaceAll(x.text, "\n", "")
			heka(x, "match", "test", "--json", file("sample.jsonl", line), "TRUE")
		case x.where == "heka-matcher.7":
			heka(x, "match", "test", strings.TrimSpace(x.text))
		case strings.HasPrefix(first, "ip_address = "):
			// newPlace makes the tool's configuration of it.
		default:
			t.Errorf("%s: a block that nothing runs, and that is not listed as described:\n%s", x.where, x.text)
		}
	}
	for line, missing := range left {
		if missing {
			t.Errorf("no text shows %s", line)
		}
	}
}

// caseConfig is a configuration for the case that heka config test --help shows.
const caseConfig = `[access_log]
type = "LogstreamerInput"
file_match = 'access\.log'
splitter = "TokenSplitter"
decoder = "access"

[access]
type = "AccessLogDecoder"
log_format = '$remote_addr $request_method $status'
payload_keep = true

[errors]
type = "FileOutput"
message_matcher = "Fields[status] >= 500"
path = "errors.log"
encoder = "lines"

[lines]
type = "PayloadEncoder"
append_newlines = false
`

// outer reports whether a line builds or tests heka itself: all that is not run
// here, since it would run these tests, or for minutes.
func outer(line string) bool {
	return strings.HasPrefix(line, "make ") || strings.HasPrefix(line, "go ")
}

// isThere wants the target or the tests that a line names.
func isThere(t *testing.T, line string) {
	t.Helper()
	words, _ := shellWords(line)
	if words[0] == "make" {
		makefile, err := os.ReadFile(filepath.Join("..", "..", "Makefile"))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(makefile), "\n"+words[1]+":") {
			t.Errorf("%s: there is no such target", line)
		}
		return
	}
	folder := filepath.Join("..", "..", words[len(words)-1])
	if i := slices.Index(words, "-run"); words[1] == "test" && i > 0 {
		for pattern := range strings.SplitSeq(words[i+1], "|") {
			if !hasTest(t, folder, pattern) {
				t.Errorf("%s: there is no such test as %s", line, pattern)
			}
		}
	}
}

// hasTest reports whether a folder has a test whose name matches.
func hasTest(t *testing.T, folder, pattern string) bool {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(folder, "*_test.go"))
	if err != nil {
		t.Fatal(err)
	}
	test := regexp.MustCompile(`\nfunc Test\w*` + pattern)
	return slices.ContainsFunc(files, func(f string) bool {
		code, err := os.ReadFile(f)
		return err == nil && test.Match(code)
	})
}

// output keeps what a command says, and tells when it has said something.
type output struct {
	mu   sync.Mutex // guards text
	text bytes.Buffer
	want string
	seen chan struct{} // closed once
}

// Write implements io.Writer.
func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	before := strings.Contains(o.text.String(), o.want)
	o.text.Write(b)
	if !before && strings.Contains(o.text.String(), o.want) {
		close(o.seen)
	}
	return len(b), nil
}

// run runs one line, as a shell does.
func (p *place) run(t *testing.T, where, line string) {
	text := line
	if other, ok := rewritten[line]; ok {
		text = other
	}
	shows, ends := endless[line]
	dir := p.copied(t)
	base := p.live
	if strings.Contains(line, "heka run") {
		base = "cache"
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-c", p.names.Replace(text))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "PATH="+filepath.Join(dir, "programs")+":"+os.Getenv("PATH"), "HEKA_BASE_DIR="+base,
		"CODES="+filepath.Join(dir, "codes"), "DEMO=.", "TZ=UTC")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out := &output{want: shows, seen: make(chan struct{})}
	if shows == "" {
		out.want = "\x00"
	}
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	signal := func(s syscall.Signal) { _ = syscall.Kill(-cmd.Process.Pid, s) }
	defer time.AfterFunc(limit, func() { signal(syscall.SIGKILL) }).Stop()
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	if ends {
		select {
		case <-out.seen:
			signal(syscall.SIGINT)
		case err := <-ended:
			ended <- err
			t.Errorf("it ended without an interrupt, and without saying %q", shows)
		}
	}
	err := <-ended
	noted, _ := os.ReadFile(filepath.Join(dir, "codes"))
	want := codes[line]
	if want == "" {
		want = "0"
	}
	got := strings.Fields(string(noted))
	if len(got) == 0 || slices.ContainsFunc(got, func(c string) bool { return c != want }) || !ends && want == "0" && err != nil {
		t.Errorf("%s: %s\nexit codes %v, %v; want %s\n%s", where, line, got, err, want, &out.text)
	}
}
