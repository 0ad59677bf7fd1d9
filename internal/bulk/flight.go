package bulk

import (
	"context"
	"fmt"

	"github.com/hekad/heka/plugin"
)

// flight is a request under way.
type flight struct {
	request *Request
	done    chan struct{} // closed at the end
}

func launch(ctx context.Context, s Sender, r *Request) *flight {
	f := &flight{request: r, done: make(chan struct{})}
	go func() {
		defer close(f.done)
		defer func() {
			if p := recover(); p != nil {
				postpone(r, fmt.Errorf("panic: %v", p))
			}
		}()
		deliver(ctx, s, r)
	}()
	return f
}

// deliver sends r and gives each of its messages a verdict. It returns the error
// that keeps the server from being asked further.
func deliver(ctx context.Context, s Sender, r *Request) error {
	for i := range r.Items {
		r.Items[i].attempts++
		r.Items[i].verdict, r.Items[i].err = delivered, nil
	}
	err := s.Send(ctx, r)
	reason, isRefused := plugin.RefusedReason(err)
	switch {
	case err == nil:
		return nil
	case !isRefused:
		postpone(r, err)
		return err
	case len(r.Items) == 1:
		r.Items[0].Refuse(reason, err)
		return nil
	}
	halves := r.halves()
	if err := deliver(ctx, s, halves[0]); err != nil {
		postpone(halves[1], err)
		return err
	}
	return deliver(ctx, s, halves[1])
}

func postpone(r *Request, err error) {
	for i := range r.Items {
		r.Items[i].Again(err)
	}
}
