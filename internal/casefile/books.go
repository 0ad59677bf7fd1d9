package casefile

import (
	"errors"
	"fmt"
	"strings"

	"github.com/hekad/heka/internal/pipeline"
)

// booksText writes the counts of a run, one plugin a line, without those that
// are zero:
//
//	TestInput received=4 unmatched=1 dropped:too_long=1
//	CounterFilter matched=2 delivered=2 injected=1
func booksText(b pipeline.Books) string {
	var text strings.Builder
	for _, in := range b.Inputs {
		l := line{&text}
		text.WriteString(in.Name)
		l.count("received", in.Received)
		l.count("unmatched", in.Unmatched)
		l.dropped(in.Dropped)
	}
	for _, c := range b.Consumers {
		l := line{&text}
		text.WriteString(c.Name)
		l.count("found", uint64(max(c.Backlog, 0)))
		l.count("matched", c.Matched)
		l.count("delivered", c.Delivered)
		l.count("injected", c.Injected)
		l.count("letters", c.DeadLetters)
		l.count("retried", c.Retried)
		l.count("left", uint64(max(c.Left, 0)))
		l.dropped(c.Dropped)
	}
	return text.String()
}

// line is a line of the books.
type line struct{ *strings.Builder }

func (l line) count(name string, n uint64) {
	if n != 0 {
		fmt.Fprintf(l, " %s=%d", name, n)
	}
}

func (l line) dropped(counts []pipeline.Count) {
	for _, c := range counts {
		l.count("dropped:"+c.Name, c.N)
	}
	l.WriteByte('\n')
}

// balance returns what does not balance in the books of a run that has ended.
func balance(b pipeline.Books) error {
	problems := []error{b.Check()}
	for _, in := range b.Inputs {
		sum := in.Unmatched
		for _, d := range in.Dropped {
			sum += d.N
		}
		if sum > in.Received {
			problems = append(problems, fmt.Errorf("%s: %d received, but %d unmatched or dropped", in.Name, in.Received, sum))
		}
	}
	for _, c := range b.Consumers {
		if c.InFlight != c.Left {
			problems = append(problems, fmt.Errorf("%s: %d messages are in flight after the end", c.Name, c.InFlight))
		}
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("the books do not balance: %w\n%s", err, booksText(b))
	}
	return nil
}
