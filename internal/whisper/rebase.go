package whisper

import "encoding/binary"

// Heka 0.10 counted slots from the first 4 bytes of the file instead of the time in
// the archive's first slot. To everybody else such an archive is empty until its
// first slot is in use, and in another order from then on.

// rebase puts archives in order that have points but an empty first slot.
func (f *File) rebase() error {
	for i := range f.archives {
		a := &f.archives[i]
		base, err := f.base(a)
		if err != nil {
			return err
		}
		if base == 0 {
			if err := f.rebaseArchive(a); err != nil {
				return err
			}
		}
	}
	return nil
}

// rebaseArchive moves all points to where they belong; the first one found comes
// first.
func (f *File) rebaseArchive(a *archive) error {
	old := make([]byte, a.bytes())
	if _, err := f.disk.ReadAt(old, a.offset); err != nil {
		return err
	}
	fresh := make([]byte, len(old))
	base := uint32(0)
	for i := range int(a.Points) {
		p := pointAt(old, i)
		if p.Time == 0 || p.Time%a.Step != 0 {
			continue
		}
		if base == 0 {
			base = p.Time
		}
		place := fresh[a.slot(p.Time, base)*pointSize:][:0]
		if there := binary.BigEndian.Uint32(place[:4]); there <= p.Time {
			appendPoint(place, p)
		}
	}
	if base == 0 {
		return nil
	}
	_, err := f.disk.WriteAt(fresh, a.offset)
	return err
}
