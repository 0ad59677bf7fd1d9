package pipeline_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/plugin"
)

// rawDecoder notes what it gets: raw bytes or a payload.
type rawDecoder struct{ got *[]string }

func (d rawDecoder) Decode(p *plugin.Pack) error {
	*d.got = append(*d.got, fmt.Sprintf("%s|%s", p.Raw, p.Message.Payload()))
	if p.Raw != nil {
		return plugin.ErrSkip
	}
	return nil
}

func TestRecordsGoToTheDecoderAsBytes(t *testing.T) {
	for useBytes, want := range map[bool]string{true: "one\n|", false: "|one\n"} {
		var got []string
		g := newGraph(t, fmt.Sprintf("[in]\ntype=\"ReaderInput\"\ndecoder=\"RawDecoder\"\nsplitter=\"mine\"\n[RawDecoder]\n[mine]\ntype=\"TokenSplitter\"\nuse_message_bytes=%t\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n", useBytes),
			readerInput("ReaderInput", &reader{open: readers("one\n")}), sinkOutput("SinkOutput", &sink{}),
			plugin.NewDecoder("RawDecoder", none{}, func(*none, *plugin.Env) (plugin.Decoder, error) { return rawDecoder{&got}, nil }))
		g.start()
		g.balanced()
		if !slices.Equal(got, []string{want}) {
			t.Errorf("use_message_bytes = %t: the decoder got %q", useBytes, got)
		}
	}
}

// Decode failures may be left out of the log. What synchronous_decode says only
// shows in the report.
func TestDecodeFailuresAreLogged(t *testing.T) {
	for _, log := range []bool{true, false} {
		g := newGraph(t, fmt.Sprintf("[MarkerDecoder]\n[in]\ntype=\"ReaderInput\"\ndecoder=\"MarkerDecoder\"\nlog_decode_failures=%t\nsynchronous_decode=%t\n[out]\ntype=\"SinkOutput\"\nmessage_matcher=\"TRUE\"\n", log, log),
			readerInput("ReaderInput", &reader{open: readers("bad\n")}), sinkOutput("SinkOutput", &sink{}), markerDecoder)
		g.start()
		g.balanced()
		if got := strings.Contains(g.log.String(), "cannot make sense of it"); got != log {
			t.Errorf("log_decode_failures = %t: logged %t\n%s", log, got, g.log)
		}
		if got := strings.Contains(pipeline.ReportText(g.host.Report()), "SynchronousDecode: true"); got != log {
			t.Errorf("synchronous_decode = %t: reported %t", log, got)
		}
	}
}

// payloadEncoder makes bytes of the payload.
type payloadEncoder struct{}

func (payloadEncoder) Append(dst []byte, p *plugin.Pack) ([]byte, error) {
	return append(dst, p.Message.Payload()...), nil
}

// encoded is an output that keeps what its encoder makes.
type encoded struct {
	env *plugin.Env
	got *[]string
}

func (o encoded) Send(_ context.Context, p *plugin.Pack) error {
	b, err := o.env.Encode(nil, p)
	*o.got = append(*o.got, string(b))
	return err
}

func TestOutputsFrameWhatTheyEncode(t *testing.T) {
	for _, framed := range []bool{true, false} {
		var got []string
		g := newGraph(t, fmt.Sprintf("[in]\ntype=\"ReaderInput\"\n[PayloadEncoder]\n[out]\ntype=\"EncodedOutput\"\nmessage_matcher=\"TRUE\"\nencoder=\"PayloadEncoder\"\nuse_framing=%t\n", framed),
			readerInput("ReaderInput", &reader{open: readers("one\n")}),
			plugin.NewEncoder("PayloadEncoder", none{}, func(*none, *plugin.Env) (plugin.Encoder, error) { return payloadEncoder{}, nil }),
			plugin.NewOutput("EncodedOutput", none{}, func(_ *none, env *plugin.Env) (plugin.Output, error) { return encoded{env, &got}, nil }))
		g.start()
		g.balanced()
		want := "one\n"
		if framed {
			b, err := framing.Append(nil, []byte(want), 100)
			if err != nil {
				t.Fatal(err)
			}
			want = string(b)
		}
		if !slices.Equal(got, []string{want}) {
			t.Errorf("use_framing = %t: %q, want %q", framed, got, want)
		}
	}
}

// With less space on the disk than is to be left free the queue counts as full.
func TestTheDiskIsNotFilledUp(t *testing.T) {
	for size, want := range map[string]uint64{"0": 0, "4611686018427387904": 3} {
		g := newGraph(t, buffered+"[out.buffering]\nfull_action=\"drop\"\nmin_free="+size+"\n",
			readerInput("ReaderInput", &reader{open: readers("a\nb\nc\n")}), sinkOutput("SinkOutput", &sink{}))
		g.start()
		b := g.balanced()
		var dropped uint64
		for _, d := range b.Consumers[0].Dropped {
			dropped += d.N
		}
		if dropped != want || b.Consumers[0].Delivered != 3-want {
			t.Errorf("min_free = %s: %+v", size, b.Consumers[0])
		}
	}
}

func TestWordsOfFsync(t *testing.T) {
	for _, word := range []string{"interval", "always", "never"} {
		s := &sink{}
		g := newGraph(t, buffered+"[out.buffering]\nfsync=\""+word+"\"\n", readerInput("ReaderInput", &reader{open: readers("a\nb\n")}), sinkOutput("SinkOutput", s))
		g.start()
		g.balanced()
		if got := s.payloads(); !slices.Equal(got, []string{"a\n", "b\n"}) {
			t.Errorf("fsync = %s: %q", word, got)
		}
	}
	g := newGraph(t, buffered+"[out.buffering]\nfsync=\"sometimes\"\n", readerInput("ReaderInput", &reader{open: readers("")}), sinkOutput("SinkOutput", &sink{}))
	if _, problems := g.tryBuild(); !strings.Contains(fmt.Sprint(problems), `fsync is "sometimes"`) {
		t.Error(problems)
	}
}

// What was delivered since the position was written last comes again after a crash:
// a copy of the queue, taken while heka runs, is what a crash leaves.
func TestPositionsAreWrittenAsOftenAsTheySay(t *testing.T) {
	for count, want := range map[string]int64{"1": 0, "1000": 5} {
		s := &sink{}
		g := newGraph(t, buffered+"[out.buffering]\ncursor_update_count="+count+"\n",
			readerInput("ReaderInput", &reader{open: readers("1\n2\n3\n4\n5\n"), hold: true}), sinkOutput("SinkOutput", s))
		g.once = false
		g.start()
		until(t, "all to be delivered", func() bool { return g.host.Books().Consumers[0].Delivered == 5 })
		left := func() int64 {
			after := newGraph(t, buffered, readerInput("ReaderInput", &reader{open: readers("")}), sinkOutput("SinkOutput", &sink{}))
			after.global.BaseDir = filepath.Join(t.TempDir(), "crashed")
			if err := os.CopyFS(after.global.BaseDir, os.DirFS(g.global.BaseDir)); err != nil {
				return -1 // it was written to
			}
			after.start()
			return after.balanced().Consumers[0].Backlog
		}
		until(t, "the position of cursor_update_count = "+count, func() bool { return left() == want })
		g.host.Stop(0)
		g.balanced()
	}
}
