package flood

import (
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"time"

	"github.com/hekad/heka/internal/client"
	"github.com/hekad/heka/message"
)

const (
	messageType = "hekabench"
	// variants is how many messages a test with variable sizes chooses from.
	variants = 64
	// fillerUnit is what sizes of the filler are multiples of, in bytes.
	fillerUnit = 1024
	fillerMost = 60 // units, not included
)

// messages makes the frames of one sender.
type messages struct {
	random    *rand.Rand
	uuids     *message.UUIDSource
	fresh     bool // every message has its own Uuid and Timestamp
	plain     []*message.Message
	oversized []*message.Message

	sign, long, damage share
	framer             client.Framer // unsigned
	signer             client.Framer
	unlimited          client.Framer
	body               []byte
	counts             Kinds
}

// Kinds counts the messages that something was done to.
type Kinds struct {
	Signed    uint64 `json:"signed"`
	Oversized uint64 `json:"oversized"`
	Corrupted uint64 `json:"corrupted"`
}

func newMessages(t *Test, log *slog.Logger, seed uint64) (*messages, error) {
	m := &messages{
		random: rand.New(rand.NewPCG(seed, 0)), uuids: message.NewUUIDSource(), fresh: !t.FixedCopy,
		sign: share{percent: t.SignedPercentage}, long: share{percent: t.OversizedPercentage}, damage: share{percent: t.CorruptPercentage},
	}
	unsigned := client.SignerOptions{}
	var err error
	if m.framer, err = unsigned.Framer(t.maxMessage(), log); err != nil {
		return nil, err
	}
	const noLimit = 1 << 31
	if m.unlimited, err = unsigned.Framer(noLimit, log); err != nil {
		return nil, err
	}
	if m.signer, err = t.Signer.Framer(t.maxMessage(), log); err != nil {
		return nil, err
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	if !t.VariableSizeMessages {
		msg := m.base(host, t.staticSize(), t.ASCIIOnly)
		msg.SetSeverity(6)
		msg.SetEnvVersion("0.8")
		m.plain = append(m.plain, msg)
		return m, nil
	}
	sizes := []int{0, fillerUnit, 2 * fillerUnit}
	for i := range variants {
		m.plain = append(m.plain, m.variable(host, sizes[i%len(sizes)], t.ASCIIOnly))
		if t.OversizedPercentage > 0 {
			m.oversized = append(m.oversized, m.variable(host, t.maxMessage()+sizes[i%len(sizes)], t.ASCIIOnly))
		}
	}
	return m, nil
}

// base makes a message with so many random bytes in its payload.
func (m *messages) base(host string, size int, ascii bool) *message.Message {
	msg := message.New()
	msg.SetUUID(m.uuids.New())
	msg.SetTimestamp(time.Now().UnixNano())
	msg.SetType(messageType)
	msg.SetPid(int32(os.Getpid()))
	msg.SetHostname(host)
	b := fmt.Appendf(nil, "%s: %s - ", messageType, host)
	for range size {
		c := byte(m.random.Uint32())
		if ascii {
			c = 32 + byte(m.random.IntN(94))
		}
		b = append(b, c)
	}
	msg.SetPayload(string(b))
	return msg
}

// variable makes a message with up to four fields of each type and a filler.
func (m *messages) variable(host string, size int, ascii bool) *message.Message {
	msg := m.base(host, size, ascii)
	msg.SetLogger("flood")
	msg.SetEnvVersion("0.2")
	for i := range m.random.IntN(5) {
		msg.AddString(fmt.Sprintf("string%d", i), fmt.Sprintf("value%d", i))
	}
	for i := range m.random.IntN(5) {
		msg.AddField(fmt.Sprintf("bytes%d", i), "", message.Bytes).AddBytes([]byte{byte(i), byte(i), byte(i), byte(i), byte(i), byte(i), byte(i), byte(i)})
	}
	for i := range m.random.IntN(5) {
		msg.AddInteger(fmt.Sprintf("int%d", i), int64(i), "")
	}
	for i := range m.random.IntN(5) {
		msg.AddDouble(fmt.Sprintf("double%d", i), float64(i), "")
	}
	for i := range m.random.IntN(5) {
		msg.AddBool(fmt.Sprintf("bool%d", i), true)
	}
	msg.AddField("filler", "", message.Bytes).AddBytes(make([]byte, m.random.IntN(fillerMost)*fillerUnit))
	return msg
}

// append appends the frame of message number n, which all are asked for in
// order. On error dst comes back as it was.
//
// hot: once per message; allocates only to grow dst.
func (m *messages) append(dst []byte, n uint64, now time.Time) ([]byte, error) {
	framer, list, special := m.framer, m.plain, (*uint64)(nil)
	switch { // what is due and not asked for is due for the next one
	case m.sign.take(n):
		framer, special = m.signer, &m.counts.Signed
	case m.long.take(n):
		framer, list, special = m.unlimited, m.oversized, &m.counts.Oversized
	}
	msg := list[0]
	if len(list) > 1 {
		msg = list[m.random.IntN(len(list))]
	}
	if m.fresh {
		msg.SetUUID(m.uuids.New())
		msg.SetTimestamp(now.UnixNano())
	}
	m.body = msg.AppendWire(m.body[:0])
	start := len(dst)
	dst, err := framer.Append(dst, m.body)
	if err != nil {
		return dst, err
	}
	if special != nil {
		*special++
	}
	if m.damage.take(n) {
		m.counts.Corrupted++
		frame := dst[start:]
		frame[m.random.IntN(len(frame))] = byte(m.random.Uint32())
	}
	return dst, nil
}
