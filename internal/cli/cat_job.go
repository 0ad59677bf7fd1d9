package cli

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/hekad/heka/internal/deadletter"
	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/message"
)

// tailEvery is how often a followed file is looked at.
const tailEvery = 500 * time.Millisecond

// catJob is one run of heka cat.
type catJob struct {
	*catOptions
	inputs        []func() error // each reads one file or queue
	kind          recordKind
	matcher       *matcher.Matcher // nil matches everything
	first, behind int64            // timestamps wanted, in nanoseconds since 1970; behind is not
	zone          *time.Location
	ctx           context.Context
	stdin         io.Reader
	diag          *diagnosis
	render        rendering // nil for count
	table         *table    // nil unless that is the format
	columns       []column  // that --fields names
	fieldNames    []string  // of the first message that is shown
	out           *bufio.Writer
	showProgress  bool

	original           message.Message // of a dead letter
	processed, matched uint64
}

// expand replaces patterns by the files they match. What exists by the very
// name is no pattern.
func expand(args []string) ([]string, error) {
	var files []string
	for _, arg := range args {
		if _, err := os.Stat(arg); err == nil || !strings.ContainsAny(arg, "*?[") || strings.Contains(arg, "://") {
			files = append(files, arg)
			continue
		}
		found, err := filepath.Glob(arg)
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", arg, err)
		}
		if len(found) == 0 {
			return nil, fmt.Errorf("no file matches %q", arg)
		}
		files = append(files, found...)
	}
	return files, nil
}

// run reads all inputs.
func (j *catJob) run(stdout io.Writer) error {
	out := stdout
	if j.output != "" {
		f, err := os.OpenFile(j.output, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o644)
		if err != nil {
			return &exit{exitCatOutput, err}
		}
		defer f.Close() // an error to write shows at Flush
		out = f
	}
	j.out = bufio.NewWriterSize(out, 256<<10)
	if isTerminal(out) {
		j.forTerminal(textWidth(out))
	}
	j.showProgress = isTerminal(j.diag.w) && !isTerminal(out) && !j.tail
	code := 0
	for _, read := range j.inputs {
		err := read()
		if errors.Is(err, errEnough) {
			break
		}
		if broken(err) {
			return nil
		}
		code = cmp.Or(code, j.failed(err))
		if code == exitCatOutput {
			break
		}
	}
	if err := j.flush(); code != exitCatOutput && err != nil && !broken(err) {
		code = cmp.Or(code, j.failed(unwritten(err)))
	}
	if j.matched > 0 {
		unseen(j.columns, j.fieldNames, j.diag.say)
	}
	if !j.tail || j.limit > 0 {
		j.diag.say("Processed: %d, matched: %d messages", j.processed, j.matched)
	}
	return said(code)
}

// failed tells what went wrong with one file and returns the exit code for it.
// Others are still read.
func (j *catJob) failed(err error) int {
	if err == nil {
		return 0
	}
	j.diag.clear()
	complain(err)
	var e *exit
	if errors.As(err, &e) {
		return e.code
	}
	return exitNo
}

// unwritten is an error of the output, unless its reader has gone.
func unwritten(err error) error {
	if err == nil || broken(err) {
		return err
	}
	return &exit{exitCatOutput, fmt.Errorf("write the output: %w", err)}
}

// errEnough ends a run at its limit.
var errEnough = errors.New("enough messages")

// broken reports whether the reader of our output has gone, which is its right.
func broken(err error) bool { return errors.Is(err, syscall.EPIPE) }

// flush writes what was gathered.
func (j *catJob) flush() error {
	if j.table != nil {
		if _, err := j.out.Write(j.table.flush(j.out.AvailableBuffer())); err != nil {
			return err
		}
	}
	return j.out.Flush()
}

// open reads what a name stands for: a file, a queue, or a connection.
func (j *catJob) open(path string) error {
	if j.kind == framedRecords {
		if q, ok, err := openStored(path); ok && err == nil {
			return (&storedOptions{catOptions: *j.catOptions, all: true}).read(j, q)
		}
	}
	return j.file(path)
}

// file reads one file to its end, or without end.
func (j *catJob) file(path string) error {
	src, err := openSource(j.ctx, path, j.stdin)
	if err != nil {
		return &exit{exitCatInput, err}
	}
	defer src.Close()
	j.diag.say("Input:%s  Offset:%d  Match:%s  Format:%s  Tail:%t  Output:%s",
		path, j.offset, j.match, j.format, j.tail, j.output)
	if err := src.skip(j.offset); err != nil {
		return &exit{exitCatOffset, fmt.Errorf("go to offset %d of %s: %w", j.offset, path, err)}
	}
	r := newRecords(src, j.kind, int(j.maxMessage), j.diag)
	r.base = j.offset
	r.follow = j.tail && src.plain
	var flushed error
	r.beforeRead = func() {
		if err := j.flush(); err != nil && flushed == nil {
			flushed = err
		}
		if j.showProgress {
			done, known := src.done()
			j.diag.progress(j.processed, done, known)
		}
	}
	for {
		for r.next() {
			if err := j.message(r); err != nil {
				return err
			}
		}
		switch {
		case r.err != nil:
			return &exit{exitCatRead, fmt.Errorf("%s: %w", path, r.err)}
		case flushed != nil || !r.follow:
			return unwritten(flushed)
		}
		if err := j.wait(src, r); err != nil {
			return err
		}
	}
}

// wait waits for more at the end of a file.
func (j *catJob) wait(src *source, r *records) error {
	if err := j.flush(); err != nil {
		return unwritten(err)
	}
	time.Sleep(tailEvery)
	info, err := src.file.Stat()
	if err == nil && info.Size() < r.base+int64(r.end) {
		j.diag.say("File became shorter; starting at its beginning")
		r.restart()
		_, err = src.file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return &exit{exitCatRead, err}
	}
	return nil
}

// message writes the current message of r if it is wanted.
//
// hot: once per record.
func (j *catJob) message(r *records) error {
	j.processed++
	m := r.message
	if m == nil {
		return nil
	}
	return j.show(m, r)
}

// show writes a message if it is wanted; r is nil for one that was not read from a
// file.
//
// hot: once per record.
func (j *catJob) show(m *message.Message, r *records) error {
	if t := m.Timestamp(); t < j.first || t >= j.behind && j.until != "" {
		return nil
	}
	if j.matcher != nil && !j.matcher.Match(m) {
		return nil
	}
	j.matched++
	if j.unwrap {
		if wire, ok := deadletter.Original(m); ok {
			m = &j.original
			if err := m.Parse(wire); err != nil {
				j.diag.say("Error unmarshalling message of the dead letter%s error: %v", r.place(), err)
				return nil
			}
		}
	}
	if j.columns != nil && j.fieldNames == nil {
		j.noteFields(m)
	}
	if j.render != nil {
		b, err := j.render(j.out.AvailableBuffer(), m, r)
		if err != nil {
			j.diag.say("Error encoding message%s error: %v", r.place(), err)
		} else if _, err := j.out.Write(b); err != nil {
			return unwritten(err)
		}
	}
	if j.limit > 0 && j.matched >= j.limit {
		return errEnough
	}
	return nil
}

// noteFields keeps the names of a message's fields, for hints.
func (j *catJob) noteFields(m *message.Message) {
	j.fieldNames = []string{}
	for i := range m.NumFields() {
		j.fieldNames = append(j.fieldNames, m.Field(i).Name())
	}
}
