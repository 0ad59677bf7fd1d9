package framing_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/hex"
	"errors"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/framing"
)

func TestSignedVectors(t *testing.T) {
	text, err := os.ReadFile("testdata/signed.txt")
	if err != nil {
		t.Fatal(err)
	}
	cases := regexp.MustCompile(`(?m)^(\w+) (\d+) (\w+) "(.*)" (\w+)\n\t(.*)$`).FindAllStringSubmatch(string(text), -1)
	if len(cases) != 4 {
		t.Fatalf("%d cases", len(cases))
	}
	for _, c := range cases {
		name, secret := c[1], []byte(c[4])
		version, _ := strconv.ParseUint(c[2], 10, 32)
		hash, known := framing.HashByName(c[3])
		if !known {
			t.Fatalf("hash %q", c[3])
		}
		body := unhex(t, c[5])
		want := append(unhex(t, c[6]), body...)
		signer, err := framing.NewSigner(name, uint32(version), hash, secret)
		if err != nil {
			t.Fatal(err)
		}
		got, err := signer.Append(nil, body, framing.DefaultMaxBody)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%v:\n got % x, %v\nwant % x", c[1:5], got, err, want)
		}
		keys := framing.NewKeys(map[string]framing.Key{name + "_" + c[2]: framing.SecretKey(secret)})
		if got, err := keys.Verify(frameOf(t, want)); got != name || err != nil {
			t.Errorf("%v: verified as %q, %v", c[1:5], got, err)
		}
	}
}

// The peer wrote the default hash function out.
func TestExplicitMD5IsVerified(t *testing.T) {
	frame := unhex(t, "1e 1d 08 17 18 00 22 03 6f 70 73 28 01 32 10 e5 af 8c a7 dd 23 94 ec 45 ac 6e 00 cd 44 f3 f5 1f"+
		"0a 10 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 01 1a 01 74")
	keys := framing.NewKeys(map[string]framing.Key{"ops_1": framing.SecretKey([]byte("testkey"))})
	if got, err := keys.Verify(frameOf(t, frame)); got != "ops" || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestEveryHashSignsAndVerifies(t *testing.T) {
	seed := bytes.Repeat([]byte{7}, ed25519.SeedSize)
	public, err := framing.PublicKey(publicOf(seed))
	if err != nil {
		t.Fatal(err)
	}
	keys := framing.NewKeys(map[string]framing.Key{"a_3": framing.SecretKey(seed), "pub_3": public})
	for _, hash := range []framing.Hash{framing.MD5, framing.SHA1, framing.SHA256, framing.Ed25519} {
		name := "a"
		if hash == framing.Ed25519 {
			name = "pub"
		}
		signer, err := framing.NewSigner(name, 3, hash, seed)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 { // states of the key are used again
			out, err := signer.Append(nil, []byte("body"), 100)
			if err != nil {
				t.Fatal(err)
			}
			f := frameOf(t, out)
			if got, err := keys.Verify(f); got != name || err != nil {
				t.Errorf("%v: got %q, %v", hash, got, err)
			}
			f[len(f)-1] ^= 1
			if got, err := keys.Verify(f); got != "" || err != framing.ErrSignature {
				t.Errorf("%v, body changed: got %q, %v", hash, got, err)
			}
		}
	}
}

func TestVerifyRefusals(t *testing.T) {
	public, err := framing.PublicKey(make([]byte, ed25519.PublicKeySize))
	if err != nil {
		t.Fatal(err)
	}
	keys := framing.NewKeys(map[string]framing.Key{
		"ops_1":  framing.SecretKey([]byte("testkey")),
		"pub_1":  public,
		"ops_01": framing.SecretKey([]byte("other")),
	})
	const mac = " 32 10 e5 af 8c a7 dd 23 94 ec 45 ac 6e 00 cd 44 f3 f5"
	const body = "0a 10 00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f 10 01 1a 01 74"
	f := func(keys *framing.Keys, header, wantSigner string, want error) {
		t.Helper()
		head := unhex(t, header)
		frame := append([]byte{0x1E, byte(len(head))}, head...)
		frame = append(append(frame, 0x1F), unhex(t, body)...)
		got, err := keys.Verify(frameOf(t, frame))
		if got != wantSigner || !errors.Is(err, want) {
			t.Errorf("%s: got %q, %v; want %q, %v", header, got, err, wantSigner, want)
		}
	}
	f(keys, "08 17 22 03 6f 70 73 28 01"+mac, "ops", nil)
	// no signature: passes, and is nobody's, whatever it claims
	f(keys, "08 17", "", nil)
	f(keys, "08 17 22 03 6f 70 73 28 01", "", nil)
	f(keys, "08 17 22 03 6f 70 73 28 01 3a 08 00 00 00 00 00 00 00 00", "", nil)
	f(nil, "08 17 22 03 6f 70 73 28 01 3a 08 00 00 00 00 00 00 00 00", "", nil)
	// a frame of up to 16 bytes in front of the body is too short to be signed
	f(keys, "08 17 22 03 6f 70 73 28 01 32 00", "", nil)
	f(keys, "08 17 22 03 6f 70 73 28 81 80 00 32 00", "", nil)
	f(keys, "08 17 22 03 6f 70 73 28 81 80 80 00 32 00", "", framing.ErrSignature)
	// unknown signer, version, hash function
	f(keys, "08 17 22 03 6f 70 74 28 01"+mac, "", framing.ErrUnknownKey)
	f(keys, "08 17 22 03 6f 70 73 28 0b"+mac, "", framing.ErrUnknownKey)
	f(keys, "08 17 22 03 6f 70 73"+mac, "", framing.ErrUnknownKey)
	f(keys, "08 17"+mac, "", framing.ErrUnknownKey)
	f(nil, "08 17 22 03 6f 70 73 28 01"+mac, "", framing.ErrUnknownKey)
	f(keys, "08 17 18 04 22 03 6f 70 73 28 01"+mac, "", framing.ErrHash)
	f(keys, "08 17 18 ff ff ff ff ff ff ff ff ff 01 22 03 6f 70 73 28 01"+mac, "", framing.ErrHash)
	// right key, other function or other bytes
	f(keys, "08 17 18 01 22 03 6f 70 73 28 01"+mac, "", framing.ErrSignature)
	f(keys, "08 17 18 02 22 03 6f 70 73 28 01"+mac, "", framing.ErrSignature)
	f(keys, "08 17 22 03 6f 70 73 28 01 32 0f e5 af 8c a7 dd 23 94 ec 45 ac 6e 00 cd 44 f3", "", framing.ErrSignature)
	// a public key is no shared secret and the other way round
	f(keys, "08 17 22 03 70 75 62 28 01"+mac, "", framing.ErrHash)
	f(keys, "08 17 18 03 22 03 6f 70 73 28 01"+mac, "", framing.ErrHash)
	f(keys, "08 17 18 03 22 03 70 75 62 28 01"+mac, "", framing.ErrSignature)
}

func TestVerifyOtherKeyOrBody(t *testing.T) {
	signer, err := framing.NewSigner("ops", 1, framing.SHA256, []byte("testkey"))
	if err != nil {
		t.Fatal(err)
	}
	out, err := signer.Append(nil, []byte("body"), 100)
	if err != nil {
		t.Fatal(err)
	}
	keys := framing.NewKeys(map[string]framing.Key{"ops_1": framing.SecretKey([]byte("testkez"))})
	if _, err := keys.Verify(frameOf(t, out)); err != framing.ErrSignature {
		t.Errorf("other key: %v", err)
	}
}

func TestSplitKeyName(t *testing.T) {
	f := func(name, signer string, ok bool) {
		t.Helper()
		if got, gotOK := framing.SplitKeyName(name); got != signer || gotOK != ok {
			t.Errorf("%q: got %q, %v", name, got, gotOK)
		}
	}
	f("ops_0", "ops", true)
	f("a_b_4294967295", "a_b", true)
	f("_1", "", true)
	f("ops", "", false)
	f("ops_", "", false)
	f("ops_01", "", false)
	f("ops_-1", "", false)
	f("ops_4294967296", "", false)
}

func TestSignerRefusals(t *testing.T) {
	signer, err := framing.NewSigner(strings.Repeat("n", 255), 0, framing.MD5, nil)
	if err != nil {
		t.Fatal(err)
	}
	dst, err := signer.Append([]byte("kept"), make([]byte, 16), 100)
	if err == nil || err.Error() != "Message header too big, requires 280 (MAX_HEADER_SIZE = 255)" || string(dst) != "kept" {
		t.Errorf("got %q, %v", dst, err)
	}
	if _, err := framing.NewSigner("a", 0, framing.Ed25519, []byte("short")); err == nil {
		t.Error("short private key accepted")
	}
	if _, err := framing.NewSigner("a", 0, 4, nil); err == nil {
		t.Error("unknown hash function accepted")
	}
	if _, err := framing.PublicKey([]byte("short")); err == nil {
		t.Error("short public key accepted")
	}
}

func TestHashByName(t *testing.T) {
	f := func(name string, want framing.Hash, known bool) {
		t.Helper()
		if got, ok := framing.HashByName(name); got != want || ok != known {
			t.Errorf("%q: got %v, %v", name, got, ok)
		}
	}
	f("md5", framing.MD5, true)
	f("sha1", framing.SHA1, true)
	f("sha256", framing.SHA256, true)
	f("ed25519", framing.Ed25519, true)
	f("SHA1", framing.MD5, false)
	f("", framing.MD5, false)
}

// frameOf returns the one frame that data consists of.
func frameOf(t *testing.T, data []byte) framing.Frame {
	t.Helper()
	advance, frame, problem := framing.Next(data, framing.DefaultMaxBody, true)
	if frame == nil || advance != len(data) || len(frame) != len(data) {
		t.Fatalf("no frame in % x: %v", data, problem)
	}
	return frame
}

func unhex(t *testing.T, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(text, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func publicOf(seed []byte) []byte {
	return ed25519.NewKeyFromSeed(seed).Public().(ed25519.PublicKey)
}
