package pipeline_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/plugin"
)

// keeper is an output that keeps all batches until it is flushed, and then drops
// the messages whose number ends in 3.
type keeper struct {
	kept []keptBatch
	got  *[]string // what was not dropped, if anybody wants it
}

type keptBatch struct {
	custody plugin.Custody
	packs   []*plugin.Pack
}

func (k *keeper) Send(context.Context, *plugin.Pack) error { return errors.New("not called") }

func (k *keeper) SendBatch(_ context.Context, b *plugin.Batch) error {
	k.kept = append(k.kept, keptBatch{b.Keep(true), append([]*plugin.Pack(nil), b.Packs...)})
	return nil
}

func (k *keeper) FlushInterval() time.Duration { return 0 }

func (k *keeper) Flush(context.Context) error {
	for _, b := range k.kept {
		for _, p := range b.packs {
			if strings.HasSuffix(p.Message.Payload(), "3\n") {
				b.custody.Drop(p, "mapping", errors.New("late"))
			} else if k.got != nil {
				*k.got = append(*k.got, strings.Clone(p.Message.Payload()))
			}
		}
		b.custody.Deliver()
	}
	k.kept = nil
	return nil
}

func TestKeptMessagesCanBeDroppedLater(t *testing.T) {
	for name, toml := range map[string]string{"memory": lettered, "disk": strings.ReplaceAll(lettered, "message_matcher", "use_buffering = true\nmessage_matcher")} {
		t.Run(name, func(t *testing.T) {
			d := &grave{}
			out := plugin.NewOutput("SinkOutput", none{}, func(*none, *plugin.Env) (plugin.Output, error) { return new(keeper), nil })
			g := newGraph(t, toml, readerInput("ReaderInput", &reader{open: readers(numbered(1000))}), out, graveOutput(d))
			g.start()
			b := g.balanced()
			got := d.originals()
			if len(got) != 100 || got[0] != "3\n" || got[99] != "993\n" {
				t.Fatalf("dead letters carry %q", got)
			}
			books := b.Consumers[0]
			if books.Delivered != 900 || books.DeadLetters != 100 || len(books.Dropped) != 1 || books.Dropped[0] != (pipeline.Count{Name: "mapping", N: 100}) {
				t.Errorf("books: %+v", books)
			}
		})
	}
}

// mortal is an output that drops the messages whose number ends in 3 when it has kept
// three batches, and then dies with the others, once.
type mortal struct {
	keeper
	died *bool
}

func (m *mortal) SendBatch(ctx context.Context, b *plugin.Batch) error {
	if len(m.kept) == 3 && !*m.died {
		*m.died = true
		for _, kept := range m.kept {
			for _, p := range kept.packs {
				if strings.HasSuffix(p.Message.Payload(), "3\n") {
					kept.custody.Drop(p, "mapping", errors.New("late"))
				}
			}
		}
		return plugin.Fatal(errors.New("dead"))
	}
	return m.keeper.SendBatch(ctx, b)
}

// TestWhatAnInstanceDroppedIsNotOfferedToTheNext has the reader of a queue on disk go
// back over messages that were dropped.
func TestWhatAnInstanceDroppedIsNotOfferedToTheNext(t *testing.T) {
	d, died := &grave{}, false
	out := plugin.NewOutput("SinkOutput", none{}, func(*none, *plugin.Env) (plugin.Output, error) { return &mortal{died: &died}, nil })
	toml := strings.Replace(lettered, "message_matcher", "use_buffering = true\nmessage_matcher", 1)
	g := newGraph(t, toml, readerInput("ReaderInput", &reader{open: readers(numbered(3000))}), out, graveOutput(d))
	g.start()
	books := g.balanced().Consumers[0]
	if got := d.originals(); !died || len(got) != 300 {
		t.Errorf("died %t, %d dead letters", died, len(got))
	}
	if books.Delivered != 2700 || len(books.Dropped) != 1 || books.Dropped[0] != (pipeline.Count{Name: "mapping", N: 300}) {
		t.Errorf("books: %+v", books)
	}
}

// dying is an output that keeps batches, drops one message of them, and dies with the
// others when it has a hundred, twice.
type dying struct {
	keeper
	lives *int
}

func (d *dying) SendBatch(ctx context.Context, b *plugin.Batch) error {
	n := 0
	for _, kept := range d.kept {
		n += len(kept.packs)
	}
	if n < 100 || *d.lives == 3 {
		return d.keeper.SendBatch(ctx, b)
	}
	first := d.kept[0]
	first.custody.Drop(first.packs[*d.lives], "mapping", errors.New("late"))
	return plugin.Fatal(errors.New("dead"))
}

func (d *dying) Send(context.Context, *plugin.Pack) error { return errors.New("not called") }

// TestWhatAnInstanceKeptGoesToTheNext has no queue on disk to read it from again.
func TestWhatAnInstanceKeptGoesToTheNext(t *testing.T) {
	const n = 5000
	lives, last, text := 0, atomic.Int64{}, numbered(n)
	var got []string
	out := plugin.NewOutput("SinkOutput", none{}, func(*none, *plugin.Env) (plugin.Output, error) {
		lives++
		return &dying{keeper{got: &got}, &lives}, nil
	})
	g := newGraph(t, "[in]\ntype=\"ReaderInput\"\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n[out.retries]\ndelay=\"1ms\"\nmax_jitter=\"0s\"\n", out,
		readerInput("ReaderInput", &reader{open: readers(text), delivered: func(_ int, pos int64) { last.Store(pos) }}))
	g.start()
	c := g.balanced().Consumers[0]
	// The first instance dropped 1, the second 3, which is at that place then, and the
	// last one those that end in 3.
	want := 2 + (n/10 - 1)
	if c.Delivered != uint64(n-want) || len(c.Dropped) != 1 || c.Dropped[0].N != uint64(want) {
		t.Errorf("books: %+v, want %d dropped", c, want)
	}
	if lives != 3 || last.Load() != int64(len(text)) {
		t.Errorf("%d lives, position %d of %d", lives, last.Load(), len(text))
	}
	var rest []string
	for line := range strings.Lines(text) {
		if line != "1\n" && !strings.HasSuffix(line, "3\n") {
			rest = append(rest, line)
		}
	}
	if !slices.Equal(got, rest) {
		t.Errorf("%d messages arrived, want %d in order", len(got), len(rest))
	}
}
