package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/hekad/heka/plugin"
)

// scroll is an endless text of numbered lines for each ScrollInput. Its position is
// read when an input is prepared and written when one is closed.
type scroll struct {
	mu     sync.Mutex
	marks  map[string]int64 // positions that were written
	open   map[string]bool
	lives  map[string]int
	read   map[string]int64 // the furthest position
	free   map[string]int64 // how far may be read
	more   chan struct{}    // closed when that has changed
	refuse map[string]bool  // sections that cannot be prepared
	bad    []string
	inputs plugin.Inputs // of the last instance of the section "door"
}

func newScroll() *scroll {
	return &scroll{marks: map[string]int64{}, open: map[string]bool{}, lives: map[string]int{}, read: map[string]int64{}, refuse: map[string]bool{},
		free: map[string]int64{}, more: make(chan struct{})}
}

type scrollConfig struct {
	Remark string `toml:"remark"`
	// Lines after which it ends, with an error if fail is set.
	Lines int64 `toml:"lines"`
	Fail  bool  `toml:"fail"`
	// Two that run at a time must not have the same.
	Place string `toml:"place"`
}

type scrollInput struct {
	*scroll
	env    *plugin.Env
	config scrollConfig

	at, start int64
}

const lineSize = 8

func (s *scroll) plugin() plugin.Plugin {
	return plugin.NewInput("ScrollInput", scrollConfig{}, func(c *scrollConfig, env *plugin.Env) (plugin.Input, error) {
		return &scrollInput{scroll: s, env: env, config: *c}, nil
	}, plugin.InputDefaults(func(o *plugin.InputOptions) { o.Splitter = "TokenSplitter" }))
}

func (in *scrollInput) place() string {
	if in.config.Place != "" {
		return in.config.Place
	}
	return in.env.Name
}

func (in *scrollInput) Prepare(context.Context) error {
	in.mu.Lock()
	defer in.mu.Unlock()
	switch {
	case in.refuse[in.env.Name]:
		return errors.New("no light")
	case in.open[in.place()]:
		return errors.New("the place is taken")
	}
	in.open[in.place()] = true
	in.lives[in.env.Name]++
	in.at = in.marks[in.place()]
	in.start = in.at
	return nil
}

func (in *scrollInput) Run(ctx context.Context, feed plugin.Feed) error {
	if in.env.Name == "door" {
		in.mu.Lock()
		in.inputs = in.env.Inputs
		in.mu.Unlock()
		<-ctx.Done()
		return nil
	}
	s, err := feed.Open(plugin.StreamOptions{Delivered: func(n int64) {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.at = in.start + n
	}})
	if err != nil {
		return err
	}
	defer s.Close()
	for i := int64(0); in.mayRead(ctx, in.start+i*lineSize); i++ {
		if in.config.Lines > 0 && i == in.config.Lines {
			if in.config.Fail {
				return plugin.Exit(errors.New("torn"))
			}
			return nil
		}
		line := fmt.Sprintf("%0*d\n", lineSize-1, in.start/lineSize+i)
		if err := s.Split(bytes.NewReader([]byte(line))); err != nil {
			return err
		}
		in.mu.Lock()
		in.read[in.place()] = max(in.read[in.place()], in.start+(i+1)*lineSize)
		in.mu.Unlock()
	}
	return nil
}

// mayRead waits until a position may be read; false means that ctx was done first.
func (in *scrollInput) mayRead(ctx context.Context, at int64) bool {
	for ctx.Err() == nil {
		in.mu.Lock()
		free, more := in.free[in.place()], in.more
		in.mu.Unlock()
		if at < free || in.config.Lines > 0 {
			return true
		}
		select {
		case <-more:
		case <-ctx.Done():
		}
	}
	return false
}

func (in *scrollInput) Close() error {
	in.mu.Lock()
	defer in.mu.Unlock()
	if !in.open[in.place()] {
		in.bad = append(in.bad, in.env.Name+" is closed twice")
	}
	in.open[in.place()] = false
	in.marks[in.place()] = in.at
	return nil
}

// page returns how far the text of a place was read.
func (s *scroll) page(place string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.read[place]
}

// moves waits until more was read of a place, of which some may be left to read.
func (s *scroll) moves(t *testing.T, place string) {
	t.Helper()
	before := s.page(place)
	s.mu.Lock()
	s.free[place] = before + 200*lineSize
	close(s.more)
	s.more = make(chan struct{})
	s.mu.Unlock()
	until(t, place+" to be read", func() bool { return s.page(place) > before })
}

// remarkDecoder has sub-decoders; what it decodes it leaves alone.
type remarkDecoder struct{ print string }

func (d *remarkDecoder) Decode(*plugin.Pack) error { return nil }

func (d *remarkDecoder) Fingerprint() string { return d.print }

type remarkConfig struct {
	Remark string   `toml:"remark"`
	Subs   []string `toml:"subs"`
}

// readings are the fingerprints of RemarkDecoders by their remarks.
type readings struct {
	mu sync.Mutex
	by map[string]string
}

func (r *readings) set(remark, print string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.by[remark] = print
}

func (r *readings) plugin() plugin.Plugin {
	return plugin.NewDecoder("RemarkDecoder", remarkConfig{}, func(c *remarkConfig, env *plugin.Env) (plugin.Decoder, error) {
		for _, sub := range c.Subs {
			if _, err := env.Decoder(sub); err != nil {
				return nil, err
			}
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		return &remarkDecoder{r.by[c.Remark]}, nil
	})
}

const scrollOut = "[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n"

func scrollIn(name, more string) string {
	return fmt.Sprintf("[%s]\ntype=\"ScrollInput\"\n%s\n", name, more)
}

// scrollGraph runs a graph whose outputs know from which input a line is.
func scrollGraph(t *testing.T, toml string, more ...plugin.Plugin) (*graph, *scroll, *byLogger) {
	t.Helper()
	sc, lines := newScroll(), &byLogger{got: map[string][]string{}}
	g := newGraph(t, toml, append(more, sc.plugin(), lines.plugin())...)
	g.once = false
	g.start()
	return g, sc, lines
}

// byLogger keeps the payloads of each Logger.
type byLogger struct {
	mu  sync.Mutex
	got map[string][]string
}

func (l *byLogger) plugin() plugin.Plugin {
	return plugin.NewOutput("SinkOutput", none{}, func(*none, *plugin.Env) (plugin.Output, error) { return l, nil })
}

func (l *byLogger) Send(_ context.Context, p *plugin.Pack) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	name := strings.Clone(p.Message.Logger())
	l.got[name] = append(l.got[name], strings.Clone(p.Message.Payload()))
	return nil
}

// complete wants every line that was read of a section's text, once and in order.
func (l *byLogger) complete(t *testing.T, sc *scroll, name, place string) {
	t.Helper()
	l.mu.Lock()
	defer l.mu.Unlock()
	got := l.got[name]
	if want := sc.page(place) / lineSize; int64(len(got)) != want || want == 0 {
		t.Errorf("%s: %d lines of %d", name, len(got), want)
	}
	for i, text := range got {
		if n, err := strconv.Atoi(strings.TrimSpace(text)); err != nil || n != i {
			t.Fatalf("%s: line %d is %q", name, i, text)
		}
	}
}

// Inputs restart, with what is changed of them or of what they use, while others go
// on; every line comes once.
func TestReloadOfInputsLosesNothing(t *testing.T) {
	prints := &readings{by: map[string]string{}}
	toml := func(own, decoder, inner int) string {
		return scrollIn("kept", "") + scrollIn("own", fmt.Sprintf("remark=\"%d\"", own)) +
			scrollIn("decoding", "decoder=\"outer\"") + scrollIn("nested", "decoder=\"multi\"") + scrollOut +
			fmt.Sprintf("[outer]\ntype=\"RemarkDecoder\"\nremark=\"%d\"\n", decoder) +
			"[multi]\ntype=\"RemarkDecoder\"\nsubs=[\"inner\"]\n" +
			fmt.Sprintf("[inner]\ntype=\"RemarkDecoder\"\nremark=\"in%d\"\n", inner)
	}
	g, sc, lines := scrollGraph(t, toml(0, 0, 0), prints.plugin())
	for _, place := range []string{"kept", "own", "decoding", "nested"} {
		sc.moves(t, place)
	}
	for i := 1; i <= 8; i++ {
		prints.set("0", strconv.Itoa(i)) // of the decoder outer, in the second run
		for _, c := range []struct{ toml, want string }{
			{toml(i, i, i-1), "Reload: 3 kept, 2 restarted (own, decoding), 0 added, 0 removed"},
			{toml(i, i, i), "Reload: 4 kept, 1 restarted (nested), 0 added, 0 removed"},
			{"# the same\n" + toml(i, i, i), "Reload: 5 kept, 0 restarted, 0 added, 0 removed"},
		} {
			if done, problems := g.reload(c.toml); done.String() != c.want || problems.HasErrors() {
				t.Fatalf("%s, %v, want %s", done, problems, c.want)
			}
		}
		for _, place := range []string{"kept", "own", "decoding", "nested"} {
			sc.moves(t, place)
		}
	}
	prints.set("8", "another script")
	done, _ := g.reload(toml(8, 8, 8))
	if want := "Reload: 4 kept, 1 restarted (decoding), 0 added, 0 removed"; done.String() != want {
		t.Errorf("%s, want %s", done, want)
	}
	g.host.Stop(0)
	b := g.balanced()
	var read int64
	for _, place := range []string{"kept", "own", "decoding", "nested"} {
		lines.complete(t, sc, place, place)
		read += sc.page(place) / lineSize
	}
	if b.Received != uint64(read) || len(sc.bad) > 0 || sc.lives["kept"] != 1 || sc.lives["own"] < 2 || sc.lives["own"] > 9 {
		t.Errorf("%d received of %d, lives %v, %q", b.Received, read, sc.lives, sc.bad)
	}
}

// An input that is added under another name gets the place of the one that leaves.
func TestReloadRenamesAnInput(t *testing.T) {
	g, sc, lines := scrollGraph(t, scrollIn("old", "place=\"p\"")+scrollOut)
	sc.moves(t, "p")
	done, problems := g.reload(scrollIn("new", "place=\"p\"") + scrollOut)
	if want := "Reload: 1 kept, 0 restarted, 1 added (new), 1 removed (old)"; done.String() != want || problems.HasErrors() {
		t.Fatalf("%s, %v", done, problems)
	}
	sc.moves(t, "p")
	until(t, "the new input to run", func() bool {
		sc.moves(t, "p")
		lines.mu.Lock()
		defer lines.mu.Unlock()
		return len(lines.got["new"]) > 0
	})
	g.host.Stop(0)
	g.balanced()
	lines.got["p"] = append(lines.got["old"], lines.got["new"]...)
	lines.complete(t, sc, "p", "p")
}

func TestReloadOfInputsIsATransaction(t *testing.T) {
	g, sc, lines := scrollGraph(t, scrollIn("kept", "")+scrollOut)
	sc.refuse["dark"] = true
	sc.moves(t, "kept")
	for _, c := range []struct{ toml, want string }{
		{scrollIn("kept", "") + scrollIn("dark", "") + scrollOut, "Input 'dark' failed to start: no light"},
		{scrollIn("kept", "remark=\"x\"") + scrollIn("dark", "decoder=\"nobody\"") + scrollOut, `no decoder section is called "nobody"`},
		{scrollIn("kept", "") + scrollIn("fine", "") + scrollIn("dark", "") + scrollOut, "no light"},
	} {
		if done, problems := g.reload(c.toml); !strings.Contains(fmt.Sprint(problems), c.want) {
			t.Errorf("%v, %v, want %s", done, problems, c.want)
		}
	}
	sc.moves(t, "kept")
	g.host.Stop(0)
	g.balanced()
	lines.complete(t, sc, "kept", "kept")
	if sc.lives["kept"] != 1 || sc.open["fine"] || len(sc.bad) > 0 {
		t.Errorf("%v %v %q", sc.lives, sc.open, sc.bad)
	}
}

// door returns what adds inputs in a graph that has the input "door".
func (s *scroll) door(t *testing.T) plugin.Inputs {
	t.Helper()
	var d plugin.Inputs
	until(t, "the door to open", func() bool {
		s.mu.Lock()
		defer s.mu.Unlock()
		d = s.inputs
		return d != nil
	})
	return d
}

func TestInputsComeAndGoWhileMessagesFlow(t *testing.T) {
	g, sc, lines := scrollGraph(t, scrollIn("door", "can_exit=true")+scrollIn("kept", "")+scrollOut+
		"[some]\ntype=\"RemarkDecoder\"\n", (&readings{by: map[string]string{}}).plugin())
	door := sc.door(t)
	sc.moves(t, "kept")
	for i := range 30 {
		name := fmt.Sprintf("guest%d", i%3)
		ended := make(chan error, 1)
		a, err := door.Add(plugin.Addition{Name: name, Section: "ScrollInput", Text: "[hekad]\nmaxprocs=3\n[Other]\nx=1\n[ScrollInput]\nremark=\"a\"\n",
			Default: map[string]any{"can_exit": true, "remark": "b"}, Force: map[string]any{"decoder": "some"}, Replace: true,
			Ended: func(err error) { ended <- err }})
		if err != nil {
			t.Fatal(err)
		}
		sc.moves(t, name)
		switch i % 3 {
		case 0:
			a.Stop()
			a.Stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		case 1: // a reload lets added ones be, but for those that use what differs
			toml := scrollIn("door", "can_exit=true") + scrollIn("kept", "") + scrollOut + fmt.Sprintf("[some]\ntype=\"RemarkDecoder\"\nremark=\"%d\"\n", i)
			want := "Reload: 3 kept, 1 restarted (guest1), 0 added, 0 removed"
			if i > 1 {
				want = "Reload: 3 kept, 2 restarted (guest2, guest1), 0 added, 0 removed"
			}
			if done, problems := g.reload(toml); done.String() != want || problems.HasErrors() {
				t.Fatalf("%d: %s, %v", i, done, problems)
			}
			a.Stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
	}
	for _, node := range g.host.Graph().Nodes {
		if node.Name == "guest2" && !node.Added {
			t.Errorf("%+v", node)
		}
	}
	g.host.Stop(0)
	b := g.balanced()
	var sum uint64
	for _, name := range []string{"kept", "guest0", "guest1", "guest2"} {
		lines.complete(t, sc, name, name)
		sum += uint64(sc.page(name) / lineSize)
	}
	if last := b.Inputs[len(b.Inputs)-1]; b.Received != sum || last.Name != "(former inputs)" || last.Received == 0 || len(sc.bad) > 0 {
		t.Errorf("%d of %d, %+v, %q", b.Received, sum, b.Inputs, sc.bad)
	}
}

func TestEndOfAnAddedInput(t *testing.T) {
	g, sc, _ := scrollGraph(t, scrollIn("door", "can_exit=true")+scrollIn("kept", "")+scrollOut)
	door := sc.door(t)
	add := func(name, more string) chan error {
		t.Helper()
		ended := make(chan error, 1)
		if _, err := door.Add(plugin.Addition{Name: name, Text: scrollIn("x", more), Ended: func(err error) { ended <- err }}); err != nil {
			t.Fatal(err)
		}
		return ended
	}
	if err := <-add("short", "lines=3\ncan_exit=true"); err != nil {
		t.Error(err)
	}
	if err := <-add("torn", "lines=3\nfail=true\ncan_exit=true"); err == nil || err.Error() != "torn" {
		t.Error(err)
	}
	until(t, "those that have ended to leave", func() bool {
		for _, n := range g.host.Graph().Nodes {
			if n.Name == "short" || n.Name == "torn" {
				return false
			}
		}
		return true
	})
	for _, c := range []struct {
		a    plugin.Addition
		want string
	}{
		{plugin.Addition{Name: "kept", Text: scrollIn("x", ""), Replace: true}, "kept is already running"},
		{plugin.Addition{Name: "a", Text: scrollIn("x", ""), Section: "y"}, "No `y` section."},
		{plugin.Addition{Name: "a", Text: scrollIn("x", "decoder=\"none\"")}, `no decoder section is called "none"`},
		{plugin.Addition{Name: "a", Text: scrollOut}, "type SinkOutput is no input"},
		{plugin.Addition{Name: "a", Text: scrollIn("x", "limes=3")}, `unknown option "limes"`},
		{plugin.Addition{Name: "a", Text: scrollIn("x", "place=\"kept\"")}, "the place is taken"},
	} {
		_, err := door.Add(c.a)
		var start *plugin.StartError
		if err == nil || !strings.Contains(err.Error(), c.want) || errors.As(err, &start) != (c.want == "the place is taken") {
			t.Errorf("%+v: %v", c.a, err)
		}
	}
	one, err := door.Read("[a]\nremark=\"x\"\nlines=3", "a")
	other, _ := door.Read("# another way\n[a]\nlines = 3\n\nremark = 'x'\n[b]", "a")
	third, _ := door.Read("[a]\nremark=\"y\"\nlines=3", "a")
	if err != nil || one != other || one == third || one.Name != "a" {
		t.Errorf("%v %v %v %v", one, other, third, err)
	}
	if err := <-add("last", "lines=3"); err != nil {
		t.Error(err)
	}
	g.balanced() // the end of one without can_exit stops heka
	if g.code != 1 {
		t.Errorf("exit code %d", g.code)
	}
	if _, err := door.Add(plugin.Addition{Name: "a", Text: scrollIn("x", "")}); err == nil || err.Error() != "heka is stopping" {
		t.Error(err)
	}
}
