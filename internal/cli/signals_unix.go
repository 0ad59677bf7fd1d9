//go:build unix

package cli

import (
	"log/slog"
	"os"
	"os/signal"
	"sync"
	"syscall"

	"github.com/hekad/heka/internal/pipeline"
)

// signals passes the process's signals to a host.
type signals struct {
	c    chan os.Signal
	done chan struct{}
}

// catchSignals keeps signals until watch reacts to them, so that none has its
// effect of old while heka starts.
func catchSignals() *signals {
	s := &signals{make(chan os.Signal, 8), make(chan struct{})}
	signal.Notify(s.c, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGUSR1, syscall.SIGUSR2)
	return s
}

// watch begins to react: INT and TERM stop, twice stop at once, HUP reopens files
// and reloads, USR1 reports, USR2 ends a heka that hangs.
func (s *signals) watch(h *pipeline.Host, log *slog.Logger, reload func()) {
	again := make(chan struct{}, 1) // what comes while a reload is at work needs one more
	var reloading sync.WaitGroup
	reloading.Go(func() {
		for range again {
			reload()
		}
	})
	go func() {
		defer close(s.done)
		defer reloading.Wait()
		defer close(again)
		stopping := false
		for sig := range s.c {
			switch sig {
			case syscall.SIGHUP:
				h.Reopen()
				select {
				case again <- struct{}{}:
				default:
				}
			case syscall.SIGUSR1:
				log.Info("Queue report initiated.")
				log.Error(pipeline.ReportText(h.Report()))
			case syscall.SIGUSR2:
				h.Abort()
			default:
				if stopping {
					log.Error("stopping at once")
					h.Kill()
				} else {
					h.Stop(0)
				}
				stopping = true
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
