package file

import (
	"bytes"
	"fmt"
	"os"

	"github.com/hekad/heka/internal/framing"
)

// leastTail is how much of the end of a file is looked at for a cut message; more
// when messages may be larger.
const leastTail = 256 << 10

// mend deals with a message that a file ends in the middle of, because heka was
// killed in the middle of a write, so that the next message is not glued to it.
// What was cut is no loss: it was not acknowledged and comes again. first is the
// message about to be written; it tells what messages look like. In a file of
// frames the part of the last one is cut off. In a file of lines the last one is
// ended: it may be somebody else's. Other files are left alone, as nobody can tell
// where their messages end.
//
// mend returns what was done in words, and nothing if there was nothing to do.
func (t *target) mend(first []byte, maxMessage int) (done string, err error) {
	if !t.found || len(first) == 0 {
		return "", nil
	}
	info, err := t.file.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return "", err
	}
	f, err := os.Open(t.path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if framed(first) {
		tail, err := readTail(f, info.Size(), max(leastTail, 4*framing.MaxRecord(maxMessage)))
		if err != nil {
			return "", err
		}
		torn := len(tail) - wholeFrames(tail, int64(len(tail)) == info.Size())
		if torn == 0 {
			return "", nil
		}
		return fmt.Sprintf("cut off the %d bytes of an unfinished message at the end", torn),
			t.file.Truncate(info.Size() - int64(torn))
	}
	if first[len(first)-1] != '\n' {
		return "", nil
	}
	tail, err := readTail(f, info.Size(), 1)
	if err != nil || tail[0] == '\n' {
		return "", err
	}
	_, err = t.file.Write([]byte("\n"))
	return "ended the unfinished line at the end", err
}

// readTail reads the last n bytes of a file, or all if there are not so many.
func readTail(f *os.File, size int64, n int) ([]byte, error) {
	tail := make([]byte, min(int64(n), size))
	_, err := f.ReadAt(tail, size-int64(len(tail)))
	return tail, err
}

// framed reports whether record is one frame.
func framed(record []byte) bool {
	size, cut := frameLen(record)
	return size == len(record) && !cut
}

// frameLen returns the length of the frame that data begins with, 0 if there is
// none; cut says that data ends before the frame does.
func frameLen(data []byte) (size int, cut bool) {
	if data[0] != framing.RecordSeparator {
		return 0, false
	}
	if len(data) < 2 {
		return 0, true
	}
	end := 2 + int(data[1])
	if len(data) <= end {
		return 0, true
	}
	if data[end] != framing.UnitSeparator {
		return 0, false
	}
	h, err := framing.ParseHeader(data[2:end])
	if err != nil {
		return 0, false
	}
	size = end + 1 + int(h.Length)
	return size, size > len(data)
}

// wholeFrames returns how many bytes of tail, the end of a file, are left without
// a frame that was cut off. Frames follow one another without a gap, so one that
// is cut is only believed in behind a whole one, or at the start of the file:
// bytes of messages may look like frames. All of tail is returned if it shows no
// frames.
func wholeFrames(tail []byte, wholeFile bool) int {
	failed := map[int]bool{} // a walk from there leads nowhere
	for start := 0; start < len(tail); start++ {
		next := bytes.IndexByte(tail[start:], framing.RecordSeparator)
		if next < 0 {
			break
		}
		start += next
		var steps []int
		at, cut := start, false
		for at < len(tail) && !failed[at] {
			size, torn := frameLen(tail[at:])
			if cut = torn; torn || size == 0 {
				break
			}
			steps = append(steps, at)
			at += size
		}
		if at == len(tail) || cut && (len(steps) > 0 || wholeFile && at == 0) {
			return at
		}
		for _, s := range append(steps, at) {
			failed[s] = true
		}
	}
	return len(tail)
}
