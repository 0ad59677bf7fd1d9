package message

import "strconv"

// header names a header of the message, resolved from its text once. It is the
// number of the header on the wire.
type header uint8

const (
	noHeader header = iota
	headerUUID
	headerTimestamp
	headerType
	headerLogger
	headerSeverity
	headerPayload
	headerEnvVersion
	headerPid
	headerHostname
)

// headerOf returns the header with the given name, as matchers spell it.
func headerOf(name string) header {
	switch name {
	case "Uuid":
		return headerUUID
	case "Timestamp":
		return headerTimestamp
	case "Type":
		return headerType
	case "Logger":
		return headerLogger
	case "Severity":
		return headerSeverity
	case "Payload":
		return headerPayload
	case "EnvVersion":
		return headerEnvVersion
	case "Pid":
		return headerPid
	case "Hostname":
		return headerHostname
	}
	return noHeader
}

// Has reports whether a header is set, if only to its default. header is its name
// in matchers ("Type", "Payload", …); an unknown one is never set.
func (m *Message) Has(header string) bool { return m.set>>headerOf(header)&1 != 0 }

// appendTo appends the header's text to dst: numbers in decimal, the timestamp
// in nanoseconds, the UUID in its text form.
func (h header) appendTo(dst []byte, m *Message) []byte {
	switch h {
	case headerUUID:
		return m.appendUUID(dst)
	case headerTimestamp:
		return strconv.AppendInt(dst, m.timestamp, 10)
	case headerType:
		return append(dst, m.typ...)
	case headerLogger:
		return append(dst, m.logger...)
	case headerSeverity:
		return strconv.AppendInt(dst, int64(m.severity), 10)
	case headerPayload:
		return append(dst, m.payload...)
	case headerEnvVersion:
		return append(dst, m.envVersion...)
	case headerPid:
		return strconv.AppendInt(dst, int64(m.pid), 10)
	case headerHostname:
		return append(dst, m.hostname...)
	}
	return dst
}
