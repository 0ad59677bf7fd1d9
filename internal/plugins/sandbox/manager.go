package sandbox

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// manager is the SandboxManagerFilter plugin.
type manager struct {
	env       *plugin.Env
	max       int
	skew      time.Duration
	forced    map[string]any // options of every filter
	store     store
	processed atomic.Int64

	// orders is held while the manager obeys, since orders come from messages and
	// from the admin API; mu may be taken under it.
	orders sync.Mutex
	open   bool // between Prepare and Close; guarded by orders

	mu      sync.Mutex // guards running
	running map[string]*managed
}

// managed is a filter that was loaded.
type managed struct {
	name    string
	matcher string
	since   time.Time
	added   plugin.Added // set before the manager's next order
	purge   bool         // remove what it preserved, when it has ended; set before it is stopped
}

func newManager(c *ManagerConfig, env *plugin.Env) (plugin.Filter, error) {
	return &manager{
		env: env, max: int(c.MaxFilters), skew: c.MaxSkew, running: make(map[string]*managed),
		store: store{dir: env.BasePath(c.WorkingDirectory), prefix: wordsOnly(env.Name) + "-"},
		forced: map[string]any{"module_directory": c.ModuleDirectory, "memory_limit": c.MemoryLimit,
			"instruction_limit": c.InstructionLimit, "output_limit": c.OutputLimit},
	}, nil
}

// Prepare loads what was loaded when heka stopped.
func (m *manager) Prepare(context.Context) error {
	m.orders.Lock()
	defer m.orders.Unlock()
	names, err := m.store.open()
	if err != nil {
		return err
	}
	m.open = true
	for _, name := range names {
		if err := m.restore(name); err != nil {
			m.env.Log.Error(err.Error())
		}
	}
	return nil
}

// restore loads one filter again. Whatever goes wrong, its files stay.
func (m *manager) restore(name string) error {
	if reason := m.store.terminated(name); reason != "" {
		m.env.Log.Warn("not loaded again: " + name + " was terminated: " + reason)
		return nil
	}
	text, err := m.store.config(name)
	if err != nil {
		return fmt.Errorf("restoreSandboxes failed: %w", err)
	}
	s, err := m.env.Filters.Read(text)
	if err != nil {
		return fmt.Errorf("restoreSandboxes failed: %w", err)
	}
	if m.count() >= m.max {
		return m.tooMany()
	}
	m.env.Log.Info("Loading: " + name)
	if err := m.start(name, text, s, false); err != nil {
		return fmt.Errorf("createRunner failed: %w", err)
	}
	return nil
}

func (m *manager) count() int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return len(m.running)
}

func (m *manager) find(name string) *managed {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.running[name]
}

// tooManyError is about a filter more than there may be.
type tooManyError struct{ text string }

func (e *tooManyError) Error() string { return e.text }
func (e *tooManyError) Unwrap() error { return plugin.ErrConflict }

func (m *manager) tooMany() error {
	return &tooManyError{fmt.Sprintf("%s attempted to load more than %d filters", m.env.Name, m.max)}
}

// Process obeys a control message.
func (m *manager) Process(_ context.Context, p *plugin.Pack, out plugin.Injector) error {
	m.processed.Add(1)
	msg := &p.Message
	if off := time.Since(time.Unix(0, msg.Timestamp())); off >= m.skew || -off >= m.skew {
		return plugin.Refused("skew", fmt.Errorf("Discarded control message: %d seconds skew", int64(off/time.Second))) //lint:ignore ST1005 the text is part of Heka's contract
	}
	action := fieldOf(msg, "action")
	var name, result string
	var err error
	m.orders.Lock()
	defer m.orders.Unlock()
	switch action {
	case "load", "reload":
		name, err = m.load(strings.Clone(fieldOf(msg, "config")), strings.Clone(msg.Payload()), action == "reload")
	case "unload":
		name = m.fullName(fieldOf(msg, "name"))
		result, err = m.unload(name, fieldTrue(msg, "purge"))
	case "list":
		result = m.list()
	default:
		return plugin.Refused("action", fmt.Errorf("control message with unknown action %q", action))
	}
	return errors.Join(err, m.answer(action, name, result, err, out))
}

// fieldOf is the text of the first field of a name, or "".
func fieldOf(m *message.Message, name string) string {
	f := m.FindField(name, 0)
	if f == nil {
		return ""
	}
	s, _ := f.Text(0)
	return s
}

// fieldTrue reports whether a field says yes.
func fieldTrue(m *message.Message, name string) bool {
	f := m.FindField(name, 0)
	if f == nil {
		return false
	}
	yes, _ := f.Bool(0)
	return yes || fieldOf(m, name) == "true"
}

// answer tells what became of a control message, and if a load failed that too as
// Heka 0.10 did.
func (m *manager) answer(action, name, result string, cause error, out plugin.Injector) error {
	p, err := out.New()
	if err != nil {
		return err
	}
	msg := &p.Message
	msg.SetType("heka.sandbox-manager.result")
	msg.SetLogger(m.env.Name)
	msg.SetPayload(result)
	msg.AddString("action", action)
	msg.AddString("name", name)
	msg.AddBool("ok", cause == nil)
	if cause != nil {
		msg.AddString("error", cause.Error())
	}
	if err := out.Inject(p); err != nil {
		return err
	}
	var full *tooManyError
	if cause == nil || action == "unload" || errors.As(cause, &full) {
		return nil
	}
	if p, err = out.New(); err != nil {
		return err
	}
	msg = &p.Message
	msg.SetType("heka.sandbox-terminated")
	msg.SetLogger("hekad")
	msg.SetPayload(cause.Error())
	msg.AddString("plugin", m.env.Name)
	return out.Inject(p)
}

// fullName is the name of the filter that was or is to be loaded from a section.
func (m *manager) fullName(section string) string { return m.store.prefix + wordsOnly(section) }

// runningError is about a filter that cannot be loaded twice.
type runningError struct{ name string }

func (e *runningError) Error() string { return "loadSandbox failed: " + e.name + " is already running" }
func (e *runningError) Unwrap() error { return plugin.ErrConflict }

// maxName bounds a filter's name, in bytes, so that file systems can hold it.
const maxName = 200

// load starts a filter, or one in the place of another that runs.
func (m *manager) load(text, script string, replace bool) (name string, err error) {
	s, err := m.env.Filters.Read(text)
	if err != nil {
		return "", fmt.Errorf("loadSandbox failed: %w\n", err) //lint:ignore ST1005 the line end is part of Heka's contract
	}
	name = m.fullName(s.Name)
	before := m.find(name)
	switch {
	case len(name) > maxName:
		return name[:maxName], fmt.Errorf("loadSandbox failed: the name has more than %d characters", maxName)
	case before != nil && !replace:
		return name, &runningError{name}
	case before == nil && m.count() >= m.max:
		return name, m.tooMany()
	}
	m.env.Log.Info("Loading: " + name)
	undo, err := m.store.put(name, text, script)
	if err == nil {
		err = m.start(name, text, s, before != nil)
	}
	if err != nil {
		return name, errors.Join(err, undo())
	}
	return name, nil
}

// start adds the filter whose files are in the store.
func (m *manager) start(name, text string, s plugin.Section, replace bool) error {
	switch s.Type {
	case "SandboxFilter":
	case "":
		return fmt.Errorf("No registered plugin type: %s", name) //lint:ignore ST1005 the text is part of Heka's contract
	default:
		return fmt.Errorf("Plugin must be a SandboxFilter, received %s", s.Type) //lint:ignore ST1005 the text is part of Heka's contract
	}
	f := &managed{name: name, matcher: s.MessageMatcher, since: time.Now()}
	a := plugin.Addition{Name: name, Text: text, Replace: replace, Ended: func(err error) { m.ended(f, err) },
		Force: map[string]any{"filename": m.store.script(name)}}
	for option, value := range m.forced {
		a.Force[option] = value
	}
	m.mu.Lock()
	before := m.running[name]
	m.running[name] = f // it may have ended before Add returns
	m.mu.Unlock()
	added, err := m.env.Filters.Add(a)
	m.mu.Lock()
	defer m.mu.Unlock()
	f.added = added
	if err == nil {
		return nil
	}
	if delete(m.running, name); before != nil {
		m.running[name] = before
	}
	return fmt.Errorf("Initialization failed for '%s': %w", name, err) //lint:ignore ST1005 the text is part of Heka's contract
}

// unload stops a filter and forgets it. What it preserved stays, so that it is
// there when the filter is loaded again, unless it is to be purged.
func (m *manager) unload(name string, purge bool) (result string, err error) {
	m.mu.Lock()
	f := m.running[name]
	delete(m.running, name)
	if f != nil {
		f.purge = purge
	}
	m.mu.Unlock()
	if f == nil {
		return "no such filter runs", nil
	}
	err = m.store.remove(name)
	f.added.Stop()
	return "", err
}

// ended is told that a filter has ended.
func (m *manager) ended(f *managed, cause error) {
	m.mu.Lock()
	current := m.running[f.name] == f
	if current && cause != nil {
		delete(m.running, f.name)
	}
	purge := f.purge
	m.mu.Unlock()
	var err error
	switch {
	case purge:
		err = removeIfThere(preservedIn(m.env, f.name))
	case current && cause != nil:
		err = m.store.mark(f.name, cause)
	}
	if err != nil {
		m.env.Log.Error(err.Error())
	}
}

// list describes the filters as a JSON array.
func (m *manager) list() string {
	type entry struct {
		Name    string `json:"name"`
		Matcher string `json:"message_matcher,omitempty"`
		State   string `json:"state"`
		Started string `json:"started,omitempty"`
	}
	entries := []entry{}
	for name, reason := range m.store.allTerminated() {
		entries = append(entries, entry{Name: name, State: "terminated: " + reason})
	}
	m.mu.Lock()
	for _, f := range m.running {
		entries = append(entries, entry{f.name, f.matcher, "running", f.since.UTC().Format(time.RFC3339)})
	}
	m.mu.Unlock()
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.Name, b.Name) })
	b, _ := json.Marshal(entries) // texts always marshal
	return string(b)
}

// Close takes out the filters of a manager that is restarted; they come back with
// it. When heka stops they end by themselves.
func (m *manager) Close() error {
	m.orders.Lock()
	defer m.orders.Unlock()
	m.open = false
	m.mu.Lock()
	all := m.running
	m.running = make(map[string]*managed)
	m.mu.Unlock()
	for _, f := range all {
		f.added.Stop()
	}
	return nil
}

// Report implements plugin.Reporter.
func (m *manager) Report(r *plugin.Report) {
	r.Add("RunningFilters", m.count(), "count")
	r.Add("ProcessMessageCount", m.processed.Load(), "count")
}
