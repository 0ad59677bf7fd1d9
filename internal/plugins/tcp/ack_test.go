package tcp

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

func TestTheQuestionIsFoundAndNothingElseWaits(t *testing.T) {
	f := func(text, name, first string, asked bool) {
		t.Helper()
		for _, r := range []io.Reader{strings.NewReader(text), iotest.OneByteReader(strings.NewReader(text))} {
			gotName, gotAsked, rest, err := listenForQuestion(r)
			tail, _ := io.ReadAll(io.MultiReader(bytes.NewReader(rest), r))
			if gotName != name || gotAsked != asked || string(tail) != first || err != nil && err != io.EOF {
				t.Errorf("%q: name %q, asked %v, rest %q, %v", text, gotName, gotAsked, tail, err)
			}
		}
	}
	f("heka-ack 1 web1/relay\nrest", "web1/relay", "rest", true)
	f(string(question("a b\n\x1e"))+"x", "a_b__", "x", true)
	f(string(question(strings.Repeat("n", 100))), strings.Repeat("n", maxName), "", true)
	f("heka-ack 1 "+strings.Repeat("n", 65)+"\n", "", "heka-ack 1 "+strings.Repeat("n", 65)+"\n", false)
	f("heka-ack 1 \n", "", "heka-ack 1 \n", false)
	f("heka-ack 1 a\x1e\n", "", "heka-ack 1 a\x1e\n", false)
	f("heka-ack 2 a\n", "", "heka-ack 2 a\n", false)
	f("heka-a", "", "heka-a", false)
	f("\x1e\x02\x08\x01\x1fx", "", "\x1e\x02\x08\x01\x1fx", false)
	f("", "", "", false)
}

func FuzzQuestion(f *testing.F) {
	f.Add([]byte("heka-ack 1 web1/relay\nrest"))
	f.Add([]byte("heka-ack 1 "))
	f.Fuzz(func(t *testing.T, b []byte) {
		name, asked, first, _ := listenForQuestion(bytes.NewReader(b))
		if len(first) > maxAsk || asked && !bytes.HasPrefix(b, question(name)) || !asked && !bytes.HasPrefix(b, first) {
			t.Errorf("%q: name %q, asked %v, rest %q", b, name, asked, first)
		}
	})
}

// framed is a framed message with a payload; the number is its UUID.
func framed(n int, payload string) []byte {
	m := message.New()
	var u message.UUID
	binary.BigEndian.PutUint64(u[:], uint64(n))
	m.SetUUID(u)
	m.SetPayload(payload)
	b, err := framing.Append(nil, m.AppendWire(nil), 1<<16)
	if err != nil {
		panic(err)
	}
	return b
}

func TestRepeatsAreDroppedAndAcknowledged(t *testing.T) {
	a, b, c := framed(1, "a"), framed(2, strings.Repeat("b", 9000)), framed(3, "c")
	in := slices.Concat([]byte("junk"), a, b, a, []byte("junk"), b, c, a[:7])
	want := slices.Concat([]byte("junk"), a, b, []byte("junk"), c, a[:7])
	for _, r := range []io.Reader{bytes.NewReader(in), iotest.OneByteReader(bytes.NewReader(in)), iotest.DataErrReader(bytes.NewReader(in))} {
		var all origins
		l := all.open("x")
		got, err := io.ReadAll(newSieve(r, l, 1<<16))
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes, want %d; %v", len(got), len(want), err)
		}
		l.deliver(int64(len(want) - 7))
		if n := l.acked.Load(); n != int64(len(in)-7) {
			t.Errorf("acknowledged %d of %d bytes", n, len(in)-7)
		}
		if n := all.close(l); n != 2 {
			t.Errorf("%d repeats", n)
		}
	}
}

func TestARepeatIsNotAcknowledgedBeforeTheFirstOne(t *testing.T) {
	var all origins
	a, b := framed(1, "a"), framed(2, "b")
	first, second := all.open("x"), all.open("x")
	io.ReadAll(newSieve(bytes.NewReader(a), first, 1<<16))
	io.ReadAll(newSieve(bytes.NewReader(slices.Concat(a, b)), second, 1<<16))
	all.close(first)
	second.deliver(int64(len(b)))
	if n := second.acked.Load(); n != 0 {
		t.Errorf("acknowledged %d bytes while the first delivery is open", n)
	}
	first.deliver(int64(len(a)))
	if n := second.acked.Load(); n != int64(len(a)+len(b)) {
		t.Errorf("acknowledged %d bytes", n)
	}
	if !second.done() || len(second.origin.marks) != 0 {
		t.Error("marks are left")
	}
}

func TestSendersAreForgottenInTheEnd(t *testing.T) {
	var all origins
	kept := all.open("kept")
	for i := range 10 * maxOrigins {
		all.close(all.open(fmt.Sprint(i)))
	}
	if len(all.byName) > maxOrigins || all.byName["kept"] != kept.origin {
		t.Errorf("%d senders", len(all.byName))
	}
	for i := range 2 * maxOrigins {
		all.open(fmt.Sprint("open", i))
	}
	if len(all.byName) > maxOrigins {
		t.Errorf("%d senders", len(all.byName))
	}
}

func TestTheWindowOfRepeatsIsBounded(t *testing.T) {
	var r recent
	id := func(n int) (u message.UUID) {
		binary.BigEndian.PutUint64(u[:], uint64(n))
		return u
	}
	for n := range 5 * remembered {
		if r.add(id(n)) {
			t.Fatalf("%d is new", n)
		}
		if old := n - remembered; old >= 0 && n%1000 == 0 && !r.add(id(old)) {
			t.Fatalf("%d is forgotten at %d", old, n)
		}
	}
	if n := len(r.now) + len(r.before); n > 2*remembered {
		t.Errorf("%d are remembered", n)
	}
}

// acknowledging makes an output that frames payloads and asks for
// acknowledgement.
func acknowledging(t *testing.T, address string, change func(*OutputConfig)) (*Output, *feedtest.Log) {
	o, log := newTestOutput(t, address, func(c *OutputConfig) {
		c.Acknowledge, c.AcknowledgeTimeout = true, feedtest.Patience
		if change != nil {
			change(c)
		}
	})
	o.env.Encode = func(dst []byte, p *plugin.Pack) ([]byte, error) {
		return framing.Append(dst, p.Message.AppendWire(nil), 1<<16)
	}
	return o, log
}

// frames cuts framed records.
func frames(data []byte, _ bool) (int, []byte) {
	n, f, _ := framing.Next(data, 1<<16, false)
	return n, f
}

func TestReceiptsWaitForTheOtherSide(t *testing.T) {
	certFile, keyFile := netconftest.Certificate(t, t.TempDir(), "server", 1)
	for _, secure := range []bool{false, true} {
		feed := &feedtest.Feed{Cut: frames, Manual: true}
		in := start(t, feed, func(c *InputConfig) {
			if secure {
				c.UseTLS, c.TLS.CertFile, c.TLS.KeyFile = true, certFile, keyFile
			}
		})
		o, _ := acknowledging(t, in.ln.Addr().String(), func(c *OutputConfig) {
			c.UseTLS, c.TLS.RootCAFile = secure, certFile
		})
		var l feedtest.Ledger
		must(t, l.Messages("a", "b").Send(t.Context(), o, true))
		must(t, l.Messages("c").Send(t.Context(), o, false))
		feed.WaitFor(t, 3)
		if l.Delivered() != 0 || l.Held() != 2 || feedtest.Counters(o)["UnacknowledgedMessages"] != int64(3) {
			t.Errorf("delivered %d, held %d", l.Delivered(), l.Held())
		}
		for l.Delivered() < 3 {
			changed := l.Changed()
			feed.DeliverAll()
			select {
			case <-changed:
			case <-time.After(heartbeat):
			}
		}
		must(t, o.Close())
	}
}

func TestWhatWasNotAcknowledgedIsSentAgain(t *testing.T) {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer ln.Close()
	o, _ := acknowledging(t, ln.Addr().String(), nil)
	var l feedtest.Ledger
	sent := make(chan error, 1)
	go func() { sent <- l.Messages("a", "b", "c").Send(context.Background(), o, false) }()
	var last []byte
	for try := range 3 { // the peer closes, is silent, and acknowledges
		conn, err := ln.Accept()
		must(t, err)
		defer conn.Close()
		_, asked, rest, err := listenForQuestion(conn)
		if !asked || len(rest) > 0 || err != nil {
			t.Fatalf("asked %v, %q, %v", asked, rest, err)
		}
		_, err = io.WriteString(conn, magic+"\n")
		must(t, err)
		data := make([]byte, 3*len(framed(0, "a")))
		if last != nil {
			data = data[:len(last)]
		} else {
			n, err := conn.Read(data)
			must(t, err)
			data = data[:n]
		}
		if last != nil {
			_, err = io.ReadFull(conn, data)
			must(t, err)
			if !bytes.Equal(data, last) {
				t.Errorf("try %d: got %q, want %q", try, data, last)
			}
		} else {
			must(t, <-sent)
		}
		last = data
		switch try {
		case 0:
			conn.Close()
			<-o.peer.gone
			o.config.AcknowledgeTimeout = 2 * time.Second // for the next connection
			go func() { sent <- o.Flush(context.Background()) }()
		case 1:
			must(t, <-sent)
			<-o.peer.gone // within acknowledge_timeout
			o.config.AcknowledgeTimeout = feedtest.Patience
			go func() { sent <- o.Flush(context.Background()) }()
		case 2:
			must(t, <-sent)
			delivered := l.Changed()
			must(t, writeCount(conn, int64(len(data))))
			<-delivered
		}
	}
	if l.Delivered() != 3 {
		t.Errorf("delivered %d", l.Delivered())
	}
}

// A server that does not answer the question is one for which acknowledge_fallback
// is meant.
func TestAServerThatDoesNotAcknowledge(t *testing.T) {
	for _, fallback := range []bool{true, false} {
		o, log := acknowledging(t, netconftest.Mute(t), func(c *OutputConfig) {
			c.AcknowledgeTimeout, c.AcknowledgeFallback = 10*time.Millisecond, fallback
		})
		var l feedtest.Ledger
		err := l.Messages("a").Send(t.Context(), o, false)
		if (err == nil) != fallback || l.Delivered() == 1 != fallback || strings.Contains(log.String(), "going on without acknowledgement") != fallback {
			t.Errorf("acknowledge_fallback = %t: %v, delivered %d, %s", fallback, err, l.Delivered(), log)
		}
	}
}
