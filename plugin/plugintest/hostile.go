package plugintest

import (
	"math"
	"math/rand/v2"
	"strings"

	"github.com/hekad/heka/message"
)

// newRand is a source that is the same in every run.
func newRand() *rand.Rand { return rand.New(rand.NewPCG(0x68656b61, 11)) }

// hostileTexts are what a peer may send that means no good, or no sense.
func hostileTexts(r *rand.Rand) []string {
	texts := []string{
		"", " ", "\n", "\x00", "\xff", "\x1e", "\x1e\x00\x1f", "\x1e\x02\x08\x7f\x1f",
		"\r\n\r\n", "\xef\xbb\xbf", "\xed\xa0\x80", "\xc0\x80", "é", "\u2028\u2029", "\U0010ffff",
		"%", "%%", "%{", "%{}", "%{Type}", "%ENV[X]", "%s%n%!d", "${jndi:x}", "../../etc/passwd", "a\x00b",
		"{", "[", "}", "[]", "{}", `{"a":`, `{"a":{"a":{"a":null}}}`, `"\ud800"`, "<?xml", "<a><b>", "key=", "=value",
		"a=1 b=\"2\" c='3", "|", "a|b|c", "a.b.c 1 1", "a:1|c|@0", "-", "-1", "1e999", "NaN", "0x", "9223372036854775808",
		"<34>1 2003-10-11T22:14:15.003Z host app - ID47 - text", "<999999999999>", "<>",
		`127.0.0.1 - - [10/Feb/2014:08:46:41 -0800] "GET / HTTP/1.1" 200 1`,
		"\x0a\x10", "\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", "\x52\x02\x0a\x00", "\x10\x01\x1a\x01t",
		strings.Repeat("(", 500), strings.Repeat("[", 500), strings.Repeat("{\"a\":", 500), strings.Repeat("[", 60_000), strings.Repeat("a", 5000),
		strings.Repeat("\n", 300), strings.Repeat("\x1e", 300), strings.Repeat("\xff", 300), strings.Repeat("é", 300),
		strings.Repeat("a b\tc\n", 300), strings.Repeat("\x1e\x00", 300),
		strings.Repeat("\x1e\x02\x08\x01\x1fx", 50),
	}
	alphabets := []string{"", "\n", "ab\n", "\x1e\x1f\x02\x08\x00x", "{}[]\":,0a\\", "<>&=' \"\n", " \t\n%@|.:0", "\xc3\xa9\xff\n"}
	for i := range 64 {
		b := make([]byte, r.IntN(300))
		for k := range b {
			if a := alphabets[i%len(alphabets)]; a != "" {
				b[k] = a[r.IntN(len(a))]
			} else {
				b[k] = byte(r.Uint32())
			}
		}
		texts = append(texts, string(b))
	}
	return texts
}

// hostileMessages are messages with every text in every place, with fields of
// all types and sizes, and with nothing at all. Every other one remembers its
// encoded form, as messages from the network do.
func hostileMessages(r *rand.Rand) []*message.Message {
	texts := hostileTexts(r)
	all := []*message.Message{message.New(), numbers(math.MinInt64, math.MinInt32, math.Inf(-1)),
		numbers(math.MaxInt64, math.MaxInt32, math.NaN()), numbers(0, 0, math.Copysign(0, -1)), crowd()}
	for i, text := range texts {
		other := texts[r.IntN(len(texts))]
		m := message.New()
		m.SetUUID(message.UUIDFrom(text))
		m.SetTimestamp(int64(r.Uint64()))
		m.SetType(text)
		m.SetLogger(other)
		m.SetPayload(text)
		m.SetHostname(text)
		m.SetEnvVersion(other)
		m.AddString(text, other)
		m.AddString(other, text)
		b := m.AddField("bytes", text, message.Bytes)
		b.AddBytes([]byte(text))
		b.AddBytes(nil)
		all = append(all, m)
		if i%4 == 0 {
			bare := message.New()
			bare.SetPayload(text)
			all = append(all, bare)
		}
	}
	for _, m := range all[:len(all):len(all)] {
		twin := message.New()
		if err := twin.Parse(m.AppendWire(nil)); err == nil {
			all = append(all, twin)
		}
	}
	return all
}

// numbers is a message with numbers at the ends of their ranges.
func numbers(long int64, short int32, double float64) *message.Message {
	m := message.New()
	m.SetTimestamp(long)
	m.SetSeverity(short)
	m.SetPid(short)
	m.AddInteger("", long, "")
	m.AddDouble("", double, "")
	m.AddDouble("double", double, "s")
	m.AddBool("", long > 0)
	f := m.AddField("many", "count", message.Integer)
	for range 20 {
		f.AddInteger(long)
	}
	for _, t := range []message.ValueType{message.String, message.Bytes, message.Integer, message.Double, message.Bool} {
		m.AddField("none", "", t)
	}
	return m
}

// crowd is a message with many fields of one name.
func crowd() *message.Message {
	m := message.New()
	for i := range 300 {
		m.AddString("a.b", strings.Repeat("x", i))
	}
	return m
}
