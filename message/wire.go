package message

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// Wire types of the protobuf encoding.
const (
	wireVarint     = 0
	wire64         = 1
	wireBytes      = 2
	wireStartGroup = 3
	wireEndGroup   = 4
	wire32         = 5
)

// Tags of the wire form: field number << 3 | wire type.
const (
	tagUUID       = 1<<3 | wireBytes
	tagTimestamp  = 2<<3 | wireVarint
	tagType       = 3<<3 | wireBytes
	tagLogger     = 4<<3 | wireBytes
	tagSeverity   = 5<<3 | wireVarint
	tagPayload    = 6<<3 | wireBytes
	tagEnvVersion = 7<<3 | wireBytes
	tagPid        = 8<<3 | wireVarint
	tagHostname   = 9<<3 | wireBytes
	tagFields     = 10<<3 | wireBytes

	tagName           = 1<<3 | wireBytes
	tagValueType      = 2<<3 | wireVarint
	tagRepresentation = 3<<3 | wireBytes
	tagValueString    = 4<<3 | wireBytes
	tagValueBytes     = 5<<3 | wireBytes
	tagValueInteger   = 6<<3 | wireBytes
	tagValueDouble    = 7<<3 | wireBytes
	tagValueBool      = 8<<3 | wireBytes
)

const (
	maxFieldNumber = 1<<29 - 1 // the largest that protobuf has
	maxGroups      = 100       // depth of nested groups
)

var (
	errOverflow = errors.New("varint overflows 64 bits")
	errTag      = errors.New("proto: illegal tag, its field number is 0 or too large")
	errGroups   = errors.New("proto: groups nested too deep")
)

// uvarint reads a varint. n is its length, 0 when b is too short, negative when
// the value overflows 64 bits.
//
// hot: several times per message.
func uvarint(b []byte) (v uint64, n int) {
	if len(b) > 0 && b[0] < 0x80 {
		return uint64(b[0]), 1
	}
	return binary.Uvarint(b)
}

func varintError(n int) error {
	if n == 0 {
		return io.ErrUnexpectedEOF
	}
	return errOverflow
}

func wireTypeError(wt, num uint64) error {
	return fmt.Errorf("proto: wrong wireType = %d for field %d", wt, num)
}

// skip returns the length of an element behind its tag.
func skip(b []byte, num, wt uint64) (int, error) {
	if num == 0 || num > maxFieldNumber {
		return 0, errTag
	}
	switch wt {
	case wireVarint:
		_, n := uvarint(b)
		if n <= 0 {
			return 0, varintError(n)
		}
		return n, nil
	case wire64:
		if len(b) < 8 {
			return 0, io.ErrUnexpectedEOF
		}
		return 8, nil
	case wire32:
		if len(b) < 4 {
			return 0, io.ErrUnexpectedEOF
		}
		return 4, nil
	case wireBytes:
		size, n := uvarint(b)
		if n <= 0 {
			return 0, varintError(n)
		}
		if size > uint64(len(b)-n) {
			return 0, io.ErrUnexpectedEOF
		}
		return n + int(size), nil
	case wireStartGroup:
		return skipGroup(b, num)
	}
	return 0, fmt.Errorf("proto: unsupported wire type %d for field %d", wt, num)
}

// skipGroup returns the length of a group behind its first tag, the tag of its
// end included. The schema has no groups, so they are always unknown.
func skipGroup(b []byte, num uint64) (int, error) {
	var open [maxGroups]uint64 // numbers of the groups around the cursor
	open[0] = num
	depth := 1
	for i := 0; ; {
		tag, n := uvarint(b[i:])
		if n <= 0 {
			return 0, varintError(n)
		}
		i += n
		num, wt := tag>>3, tag&7
		switch {
		case wt == wireStartGroup && num > 0 && num <= maxFieldNumber:
			if depth == maxGroups {
				return 0, errGroups
			}
			open[depth] = num
			depth++
			continue
		case wt == wireEndGroup && num == open[depth-1]:
			depth--
			if depth == 0 {
				return i, nil
			}
			continue
		}
		n, err := skip(b[i:], num, wt)
		if err != nil {
			return 0, err
		}
		i += n
	}
}
