package file

import (
	"fmt"
	"sync"

	"github.com/hekad/heka/plugin"
)

// syncer makes written bytes last and then delivers the receipts for them, on a
// goroutine that lives while there is something to do. Jobs are done in order, so
// that a receipt also stands for all jobs before its own.
type syncer struct {
	wg sync.WaitGroup

	mu   sync.Mutex // guards what follows
	jobs []syncJob
	busy bool
	err  error // the first failure; nothing is delivered after it
}

// syncJob is one fsync: all bytes of the receipts' batches have been written to
// the target or to targets of earlier jobs.
type syncJob struct {
	target   *target
	receipts []plugin.Receipt
	close    bool // the target is not used any more
}

// add queues a job and takes its receipts over.
func (s *syncer) add(job syncJob) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.jobs); n > 0 && s.jobs[n-1].target == job.target {
		last := &s.jobs[n-1]
		last.receipts = append(last.receipts, job.receipts...)
		last.close = job.close
	} else {
		s.jobs = append(s.jobs, job)
	}
	if !s.busy {
		s.busy = true
		s.wg.Go(s.run)
	}
}

func (s *syncer) run() {
	for {
		job, healthy, ok := s.next()
		if !ok {
			return
		}
		if healthy {
			if err := job.target.sync(); err != nil {
				s.fail(fmt.Errorf("syncing %s: %w", job.target.path, err))
			} else {
				for _, r := range job.receipts {
					r.Deliver()
				}
			}
		}
		if job.close {
			if err := job.target.close(); err != nil {
				s.fail(fmt.Errorf("closing %s: %w", job.target.path, err))
			}
		}
	}
}

// next takes the first job; without one the goroutine ends.
func (s *syncer) next() (job syncJob, healthy, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.jobs) == 0 {
		s.busy = false
		return syncJob{}, false, false
	}
	job = s.jobs[0]
	s.jobs = s.jobs[1:]
	return job, s.err == nil, true
}

func (s *syncer) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.err == nil {
		s.err = err
	}
}

// failure is the error that made the syncer stop delivering, or nil.
func (s *syncer) failure() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// wait returns when all jobs are done.
func (s *syncer) wait() { s.wg.Wait() }
