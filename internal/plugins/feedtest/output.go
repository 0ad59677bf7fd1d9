package feedtest

import (
	"context"
	"fmt"
	"sync"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// Ledger keeps count of what becomes of messages. Use a pointer to a zero value.
type Ledger struct {
	mu        sync.Mutex // guards what follows
	dropped   map[string]int
	delivered int
	held      int
	changed   chan struct{}
}

// Delivered is the number of messages that count as delivered.
func (l *Ledger) Delivered() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.delivered
}

// Held is the number of receipts that were taken and not delivered.
func (l *Ledger) Held() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.held
}

// Dropped is the number of messages dropped for a reason.
func (l *Ledger) Dropped(reason string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.dropped[reason]
}

// Changed returns a channel that is closed at the next delivery.
func (l *Ledger) Changed() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.changed == nil {
		l.changed = make(chan struct{})
	}
	return l.changed
}

func (l *Ledger) count(delivered, held int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.delivered += delivered
	l.held += held
	if delivered > 0 && l.changed != nil {
		close(l.changed)
		l.changed = nil
	}
}

// NoLedger counts nothing, for benchmarks. Use a pointer to a zero value.
type NoLedger struct{}

// Drop implements plugin.Ledger and plugin.Custody.
func (*NoLedger) Drop(*plugin.Pack, string, error) {}

// Hold implements plugin.Ledger.
func (l *NoLedger) Hold() plugin.Receipt { return l }

// Keep implements plugin.Ledger.
func (l *NoLedger) Keep(bool) plugin.Custody { return l }

// Deliver implements plugin.Receipt.
func (*NoLedger) Deliver() {}

// Work is a run of messages on its way to one output.
type Work struct {
	ledger *Ledger
	packs  []*plugin.Pack
	bytes  [][]byte
	call   attempt
}

// Messages makes work of messages with the given payloads.
func (l *Ledger) Messages(payloads ...string) *Work {
	w := &Work{ledger: l}
	for _, text := range payloads {
		b := []byte(text)
		p := new(plugin.Pack)
		p.Reset(new(plugin.Text))
		p.Message.SetPayload(message.View(b))
		w.packs = append(w.packs, p)
		w.bytes = append(w.bytes, b)
	}
	return w
}

// Packs makes work of whole messages.
func (l *Ledger) Packs(packs ...*plugin.Pack) *Work { return &Work{ledger: l, packs: packs} }

// Send makes one attempt. After an error the next attempt takes what is left, as
// the host does. After success the messages' bytes are overwritten.
func (w *Work) Send(ctx context.Context, o plugin.BatchOutput, more bool) error {
	w.call = attempt{ledger: w.ledger}
	var b plugin.Batch
	b.Reset(w.packs, more, &w.call)
	err := o.SendBatch(ctx, &b)
	if err != nil {
		if n := b.Done - w.call.drops; n > 0 {
			w.ledger.count(n, 0)
		}
		w.packs = w.packs[b.Done:]
		return err
	}
	n := len(w.packs) - w.call.drops
	r := w.call.receipt
	if r != nil && r.kept {
		r.bytes = w.bytes
	} else {
		overwrite(w.bytes)
	}
	if r != nil {
		r.returned(n)
		return nil
	}
	w.ledger.count(n, 0)
	return nil
}

func overwrite(all [][]byte) {
	for _, b := range all {
		for i := range b {
			b[i] = 0xff
		}
	}
}

// attempt implements plugin.Ledger for one call of SendBatch.
type attempt struct {
	ledger  *Ledger
	drops   int
	receipt *receipt
}

func (a *attempt) Drop(_ *plugin.Pack, reason string, _ error) {
	a.drops++
	a.ledger.drop(reason)
}

func (l *Ledger) drop(reason string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.dropped == nil {
		l.dropped = map[string]int{}
	}
	l.dropped[reason]++
}

func (a *attempt) Hold() plugin.Receipt { return a.hold() }

func (a *attempt) Keep(packs bool) plugin.Custody {
	r := a.hold()
	r.kept = packs
	return r
}

func (a *attempt) hold() *receipt {
	if a.receipt == nil {
		a.receipt = &receipt{ledger: a.ledger}
		a.ledger.count(0, 1)
	}
	return a.receipt
}

// receipt counts when both the output has delivered and its call has returned.
type receipt struct {
	ledger *Ledger
	mu     sync.Mutex // guards what follows
	n      int
	back   bool
	done   bool
	kept   bool
	bytes  [][]byte // of the packs that are kept
}

func (r *receipt) returned(n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.n, r.back = n, true
	r.settle()
}

// Deliver implements plugin.Receipt.
func (r *receipt) Deliver() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.done {
		panic("receipt delivered twice")
	}
	r.done = true
	overwrite(r.bytes)
	r.settle()
}

// Drop implements plugin.Custody.
func (r *receipt) Drop(_ *plugin.Pack, reason string, _ error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.done || !r.back {
		panic("dropped outside the time of the custody")
	}
	r.n--
	r.ledger.drop(reason)
}

func (r *receipt) settle() {
	if r.back && r.done {
		r.ledger.count(r.n, -1)
	}
}

// Lines makes n payloads that tell where they belong.
func Lines(prefix string, n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("%s%06d", prefix, i)
	}
	return all
}
