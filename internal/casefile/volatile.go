package casefile

import (
	"bytes"
	"encoding/base64"
	"os"

	"github.com/hekad/heka/message"
)

// Hostname is heka's own in a case.
const Hostname = "test.host"

// span is the time of a run in nanoseconds since the epoch.
type span struct{ from, to int64 }

// steady leaves out of a message what changes from run to run.
func (a Archive) steady(m *message.Message, during span) {
	if m.HasUUID() && !a.mentions(m.UUID()) {
		m.Unset("Uuid")
	}
	if ns := m.Timestamp(); m.HasTimestamp() && during.from <= ns && ns <= during.to {
		m.Unset("Timestamp")
	}
	if m.Hostname() == Hostname && m.Pid() == int32(os.Getpid()) {
		m.Unset("Pid")
	}
}

// mentions reports whether a UUID stands in what goes into a run.
func (a Archive) mentions(u message.UUID) bool {
	text := []byte(u.String())
	coded := base64.StdEncoding.AppendEncode(nil, u[:])
	for _, f := range a.Files {
		if isWanted(f.Name) {
			continue
		}
		if bytes.Contains(f.Data, coded) || bytes.Contains(bytes.ToLower(f.Data), text) {
			return true
		}
		if reads, err := a.reads(f.Name); err == nil && bytes.Contains(bytes.Join(reads, nil), u[:]) {
			return true
		}
	}
	return false
}
