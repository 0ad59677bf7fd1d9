package split_test

import (
	"bytes"
	"crypto/ed25519"
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/plugin"
)

// messageHex is M of the splitter vectors.
const messageHex = "0a10000102030405060708090a0b0c0d0e0f10011a0174"

const (
	md5Head     = "1e1d081718002203 6f7073 280132 10 e5af8ca7dd2394ec45ac6e00cd44f3f5 1f"
	sha1Head    = "1e21081718012203 6f7073 280132 14 b36c75e524b18cf1e483dffabec806aba35e7a42 1f"
	version11   = "1e1d081718002203 6f7073 280b32 10 e5af8ca7dd2394ec45ac6e00cd44f3f5 1f"
	unknownHash = "1e1d081718072203 6f7073 280132 10 e5af8ca7dd2394ec45ac6e00cd44f3f5 1f"
	noMAC       = "1e0e081718002206 6f70736f7073 2801 1f"
	plainHead   = "1e0208171f"
)

func TestFramingVerifiesSignatures(t *testing.T) {
	key := func(section, key string) map[string]any {
		return map[string]any{"signer": map[string]any{section: map[string]any{"hmac_key": key}}}
	}
	ops := key("ops_1", "testkey")
	body := unhex(t, messageHex)
	changed := bytes.Clone(body)
	changed[len(changed)-1] = 'u'

	f := func(name string, options map[string]any, head string, body []byte, wantSigner, wantRefusal string) {
		t.Helper()
		s := mustBuild(t, "HekaFramingSplitter", options)
		stream := append(unhex(t, head), body...)
		got := drive(t, s, [][]byte{stream})
		if len(got.records) != 1 || !bytes.Equal(got.records[0], stream) {
			t.Fatalf("%s: records %x", name, got.records)
		}
		b, signer, err := s.(plugin.Unframer).Unframe(got.records[0])
		reason, _ := plugin.RefusedReason(err)
		if reason != wantRefusal {
			t.Errorf("%s: error %v, refused for %q, want %q", name, err, reason, wantRefusal)
		}
		if signer != wantSigner {
			t.Errorf("%s: signer %q, want %q", name, signer, wantSigner)
		}
		if err == nil && !bytes.Equal(b, body) {
			t.Errorf("%s: body %x", name, b)
		}
	}
	f("md5", ops, md5Head, body, "ops", "")
	f("sha1", ops, sha1Head, body, "ops", "")
	f("other version", ops, version11, body, "", "signature")
	f("other key", key("ops_1", "x"), md5Head, body, "", "signature")
	f("changed message", ops, md5Head, changed, "", "signature")
	f("unknown hash", ops, unknownHash, body, "", "signature")
	f("no keys at all", nil, md5Head, body, "", "signature")
	f("unsigned", ops, plainHead, body, "", "")
	f("signer without mac is not signed", ops, noMAC, body, "", "")
	f("section without version", key("ops", "testkey"), md5Head, body, "", "signature")
	f("skip", map[string]any{"skip_authentication": true}, md5Head, changed, "", "")
}

func TestFramingVerifiesEd25519(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := framing.NewSigner("ops", 3, framing.Ed25519, private)
	if err != nil {
		t.Fatal(err)
	}
	record, err := signer.Append(nil, []byte("hello"), 1024)
	if err != nil {
		t.Fatal(err)
	}
	options := func(public string) map[string]any {
		return map[string]any{"signer": map[string]any{"ops_3": map[string]any{"public_key": public}}}
	}
	s := mustBuild(t, "HekaFramingSplitter", options(base64.StdEncoding.EncodeToString(public)))
	if body, name, err := s.(plugin.Unframer).Unframe(record); err != nil || name != "ops" || string(body) != "hello" {
		t.Errorf("%q by %q, %v", body, name, err)
	}
	for _, bad := range []string{"AAAA", "not base64"} {
		if _, err := build(t, "HekaFramingSplitter", options(bad)); err == nil || !strings.HasPrefix(err.Error(), "signer.ops_3: ") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestFramingRefusesIncompleteRecords(t *testing.T) {
	s := mustBuild(t, "HekaFramingSplitter", nil).(plugin.Unframer)
	whole := unhex(t, plainHead+messageHex)
	for n := range whole {
		if _, _, err := s.Unframe(whole[:n]); err == nil {
			t.Errorf("%d of %d bytes pass", n, len(whole))
		}
	}
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}
