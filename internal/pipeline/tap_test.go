package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/message"
)

// tapped is a pipeline whose input sends what the test writes.
func tapped(t *testing.T) (*pipeline.Host, *io.PipeWriter, *sink, func()) {
	r, w := io.Pipe()
	s := &sink{}
	g := newGraph(t, `
[in]
type = "ReaderInput"
[AFilter]
message_matcher = "Logger == 'in' && Payload == 'x\n'"
[out]
type = "SinkOutput"
message_matcher = "Type == ''"
`,
		readerInput("ReaderInput", &reader{open: func() []io.Reader { return []io.Reader{r} }}),
		farewellFilter("AFilter", &farewell{typ: "a"}), sinkOutput("SinkOutput", s))
	h := g.start()
	return h, w, s, func() { w.Close(); g.balanced() }
}

func parse(t *testing.T, expr string) *matcher.Matcher {
	t.Helper()
	m, err := matcher.Parse(expr)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func open(t *testing.T, h *pipeline.Host, o pipeline.TapOptions) *pipeline.Tap {
	t.Helper()
	tap, err := h.Tap(o)
	if err != nil {
		t.Fatal(err)
	}
	return tap
}

// next returns the source and payload of the next message that a tap shows.
func next(t *testing.T, tap *pipeline.Tap) string {
	t.Helper()
	select {
	case s := <-tap.Samples():
		var m message.Message
		if err := m.Parse(s.Wire); err != nil {
			t.Fatal(err)
		}
		return s.From + " " + m.Type() + m.Payload()
	case <-time.After(time.Minute):
		t.Fatalf("the tap shows nothing: %+v", tap.Counts())
		return ""
	}
}

func TestTapsShowWhatPasses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // whose clock stands still while a message is looked at
		h, w, _, end := tapped(t)
		all := open(t, h, pipeline.TapOptions{Rate: 1000})
		some := open(t, h, pipeline.TapOptions{Rate: 1000, Matcher: parse(t, "Payload == 'b\n'")})
		filters := open(t, h, pipeline.TapOptions{Rate: 1000, From: "AFilter"})
		io.WriteString(w, "a\nb\nx\n")
		for tap, want := range map[*pipeline.Tap][]string{all: {"in a\n", "in b\n", "in x\n"}, some: {"in b\n"}} {
			for _, want := range want {
				if got := next(t, tap); got != want {
					t.Errorf("%q, want %q", got, want)
				}
			}
		}
		some.Close()
		end()
		if got := next(t, filters); got != "AFilter ax\n" {
			t.Errorf("%q", got)
		}
		if got := next(t, all); got != "AFilter ax\n" {
			t.Errorf("%q", got)
		}
		if c := all.Counts(); c != (pipeline.TapCounts{Passed: 4, Looked: 4, Shown: 4}) {
			t.Errorf("%+v", c)
		}
		if c := some.Counts(); c.Shown != 1 || c.Skipped != 0 {
			t.Errorf("%+v", c)
		}
		all.Close()
		filters.Close()
	})
}

func TestATapHoldsNobodyUp(t *testing.T) {
	h, w, s, end := tapped(t)
	slow := open(t, h, pipeline.TapOptions{Rate: 1}) // and nobody reads
	defer slow.Close()
	const lines = 20000
	io.WriteString(w, strings.Repeat("line\n", lines))
	end()
	if n := len(s.payloads()); n != lines {
		t.Errorf("%d messages delivered", n)
	}
	c := slow.Counts()
	// One more is the last word of the filter.
	if c.Passed != lines+1 || c.Shown == 0 || c.Shown > 64 || c.Looked > c.Passed {
		t.Errorf("%+v", c)
	}
}

func TestARateIsKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, w, _, end := tapped(t)
		tap := open(t, h, pipeline.TapOptions{Rate: 20})
		go func() {
			for range 300 {
				io.WriteString(w, "line\n")
				time.Sleep(10 * time.Millisecond) // of the bubble's clock
			}
			w.Close()
		}()
		shown, after := 0, time.After(3*time.Second)
		for done := false; !done; {
			select {
			case <-tap.Samples():
				shown++
			case <-after:
				done = true
			}
		}
		tap.Close()
		end()
		// The first 20 at once, then 20 a second.
		if shown < 70 || shown > 80 {
			t.Errorf("%d messages shown", shown)
		}
	})
}

// All taps together get no more than two of the fastest ones, each its part.
func TestManyTapsShareWhatThereIs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, w, _, end := tapped(t)
		ctx, stop := context.WithCancel(t.Context())
		var taps [4]*pipeline.Tap
		var shown [4]atomic.Int64
		var readers sync.WaitGroup
		for i := range taps {
			taps[i] = open(t, h, pipeline.TapOptions{Rate: pipeline.MaxTapRate})
			readers.Go(func() {
				for {
					select {
					case <-taps[i].Samples():
						shown[i].Add(1)
					case <-ctx.Done():
						return
					}
				}
			})
		}
		time.Sleep(time.Second) // of the bubble's clock; from here on each has its part
		before := taps[0].Counts().Shown
		for range 200 { // 2 s with 2000 messages a second
			io.WriteString(w, strings.Repeat("line\n", 20))
			time.Sleep(10 * time.Millisecond)
		}
		for i, tap := range taps {
			// What it may get at once, then 500 a second.
			if n := tap.Counts().Shown - before; n < 1000 || n > 1000+pipeline.MaxTapRate+100 {
				t.Errorf("tap %d shows %d messages", i, n)
			}
		}
		stop()
		readers.Wait()
		for _, tap := range taps {
			tap.Close()
		}
		w.Close()
		end()
	})
}

func TestTapsThatComeAndGoLeaveOthersAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // whose clock stands still while a message is looked at
		h, w, _, end := tapped(t)
		all := open(t, h, pipeline.TapOptions{Rate: pipeline.MaxTapRate})
		var others []*pipeline.Tap
		for i := range 50 { // more than one part of a set
			line := fmt.Sprintf("%d\n", i)
			others = append(others, open(t, h, pipeline.TapOptions{Rate: 10, Matcher: parse(t, fmt.Sprintf("Payload == '%d\n'", i))}))
			io.WriteString(w, line)
			if got := next(t, others[i]); got != "in "+line {
				t.Errorf("a new tap shows %q, want %q", got, line)
			}
			if got := next(t, all); got != "in "+line {
				t.Errorf("%q, want %q", got, line)
			}
			if i%2 == 0 {
				others[i].Close()
			}
		}
		for i := 1; i < len(others); i += 2 {
			others[i].Close()
		}
		io.WriteString(w, "last\n")
		if got := next(t, all); got != "in last\n" {
			t.Errorf("%q", got)
		}
		all.Close()
		end()
	})
}

func TestTapsShareASample(t *testing.T) {
	synctest.Test(t, func(t *testing.T) { // whose clock stands still while a message is looked at
		h, w, _, end := tapped(t)
		a, b := open(t, h, pipeline.TapOptions{Rate: 10}), open(t, h, pipeline.TapOptions{Rate: 10})
		io.WriteString(w, "a\n")
		x, y := <-a.Samples(), <-b.Samples()
		made := 0
		render := func(*pipeline.Sample) []byte { made++; return []byte("text") }
		if x != y || string(x.Text(render)) != "text" || string(y.Text(render)) != "text" || made != 1 {
			t.Errorf("%p %p %d", x, y, made)
		}
		a.Close()
		b.Close()
		end()
	})
}

func TestTooManyTaps(t *testing.T) {
	h, _, _, end := tapped(t)
	var taps []*pipeline.Tap
	for {
		tap, err := h.Tap(pipeline.TapOptions{Matcher: parse(t, fmt.Sprintf("Severity == %d", len(taps)))})
		if err != nil {
			if !errors.Is(err, pipeline.ErrTooManyTaps) || len(taps) < 200 {
				t.Errorf("%v after %d", err, len(taps))
			}
			break
		}
		taps = append(taps, tap)
	}
	for _, tap := range taps {
		tap.Close()
	}
	open(t, h, pipeline.TapOptions{}).Close()
	end()
}
