package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/hekad/heka/internal/queue"
	"github.com/hekad/heka/message"
)

var deliveryWorkloads = []workload{
	{name: "latency", what: "one line at a time through a queue on disk", run: latency,
		goal: func(r, _ result) string { return late(r, 5*time.Millisecond) }},
	{name: "backlog", what: "start with 10 GB in a queue on disk", run: backlog, onDemand: true,
		goal: func(r, _ result) string {
			return strings.Trim(late(r, time.Second)+", "+below(r, result{}, 0, 0, 0, 40), ", ")
		}},
}

// late says that a result took longer than a bound, nearly always or always.
func late(r result, bound time.Duration) string {
	if r.worst > bound {
		return fmt.Sprintf("above %v", bound)
	}
	return ""
}

// latency sends lines through heka, the next one when the last has arrived and
// heka is idle again.
func latency(b *bench) (result, error) {
	const lines = 2000
	addr, err := freePort()
	if err != nil {
		return result{}, err
	}
	sink, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return result{}, err
	}
	defer sink.Close()
	args, err := b.config("latency", lineRelay(addr, sink.Addr().String(), "use_buffering = true"))
	if err != nil {
		return result{}, err
	}
	took := make([]time.Duration, 0, lines)
	r, err := b.measure(lines, func() error {
		in, err := dialUntil(addr)
		if err != nil {
			return err
		}
		defer in.Close()
		var out net.Conn
		buf := make([]byte, 64)
		for i := range lines {
			begin := time.Now()
			if _, err := in.Write([]byte("one line of a stream\n")); err != nil {
				return err
			}
			if out == nil { // heka connects with the first one
				if out, err = sink.Accept(); err != nil {
					return err
				}
				defer out.Close()
			}
			n, err := io.ReadAtLeast(out, buf, len("one line of a stream\n"))
			if err != nil {
				return err
			}
			if i > 0 {
				took = append(took, time.Since(begin))
			}
			if bytes.Count(buf[:n], []byte{'\n'}) != 1 {
				return fmt.Errorf("got %q", buf[:n])
			}
			time.Sleep(time.Millisecond) // heka goes idle
		}
		return nil
	}, b.heka, args...)
	if err != nil {
		return result{}, err
	}
	slices.Sort(took)
	r.perSecond, r.cpuPerMillion = 0, 0
	r.typical, r.worst = took[len(took)/2], took[len(took)*99/100]
	return r, nil
}

// backlogSize is the size of the queue that backlog starts with, in bytes.
const backlogSize = 10 << 30

// backlog starts heka with a large queue on disk, for a server that is not there,
// and measures the time until it is ready, and its memory. The queue is made in
// the directory for temporary files: memory is too small.
func backlog(b *bench) (r result, err error) {
	base, err := os.MkdirTemp("", "heka-backlog")
	if err != nil {
		return result{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(base)) }()
	if err := fillQueue(filepath.Join(base, "output_queue", "out")); err != nil {
		return result{}, err
	}
	in, err := freePort()
	if err != nil {
		return result{}, err
	}
	nobody, err := freePort()
	if err != nil {
		return result{}, err
	}
	path := filepath.Join(base, "heka.toml")
	toml := fmt.Sprintf("[hekad]\nbase_dir = %q\n%s", base, lineRelay(in, nobody, "use_buffering = true"))
	if err := os.WriteFile(path, []byte(toml), 0o644); err != nil {
		return result{}, err
	}
	cmd := exec.Command(b.heka, "run", "--config", path)
	log, err := cmd.StdoutPipe()
	if err != nil {
		return result{}, err
	}
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return result{}, err
	}
	peak := b.watch(cmd.Process.Pid)
	ready := false
	for lines := bufio.NewScanner(log); !ready && lines.Scan(); {
		ready = strings.Contains(lines.Text(), "Input started")
	}
	r.worst = time.Since(begin)
	r.typical = r.worst
	time.Sleep(time.Second) // of trying to deliver
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return result{}, err
	}
	go io.Copy(io.Discard, log)
	if err := cmd.Wait(); err != nil {
		return result{}, err
	}
	if !ready {
		return result{}, errors.New("heka did not start")
	}
	r.rssMB = peak() / 1024
	return r, nil
}

// fillQueue makes a queue of messages with a payload of 400 bytes.
func fillQueue(dir string) error {
	q, _, err := queue.Open(dir, queue.Options{})
	if err != nil {
		return err
	}
	m := message.New()
	m.SetUUID(message.UUID{1})
	m.SetTimestamp(1)
	m.SetPayload(strings.Repeat("x", 400))
	recs := make([]queue.Record, 256)
	for i := range recs {
		recs[i].Body = m.AppendWire(nil)
	}
	for q.Stats().OnDisk < backlogSize {
		if _, _, err := q.Append(recs); err != nil {
			return errors.Join(err, q.Close())
		}
	}
	return q.Close()
}
