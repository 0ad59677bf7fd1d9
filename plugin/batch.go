package plugin

// Batch is a run of messages for one filter or output, in order.
type Batch struct {
	// Packs are the messages that matched. They are valid until the method
	// that got the batch returns.
	Packs []*Pack
	// More says that further batches are already waiting. An output that
	// gathers bytes may postpone its write until More is false.
	More bool
	// Done is the number of leading packs that need not be delivered again: a
	// BatchOutput that fails in the middle counts up what it has delivered, and
	// the retry starts there.
	Done int

	ledger Ledger
	held   bool
}

// Ledger is how a batch tells the host what became of its messages.
type Ledger interface {
	// Drop counts a message of the batch as dropped for a reason.
	Drop(p *Pack, reason string, cause error)
	// Hold returns a receipt for the batch's messages that were not dropped.
	Hold() Receipt
	// Keep is Hold for messages that may yet be dropped; with packs it leaves
	// the packs with the output.
	Keep(packs bool) Custody
}

// Receipt stands for messages that an output has taken over but not yet
// delivered. Deliver is called exactly once, from any goroutine, when they are
// delivered; only then does the input's position move past them.
type Receipt interface {
	Deliver()
}

// Custody is a Receipt of an output that may yet have to drop messages. Its methods
// are called within the output's SendBatch, Flush or Close.
type Custody interface {
	Receipt
	// Drop is Batch.Drop for a message of an earlier batch, or a copy of it.
	// Deliver follows when all others are delivered.
	Drop(p *Pack, reason string, cause error)
}

// NewBatch makes a batch; hosts and test harnesses call it.
func NewBatch(packs []*Pack, l Ledger) *Batch { return &Batch{Packs: packs, ledger: l} }

// Reset makes b a batch of other messages, for hosts that reuse batches.
func (b *Batch) Reset(packs []*Pack, more bool, l Ledger) {
	*b = Batch{Packs: packs, More: more, ledger: l}
}

// Drop says that p, a message of the batch, will never be delivered. The reason
// is a short fixed word that drops are counted by, such as "encode", "too_big"
// or "refused"; cause is logged, and both go into the dead letter if the section
// has dead_letter. When the method that got the batch returns an error, drops
// count only among the first Done packs: the others are offered again.
func (b *Batch) Drop(p *Pack, reason string, cause error) { b.ledger.Drop(p, reason, cause) }

// Hold takes over the acknowledgement of the batch: when the method that got
// the batch returns nil the messages do not yet count as delivered; they do when
// the receipt's Deliver is called. The packs themselves are given back when the
// method returns, as always.
func (b *Batch) Hold() Receipt {
	b.held = true
	return b.ledger.Hold()
}

// Keep is Hold for an output that learns only later which of the messages it must
// drop. With packs these stay valid until Deliver, and so do the buffers that they
// lie in: whoever keeps them bounds how much. Of a few messages copies are cheaper.
func (b *Batch) Keep(packs bool) Custody {
	b.held = true
	return b.ledger.Keep(packs)
}

// Held reports whether Hold was called.
func (b *Batch) Held() bool { return b.held }
