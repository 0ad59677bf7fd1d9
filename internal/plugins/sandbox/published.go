package sandbox

import (
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/hekad/heka/plugin"
)

// maxPublications is how many names a filter's publications are remembered under.
const maxPublications = 200

// publications are the payloads that a filter has injected, by name and type.
type publications struct {
	mu  sync.Mutex
	all []plugin.Publication // in the order of first appearance
}

// note remembers a payload; further names than there is room for are left out.
func (p *publications) note(typ, name string, bytes int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	i := slices.IndexFunc(p.all, func(x plugin.Publication) bool { return x.Name == name && x.Type == typ })
	if i < 0 {
		if len(p.all) >= maxPublications {
			return
		}
		i = len(p.all)
		p.all = append(p.all, plugin.Publication{Name: strings.Clone(name), Type: strings.Clone(typ)})
	}
	p.all[i].Bytes, p.all[i].Time = bytes, time.Now()
}

// Published implements plugin.Publisher.
func (f *filter) Published() []plugin.Publication {
	f.published.mu.Lock()
	defer f.published.mu.Unlock()
	return slices.Clone(f.published.all)
}
