package framing

import (
	"fmt"
	"math/bits"

	"google.golang.org/protobuf/encoding/protowire"
)

// BodyError is a body that is longer than max_message_size allows.
type BodyError struct {
	// Size is the length of the body, Max the limit, both in bytes.
	Size, Max int
}

func (e *BodyError) Error() string {
	return fmt.Sprintf("Message too big, requires %d (MAX_MESSAGE_SIZE = %d)", e.Size, e.Max)
}

// HeaderSizeError is a header that does not fit in MaxHeader bytes, because the
// signer's name is too long.
type HeaderSizeError struct {
	// Size is the length that the header would have, in bytes.
	Size int
}

func (e *HeaderSizeError) Error() string {
	return fmt.Sprintf("Message header too big, requires %d (MAX_HEADER_SIZE = %d)", e.Size, MaxHeader)
}

// Append appends body to dst as an unsigned frame. On error, which is a
// *BodyError, dst comes back as it was.
//
// hot: once per framed record; allocates only when dst has to grow.
func Append(dst, body []byte, maxBody int) ([]byte, error) {
	dst, err := AppendHeader(dst, len(body), maxBody)
	if err != nil {
		return dst, err
	}
	return append(dst, body...), nil
}

// AppendHeader appends everything of an unsigned frame that stands before its
// body of exactly size bytes; the caller appends the body. On error, which is a
// *BodyError, dst comes back as it was.
func AppendHeader(dst []byte, size, maxBody int) ([]byte, error) {
	if size > maxBody {
		return dst, &BodyError{Size: size, Max: maxBody}
	}
	return putHeader(dst, size), nil
}

// putHeader is AppendHeader without a limit.
func putHeader(dst []byte, size int) []byte {
	if size < 0x80 {
		return append(dst, RecordSeparator, 2, tagLength, byte(size), UnitSeparator)
	}
	if size < 0x4000 {
		return append(dst, RecordSeparator, 3, tagLength, byte(size)|0x80, byte(size>>7), UnitSeparator)
	}
	dst = append(dst, RecordSeparator, byte(1+protowire.SizeVarint(uint64(size))), tagLength)
	dst = protowire.AppendVarint(dst, uint64(size))
	return append(dst, UnitSeparator)
}

// Room is space that Reserve left for the header of a frame.
type Room struct {
	start, body int
}

// Reserve appends room for the header of an unsigned frame whose body will have
// about expect bytes. The caller encodes the body behind it and calls Close:
//
//	dst, room := framing.Reserve(dst, 400)
//	dst = appendBody(dst)
//	dst, err := room.Close(dst, maxBody)
//
// A guess of the right magnitude (below 128, 16 Ki, 2 Mi bytes …) makes Close
// free; with a wrong one it moves the body by a byte or two.
func Reserve(dst []byte, expect int) ([]byte, Room) {
	r := Room{start: len(dst), body: len(dst) + prefixLen(expect)}
	var blank [9]byte
	return append(dst, blank[:r.body-r.start]...), r
}

// Close writes the header into the room; everything in dst behind the room is
// the body. On error, which is a *BodyError, dst comes back as it was before
// Reserve.
func (r Room) Close(dst []byte, maxBody int) ([]byte, error) {
	size := len(dst) - r.body
	if size > maxBody {
		return dst[:r.start], &BodyError{Size: size, Max: maxBody}
	}
	if body := r.start + prefixLen(size); body != r.body {
		for len(dst) < body+size {
			dst = append(dst, 0)
		}
		copy(dst[body:body+size], dst[r.body:])
		dst = dst[:body+size]
	}
	putHeader(dst[:r.start], size)
	return dst, nil
}

// prefixLen is the number of bytes in front of an unsigned body of size bytes.
func prefixLen(size int) int {
	return 4 + max(1, (bits.Len32(uint32(max(0, size)))+6)/7)
}
