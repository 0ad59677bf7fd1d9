package plugintest

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/hekad/heka/internal/casefile"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// testFilter lets a filter process hostile messages, one by one and in batches,
// with timer events in between.
func (d *declaration) testFilter(t *testing.T) {
	inst, ctx := d.mustPrepare(t), t.Context()
	defer reporting(t, inst)()
	f := filtering{inst: inst, now: time.Now()}
	messages := hostileMessages(newRand())
	for i := 0; i < len(messages); i++ {
		if err := f.process(ctx, messages[i]); err != nil {
			t.Errorf("%s: %v", shown(message.AppendJSON(nil, messages[i])), err)
			return
		}
		if i%16 == 15 {
			if err := f.batch(ctx, messages[i-15:i+1]); err != nil {
				t.Errorf("batch of messages: %v", err)
				return
			}
			if err := f.tick(ctx); err != nil {
				t.Errorf("timer event: %v", err)
				return
			}
		}
	}
	if err := f.finish(ctx); err != nil {
		t.Errorf("end: %v", err)
	}
}

// filtering drives one filter. Errors of the filter's own are no failures, since
// the messages make no sense; panics are.
type filtering struct {
	inst any
	now  time.Time
}

func (f *filtering) process(ctx context.Context, m *message.Message) error {
	one, ok := f.inst.(plugin.Filter)
	if !ok {
		return errors.New("the instance is no plugin.Filter")
	}
	p, unchanged := watched(m)
	err := protect(func() error {
		one.Process(ctx, p, injector{})
		return nil
	})
	return errors.Join(err, unchanged())
}

func (f *filtering) batch(ctx context.Context, messages []*message.Message) error {
	many, ok := f.inst.(plugin.BatchFilter)
	if !ok {
		return nil
	}
	var packs []*plugin.Pack
	var checks []func() error
	for _, m := range messages {
		p, unchanged := watched(m)
		packs, checks = append(packs, p), append(checks, unchanged)
	}
	err := protect(func() error {
		many.ProcessBatch(ctx, plugin.NewBatch(packs, ledger{}), injector{})
		return nil
	})
	for _, unchanged := range checks {
		err = errors.Join(err, unchanged())
	}
	return err
}

func (f *filtering) finish(ctx context.Context) error {
	last, ok := f.inst.(plugin.Finisher)
	if !ok {
		return nil
	}
	return protect(func() error {
		last.Finish(ctx, injector{})
		return nil
	})
}

func (f *filtering) tick(ctx context.Context) error {
	ticker, ok := f.inst.(plugin.FilterTicker)
	if !ok {
		return nil
	}
	f.now = f.now.Add(time.Second)
	return protect(func() error {
		ticker.Tick(ctx, f.now, injector{})
		return nil
	})
}

// injector takes whatever a filter makes.
type injector struct{}

// New implements plugin.Injector.
func (injector) New() (*plugin.Pack, error) {
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	p.Message.SetUUID(message.UUIDFrom("injected"))
	p.Message.SetTimestamp(time.Now().UnixNano())
	p.Message.SetHostname(casefile.Hostname)
	return p, nil
}

// Inject implements plugin.Injector.
func (injector) Inject(p *plugin.Pack) error {
	return message.New().Parse(p.Message.AppendWire(nil))
}

// ledger takes whatever a filter says about a batch.
type ledger struct{}

// Drop implements plugin.Ledger.
func (ledger) Drop(*plugin.Pack, string, error) {}

// Keep implements plugin.Ledger.
func (ledger) Keep(bool) plugin.Custody { return receipt{} }

// Hold implements plugin.Ledger.
func (ledger) Hold() plugin.Receipt { return receipt{} }

type receipt struct{}

// Deliver implements plugin.Receipt.
func (receipt) Deliver() {}

// Drop implements plugin.Custody.
func (receipt) Drop(*plugin.Pack, string, error) {}
