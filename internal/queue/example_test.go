package queue_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/hekad/heka/internal/queue"
)

// One goroutine appends and tells its source what is safe; another delivers.
func Example() {
	dir, err := os.MkdirTemp("", "queue")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	q, report, err := queue.Open(dir, queue.Options{MaxBufferSize: 1 << 30})
	if err != nil {
		log.Fatal(err)
	}
	for _, problem := range report.Problems {
		log.Print(problem)
	}
	ctx := context.Background()
	r, err := q.Reader("")
	if err != nil {
		log.Fatal(err)
	}

	recs := []queue.Record{{Body: []byte("first")}, {Body: []byte("second")}}
	for len(recs) > 0 {
		n, end, err := q.Append(recs)
		if n > 0 {
			q.Notify(end, func(err error) {
				// here a source may move its position, if err is nil
			})
		}
		if recs = recs[n:]; errors.Is(err, queue.ErrFull) { // full_action = "block"
			err = q.WaitSpace(ctx, len(recs[0].Body))
		}
		if err != nil {
			log.Fatal(err)
		}
	}

	batch, err := r.Next(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, rec := range batch.Records {
		fmt.Println(string(rec.Body))
	}
	if err := r.Ack(batch.End); err != nil {
		log.Fatal(err)
	}
	if err := q.Close(); err != nil {
		log.Fatal(err)
	}
	// Output:
	// first
	// second
}
