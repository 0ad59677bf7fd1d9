package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"github.com/hekad/heka/message"
)

// messageFlags are the flags that describe one message.
type messageFlags struct {
	set     *pflag.FlagSet
	headers map[string]*string // by flag
	fields  []fieldFlag

	uuid      uuidValue
	timestamp timeValue
}

// headerFlags are the flags of texts in the header, and what sets them.
var headerFlags = []struct {
	flag, usage string
	set         func(*message.Message, string)
}{
	{"type", "Type of the message", (*message.Message).SetType},
	{"logger", "Logger of the message", (*message.Message).SetLogger},
	{"payload", "Payload of the message", (*message.Message).SetPayload},
	{"hostname", "Hostname of the message", (*message.Message).SetHostname},
	{"env-version", "EnvVersion of the message", (*message.Message).SetEnvVersion},
}

// numberFlags are the flags of numbers in the header.
var numberFlags = []struct {
	flag, usage string
	set         func(*message.Message, int32)
}{
	{"severity", "Severity of the message", (*message.Message).SetSeverity},
	{"pid", "Pid of the message", (*message.Message).SetPid},
}

// register adds the flags to a command's.
func (m *messageFlags) register(f *pflag.FlagSet) {
	m.set = f
	m.headers = make(map[string]*string)
	for _, h := range headerFlags {
		m.headers[h.flag] = f.String(h.flag, "", h.usage)
	}
	for _, h := range numberFlags {
		f.Int32(h.flag, 0, h.usage)
	}
	f.Var(&m.uuid, "uuid", "Uuid of the message")
	f.Var(&m.timestamp, "timestamp", "Timestamp of the message: RFC 3339, or nanoseconds")
	for _, t := range []struct {
		flag string
		typ  message.ValueType
		what string
	}{
		{"field", message.String, "a field with a text"}, {"field-int", message.Integer, "a field with an integer"},
		{"field-double", message.Double, "a field with a number"}, {"field-bool", message.Bool, "a field with true or false"},
	} {
		f.Var(&fieldValue{m, t.typ}, t.flag, t.what+", as name=value or name|unit=value")
	}
}

// given reports whether any of the flags was.
func (m *messageFlags) given() bool {
	given := len(m.fields) > 0
	for _, h := range headerFlags {
		given = given || m.set.Changed(h.flag)
	}
	for _, name := range []string{"severity", "pid", "uuid", "timestamp"} {
		given = given || m.set.Changed(name)
	}
	return given
}

// apply sets what the flags say in a message.
func (m *messageFlags) apply(msg *message.Message) error {
	for _, h := range headerFlags {
		if m.set.Changed(h.flag) {
			h.set(msg, *m.headers[h.flag])
		}
	}
	for _, h := range numberFlags {
		if m.set.Changed(h.flag) {
			n, err := m.set.GetInt32(h.flag)
			if err != nil {
				return err
			}
			h.set(msg, n)
		}
	}
	if m.set.Changed("uuid") {
		msg.SetUUID(message.UUID(m.uuid))
	}
	if m.set.Changed("timestamp") {
		msg.SetTimestamp(int64(m.timestamp))
	}
	for _, f := range m.fields {
		if err := msg.AddField(f.name, f.representation, f.typ).AddValue(f.value); err != nil {
			return err
		}
	}
	return nil
}

// fieldFlag is a field that a flag describes.
type fieldFlag struct {
	name, representation string
	typ                  message.ValueType
	value                any
}

// fieldValue is the value of a flag that adds a field.
type fieldValue struct {
	m   *messageFlags
	typ message.ValueType
}

// Set implements pflag.Value.
func (v *fieldValue) Set(s string) error {
	name, text, ok := strings.Cut(s, "=")
	if !ok || name == "" {
		return fmt.Errorf("it must be name=value")
	}
	f := fieldFlag{typ: v.typ}
	f.name, f.representation, _ = strings.Cut(name, "|")
	var err error
	what := ""
	switch v.typ {
	case message.Integer:
		what = "a whole number"
		f.value, err = strconv.ParseInt(text, 10, 64)
	case message.Double:
		what = "a number such as 2.5"
		f.value, err = strconv.ParseFloat(text, 64)
	case message.Bool:
		what = "true or false"
		f.value, err = strconv.ParseBool(text)
	default:
		f.value = text
	}
	if err != nil {
		return fmt.Errorf("the value of field %s must be %s", f.name, what)
	}
	v.m.fields = append(v.m.fields, f)
	return nil
}

func (v *fieldValue) String() string { return "" }

// Type implements pflag.Value; help shows it.
func (v *fieldValue) Type() string { return "name=value" }

// uuidValue is the value of a flag for a Uuid.
type uuidValue message.UUID

// Set implements pflag.Value.
func (v *uuidValue) Set(s string) error {
	u, err := message.ParseUUID(s)
	if err != nil {
		return errors.New("it must be 32 hexadecimal digits, as in 72de6a05-1b99-4a88-84c2-90797624c68f")
	}
	*v = uuidValue(u)
	return nil
}

func (v *uuidValue) String() string { return "" }

// Type implements pflag.Value; help shows it.
func (v *uuidValue) Type() string { return "uuid" }

// timeValue is the value of a flag for a Timestamp, in nanoseconds since 1970.
type timeValue int64

// Set implements pflag.Value.
func (v *timeValue) Set(s string) error {
	ns, err := moment(s, time.Local)
	if err != nil {
		return errors.New("it must be a time such as " + momentForms)
	}
	*v = timeValue(ns)
	return nil
}

func (v *timeValue) String() string { return "" }

// Type implements pflag.Value; help shows it.
func (v *timeValue) Type() string { return "time" }
