package message

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"strings"

	crand "crypto/rand"
)

// UUID is the identity of a message: 16 bytes, RFC 4122 version 4.
type UUID [16]byte

const hexDigits = "0123456789abcdef"

// AppendText appends the lower-case form 8-4-4-4-12 to dst.
func (u UUID) AppendText(dst []byte) ([]byte, error) {
	for i, b := range u {
		if i == 4 || i == 6 || i == 8 || i == 10 {
			dst = append(dst, '-')
		}
		dst = append(dst, hexDigits[b>>4], hexDigits[b&15])
	}
	return dst, nil
}

// String is the lower-case form 8-4-4-4-12.
func (u UUID) String() string {
	b, _ := u.AppendText(make([]byte, 0, 36))
	return string(b)
}

var errUUID = errors.New("Invalid UUID string.")

// ParseUUID reads a UUID from text. A text of exactly 16 bytes is taken as the
// raw value; otherwise it must be xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx in either
// case, optionally behind "urn:uuid:".
func ParseUUID(s string) (UUID, error) {
	var u UUID
	if len(s) == 16 {
		copy(u[:], s)
		return u, nil
	}
	s = strings.TrimPrefix(s, "urn:uuid:")
	if len(s) != 36 || s[8] != '-' || s[13] != '-' || s[18] != '-' || s[23] != '-' {
		return u, errUUID
	}
	digits := s[0:8] + s[9:13] + s[14:18] + s[19:23] + s[24:36]
	if _, err := hex.Decode(u[:], []byte(digits)); err != nil {
		return UUID{}, errUUID
	}
	return u, nil
}

// UUIDFrom makes a UUID of raw bytes: fewer than 16 are padded with zeros, more
// are cut.
func UUIDFrom(raw string) UUID {
	var u UUID
	copy(u[:], raw)
	return u
}

// UUIDSource makes random UUIDs from a ChaCha8 stream seeded by the operating
// system. It is not safe for concurrent use: every goroutine that creates
// messages owns one.
type UUIDSource struct {
	rng *rand.ChaCha8
}

// NewUUIDSource returns a source with a fresh seed.
func NewUUIDSource() *UUIDSource {
	var seed [32]byte
	crand.Read(seed[:]) // never fails: it ends the program when there is no entropy
	return &UUIDSource{rng: rand.NewChaCha8(seed)}
}

// New returns a version 4 UUID.
//
// hot: once per message that an input makes; allocates nothing.
func (s *UUIDSource) New() UUID {
	var u UUID
	binary.LittleEndian.PutUint64(u[:8], s.rng.Uint64())
	binary.LittleEndian.PutUint64(u[8:], s.rng.Uint64())
	u[6] = u[6]&0x0f | 0x40
	u[8] = u[8]&0x3f | 0x80
	return u
}
