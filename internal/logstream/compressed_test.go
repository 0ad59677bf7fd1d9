package logstream_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/logstream"
)

func TestCompressedFormats(t *testing.T) {
	want, err := os.ReadFile(filepath.Join("testdata", "lines.gz"))
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	if want, err = io.ReadAll(z); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"lines.gz", "lines.members.gz", "lines.zst", "lines.bz2", "lines.xz"} {
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(filepath.Join("testdata", name))
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			// The name does not say what it is.
			write(t, filepath.Join(dir, "app.log"), string(data))
			f := newFollower(t, dir, `app\.log`, logstream.Options{Once: true})
			if got := readAll(t, f); got != string(want) {
				t.Fatalf("got %d bytes, want %d", len(got), len(want))
			}
			for _, at := range []int64{0, 5, 499, 500, 10000, int64(len(want) - 1), int64(len(want))} {
				f := newFollower(t, dir, `app\.log`, logstream.Options{Once: true, Start: f.Position(at)})
				if got := readAll(t, f); got != string(want[at:]) {
					t.Errorf("from %d on: got %d bytes, want %d", at, len(got), len(want[at:]))
				}
			}
			// A copy of it is known by its content.
			other := t.TempDir()
			write(t, filepath.Join(other, "app.log.2"), string(want))
			write(t, filepath.Join(other, "app.log"), "new\n")
			f = newFollower(t, other, `app\.log\.?(?P<Seq>\d*)`, logstream.Options{Once: true, Start: f.Position(10000)})
			if got := readAll(t, f); got != string(want[10000:])+"new\n" {
				t.Errorf("in a copy: got %d bytes, want %d", len(got), len(want[10000:])+4)
			}
		})
	}
}

func TestDamagedFileIsLeftForTheNext(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func([]byte) []byte
	}{
		{"truncated", func(p []byte) []byte { return p[:len(p)/2] }},
		{"corrupt", func(p []byte) []byte { return append(bytes.Clone(p[:len(p)/2]), bytes.Repeat([]byte{0xff}, 2000)...) }},
		{"wrong checksum", func(p []byte) []byte { p = bytes.Clone(p); p[len(p)-7] ^= 1; return p }},
		{"garbage behind", func(p []byte) []byte { return append(bytes.Clone(p), "garbage"...) }},
		{"header only", func(p []byte) []byte { return p[:5] }},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(w *world) {
				data, err := os.ReadFile(filepath.Join("testdata", "lines.gz"))
				if err != nil {
					t.Fatal(err)
				}
				write(t, filepath.Join(w.dir, "app.log.1"), string(c.damage(data)))
				w.run("write app.log a1")
				got := w.readFor(3 * time.Minute)
				if len(got) == 0 || got[len(got)-1] != "a1" || slices.Contains(got[:len(got)-1], "a1") {
					t.Fatalf("got %d lines, warned %q", len(got), w.warned)
				}
				// A decoder does not notice at once that it reads nonsense.
				for i, line := range got[:(len(got)-1)/2] {
					if line != "line "+itoa(i) {
						t.Fatalf("line %d is %q", i, line)
					}
				}
				if len(w.warned) != 1 || !strings.Contains(w.warned[0], "decompress") {
					t.Errorf("warned %q", w.warned)
				}
				if b := w.bounds[len(w.bounds)-1]; b.Kind != logstream.Damaged {
					t.Errorf("the boundary is %s", b.Kind)
				}
				w.run("append app.log a2")
				w.expect("a2")
				w.stop()
				w.run("append app.log a3")
				w.expect("a3")
			})
		})
	}
}

func itoa(i int) string { return string(fmtInt(nil, i)) }

func fmtInt(dst []byte, i int) []byte {
	if i >= 10 {
		dst = fmtInt(dst, i/10)
	}
	return append(dst, byte('0'+i%10))
}

func TestCompressedFileThatIsStillWritten(t *testing.T) {
	inWorld(t, func(w *world) {
		data, err := os.ReadFile(filepath.Join("testdata", "lines.gz"))
		if err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(w.dir, "app.log.1.gz")
		w.run("write app.log a1")
		write(t, path, string(data[:1]))
		lines := len(w.read())
		for _, n := range []int{2, 10, 1000, 2000, len(data)} {
			write(t, path+".part", string(data[:n]))
			if err := change(path, os.O_TRUNC, 0, string(data[:n])); err != nil {
				t.Fatal(err)
			}
			lines += len(w.readFor(3 * time.Second))
			if len(w.warned) > 0 {
				t.Errorf("after %d bytes: warned %q", n, w.warned)
			}
		}
		if lines != 2001 {
			t.Errorf("got %d lines, want 2001", lines)
		}
		w.run("append app.log a2")
		w.expect("a2")
	})
}

func TestShortFileThatLooksLikeACompressedOne(t *testing.T) {
	for _, once := range []bool{true, false} {
		inWorld(t, func(w *world) {
			w.opt.Once = once
			write(t, filepath.Join(w.dir, "app.log.1"), "BZ")
			w.run("write app.log +h a1")
			if got := w.readFor(3 * time.Minute); !slices.Equal(got, []string{"BZ+h", "a1"}) {
				t.Errorf("once is %v: got %q", once, got)
			}
			w.run("mv app.log app.log.2")
			w.run("rm app.log.1")
			w.stop()
			w.run("forget")
			w.run("rm app.log.2")
			write(t, filepath.Join(w.dir, "app.log"), "(")
			w.readFor(3 * time.Minute)
			if string(w.partial) != "(" {
				t.Errorf("once is %v: got %q", once, w.partial)
			}
		})
	}
}

func TestCompressedFileThatGrows(t *testing.T) {
	inWorld(t, func(w *world) {
		member := func(text string) string {
			var b bytes.Buffer
			z := gzip.NewWriter(&b)
			_, _ = z.Write([]byte(text))
			_ = z.Close()
			return b.String()
		}
		path := filepath.Join(w.dir, "app.log")
		write(t, path, member("a1\n"))
		w.expect("a1")
		if err := change(path, os.O_APPEND, 0, member("a2\n")); err != nil {
			t.Fatal(err)
		}
		w.expect("a2")
		if err := change(path, os.O_TRUNC, 0, member("b1\n")); err != nil {
			t.Fatal(err)
		}
		w.expect("b1")
	})
}
