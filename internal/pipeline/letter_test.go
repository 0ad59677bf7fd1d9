package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/hekad/heka/internal/deadletter"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// lettered has an output that refuses and one that takes dead letters.
const lettered = `
[in]
type = "ReaderInput"
[out]
type = "SinkOutput"
message_matcher = "TRUE"
dead_letter = true
[out.retries]
delay = "1ms"
max_jitter = "0s"
[dead]
type = "DeadOutput"
message_matcher = "Type == 'heka.dead-letter'"
`

// refuse refuses the messages of some lines.
func refuse(lines ...string) func(context.Context, string) error {
	return func(_ context.Context, text string) error {
		if slices.Contains(lines, strings.TrimSuffix(text, "\n")) {
			return plugin.Refused("mapping", errors.New("no such index"))
		}
		return nil
	}
}

// grave is an output that keeps the payloads of the messages that dead letters
// carry; send, if set, decides.
type grave struct {
	mu      sync.Mutex
	got     []string
	letters []*message.Message
	send    func(ctx context.Context, original string) error
}

func graveOutput(g *grave) plugin.Plugin {
	return plugin.NewOutput("DeadOutput", none{}, func(*none, *plugin.Env) (plugin.Output, error) { return g, nil })
}

func (g *grave) Send(ctx context.Context, p *plugin.Pack) error {
	wire, ok := deadletter.Original(&p.Message)
	m := message.New()
	if err := m.Parse(slices.Clone(wire)); !ok || err != nil {
		return plugin.Exit(fmt.Errorf("not a dead letter: %v", err))
	}
	if g.send != nil {
		if err := g.send(ctx, m.Payload()); err != nil {
			return err
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.got, g.letters = append(g.got, m.Payload()), append(g.letters, p.Message.Clone())
	return nil
}

func (g *grave) originals() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.got)
}

func TestRefusedMessagesGoOnAsDeadLetters(t *testing.T) {
	for name, toml := range map[string]string{"memory": lettered, "disk": strings.ReplaceAll(lettered, "message_matcher", "use_buffering = true\nmessage_matcher")} {
		t.Run(name, func(t *testing.T) {
			s, d := &sink{send: refuse("3", "7")}, &grave{}
			g := newGraph(t, toml, readerInput("ReaderInput", &reader{open: readers(numbered(10))}), sinkOutput("SinkOutput", s), graveOutput(d))
			g.start()
			b := g.balanced()
			if got := strings.Join(d.originals(), ""); got != "3\n7\n" {
				t.Fatalf("dead letters carry %q", got)
			}
			m := d.letters[0]
			if m.Type() != "heka.dead-letter" || m.Logger() != "out" || m.Payload() != "no such index" || m.Hostname() != "test" || !m.HasUUID() || !m.HasTimestamp() {
				t.Errorf("letter %s", message.AppendJSON(nil, m))
			}
			if text, _ := m.FindField("reason", 0).Text(0); text != "mapping" {
				t.Errorf("reason %q", text)
			}
			out := b.Consumers[0]
			if out.Delivered != 8 || out.DeadLetters != 2 || len(out.Dropped) != 1 || out.Dropped[0] != (pipeline.Count{Name: "mapping", N: 2}) {
				t.Errorf("books: %+v", out)
			}
			if b.Injected != 2 || b.Consumers[1].Delivered != 2 {
				t.Errorf("books: %+v", b)
			}
		})
	}
}

func TestADeadLetterThatIsRefusedIsDropped(t *testing.T) {
	s := &sink{send: func(context.Context, string) error { return plugin.Refused("mapping", errors.New("no such index")) }}
	d := &grave{send: func(context.Context, string) error { return plugin.Refused("no_room", errors.New("no room")) }}
	toml := lettered + "[other]\ntype = \"SinkOutput\"\nmessage_matcher = \"TRUE\"\ndead_letter = true\n"
	g := newGraph(t, toml, readerInput("ReaderInput", &reader{open: readers(numbered(10))}), sinkOutput("SinkOutput", s), graveOutput(d))
	g.start()
	b := g.balanced()
	for i, want := range []pipeline.Count{{Name: "mapping", N: 10}, {Name: "no_room", N: 20}, {Name: "mapping", N: 10}} {
		if d := b.Consumers[i].Dropped; len(d) != 1 || d[0] != want {
			t.Errorf("%s dropped %v, want %v", b.Consumers[i].Name, d, want)
		}
	}
}

func TestPositionsWaitForDeadLetters(t *testing.T) {
	const n = 2000
	release := make(chan struct{})
	d := &grave{send: func(ctx context.Context, _ string) error {
		select {
		case <-release:
		case <-ctx.Done():
			return ctx.Err()
		}
		return nil
	}}
	var last atomic.Int64
	text := numbered(n)
	s := &sink{send: refuse("1000")}
	g := newGraph(t, lettered, readerInput("ReaderInput", &reader{open: readers(text), delivered: func(_ int, pos int64) { last.Store(pos) }}),
		sinkOutput("SinkOutput", s), graveOutput(d))
	g.start()
	until(t, "all other messages", func() bool { return len(s.payloads()) == n-1 })
	if held := int64(strings.Index(text, "\n1000\n") + 1); last.Load() > held {
		t.Errorf("position is %d although the letter of the message at %d is not delivered", last.Load(), held)
	}
	close(release)
	g.balanced()
	if last.Load() != int64(len(text)) {
		t.Errorf("position at the end is %d of %d", last.Load(), len(text))
	}
}

// TestAForcedStopKeepsWhatIsRefused stops heka by force while a dead letter is not
// delivered yet: the message comes out of the queue on disk again.
func TestAForcedStopKeepsWhatIsRefused(t *testing.T) {
	toml := strings.Replace(lettered, "dead_letter", "use_buffering = true\ndead_letter", 1)
	stuck := make(chan struct{})
	var once sync.Once
	d := &grave{send: func(ctx context.Context, _ string) error {
		once.Do(func() { close(stuck) })
		<-ctx.Done()
		return ctx.Err()
	}}
	g := newGraph(t, toml, readerInput("ReaderInput", &reader{open: readers(numbered(10)), hold: true}),
		sinkOutput("SinkOutput", &sink{send: refuse("3", "7")}), graveOutput(d))
	g.once = false
	h := g.start()
	<-stuck
	h.Kill()
	if left := g.wait().Consumers[0].Left; left == 0 {
		t.Fatal("nothing is left in the queue")
	}
	d2 := &grave{}
	g2 := newGraph(t, toml, readerInput("ReaderInput", &reader{open: readers("")}),
		sinkOutput("SinkOutput", &sink{send: refuse("3", "7")}), graveOutput(d2))
	g2.global.BaseDir = g.global.BaseDir
	g2.start()
	g2.balanced()
	if got := strings.Join(d2.originals(), ""); got != "3\n7\n" {
		t.Errorf("dead letters carry %q", got)
	}
}

// TestDeadLettersOfTheShutdownAreDelivered refuses everything that is under way
// when heka is stopped.
func TestDeadLettersOfTheShutdownAreDelivered(t *testing.T) {
	const n = 1000
	finished, gate := make(chan struct{}), make(chan struct{})
	s := &sink{send: func(context.Context, string) error {
		<-gate
		return plugin.Refused("mapping", errors.New("no such index"))
	}}
	d := &grave{}
	g := newGraph(t, lettered, readerInput("ReaderInput", &reader{open: readers(numbered(n)), hold: true, finished: finished}),
		sinkOutput("SinkOutput", s), graveOutput(d))
	g.once = false
	h := g.start()
	<-finished
	h.Stop(0)
	until(t, "the shutdown to come to the output", func() bool { return strings.Contains(g.log.String(), "Stop message sent to output 'out'") })
	close(gate)
	g.balanced()
	wantNumbered(t, d.originals(), n)
}

func TestNobodyToTakeDeadLettersIsAWarning(t *testing.T) {
	const alone = "[in]\ntype=\"ReaderInput\"\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\ndead_letter=true\n"
	g := newGraph(t, alone, readerInput("ReaderInput", &reader{open: readers(numbered(10))}), sinkOutput("SinkOutput", &sink{send: refuse("3")}))
	_, problems := g.tryBuild()
	if !strings.Contains(fmt.Sprint(problems), "nobody takes its dead letters") || problems.HasErrors() {
		t.Errorf("problems: %v", problems)
	}
	g.start()
	if c := g.balanced().Consumers[0]; c.DeadLetters != 0 || len(c.Dropped) != 1 {
		t.Errorf("books: %+v", c)
	}
	for toml, warned := range map[string]bool{
		lettered: false,
		strings.Replace(lettered, "-letter'", "-letter' && Fields[reason] == 'mapping'", 1): false,
		strings.Replace(lettered, "'heka.dead-letter'", "'other'", 1):                       true,
	} {
		g := newGraph(t, toml, readerInput("ReaderInput", &reader{}), sinkOutput("SinkOutput", &sink{}), graveOutput(&grave{}))
		if _, problems := g.tryBuild(); (len(problems) > 0) != warned {
			t.Errorf("%v\n%s", problems, toml)
		}
	}
}

func TestFiltersMakeDeadLettersOfWhatTheyCannotProcess(t *testing.T) {
	f := &tagger{act: func(p *plugin.Pack) error {
		if p.Message.Payload() == "5\n" {
			return errors.New("cannot make sense of it")
		}
		return nil
	}}
	d := &grave{}
	g := newGraph(t, `
[in]
type = "ReaderInput"
[f]
type = "TagFilter"
message_matcher = "Logger == 'in'"
dead_letter = true
[dead]
type = "DeadOutput"
message_matcher = "Type == 'heka.dead-letter' && Fields[plugin] == 'f'"
`, readerInput("ReaderInput", &reader{open: readers(numbered(10))}), taggerFilter("TagFilter", f), graveOutput(d))
	g.start()
	g.balanced()
	if got := strings.Join(d.originals(), ""); got != "5\n" {
		t.Errorf("dead letters carry %q", got)
	}
}

// picky is a batch output that drops odd lines, and fails once in the middle of a
// batch.
type picky struct {
	sink
	failed bool
}

func (o *picky) SendBatch(ctx context.Context, b *plugin.Batch) error {
	for i, p := range b.Packs {
		if i == 5 && !o.failed {
			o.failed = true
			b.Done = 3
			return errors.New("not now")
		}
		text := p.Message.Payload()
		if strings.ContainsAny(text, "13579") {
			b.Drop(p, "odd", errors.New("it is odd"))
		} else if i >= 3 || o.failed {
			o.Send(ctx, p)
		} else {
			o.got = append(o.got, strings.Clone(text))
		}
	}
	return nil
}

func TestDropsBehindAnErrorAreOfferedAgain(t *testing.T) {
	o, d := &picky{}, &grave{}
	g := newGraph(t, lettered, readerInput("ReaderInput", &reader{open: readers("0\n1\n2\n3\n4\n5\n6\n7\n8\n9\n")}),
		plugin.NewOutput("SinkOutput", none{}, func(*none, *plugin.Env) (plugin.Output, error) { return o, nil }), graveOutput(d))
	g.start()
	c := g.balanced().Consumers[0]
	if got := strings.Join(d.originals(), ""); got != "1\n3\n5\n7\n9\n" {
		t.Errorf("dead letters carry %q", got)
	}
	if len(c.Dropped) != 1 || c.Dropped[0].N != 5 || c.Delivered != 5 {
		t.Errorf("books: %+v", c)
	}
}

// TestPoisonInAQueueOnDiskCostsOneMessage has an output panic over a message that
// is stored: it must not come again for ever.
func TestPoisonInAQueueOnDiskCostsOneMessage(t *testing.T) {
	s := &sink{send: func(_ context.Context, text string) error {
		if text == "5\n" {
			panic("boom")
		}
		return nil
	}}
	d := &grave{}
	g := newGraph(t, strings.Replace(lettered, "dead_letter", "use_buffering = true\ndead_letter", 1),
		readerInput("ReaderInput", &reader{open: readers(numbered(10))}), sinkOutput("SinkOutput", s), graveOutput(d))
	g.start()
	c := g.balanced().Consumers[0]
	if c.Delivered != 9 || len(c.Dropped) != 1 || c.Dropped[0] != (pipeline.Count{Name: "panic", N: 1}) {
		t.Errorf("books: %+v", c)
	}
	if got := strings.Join(d.originals(), ""); got != "5\n" {
		t.Errorf("dead letters carry %q", got)
	}
}

// TestTheLongestMessageFitsIntoALetter has a message of max_message_size, whose
// letter is longer, go through a queue on disk.
func TestTheLongestMessageFitsIntoALetter(t *testing.T) {
	d := &grave{}
	long := strings.Repeat("x", 4000) + "\n"
	toml := strings.Replace(lettered, "type = \"DeadOutput\"", "type = \"DeadOutput\"\nuse_buffering = true", 1)
	s := &sink{send: func(context.Context, string) error {
		return plugin.Refused("mapping", errors.New(strings.Repeat("y", 2000)))
	}}
	g := newGraph(t, toml, readerInput("ReaderInput", &reader{open: readers(long)}), sinkOutput("SinkOutput", s), graveOutput(d))
	g.global.MaxMessageSize = 4100
	g.start()
	g.balanced()
	if got := strings.Join(d.originals(), ""); got != long {
		t.Errorf("dead letters carry %d bytes, want %d", len(got), len(long))
	}
}
