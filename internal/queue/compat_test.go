package queue_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/internal/queue"
)

// oldDirectory makes a directory with the files of testdata/heka-0.10.txt.
func oldDirectory(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/heka-0.10.txt")
	if err != nil {
		t.Fatal(err)
	}
	dir, name := t.TempDir(), ""
	files := map[string][]byte{}
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		value, indented := strings.CutPrefix(line, "\t")
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case !indented:
			name = line
		case strings.HasPrefix(value, `"`):
			files[name] = []byte(strings.Trim(value, `"`))
		default:
			b, err := hex.DecodeString(strings.ReplaceAll(value, " ", ""))
			if err != nil {
				t.Fatal(err)
			}
			files[name] = append(files[name], b...)
		}
	}
	for name, data := range files {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

var (
	oldTest  = unhex("1080c48c9491a9e8d4131a0454455354")
	oldShort = unhex("0a10000102030405060708090a0b0c0d0e0f10011a0174")
)

func unhex(text string) string {
	b, err := hex.DecodeString(text)
	if err != nil {
		panic(err)
	}
	return string(b)
}

func TestDirectoryOfHeka010IsDrained(t *testing.T) {
	dir := oldDirectory(t)
	q, report, err := queue.Open(dir, queue.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if report.Segments != 2 || report.Torn != 10 || report.Damaged != 5 || len(report.Problems) != 1 {
		t.Errorf("report %+v", report)
	}
	r := reader(t, q, "")
	add(t, q, "new")
	b, err := r.Poll()
	if err != nil || len(b.Records) != 2 {
		t.Fatalf("%d records, %v", len(b.Records), err)
	}
	if rec := b.Records[0]; string(rec.Body) != oldTest || rec.Signer != "" || rec.Loops != 0 || !rec.Time.IsZero() || rec.End.String() != "3 88" {
		t.Errorf("first record %+v", rec)
	}
	if err := r.Ack(b.Records[0].End); err != nil {
		t.Fatal(err)
	}
	shut(t, q)

	q = open(t, dir, queue.Options{})
	r = reader(t, q, "")
	want(t, r, oldShort, oldTest, oldShort, "new")
	if st := q.Stats(); st.Readers[0].Damaged != 5 || st.Bytes != 0 {
		t.Errorf("stats %+v", st)
	}
	shut(t, q)
	names, err := filepath.Glob(filepath.Join(dir, "[0-9]*.log"))
	if err != nil || len(names) != 1 || filepath.Base(names[0]) != "5.log" {
		t.Errorf("files left: %v, %v", names, err)
	}
}

// Heka 0.10 finds its way in a directory of ours: whole frames from the position
// in the checkpoint on, whatever else the headers have.
func TestHeka010CanReadWhatIsLeft(t *testing.T) {
	dir := t.TempDir()
	q := open(t, dir, queue.Options{MaxFileSize: 5000})
	r := reader(t, q, "")
	var all []string
	for i := range 100 {
		rec := queue.Record{Body: fmt.Appendf(nil, "%d %s", i, strings.Repeat("\x1E", i)), Loops: uint32(i % 3), Signer: strings.Repeat("s", i%2*200)}
		all = append(all, string(rec.Body))
		if _, _, err := q.Append([]queue.Record{rec}); err != nil {
			t.Fatal(err)
		}
	}
	b, err := r.Poll()
	if err != nil || len(b.Records) < 10 {
		t.Fatalf("%d records, %v", len(b.Records), err)
	}
	if err := r.Ack(b.Records[9].End); err != nil {
		t.Fatal(err)
	}
	shut(t, q)

	text, err := os.ReadFile(filepath.Join(dir, "checkpoint.txt"))
	if err != nil || len(text) > 64 {
		t.Fatalf("checkpoint %q, %v", text, err)
	}
	var id, offset int
	if n, err := fmt.Sscanf(string(text), "%d %d", &id, &offset); n != 2 || err != nil || string(text) != fmt.Sprintf("%d %d", id, offset) {
		t.Fatalf("checkpoint %q, %v", text, err)
	}
	var got []string
	for ; ; id, offset = id+1, 0 {
		data, err := os.ReadFile(filepath.Join(dir, fmt.Sprint(id)+".log"))
		if os.IsNotExist(err) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		for data = data[offset:]; len(data) > 0; {
			n, frame, problem := framing.Next(data, framing.DefaultMaxBody, true)
			if n != len(frame) || problem != nil {
				t.Fatalf("file %d: %d bytes skipped, %v", id, n-len(frame), problem)
			}
			if h, err := frame.Header(); err != nil || h.Signer != nil || h.MAC != nil {
				t.Fatalf("header %+v, %v", h, err)
			}
			got = append(got, string(frame.Body()))
			data = data[n:]
		}
	}
	if strings.Join(got, "\n") != strings.Join(all[10:], "\n") {
		t.Errorf("got %d records, want %d", len(got), 90)
	}
}

func TestOldFilesBetweenOursAreReadByTheirOwnRule(t *testing.T) {
	ours := newDisk()
	q, _ := mustOpen(t, ours, queue.Options{})
	add(t, q, "ours")
	shut(t, q)
	frame := func(body string) []byte {
		b, err := framing.Append(nil, []byte(body), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	d := newDisk()
	d.put("0.log", ours.bytesOf("0.log"))
	d.put("1.log", bytes.Repeat(frame("old"), 3)) // written after a downgrade
	d.put("2.log", ours.bytesOf("0.log"))
	d.put("3.log", append([]byte("damage"), bytes.Repeat(frame(strings.Repeat("o", 300)), 500)...))
	d.put("4.log", append(ours.bytesOf("0.log"), frame("a frame in one of our files")...))
	d.put("5.log", ours.bytesOf("0.log"))
	q, _ = mustOpen(t, d, queue.Options{})
	defer q.Close()
	got := take(t, reader(t, q, ""))
	if len(got) != 507 || strings.Join(got[:5], " ") != "ours old old old ours" || strings.Join(got[505:], " ") != "ours ours" {
		t.Errorf("%d records: %.80q …", len(got), got)
	}
	if st := q.Stats().Readers[0]; st.Damaged != 6+int64(len(frame("a frame in one of our files"))) {
		t.Errorf("stats %+v", st)
	}
}

// Lowering max_message_size must not cost what is waiting already.
func TestLargeRecordsOfEarlierRunsAreStillRead(t *testing.T) {
	d := newDisk()
	q, _ := mustOpen(t, d, queue.Options{MaxBody: 1 << 20})
	large := strings.Repeat("x", 1<<20)
	add(t, q, "a", large, "b")
	shut(t, q)
	q, report := mustOpen(t, d, queue.Options{MaxBody: 2000})
	defer q.Close()
	if len(report.Problems) > 0 {
		t.Errorf("problems %q", report.Problems)
	}
	want(t, reader(t, q, ""), "a", large, "b")
}
