package logstream_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/logstream"
)

func TestPreviewOfACompressedFileCountsWhatIsLeftOnDisk(t *testing.T) {
	dir := t.TempDir()
	log, gz := filepath.Join(dir, "app.log"), filepath.Join(dir, "app.log.1.gz")
	content := strings.Repeat("a line\n", 10_000)
	write(t, filepath.Join(dir, "content"), content)
	if err := compress(filepath.Join(dir, "content"), gz, gzipWriter); err != nil {
		t.Fatal(err)
	}
	write(t, log, "12345")
	sc, err := logstream.NewScanner(logstream.Scheme{Name: testStream, LogDirectory: dir,
		FileMatch: `app\.log(\.(?P<Seq>\d+)\.gz)?`, Priority: []string{"^Seq"}})
	if err != nil {
		t.Fatal(err)
	}
	l, err := sc.Scan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	s, _ := l.Stream(testStream)
	size := s.Files[0].Size
	for _, c := range []struct{ seek, left int64 }{
		{0, size}, {int64(len(content)) / 2, size / 2}, {int64(len(content)), 0}, {int64(len(content)) + 7, 0},
	} {
		st := logstream.Preview(s, logstream.Position{FileName: gz, FileID: s.Files[0].ID, Seek: c.seek}, false)
		if st.Left != c.left || st.Lag != c.left+5 {
			t.Errorf("at %d: %d left, %d behind, want %d", c.seek, st.Left, st.Lag, c.left)
		}
	}
	s.Files = s.Files[:1]
	if st := logstream.Preview(s, logstream.Position{}, true); st.Seek != int64(len(content)) || st.Lag != 0 {
		t.Errorf("tail: %+v", st)
	}
}
