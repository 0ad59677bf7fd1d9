package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// preserver is implemented by the values of userdata that outlive their sandbox.
type preserver interface {
	// AppendPreserved appends Lua statements that make the object anew in a
	// variable, given as the path to it.
	AppendPreserved(dst []byte, variable string) []byte
}

const versionKey = "_PRESERVATION_VERSION"

// preserve writes the global data of the script as a Lua program.
func (s *Sandbox) preserve() error {
	if s.opts.Preserved == "" {
		return nil
	}
	p := preserving{global: s.state.G.Global, done: make(map[any]string)}
	version := int64(0)
	if n, ok := p.global.RawGetString(versionKey).(lua.LNumber); ok {
		version = integer(float64(n))
	}
	fmt.Fprintf(&p.out, "if %s and %s ~= %d then return end\n", versionKey, versionKey, version)
	if err := p.table(p.global, "_G", 0); err != nil {
		if e := os.Remove(s.opts.Preserved); e != nil && !errors.Is(e, fs.ErrNotExist) {
			s.log.Error(e.Error())
		}
		return err
	}
	return replaceFile(s.opts.Preserved, p.out.String())
}

// replaceFile gives a file a new content, or leaves the old one.
func replaceFile(path, content string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("lsb_preserve_global_data could not open: %s", path)
	}
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return fmt.Errorf("lsb_preserve_global_data could not open: %s", path)
	}
	defer os.Remove(f.Name()) // gone when all went well
	_, err = f.WriteString(content)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("lsb_preserve_global_data could not write: %w", err)
	}
	return nil
}

// preserving is the writing of the global data.
type preserving struct {
	global *lua.LTable
	done   map[any]string // objects written, with their paths
	out    strings.Builder
}

// maxPreserved bounds how deep tables may lie in one another.
const maxPreserved = 200

// table writes the members of a table that lies at path.
func (p *preserving) table(t *lua.LTable, path string, depth int) error {
	if depth > maxPreserved {
		return fmt.Errorf("serialize_data cannot preserve tables more than %d deep", maxPreserved)
	}
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		if !p.isData(v) || t == p.global && k == lua.LString(versionKey) {
			continue
		}
		key, err := preservedKey(k)
		if err != nil {
			return err
		}
		if err := p.value(v, path+"["+key+"]", depth); err != nil {
			return err
		}
	}
	return nil
}

// isData reports whether a value is written.
func (p *preserving) isData(v lua.LValue) bool {
	switch v := v.(type) {
	case lua.LBool, lua.LNumber, lua.LString:
		return true
	case *lua.LTable:
		return v != p.global && v.Metatable == lua.LNil
	case *lua.LUserData:
		_, ok := v.Value.(preserver)
		return ok
	}
	return false
}

func preservedKey(k lua.LValue) (string, error) {
	switch k := k.(type) {
	case lua.LString:
		return quote(string(k)), nil
	case lua.LNumber:
		return preservedNumber(float64(k)), nil
	case lua.LBool:
		return k.String(), nil
	}
	return "", fmt.Errorf("serialize_data cannot preserve type '%s'", k.Type())
}

// preservedNumber is the shortest text that Lua reads back as the same number.
func preservedNumber(x float64) string {
	switch {
	case x != x:
		return "0/0"
	case math.IsInf(x, 1):
		return "1/0"
	case math.IsInf(x, -1):
		return "-1/0"
	}
	return strconv.FormatFloat(x, 'g', -1, 64)
}

func (p *preserving) value(v lua.LValue, path string, depth int) error {
	switch v := v.(type) {
	case lua.LString:
		p.assign(path, quote(string(v)))
	case lua.LNumber:
		p.assign(path, preservedNumber(float64(v)))
	case lua.LBool:
		p.assign(path, v.String())
	case *lua.LTable:
		if p.again(v, path) {
			return nil
		}
		p.assign(path, "{}")
		return p.table(v, path, depth+1)
	case *lua.LUserData:
		if p.again(v, path) {
			return nil
		}
		p.out.Write(v.Value.(preserver).AppendPreserved(nil, path))
	}
	return nil
}

// again refers to an object that was written before.
func (p *preserving) again(object any, path string) bool {
	first, ok := p.done[object]
	if ok {
		p.assign(path, first)
	} else {
		p.done[object] = path
	}
	return ok
}

func (p *preserving) assign(path, value string) {
	p.out.WriteString(path)
	p.out.WriteString(" = ")
	p.out.WriteString(value)
	p.out.WriteByte('\n')
}

// restore runs the program that preserve wrote. One that fails is put aside, and
// the script's body runs again as if it had never been there.
func (s *Sandbox) restore() error {
	if s.opts.Preserved == "" {
		return nil
	}
	program, err := readSource(os.Open(s.opts.Preserved))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil {
		err = s.runPreserved(program)
	}
	if err == nil {
		return nil
	}
	bad := s.opts.Preserved + ".bad"
	s.log.Error(fmt.Sprintf("lsb_restore_global_data %v; the data is put aside as %s", err, bad))
	if err := os.Rename(s.opts.Preserved, bad); err != nil {
		return fmt.Errorf("lsb_restore_global_data %w", err)
	}
	s.state.Close()
	s.names = nameCache{}
	s.open()
	s.budget.begin(int64(s.opts.Limits.Instructions))
	if err := s.run(s.script.proto); err != nil {
		return err
	}
	s.settle()
	return nil
}

// forget overwrites registers, which keep what was in them, so that the program
// that restored the data can be freed.
func (s *Sandbox) forget() {
	for range 64 {
		s.state.Push(lua.LNil)
	}
	s.state.SetTop(0)
}

// runPreserved restores data without limits; what was used at most counts from
// then on.
func (s *Sandbox) runPreserved(program []byte) error {
	p, err := compileData(program, s.opts.Preserved)
	if err != nil {
		return err
	}
	m := &s.budget.memory
	limit := m.limit
	m.limit = 0
	s.budget.begin(0)
	err = s.run(p)
	s.forget()
	m.limit = limit
	m.weigh(s.state, &s.budget)
	m.peak = m.live
	s.budget.begin(0)
	s.settle()
	return err
}
