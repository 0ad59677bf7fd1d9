package cli

import (
	"fmt"
	"io"
	"time"
)

// diagnosis writes remarks about what is read, and the progress of long runs,
// to standard error.
type diagnosis struct {
	w     io.Writer
	shown bool // a progress line stands on the terminal
	last  time.Time
}

// progressEvery is how often progress is shown.
const progressEvery = 200 * time.Millisecond

func newDiagnosis(w io.Writer) *diagnosis { return &diagnosis{w: w, last: time.Now()} }

// say writes a line.
func (d *diagnosis) say(format string, args ...any) {
	d.clear()
	fmt.Fprintf(d.w, format+"\n", args...)
}

// progress shows how far a run is, now and then.
func (d *diagnosis) progress(records uint64, done float64, known bool) {
	now := time.Now()
	if now.Sub(d.last) < progressEvery {
		return
	}
	d.clear()
	d.last, d.shown = now, true
	fmt.Fprintf(d.w, "%s records", wholeNumber(float64(records)))
	if known {
		fmt.Fprintf(d.w, ", %.0f %%", 100*done)
	}
}

// clear removes the progress line.
func (d *diagnosis) clear() {
	if d.shown {
		fmt.Fprint(d.w, "\r\033[K")
		d.shown = false
	}
}
