package framing

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"hash"
	"sync"

	"google.golang.org/protobuf/encoding/protowire"
)

// Hash is an hmac_hash_function: how a frame is signed.
type Hash uint32

// The known hash functions by their number in the header. SHA256 and Ed25519
// are extensions that old peers refuse. An Ed25519 "hmac" is a signature of 64
// bytes over the body.
const (
	MD5     Hash = 0
	SHA1    Hash = 1
	SHA256  Hash = 2
	Ed25519 Hash = 3
)

// String returns the name by which configurations select h.
func (h Hash) String() string {
	switch h {
	case MD5:
		return "md5"
	case SHA1:
		return "sha1"
	case SHA256:
		return "sha256"
	case Ed25519:
		return "ed25519"
	}
	return fmt.Sprintf("hash function %d", uint32(h))
}

// HashByName returns the function that the option hmac_hash selects. A name
// that is not known, and that includes upper-case ones, means MD5 as it did in
// Heka 0.10; known is then false so that the caller can warn.
func HashByName(name string) (h Hash, known bool) {
	for h := MD5; h <= Ed25519; h++ {
		if name == h.String() {
			return h, true
		}
	}
	return MD5, false
}

// size is the length of h's signature in bytes; 0 if h is not known.
func (h Hash) size() int {
	switch h {
	case MD5:
		return md5.Size
	case SHA1:
		return sha1.Size
	case SHA256:
		return sha256.Size
	case Ed25519:
		return ed25519.SignatureSize
	}
	return 0
}

// Signer signs frames with one key. It is safe for concurrent use.
type Signer struct {
	name    string
	version uint32
	hash    Hash
	macs    *macPool           // for HMAC
	private ed25519.PrivateKey // for Ed25519
}

// NewSigner returns a signer. For the HMAC functions key is the shared secret
// and may be empty; for Ed25519 it is the private key, either its seed of 32
// bytes or all 64. The bytes of key are copied.
func NewSigner(name string, version uint32, hash Hash, key []byte) (*Signer, error) {
	s := &Signer{name: name, version: version, hash: hash}
	switch {
	case hash < Ed25519:
		s.macs = newMACPool(key)
	case hash != Ed25519:
		return nil, fmt.Errorf("signer %q: %v is not known", name, hash)
	case len(key) == ed25519.SeedSize:
		s.private = ed25519.NewKeyFromSeed(key)
	case len(key) == ed25519.PrivateKeySize:
		s.private = ed25519.NewKeyFromSeed(key[:ed25519.SeedSize])
	default:
		return nil, fmt.Errorf("signer %q: a private key for ed25519 has %d or %d bytes, not %d",
			name, ed25519.SeedSize, ed25519.PrivateKeySize, len(key))
	}
	return s, nil
}

// Append appends body to dst as a signed frame. On error, which is a *BodyError
// or a *HeaderSizeError, dst comes back as it was.
func (s *Signer) Append(dst, body []byte, maxBody int) ([]byte, error) {
	if len(body) > maxBody {
		return dst, &BodyError{Size: len(body), Max: maxBody}
	}
	size := s.headerLen(len(body))
	if size > MaxHeader {
		return dst, &HeaderSizeError{Size: size}
	}
	dst = append(dst, RecordSeparator, byte(size), tagLength)
	dst = protowire.AppendVarint(dst, uint64(len(body)))
	if s.hash != MD5 {
		dst = append(dst, tagHash, byte(s.hash))
	}
	dst = append(dst, tagSigner)
	dst = protowire.AppendString(dst, s.name)
	dst = append(dst, tagVersion)
	dst = protowire.AppendVarint(dst, uint64(s.version))
	dst = append(dst, tagMAC, byte(s.hash.size()))
	if s.hash == Ed25519 {
		dst = append(dst, ed25519.Sign(s.private, body)...)
	} else {
		dst = s.macs.appendSum(dst, s.hash, body)
	}
	dst = append(dst, UnitSeparator)
	return append(dst, body...), nil
}

// headerLen is the length of the header for a body of size bytes.
func (s *Signer) headerLen(size int) int {
	n := 1 + protowire.SizeVarint(uint64(size))
	if s.hash != MD5 {
		n += 2
	}
	n += 1 + protowire.SizeBytes(len(s.name))
	n += 1 + protowire.SizeVarint(uint64(s.version))
	return n + 2 + s.hash.size()
}

// macPool lends HMAC states of one secret, so that signing and verifying do not
// schedule the key anew for every record. It is safe for concurrent use.
type macPool struct {
	states [Ed25519]sync.Pool // of *macState, by HMAC function
}

type macState struct {
	hash.Hash
	sum [sha256.Size]byte // room for the result, so that it needs no allocation
}

func newMACPool(secret []byte) *macPool {
	secret = append([]byte(nil), secret...)
	p := new(macPool)
	for h, newHash := range map[Hash]func() hash.Hash{MD5: md5.New, SHA1: sha1.New, SHA256: sha256.New} {
		p.states[h].New = func() any { return &macState{Hash: hmac.New(newHash, secret)} }
	}
	return p
}

// appendSum appends the MAC of body under h, which must be an HMAC function.
func (p *macPool) appendSum(dst []byte, h Hash, body []byte) []byte {
	s := p.states[h].Get().(*macState)
	defer p.states[h].Put(s)
	return append(dst, s.of(body)...)
}

// verify reports, in constant time, whether mac is the MAC of body under h,
// which must be an HMAC function.
func (p *macPool) verify(h Hash, body, mac []byte) bool {
	s := p.states[h].Get().(*macState)
	defer p.states[h].Put(s)
	return hmac.Equal(s.of(body), mac)
}

// of returns the MAC of body, which is valid until the next call.
func (s *macState) of(body []byte) []byte {
	s.Reset()
	s.Write(body)
	return s.Sum(s.sum[:0])
}
