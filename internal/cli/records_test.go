package cli

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/message"
)

// framed returns n framed messages.
func framed(tb testing.TB, n int) []byte {
	tb.Helper()
	var data []byte
	for i := range n {
		m := message.New()
		m.SetType("nginx.access")
		m.SetTimestamp(int64(i))
		m.SetPayload(strings.Repeat("x", i%200))
		m.AddInteger("status", int64(200+i%300), "")
		var err error
		if data, err = framing.Append(data, m.AppendWire(nil), framing.DefaultMaxBody); err != nil {
			tb.Fatal(err)
		}
	}
	return data
}

// readAll reads all records and returns where they were, what was said, and how
// many bytes were records, garbage or incomplete.
func readAll(src io.Reader, kind recordKind, max int) (offsets []string, said string, accounted int64, err error) {
	var b strings.Builder
	r := newRecords(src, kind, max, newDiagnosis(&b))
	for r.next() {
		offsets = append(offsets, fmt.Sprintf("%d+%d %v", r.offset, len(r.record), r.message != nil))
		accounted += int64(len(r.record))
	}
	for line := range strings.Lines(b.String()) {
		var at, n int64
		for _, format := range []string{"Corruption detected at offset: %d bytes: %d", "Incomplete record at the end, at offset: %d bytes: %d"} {
			if _, err := fmt.Sscanf(line, format, &at, &n); err == nil {
				accounted += n
			}
		}
	}
	return offsets, b.String(), accounted, r.err
}

func TestRecordsLargerThanTheBuffer(t *testing.T) {
	m := message.New()
	m.SetPayload(strings.Repeat("x", 3*readSize))
	data, err := framing.Append(framed(t, 3), m.AppendWire(nil), defaultCatMessage)
	if err != nil {
		t.Fatal(err)
	}
	data = append(data, framed(t, 3)...)
	offsets, said, _, err := readAll(bytes.NewReader(data), framedRecords, defaultCatMessage)
	if len(offsets) != 7 || said != "" || err != nil {
		t.Errorf("%d records, said %q, error %v", len(offsets), said, err)
	}
}

func TestReadErrorsAreTold(t *testing.T) {
	data := framed(t, 5)
	src := io.MultiReader(bytes.NewReader(data), iotest.ErrReader(io.ErrUnexpectedEOF))
	offsets, _, _, err := readAll(src, framedRecords, defaultCatMessage)
	if len(offsets) != 5 || err == nil {
		t.Errorf("%d records, error %v", len(offsets), err)
	}
}

func TestLinesThatNeverEndAreBounded(t *testing.T) {
	const max = 64
	long := strings.Repeat("x", 3*readSize)
	offsets, said, _, err := readAll(strings.NewReader("{}\n"+long+"\n{}\n"), jsonRecords, max)
	if len(offsets) != 2 || err != nil || !strings.Contains(said, "line at offset 3 is too long") {
		t.Errorf("records %q, said %q, error %v", offsets, said, err)
	}
}

// Whatever a file holds, each of its bytes is part of a record or reported, and
// the records do not depend on how the file is read.
func FuzzRecords(f *testing.F) {
	good := framed(f, 3)
	f.Add(good, 4096)
	f.Add(append([]byte("garbage"), good...), 4096)
	f.Add(append(bytes.Clone(good), good[:len(good)/2]...), 4096)
	f.Add(append([]byte{0x1e, 2, 8, 0x7f, 0x1f}, good...), 4096)
	f.Add(good, 3)
	f.Fuzz(func(t *testing.T, data []byte, max int) {
		data = data[:min(len(data), 16<<10)] // byte by byte is slow
		max = min(max&0xffffff, defaultCatMessage)
		offsets, said, accounted, err := readAll(bytes.NewReader(data), framedRecords, max)
		if err != nil || accounted != int64(len(data)) {
			t.Fatalf("%d of %d bytes accounted for, error %v\n%s", accounted, len(data), err, said)
		}
		slowly, _, accounted, err := readAll(iotest.OneByteReader(bytes.NewReader(data)), framedRecords, max)
		if err != nil || accounted != int64(len(data)) || fmt.Sprint(offsets) != fmt.Sprint(slowly) {
			t.Fatalf("read at once: %q; byte by byte: %q; %d of %d bytes, error %v", offsets, slowly, accounted, len(data), err)
		}
		lines, _, _, _ := readAll(bytes.NewReader(data), jsonRecords, max)
		slowly, _, _, _ = readAll(iotest.OneByteReader(bytes.NewReader(data)), jsonRecords, max)
		if fmt.Sprint(lines) != fmt.Sprint(slowly) {
			t.Fatalf("lines read at once: %q; byte by byte: %q", lines, slowly)
		}
	})
}
