package logstream

import (
	"bytes"
	"context"
	"errors"
	"io"
)

// A fingerprint is what is known of the content before a position. It works
// for content of any length; the shorter it is, the more files it fits.
type fingerprint struct {
	seek     int64
	lastHash string // empty: not known
	headSize int
	headHash string
}

func (p Position) fingerprint() *fingerprint {
	return &fingerprint{seek: p.Seek, lastHash: p.LastHash, headSize: p.HeadSize, headHash: p.HeadHash}
}

// fingerprint returns that of the content consumed so far.
func (s *source) fingerprint() *fingerprint {
	return &fingerprint{
		seek:     s.off,
		lastHash: lastHash(s.tail),
		headSize: len(s.head),
		headHash: headHash(s.head),
	}
}

// headHash returns the head_hash of the first bytes of a file.
func headHash(head []byte) string {
	if len(head) == 0 {
		return ""
	}
	return hexSum(head)
}

// headHash returns the head_hash of the first n bytes.
func (s *source) headHash(n int) string {
	if n < headSize {
		return headHash(s.head[:n])
	}
	if s.headed == "" {
		s.headed = headHash(s.head)
	}
	return s.headed
}

// begins reports whether a file that begins with head may be the one.
func (fp *fingerprint) begins(head []byte) bool {
	if fp == nil || fp.headSize == 0 || len(head) < fp.headSize {
		return true
	}
	return hexSum(head[:fp.headSize]) == fp.headHash
}

// weak reports whether so little is known of the content that any file may have
// the same.
func (fp *fingerprint) weak() bool { return fp.lastHash == "" && fp.headSize < 64 }

// fits reports whether the content of s, which stands at the place of the
// fingerprint, is the same up to there.
func (fp *fingerprint) fits(s *source) bool {
	if s.off != fp.seek || len(s.head) < fp.headSize || !fp.begins(s.head) {
		return false
	}
	return fp.lastHash == "" || lastHash(s.tail) == fp.lastHash
}

// find opens a file at the place of the fingerprint if its content is the same
// up to there, and returns errDiffers if it is not.
func (fp *fingerprint) find(ctx context.Context, file File) (*source, error) {
	s, err := openAt(ctx, file, fp.seek, fp)
	if d := (*damage)(nil); errors.As(err, &d) {
		return nil, errDiffers
	}
	if err != nil {
		return nil, err
	}
	if !fp.fits(s) {
		s.close()
		return nil, errDiffers
	}
	return s, nil
}

// readHead returns the first bytes of the content of a file.
func readHead(file File) ([]byte, error) {
	s, err := openAt(context.Background(), file, 0, nil)
	if err != nil {
		return nil, err
	}
	defer s.close()
	var buf [headSize]byte
	for len(s.head) < headSize {
		n, err := s.read(buf[:headSize-len(s.head)])
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		s.took(buf[:n])
	}
	return s.head, nil
}

// alike reports whether two files may have the same content, given the first
// bytes of both.
func alike(a, b []byte) bool {
	n := min(len(a), len(b))
	return n > 0 && bytes.Equal(a[:n], b[:n])
}
