package logstream

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/fsnotify/fsnotify"
)

// Hints make followers notice new data at once instead of at the next check. A
// file is watched only while its follower sleeps, and for one event: a busy
// file costs nothing. What goes wrong here only leaves the work to the check.
type Hints struct {
	w     *fsnotify.Watcher
	spent chan string // paths whose watch is to be ended
	ended sync.WaitGroup

	watch sync.Mutex // held while the watcher is told something; before mu
	mu    sync.Mutex // guards armed
	armed map[string][]*hint
}

// A hint is one follower's wish to hear of one file.
type hint struct {
	path  string
	fire  func() // called at the first event, by the goroutine that listens
	spent atomic.Bool
}

// NewHints starts to listen for events of files.
func NewHints() (*Hints, error) {
	w, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch log files: %w", err)
	}
	h := &Hints{w: w, spent: make(chan string, 1024), armed: map[string][]*hint{}}
	h.ended.Go(h.listen)
	h.ended.Go(h.end)
	return h, nil
}

// Close ends the listening; followers go on without hints.
func (h *Hints) Close() error {
	err := h.w.Close()
	h.ended.Wait()
	return err
}

// listen passes events on until the watcher is closed. It never waits for the
// watcher, which may be waiting for it.
func (h *Hints) listen() {
	defer close(h.spent)
	for {
		select {
		case e, ok := <-h.w.Events:
			if !ok {
				return
			}
			h.fire(e.Name)
		case _, ok := <-h.w.Errors:
			if !ok {
				return
			}
		}
	}
}

func (h *Hints) fire(path string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, one := range h.armed[path] {
		one.spent.Store(true)
		one.fire()
	}
	delete(h.armed, path)
	select {
	case h.spent <- path:
	default: // the watch is ended when the file is armed and disarmed again
	}
}

// end ends the watches of files that nobody waits for any more.
func (h *Hints) end() {
	for path := range h.spent {
		h.unwatch(path)
	}
}

func (h *Hints) unwatch(path string) {
	h.watch.Lock()
	defer h.watch.Unlock()
	h.mu.Lock()
	wanted := len(h.armed[path]) > 0
	h.mu.Unlock()
	if !wanted {
		_ = h.w.Remove(path) // the file may be gone, and the watch with it
	}
}

// arm has the next event of a file reported to fire, which must not wait.
func (h *Hints) arm(path string, fire func()) *hint {
	one := &hint{path: path, fire: fire}
	h.watch.Lock()
	defer h.watch.Unlock()
	if h.w.Add(path) == nil {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.armed[path] = append(h.armed[path], one)
	}
	return one
}

// disarm ends the interest of a hint, reported or not.
func (h *Hints) disarm(one *hint) {
	h.mu.Lock()
	h.armed[one.path] = slices.DeleteFunc(h.armed[one.path], func(o *hint) bool { return o == one })
	if len(h.armed[one.path]) == 0 {
		delete(h.armed, one.path)
	}
	h.mu.Unlock()
	h.unwatch(one.path)
}
