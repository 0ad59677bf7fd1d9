package pipeline_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/plugin"
)

// keeper is an output that keeps all batches until it is flushed, and then drops
// the messages whose number ends in 3.
type keeper struct {
	kept []keptBatch
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
