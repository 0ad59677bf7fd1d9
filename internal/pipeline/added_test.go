package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/hekad/heka/plugin"
)

// yard is where filters come and go: keeperFilter hands out what adds them, and
// YardFilter is what is added.
type yard struct {
	mu       sync.Mutex
	filters  plugin.Filters
	src      *counting
	chanSize int
	all      []*guest
	prepare  error
}

// guest is an added filter that keeps the numbers it got.
type guest struct {
	yard *yard
	env  *plugin.Env
	got  []int
	fail bool
}

func (g *guest) Prepare(context.Context) error { return g.yard.prepare }

func (g *guest) Process(_ context.Context, p *plugin.Pack, _ plugin.Injector) error {
	if g.fail {
		return plugin.Exit(errors.New("guest has enough"))
	}
	n, err := strconv.Atoi(strings.TrimSpace(p.Message.Payload()))
	g.got = append(g.got, n)
	return err
}

type guestConfig struct {
	Fail bool `toml:"fail"`
}

func (y *yard) plugins() []plugin.Plugin {
	return []plugin.Plugin{
		plugin.NewFilter("KeeperFilter", none{}, func(_ *none, env *plugin.Env) (plugin.Filter, error) {
			y.filters = env.Filters
			return &tagger{}, nil
		}),
		plugin.NewFilter("YardFilter", guestConfig{}, func(c *guestConfig, env *plugin.Env) (plugin.Filter, error) {
			y.mu.Lock()
			defer y.mu.Unlock()
			g := &guest{yard: y, env: env, fail: c.Fail}
			y.all = append(y.all, g)
			return g, nil
		}),
	}
}

// enter adds a guest and returns it with a channel that is closed when it ends.
func (y *yard) enter(t *testing.T, name string, replace bool) (plugin.Added, chan struct{}) {
	t.Helper()
	ended := make(chan struct{})
	y.src.flow()
	a, err := y.filters.Add(plugin.Addition{Name: name, Text: "[x]\ntype=\"YardFilter\"\nmessage_matcher=\"Logger == 'in'\"\n",
		Replace: replace, Ended: func(error) { close(ended) }})
	if err != nil {
		t.Fatal(err)
	}
	return a, ended
}

// counting yields the lines 0, 1, …, some for each change of filters, until it is
// stopped.
type counting struct {
	more chan struct{}
	once sync.Once // closes more
	next int
}

func newCounting() *counting { return &counting{more: make(chan struct{}, 4)} }

// flow lets lines flow while something else happens.
func (c *counting) flow() {
	for range cap(c.more) {
		select {
		case c.more <- struct{}{}:
		default:
		}
	}
}

func (c *counting) stop() { c.once.Do(func() { close(c.more) }) }

func (c *counting) Read(b []byte) (int, error) {
	if _, ok := <-c.more; !ok {
		return 0, io.EOF
	}
	text := b[:0]
	for len(b)-len(text) > 20 && len(text) < 400 {
		text = append(strconv.AppendInt(text, int64(c.next), 10), '\n')
		c.next++
	}
	return len(text), nil
}

const yardToml = `
[in]
type = "ReaderInput"
[KeeperFilter]
message_matcher = "Type == 'nothing'"
[out]
type = "SinkOutput"
message_matcher = "Logger == 'in'"
`

func yardGraph(t *testing.T, y *yard, s *sink) (*graph, *counting) {
	src := newCounting()
	y.src = src
	g := newGraph(t, yardToml, append(y.plugins(), sinkOutput("SinkOutput", s),
		readerInput("ReaderInput", &reader{open: func() []io.Reader { return []io.Reader{src} }}))...)
	g.global.PluginChanSize = y.chanSize
	g.start()
	t.Cleanup(src.stop)
	return g, src
}

// A filter that comes and goes gets an unbroken run of messages, and nobody else
// notices.
func TestFiltersComeAndGoWhileMessagesFlow(t *testing.T) {
	y, s := &yard{chanSize: 30}, &sink{}
	g, src := yardGraph(t, y, s)
	var left []chan struct{}
	for i := range 300 {
		a, ended := y.enter(t, fmt.Sprintf("guest-%d", i), false)
		if i%3 > 0 {
			src.flow()
			a.Stop()
			left = append(left, ended)
		}
	}
	for _, ended := range left {
		<-ended
	}
	src.stop()
	b := g.balanced()
	wantNumbered(t, s.payloads(), src.next)
	total := uint64(0)
	for i, a := range y.all {
		total += uint64(len(a.got))
		for k, n := range a.got {
			if n != a.got[0]+k {
				t.Fatalf("guest %d got %d behind %d", i, n, a.got[k-1])
			}
		}
		if i%3 == 0 && len(a.got) > 0 && a.got[len(a.got)-1] != src.next-1 {
			t.Errorf("guest %d stayed and did not get the last message", i)
		}
	}
	var matched uint64
	for _, c := range b.Consumers {
		if strings.HasPrefix(c.Name, "guest-") || c.Name == "(former plugins)" {
			matched += c.Matched
		}
	}
	if matched != total || total == 0 {
		t.Errorf("the books have %d messages, the guests %d", matched, total)
	}
	if strings.Contains(g.log.String(), "Lost") {
		t.Errorf("%s", g.log)
	}
}

// Successors of one name get every message together, once, in order.
func TestReplacedFiltersMissNothing(t *testing.T) {
	y, s := &yard{chanSize: 30}, &sink{}
	g, src := yardGraph(t, y, s)
	for range 200 {
		y.enter(t, "guest", true)
	}
	last := y.all[len(y.all)-1]
	src.flow()
	src.stop()
	g.balanced()
	var got []int
	for _, a := range y.all {
		got = append(got, a.got...)
	}
	if len(got) == 0 || got[len(got)-1] != src.next-1 || len(last.got) == 0 {
		t.Fatalf("the last message was not matched: %d messages of %d", len(got), src.next)
	}
	for k, n := range got {
		if n != got[0]+k {
			t.Fatalf("%d behind %d", n, got[k-1])
		}
	}
}

func TestEndOfAnAddedFilter(t *testing.T) {
	y, s, news := &yard{chanSize: 30}, &sink{}, &sink{}
	src := newCounting()
	y.src = src
	g := newGraph(t, yardToml+"[news]\ntype=\"NewsOutput\"\nmessage_matcher=\"Type == 'heka.terminated'\"\n",
		append(y.plugins(), sinkOutput("SinkOutput", s), sinkOutput("NewsOutput", news),
			readerInput("ReaderInput", &reader{open: func() []io.Reader { return []io.Reader{src} }}))...)
	g.start()
	a, ended := y.enter(t, "one", false)
	a.Stop()
	a.Stop()
	<-ended
	reason := make(chan error, 1)
	if _, err := y.filters.Add(plugin.Addition{Name: "two", Text: "[x]\ntype=\"YardFilter\"\nmessage_matcher=\"Logger == 'in'\"\ncan_exit=false\nfail=true\n",
		Ended: func(err error) { reason <- err }}); err != nil {
		t.Fatal(err)
	}
	src.flow()
	if err := <-reason; err == nil || err.Error() != "guest has enough" {
		t.Errorf("ended by %v", err)
	}
	y.enter(t, "three", false)
	src.stop()
	g.balanced()
	want := "one (type YardFilter) terminated. Error: Filter unloaded.|two (type YardFilter) terminated. Error: guest has enough"
	if got := strings.Join(news.payloads(), "|"); got != want || g.code != 0 {
		t.Errorf("exit code %d, announced %q", g.code, got)
	}
	if env := y.all[0].env; env.AddedBy != "KeeperFilter" || env.Pressure().Full {
		t.Errorf("%+v", env)
	}
}

func TestAdditionsThatAreRefused(t *testing.T) {
	y, s := &yard{chanSize: 30}, &sink{}
	g, src := yardGraph(t, y, s)
	y.enter(t, "guest", false)
	const head, rest = "[x]\ntype=\"YardFilter\"\n", "message_matcher=\"TRUE\"\n"
	for _, c := range []struct {
		a    plugin.Addition
		want string
	}{
		{plugin.Addition{Name: "guest", Text: head + rest}, "guest is already running"},
		{plugin.Addition{Name: "out", Text: head + rest, Replace: true}, "out is already running"},
		{plugin.Addition{Name: "a", Text: ""}, "there must be one section, not 0"},
		{plugin.Addition{Name: "a", Text: head + rest + "[y]\ntype=\"YardFilter\"\n"}, "there must be one section, not 2"},
		{plugin.Addition{Name: "a", Text: "[hekad]\n" + head + rest}, "[hekad] cannot be set here"},
		{plugin.Addition{Name: "a", Text: head}, "'a' missing message matcher"},
		{plugin.Addition{Name: "a", Text: head + "message_matcher=\"Type ==\"\n"}, "a.toml:3"},
		{plugin.Addition{Name: "a", Text: head + rest + "fial=true\n"}, `unknown option "fial"`},
		{plugin.Addition{Name: "a", Text: head + rest + "fail=%ENV[HOME]\n"}, "a.toml:4"},
		{plugin.Addition{Name: "a", Text: head + rest, Force: map[string]any{"fail": "very"}}, `fail is "very"`},
		{plugin.Addition{Name: "a", Text: "[x]\ntype=\"SinkOutput\"\n" + rest}, "type SinkOutput is no filter"},
		{plugin.Addition{Name: "a", Text: "[x]\ntype=\"NoFilter\"\n" + rest}, "No registered plugin type: NoFilter"},
	} {
		if _, err := y.filters.Add(c.a); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.a, err)
		}
	}
	y.prepare = errors.New("no ground")
	if _, err := y.filters.Add(plugin.Addition{Name: "a", Text: head + rest}); err == nil || !strings.Contains(err.Error(), "no ground") {
		t.Errorf("%v", err)
	}
	ended := make(chan error, 1)
	if _, err := y.filters.Add(plugin.Addition{Name: "guest", Text: head + rest, Replace: true, Ended: func(err error) { ended <- err }}); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil || !strings.Contains(err.Error(), "no ground") {
		t.Errorf("a successor that cannot start: %v", err)
	}
	src.stop()
	g.balanced()
	if _, err := y.filters.Add(plugin.Addition{Name: "a", Text: head + rest}); err == nil || err.Error() != "heka is stopping" {
		t.Errorf("after the end: %v", err)
	}
	if s, err := y.filters.Read("[Ex]\nMessage_Matcher='x'\n[Ex.config]\na=1\n"); s != (plugin.Section{Name: "Ex", MessageMatcher: "x", Digest: s.Digest}) || s.Digest == "" || err != nil {
		t.Errorf("%+v, %v", s, err)
	}
}

// A stuck output keeps a batch for ever; who leaves does not wait for it.
func TestFilterLeavesAlthoughAnOutputIsStuck(t *testing.T) {
	y := &yard{chanSize: 1}
	hung := &sink{send: func(ctx context.Context, _ string) error { <-ctx.Done(); return ctx.Err() }}
	g, _ := yardGraph(t, y, hung)
	a, ended := y.enter(t, "guest", false)
	until(t, "the input to wait for the output", func() bool {
		y.src.flow()
		for _, c := range g.host.Books().Consumers {
			if c.Name == "out" {
				return c.Matched > 250 // the first batch is at hand, the second in the queue
			}
		}
		return false
	})
	a.Stop()
	<-ended
	g.host.Kill()
	y.src.stop()
}

func TestManyAdditionsLeakNothing(t *testing.T) {
	y, s := &yard{chanSize: 30}, &sink{}
	g, src := yardGraph(t, y, s)
	rounds := func(n int) {
		for i := range n {
			a, ended := y.enter(t, "guest"+strconv.Itoa(i%7), false)
			a.Stop()
			<-ended
		}
		y.mu.Lock()
		y.all = nil
		y.mu.Unlock()
	}
	s.send = func(context.Context, string) error { return plugin.Refused("unwanted", errors.New("x")) }
	live := func() int {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc >> 10)
	}
	rounds(500)
	before, goroutines := live(), runtime.NumGoroutine()
	rounds(10_000)
	// What has ended may take a moment to go.
	until(t, "10,000 loads and unloads to leave nothing behind", func() bool {
		after, more := live(), runtime.NumGoroutine()-goroutines
		t.Logf("%d KiB before, %d KiB after, %d goroutines more", before, after, more)
		return after <= before+2<<10 && more <= 5
	})
	src.stop()
	g.balanced()
}
