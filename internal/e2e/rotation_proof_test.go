package e2e

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hekad/heka/internal/drawtest"
)

// soakVariable names the time, such as 10m, for which the proof goes on; a soak
// of five minutes or more must have seen 200 kills.
const soakVariable = "HEKA_SOAK"

// proof is heka among logs that grow and rotate while it is stopped in every way.
type proof struct {
	t       *testing.T
	r       *rand.Rand
	dir     string
	small   string // the disk of state and output, which can be filled up
	full    bool   // it can
	config  string
	books   *deliveries
	writers []*logWriter
	stops   map[string]int
	said    string // by heka in the last round
}

// TestEveryRotationUnderEveryStop writes numbered lines into logs with all kinds
// of rotation, 56,000 a second, while heka reads them and is killed, interrupted,
// left without file handles or without disk. No line may be lost or come out of
// order. What is drawn is the same each time, unless HEKA_SEED says otherwise; when it
// happens is not. What comes again must be behind the last saved position, and is counted.
func TestEveryRotationUnderEveryStop(t *testing.T) {
	length := 12 * time.Second
	if testing.Short() {
		length = 8 * time.Second
	}
	if text := os.Getenv(soakVariable); text != "" {
		var err error
		if length, err = time.ParseDuration(text); err != nil {
			t.Fatal(err)
		}
	}
	seed := drawtest.Seed(t, "HEKA_SEED")
	p := newProof(t, seed)
	ctx, cancel := context.WithTimeout(context.Background(), length)
	defer cancel()
	var writing sync.WaitGroup
	for _, w := range p.writers {
		writing.Go(func() {
			if err := w.run(ctx); err != nil {
				t.Errorf("writer %s: %v", w.kind, err)
			}
		})
	}
	for ctx.Err() == nil && !t.Failed() {
		p.round()
	}
	cancel()
	writing.Wait()
	p.finish()
	if kills := p.stops["kill"]; length >= 5*time.Minute && kills < 200 {
		t.Errorf("%d kills, want at least 200", kills)
	}
}

func newProof(t *testing.T, seed uint64) *proof {
	p := &proof{t: t, r: rand.New(rand.NewPCG(seed, 1)), dir: t.TempDir(), stops: map[string]int{}}
	p.small = filepath.Join(p.dir, "small")
	if err := os.Mkdir(p.small, 0o755); err != nil {
		t.Fatal(err)
	}
	p.full = mountSmall(t, p.small)
	var toml strings.Builder
	fmt.Fprintf(&toml, "[hekad]\nbase_dir = %q\n", filepath.Join(p.small, "state"))
	for i, k := range rotations {
		dir := filepath.Join(p.dir, "log", k.kind)
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&toml, "[%s]\ntype = \"LogstreamerInput\"\nlog_directory = %q\nfile_match = '%s'\npriority = %s\n"+
			"rescan_interval = \"1s\"\ncheck_data_interval = \"50ms\"\n", k.kind, dir, k.match, k.priority)
		p.writers = append(p.writers, &logWriter{kind: k.kind, dir: dir, journal: p.journal(k.kind), rotate: k.rotate,
			r: rand.New(rand.NewPCG(seed, uint64(i+2)))})
	}
	out := filepath.Join(p.small, "out.log")
	fmt.Fprintf(&toml, `
[text]
type = "PayloadEncoder"
append_newlines = false
[out]
type = "FileOutput"
message_matcher = "TRUE"
path = %q
encoder = "text"
flush_interval = 20
`, out)
	p.config = write(t, filepath.Join(p.dir, "heka.toml"), toml.String())
	p.books = newDeliveries(t, out)
	return p
}

func (p *proof) journal(kind string) string {
	return filepath.Join(p.small, "state", "logstreamer", kind)
}

// round starts heka, lets it run for a while and stops it in some way.
func (p *proof) round() {
	pause := time.Duration(30+p.r.IntN(600)) * time.Millisecond
	if p.r.IntN(10) == 0 {
		pause += 2 * time.Second
	}
	way := p.way()
	p.stops[way]++
	var h *heka
	if way == "handles" {
		h = p.startLimited(14 + p.r.IntN(24))
	} else {
		h = start(p.t, p.config)
	}
	time.Sleep(pause) // the random moment
	how := way
	switch way {
	case "disk":
		filler := p.fill()
		time.Sleep(pause / 2) // the random moment
		if p.r.IntN(2) == 0 {
			p.remove(filler)
			time.Sleep(pause / 2) // the random moment
		}
		p.end(h, syscall.SIGKILL)
		p.remove(filler)
	case "term":
		if p.end(h, syscall.SIGTERM) == 0 {
			how = orderly
		}
	default:
		p.end(h, syscall.SIGKILL)
	}
	p.books.stopped(how, p.journal)
	if p.t.Failed() {
		p.t.Logf("the last stop was by %s after %v; heka said:\n%s\nbefore that:\n%s", way, pause, h.output(), p.said)
	}
	p.said = h.output()
	if p.r.IntN(10) == 0 {
		p.books.forget()
	}
}

func (p *proof) way() string {
	switch n := p.r.IntN(20); {
	case n < 3:
		return "term"
	case n < 6:
		return "handles"
	case n < 9 && p.full:
		return "disk"
	}
	return "kill"
}

// end stops heka, if it has not ended by itself, and returns its exit code.
func (p *proof) end(h *heka, s syscall.Signal) int {
	if err := h.cmd.Process.Signal(s); err != nil && !errors.Is(err, os.ErrProcessDone) {
		p.t.Fatal(err)
	}
	timer := time.AfterFunc(patience, func() { h.cmd.Process.Signal(syscall.SIGQUIT) })
	defer timer.Stop()
	h.cmd.Wait() // the exit code tells
	if out := h.output(); strings.Contains(out, "panic:") || strings.Contains(out, "goroutine ") {
		p.t.Errorf("heka broke down:\n%s", out)
	}
	return h.cmd.ProcessState.ExitCode()
}

// startLimited starts heka with a limit for open files.
func (p *proof) startLimited(files int) *heka {
	h := &heka{t: p.t}
	h.cmd = exec.Command("sh", "-c", fmt.Sprintf(`ulimit -n %d; exec "$0" run --config "$1"`, files), binary, p.config)
	h.cmd.Env = append(os.Environ(), "NO_COLOR=1")
	h.cmd.Stdout, h.cmd.Stderr = h, h
	if err := h.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	return h
}

// fill takes all that is left of the small disk and returns the file that does.
func (p *proof) fill() string {
	path := filepath.Join(p.small, "filler")
	f, err := os.Create(path)
	if err != nil {
		p.t.Fatal(err)
	}
	block := bytes.Repeat([]byte{'f'}, 1<<20)
	for err == nil {
		_, err = f.Write(block)
	}
	if err := f.Close(); err != nil {
		p.t.Fatal(err)
	}
	return path
}

func (p *proof) remove(path string) {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		p.t.Fatal(err)
	}
}

// finish lets heka read the rest and closes the books.
func (p *proof) finish() {
	h := start(p.t, p.config)
	missing := func() (n int) {
		for _, w := range p.writers {
			lost, _ := p.books.streams[w.kind].lost(w.n)
			n += lost
		}
		return n
	}
	for deadline := time.Now().Add(patience); missing() > 0 && time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		p.books.look()
	}
	until(p.t, "all inputs to be started", func() bool { return strings.Count(h.output(), "Input started: ") == len(rotations) })
	code := p.end(h, syscall.SIGTERM)
	p.books.stopped(orderly, p.journal)
	if code != 0 {
		p.t.Errorf("the last run ends with exit code %d", code)
	}
	for _, w := range p.writers {
		s := p.books.streams[w.kind]
		lost, first := s.lost(w.n)
		if lost > 0 {
			p.t.Errorf("%s: %d of %d lines are lost, the first is %d", w.kind, lost, w.n, first)
		}
		p.t.Logf("%-12s %8d lines, %3d rotations: %d lost, %d came again (at most %d after one kill)",
			w.kind, w.n, w.rotations, lost, s.repeated, s.most)
	}
	p.t.Logf("stops: %v; %d lines torn by them", p.stops, p.books.torn)
	if p.t.Failed() {
		p.t.Logf("the last run said:\n%s", h.output())
	}
}
