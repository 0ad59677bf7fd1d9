package queue

import (
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"math"
	"time"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/hekad/heka/internal/framing"
)

// Record is one record, as given to Append and as handed out by a Reader.
type Record struct {
	// Body is the record itself. In a record from a Reader it is valid until the
	// Reader's next call.
	Body []byte
	// Loops is the loop count of the message.
	Loops uint32
	// Signer is the verified signer of the message, at most MaxSigner bytes.
	Signer string
	// End is the position behind the record. Append ignores it.
	End Position
	// Time is when the record was appended, as exact as the batch it came in. It
	// is zero in records that Heka 0.10 wrote. Append ignores it.
	Time time.Time
}

// MaxSigner is the longest name of a signer in bytes that a record can carry.
const MaxSigner = 200

// Tags of the header fields that are the queue's own, and of the one that every
// frame has. See the package comment.
const (
	fieldLength = 1
	fieldLoops  = 10
	fieldSigner = 11
	fieldTime   = 12
	fieldSeq    = 13
	fieldSum    = 14

	tagLength = fieldLength<<3 | byte(protowire.VarintType)
	tagLoops  = fieldLoops<<3 | byte(protowire.VarintType)
	tagSigner = fieldSigner<<3 | byte(protowire.BytesType)
	tagTime   = fieldTime<<3 | byte(protowire.VarintType)
	tagSeq    = fieldSeq<<3 | byte(protowire.VarintType)
	tagSum    = fieldSum<<3 | byte(protowire.Fixed32Type)
)

// sumAt is where the checksum stands in a frame; it covers all bytes behind it.
const (
	sumAt  = 3
	sumEnd = sumAt + 4
)

// minSealed is the size of the smallest frame with a checksum.
const minSealed = sumEnd + 2 + 1

// lead is what the first record of every write carries besides its own.
type lead struct {
	seq  uint64 // number of the record, from 1
	time int64  // ms since the epoch
}

// checkRecord refuses a record that no queue can hold.
func checkRecord(r *Record, maxBody int) error {
	if len(r.Body) > maxBody {
		return &framing.BodyError{Size: len(r.Body), Max: maxBody}
	}
	if len(r.Signer) > MaxSigner {
		return fmt.Errorf("signer of %d bytes is longer than %d", len(r.Signer), MaxSigner)
	}
	return nil
}

// sealedLen is the size of the frame that appendSealed makes.
func sealedLen(r *Record, l *lead) int {
	n := minSealed - 1 + protowire.SizeVarint(uint64(len(r.Body)))
	if r.Loops != 0 {
		n += 1 + protowire.SizeVarint(uint64(r.Loops))
	}
	if r.Signer != "" {
		n += 1 + protowire.SizeBytes(len(r.Signer))
	}
	if l != nil {
		n += 2 + protowire.SizeVarint(uint64(l.time)) + protowire.SizeVarint(l.seq)
	}
	return n + len(r.Body)
}

// appendSealed appends r as a frame with a checksum that will stand at the given
// offset of its file. l is nil unless the record leads a write.
//
// hot: once per record; allocates only when dst has to grow.
func appendSealed(dst []byte, r *Record, offset int64, l *lead) []byte {
	start := len(dst)
	dst = append(dst, framing.RecordSeparator, 0, tagSum, 0, 0, 0, 0, tagLength)
	dst = protowire.AppendVarint(dst, uint64(len(r.Body)))
	if r.Loops != 0 {
		dst = append(dst, tagLoops)
		dst = protowire.AppendVarint(dst, uint64(r.Loops))
	}
	if r.Signer != "" {
		dst = append(dst, tagSigner)
		dst = protowire.AppendString(dst, r.Signer)
	}
	if l != nil {
		dst = append(dst, tagTime)
		dst = protowire.AppendVarint(dst, uint64(l.time))
		dst = append(dst, tagSeq)
		dst = protowire.AppendVarint(dst, l.seq)
	}
	dst[start+1] = byte(len(dst) - start - 2)
	dst = append(dst, framing.UnitSeparator)
	dst = append(dst, r.Body...)
	binary.LittleEndian.PutUint32(dst[start+sumAt:], checksum(dst[start:], offset))
	return dst
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// checksum returns the checksum of a frame at the given offset of its file. The
// offset is part of it: a frame inside the body of another, which a peer may
// have put there, never passes for a record of its own.
func checksum(frame []byte, offset int64) uint32 {
	x := (uint64(offset) + 1) * 0x9E3779B97F4A7C15
	return crc32.Checksum(frame[sumEnd:], castagnoli) ^ uint32(x>>32)
}

// frame is the decoded header of a record in a file.
type frame struct {
	size   int // of the whole frame in bytes; 0 if there is none
	body   int // where the body begins
	loops  uint32
	signer []byte // aliases the header
	lead   lead   // seq is 0 unless the record leads a write
	sealed bool   // has a checksum; Heka 0.10 wrote none
}

// intact reports whether the checksum of a sealed frame, data, is right.
func intact(data []byte, offset int64) bool {
	return binary.LittleEndian.Uint32(data[sumAt:]) == checksum(data, offset)
}

// parseFrame decodes the header that data begins with. The frame has no size if
// there is no header, or it is cut short. The body need not be complete.
//
// hot: once per record read.
func parseFrame(data []byte) frame {
	if len(data) < 3 || data[0] != framing.RecordSeparator {
		return frame{}
	}
	end := 2 + int(data[1])
	if len(data) <= end || data[end] != framing.UnitSeparator {
		return frame{}
	}
	f := frame{body: end + 1}
	if end < sumEnd || data[2] != tagSum {
		h, err := framing.ParseHeader(data[2:end])
		if err != nil || h.Length > math.MaxInt32 {
			return frame{}
		}
		f.size = f.body + int(h.Length)
		return f
	}
	f.sealed = true
	if end >= sumEnd+2 && data[sumEnd] == tagLength { // nearly all records have no more than a length
		switch {
		case data[sumEnd+1] < 0x80 && end == sumEnd+2:
			f.size = f.body + int(data[sumEnd+1])
			return f
		case end == sumEnd+3 && data[sumEnd+1] >= 0x80 && data[sumEnd+2] < 0x80:
			f.size = f.body + int(data[sumEnd+1]&0x7F) + int(data[sumEnd+2])<<7
			return f
		}
	}
	return f.fields(data[sumEnd:end])
}

// fields decodes the header fields behind the checksum.
func (f frame) fields(b []byte) frame {
	length := int64(-1)
	for len(b) > 0 {
		num, typ, n := protowire.ConsumeTag(b)
		if n < 0 {
			return frame{}
		}
		b = b[n:]
		var v uint64
		switch num {
		case fieldLength, fieldLoops, fieldTime, fieldSeq:
			if typ != protowire.VarintType {
				return frame{}
			}
			v, n = protowire.ConsumeVarint(b)
		case fieldSigner:
			if typ != protowire.BytesType {
				return frame{}
			}
			f.signer, n = protowire.ConsumeBytes(b)
		default:
			n = protowire.ConsumeFieldValue(num, typ, b)
		}
		if n < 0 {
			return frame{}
		}
		b = b[n:]
		switch num {
		case fieldLength:
			if v > math.MaxInt32 {
				return frame{}
			}
			length = int64(v)
		case fieldLoops:
			f.loops = uint32(min(v, math.MaxUint32))
		case fieldTime:
			f.lead.time = int64(min(v, math.MaxInt64/uint64(time.Millisecond)))
		case fieldSeq:
			f.lead.seq = v
		}
	}
	if length < 0 {
		return frame{}
	}
	f.size = f.body + int(length)
	return f
}
