package sandbox

import (
	"errors"
	"fmt"
	"strconv"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/hekad/heka/message"
)

// Why write_message fails; the texts go to the log.
var (
	errNoPack     = errors.New("No sandbox pack.")
	errBadName    = errors.New("Bad field name.")
	errBadUUID    = errors.New("Bad UUID string.")
	errNoTime     = errors.New("Empty timestamp string.")
	errBadTime    = errors.New("Can't parse timestamp string.")
	errSeverity   = errors.New("Can't parse severity value.")
	errPid        = errors.New("Can't parse PID value.")
	errFieldIndex = errors.New("bad field index")
	errArrayIndex = errors.New("bad array index")
)

// writeMessage implements write_message.
//
// hot: several times per message of decoders.
func (s *Sandbox) writeMessage(L *lua.LState) int {
	n := L.GetTop()
	if n < 2 || n > 5 {
		raise(L, "write_message() incorrect number of arguments")
	}
	name := checkString(L, 1, "write_message")
	value := L.Get(2)
	switch value.Type() {
	case lua.LTBool, lua.LTNumber, lua.LTString, lua.LTNil:
	default:
		raise(L, "write_message() only accepts numeric, string, or boolean field values, or nil to delete")
	}
	rep := optString(L, 3, "write_message", "")
	instance := checkIndex(L, 4, "write_message", "field")
	index := checkIndex(L, 5, "write_message", "array")
	err := errNoPack
	if s.msg != nil {
		s.own()
		slot := s.names.lookup(name)
		switch {
		case slot.what != headerField:
			err = s.writeHeader(slot.what, value)
		case value == lua.LNil:
			err = deleteField(s.msg, slot.field, instance, index, n == 5)
		default:
			err = writeField(s.msg, slot.field, value, rep, instance, index)
		}
	}
	if err != nil {
		s.log.Error(err.Error())
		raise(L, "write_message() failed")
	}
	return 0
}

// own gives an encoder a copy of the message before its first change: the
// message itself belongs to others too.
func (s *Sandbox) own() {
	if s.kind != Encoder || s.copied != nil {
		return
	}
	s.copied = message.New()
	s.copied.CopyFrom(s.msg)
	s.msg = s.copied
}

func (s *Sandbox) writeHeader(h header, value lua.LValue) error {
	switch v := value.(type) {
	case lua.LString:
		return s.writeText(h, string(v))
	case lua.LNumber:
		n := integer(float64(v))
		switch h {
		case headerTimestamp:
			s.msg.SetTimestamp(n)
		case headerSeverity:
			s.msg.SetSeverity(int32(n))
		case headerPid:
			s.msg.SetPid(int32(n))
		default:
			return errBadName
		}
		return nil
	}
	return errBadName
}

func (s *Sandbox) writeText(h header, text string) error {
	m := s.msg
	switch h {
	case headerType:
		m.SetType(text)
	case headerLogger:
		m.SetLogger(text)
	case headerPayload:
		m.SetPayload(text)
	case headerEnvVersion:
		m.SetEnvVersion(text)
	case headerHostname:
		m.SetHostname(text)
	case headerUUID:
		u, err := message.ParseUUID(text)
		if err != nil {
			return errBadUUID
		}
		m.SetUUID(u)
	case headerTimestamp:
		return s.writeTime(text)
	case headerSeverity:
		n, err := strconv.ParseInt(text, 0, 32)
		if err != nil {
			return errSeverity
		}
		m.SetSeverity(int32(n))
	case headerPid:
		n, err := strconv.ParseInt(text, 0, 32)
		if err != nil {
			return errPid
		}
		m.SetPid(int32(n))
	default:
		return errBadName
	}
	return nil
}

// writeTime sets the timestamp from nanoseconds or a text in one of Go's standard
// layouts.
func (s *Sandbox) writeTime(text string) error {
	if text == "" {
		return errNoTime
	}
	ns, err := strconv.ParseInt(text, 0, 64)
	if err != nil {
		if s.times == nil {
			s.times = message.NewTimeParser("", time.UTC)
		}
		if ns, err = s.times.Parse(text, time.Now().UnixNano()); err != nil {
			return errBadTime
		}
	}
	s.msg.SetTimestamp(ns)
	return nil
}

// locate returns the position of a field among all, or -1, and how many there are
// of its name, at least as far as the instance.
func locate(m *message.Message, name string, instance int) (at, count int) {
	for i := range m.NumFields() {
		if m.Field(i).Name() != name {
			continue
		}
		if count == instance {
			return i, count + 1
		}
		count++
	}
	return -1, count
}

func writeField(m *message.Message, name string, value lua.LValue, rep string, instance, index int) error {
	at, count := locate(m, name, instance)
	if at < 0 {
		switch {
		case instance > count:
			return errFieldIndex
		case index > 0:
			return errArrayIndex
		}
		return addField(m, name, rep, value)
	}
	f := m.Field(at)
	if err := fits(f, value); err != nil {
		return err
	}
	if index > f.Len() {
		return errArrayIndex
	}
	f = m.MutableField(at)
	f.SetRepresentation(rep)
	if index == f.Len() {
		addValue(f, value)
		return nil
	}
	rewrite(m, at, func(old, to *message.Field) {
		for i := range old.Len() {
			if i == index {
				addValue(to, value)
			} else {
				copyValue(to, old, i)
			}
		}
	})
	return nil
}

func addField(m *message.Message, name, rep string, value lua.LValue) error {
	switch v := value.(type) {
	case lua.LString:
		m.AddField(name, rep, message.String).AddString(string(v))
	case lua.LNumber:
		m.AddField(name, rep, message.Double).AddDouble(float64(v))
	case lua.LBool:
		m.AddField(name, rep, message.Bool).AddBool(bool(v))
	}
	return nil
}

// fits reports whether a field can hold a value.
func fits(f *message.Field, value lua.LValue) error {
	ok := false
	switch f.Type() {
	case message.String, message.Bytes:
		ok = value.Type() == lua.LTString
	case message.Integer, message.Double:
		ok = value.Type() == lua.LTNumber
	case message.Bool:
		ok = value.Type() == lua.LTBool
	}
	if ok {
		return nil
	}
	kind := [...]string{"a string", "a bytes", "an integer", "a double", "a bool"}[f.Type()]
	return fmt.Errorf("type error, '%s' is %s field", f.Name(), kind)
}

// addValue appends a value that fits.
func addValue(f *message.Field, value lua.LValue) {
	switch v := value.(type) {
	case lua.LString:
		if f.Type() == message.Bytes {
			f.AddBytes([]byte(v))
		} else {
			f.AddString(string(v))
		}
	case lua.LNumber:
		if f.Type() == message.Integer {
			f.AddInteger(integer(float64(v)))
		} else {
			f.AddDouble(float64(v))
		}
	case lua.LBool:
		f.AddBool(bool(v))
	}
}

// copyValue appends value i of a field of the same type.
func copyValue(to, from *message.Field, i int) {
	switch from.Type() {
	case message.String:
		v, _ := from.Text(i)
		to.AddString(v)
	case message.Bytes:
		v, _ := from.Bytes(i)
		to.AddBytes(v)
	case message.Integer:
		v, _ := from.Integer(i)
		to.AddInteger(v)
	case message.Double:
		v, _ := from.Double(i)
		to.AddDouble(v)
	case message.Bool:
		v, _ := from.Bool(i)
		to.AddBool(v)
	}
}

// rewrite gives field at the values that fill adds. Values cannot be replaced in
// a message, so this field and those behind it are written anew.
func rewrite(m *message.Message, at int, fill func(old, to *message.Field)) {
	n := m.NumFields()
	for i := at; i < n; i++ {
		old := m.Field(i)
		name, rep, typ := old.Name(), old.Representation(), old.Type()
		to := m.AddField(name, rep, typ)
		old = m.Field(i) // AddField may have moved it
		if i == at {
			fill(old, to)
			continue
		}
		for j := range old.Len() {
			copyValue(to, old, j)
		}
	}
	for range n - at {
		m.RemoveField(at)
	}
}

// deleteField removes a field, or only one of its values.
func deleteField(m *message.Message, name string, instance, index int, oneValue bool) error {
	at, count := locate(m, name, instance)
	switch {
	case at < 0 && count == 0:
		return nil
	case at < 0:
		return errFieldIndex
	case !oneValue:
		m.RemoveField(at)
		return nil
	case index >= m.Field(at).Len():
		return errArrayIndex
	}
	rewrite(m, at, func(old, to *message.Field) {
		for i := range old.Len() {
			if i != index {
				copyValue(to, old, i)
			}
		}
	})
	return nil
}
