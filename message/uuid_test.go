package message_test

import (
	"strings"
	"testing"

	"github.com/hekad/heka/message"
)

func TestParseUUID(t *testing.T) {
	const text = "72de6a05-1b99-4a88-84c2-90797624c68f"
	f := func(in, want string) {
		t.Helper()
		u, err := message.ParseUUID(in)
		if want == "" {
			if err == nil || err.Error() != "Invalid UUID string." || u != (message.UUID{}) {
				t.Errorf("%q: %v, %v", in, u, err)
			}
			return
		}
		if err != nil || u.String() != want {
			t.Errorf("%q: %v, %v", in, u, err)
		}
	}
	f(text, text)
	f(strings.ToUpper(text), text)
	f("urn:uuid:"+text, text)
	f("0123456789abcdef", "30313233-3435-3637-3839-616263646566") // 16 raw bytes
	f("", "")
	f("{"+text+"}", "")
	f(strings.ReplaceAll(text, "-", ""), "")
	f("URN:UUID:"+text, "")
	f(text+"0", "")
	f(text[1:], "")
	f("72de6a05-1b99-4a88-84c2-90797624c68g", "")
	f("72de6a051-b99-4a88-84c2-90797624c68f", "")
}

func TestUUIDFromPadsAndCuts(t *testing.T) {
	same(t, "short", message.UUIDFrom("\x01\x02").String(), "01020000-0000-0000-0000-000000000000")
	same(t, "long", message.UUIDFrom("0123456789abcdefgh").String(), "30313233-3435-3637-3839-616263646566")
}

func TestNewUUIDsAreRandomAndOfVersion4(t *testing.T) {
	seen := map[message.UUID]bool{}
	a, b := message.NewUUIDSource(), message.NewUUIDSource()
	for range 1000 {
		for _, u := range []message.UUID{a.New(), b.New()} {
			if seen[u] {
				t.Fatalf("%v came twice", u)
			}
			seen[u] = true
			text := u.String()
			if text[14] != '4' || !strings.ContainsRune("89ab", rune(text[19])) {
				t.Fatalf("%s is not of version 4", text)
			}
			if back, err := message.ParseUUID(text); err != nil || back != u {
				t.Fatalf("%s reads back as %v, %v", text, back, err)
			}
		}
	}
}
