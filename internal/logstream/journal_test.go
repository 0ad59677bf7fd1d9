package logstream_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/logstream"
)

// follow reads a stream of one file to its end and returns the position.
func follow(t *testing.T, content string) logstream.Position {
	t.Helper()
	dir := t.TempDir()
	write(t, filepath.Join(dir, "app.log"), content)
	f := newFollower(t, dir, `app\.log`, logstream.Options{Once: true})
	readAll(t, f)
	return f.Position(f.Offset())
}

func newFollower(t testing.TB, dir, match string, opt logstream.Options) *logstream.Follower {
	t.Helper()
	sc, err := logstream.NewScanner(logstream.Scheme{Name: testStream, LogDirectory: dir, FileMatch: match, Priority: []string{"^Seq"}})
	if err != nil {
		t.Fatal(err)
	}
	f := logstream.NewFollower(logstream.NewCatalog(sc, time.Minute), testStream, opt)
	t.Cleanup(func() { f.Close() })
	return f
}

// readAll reads until the stream ends or there is nothing for some time.
func readAll(t testing.TB, f *logstream.Follower) string {
	t.Helper()
	var all bytes.Buffer
	buf := make([]byte, 4096)
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	for {
		n, err := f.Read(buf)
		all.Write(buf[:n])
		switch {
		case err == nil, errors.Is(err, logstream.ErrBoundary):
		case errors.Is(err, logstream.ErrNoData):
			if f.Wait(ctx) != nil {
				return all.String()
			}
		default:
			return all.String()
		}
	}
}

func TestLastHash(t *testing.T) {
	for _, c := range []struct{ content, want string }{
		{"", "fc56d4b3c72a8bfe593373c740d558ec1340ac73"},
		{"a", "7c839f92c3cf945e1102a57713f928e2483792ac"},
		{"hello\n", "0005b23129a44e7da697f2e16ccc63f472293921"},
		{"hello\nworld\n", "37634fbb3d138d74e0b171c99da7c86b85efb30f"},
		{strings.Repeat("x", 500), "dc31b173a0a99f4123f43c4c18e291f1101d5b0c"},
		{strings.Repeat("x", 501), "dc31b173a0a99f4123f43c4c18e291f1101d5b0c"},
		{strings.Repeat("x", 5001), "dc31b173a0a99f4123f43c4c18e291f1101d5b0c"},
	} {
		p := follow(t, c.content)
		if p.LastHash != c.want || p.Seek != int64(len(c.content)) {
			t.Errorf("%d bytes: got %d, %s, want %s", len(c.content), p.Seek, p.LastHash, c.want)
		}
	}
}

func TestJournalKeepsPositions(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "deep", "journal")
	j, err := logstream.OpenJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if info, err := os.Stat(dir); err != nil || !info.IsDir() {
		t.Fatalf("the directory is not there: %v", err)
	}
	want := follow(t, "hello\nworld\n")
	second := want
	second.Seek, second.HeadSize, second.HeadHash = 0, 0, ""
	want.Behind = []logstream.Position{second}
	want.After = &second
	for _, name := range awkwardNames {
		want.Modified++ // each has its own
		if err := j.Save(name, want); err != nil {
			t.Errorf("%q: %v", name, err)
			continue
		}
		if got, err := j.Load(name); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: got %+v, %v, want %+v", name, got, err, want)
		}
		if got, err := logstream.PeekJournal(dir, name); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: peek got %+v, %v", name, got, err)
		}
		if rel, err := filepath.Rel(dir, j.Path(name)); err != nil || !filepath.IsLocal(rel) {
			t.Errorf("%q: %s is outside of the directory", name, j.Path(name))
		}
	}
	for i, name := range awkwardNames {
		got, err := j.Load(name)
		if diff := want.Modified - got.Modified; err != nil || diff != int64(len(awkwardNames)-1-i) {
			t.Errorf("%q shares its file with another stream: %v, %v", name, diff, err)
		}
	}
	if got, want := j.Path("nginx-frank.com-access"), filepath.Join(dir, "nginx-frank.com-access"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := j.Path("www/access"), filepath.Join(dir, "www/access"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	err = filepath.WalkDir(filepath.Dir(dir), func(path string, _ os.DirEntry, err error) error {
		if strings.HasSuffix(path, "tmp") {
			t.Errorf("a temporary file is left: %s", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

var awkwardNames = []string{
	"app", "a/b", "a", "a/b/c", "", ".", "..", "../x", "/etc/passwd", "a//b", "a/", "%2E%2E%", "%2E%", "x%tmp", "x", "nginx-frank.com-access",
	"with blank", "ümlaut", "\xff\xfe", "new\nline", "a/../../b", "./a", strings.Repeat("long", 100), strings.Repeat("long", 99) + "x",
	strings.Repeat("d/", 40) + "e",
}

func TestJournalHasTheKeysOfHeka(t *testing.T) {
	j, err := logstream.OpenJournal(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if err := j.Save("app", follow(t, "hello\n")); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(j.Path("app"))
	if err != nil {
		t.Fatal(err)
	}
	var m map[string]any
	if err := json.Unmarshal(data, &m); err != nil {
		t.Fatalf("%s: %v", data, err)
	}
	if m["seek"] != 6.0 || m["last_hash"] != "0005b23129a44e7da697f2e16ccc63f472293921" || !strings.HasSuffix(m["file_name"].(string), "/app.log") {
		t.Errorf("got %s", data)
	}
	for _, key := range []string{"device", "inode", "version", "checksum"} {
		if m[key] == nil {
			t.Errorf("%s lacks %s", data, key)
		}
	}
	if info, err := os.Stat(j.Path("app")); err != nil || info.Mode().Perm()&0o117 != 0 {
		t.Errorf("got mode %v, want at most 0660", info.Mode())
	}
	if bytes.HasSuffix(data, []byte("\n")) {
		t.Error("there is a newline at the end")
	}
}

func TestJournalReadsWhatIsThere(t *testing.T) {
	const hash = "0005b23129a44e7da697f2e16ccc63f472293921"
	good := fmt.Sprintf(`{"seek":6,"file_name":"/var/log/app.log","last_hash":%q}`, hash)
	j, err := logstream.OpenJournal(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	position := logstream.Position{Seek: 6, FileName: "/var/log/app.log", LastHash: hash}
	if err := j.Save("saved", position); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(j.Path("saved"))
	if err != nil {
		t.Fatal(err)
	}
	saved := string(data)

	f := func(name, content string, want logstream.Position, damage string) {
		t.Helper()
		path := j.Path("app")
		write(t, path, content)
		peeked, peekErr := logstream.PeekJournal(filepath.Dir(path), "app")
		if _, err := os.Stat(path); err != nil {
			t.Errorf("%s: peek changed the file: %v", name, err)
		}
		got, err := j.Load("app")
		if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(peeked, want) {
			t.Errorf("%s: got %+v, want %+v", name, got, want)
		}
		var damaged *logstream.DamagedError
		if damage == "" {
			if err != nil || peekErr != nil {
				t.Errorf("%s: %v, %v", name, err, peekErr)
			}
			return
		}
		if !errors.As(err, &damaged) || !strings.Contains(err.Error(), damage) || damaged.Kept != path+".bad" {
			t.Errorf("%s: got %v, want %s", name, err, damage)
		}
		if kept, err := os.ReadFile(path + ".bad"); err != nil || string(kept) != content {
			t.Errorf("%s: kept %q, %v", name, kept, err)
		}
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: the damaged file is still there", name)
		}
		if peekErr == nil {
			t.Errorf("%s: peek finds nothing wrong", name)
		}
	}
	none := logstream.Position{}
	f("of Heka 0.10", good, position, "")
	f("empty", "", none, "")
	f("white space", " \n\t ", none, "")
	f("no position", `{"seek":0,"file_name":"","last_hash":""}`, none, "")
	f("unknown keys", strings.Replace(good, "{", `{"future":[1,{"x":null}],`, 1), position, "")
	f("a stray brace", good+"}", position, "")
	f("the rest of a longer text", good+`0a3b"}`, position, "")
	f("saved", saved, position, "")
	f("saved, a stray brace", saved+"}", position, "")
	f("keys in capitals", strings.Replace(good, "seek", "Seek", 1), position, "")

	f("half", good[:40], none, "unexpected")
	f("no object", `[1]`, none, "not a JSON object")
	f("null", `null`, none, "not a JSON object")
	f("zero bytes", "\x00\x00\x00\x00", none, "not a JSON object")
	f("a text for a number", `{"seek":"6"}`, none, "cannot unmarshal")
	f("negative", strings.Replace(good, "6", "-6", 1), none, "negative")
	f("no name", `{"seek":6,"last_hash":"`+hash+`"}`, none, "seek without file_name")
	f("no hash", strings.Replace(good, hash, "0005", 1), none, "not a SHA-1")
	f("too large", `{"x":"`+strings.Repeat("x", 1<<20)+`"}`, none, "longer than")
	f("changed", strings.Replace(saved, `"seek":6`, `"seek":7`, 1), none, "checksum is wrong")
	f("a head beyond the seek", strings.Replace(good, "{", `{"head_size":7,"head_hash":"`+hash+`",`, 1), none, "head_size")
}

func TestJournalComesBackAfterItsDirectoryWasRemoved(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "journal")
	j, err := logstream.OpenJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	p := follow(t, "hello\n")
	if err := j.Save("a/b", p); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := j.Save("a/b", p); err != nil {
		t.Fatal(err)
	}
	if got, err := j.Load("a/b"); err != nil || !reflect.DeepEqual(got, p) {
		t.Errorf("got %+v, %v, want %+v", got, err, p)
	}
}

func TestJournalDoesNotFollowLinksOut(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	if err := os.Symlink(outside, filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	j, err := logstream.OpenJournal(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if err := j.Save("a/b", follow(t, "hello\n")); err == nil {
		t.Error("a position was saved through a link")
	}
	if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
		t.Errorf("got %v, %v", entries, err)
	}
}

func FuzzJournal(f *testing.F) {
	f.Add("app", []byte(`{"seek":6,"file_name":"/var/log/app.log","last_hash":"0005b23129a44e7da697f2e16ccc63f472293921"}`))
	f.Add("../x", []byte(`{"seek":6,"file_name":"a","last_hash":"","device":1,"inode":2,"behind":[{"seek":1}],"after":{"seek":3},"version":2,"checksum":"00000000"}`))
	f.Add("a/./b", []byte("{}}"))
	f.Add("0", []byte(`{"Behind":[]}`))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, stream string, content []byte) {
		sub := filepath.Join(dir, "journal")
		j, err := logstream.OpenJournal(sub)
		if err != nil {
			t.Fatal(err)
		}
		defer os.RemoveAll(sub)
		defer j.Close()
		path := j.Path(stream)
		if rel, err := filepath.Rel(sub, path); err != nil || !filepath.IsLocal(rel) || rel == "." {
			t.Fatalf("%q: %s is outside of the directory", stream, path)
		}
		write(t, path, string(content))
		p, err := j.Load(stream)
		if err != nil {
			if !reflect.DeepEqual(p, logstream.Position{}) {
				t.Errorf("%v, and yet a position %+v", err, p)
			}
			return
		}
		if err := j.Save(stream, p); err != nil {
			t.Fatal(err)
		}
		if again, err := j.Load(stream); err != nil || !reflect.DeepEqual(again, p) {
			t.Errorf("saved %+v, got %+v, %v", p, again, err)
		}
	})
}
