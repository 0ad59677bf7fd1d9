package message

import (
	"bytes"
	"strings"
)

// Message is one event. The zero value is not ready for use: call Reset first,
// or New.
//
// A Message is not safe for concurrent writing; any number of goroutines may
// read one that nobody changes.
type Message struct {
	fields     []Field
	wire       []byte // encoded form, nil once the message was modified
	typ        string
	logger     string
	payload    string
	envVersion string
	hostname   string
	timestamp  int64
	severity   int32
	pid        int32
	uuid       UUID
	set        uint16 // which header fields are present
}

// Presence bits, 1 << wire field number.
const (
	hasUUID       = 1 << 1
	hasTimestamp  = 1 << 2
	hasType       = 1 << 3
	hasLogger     = 1 << 4
	hasSeverity   = 1 << 5
	hasPayload    = 1 << 6
	hasEnvVersion = 1 << 7
	hasPid        = 1 << 8
	hasHostname   = 1 << 9
)

// DefaultSeverity is what a message without a severity has: 7, debug.
const DefaultSeverity = 7

// What Reset keeps for the next message: so many field slots, each with storage
// for so many values.
const (
	maxKeptFields = 64
	maxKeptValues = 256
)

// New returns an empty message.
func New() *Message { return &Message{severity: DefaultSeverity} }

// Reset empties the message and keeps its storage for the next one.
//
// hot: once per message.
func (m *Message) Reset() {
	for i := range m.fields {
		if more := m.fields[i].more; more != nil && cap(more.strs)+cap(more.nums) > maxKeptValues {
			m.fields[i].more = nil
		}
	}
	fields := m.fields[:0]
	if cap(fields) > maxKeptFields {
		fields = nil
	}
	*m = Message{fields: fields, severity: DefaultSeverity}
}

// UUID returns the identity, all zero when there is none.
func (m *Message) UUID() UUID { return m.uuid }

// HasUUID reports whether the message has an identity of 16 bytes.
func (m *Message) HasUUID() bool { return m.set&hasUUID != 0 }

// UUIDText is the text form of the identity, or "" when there is none.
func (m *Message) UUIDText() string {
	if !m.HasUUID() {
		return ""
	}
	return m.uuid.String()
}

// SetUUID sets the identity.
func (m *Message) SetUUID(u UUID) {
	m.uuid = u
	m.changed(hasUUID)
}

// Timestamp in nanoseconds since the Unix epoch, 0 when unset.
func (m *Message) Timestamp() int64 { return m.timestamp }

// HasTimestamp reports whether the timestamp is set.
func (m *Message) HasTimestamp() bool { return m.set&hasTimestamp != 0 }

// SetTimestamp sets the time in nanoseconds since the Unix epoch.
func (m *Message) SetTimestamp(ns int64) {
	m.timestamp = ns
	m.changed(hasTimestamp)
}

// Type is the kind of message, such as "nginx.access".
func (m *Message) Type() string { return m.typ }

// SetType sets the kind of message.
func (m *Message) SetType(s string) {
	m.typ = s
	m.changed(hasType)
}

// Logger is the data source: an input, a file, an application.
func (m *Message) Logger() string { return m.logger }

// SetLogger sets the data source.
func (m *Message) SetLogger(s string) {
	m.logger = s
	m.changed(hasLogger)
}

// Severity by syslog's numbers, 0 (emergency) to 7 (debug); 7 when unset.
func (m *Message) Severity() int32 { return m.severity }

// SetSeverity sets the severity; the range is not checked.
func (m *Message) SetSeverity(n int32) {
	m.severity = n
	m.changed(hasSeverity)
}

// Payload is the text, usually the raw record.
func (m *Message) Payload() string { return m.payload }

// SetPayload sets the text.
func (m *Message) SetPayload(s string) {
	m.payload = s
	m.changed(hasPayload)
}

// EnvVersion is the version of the content's layout.
func (m *Message) EnvVersion() string { return m.envVersion }

// SetEnvVersion sets the version of the content's layout.
func (m *Message) SetEnvVersion(s string) {
	m.envVersion = s
	m.changed(hasEnvVersion)
}

// Pid is the process id of the generator, 0 when unset.
func (m *Message) Pid() int32 { return m.pid }

// SetPid sets the process id of the generator.
func (m *Message) SetPid(n int32) {
	m.pid = n
	m.changed(hasPid)
}

// Hostname is the host that generated the message.
func (m *Message) Hostname() string { return m.hostname }

// SetHostname sets the host that generated the message.
func (m *Message) SetHostname(s string) {
	m.hostname = s
	m.changed(hasHostname)
}

func (m *Message) changed(bit uint16) {
	m.set |= bit
	m.wire = nil
}

// Unset removes a header by its name in matchers ("Type", "Payload", …); it
// reads as its default afterwards. An unknown name does nothing.
func (m *Message) Unset(header string) {
	m.wire = nil
	switch header {
	case "Uuid":
		m.uuid = UUID{}
		m.set &^= hasUUID
	case "Timestamp":
		m.timestamp = 0
		m.set &^= hasTimestamp
	case "Type":
		m.typ = ""
		m.set &^= hasType
	case "Logger":
		m.logger = ""
		m.set &^= hasLogger
	case "Severity":
		m.severity = DefaultSeverity
		m.set &^= hasSeverity
	case "Payload":
		m.payload = ""
		m.set &^= hasPayload
	case "EnvVersion":
		m.envVersion = ""
		m.set &^= hasEnvVersion
	case "Pid":
		m.pid = 0
		m.set &^= hasPid
	case "Hostname":
		m.hostname = ""
		m.set &^= hasHostname
	}
}

// NumFields is the number of field instances.
func (m *Message) NumFields() int { return len(m.fields) }

// Field returns field instance i for reading, in message order. The pointer is
// valid until the next AddField, RemoveField or Reset.
func (m *Message) Field(i int) *Field { return &m.fields[i] }

// MutableField returns field instance i for changing and forgets the encoded
// form.
func (m *Message) MutableField(i int) *Field {
	m.wire = nil
	return &m.fields[i]
}

// FindField returns instance number instance (from 0) of the fields with the
// given name, or nil.
//
// hot: once per field clause of a matcher.
func (m *Message) FindField(name string, instance int) *Field {
	for i := range m.fields {
		if f := &m.fields[i]; f.name == name {
			if instance == 0 {
				return f
			}
			instance--
		}
	}
	return nil
}

// AddField appends a field without values and returns it. The pointer is valid
// until the next AddField, RemoveField or Reset.
//
// hot: once per field; allocates only while a message grows beyond what its
// storage held before.
func (m *Message) AddField(name, representation string, t ValueType) *Field {
	m.wire = nil
	f := m.slot()
	f.name, f.rep, f.typ, f.n = name, representation, t, 0
	f.set = fieldHasType | fieldHasRepresentation
	return f
}

// slot appends a field, reusing the storage of an earlier one; the caller
// fills it.
func (m *Message) slot() *Field {
	n := len(m.fields)
	if n < cap(m.fields) {
		m.fields = m.fields[:n+1]
	} else {
		m.fields = append(m.fields, Field{})
	}
	return &m.fields[n]
}

// AddString appends a String field with one value and no representation.
func (m *Message) AddString(name, v string) { m.AddField(name, "", String).addText(v) }

// AddInteger appends an Integer field with one value.
func (m *Message) AddInteger(name string, v int64, representation string) {
	m.AddField(name, representation, Integer).addNumber(uint64(v))
}

// AddDouble appends a Double field with one value.
func (m *Message) AddDouble(name string, v float64, representation string) {
	m.AddField(name, representation, Double).AddDouble(v)
}

// AddBool appends a Bool field with one value and no representation.
func (m *Message) AddBool(name string, v bool) { m.AddField(name, "", Bool).AddBool(v) }

// RemoveField removes field instance i; the later ones move up.
func (m *Message) RemoveField(i int) {
	m.wire = nil
	removed := m.fields[i]
	copy(m.fields[i:], m.fields[i+1:])
	m.fields[len(m.fields)-1] = removed // keeps its overflow storage from being shared
	m.fields = m.fields[:len(m.fields)-1]
}

// CopyFrom makes m an independent copy of src that keeps src's views: m may be
// changed without touching src, but its strings are valid only as long as
// src's.
func (m *Message) CopyFrom(src *Message) {
	if m == src {
		return
	}
	fields := m.fields[:0]
	*m = *src
	m.fields = fields
	for i := range src.fields {
		from := &src.fields[i]
		to := m.slot()
		more := to.more
		*to = *from
		to.more = more
		if from.n > 1 {
			if more == nil {
				to.more = new(overflow)
			}
			to.more.strs = append(to.more.strs[:0], from.more.strs...)
			to.more.nums = append(to.more.nums[:0], from.more.nums...)
		}
	}
}

// Clone returns a copy that shares nothing with m; all its strings are its own.
func (m *Message) Clone() *Message {
	c := New()
	if m.wire != nil {
		// One copy of the encoded form serves all strings.
		if err := c.Parse(bytes.Clone(m.wire)); err == nil {
			return c
		}
	}
	c.CopyFrom(m)
	c.wire = nil
	c.Own(strings.Clone)
	return c
}
