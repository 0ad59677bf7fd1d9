package flood

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// reportEvery is how often a run tells how far it is.
const reportEvery = time.Second

// Run runs a test until all messages are sent, its duration is over, a sender
// fails, or ctx ends.
// report, if not nil, is called every second. The Result holds what was done, also
// beside an error.
func Run(ctx context.Context, t *Test, log *slog.Logger, report func(Snapshot)) (Result, error) {
	senders, err := newSenders(t, log)
	if err != nil {
		return Result{Error: err.Error()}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if t.Duration > 0 {
		stop := time.AfterFunc(t.Duration, cancel)
		defer stop.Stop()
	}
	begin := time.Now()
	done := make(chan struct{})
	errs := make([]error, len(senders))
	var all sync.WaitGroup
	for i, s := range senders {
		all.Go(func() {
			if errs[i] = s.run(ctx); errs[i] != nil {
				cancel()
			}
		})
	}
	go func() {
		all.Wait()
		close(done)
	}()
	tick := time.NewTicker(reportEvery)
	defer tick.Stop()
	for running := true; running; {
		select {
		case <-tick.C:
			if report != nil {
				report(snapshot(t, senders, time.Since(begin)))
			}
		case <-done:
			running = false
		}
	}
	err = errors.Join(errs...)
	return result(t, senders, begin, err), err
}

func newSenders(t *Test, log *slog.Logger) ([]*sender, error) {
	n := t.Connections
	if t.NumMessages > 0 {
		n = int(min(uint64(n), t.NumMessages))
	}
	var senders []*sender
	for i := range n {
		m, err := newMessages(t, log, uint64(i))
		if err != nil {
			return nil, err
		}
		s := &sender{test: t, log: log, name: fmt.Sprintf("flood-%d-%d", os.Getpid(), i), messages: m, progress: make(chan struct{}, 1)}
		if t.Acknowledge {
			s.unacked.took = newHistogram()
		}
		if t.NumMessages > 0 {
			s.count = t.NumMessages / uint64(n)
			if uint64(i) < t.NumMessages%uint64(n) {
				s.count++
			}
		}
		if t.Rate > 0 {
			s.gap = time.Duration(float64(n) / t.Rate * float64(time.Second))
		}
		senders = append(senders, s)
	}
	return senders, nil
}

func snapshot(t *Test, senders []*sender, elapsed time.Duration) Snapshot {
	p := Snapshot{Elapsed: elapsed, Wanted: t.NumMessages}
	for _, s := range senders {
		p.Sent += s.sent.Load()
		p.Bytes += s.bytes.Load()
		if t.Acknowledge {
			p.Delivered += s.unacked.delivered()
		}
	}
	if !t.Acknowledge {
		p.Delivered = p.Sent
	}
	return p
}

// result gathers what all senders counted, once they have ended. Its time ends
// with the last write.
func result(t *Test, senders []*sender, begin time.Time, err error) Result {
	var elapsed time.Duration
	for _, s := range senders {
		elapsed = max(elapsed, s.last.Sub(begin))
	}
	p := snapshot(t, senders, elapsed)
	r := Result{Sent: p.Sent, Delivered: p.Delivered, Bytes: p.Bytes, Seconds: elapsed.Seconds(), Connections: len(senders)}
	r.Rate, r.Megabits = p.Rates(Snapshot{})
	took := newHistogram()
	for _, s := range senders {
		r.Reconnects += s.reconnects.Load()
		r.Signed += s.messages.counts.Signed
		r.Oversized += s.messages.counts.Oversized
		r.Corrupted += s.messages.counts.Corrupted
		if s.unacked.took != nil {
			took.Merge(s.unacked.took)
		}
	}
	r.Latency = latencyOf(took)
	if err != nil {
		r.Error = err.Error()
	}
	return r
}

// Rates are the messages and megabits a second since an earlier moment.
func (p Snapshot) Rates(since Snapshot) (messages, megabits float64) {
	seconds := (p.Elapsed - since.Elapsed).Seconds()
	if seconds <= 0 {
		return 0, 0
	}
	return float64(p.Sent-since.Sent) / seconds, float64(p.Bytes-since.Bytes) * 8 / 1e6 / seconds
}
