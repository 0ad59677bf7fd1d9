package main

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// logstreamWorkloads are about reading files; what is read goes to /dev/null.
var logstreamWorkloads = []workload{
	{name: "cat", what: "cat FILE > /dev/null", run: catFile},
	{name: "plain", what: "an access log → TokenSplitter → /dev/null; KB", run: logPlain, limit: "cat",
		goal: func(r, cat result) string {
			if r.perSecond >= 600e3 { // 600 MB/s, or a third of cat
				return ""
			}
			return below(r, cat, 0, 1.0/3, 0, 0)
		}},
	{name: "zcat", what: "zcat FILE > /dev/null", run: zcatFile},
	{name: "gzip", what: "the same file compressed → /dev/null", run: logGzip, limit: "zcat",
		goal: func(r, zcat result) string { return below(r, zcat, 0, 0.8, 0, 0) }},
	{name: "idle-10000", what: "10,000 files at rest for 10 s; CPU s in all", run: idleFiles,
		goal: func(r, _ result) string { return below(r, result{}, 0, 0, 0.1e6/idleFileCount, 60) }},
}

// linesConfig reads the files of dir that match and throws the lines away.
func linesConfig(dir, match string) string {
	return fmt.Sprintf(`
[logs]
type = "LogstreamerInput"
log_directory = %q
file_match = '%s'
oldest_duration = "0"
differentiator = ["Name"]
[text]
type = "PayloadEncoder"
append_newlines = false
[out]
type = "FileOutput"
message_matcher = "TRUE"
path = "/dev/null"
encoder = "text"
`, dir, match)
}

// plainLog is what is read, in lines of some 200 bytes. A record of these rows is a
// kilobyte of it.
const plainLog = "access/access.log"

func (b *bench) readLog(name, match string) (result, error) {
	args, err := b.config(name, linesConfig(filepath.Dir(b.data(plainLog)), match))
	if err != nil {
		return result{}, err
	}
	return b.measureLog(b.heka, args...)
}

// measureLog runs a program that reads the log once.
func (b *bench) measureLog(name string, args ...string) (result, error) {
	info, err := os.Stat(b.data(plainLog))
	if err != nil {
		return result{}, err
	}
	return b.measure(int(info.Size()/1000), nil, name, args...)
}

func logPlain(b *bench) (result, error) { return b.readLog("plain", `(?P<Name>access)\.log`) }

func logGzip(b *bench) (result, error) {
	if _, err := b.compressed(); err != nil {
		return result{}, err
	}
	return b.readLog("gzip", `(?P<Name>access)\.log\.gz`)
}

func catFile(b *bench) (result, error) {
	return b.measureLog("sh", "-c", `exec cat "$0" > /dev/null`, b.data(plainLog))
}

func zcatFile(b *bench) (result, error) {
	path, err := b.compressed()
	if err != nil {
		return result{}, err
	}
	return b.measureLog("sh", "-c", `exec gzip -dc "$0" > /dev/null`, path)
}

// compressed returns the path of the compressed log, which it makes if need be.
func (b *bench) compressed() (string, error) {
	path := b.data(plainLog) + ".gz"
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	from, err := os.Open(b.data(plainLog))
	if err != nil {
		return "", err
	}
	defer from.Close()
	to, err := os.Create(path)
	if err != nil {
		return "", err
	}
	z := gzip.NewWriter(to)
	_, err = io.Copy(z, from)
	return path, errors.Join(err, z.Close(), to.Close())
}

// idleFileCount is how many streams rest.
const idleFileCount = 10_000

// idleFiles lets heka follow many files that do not grow, each a stream. The CPU
// time is that of ten seconds after the start.
func idleFiles(b *bench) (result, error) {
	dir := filepath.Join(b.dir, "idle-files")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return result{}, err
	}
	for i := range idleFileCount {
		path := filepath.Join(dir, fmt.Sprintf("%05d.log", i))
		if err := os.WriteFile(path, []byte("a line\n"), 0o644); err != nil {
			return result{}, err
		}
	}
	args, err := b.config("idle-files", linesConfig(dir, `(?P<Name>\d+)\.log`))
	if err != nil {
		return result{}, err
	}
	cmd := exec.Command(b.heka, "run", "--config", args[len(args)-1])
	if err := cmd.Start(); err != nil {
		return result{}, err
	}
	time.Sleep(10 * time.Second) // the files are found and read
	before, err := cpuTime(cmd.Process.Pid)
	time.Sleep(10 * time.Second) // what is measured
	after, err2 := cpuTime(cmd.Process.Pid)
	kb, err3 := memory(cmd.Process.Pid, "VmRSS:")
	cmd.Process.Signal(syscall.SIGTERM)
	cmd.Wait()
	used := (after - before).Seconds()
	return result{perSecond: idleFileCount / 10, cpuPerMillion: used * 1e6 / idleFileCount, rssMB: kb / 1024}, errors.Join(err, err2, err3)
}

// cpuTime is the user and system time of a running process.
func cpuTime(pid int) (time.Duration, error) {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, err
	}
	var user, system int64
	fields := stat[lastParenthesis(stat)+1:]
	_, err = fmt.Sscan(string(fields), new(string), new(int), new(int), new(int), new(int), new(int), new(uint),
		new(uint), new(uint), new(uint), new(uint), &user, &system)
	const tick = 10 * time.Millisecond // of Linux, wherever it matters
	return time.Duration(user+system) * tick, err
}

// lastParenthesis is the end of the command's name, which may hold anything.
func lastParenthesis(stat []byte) int {
	for i := len(stat) - 1; i >= 0; i-- {
		if stat[i] == ')' {
			return i
		}
	}
	return -1
}
