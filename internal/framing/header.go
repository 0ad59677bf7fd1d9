package framing

import (
	"math"

	"google.golang.org/protobuf/encoding/protowire"
)

// Constants of the format. Lengths are in bytes.
const (
	// RecordSeparator begins every frame.
	RecordSeparator = 0x1E
	// UnitSeparator stands between header and body.
	UnitSeparator = 0x1F
	// MaxHeader is the largest encoded header; its length is kept in one byte.
	MaxHeader = 255
	// MaxOverhead is the most that a frame adds to its body.
	MaxOverhead = MaxHeader + 3
	// DefaultMaxBody is the largest body unless max_message_size says otherwise.
	DefaultMaxBody = 64 << 10
)

// Header field numbers and the tags that the writer and the fast path use.
const (
	fieldLength  = 1
	fieldHash    = 3
	fieldSigner  = 4
	fieldVersion = 5
	fieldMAC     = 6

	tagLength  = fieldLength<<3 | byte(protowire.VarintType)
	tagHash    = fieldHash<<3 | byte(protowire.VarintType)
	tagSigner  = fieldSigner<<3 | byte(protowire.BytesType)
	tagVersion = fieldVersion<<3 | byte(protowire.VarintType)
	tagMAC     = fieldMAC<<3 | byte(protowire.BytesType)
)

// MaxRecord returns the size of the largest frame around a body of at most
// maxBody bytes.
func MaxRecord(maxBody int) int { return maxBody + MaxOverhead }

// Header is the decoded header of a frame.
type Header struct {
	// Length is message_length, the size of the body in bytes.
	Length uint32
	// Hash is hmac_hash_function, also if it is not a known one. It says nothing
	// unless there is a MAC.
	Hash Hash
	// Signer is the claimed hmac_signer, which means nothing until Keys.Verify
	// agrees. It aliases the bytes given to ParseHeader.
	Signer []byte
	// Version is hmac_key_version.
	Version uint32
	// MAC is hmac. It is nil when the header has none, not nil when it has an
	// empty one. It aliases the bytes given to ParseHeader.
	MAC []byte
}

// HeaderError says why a header is not one. It is a plain number, so rejecting
// garbage allocates nothing.
type HeaderError uint8

// Reasons for which ParseHeader refuses a header.
const (
	// ErrTruncated is a field that reaches beyond the header.
	ErrTruncated HeaderError = iota + 1
	// ErrBadTag is a field number or wire type that protobuf does not have.
	ErrBadTag
	// ErrWireType is a known field in a wire type that is not its own.
	ErrWireType
	// ErrRange is a number that does not fit its field.
	ErrRange
	// ErrNoLength is a header without message_length.
	ErrNoLength
)

func (e HeaderError) Error() string {
	switch e {
	case ErrTruncated:
		return "unexpected EOF"
	case ErrBadTag:
		return "invalid field number or wire type"
	case ErrWireType:
		return "wrong wire type for a known field"
	case ErrRange:
		return "number out of range"
	case ErrNoLength:
		return "message_length is missing"
	}
	return "invalid header"
}

// ParseHeader decodes a header (without the separators around it). The last
// occurrence of a field wins and unknown fields are skipped, as in protobuf. The
// error, if any, is a HeaderError.
func ParseHeader(b []byte) (Header, error) {
	var h Header
	sized := false
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 || num > protowire.MaxValidNumber {
			return Header{}, tagError(b)
		}
		b = b[n:]
		switch num {
		case fieldLength, fieldHash, fieldVersion:
			if typ != protowire.VarintType {
				return Header{}, ErrWireType
			}
			v, n := protowire.ConsumeVarint(b)
			if n < 0 {
				return Header{}, ErrTruncated
			}
			b = b[n:]
			if num == fieldHash {
				h.Hash = Hash(min(v, math.MaxUint32))
				continue
			}
			if v > math.MaxUint32 {
				return Header{}, ErrRange
			}
			if num == fieldLength {
				h.Length, sized = uint32(v), true
			} else {
				h.Version = uint32(v)
			}
		case fieldSigner, fieldMAC:
			if typ != protowire.BytesType {
				return Header{}, ErrWireType
			}
			v, n := protowire.ConsumeBytes(b)
			if n < 0 {
				return Header{}, ErrTruncated
			}
			b = b[n:]
			if num == fieldSigner {
				h.Signer = v
			} else {
				h.MAC = v
			}
		default:
			if typ == protowire.EndGroupType || typ > protowire.Fixed32Type {
				return Header{}, ErrBadTag
			}
			n := protowire.ConsumeFieldValue(num, typ, b)
			if n < 0 {
				return Header{}, ErrTruncated
			}
			b = b[n:]
		}
	}
	if !sized {
		return Header{}, ErrNoLength
	}
	return h, nil
}

// tagError tells a tag that is cut off from one that is wrong.
func tagError(b []byte) HeaderError {
	if _, n := protowire.ConsumeVarint(b); n < 0 {
		return ErrTruncated
	}
	return ErrBadTag
}
