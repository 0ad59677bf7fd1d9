//go:build !unix

package cli

import (
	"log/slog"
	"os"
	"os/signal"

	"github.com/hekad/heka/internal/pipeline"
)

// signals passes the process's signals to a host.
type signals struct {
	c    chan os.Signal
	done chan struct{}
}

// catchSignals keeps signals until watch reacts to them.
func catchSignals() *signals {
	s := &signals{make(chan os.Signal, 8), make(chan struct{})}
	signal.Notify(s.c, os.Interrupt)
	return s
}

// watch begins to react: an interrupt stops, a second one at once. Nothing
// here asks for a reload.
func (s *signals) watch(h *pipeline.Host, log *slog.Logger, _ func()) {
	go func() {
		defer close(s.done)
		for n := 0; ; n++ {
			if _, ok := <-s.c; !ok {
				return
			}
			if n > 0 {
				log.Error("stopping at once")
				h.Kill()
			} else {
				h.Stop(0)
			}
		}
	}()
}

// stop ends what watch began.
func (s *signals) stop() {
	signal.Stop(s.c)
	close(s.c)
	<-s.done
}
