package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// result is what one run of a workload cost.
type result struct {
	perSecond     float64 // messages per second of wall time
	cpuPerMillion float64 // user and system seconds of the measured process
	rssMB         float64 // its peak resident memory
	n             int
	wall          time.Duration
	typical       time.Duration // median of how long one message took
	worst         time.Duration // of all but one in a hundred
	note          string        // what else there is to say
}

// lastCall is how long a TcpInput of a run to the end waits, idle, for further
// clients when the last one has gone.
const lastCall = 200 * time.Millisecond

// served returns r without the time that heka waited for further clients, which
// is no work.
func (r result) served() result {
	r.wall -= lastCall
	r.perSecond = float64(r.n) / r.wall.Seconds()
	return r
}

func (r result) String() string {
	if r.worst > 0 {
		return fmt.Sprintf("%v, 99 %% within %v  %6.1f MB", r.typical, r.worst, r.rssMB)
	}
	return fmt.Sprintf("%9.0f/s  %5.2f CPU s per million  %6.1f MB", r.perSecond, r.cpuPerMillion, r.rssMB)
}

// build makes the limit program.
func (b *bench) build() error {
	b.limit = filepath.Join(b.dir, "limit")
	out, err := exec.Command("go", "build", "-o", b.limit, "./internal/bench/limit").CombinedOutput()
	if err != nil {
		return fmt.Errorf("build limit program: %w\n%s", err, out)
	}
	return nil
}

// measure runs a process to its end while during, if any, works with it.
func (b *bench) measure(n int, during func() error, name string, args ...string) (result, error) {
	cmd := exec.Command(name, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return result{}, err
	}
	peak := b.watch(cmd.Process.Pid)
	if during != nil {
		if err := during(); err != nil {
			cmd.Process.Kill()
			cmd.Wait()
			return result{}, fmt.Errorf("%w\n%s", err, out.Bytes())
		}
	}
	if err := cmd.Wait(); err != nil {
		return result{}, fmt.Errorf("%s: %w\n%s", name, err, out.Bytes())
	}
	wall := time.Since(begin)
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return result{
		perSecond:     float64(n) / wall.Seconds(),
		cpuPerMillion: cpu.Seconds() * 1e6 / float64(n),
		rssMB:         peak() / 1024,
		n:             n,
		wall:          wall,
	}, nil
}

// watch follows the peak resident memory of a process until its end; the
// function returned gives it in KiB. (The kernel's own figure for a child, its
// ru_maxrss, begins with that of the parent.)
func (b *bench) watch(pid int) func() float64 {
	peak := make(chan float64, 1)
	go func() {
		var last float64
		for {
			kb, err := memory(pid, "VmHWM:")
			if err != nil || kb == 0 {
				peak <- last
				return
			}
			last = kb
			time.Sleep(10 * time.Millisecond)
		}
	}()
	return func() float64 { return <-peak }
}

// memory reads one figure of /proc/PID/status, in KiB; 0 for a process that has
// ended.
func memory(pid int, figure string) (float64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if rest, ok := strings.CutPrefix(line, figure); ok {
			return strconv.ParseFloat(strings.Fields(rest)[0], 64)
		}
	}
	return 0, nil
}

// config writes a configuration and returns the arguments to run it to the end
// of its data with a fresh state directory.
func (b *bench) config(name, toml string) ([]string, error) {
	base := filepath.Join(b.dir, "base-"+name)
	if err := os.RemoveAll(base); err != nil {
		return nil, err
	}
	path := filepath.Join(b.dir, name+".toml")
	toml = fmt.Sprintf("[hekad]\nbase_dir = %q\n%s", base, toml)
	if err := os.WriteFile(path, []byte(toml), 0o644); err != nil {
		return nil, err
	}
	return []string{"run", "--once", "--config", path}, nil
}

// idle starts heka and returns its resident memory a second later.
func (b *bench) idle(toml string) (result, error) {
	args, err := b.config("idle", toml)
	if err != nil {
		return result{}, err
	}
	cmd := exec.Command(b.heka, "run", "--config", args[len(args)-1])
	if err := cmd.Start(); err != nil {
		return result{}, err
	}
	time.Sleep(time.Second)
	kb, err := memory(cmd.Process.Pid, "VmRSS:")
	cmd.Process.Signal(syscall.SIGTERM)
	cmd.Wait()
	return result{rssMB: kb / 1024}, err
}
