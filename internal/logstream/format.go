package logstream

import (
	"bytes"
	"compress/bzip2"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/ulikunitz/xz"
	"github.com/ulikunitz/xz/lzma"
)

// A format is how the content of a file is stored. It is told by the first
// bytes, never by the name.
type format int

const (
	unknown format = iota // too few bytes yet to tell
	plain
	gzipped
	zstandard
	bzipped
	xzipped
)

// magics are the first bytes of the compressed formats; a dot stands for the
// digit 1 to 9.
var magics = [...]struct {
	format format
	bytes  string
}{
	{gzipped, "\x1f\x8b"},
	{zstandard, "\x28\xb5\x2f\xfd"},
	{bzipped, "BZh.\x31\x41\x59\x26\x53\x59"},
	{xzipped, "\xfd7zXZ\x00"},
}

// magicSize is how many bytes it takes at most to tell the format.
const magicSize = 10

// sniff tells the format from the first bytes of a file, or unknown if they are
// only the beginning of a magic.
func sniff(head []byte) format {
	if len(head) == 0 {
		return unknown
	}
	for _, m := range magics {
		n := min(len(head), len(m.bytes))
		if !hasMagic(head[:n], m.bytes[:n]) {
			continue
		}
		if n < len(m.bytes) {
			return unknown
		}
		return m.format
	}
	return plain
}

func hasMagic(head []byte, magic string) bool {
	for i := range len(magic) {
		if magic[i] == '.' && '1' <= head[i] && head[i] <= '9' {
			continue
		}
		if head[i] != magic[i] {
			return false
		}
	}
	return true
}

// windowLimit is the largest window, in bytes, that a compressed file may ask
// to be kept in memory; it is what the zstd command accepts for "--long".
const windowLimit = 128 << 20

// newDecoder returns a reader of the content of a compressed file.
func newDecoder(f format, r io.Reader) (io.ReadCloser, error) {
	switch f {
	case gzipped:
		d, err := gzip.NewReader(r)
		if err != nil {
			return nil, err
		}
		return d, nil
	case zstandard:
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true),
			zstd.WithDecoderMaxWindow(windowLimit))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	case bzipped:
		return io.NopCloser(bzip2.NewReader(r)), nil
	case xzipped:
		return newXZ(r)
	}
	return nil, fmt.Errorf("no decoder for format %d", f)
}

// newXZ checks the size of the dictionary in the header of the first block,
// since the decoder allocates whatever a file asks for.
func newXZ(r io.Reader) (io.ReadCloser, error) {
	// The header of a stream has 12 bytes. That of a block follows: its size,
	// flags, two optional sizes, and the filters, LZMA2 being 21 01 <size>.
	var head [12 + 64]byte
	n, err := io.ReadFull(r, head[:])
	if err != nil && err != io.ErrUnexpectedEOF {
		return nil, err
	}
	if i := bytes.Index(head[12:n], []byte{0x21, 0x01}); i >= 0 && 12+i+2 < n {
		if size, err := lzma.DecodeDictCap(head[12+i+2]); err == nil && size > windowLimit {
			return nil, fmt.Errorf("xz: dictionary of %d bytes is larger than %d", size, windowLimit)
		}
	}
	d, err := xz.NewReader(io.MultiReader(bytes.NewReader(head[:n]), r))
	if err != nil {
		return nil, err
	}
	return io.NopCloser(d), nil
}
