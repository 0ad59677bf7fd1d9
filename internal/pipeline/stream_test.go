package pipeline_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"

	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// The vectors of over-long records: R is the smallest that max_message_size
// allows, 1025 + 258 bytes.
func TestOverlongRecordsAreCutOrDroppedWithTheirTail(t *testing.T) {
	const limit = 1025 + 258
	long := func(n int) string { return strings.Repeat("x", n-1) + "\n" }
	cut := strings.Repeat("x", limit)
	for _, c := range []struct {
		input      string
		drop, keep []string
		overlong   int
	}{
		{long(limit) + "xy\n", []string{long(limit), "xy\n"}, []string{long(limit), "xy\n"}, 0},
		{long(limit+3) + "xy\n", []string{"xy\n"}, []string{cut, "xy\n"}, 1},
		{long(3*limit+7) + "xy\n", []string{"xy\n"}, []string{cut, "xy\n"}, 1},
		{long(300_000) + "xy\n", []string{"xy\n"}, []string{cut, "xy\n"}, 1},
		{"a\n" + long(2*limit) + long(2*limit) + "b\n", []string{"a\n", "b\n"}, []string{"a\n", cut, cut, "b\n"}, 2},
	} {
		for _, keep := range []bool{false, true} {
			for name, wrap := range map[string]func(io.Reader) io.Reader{"large": func(r io.Reader) io.Reader { return r }, "bytes": iotest.OneByteReader} {
				s := &sink{}
				splitter := "[lines]\ntype=\"TokenSplitter\"\nmin_buffer_size=8\n"
				if keep {
					splitter += "keep_truncated = true\n"
				}
				g := newGraph(t, splitter+"[in]\ntype=\"ReaderInput\"\nsplitter=\"lines\"\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n",
					readerInput("ReaderInput", &reader{open: func() []io.Reader { return []io.Reader{wrap(strings.NewReader(c.input))} }}), sinkOutput("SinkOutput", s))
				g.global.MaxMessageSize = 1025
				g.start()
				b := g.balanced()
				want := c.drop
				if keep {
					want = c.keep
				}
				if got := s.payloads(); !slices.Equal(got, want) {
					t.Errorf("keep %v, %s reads, %d bytes: %d records of %v, want %v", keep, name, len(c.input), len(got), lengths(got), lengths(want))
				}
				if d := b.Inputs[0].Dropped; !keep && c.overlong > 0 && (len(d) != 1 || d[0].Name != "too_long" || int(d[0].N) != c.overlong) {
					t.Errorf("dropped %v, want %d too_long", d, c.overlong)
				}
				if n := strings.Count(g.log.String(), "exceeded MAX_RECORD_SIZE"); n != c.overlong {
					t.Errorf("%d log lines, want %d:\n%s", n, c.overlong, g.log)
				}
			}
		}
	}
}

func lengths(s []string) (n []int) {
	for _, x := range s {
		n = append(n, len(x))
	}
	return n
}

func TestIncompleteFinalRecord(t *testing.T) {
	for _, deliver := range []bool{false, true} {
		s := &sink{}
		g := newGraph(t, fmt.Sprintf("[lines]\ntype=\"TokenSplitter\"\ndeliver_incomplete_final=%v\n[in]\ntype=\"ReaderInput\"\nsplitter=\"lines\"\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n", deliver),
			readerInput("ReaderInput", &reader{open: readers("a\nrest")}), sinkOutput("SinkOutput", s))
		g.start()
		g.balanced()
		want := []string{"a\n"}
		if deliver {
			want = append(want, "rest")
		}
		if !slices.Equal(s.payloads(), want) {
			t.Errorf("deliver_incomplete_final=%v: %q", deliver, s.payloads())
		}
	}
}

// touchy panics at a word.
type touchy struct{ lines }

func (s touchy) Split(data []byte, final bool) (int, []byte) {
	if strings.HasPrefix(string(data), "panic") {
		panic("splitter boom")
	}
	return s.lines.Split(data, final)
}

func TestPanicOfASplitterCostsWhatItWasGiven(t *testing.T) {
	s := &sink{}
	g := newGraph(t, "[TouchySplitter]\n[in]\ntype=\"ReaderInput\"\nsplitter=\"TouchySplitter\"\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n",
		readerInput("ReaderInput", &reader{open: func() []io.Reader {
			return []io.Reader{io.MultiReader(strings.NewReader("a\npanic here\n"), strings.NewReader("b\n"))}
		}}), sinkOutput("SinkOutput", s),
		plugin.NewSplitter("TouchySplitter", none{}, func(*none, *plugin.Env) (plugin.Splitter, error) { return touchy{}, nil }))
	g.start()
	b := g.balanced()
	if got := s.payloads(); !slices.Equal(got, []string{"a\n", "b\n"}) {
		t.Errorf("got %q", got)
	}
	if in := b.Inputs[0]; in.Received != 3 || len(in.Dropped) != 1 || in.Dropped[0].N != 1 {
		t.Errorf("books: %+v", in)
	}
}

// lasting counts Prepare and Close calls of a decoder, splitter or encoder.
type lasting struct {
	lines
	marker
	prepared, closed *int
}

func (l lasting) Prepare(context.Context) error { *l.prepared++; return nil }
func (l lasting) Close() error                  { *l.closed++; return nil }

func TestSplittersAndDecodersArePreparedAndClosed(t *testing.T) {
	var prepared, closed int
	l := lasting{prepared: &prepared, closed: &closed}
	g := newGraph(t, "[LastingSplitter]\n[LastingDecoder]\n[in]\ntype=\"ReaderInput\"\nsplitter=\"LastingSplitter\"\ndecoder=\"LastingDecoder\"\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n",
		readerInput("ReaderInput", &reader{open: readers("ok\n")}), sinkOutput("SinkOutput", &sink{}),
		plugin.NewSplitter("LastingSplitter", none{}, func(*none, *plugin.Env) (plugin.Splitter, error) { return l, nil }),
		plugin.NewDecoder("LastingDecoder", none{}, func(*none, *plugin.Env) (plugin.Decoder, error) { return l, nil }))
	g.start()
	g.balanced()
	if prepared != 2 || closed != 2 {
		t.Errorf("prepared %d, closed %d of 2", prepared, closed)
	}
}

// marker is a decoder for tests: the payload says what it does.
type marker struct{}

var markerDecoder = plugin.NewDecoder("MarkerDecoder", none{}, func(*none, *plugin.Env) (plugin.Decoder, error) { return marker{}, nil })

func (marker) Decode(p *plugin.Pack) error {
	switch strings.TrimSpace(p.Message.Payload()) {
	case "bad":
		p.Message.SetType("half done")
		return errors.New("cannot make sense of it")
	case "skip":
		return plugin.ErrSkip
	case "panic":
		panic("decoder boom")
	case "headless":
		p.Message.Reset()
		return nil
	}
	p.Message.SetType("decoded")
	return nil
}

func TestDecodeFailures(t *testing.T) {
	const text = "ok\nbad\nskip\npanic\nheadless\nok\n"
	for _, send := range []bool{false, true} {
		s, types := &sink{}, &typeSink{}
		g := newGraph(t, fmt.Sprintf("[MarkerDecoder]\n[in]\ntype=\"ReaderInput\"\ndecoder=\"MarkerDecoder\"\nsend_decode_failures=%v\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n[types]\ntype=\"TypeOutput\"\nmessage_matcher=\"TRUE\"\n", send),
			readerInput("ReaderInput", &reader{open: readers(text)}), sinkOutput("SinkOutput", s), markerDecoder,
			plugin.NewOutput("TypeOutput", none{}, func(*none, *plugin.Env) (plugin.Output, error) { return types, nil }))
		g.start()
		b := g.balanced()
		want := []string{"decoded", "decoded"}
		if send {
			want = []string{"decoded", "failed: cannot make sense of it", "failed: message without Uuid or Timestamp", "decoded"}
		}
		if !slices.Equal(types.got, want) {
			t.Errorf("send %v: %q, want %q", send, types.got, want)
		}
		var dropped uint64
		for _, d := range b.Inputs[0].Dropped {
			dropped += d.N
		}
		if b.Received != 6 || dropped+uint64(len(want)) != 6 {
			t.Errorf("send %v: received %d, dropped %v", send, b.Received, b.Inputs[0].Dropped)
		}
		for _, line := range []string{"Decoder 'in-MarkerDecoder-0' error: cannot make sense of it", "panic: decoder boom"} {
			if !strings.Contains(g.log.String(), line) {
				t.Errorf("log lacks %q:\n%s", line, g.log)
			}
		}
	}
}

// typeSink keeps types, and the texts of decode failures.
type typeSink struct{ got []string }

func (s *typeSink) Send(_ context.Context, p *plugin.Pack) error {
	text := strings.Clone(p.Message.Type())
	if f := p.Message.FindField("decode_error", 0); f != nil {
		why, _ := f.Text(0)
		text = "failed: " + why
	}
	s.got = append(s.got, text)
	return nil
}

// splitter into words makes several messages of one.
type words struct{}

func (words) Decode(*plugin.Pack) error { return errors.New("Expand is called instead") }

func (words) Expand(p *plugin.Pack, out *plugin.Expansion) error {
	for w := range strings.FieldsSeq(p.Message.Payload()) {
		q := out.Alloc()
		q.Message.CopyFrom(&p.Message)
		q.Message.SetPayload(w)
		out.Add(q)
	}
	return nil
}

func TestExpandingDecoderWithWorkersKeepsOrder(t *testing.T) {
	const n = 3000
	var text strings.Builder
	var want []string
	for i := range n {
		fmt.Fprintf(&text, "a%d b%d\n", i, i)
		want = append(want, fmt.Sprintf("a%d", i), fmt.Sprintf("b%d", i))
	}
	for _, workers := range []int{1, 4} {
		s := &sink{}
		g := newGraph(t, fmt.Sprintf("[WordsDecoder]\n[in]\ntype=\"ReaderInput\"\ndecoder=\"WordsDecoder\"\ndecoder_workers=%d\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n", workers),
			readerInput("ReaderInput", &reader{open: readers(text.String())}), sinkOutput("SinkOutput", s),
			plugin.NewDecoder("WordsDecoder", none{}, func(*none, *plugin.Env) (plugin.Decoder, error) { return words{}, nil }))
		g.start()
		b := g.balanced()
		if got := s.payloads(); !slices.Equal(got, want) {
			t.Errorf("%d workers: %d messages, want %d in order", workers, len(got), len(want))
		}
		if b.Received != 2*n {
			t.Errorf("%d workers: received %d", workers, b.Received)
		}
	}
}

func TestSignerGate(t *testing.T) {
	s := &sink{}
	g := newGraph(t, "[in]\ntype=\"SignedInput\"\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\nmessage_signer=\"ops\"\n",
		plugin.NewInput("SignedInput", none{}, func(*none, *plugin.Env) (plugin.Input, error) { return signed{}, nil }), sinkOutput("SinkOutput", s))
	g.start()
	b := g.balanced()
	if got := s.payloads(); !slices.Equal(got, []string{"by ops"}) || b.Unmatched != 2 {
		t.Errorf("got %q, unmatched %d", got, b.Unmatched)
	}
}

type signed struct{}

func (signed) Run(_ context.Context, in plugin.Feed) error {
	s, err := in.Open(plugin.StreamOptions{})
	if err != nil {
		return err
	}
	defer s.Close()
	for _, signer := range []string{"", "ops", "Ops"} {
		p := s.Pack()
		p.Signer = signer
		p.Message.SetPayload("by " + signer)
		s.Deliver(p, nil)
	}
	return nil
}

// TestBlocksAreAcknowledgedOneByOne drives SplitBytes and Deliver with
// callbacks, as brokers' inputs do.
func TestBlocksAreAcknowledgedOneByOne(t *testing.T) {
	s := &sink{}
	acked := make(chan int, 100)
	g := newGraph(t, "[in]\ntype=\"BlockInput\"\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n",
		plugin.NewInput("BlockInput", none{}, func(*none, *plugin.Env) (plugin.Input, error) { return blocks{acked}, nil },
			plugin.InputDefaults(func(o *plugin.InputOptions) { o.Splitter = "TokenSplitter" })), sinkOutput("SinkOutput", s))
	g.start()
	g.balanced()
	if got := s.payloads(); !slices.Equal(got, []string{"a\n", "b\n", "c\n", "made"}) {
		t.Errorf("got %q", got)
	}
	close(acked)
	var order []int
	for n := range acked {
		order = append(order, n)
	}
	if !slices.Equal(order, []int{1, 2, 3, 4}) {
		t.Errorf("acknowledged %v", order)
	}
}

type blocks struct{ acked chan int }

func (b blocks) Run(_ context.Context, in plugin.Feed) error {
	s, err := in.Open(plugin.StreamOptions{})
	if err != nil {
		return err
	}
	defer s.Close()
	for i, block := range []string{"a\nb\n", "c\nrest", "no record"} {
		n, err := s.SplitBytes([]byte(block), func() { b.acked <- i + 1 })
		if want := []int{4, 2, 0}[i]; n != want || (err != nil) != (i == 2) {
			return fmt.Errorf("block %d: consumed %d, %v", i, n, err)
		}
	}
	p := s.Pack()
	p.Message.SetPayload("made")
	s.Deliver(p, func() { b.acked <- 4 })
	return nil
}

func TestNewMessagesHaveTheirHeaders(t *testing.T) {
	var seen *message.Message
	g := newGraph(t, "[in]\ntype=\"ReaderInput\"\n[out]\ntype=\"SeeOutput\"\nmessage_matcher=\"TRUE\"\n",
		readerInput("ReaderInput", &reader{open: readers("hello\n"), decorate: func(p *plugin.Pack) { p.Message.SetHostname("there") }}),
		plugin.NewOutput("SeeOutput", none{}, func(*none, *plugin.Env) (plugin.Output, error) { return see{&seen}, nil }))
	g.start()
	g.balanced()
	if !seen.HasUUID() || seen.UUID()[6]>>4 != 4 || seen.Timestamp() == 0 || seen.Logger() != "in" ||
		seen.Payload() != "hello\n" || seen.Hostname() != "there" || seen.Severity() != 7 || seen.Type() != "" {
		t.Errorf("message is %+v", seen)
	}
}

type see struct{ m **message.Message }

func (s see) Send(_ context.Context, p *plugin.Pack) error {
	*s.m = p.Message.Clone()
	return nil
}

// A decoder that has ended for good stops heka, and the position stays in front of
// what it refused.
func TestDecoderThatEndsStopsHeka(t *testing.T) {
	for _, workers := range []int{1, 3} {
		var last atomic.Int64
		s := &sink{}
		g := newGraph(t, fmt.Sprintf("[EndDecoder]\n[in]\ntype=\"ReaderInput\"\ndecoder=\"EndDecoder\"\ndecoder_workers=%d\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n", workers),
			readerInput("ReaderInput", &reader{open: func() []io.Reader {
				return []io.Reader{io.MultiReader(strings.NewReader("1\n"), strings.NewReader("end\n2\n"))}
			}, delivered: func(_ int, n int64) { last.Store(n) }}), sinkOutput("SinkOutput", s),
			plugin.NewDecoder("EndDecoder", none{}, func(*none, *plugin.Env) (plugin.Decoder, error) { return ending{}, nil }))
		g.start()
		b := g.balanced()
		if g.code != 1 || !strings.Contains(g.log.String(), "error: FATAL: it is over") {
			t.Errorf("%d workers: exit code %d\n%s", workers, g.code, g.log)
		}
		if d := b.Inputs[0].Dropped; len(d) != 1 || d[0] != (pipeline.Count{Name: "decode", N: 1}) || last.Load() > 2 {
			t.Errorf("%d workers: dropped %v, position %d", workers, d, last.Load())
		}
	}
}

type ending struct{}

func (ending) Decode(p *plugin.Pack) error {
	if strings.HasPrefix(p.Message.Payload(), "end") {
		return plugin.Exit(errors.New("FATAL: it is over"))
	}
	return nil
}
