package decode_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// subDecoder makes the decoders that a MultiDecoder finds in these tests:
//
//	m, s, m2   PayloadRegexDecoders for ^m, ^s and ^m that add a field
//	quiet      the same for ^q without log_errors
//	dirty      changes the message and fails
//	copies     gives the message and two copies, of which one is marked so that
//	           it fails on it
//	nothing    an expander without results
//	nested     a MultiDecoder with m and s
//	joins      joins messages that end in a plus sign with the next one, and fails on
//	           those that begin with s
func subDecoder(t testing.TB, name string) plugin.Decoder {
	regex := func(expr, field string, logErrors bool) plugin.Decoder {
		return mustBuild(t, "PayloadRegexDecoder", map[string]any{"match_regex": expr, "log_errors": logErrors}, [2]string{field, "%1%"})
	}
	switch name {
	case "m":
		return regex(`^(m\w+)`, "M", true)
	case "s":
		return regex(`^(s\w+)`, "S", true)
	case "m2":
		return regex(`^(m\w+)`, "M2", true)
	case "quiet":
		return regex(`^(q\w+)`, "Q", false)
	case "dirty":
		return dirty{}
	case "copies":
		return copies{}
	case "nothing":
		return nothing{}
	case "joins":
		return &joins{}
	case "nested":
		return mustBuild(t, "MultiDecoder", map[string]any{"subs": []string{"m", "s"}})
	}
	return nil
}

type joins struct {
	text  string
	parts int // calls since the one that brought the first part, with it
}

func (j *joins) Decode(p *plugin.Pack) error {
	if j.parts > 0 {
		j.parts++
	}
	text := p.Message.Payload()
	if strings.HasPrefix(text, "s") {
		return errors.New("an s")
	}
	if part, more := strings.CutSuffix(text, "+"); more {
		j.text += part
		j.parts = max(j.parts, 1)
		return plugin.ErrSkip
	}
	p.Message.SetPayload(j.text + text)
	j.text, j.parts = "", 0
	return nil
}

func (j *joins) Held() int { return j.parts }

type dirty struct{}

func (dirty) Decode(p *plugin.Pack) error {
	p.Message.SetType("dirt")
	p.Message.AddString("dirt", "x")
	p.Message.MutableField(0).SetName("renamed")
	p.Raw = nil
	return errors.New("dirty")
}

type copies struct{}

func (copies) Decode(*plugin.Pack) error { return errors.New("not called") }

func (copies) Expand(p *plugin.Pack, out *plugin.Expansion) error {
	if p.Message.FindField("marked", 0) != nil {
		return errors.New("marked")
	}
	out.Add(p)
	for i := range 2 {
		q := out.Alloc()
		q.Message.CopyFrom(&p.Message)
		if i == 1 {
			q.Message.AddBool("marked", true)
		}
		out.Add(q)
	}
	return nil
}

type nothing struct{}

func (nothing) Decode(*plugin.Pack) error                    { return errors.New("not called") }
func (nothing) Expand(*plugin.Pack, *plugin.Expansion) error { return nil }

func expand(t *testing.T, d plugin.Decoder, p *plugin.Pack) ([]*plugin.Pack, error) {
	t.Helper()
	out := plugin.Expansion{Alloc: func() *plugin.Pack {
		q := new(plugin.Pack)
		q.Reset(new(plugin.Text))
		return q
	}}
	err := d.(plugin.Expander).Expand(p, &out)
	return out.Packs, err
}

func TestMulti(t *testing.T) {
	f := func(strategy, subs, payload, want string) {
		t.Helper()
		d := mustBuild(t, "MultiDecoder", map[string]any{"subs": strings.Fields(subs), "cascade_strategy": strategy})
		p := newPack(payload)
		before := describe(&p.Message)
		packs, err := expand(t, d, p)
		if want == "failure" {
			if err == nil || err.Error() != "All subdecoders failed." || len(packs) != 0 || !slices.Equal(describe(&p.Message), before) {
				t.Errorf("%s %s: %d packs, error %v, %q", strategy, payload, len(packs), err, describe(&p.Message))
			}
			return
		}
		if err != nil || len(packs) != 1 || packs[0] != p {
			t.Fatalf("%s %s: %d packs, error %v", strategy, payload, len(packs), err)
		}
		got := slices.DeleteFunc(describe(&p.Message), func(s string) bool { return slices.Contains(before, s) })
		if strings.Join(got, " ") != want {
			t.Errorf("%s %s: got %q, want %q", strategy, payload, got, want)
		}
	}
	f("first-wins", "m s m2", "match first", "M=match")
	f("first-wins", "m s m2", "second match", "S=second")
	f("first-wins", "m s m2", "won't match", "failure")
	f("all", "m s m2", "matches twice", "M=matches M2=matches")
	f("all", "m s m2", "second match", "S=second")
	f("all", "m s m2", "won't match", "failure")
	f("first-wins", "quiet m", "match", "M=match")
	f("first-wins", "quiet", "match", "failure")
	f("first-wins", "dirty m", "match", "M=match")
	f("all", "dirty m dirty", "match", "M=match")
	f("all", "dirty", "match", "failure")
	f("first-wins", "nothing m", "match", "M=match")
	f("first-wins", "nothing", "match", "failure")
	f("first-wins", "nested m", "second", "S=second")
	f("all", "nested s", "second", "S=second S=second")
}

// Each of three decoders gives the message and two copies, and fails for one
// copy of each: 1, 3, 7, 15.
func TestMultiCascadesCopies(t *testing.T) {
	d := mustBuild(t, "MultiDecoder", map[string]any{"subs": []string{"copies", "copies", "copies"}, "cascade_strategy": "all"})
	for range 2 {
		packs, err := expand(t, d, newPack("x"))
		if err != nil || len(packs) != 15 {
			t.Fatalf("%d packs, error %v", len(packs), err)
		}
		seen := map[*plugin.Pack]bool{}
		for _, p := range packs {
			seen[p] = true
		}
		if len(seen) != 15 {
			t.Errorf("only %d of them differ", len(seen))
		}
		if err := d.Decode(newPack("x")); err == nil {
			t.Error("Decode hides messages")
		}
	}
}

func TestMultiLogsSubErrors(t *testing.T) {
	f := func(on bool, want string) {
		t.Helper()
		var log bytes.Buffer
		d, err := build(t, &log, "MultiDecoder", map[string]any{"subs": []string{"quiet", "s", "m"}, "log_sub_errors": on}, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := expand(t, d, newPack("match")); err != nil {
			t.Fatal(err)
		}
		if got := log.String(); strings.Count(got, "\n") != strings.Count(want, "\n") || !strings.Contains(got, strings.TrimSpace(want)) {
			t.Errorf("log %q, want %q", got, want)
		}
	}
	f(true, "Subdecoder 's' decode error: No match: match\n")
	f(false, "")
}

func TestMultiReports(t *testing.T) {
	d := mustBuild(t, "MultiDecoder", map[string]any{"subs": []string{"s", "m"}})
	for _, payload := range []string{"match", "match", "x", "second"} {
		_, _ = expand(t, d, newPack(payload))
	}
	checkReport(t, d, "-s", 4, 3)
	checkReport(t, d, "-m", 3, 1)
	checkReport(t, d, "", 4, 1)
}

func TestProtobufReports(t *testing.T) {
	d := mustBuild(t, "ProtobufDecoder", nil)
	for _, raw := range []string{"", "\x1a\x01t", "\x1a\x02t"} {
		p := newPack("")
		p.Raw = []byte(raw)
		_ = d.Decode(p)
	}
	checkReport(t, d, "", 3, 2)
}

// checkReport checks the counters of a decoder that samples every other message.
func checkReport(t *testing.T, d plugin.Decoder, suffix string, count, failures int64) {
	t.Helper()
	var r plugin.Report
	d.(plugin.Reporter).Report(&r)
	got := map[string]string{}
	for _, c := range r.Counters {
		got[c.Name] = fmt.Sprint(c.Value, c.Representation)
	}
	for name, want := range map[string]string{
		"ProcessMessageCount":    fmt.Sprint(count, "count"),
		"ProcessMessageFailures": fmt.Sprint(failures, "count"),
		"ProcessMessageSamples":  fmt.Sprint((count+1)/2, "count"),
	} {
		if got[name+suffix] != want {
			t.Errorf("%s is %s, want %s", name+suffix, got[name+suffix], want)
		}
	}
	if !strings.HasSuffix(got["ProcessMessageAvgDuration"+suffix], "ns") {
		t.Errorf("no average duration in %v", got)
	}
}

// Forwarding a message as it was received needs the encoded form.
func TestProtobufKeepsTheEncodedForm(t *testing.T) {
	d := mustBuild(t, "ProtobufDecoder", nil)
	p := newPack("")
	p.Raw = []byte("\x1a\x01t\xa2\x06\x03abc\x10\x01")
	if err := d.Decode(p); err != nil || !bytes.Equal(p.Message.Wire(), p.Raw) {
		t.Errorf("%x, %v", p.Message.Wire(), err)
	}
	if p.Message.Severity() != message.DefaultSeverity {
		t.Error("severity is not the default")
	}
}

// TestASubdecoderMayHoldMessages has one that joins messages behind one that takes some
// of them before.
func TestASubdecoderMayHoldMessages(t *testing.T) {
	for _, c := range []struct {
		subs     []string
		strategy string
	}{
		{[]string{"s", "joins", "m"}, "first-wins"},
		{[]string{"joins", "s"}, "all"},
	} {
		d := mustBuild(t, "MultiDecoder", map[string]any{"subs": c.subs, "cascade_strategy": c.strategy})
		for i, step := range []struct {
			text, want string // "" is nothing
			held       int
		}{
			{"a", "a", 0}, {"m1+", "", 1}, {"s1", "s1", 2}, {"m2+", "", 3}, {"s2", "s2", 4}, {"m3", "m1m2m3", 0}, {"s3", "s3", 0}, {"b+", "", 1},
		} {
			p := new(plugin.Pack)
			p.Reset(nil)
			p.Message.SetPayload(step.text)
			x := &plugin.Expansion{}
			err := d.(plugin.Expander).Expand(p, x)
			got := ""
			if len(x.Packs) > 0 {
				got = x.Packs[0].Message.Payload()
			}
			if held := d.(plugin.Holder).Held(); err != nil || got != step.want || held != step.held {
				t.Errorf("%s, step %d: got %q, want %q; held %d, want %d; %v", c.strategy, i, got, step.want, held, step.held, err)
			}
		}
	}
	if _, holds := mustBuild(t, "MultiDecoder", map[string]any{"subs": []string{"m"}}).(plugin.Holder); holds {
		t.Error("a MultiDecoder of decoders that hold nothing is asked")
	}
}
