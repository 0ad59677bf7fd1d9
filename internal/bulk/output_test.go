package bulk_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hekad/heka/internal/bulk"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// account is what the host knows of a message.
type account struct {
	mu                 sync.Mutex // guards what follows
	delivered, dropped map[string]int
}

// batch hands messages in as the host does, until the output takes them.
func (a *account) batch(t *testing.T, o *bulk.Output, texts []string, more bool) {
	t.Helper()
	var packs []*plugin.Pack
	for _, text := range texts {
		p := &plugin.Pack{Message: *message.New()}
		p.Message.SetPayload(text)
		packs = append(packs, p)
	}
	for {
		l := &ledger{account: a, packs: packs, drops: map[string]bool{}}
		var b plugin.Batch
		b.Reset(packs, more, l)
		err := o.SendBatch(t.Context(), &b)
		if err == nil {
			l.back()
			return
		}
		if b.Done != 0 {
			t.Fatalf("done %d", b.Done)
		}
	}
}

// ledger is one call of SendBatch.
type ledger struct {
	*account
	packs []*plugin.Pack
	drops map[string]bool // of this call
	held  bool
}

func (l *ledger) Drop(p *plugin.Pack, _ string, _ error) {
	if !slices.Contains(l.packs, p) {
		panic("dropped a message of no batch")
	}
	l.drops[p.Message.Payload()] = true
}

func (l *ledger) Hold() plugin.Receipt { panic("not called") }

func (l *ledger) Keep(bool) plugin.Custody { l.held = true; return custody{l} }

func (l *ledger) back() {
	for text := range l.drops {
		l.count(l.dropped, text)
	}
	if !l.held {
		l.rest()
	}
}

func (l *ledger) rest() {
	for _, p := range l.packs {
		if text := p.Message.Payload(); !l.drops[text] {
			l.count(l.delivered, text)
		}
	}
}

func (a *account) count(in map[string]int, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	in[text]++
}

type custody struct{ *ledger }

func (c custody) Deliver() { c.rest() }

func (c custody) Drop(p *plugin.Pack, _ string, _ error) {
	text := p.Message.Payload()
	c.drops[text] = true
	c.count(c.dropped, text)
}

// moody is a server with moods: it refuses messages that begin with "x", requests
// that hold one that begins with "p", and fails as it likes.
type moody struct {
	rand *rand.Rand
	got  map[string]int
	sent []int // messages in each request
}

func (s *moody) Encode(dst []byte, p *plugin.Pack, _ *bulk.Item) ([]byte, error) {
	text := p.Message.Payload()
	switch text[0] {
	case 's':
		return dst, plugin.ErrSkip
	case 'e':
		return append(dst, "half"...), errors.New("cannot be encoded")
	}
	return append(append(dst, text...), '\n'), nil
}

func (s *moody) Send(_ context.Context, r *bulk.Request) error {
	time.Sleep(time.Duration(s.rand.IntN(50)) * time.Millisecond)
	s.sent = append(s.sent, len(r.Items))
	if s.rand.IntN(4) == 0 {
		return errors.New("not now")
	}
	lines := strings.Split(strings.TrimSuffix(string(r.Body()), "\n"), "\n")
	if len(lines) != len(r.Items) {
		panic(fmt.Sprintf("%d lines for %d messages", len(lines), len(r.Items)))
	}
	for i := range r.Items {
		if string(r.Bytes(&r.Items[i])) != lines[i]+"\n" {
			panic("the body is not the messages")
		}
		if lines[i][0] == 'p' {
			return plugin.Refused("poison", errors.New("a poison"))
		}
	}
	for i, line := range lines {
		switch {
		case line[0] == 'x':
			r.Items[i].Refuse("mapping", errors.New("no"))
		case s.rand.IntN(8) == 0:
			r.Items[i].Again(errors.New("busy"))
		default:
			s.got[line]++
		}
	}
	return nil
}

// TestEveryMessageGetsOneVerdict draws batches, bounds and moods at random: each
// message is delivered once, or dropped once, and the host hears it so.
func TestEveryMessageGetsOneVerdict(t *testing.T) {
	for seed := range uint64(60) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { synctest.Test(t, func(t *testing.T) { verdicts(t, seed) }) })
	}
}

func verdicts(t *testing.T, seed uint64) {
	r := rand.New(rand.NewPCG(seed, 1))
	s := &moody{rand: rand.New(rand.NewPCG(seed, 2)), got: map[string]int{}}
	options := bulk.Options{Count: r.IntN(20), Bytes: r.IntN(200), Interval: time.Duration(r.IntN(2)) * time.Second}
	o := bulk.New(options, new(plugin.Env), s)
	a := &account{delivered: map[string]int{}, dropped: map[string]int{}}
	n := 0
	for range 30 {
		var texts []string
		for range 1 + r.IntN(60) {
			texts = append(texts, fmt.Sprintf("%c%d", "aaaaaaaaaaaaaaaaaaaaxpse"[r.IntN(24)], n))
			n++
		}
		a.batch(t, o, texts, r.IntN(2) == 0)
		if r.IntN(4) == 0 {
			flush(t, o)
		}
	}
	flush(t, o)
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	if len(a.delivered)+len(a.dropped) != n {
		t.Errorf("%d delivered and %d dropped of %d messages", len(a.delivered), len(a.dropped), n)
	}
	for text, times := range a.delivered {
		if want := text[0] != 's'; times != 1 || (s.got[text] == 1) != want || text[0] == 'x' || text[0] == 'p' || text[0] == 'e' {
			t.Errorf("%s: delivered %d times, arrived %d times", text, times, s.got[text])
		}
	}
	for text, times := range a.dropped {
		if times != 1 || strings.IndexByte("xpe", text[0]) < 0 {
			t.Errorf("%s: dropped %d times", text, times)
		}
	}
	for _, size := range s.sent {
		if options.Count > 0 && size > options.Count {
			t.Errorf("a request of %d messages, the bound is %d", size, options.Count)
		}
	}
}

func flush(t *testing.T, o *bulk.Output) {
	t.Helper()
	for o.Flush(t.Context()) != nil {
	}
}

// panicking is a sender with a bug.
type panicking struct{ moody }

func (p *panicking) Send(context.Context, *bulk.Request) error { panic("a bug") }

func TestAPanicOfASenderIsAnError(t *testing.T) {
	o := bulk.New(bulk.Options{Count: 1}, new(plugin.Env), &panicking{})
	p := &plugin.Pack{Message: *message.New()}
	p.Message.SetPayload("a")
	var b plugin.Batch
	b.Reset([]*plugin.Pack{p}, false, &ledger{})
	if err := o.SendBatch(t.Context(), &b); err == nil || err.Error() != "panic: a bug" {
		t.Error(err)
	}
}
