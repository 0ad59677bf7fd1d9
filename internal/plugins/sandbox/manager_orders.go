package sandbox

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	"github.com/hekad/heka/plugin"
)

// What follows implements plugin.FilterManager: orders of people, which the admin
// API passes on. They meet the same code and the same limits as those of messages.

var errNotOpen = errors.New("the manager is not running")

// Load implements plugin.FilterManager.
func (m *manager) Load(o plugin.LoadOrder) (name string, err error) {
	if n, most := len(o.Config)+len(o.Script), m.env.MaxMessageSize; n > most {
		return "", fmt.Errorf("script and configuration have %d bytes; max_message_size allows %d", n, most)
	}
	m.orders.Lock()
	defer m.orders.Unlock()
	if !m.open {
		return "", errNotOpen
	}
	if name, err = m.load(o.Config, o.Script, o.Replace); err != nil {
		m.env.Log.Error(err.Error())
	}
	return name, err
}

// Unload implements plugin.FilterManager.
func (m *manager) Unload(name string, purge bool) (full string, err error) {
	m.orders.Lock()
	defer m.orders.Unlock()
	if !m.open {
		return "", errNotOpen
	}
	if m.find(name) == nil && !m.store.has(name) {
		name = m.fullName(name)
	}
	if m.find(name) == nil {
		if !m.store.has(name) {
			return "", fmt.Errorf("%s: %w", name, fs.ErrNotExist)
		}
		return name, m.forget(name, purge) // it was terminated
	}
	_, err = m.unload(name, purge)
	return name, err
}

// forget removes what is left of a filter that does not run.
func (m *manager) forget(name string, purge bool) error {
	err := m.store.remove(name)
	if purge {
		err = errors.Join(err, removeIfThere(preservedIn(m.env, name)))
	}
	return err
}

// Source implements plugin.FilterManager.
func (m *manager) Source(name string) (config, script string, err error) {
	m.orders.Lock()
	defer m.orders.Unlock()
	if !m.open || !m.store.has(name) {
		return "", "", fmt.Errorf("%s: %w", name, fs.ErrNotExist)
	}
	return m.store.source(name)
}

// Managed implements plugin.FilterManager.
func (m *manager) Managed() plugin.Managed {
	m.orders.Lock()
	defer m.orders.Unlock()
	all := plugin.Managed{MaxFilters: m.max}
	if !m.open {
		return all
	}
	terminated := m.store.allTerminated()
	m.mu.Lock()
	for _, f := range m.running {
		delete(terminated, f.name) // just now
		all.Filters = append(all.Filters, plugin.ManagedFilter{Name: f.name, Matcher: f.matcher, Since: f.since})
	}
	m.mu.Unlock()
	for name, reason := range terminated {
		all.Filters = append(all.Filters, plugin.ManagedFilter{Name: name, Terminated: reason})
	}
	slices.SortFunc(all.Filters, func(a, b plugin.ManagedFilter) int { return cmp.Compare(a.Name, b.Name) })
	return all
}
