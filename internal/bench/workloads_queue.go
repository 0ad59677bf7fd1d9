package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/hekad/heka/internal/queue"
)

// w5 is w4 with a queue on disk between input and output, which is synced every
// 100 ms. It lies in the directory for data.
func w5(b *bench) (result, error) { return b.relayLines("w5", "use_buffering = true") }

// queueAlone measures the library in this process: one goroutine appends batches
// and another reads and acknowledges them, until all are done with.
func queueAlone(b *bench) (r result, err error) {
	const size, batch = 400, 256
	dir := filepath.Join(b.dir, "queue")
	if err := os.RemoveAll(dir); err != nil {
		return result{}, err
	}
	q, _, err := queue.Open(dir, queue.Options{MaxFileSize: 128 << 20, CheckpointEvery: 50})
	if err != nil {
		return result{}, err
	}
	defer func() { err = errors.Join(err, q.Close(), os.RemoveAll(dir)) }()
	reader, err := q.Reader("")
	if err != nil {
		return result{}, err
	}
	recs := make([]queue.Record, batch)
	for i := range recs {
		recs[i].Body = bytes.Repeat([]byte("x"), size)
	}
	rounds := max(b.n/batch, 1)
	begin := time.Now()
	ctx, cancel := context.WithCancelCause(context.Background())
	go func() {
		for range rounds {
			if _, _, err := q.Append(recs); err != nil {
				cancel(err)
				return
			}
		}
	}()
	for left := rounds * batch; left > 0; {
		got, err := reader.Next(ctx)
		if err == nil {
			left -= len(got.Records)
			err = reader.Ack(got.End)
		}
		if err != nil {
			return result{}, errors.Join(err, context.Cause(ctx))
		}
	}
	return result{perSecond: float64(rounds*batch) / time.Since(begin).Seconds()}, nil
}
