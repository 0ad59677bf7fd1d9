package e2e

import (
	"bufio"
	"bytes"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf/netconftest"
)

// patience is how long a test waits for something that must happen. It is that long
// for machines that have a lot else to do.
const patience = 2 * time.Minute

var binary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "heka-e2e")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	binary = filepath.Join(dir, "heka")
	build := exec.Command("go", "build", "-o", binary, "github.com/hekad/heka/cmd/heka")
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

// heka is a running process.
type heka struct {
	t   *testing.T
	cmd *exec.Cmd
	mu  sync.Mutex
	out bytes.Buffer
}

func (h *heka) Write(p []byte) (int, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.out.Write(p)
}

func (h *heka) output() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.out.String()
}

// start runs heka with a configuration and further flags.
func start(t *testing.T, config string, flags ...string) *heka {
	t.Helper()
	h := &heka{t: t}
	h.cmd = exec.Command(binary, append([]string{"run", "--config", config}, flags...)...)
	h.cmd.Env = append(os.Environ(), "NO_COLOR=1")
	h.cmd.Stdout, h.cmd.Stderr = h, h
	if err := h.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if h.cmd.ProcessState == nil {
			h.cmd.Process.Kill()
			h.cmd.Wait()
		}
		if t.Failed() {
			t.Logf("heka:\n%.8000s", h.output())
		}
	})
	return h
}

// wait waits for the end and wants an exit code.
func (h *heka) wait(code int) string {
	h.t.Helper()
	timer := time.AfterFunc(patience, func() { h.cmd.Process.Signal(syscall.SIGQUIT) })
	defer timer.Stop()
	h.cmd.Wait()
	if got := h.cmd.ProcessState.ExitCode(); got != code {
		h.t.Fatalf("exit code %d, want %d\n%s", got, code, h.output())
	}
	out := h.output()
	if strings.Contains(out, "the books do not balance") {
		h.t.Errorf("after the end:\n%s", out)
	}
	return out
}

func (h *heka) signal(s syscall.Signal) {
	h.t.Helper()
	if err := h.cmd.Process.Signal(s); err != nil {
		h.t.Fatal(err)
	}
}

// until waits for a condition that a process brings about.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for: %s", what)
		}
	}
}

// write makes a file and returns its path.
func write(t *testing.T, path, text string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func lineCount(path string) int {
	b, _ := os.ReadFile(path)
	return bytes.Count(b, []byte{'\n'})
}

// freeAddress returns a loopback address that nobody listens on until the test does.
func freeAddress(t *testing.T) string {
	t.Helper()
	return netconftest.Address(t)
}

// dial connects as soon as the other side listens.
func dial(t *testing.T, addr string) net.Conn {
	t.Helper()
	var conn net.Conn
	until(t, "a listener at "+addr, func() (ok bool) {
		var err error
		conn, err = net.Dial("tcp", addr)
		return err == nil
	})
	return conn
}

// balanced wants the books of a run to the end in its output.
func balanced(t *testing.T, output string) {
	t.Helper()
	if !strings.Contains(output, "the books balance") {
		t.Errorf("the books do not balance:\n%s", output)
	}
}

// row returns the numbers of one line of the books.
func row(t *testing.T, output, name string) []int {
	t.Helper()
	m := regexp.MustCompile(`(?m)^ *` + regexp.QuoteMeta(name) + ` +(\d+) +(\d+) +(\d+)`).FindStringSubmatch(output)
	if m == nil {
		t.Fatalf("no books of %s:\n%s", name, output)
	}
	var ns []int
	for _, s := range m[1:] {
		n, _ := strconv.Atoi(s)
		ns = append(ns, n)
	}
	return ns
}

// numbers reads one number from each line of a file, by a pattern with a group.
func numbers(t *testing.T, path, pattern string) map[int]int {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	re := regexp.MustCompile(pattern)
	seen := make(map[int]int)
	for sc := bufio.NewScanner(f); sc.Scan(); {
		if m := re.FindSubmatch(sc.Bytes()); m != nil {
			n, _ := strconv.Atoi(string(m[1]))
			seen[n]++
		}
	}
	return seen
}

// check runs heka config check and returns what it prints; it wants exit code 1.
func check(t *testing.T, config string) string {
	t.Helper()
	cmd := exec.Command(binary, "config", "check", config)
	cmd.Env = append(os.Environ(), "NO_COLOR=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("config check: %v\n%s", err, out)
	}
	return string(out)
}
