package queue

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// A reader's position is kept in the file checkpoint.txt, that of a reader with
// a name in checkpoint-<name>.txt.
const (
	checkpointStem   = "checkpoint"
	checkpointSuffix = ".txt"
	tempSuffix       = ".tmp"
)

// maxCheckpoint is the most that is read of a checkpoint file.
const maxCheckpoint = 64

func checkpointName(reader string) string {
	if reader == "" {
		return checkpointStem + checkpointSuffix
	}
	return checkpointStem + "-" + reader + checkpointSuffix
}

// checkpointReader returns the reader whose checkpoint is in the file name.
func checkpointReader(name string) (reader string, ok bool) {
	if name == checkpointStem+checkpointSuffix {
		return "", true
	}
	rest, found := strings.CutPrefix(name, checkpointStem+"-")
	reader, ends := strings.CutSuffix(rest, checkpointSuffix)
	return reader, found && ends && checkReader(reader) == nil && reader != ""
}

// checkReader refuses names of readers that cannot be part of a file name.
func checkReader(name string) error {
	for _, c := range []byte(name) {
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') && c != '_' && c != '-' {
			return fmt.Errorf("reader name %q has characters other than letters, digits, _ and -", name)
		}
	}
	if len(name) > 100 {
		return fmt.Errorf("reader name of %d bytes is longer than 100", len(name))
	}
	return nil
}

// readCheckpoint returns the position in the checkpoint file of a reader.
func readCheckpoint(fs FS, reader string) (Position, error) {
	f, err := fs.Open(checkpointName(reader), false)
	if err != nil {
		return Position{}, err
	}
	defer f.Close()
	var buf [maxCheckpoint + 1]byte
	n, err := f.ReadAt(buf[:], 0)
	if err != nil && err != io.EOF {
		return Position{}, err
	}
	return ParsePosition(string(buf[:n]))
}

// writeCheckpoint replaces the checkpoint of a reader. It survives a crash once
// the directory is synced, if durable is set; a crash before leaves the old one.
func writeCheckpoint(fs FS, reader string, pos Position, durable bool) error {
	name := checkpointName(reader)
	temp := name + tempSuffix
	f, err := fs.Create(temp)
	if err != nil { // left over from a write that failed
		if fs.Remove(temp) != nil {
			return err
		}
		if f, err = fs.Create(temp); err != nil {
			return err
		}
	}
	_, err = f.Write([]byte(pos.String()))
	if err == nil && durable {
		err = f.Sync()
	}
	err = errors.Join(err, f.Close())
	if err == nil {
		err = fs.Rename(temp, name)
	}
	if err != nil {
		_ = fs.Remove(temp) // or the next write does it
	}
	return err
}

// cursor is what the queue knows of a reader, also while nobody has it open. It
// is guarded by Queue.mu.
type cursor struct {
	name  string
	acked Position // behind the last acknowledged record
	place int64    // acked as a count of bytes
	saved Position // in the checkpoint file
	acks  int      // acknowledgements since the checkpoint was due
	due   bool     // the checkpoint is to be written

	seq    uint64    // number of the first record behind acked, about; 0 if not known
	oldest time.Time // of that record, about
	out    []handed  // batches handed out and not wholly acknowledged, in order

	damaged int64
	missing uint64
	reader  *Reader // nil while closed
}

// handed describes a batch in the hands of a reader's caller.
type handed struct {
	end  Position
	seq  uint64    // number of the record behind it; 0 if not known
	time time.Time // of its last record
}

// wake tells the reader that there is something new. mu is held.
func (c *cursor) wake() {
	if c.reader == nil {
		return
	}
	select {
	case c.reader.ready <- struct{}{}:
	default:
	}
}

// stats returns how the reader is doing. mu is held.
func (c *cursor) stats(q *Queue) ReaderStats {
	st := ReaderStats{Name: c.name, Acked: c.acked, Bytes: q.total() - c.place, Damaged: c.damaged, Missing: c.missing}
	if st.Bytes > 0 {
		if c.seq != 0 && c.seq < q.nextSeq {
			st.Records = q.nextSeq - c.seq
		}
		st.Oldest = c.oldest
	}
	return st
}

// move puts the cursor at pos, which lies ahead. mu is held.
func (c *cursor) move(q *Queue, pos Position) {
	if pos.Segment != c.acked.Segment {
		c.due = true
	}
	c.acked, c.place = pos, q.place(pos)
	n := 0
	for n < len(c.out) && c.out[n].end.Compare(pos) <= 0 {
		if c.out[n].seq != 0 {
			c.seq = c.out[n].seq
		}
		c.oldest = c.out[n].time
		n++
	}
	left := copy(c.out, c.out[n:])
	c.out = c.out[:left]
	if c.acks++; c.acks >= q.opts.CheckpointEvery {
		c.due = true
	}
	if c.due {
		c.acks = 0
		q.nudge()
	}
	q.freeSpace()
}
