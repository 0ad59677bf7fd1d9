package queue

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"time"
)

// Directory is a look into a queue's directory, for tools. It takes no lock and
// changes nothing, so it works beside a running queue too; the newest record may
// then be half written and show as damage.
type Directory struct {
	// Segments are the files with records, in order.
	Segments []SegmentInfo
	// Checkpoints are the checkpoint files, by name of the reader.
	Checkpoints []CheckpointInfo

	fs FS
}

// SegmentInfo describes one file with records.
type SegmentInfo struct {
	ID      uint64
	Name    string
	Size    int64
	Changed time.Time
	// Plain says that Heka 0.10 wrote the file: records have no checksum.
	Plain bool
}

// CheckpointInfo describes one checkpoint file.
type CheckpointInfo struct {
	Reader   string
	Position Position
	// Err says why the file cannot be used.
	Err error
}

// Inspect looks into a directory.
func Inspect(fs FS) (*Directory, error) {
	files, err := fs.List()
	if err != nil {
		return nil, fmt.Errorf("inspect queue: %w", err)
	}
	d := &Directory{fs: fs}
	for _, f := range files {
		if id, ok := segmentID(f.Name); ok {
			kind, err := d.kind(f.Name, f.Size)
			if err != nil {
				return nil, fmt.Errorf("inspect queue: %w", err)
			}
			d.Segments = append(d.Segments, SegmentInfo{id, f.Name, f.Size, f.Changed, kind == plainKind})
		}
		if name, ok := checkpointReader(f.Name); ok {
			pos, err := readCheckpoint(fs, name)
			d.Checkpoints = append(d.Checkpoints, CheckpointInfo{name, pos, err})
		}
	}
	slices.SortFunc(d.Segments, func(a, b SegmentInfo) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(d.Checkpoints, func(a, b CheckpointInfo) int { return cmp.Compare(a.Reader, b.Reader) })
	return d, nil
}

func (d *Directory) kind(name string, size int64) (segmentKind, error) {
	f, err := d.fs.Open(name, false)
	if err != nil {
		return unknownKind, err
	}
	defer f.Close()
	return kindOf(f, size, oldBody)
}

// Item is what Walk comes upon: damage, a record, or damage and a record.
type Item struct {
	// Record is the record; its Body is nil if there is none, and is valid until
	// the visit returns.
	Record Record
	// Start is where the record begins, or the damage ends.
	Start Position
	// Damaged is the number of bytes before Start that are no records, Missing
	// the number of records known to be missing there.
	Damaged int64
	Missing uint64
}

// Walk visits all records that begin at or behind from, in order, and all damage.
// It ends early with the error of a visit or of the disk.
func (d *Directory) Walk(from Position, visit func(Item) error) error {
	scan := scanner{maxBody: oldBody}
	for _, s := range d.Segments {
		if s.ID < from.Segment {
			continue
		}
		offset := int64(0)
		if s.ID == from.Segment {
			offset = min(from.Offset, s.Size)
		}
		if err := d.walk(&scan, s, offset, visit); err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
	}
	return nil
}

func (d *Directory) walk(scan *scanner, s SegmentInfo, offset int64, visit func(Item) error) error {
	f, err := d.fs.Open(s.Name, false)
	if err != nil {
		return err
	}
	defer f.Close()
	scan.open(f, offset, s.Size, s.Plain)
	for {
		rec, data, err := scan.next()
		if err != nil && err != io.EOF {
			return err
		}
		it := Item{Start: Position{s.ID, scan.pos}}
		it.Damaged, it.Missing = scan.takeDamage()
		if err == nil {
			it.Start.Offset -= int64(rec.size)
			it.Record = Record{Body: data[rec.body:len(data):len(data)], Loops: rec.loops,
				Signer: string(rec.signer), End: Position{s.ID, scan.pos}}
			if rec.sealed && scan.time != 0 {
				it.Record.Time = time.UnixMilli(scan.time)
			}
		}
		if err == nil || it.Damaged > 0 {
			if err := visit(it); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}
