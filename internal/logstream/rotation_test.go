package logstream_test

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/hekad/heka/internal/logstream"
)

//go:embed testdata/rotation.txt
var rotationCases string

func TestWhatHappensWhen(t *testing.T) {
	for _, text := range strings.Split(rotationCases, "\n== ")[1:] {
		name, script, _ := strings.Cut(text, "\n")
		for _, mode := range []string{"live", "down"} {
			for _, length := range []string{"short", "long"} {
				t.Run(name+"/"+mode+"/"+length, func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) { runScript(t, script, mode, length) })
				})
			}
		}
	}
}

func runScript(t *testing.T, script, mode, length string) {
	w := newWorld(t, schemes["numbered"])
	w.long = length == "long"
	defer func() { w.stop() }()
	for i, line := range strings.Split(script, "\n") {
		for _, word := range []string{"live", "down", "short", "long"} {
			rest, ok := strings.CutPrefix(line, word+": ")
			if ok && word != mode && word != length {
				line = ""
			} else if ok {
				line = rest
			}
		}
		args := strings.Fields(line)
		if len(args) == 0 {
			continue
		}
		switch args[0] {
		case "scheme":
			w.scheme = schemes[args[1]]
		case "{":
			if mode == "down" {
				w.stop()
			}
		case "}":
			// The next read starts the reader.
		case "read", "reads":
			got := w.read()
			if args[0] == "reads" {
				slices.Sort(got)
			}
			if !slices.Equal(got, args[1:]) {
				t.Errorf("step %d: got %q, want %q; warned %q", i+1, got, args[1:], w.warned)
			}
		case "pause":
			d, err := time.ParseDuration(args[1])
			if err != nil {
				t.Fatal(err)
			}
			w.extra = append(w.extra, w.readFor(d)...)
		default:
			w.do(args)
		}
	}
}

var schemes = map[string]logstream.Scheme{
	"numbered": {FileMatch: `app\.log(\.(?P<Seq>\d+)(\.gz|\.zst)?)?`, Priority: []string{"^Seq"}},
	"dated":    {FileMatch: `app-(?P<Day>\d+)\.log(\.gz)?`, Priority: []string{"Day"}},
	"link":     {FileMatch: `current`},
}

// world is a directory with logs and a reader of the stream in it.
type world struct {
	t      *testing.T
	dir    string
	scheme logstream.Scheme
	opt    logstream.Options
	long   bool // lines have 200 bytes

	journal *logstream.Journal
	f       *logstream.Follower
	partial []byte
	extra   []string // records that came during a pause
	warned  []string
	ended   bool
	bounds  []logstream.Boundary
}

func newWorld(t *testing.T, s logstream.Scheme) *world {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "log"), 0o755); err != nil {
		t.Fatal(err)
	}
	j, err := logstream.OpenJournal(filepath.Join(dir, "journal"))
	if err != nil {
		t.Fatal(err)
	}
	return &world{t: t, dir: filepath.Join(dir, "log"), scheme: s, journal: j}
}

const testStream = "app"

func (w *world) start() {
	w.t.Helper()
	s := w.scheme
	s.Name, s.LogDirectory = testStream, w.dir
	sc, err := logstream.NewScanner(s)
	if err != nil {
		w.t.Fatal(err)
	}
	opt := w.opt
	opt.Start, err = w.journal.Load(testStream)
	if err != nil {
		w.t.Fatal(err)
	}
	opt.Warn = func(err error) { w.warned = append(w.warned, err.Error()) }
	w.f = logstream.NewFollower(logstream.NewCatalog(sc, time.Minute), testStream, opt)
	w.partial = nil
}

// stop saves the position behind the last record and forgets the reader.
func (w *world) stop() {
	if w.f == nil {
		return
	}
	w.save(w.f.Offset() - int64(len(w.partial)))
	w.f.Close()
	w.f = nil
}

func (w *world) save(offset int64) {
	if err := w.journal.Save(testStream, w.f.Position(offset)); err != nil {
		w.t.Fatal(err)
	}
}

// read returns the records that arrive until all is quiet.
func (w *world) read() []string {
	got := append(w.extra, w.readFor(5*time.Second)...)
	w.extra = nil
	return got
}

// readFor returns the first words of the records that arrive within some time.
func (w *world) readFor(d time.Duration) []string {
	if w.f == nil {
		w.start()
	}
	deadline := time.Now().Add(d)
	var got []string
	deliver := func(record []byte) { got = append(got, word(record)) }
	buf := make([]byte, 100)
	for {
		n, err := w.f.Read(buf)
		w.partial = append(w.partial, buf[:n]...)
		for {
			record, rest, ok := bytes.Cut(w.partial, []byte("\n"))
			if !ok {
				break
			}
			deliver(record)
			w.partial = append([]byte(nil), rest...)
		}
		switch {
		case err == nil:
		case errors.Is(err, logstream.ErrBoundary):
			w.bounds = append(w.bounds, w.f.Boundary())
			switch w.f.Boundary().Kind {
			case logstream.Late, logstream.Return:
				w.f.Unread(int64(len(w.partial)))
				w.partial = nil
			case logstream.Restart, logstream.Damaged:
				if len(w.partial) > 0 {
					deliver(append(w.partial, '~'))
				}
				w.partial = nil
			}
		case errors.Is(err, logstream.ErrNoData):
			w.f.Forget(w.f.Offset() - int64(len(w.partial)))
			ctx, cancel := context.WithDeadline(context.Background(), deadline)
			err := w.f.Wait(ctx)
			cancel()
			if err != nil {
				return got
			}
		case errors.Is(err, io.EOF):
			w.ended = true
			return got
		default:
			w.t.Fatal(err)
		}
	}
}

func word(record []byte) string {
	// A long line ends in padding: "a1...", and joined lines are "a1...+b2...".
	return string(bytes.ReplaceAll(record, []byte("."), nil))
}

func (w *world) line(token string) string {
	token, open := strings.CutSuffix(token, "~")
	if w.long {
		token += strings.Repeat(".", 200)
	}
	if open {
		return token
	}
	return token + "\n"
}

func (w *world) lines(tokens []string) string {
	var b strings.Builder
	for _, token := range tokens {
		b.WriteString(w.line(token))
	}
	return b.String()
}

// do changes the files.
func (w *world) do(args []string) {
	w.t.Helper()
	path := func(i int) string { return filepath.Join(w.dir, args[i]) }
	var err error
	switch args[0] {
	case "write":
		write(w.t, path(1), w.lines(args[2:]))
	case "append":
		err = change(path(1), os.O_APPEND, 0, w.lines(args[2:]))
	case "overwrite":
		err = change(path(1), os.O_TRUNC, 0, w.lines(args[2:]))
	case "hole":
		var n int64
		if n, err = strconv.ParseInt(args[2], 10, 64); err == nil {
			err = change(path(1), os.O_TRUNC, n, w.lines(args[3:]))
		}
	case "mv":
		err = os.Rename(path(1), path(2))
	case "rm":
		err = os.Remove(path(1))
	case "cp":
		var data []byte
		if data, err = os.ReadFile(path(1)); err == nil {
			err = os.WriteFile(path(2), data, 0o644)
		}
	case "link":
		_ = os.Remove(path(2))
		err = os.Symlink(path(1), path(2))
	case "gzip":
		err = compress(path(1), path(2), gzipWriter)
	case "zstd":
		err = compress(path(1), path(2), func(out io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(out) })
	case "forget":
		err = os.RemoveAll(w.journal.Path(testStream))
	default:
		err = fmt.Errorf("unknown command %s", args[0])
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

func gzipWriter(out io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(out), nil }

func change(path string, flag int, at int64, data string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|flag, 0)
	if err != nil {
		return err
	}
	if flag&os.O_APPEND != 0 {
		_, err = f.WriteString(data)
	} else {
		_, err = f.WriteAt([]byte(data), at)
	}
	return errors.Join(err, f.Close())
}

// compress does what the commands do: the copy has the original's time of
// change, and the original is removed.
func compress(from, to string, writer func(io.Writer) (io.WriteCloser, error)) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	info, err := os.Stat(from)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	z, err := writer(&out)
	if err != nil {
		return err
	}
	if _, err := z.Write(data); err != nil {
		return err
	}
	if err := z.Close(); err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(to, out.Bytes(), 0o644),
		os.Chtimes(to, info.ModTime(), info.ModTime()),
		os.Remove(from),
	)
}
