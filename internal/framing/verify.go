package framing

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Reasons for which Verify refuses a frame, apart from a HeaderError.
var (
	// ErrUnknownKey is a signature by a signer and version that has no key.
	ErrUnknownKey = errors.New("signed with an unknown key")
	// ErrHash is a hash function that is not known or not meant for the key.
	ErrHash = errors.New("signed with a hash function that is unknown or not meant for the key")
	// ErrSignature is a signature that does not fit the body.
	ErrSignature = errors.New("wrong signature")
)

// Key verifies the signatures of one signer and key version. Each kind of key
// accepts its own hash functions alone: a public key, which anybody may know,
// is never taken for a shared secret.
type Key struct {
	macs   *macPool
	public ed25519.PublicKey
}

// SecretKey returns the key for MD5, SHA1 and SHA256 signatures made with
// secret, which may be empty and is copied.
func SecretKey(secret []byte) Key { return Key{macs: newMACPool(secret)} }

// PublicKey returns the key for Ed25519 signatures. The 32 bytes of public are
// copied.
func PublicKey(public []byte) (Key, error) {
	if len(public) != ed25519.PublicKeySize {
		return Key{}, fmt.Errorf("a public key for ed25519 has %d bytes, not %d", ed25519.PublicKeySize, len(public))
	}
	return Key{public: append(ed25519.PublicKey(nil), public...)}, nil
}

// Keys verifies signatures. The nil value has no keys and refuses every
// signature. It is safe for concurrent use.
type Keys struct {
	entries map[string]keyEntry
}

type keyEntry struct {
	Key
	signer string
}

// NewKeys returns the given keys, which are named <signer>_<version> with the
// version in decimal, like the signer sections of a HekaFramingSplitter.
func NewKeys(keys map[string]Key) *Keys {
	k := &Keys{entries: make(map[string]keyEntry, len(keys))}
	for name, key := range keys {
		if signer, ok := SplitKeyName(name); ok {
			k.entries[name] = keyEntry{Key: key, signer: signer}
		}
	}
	return k
}

// SplitKeyName returns the signer in a key name of the form <signer>_<version>.
// With any other name, such as "ops" or "ops_01", ok is false: no header can
// refer to that key, so it is worth a warning and otherwise without effect.
func SplitKeyName(name string) (signer string, ok bool) {
	i := strings.LastIndexByte(name, '_')
	if i < 0 {
		return "", false
	}
	v, err := strconv.ParseUint(name[i+1:], 10, 32)
	if err != nil || strconv.FormatUint(v, 10) != name[i+1:] {
		return "", false
	}
	return name[:i], true
}

// shortestSigned is the length in front of the body (header and separators) up
// to which a frame is too short to be signed and passes as unsigned.
const shortestSigned = 16

// Verify authenticates a frame. An unsigned frame passes with an empty signer,
// whatever its header claims; signer is the name of the key only when a
// signature was present and is right. A frame to be dropped gives ErrUnknownKey,
// ErrHash, ErrSignature or a HeaderError, none of which allocates. Signatures are
// compared in constant time.
func (k *Keys) Verify(f Frame) (signer string, err error) {
	if int(f[1])+3 <= shortestSigned {
		return "", nil
	}
	h, err := f.Header()
	if err != nil {
		return "", err
	}
	if h.MAC == nil {
		return "", nil
	}
	key, ok := k.find(h.Signer, h.Version)
	if !ok {
		return "", ErrUnknownKey
	}
	switch {
	case h.Hash == Ed25519 && key.public != nil:
		if !ed25519.Verify(key.public, f.Body(), h.MAC) {
			return "", ErrSignature
		}
	case h.Hash < Ed25519 && key.macs != nil:
		if !key.macs.verify(h.Hash, f.Body(), h.MAC) {
			return "", ErrSignature
		}
	default:
		return "", ErrHash
	}
	return key.signer, nil
}

func (k *Keys) find(signer []byte, version uint32) (keyEntry, bool) {
	if k == nil {
		return keyEntry{}, false
	}
	var buf [MaxHeader + 11]byte
	name := append(buf[:0], signer...)
	name = append(name, '_')
	name = strconv.AppendUint(name, uint64(version), 10)
	e, ok := k.entries[string(name)]
	return e, ok
}
