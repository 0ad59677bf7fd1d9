package logstream

import (
	"crypto/sha1"
	"encoding/hex"
)

const (
	// tailSize is how many bytes before a position last_hash covers.
	tailSize = 500
	// recentSize is how many bytes before the place in a file are in memory: so
	// many more than tailSize that the beginning of an unfinished record is
	// most often among them.
	recentSize = 2048
	// headSize is how many bytes at the beginning of a file tell it from others.
	headSize = 1024
)

// A Position is a place in a stream: everything before it has been consumed.
// Its JSON form is that of the position files. The zero value is no position.
type Position struct {
	// Seek is the number of bytes consumed of the file, decompressed if it is
	// a compressed one.
	Seek int64 `json:"seek"`
	// FileName is the full path of the file.
	FileName string `json:"file_name"`
	// LastHash is the SHA-1, in lower-case hexadecimal digits, of the last 500
	// bytes before Seek, with zero bytes in front if there are fewer. It is
	// empty if they were not at hand.
	LastHash string `json:"last_hash"`

	// FileID is the identity of the file. It is zero in positions written by
	// Heka 0.10.
	FileID
	// Modified is when the file was last seen to change, in nanoseconds since
	// 1970.
	Modified int64 `json:"modified,omitempty"`
	// HeadSize is how many bytes at the beginning of the file, at most 1024 and
	// at most Seek, HeadHash is the SHA-1 of.
	HeadSize int    `json:"head_size,omitempty"`
	HeadHash string `json:"head_hash,omitempty"`

	// After is the place, in the file that was read before, from which on all
	// is still to be read if it can be found. Else reading goes on at Seek.
	// Without it, a Seek of 0 is the beginning of the whole stream.
	After *Position `json:"after,omitempty"`
	// Read holds the last of the files before this one, in their order. Another
	// file among them has come late: it is read unless it is a copy of one. Nil
	// means that they are not known.
	Read []ReadFile `json:"read,omitzero"`
	// Waiting holds the files before this one that were found to have come late
	// and are still to be read.
	Waiting []FileID `json:"waiting,omitempty"`
	// Behind holds the places in older files of the stream that may still grow,
	// or that are not finished yet.
	Behind []Position `json:"behind,omitempty"`
}

// IsZero reports whether there is no position.
func (p Position) IsZero() bool { return p.FileName == "" && p.Seek == 0 }

func (p Position) hasID() bool { return p.Inode != 0 }

// is reports whether the position is in the file with the given identity.
func (p Position) is(id FileID) bool { return p.hasID() && p.FileID.Same(id) }

// lastHash returns the last_hash after content that ends with tail. Only its
// last 500 bytes count.
func lastHash(tail []byte) string {
	var block [tailSize]byte
	tail = tail[max(0, len(tail)-tailSize):]
	copy(block[tailSize-len(tail):], tail)
	return hexSum(block[:])
}

func hexSum(p []byte) string {
	sum := sha1.Sum(p)
	return hex.EncodeToString(sum[:])
}
