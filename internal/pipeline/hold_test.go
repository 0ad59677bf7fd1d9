package pipeline_test

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/hekad/heka/plugin"
)

// joiner joins lines, by their first letter, that end in a plus sign with those
// that follow.
type joiner struct {
	lines int
	open  map[byte]*opened
}

type opened struct {
	text  string
	first int
}

func (j *joiner) Decode(p *plugin.Pack) error {
	j.lines++
	line := strings.TrimSuffix(p.Message.Payload(), "\n")
	o := j.open[line[0]]
	if o == nil {
		o = &opened{first: j.lines}
		j.open[line[0]] = o
	}
	text, more := strings.CutSuffix(line, "+")
	o.text += text
	if more {
		return plugin.ErrSkip
	}
	p.Message.SetPayload(o.text)
	delete(j.open, line[0])
	return nil
}

func (j *joiner) Held() int {
	oldest := 0
	for _, o := range j.open {
		oldest = max(oldest, j.lines-o.first+1)
	}
	return oldest
}

func joinDecoder() plugin.Plugin {
	return plugin.NewDecoder("JoinDecoder", none{}, func(*none, *plugin.Env) (plugin.Decoder, error) {
		return &joiner{open: map[byte]*opened{}}, nil
	})
}

func TestThePositionWaitsForRecordsThatADecoderHolds(t *testing.T) {
	for _, c := range []struct {
		name, text string
		want       []string
		position   string // what the position is behind
	}{
		{"all joined", "a1+\na2\nb1\n", []string{"a1a2", "b1"}, "a1+\na2\nb1\n"},
		{"the last is open", "a1\nb1+\n", []string{"a1"}, "a1\n"},
		{"others go on meanwhile", "a1\nb1+\na2\na3\n", []string{"a1", "a2", "a3"}, "a1\n"},
		{"the older is joined first", "a1+\nb1+\na2\n", []string{"a1a2"}, "a1+\n"},
		{"the younger is joined first", "a1+\nb1+\nb2\n", []string{"b1b2"}, ""},
		{"one joined, another begun", "a1+\na2\na3+\n", []string{"a1a2"}, "a1+\na2\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			out := &sink{}
			var last atomic.Int64
			g := newGraph(t, `
[in]
type = "ReaderInput"
decoder = "JoinDecoder"
[JoinDecoder]
[out]
type = "OutOutput"
message_matcher = "TRUE"
`, joinDecoder(), readerInput("ReaderInput", &reader{open: readers(c.text), delivered: func(_ int, pos int64) {
				if pos < last.Swap(pos) {
					t.Errorf("the position goes back to %d", pos)
				}
			}}), sinkOutput("OutOutput", out))
			g.start()
			g.balanced()
			if got := out.payloads(); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := last.Load(); got != int64(len(c.position)) {
				t.Errorf("position %d, want %d", got, len(c.position))
			}
		})
	}
}

// A line may go on in the next batch, which another worker would get.
func TestADecoderThatHoldsRecordsGetsThemAll(t *testing.T) {
	var text strings.Builder
	var want []string
	for i := range 2000 {
		fmt.Fprintf(&text, "a%d+\nb%d\na%d\n", i, i, i)
		want = append(want, fmt.Sprintf("b%d", i), fmt.Sprintf("a%da%d", i, i))
	}
	out := &sink{}
	g := newGraph(t, `
[in]
type = "ReaderInput"
decoder = "JoinDecoder"
decoder_workers = 3
[JoinDecoder]
[out]
type = "OutOutput"
message_matcher = "TRUE"
`, joinDecoder(), readerInput("ReaderInput", &reader{open: readers(text.String(), "")}), sinkOutput("OutOutput", out))
	g.start()
	g.balanced()
	if got := out.payloads(); !slices.Equal(got, want) {
		t.Errorf("got %d messages, want %d: %.200q", len(got), len(want), got)
	}
	if n := strings.Count(g.log.String(), "decoder_workers is 3, but one works"); n != 1 {
		t.Errorf("told %d times:\n%s", n, g.log)
	}
}

func TestAPartWithoutAnEndDoesNotKeepThePosition(t *testing.T) {
	var text strings.Builder
	text.WriteString("b1+\n")
	for i := range 10_500 {
		fmt.Fprintf(&text, "a%d\n", i)
	}
	var last atomic.Int64
	g := newGraph(t, `
[in]
type = "ReaderInput"
decoder = "JoinDecoder"
[JoinDecoder]
[out]
type = "OutOutput"
message_matcher = "TRUE"
`, joinDecoder(), readerInput("ReaderInput", &reader{open: readers(text.String()),
		delivered: func(_ int, pos int64) { last.Store(pos) }}), sinkOutput("OutOutput", &sink{}))
	g.start()
	g.balanced()
	if got, min := last.Load(), int64(len("b1+\na1\n")*100); got < min {
		t.Errorf("position %d, want more than %d", got, min)
	}
}
