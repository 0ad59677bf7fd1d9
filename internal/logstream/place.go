package logstream

import (
	"bytes"
	"context"
	"io"
	"math"
)

// rewound follows a change of off to n bytes before.
func (s *source) rewound(n int64) {
	s.head = s.head[:min(int64(len(s.head)), s.off)]
	s.tail, s.headed, s.rewritten = nil, "", false
	if s.compressed() {
		s.kept = s.kept[:max(0, int64(len(s.kept))-n)]
		s.complete, s.damage = false, nil
		s.close()
	}
	if tail, ok := s.before(s.off); ok {
		s.tail = bytes.Clone(tail)
	}
}

// before returns up to tailSize bytes before an offset that is not beyond the
// place, and false if they are not at hand any more.
func (s *source) before(off int64) ([]byte, bool) {
	want := min(off, tailSize)
	recent := s.tail
	if s.compressed() {
		recent = s.kept
	}
	if to := int64(len(recent)) - (s.off - off); to >= want {
		return recent[to-want : to], true
	}
	if s.compressed() {
		return nil, false
	}
	f := s.f
	if f == nil {
		again := source{file: s.file}
		if again.open() != nil {
			return nil, false
		}
		defer again.close()
		f = again.f
	}
	p := make([]byte, want)
	if _, err := f.ReadAt(p, off-want); err != nil && want > 0 {
		return nil, false
	}
	// If the content has been replaced, then that at the place is another.
	last := s.lastBytes()
	now := make([]byte, len(last))
	if _, err := f.ReadAt(now, s.off-int64(len(last))); err != nil && len(last) > 0 || !bytes.Equal(now, last) {
		return nil, false
	}
	return p, true
}

// forget drops kept bytes that no position from off on needs.
func (s *source) forget(off int64) {
	if spare := int64(len(s.kept)) - (s.off - off) - tailSize; spare > 0 {
		s.kept = append(s.kept[:0], s.kept[min(spare, int64(len(s.kept))):]...)
	}
}

// reseek brings a file whose place was lost back to it.
func (s *source) reseek(ctx context.Context) (*source, error) {
	fresh, err := openAt(ctx, s.file, s.off, nil)
	if err != nil {
		return nil, err
	}
	if last := s.lastBytes(); len(last) > 0 && !bytes.Equal(fresh.lastBytes(), last) {
		fresh.close()
		return nil, errRewritten
	}
	return fresh, nil
}

// adopt takes over the open file of a source that stands at the same place.
func (s *source) adopt(fresh *source) {
	s.close()
	s.f, s.dec, s.err, s.end = fresh.f, fresh.dec, fresh.err, fresh.end
	s.format, s.tail, s.head, s.kept = fresh.format, fresh.tail, fresh.head, fresh.kept
	s.headed, s.complete, s.damage, s.rewritten = "", false, nil, false
}

// atEnd is a seek that means the end of the content.
const atEnd = math.MaxInt64

// openAt opens a file with the place at seek, or at its end. A file that has
// less content gives errDiffers. If like is not nil, the beginning of the file
// is compared with it before a compressed file is read through.
func openAt(ctx context.Context, file File, seek int64, like *fingerprint) (*source, error) {
	s := &source{file: file}
	if err := s.open(); err != nil {
		return nil, err
	}
	if err := s.seek(ctx, seek, like); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *source) seek(ctx context.Context, seek int64, like *fingerprint) error {
	if err := s.sniff(); err != nil {
		return err
	}
	if !s.compressed() {
		return s.seekPlain(seek, like)
	}
	buf := make([]byte, 64<<10)
	for checked := false; s.off < seek; {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := s.read(buf[:min(int64(len(buf)), seek-s.off)])
		if err == io.EOF && seek == atEnd {
			return nil
		}
		if err == io.EOF {
			return errDiffers
		}
		if err != nil {
			return err
		}
		s.took(buf[:n])
		if !checked && s.off >= headSize {
			if checked = true; !like.begins(s.head) {
				return errDiffers
			}
		}
	}
	return nil
}

func (s *source) seekPlain(seek int64, like *fingerprint) error {
	info, err := statFile(s.f)
	if err != nil {
		return err
	}
	if seek == atEnd {
		seek = info.size
	}
	if seek > info.size {
		return errDiffers
	}
	s.head = make([]byte, min(seek, headSize))
	if _, err := s.f.ReadAt(s.head, 0); err != nil && len(s.head) > 0 {
		return shortened(err)
	}
	if !like.begins(s.head) {
		return errDiffers
	}
	s.tail = make([]byte, min(seek, tailSize))
	if _, err := s.f.ReadAt(s.tail, seek-int64(len(s.tail))); err != nil && len(s.tail) > 0 {
		return shortened(err)
	}
	s.off = seek
	return nil
}

// shortened turns the end of a file that was longer a moment ago into errDiffers.
func shortened(err error) error {
	if err == io.EOF {
		return errDiffers
	}
	return err
}
