package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/plugin"
)

// logbook keeps what all BookOutputs got, by name, and the lives of each.
type logbook struct {
	mu    sync.Mutex
	got   map[string][]string
	lives map[string]int
	open  map[string]bool
	bad   []string
}

type bookConfig struct {
	// A word that nobody reads.
	Remark string `toml:"remark"`
	Refuse bool   `toml:"refuse"`
}

type bookOutput struct {
	*logbook
	name   string
	refuse bool
}

func (l *logbook) plugin() plugin.Plugin {
	return plugin.NewOutput("BookOutput", bookConfig{}, func(c *bookConfig, env *plugin.Env) (plugin.Output, error) {
		return &bookOutput{l, env.Name, c.Refuse}, nil
	})
}

func (o *bookOutput) Prepare(context.Context) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.refuse {
		return errors.New("no room on the shelf")
	}
	if o.open[o.name] {
		o.bad = append(o.bad, o.name+" is prepared while its predecessor is open")
	}
	o.open[o.name] = true
	o.lives[o.name]++
	return nil
}

func (o *bookOutput) Close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.open[o.name] = false
	return nil
}

func (o *bookOutput) Send(_ context.Context, p *plugin.Pack) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.open[o.name] {
		o.bad = append(o.bad, o.name+" is used while it is closed")
	}
	o.got[o.name] = append(o.got[o.name], strings.Clone(p.Message.Payload()))
	return nil
}

// reload applies another configuration to a running graph.
func (g *graph) reload(toml string) (pipeline.Reloaded, config.Problems) {
	g.t.Helper()
	cfg, problems := config.LoadBytes("test.toml", []byte(toml), config.Options{})
	if problems.HasErrors() {
		g.t.Fatal(problems)
	}
	return g.host.Reload(cfg, g.global)
}

const bookIn = "[in]\ntype=\"ReaderInput\"\n"

func book(name, more string) string {
	return fmt.Sprintf("[%s]\ntype=\"BookOutput\"\nmessage_matcher=\"Logger == 'in'\"\n%s\n", name, more)
}

// newBooks runs a graph with the outputs kept, changed, stored and gone.
func newBooks(t *testing.T) (*graph, *logbook, *counting) {
	l := &logbook{got: map[string][]string{}, lives: map[string]int{}, open: map[string]bool{}}
	src := newCounting()
	g := newGraph(t, bookIn+book("kept", "")+book("changed", "")+book("stored", "use_buffering=true")+book("gone", ""),
		l.plugin(), readerInput("ReaderInput", &reader{open: func() []io.Reader { return []io.Reader{src} }}))
	g.start()
	t.Cleanup(src.stop)
	until(t, "the graph runs", func() bool {
		src.flow()
		return g.host.Books().Received > 0
	})
	return g, l, src
}

func TestReloadLosesNothing(t *testing.T) {
	g, l, src := newBooks(t)
	for i := range 20 {
		src.flow()
		toml := bookIn + book("kept", "") + book("changed", fmt.Sprintf("remark=\"%d\"", i)) +
			book("stored", fmt.Sprintf("remark=\"%d\"\nuse_buffering=true", i)) + book(fmt.Sprintf("new%d", i), "")
		done, problems := g.reload(toml)
		if problems.HasErrors() {
			t.Fatal(problems)
		}
		gone := "gone"
		if i > 0 {
			gone = fmt.Sprintf("new%d", i-1)
		}
		want := fmt.Sprintf("Reload: 2 kept, 2 restarted (changed, stored), 1 added (new%d), 1 removed (%s)", i, gone)
		if done.String() != want {
			t.Fatalf("%s, want %s", done, want)
		}
	}
	src.flow()
	src.stop()
	g.balanced()
	for _, name := range []string{"kept", "changed", "stored"} {
		wantNumbered(t, l.got[name], src.next)
	}
	if l.lives["kept"] != 1 || l.lives["changed"] != 21 || len(l.bad) > 0 {
		t.Errorf("lives %v, %q", l.lives, l.bad)
	}
	for name, got := range l.got {
		var first, n int
		fmt.Sscan(got[0], &first)
		for i, text := range got {
			if fmt.Sscan(text, &n); n != first+i {
				t.Fatalf("%s got %d behind %d", name, n, first+i-1)
			}
		}
	}
}

func TestReloadIsATransaction(t *testing.T) {
	g, l, src := newBooks(t)
	for _, c := range []struct{ toml, want string }{
		{bookIn + book("fresh", "remak=\"\""), `unknown option "remak"`},
		{bookIn + book("fresh", "") + book("late", "refuse=true"), "Output 'late' failed to start: no room on the shelf"},
		{bookIn + "[x]\ntype=\"BookOutput\"\n", "missing message matcher"},
	} {
		if done, problems := g.reload(c.toml); !problems.HasErrors() || !strings.Contains(fmt.Sprint(problems), c.want) {
			t.Errorf("%v, %v, want %s", done, problems, c.want)
		}
	}
	src.flow()
	src.stop()
	g.balanced()
	for _, name := range []string{"kept", "changed", "stored", "gone"} {
		wantNumbered(t, l.got[name], src.next)
	}
	if l.lives["kept"] != 1 || l.lives["gone"] != 1 || len(l.bad) > 0 || l.open["fresh"] {
		t.Errorf("%v %v %q", l.lives, l.open, l.bad)
	}
}

// What a reload cannot change is named.
func TestReloadNamesWhatMustWait(t *testing.T) {
	g, _, src := newBooks(t)
	all := book("kept", "") + book("changed", "") + book("stored", "use_buffering=true") + book("gone", "")
	g.global.PoolSize++
	g.global.LogFlags++
	done, problems := g.reload(bookIn + all)
	if want := "Reload: 5 kept, 0 restarted, 0 added, 0 removed; start heka anew for the changes of poolsize, log_flags in [hekad]"; done.String() != want || problems.HasErrors() {
		t.Errorf("%s, %v", done, problems)
	}
	src.stop()
	g.balanced()
	if _, problems := g.reload(bookIn + book("late", "")); !strings.Contains(fmt.Sprint(problems), "heka is stopping") {
		t.Error(problems)
	}
}
