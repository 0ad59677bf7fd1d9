package sandbox

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/sandbox"
	"github.com/hekad/heka/internal/share"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// script is the part of an instance that is the same for all kinds: the script
// as configured, and the sandbox that runs it.
type script struct {
	env     *plugin.Env
	path    string // of the script, if it is on disk
	options sandbox.Options
	zone    *time.Location // of injected timestamps; nil is UTC
	box     atomic.Pointer[sandbox.Sandbox]
	spent   sandbox.Usage // of the sandbox that was closed last
	counters
}

// init compiles the script. Errors name the option at fault.
func (s *script) init(kind sandbox.Kind, c *scriptConfig, env *plugin.Env) error {
	s.env = env
	s.counters.init(env)
	if c.ScriptType != "lua" {
		return plugin.BadOption("script_type", "unsupported script type: %s", c.ScriptType)
	}
	name := ""
	if !filepath.IsAbs(c.Filename) {
		name = filepath.ToSlash(filepath.Clean(c.Filename))
	}
	s.path = env.SharePath(c.Filename)
	compiled, err := sandbox.Load(s.path, name, share.Files)
	var syntax *sandbox.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return plugin.BadOption("filename", "%s", syntax.Detail())
	case err != nil:
		return plugin.BadOption("filename", "%w", err)
	}
	if s.zone, err = zone(kind, c); err != nil {
		return err
	}
	s.options = sandbox.Options{
		Kind: kind, Script: compiled, ModuleDirectory: c.ModuleDirectory, Share: share.Files, Config: c.Config,
		Limits: sandbox.Limits{Memory: c.MemoryLimit, Instructions: c.InstructionLimit, Output: c.OutputLimit},
		Log:    env.Log,
	}
	if s.options.ModuleDirectory == "" {
		s.options.ModuleDirectory = env.SharePath("lua_modules")
	}
	if c.PreserveData {
		s.options.Preserved = preservedIn(env, env.Name)
	}
	return nil
}

// Fingerprint implements plugin.Fingerprinter: the script and its modules may change
// while options stay as they are.
func (s *script) Fingerprint() string { return sandbox.Digest(s.path, s.options.ModuleDirectory) }

// zone reads tz, the value of the config section that is meant for heka itself. An
// encoder injects no messages of its own time; its zone is only checked.
func zone(kind sandbox.Kind, c *scriptConfig) (*time.Location, error) {
	v, ok := c.Config["tz"]
	if !ok || kind != sandbox.Decoder && kind != sandbox.Input && kind != sandbox.Encoder {
		return nil, nil
	}
	name, ok := v.(string)
	if !ok {
		return nil, plugin.BadOption("config.tz", "tz must be the name of a time zone")
	}
	at, err := time.LoadLocation(name)
	if err != nil {
		return nil, plugin.BadOption("config.tz", "%w", err)
	}
	return at, nil
}

// wordsOnly replaces every character that is not an ASCII letter, digit or
// underscore.
func wordsOnly(name string) string {
	return strings.Map(func(r rune) rune {
		if (r < '0' || r > '9') && (r|0x20 < 'a' || r|0x20 > 'z') {
			return '_'
		}
		return r
	}, name)
}

// preservedIn is the file with the preserved data of an instance.
func preservedIn(env *plugin.Env, name string) string {
	return filepath.Join(env.BasePath("sandbox_preservation"), wordsOnly(name)+".data")
}

// start runs the script's body. host takes what the script injects.
func (s *script) start(host sandbox.Host) error {
	if err := s.adopt(); err != nil {
		return err
	}
	o := s.options
	o.Host = host
	box, err := sandbox.New(o)
	if err != nil {
		return err
	}
	s.box.Store(box)
	return nil
}

// adopt takes over the data of a decoder or encoder of Heka 0.10, whose file is
// called as the instance itself.
func (s *script) adopt() error {
	to := s.options.Preserved
	from := s.env.Name + ".data"
	if to == "" || filepath.Base(from) != from || filepath.Base(to) == from {
		return nil
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	err := os.Rename(filepath.Join(filepath.Dir(to), from), to)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Close preserves the script's data. It implements plugin.Closer.
func (s *script) Close() error {
	box := s.box.Swap(nil)
	if box == nil {
		return nil
	}
	s.spent = box.Usage()
	return box.Close()
}

// Usage is what the script uses, or used before it was closed, for tools that try
// scripts. It must not be called while the instance is closed.
func (s *script) Usage() sandbox.Usage {
	if box := s.box.Load(); box != nil {
		return box.Usage()
	}
	return s.spent
}

// running returns the sandbox, or nil when there is none that can be called.
func (s *script) running() *sandbox.Sandbox {
	box := s.box.Load()
	if box == nil || box.Terminated() {
		return nil
	}
	return box
}

// usage adds the counters of the sandbox to a report, and whether there is one.
func (s *script) usage(r *plugin.Report, output bool) bool {
	box := s.box.Load()
	if box == nil {
		return false
	}
	u := box.Usage()
	r.Add("Memory", u.Memory, "B")
	r.Add("MaxMemory", u.MaxMemory, "B")
	r.Add("MaxInstructions", u.MaxInstructions, "count")
	limits := &s.options.Limits
	r.Add("MemoryLimit", limits.Memory, "B")
	if k := s.options.Kind; k != sandbox.Input && k != sandbox.Output {
		r.Add("InstructionLimit", limits.Instructions, "count")
	}
	if output {
		r.Add("MaxOutput", u.MaxOutput, "B")
		r.Add("OutputLimit", limits.Output, "B")
	}
	return true
}

// localTime moves the timestamp of an injected message, whose wall clock is that
// of the zone.
func (s *script) localTime(m *message.Message) {
	if s.zone == nil || s.zone == time.UTC {
		return
	}
	t := time.Unix(0, m.Timestamp()).UTC()
	m.SetTimestamp(time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), s.zone).UnixNano())
}

// keep copies bytes to where they live as long as the pack.
func keep(p *plugin.Pack, b []byte) []byte {
	t := p.Text()
	own := append(t.Free(), b...)
	t.Keep(own)
	return own
}

// setPayload puts an injected payload into a pack.
func setPayload(p *plugin.Pack, typ, name string, payload []byte) {
	t, m := p.Text(), &p.Message
	m.SetPayload(message.View(keep(p, payload)))
	m.AddField("payload_type", "file-extension", message.String).AddString(t.Copy(typ))
	m.AddString("payload_name", t.Copy(name))
}
