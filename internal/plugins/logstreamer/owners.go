package logstreamer

import (
	"fmt"
	"path/filepath"
	"sync"
)

// owners tells which input keeps the position of which stream. Inputs that kept one
// in the same file would destroy it for each other.
type owners struct {
	mu sync.Mutex // guards of
	of map[place]*Input
}

// place is where a position is kept.
type place struct{ journal, stream string }

// claim makes in the owner of a stream's position until it lets go. That is an error
// while another input has it.
func (o *owners) claim(in *Input, stream string) error {
	p := in.place(stream)
	o.mu.Lock()
	defer o.mu.Unlock()
	if owner := o.of[p]; owner != nil && owner != in {
		return fmt.Errorf("stream %q is followed by the input %q as well, and both would keep its position in %s; give one of them another differentiator or journal_directory",
			stream, owner.env.Name, p.journal)
	}
	if o.of == nil {
		o.of = map[place]*Input{}
	}
	o.of[p] = in
	return nil
}

// free ends the ownership of one stream.
func (o *owners) free(in *Input, stream string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if p := in.place(stream); o.of[p] == in {
		delete(o.of, p)
	}
}

// leave ends all that in owns.
func (o *owners) leave(in *Input) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for p, owner := range o.of {
		if owner == in {
			delete(o.of, p)
		}
	}
}

func (in *Input) place(stream string) place {
	dir := in.config.Journal(in.env.BaseDir)
	if abs, err := filepath.Abs(dir); err == nil {
		dir = abs
	}
	return place{dir, stream}
}
