package graphite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/hekad/heka/internal/whisper"
	"github.com/hekad/heka/plugin"
)

// Whisper is the WhisperOutput plugin.
type Whisper struct {
	config *WhisperConfig
	env    *plugin.Env
	base   string
	files  *files

	series map[string]*series // of the batch at hand
	order  []*series
	errs   []error
	bad    []*plugin.Pack // without a good line

	stored, badLines, refused, failed, open atomic.Int64
}

// series are the points of one name.
type series struct {
	name   string
	points []whisper.Point
}

func newWhisper(c *WhisperConfig, env *plugin.Env) (plugin.Output, error) {
	o := &Whisper{config: c, env: env, base: env.BasePath(c.BasePath), series: map[string]*series{}}
	var err error
	o.files, err = newFiles(c, o.base)
	return o, err
}

// Prepare makes the folder and tries whether it can be written to.
func (o *Whisper) Prepare(context.Context) error {
	if err := os.MkdirAll(o.base, o.files.folderPerm); err != nil {
		return fmt.Errorf("base_path: %w", err)
	}
	probe, err := os.CreateTemp(o.base, ".probe")
	if err != nil {
		return fmt.Errorf("base_path: %w", err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// SendBatch implements plugin.BatchOutput. What an attempt that fails has stored is
// stored again by the next one, which changes nothing.
func (o *Whisper) SendBatch(_ context.Context, b *plugin.Batch) error {
	if err := o.store(b.Packs[b.Done:]); err != nil {
		return err
	}
	for _, p := range o.bad {
		b.Drop(p, "malformed", errNoLines)
	}
	return nil
}

// Send implements plugin.Output.
func (o *Whisper) Send(_ context.Context, p *plugin.Pack) error {
	if err := o.store([]*plugin.Pack{p}); err != nil {
		return err
	}
	if len(o.bad) > 0 {
		return plugin.Refused("malformed", errNoLines)
	}
	return nil
}

// store stores the points of packs, those of one name together.
func (o *Whisper) store(packs []*plugin.Pack) error {
	clear(o.series)
	o.order, o.errs, o.bad = o.order[:0], o.errs[:0], o.bad[:0]
	for _, p := range packs {
		if !o.gather(p.Message.Payload()) {
			o.bad = append(o.bad, p)
		}
	}
	now := uint32(time.Now().Unix())
	var stored, refused, failed int64
	for _, s := range o.order {
		total := len(s.points)
		late, err := o.update(s, now)
		switch {
		case err != nil && passing(err):
			return err
		case err != nil:
			failed += int64(total)
			o.errs = append(o.errs, fmt.Errorf("can't create WhisperRunner: %w", err))
			continue
		case late > 0:
			o.errs = append(o.errs, fmt.Errorf(
				"Error updating whisper db '%s': point is older than the maximum retention period", pathOf(s.name)))
		}
		refused += int64(late)
		stored += int64(total - late)
	}
	o.stored.Add(stored)
	o.refused.Add(refused)
	o.failed.Add(failed)
	o.open.Store(int64(len(o.files.open)))
	for _, err := range o.errs {
		o.env.Log.Error(err.Error())
	}
	clear(o.series)
	return nil
}

// gather collects the points of one payload and reports whether it has any.
func (o *Whisper) gather(payload string) (good bool) {
	lines(payload, func(_ string, p point) {
		good = true
		s := o.seriesOf(p.name)
		s.points = append(s.points, whisper.Point{Time: p.time, Value: p.value})
	}, func(name string, err error) {
		o.badLines.Add(1)
		o.errs = append(o.errs, err)
		if name != "" {
			o.seriesOf(name) // a file there will be
		}
	})
	return good
}

func (o *Whisper) seriesOf(name string) *series {
	s := o.series[name]
	if s == nil {
		s = &series{name: strings.Clone(name)}
		o.series[s.name] = s
		o.order = append(o.order, s)
	}
	return s
}

// update stores the points of one name. A file that fails is opened anew the next
// time.
func (o *Whisper) update(s *series, now uint32) (refused int, err error) {
	f, err := o.files.get(s.name)
	if err != nil || len(s.points) == 0 {
		return 0, err
	}
	refused, err = f.Update(s.points, now)
	if err != nil {
		o.files.drop(s.name)
		return 0, fmt.Errorf("updating %s: %w", pathOf(s.name), err)
	}
	return refused, nil
}

// passing reports whether an error has to do with the disk as a whole, so that
// waiting may help, and not with one file.
func passing(err error) bool {
	for _, e := range []syscall.Errno{syscall.ENOSPC, syscall.EDQUOT, syscall.EIO, syscall.EMFILE, syscall.ENFILE, syscall.EROFS} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
}

// Close implements plugin.Closer.
func (o *Whisper) Close() error { return o.files.close() }

// Report implements plugin.Reporter.
func (o *Whisper) Report(r *plugin.Report) {
	r.Add("StoredPoints", o.stored.Load(), "count")
	r.Add("BadLines", o.badLines.Load(), "count")
	r.Add("RefusedPoints", o.refused.Load(), "count")
	r.Add("FailedPoints", o.failed.Load(), "count")
	r.Add("OpenFiles", o.open.Load(), "count")
}
