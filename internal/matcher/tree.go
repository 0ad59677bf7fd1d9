package matcher

import "github.com/hekad/heka/message"

// node is a part of a parsed expression. Chains of && and of || are flat: a kid
// of an and is never an and, a kid of an or never an or.
type node struct {
	kind     nodeKind
	truth    bool    // of a constant
	test     *clause // of a leaf
	kids     []*node // of and, or: two or more
	pos, end int     // bytes of the source
}

type nodeKind uint8

const (
	constant nodeKind = iota
	leaf
	and
	or
)

func (k nodeKind) String() string {
	return [...]string{"constant", "test", "and", "or"}[k]
}

// clause is one test: variable, operator, literal.
type clause struct {
	variable variable
	op       operator
	lit      literal

	text  func(string) bool           // of a string or regex literal: does the text pass?
	value func(*message.Field) bool   // of a field variable: does the present field pass?
	match func(*message.Message) bool // does the message pass?
}

// variable is what stands left of an operator. It is comparable.
type variable struct {
	header   header
	name     string // of Fields[name][instance][index]
	instance int
	index    int
}

// header names a header of a message; field stands for Fields[...].
type header uint8

const (
	field header = iota
	headerUUID
	headerType
	headerLogger
	headerPayload
	headerEnvVersion
	headerHostname
	headerTimestamp
	headerSeverity
	headerPid
)

var headerNames = [...]string{
	"Fields", "Uuid", "Type", "Logger", "Payload", "EnvVersion", "Hostname",
	"Timestamp", "Severity", "Pid",
}

func (h header) textual() bool { return h >= headerUUID && h <= headerHostname }
func (h header) numeric() bool { return h >= headerTimestamp }

// text returns the value of a textual header. That of Uuid is not stored as text;
// see uuidText.
//
// hot: once per textual header and message.
func (h header) text(m *message.Message) string {
	switch h {
	case headerType:
		return m.Type()
	case headerLogger:
		return m.Logger()
	case headerPayload:
		return m.Payload()
	case headerEnvVersion:
		return m.EnvVersion()
	case headerHostname:
		return m.Hostname()
	}
	return m.UUIDText()
}

// number returns the value of a numeric header.
//
// hot: once per numeric header and message.
func (h header) number(m *message.Message) int64 {
	switch h {
	case headerSeverity:
		return int64(m.Severity())
	case headerPid:
		return int64(m.Pid())
	}
	return m.Timestamp()
}

type operator uint8

const (
	equal operator = iota
	unequal
	less
	lessEqual
	greater
	greaterEqual
	like
	unlike
)

var operatorNames = [...]string{"==", "!=", "<", "<=", ">", ">=", "=~", "!~"}

func (op operator) String() string { return operatorNames[op] }

func (op operator) regex() bool { return op >= like }

type literal struct {
	kind    literalKind
	text    string // of a string: its content
	number  number
	pattern *pattern
	truth   bool
}

type literalKind uint8

const (
	stringLiteral literalKind = iota
	numberLiteral
	regexLiteral
	boolLiteral
	nilLiteral
)

func (k literalKind) String() string {
	return [...]string{"a string", "a number", "a regular expression", "a boolean", "NIL"}[k]
}
