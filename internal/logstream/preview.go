package logstream

import (
	"encoding/binary"
	"slices"
)

// Preview tells where the reading of a stream would begin, given its position
// and whether streams without one begin at their end. It goes by names and
// identities; of the file to begin with it reads a few bytes.
func Preview(s Stream, pos Position, tail bool) Status {
	st := Status{Stream: s.Name, FileName: pos.FileName, Seek: pos.Seek}
	at := slices.IndexFunc(s.Files, func(f File) bool { return pos.is(f.ID) })
	if at < 0 && !pos.IsZero() {
		at = slices.IndexFunc(s.Files, func(f File) bool { return f.Path == pos.FileName })
	}
	if pos.IsZero() && tail && len(s.Files) > 0 {
		at = len(s.Files) - 1
		st.FileName = s.Files[at].Path
		st.Seek, _ = contentSize(s.Files[at])
	}
	st.add(s.Files, at, max(0, at))
	if at >= 0 {
		st.FileName = s.Files[at].Path
		st.Left = left(s.Files[at], st.Seek)
		st.Lag += st.Left
	}
	return st
}

// left returns how many bytes on disk are behind a place in the content of a
// file, or 0 if that does not show.
func left(file File, seek int64) int64 {
	size, known := contentSize(file)
	switch {
	case !known || seek >= size:
		return 0
	case size == file.Size:
		return size - seek
	}
	return int64(float64(file.Size) * float64(size-seek) / float64(size))
}

// contentSize returns the size of what is in a file, as far as a few bytes of it
// tell: a gzip file ends in the size of its last member, modulo 4 GiB.
func contentSize(file File) (size int64, known bool) {
	s := &source{file: file}
	if s.open() != nil {
		return file.Size, true
	}
	defer s.close()
	switch err := s.sniff(); {
	case err != nil || !s.compressed():
		return file.Size, true
	case s.format != gzipped:
		return 0, false
	}
	var end [4]byte
	if _, err := s.f.ReadAt(end[:], file.Size-int64(len(end))); err != nil {
		return 0, false
	}
	return int64(binary.LittleEndian.Uint32(end[:])), true
}
