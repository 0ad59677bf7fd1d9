package logstream

import (
	"encoding/binary"
	"encoding/hex"
	"io"
	"os"
)

// A progress file lies beside a position file and says how far the stream has
// come since that was written, as long as it is in the same file. It is written
// in place, without the expense of a sync and a rename: what it says outlives the
// process but perhaps not the system, after whose end the position file counts.
//
// It has two slots, at the offsets 0 and slotDistance, that are written in turns,
// so that one is whole whenever the system ends. Numbers are little-endian:
//
//	offset  size
//	     0     4  "HKat"
//	     4     2  version, 1
//	     6     2  head_size
//	     8     4  checksum of the position file that it belongs to
//	    12     8  seek
//	    20    20  last_hash; all zero if it is not known
//	    40    20  head_hash
//	    60     4  CRC-32C of all before
const (
	slotMagic    = "HKat"
	slotVersion  = 1
	slotSize     = 64
	slotDistance = 512 // a sector, the unit in which disks write
)

// appendSlot appends the slot of a position whose position file has the given
// checksum.
func appendSlot(dst []byte, p *Position, base uint32) []byte {
	from := len(dst)
	dst = append(dst, slotMagic...)
	dst = binary.LittleEndian.AppendUint16(dst, slotVersion)
	dst = binary.LittleEndian.AppendUint16(dst, uint16(p.HeadSize))
	dst = binary.LittleEndian.AppendUint32(dst, base)
	dst = binary.LittleEndian.AppendUint64(dst, uint64(p.Seek))
	dst = appendHash(dst, p.LastHash)
	dst = appendHash(dst, p.HeadHash)
	return binary.LittleEndian.AppendUint32(dst, checksum(dst[from:]))
}

const hashSize = 20

func appendHash(dst []byte, text string) []byte {
	if len(text) != 2*hashSize {
		return append(dst, make([]byte, hashSize)...)
	}
	dst, err := hex.AppendDecode(dst, []byte(text))
	if err != nil {
		panic("logstream: a hash is not hexadecimal: " + text)
	}
	return dst
}

func hashText(b []byte) string {
	if [hashSize]byte(b) == ([hashSize]byte{}) {
		return ""
	}
	return hex.EncodeToString(b)
}

// readSlots returns base brought forward by a progress file, if that belongs to
// it; sum is the checksum of base.
func readSlots(r io.Reader, base Position, sum uint32) Position {
	var b [slotDistance + slotSize]byte
	n, err := io.ReadFull(r, b[:])
	if err != nil && err != io.ErrUnexpectedEOF {
		return base
	}
	latest := base
	for at := 0; at+slotSize <= n; at += slotDistance {
		if p, ok := parseSlot(b[at:at+slotSize], base, sum); ok && p.Seek > latest.Seek {
			latest = p
		}
	}
	return latest
}

func parseSlot(b []byte, base Position, sum uint32) (Position, bool) {
	le := binary.LittleEndian
	if string(b[:4]) != slotMagic || le.Uint16(b[4:]) != slotVersion || le.Uint32(b[8:]) != sum ||
		le.Uint32(b[60:]) != checksum(b[:60]) {
		return base, false
	}
	p := base
	p.HeadSize = int(le.Uint16(b[6:]))
	p.Seek = int64(le.Uint64(b[12:]))
	p.LastHash, p.HeadHash = hashText(b[20:40]), hashText(b[40:60])
	if base.Seek == 0 {
		p.After = nil
	}
	return p, p.check() == nil
}

// loadProgress brings a position forward by the progress file beside its file.
func loadProgress(root *os.Root, name string, base Position, sum uint32) Position {
	f, err := root.Open(name + progressSuffix)
	if err != nil {
		return base // it is only there while a stream is read
	}
	defer f.Close()
	return readSlots(f, base, sum)
}
