// Package deadletter says what a dead letter looks like: the message that takes
// the place of one that a filter or output refused for good, so that it can be
// looked at and sent again.
//
//	Type      heka.dead-letter
//	Logger    the plugin that refused
//	Severity  4
//	Payload   why, in words
//	Fields    message          the refused message, protobuf (bytes)
//	          reason           the word that the refusal is counted by
//	          error            why, in words
//	          plugin           the plugin that refused
//	          original_type    Type and Logger of the refused message,
//	          original_logger  for matchers; left out when empty
//
// Uuid, Timestamp, Hostname and Pid are the letter's own: when and where the
// message was refused.
package deadletter

import (
	"strings"
	"unicode/utf8"

	"github.com/hekad/heka/message"
)

// Type is the type of dead letters.
const Type = "heka.dead-letter"

// Room is how many bytes a letter is longer than the message in it, at most. A
// message that is as long as max_message_size allows becomes a letter that is
// longer; queues and framing make this allowance for it.
const Room = 4 << 10

// Most that a letter has of a text, in bytes.
const (
	maxError = 1000
	maxWord  = 256
)

// severity of a letter: warning.
const severity = 4

// Letter is what a dead letter tells.
type Letter struct {
	// Plugin refused the message.
	Plugin string
	// Reason is a short fixed word, Error tells more.
	Reason, Error string
	// Message was refused.
	Message *message.Message
}

// Write fills in m, which has no type, payload or fields yet. Nothing of m points
// into the refused message afterwards.
func (l Letter) Write(m *message.Message) {
	m.SetType(Type)
	m.SetLogger(cut(l.Plugin, maxWord))
	m.SetSeverity(severity)
	text := cut(l.Error, maxError)
	m.SetPayload(text)
	m.AddField("message", "protobuf", message.Bytes).AddBytes(l.Message.AppendWire(nil))
	m.AddString("reason", cut(l.Reason, maxWord))
	m.AddString("plugin", m.Logger())
	m.AddString("error", cut(l.Error, maxWord))
	for _, f := range [...]struct{ name, value string }{
		{"original_type", l.Message.Type()}, {"original_logger", l.Message.Logger()},
	} {
		if f.value != "" {
			m.AddString(f.name, cut(f.value, maxWord))
		}
	}
}

// cut returns a copy of the first n bytes of s at most, without half a character.
func cut(s string, n int) string {
	if len(s) > n {
		for n > 0 && !utf8.RuneStart(s[n]) {
			n--
		}
		s = s[:n]
	}
	return strings.Clone(s)
}

// Is reports whether m is a dead letter.
func Is(m *message.Message) bool { return m.Type() == Type }

// Original returns the refused message that m carries, as protobuf; ok is false
// when m is not a dead letter. It points into m.
func Original(m *message.Message) (wire []byte, ok bool) {
	if !Is(m) {
		return nil, false
	}
	f := m.FindField("message", 0)
	if f == nil {
		return nil, false
	}
	return f.Bytes(0)
}
