package file

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/plugin"
)

const (
	// enough bytes to write without a reason to flush.
	enough = 256 << 10
	// keptBuffer is the largest buffer that is kept for the next bytes.
	keptBuffer = 2 << 20
	// rotationCheck is how often an output without a flush timer looks whether a
	// rotation is due.
	rotationCheck = time.Second
)

// Output is the FileOutput plugin.
type Output struct {
	config   *OutputConfig
	env      *plugin.Env
	opener   opener
	zone     *time.Location
	schedule *schedule // nil without rotation
	target   *target
	suspect  bool // the last write failed: open the target again
	syncer   syncer

	buf      []byte           // encoded messages
	head     int              // of them written
	ends     []int            // where in buf each message ends
	receipts []plugin.Receipt // for batches that no sync was asked for
	taken    bool             // the batch at hand is in buf
	refused  []refused        // messages of it that cannot be encoded
	count    uint32           // messages since the last flush
	elapsed  bool             // flush_interval ran out since the last flush

	written, failures atomic.Int64
	path              atomic.Pointer[string]
}

func newOutput(c *OutputConfig, env *plugin.Env) (plugin.Output, error) {
	o := &Output{config: c, env: env}
	var err error
	if o.opener.perm, err = mode(c.Perm); err != nil {
		return nil, err
	}
	if o.opener.folderPerm, err = mode(c.FolderPerm); err != nil {
		return nil, err
	}
	if o.zone, err = zone(c.RotationTZ); err != nil {
		return nil, err
	}
	o.opener.fsync = c.Fsync
	return o, nil
}

// Prepare opens the file.
func (o *Output) Prepare(context.Context) error {
	path := o.config.Path
	if o.config.RotationInterval > 0 {
		now := time.Now()
		o.schedule = newSchedule(path, int(o.config.RotationInterval), o.zone, now)
		path = o.schedule.name(now)
	}
	t, err := o.opener.open(path)
	if err != nil {
		return fmt.Errorf("FileOutput '%s' error opening file: %w", path, err)
	}
	o.use(t)
	return nil
}

func (o *Output) use(t *target) {
	o.target, o.suspect = t, false
	o.path.Store(&t.path)
}

// SendBatch implements plugin.BatchOutput. After an error the bytes of the batch
// stay in the buffer, so that the next attempt only writes.
func (o *Output) SendBatch(_ context.Context, b *plugin.Batch) error {
	if err := o.ready(); err != nil {
		return err
	}
	if !o.taken {
		o.take(b)
	}
	flush := o.reached()
	if flush || len(o.buf)-o.head >= enough {
		if err := o.write(); err != nil {
			return err
		}
	}
	for _, r := range o.refused {
		b.Drop(b.Packs[r.index], refusal(r.err), r.err)
	}
	o.refused, o.taken = o.refused[:0], false
	o.receipts = append(o.receipts, b.Hold())
	if flush {
		o.flushed()
	}
	o.deliverUnsynced()
	return nil
}

// Send implements plugin.Output.
func (o *Output) Send(_ context.Context, p *plugin.Pack) error {
	if err := o.ready(); err != nil {
		return err
	}
	if !o.taken {
		if err := o.encode(p); err != nil {
			return plugin.Refused(refusal(err), err)
		}
		o.taken = true
	}
	if err := o.write(); err != nil {
		return err
	}
	o.taken = false
	o.flushed()
	o.syncer.wait()
	return o.sound()
}

// take encodes a batch.
//
// hot: once per batch; allocates only to grow the buffer.
func (o *Output) take(b *plugin.Batch) {
	for i := b.Done; i < len(b.Packs); i++ {
		if err := o.encode(b.Packs[i]); err != nil {
			o.refused = append(o.refused, refused{i, err})
		}
	}
	o.taken = true
}

func (o *Output) encode(p *plugin.Pack) error {
	buf, err := o.env.Encode(o.buf, p)
	if errors.Is(err, plugin.ErrSkip) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("can't encode: %w", err)
	}
	o.buf = buf
	o.ends = append(o.ends, len(buf))
	o.count++
	return nil
}

// refused is a message of the batch at hand that cannot be encoded.
type refused struct {
	index int // in Packs
	err   error
}

// refusal is the reason under which a message that cannot be encoded is counted.
func refusal(err error) string {
	if reason, ok := plugin.RefusedReason(err); ok {
		return reason
	}
	return "encode"
}

// reached reports whether messages that have just come are reason to flush.
func (o *Output) reached() bool {
	if o.count < o.config.FlushCount {
		return false
	}
	return o.config.FlushOperator == "OR" || o.config.FlushInterval == 0 || o.elapsed
}

// flushed asks for a sync of all that was written.
func (o *Output) flushed() {
	o.count, o.elapsed = 0, false
	if o.target.syncs {
		o.syncer.add(syncJob{target: o.target, receipts: o.receipts})
		o.receipts = nil
	}
}

// deliverUnsynced delivers the receipts of batches for which no sync will come.
func (o *Output) deliverUnsynced() {
	if o.target.syncs || len(o.buf) > 0 {
		return
	}
	// The syncer may still be busy with a file of before.
	if len(o.receipts) > 0 {
		o.syncer.add(syncJob{target: o.target, receipts: o.receipts})
		o.receipts = nil
	}
}

// FlushInterval implements plugin.Flusher.
func (o *Output) FlushInterval() time.Duration {
	if o.config.FlushInterval == 0 && o.config.RotationInterval > 0 {
		return rotationCheck
	}
	return time.Duration(o.config.FlushInterval) * time.Millisecond
}

// Flush implements plugin.Flusher. It always writes what there is; whether that is
// also synced and acknowledged now is up to the flush rules.
func (o *Output) Flush(context.Context) error {
	if err := o.ready(); err != nil {
		return err
	}
	if err := o.write(); err != nil {
		return err
	}
	wanted := o.config.FlushCount
	if o.config.FlushOperator == "OR" {
		wanted = 1
	}
	// Batches of which nothing was written need no count to be acknowledged.
	if o.count >= wanted || o.count == 0 && len(o.receipts) > 0 {
		o.flushed()
	} else {
		o.elapsed = true
	}
	o.deliverUnsynced()
	return nil
}

// write writes the buffer out. On an error what is left stays for the next
// attempt.
func (o *Output) write() error {
	if len(o.buf) == 0 {
		return nil
	}
	if o.suspect {
		if err := o.reopen(o.target.path); err != nil {
			return err
		}
	}
	if o.target.found {
		if err := o.mend(); err != nil {
			o.failures.Add(1)
			return fmt.Errorf("Can't write to %s: %w", o.target.path, err)
		}
	}
	n, err := o.target.file.Write(o.buf[o.head:])
	o.head += n
	o.written.Add(int64(n))
	if err != nil {
		o.failures.Add(1)
		o.suspect = true
		return fmt.Errorf("Can't write to %s: %w", o.target.path, err)
	}
	o.buf, o.ends, o.head = o.buf[:0], o.ends[:0], 0
	if cap(o.buf) > keptBuffer {
		o.buf = nil
	}
	return nil
}

// mend ends what an earlier run left unfinished in the file, before the first
// write to it.
func (o *Output) mend() error {
	i, _ := slices.BinarySearch(o.ends, o.head+1)
	done, err := o.target.mend(o.buf[o.head:o.ends[i]], o.env.MaxMessageSize)
	if errors.Is(err, os.ErrPermission) { // it may be written only
		err = nil
	}
	if err != nil {
		return err
	}
	if done != "" {
		o.env.Log.Warn(fmt.Sprintf("%s: %s; heka was killed in the middle of a write", o.target.path, done))
	}
	o.target.found = false
	return nil
}

// ready looks whether the file can be used, and changes to the next one when it
// is time.
func (o *Output) ready() error {
	if err := o.sound(); err != nil {
		return err
	}
	return o.rotate()
}

// sound ends the instance after a failed sync.
func (o *Output) sound() error {
	if err := o.syncer.failure(); err != nil {
		return plugin.Fatal(err)
	}
	return nil
}

// reopen opens a file in place of the current one. If that is another file, a
// message of which only a part was written begins anew in it.
func (o *Output) reopen(path string) error {
	t, err := o.opener.open(path)
	if err != nil {
		return fmt.Errorf("unable to reopen file '%s': %w", path, err)
	}
	switch {
	case t.standard:
	case t.same(o.target):
		t.found = o.target.found // what is unfinished now is our own
	default:
		o.head = o.messageStart()
	}
	// The sync of the old file comes before all later ones, so that no receipt
	// is delivered without it.
	o.syncer.add(syncJob{target: o.target, close: true})
	o.use(t)
	return nil
}

// messageStart is where in buf the message begins that head is in.
func (o *Output) messageStart() int {
	i, exact := slices.BinarySearch(o.ends, o.head)
	switch {
	case exact:
		return o.head
	case i == 0:
		return 0
	}
	return o.ends[i-1]
}

// Reopen implements plugin.Reopener.
func (o *Output) Reopen() error {
	if o.head > 0 {
		// Half a message should be completed where it began, if that can be.
		if err := o.write(); err != nil {
			o.env.Log.Warn("leaving a message unfinished", "error", err)
		}
	}
	return o.reopen(o.target.path)
}

// rotate changes to the next file when it is time.
func (o *Output) rotate() error {
	if o.schedule == nil || o.schedule.next.After(time.Now()) {
		return nil
	}
	if err := o.write(); err != nil {
		return err
	}
	next := *o.schedule
	boundary, _ := next.due(time.Now())
	path := next.name(boundary)
	t, err := o.opener.open(path)
	if err != nil {
		return fmt.Errorf("unable to open rotated file '%s': %w", path, err)
	}
	o.count, o.elapsed = 0, false
	o.syncer.add(syncJob{target: o.target, receipts: o.receipts, close: true})
	o.receipts = nil
	*o.schedule = next
	o.use(t)
	return nil
}

// Close writes the rest, waits for the disk and closes the file.
func (o *Output) Close() error {
	if o.target == nil {
		return nil
	}
	lost := o.write()
	job := syncJob{target: o.target, close: true}
	if lost == nil {
		job.receipts = o.receipts
	}
	o.syncer.add(job)
	o.syncer.wait()
	o.target = nil
	if lost != nil {
		return fmt.Errorf("%d bytes are not written: %w", len(o.buf)-o.head, lost)
	}
	return o.syncer.failure()
}

// Report implements plugin.Reporter.
func (o *Output) Report(r *plugin.Report) {
	if path := o.path.Load(); path != nil {
		r.Add("FilePath", *path, "")
	}
	r.Add("WrittenBytes", o.written.Load(), "B")
	r.Add("WriteFailures", o.failures.Load(), "count")
}
