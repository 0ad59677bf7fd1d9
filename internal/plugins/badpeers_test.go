package plugins_test

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// badServers are the ways in which a server can be bad.
var badServers = []struct {
	name  string
	fault netconftest.Fault
	// silent ones are found out by time alone.
	silent bool
	// families that the fault means something to, by the scheme; empty is all.
	scheme string
	// takes says that bytes are taken, which outputs that know no answer believe.
	takes bool
}{
	{name: "resets at once", fault: netconftest.Reset, takes: true},
	{name: "closes at once", fault: netconftest.Close, takes: true},
	{name: "closes one half", fault: netconftest.HalfClose, takes: true},
	{name: "swallows", fault: netconftest.Swallow, takes: true, silent: true},
	{name: "does not read", fault: netconftest.Stall, takes: true, silent: true},
	{name: "resets in the request", fault: netconftest.CutRequest(40), takes: true},
	{name: "resets before the answer", fault: netconftest.CutAnswer(0), takes: true},
	{name: "talks garbage", fault: netconftest.Say("\x16\x03\x01\x02\x00\x00garbage\r\n\r\n"), takes: true},
	{name: "talks in one line without end", fault: netconftest.Babble("220-", strings.Repeat("x", 16<<10)), takes: true},
	{name: "talks in lines without end", fault: netconftest.Babble("220-\r\n", strings.Repeat("220-x\r\n", 2<<10)), takes: true},
	{name: "head without end", scheme: "http://", fault: netconftest.Babble("HTTP/1.1 200 OK\r\n", strings.Repeat("X: x\r\n", 2<<10))},
	{name: "errors without end", scheme: "http://", fault: netconftest.Babble("HTTP/1.1 500 No\r\n\r\n", strings.Repeat("x", 16<<10))},
	{name: "bomb", scheme: "http://", fault: netconftest.Say("HTTP/1.1 503 No\r\nContent-Encoding: gzip\r\nContent-Length: 20\r\n\r\n\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03xxxxxxxxxx")},
	{name: "half an answer", scheme: "http://", fault: netconftest.Say("HTTP/1.1 503 No\r\nContent-Length: 20\r\n\r\nx")},
	{name: "redirects for ever", scheme: "http://", fault: netconftest.Say("HTTP/1.1 308 Again\r\nLocation: /\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")},
	{name: "sends away", scheme: "http://", fault: netconftest.Say("HTTP/1.1 307 There\r\nLocation: http://elsewhere.invalid/\r\nContent-Length: 0\r\n\r\n")},
	{name: "429", scheme: "http://", fault: netconftest.Say("HTTP/1.1 429 Slow\r\nRetry-After: 1\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")},
	{name: "503", scheme: "http://", fault: netconftest.Say("HTTP/1.1 503 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")},
	{name: "is no TLS", scheme: "tls", fault: netconftest.Say("220 hello\r\n\r\n")},
	{name: "resets the handshake", scheme: "tls", fault: netconftest.CutRequest(30)},
	{name: "cuts the handshake", scheme: "tls", fault: netconftest.CutAnswer(30)},
	{name: "is silent in the handshake", scheme: "tls", fault: netconftest.Swallow, silent: true},
}

// TestBadServersGetNothingDone sends through every network output to servers that are
// bad in every way, to all at a time. As long as they are, nothing counts as delivered;
// when they are good again, everything arrives.
func TestBadServersGetNothingDone(t *testing.T) {
	good := authority(t)
	var trials []*trial
	for i := range families {
		f := &families[i]
		for _, bad := range badServers {
			if bad.takes && f.believes || bad.scheme == "http://" && f.scheme != bad.scheme || bad.scheme == "tls" && !f.talksTLS() {
				continue
			}
			s := &trial{t: t, family: f, name: f.typ + ", a server that " + bad.name}
			if bad.silent {
				s.more = f.hurry
			}
			var config *tls.Config
			if bad.scheme == "tls" {
				config = &tls.Config{Certificates: good.pair}
				s.trust(good)
			}
			s.serve(config, "127.0.0.1:0", bad.fault, 1<<30)
			s.send(s.proxy.Addr().String())
			trials = append(trials, s)
		}
	}
	for _, s := range trials {
		s.proxy.WaitBroken(t, 2)
		s.delivers(0)
		s.proxy.Heal()
	}
	for _, s := range trials {
		s.ends()
	}
}

// TestSlowAndLateServersGetEverything sends to servers that are not there at first,
// or whose every byte comes alone.
func TestSlowAndLateServersGetEverything(t *testing.T) {
	var trials []*trial
	for i := range families {
		late := &trial{t: t, family: &families[i], name: families[i].typ + ", a late server"}
		address := netconftest.Address(t)
		late.send(address)
		slow := &trial{t: t, family: &families[i], name: families[i].typ + ", a slow server"}
		slow.serve(nil, "127.0.0.1:0", netconftest.Drip, 1<<30)
		slow.send(slow.proxy.Addr().String())
		late.waitLog("refused")
		late.delivers(0)
		late.serve(nil, address, nil, 0)
		trials = append(trials, late, slow)
	}
	for _, s := range trials {
		s.ends()
	}
}

// TestImpostorsLearnNothing shows every output that talks TLS a certificate that it
// does not trust, or that is for another name. Nothing is said to such a server.
func TestImpostorsLearnNothing(t *testing.T) {
	good, other := authority(t), authority(t)
	for i := range families {
		f := &families[i]
		if !f.talksTLS() {
			continue
		}
		for _, known := range []bool{false, true} {
			s := &trial{t: t, family: f, name: fmt.Sprintf("%s, certificate known: %t", f.typ, known)}
			s.trust(good)
			shown := other
			if known {
				s.more += "\nserver_name = 'elsewhere.example.com'"
				shown = good
			}
			heard := make(chan string, 100)
			s.serve(nil, "127.0.0.1:0", func(client net.Conn, _ func() net.Conn, _ <-chan struct{}) {
				secure := tls.Server(client, &tls.Config{Certificates: shown.pair})
				b := make([]byte, 100)
				n, _ := secure.Read(b)
				heard <- string(b[:n])
			}, 1)
			s.send(s.proxy.Addr().String())
			s.waitLog("certificate")
			s.delivers(0)
			if text := <-heard; text != "" {
				t.Errorf("%s: the impostor heard %q", s.name, text)
			}
		}
	}
}

// certified is a certificate, which is its own authority.
type certified struct {
	file string
	pair []tls.Certificate
}

func authority(t *testing.T) certified {
	t.Helper()
	file, key := netconftest.Certificate(t, t.TempDir(), "server", 1)
	pair, err := tls.LoadX509KeyPair(file, key)
	if err != nil {
		t.Fatal(err)
	}
	return certified{file, []tls.Certificate{pair}}
}

// trial is one output and what becomes of its messages.
type trial struct {
	t      *testing.T
	name   string
	family *family
	scheme string
	proxy  *netconftest.FaultProxy
	more   string
	got    sink
	log    *feedtest.Log
	ledger feedtest.Ledger

	mu   sync.Mutex // guards said
	said strings.Builder
}

func (f *family) talksTLS() bool { return f.secure != "" || f.scheme != "" }

// trust makes the output talk TLS and trust an authority.
func (s *trial) trust(a certified) {
	s.more += "\n" + s.family.secure + "\n[" + s.family.typ + ".tls]\nroot_cafile = '" + a.file + "'"
	s.scheme = strings.Replace(s.family.scheme, "http:", "https:", 1)
}

// serve starts a good server, which talks TLS if config is not nil, and a proxy in
// front of it.
func (s *trial) serve(config *tls.Config, address string, fault netconftest.Fault, times int) {
	s.t.Helper()
	l := listen(s.t, config)
	s.family.serve(s.t, l, &s.got)
	s.proxy = netconftest.StartFaultProxy(s.t, address, l.Addr().String(), fault, times)
}

// texts are those of the messages.
var texts = []string{"text.one", "text.two", "text.three"}

// send makes the output and lets it send until the end of the test.
func (s *trial) send(address string) {
	s.t.Helper()
	if s.scheme == "" {
		s.scheme = s.family.scheme
	}
	o := s.build(fmt.Sprintf("[%s]\n"+s.family.section+"\n%s\n", s.family.typ, s.scheme+address, s.more))
	ctx, cancel := context.WithCancel(s.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		var packs []*plugin.Pack
		for _, text := range texts {
			packs = append(packs, message(s.family, text))
		}
		work := s.ledger.Packs(packs...)
		s.insist(ctx, func() error { return work.Send(ctx, o, false) })
		if f, ok := o.BatchOutput.(plugin.Flusher); ok {
			s.insist(ctx, func() error { return f.Flush(ctx) })
		}
	}()
	s.t.Cleanup(func() {
		cancel()
		<-done
		if c, ok := o.output.(plugin.Closer); ok {
			c.Close()
		}
		if text := s.log.String() + s.errors(); strings.Contains(text, secret) {
			s.t.Errorf("%s: the password is told: %s", s.name, text)
		}
	})
}

// insist tries until it works, as the host does.
func (s *trial) insist(ctx context.Context, f func() error) {
	for pause := 5 * time.Millisecond; ctx.Err() == nil; pause = min(2*pause, 200*time.Millisecond) {
		err := f()
		if err == nil {
			return
		}
		s.mu.Lock()
		fmt.Fprintln(&s.said, err)
		s.mu.Unlock()
		if reason, refused := plugin.RefusedReason(err); refused {
			s.t.Errorf("%s: refused (%s): %v", s.name, reason, err)
			return
		}
		select {
		case <-ctx.Done():
		case <-time.After(pause):
		}
	}
}

func (s *trial) errors() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.said.String()
}

// build makes the output of a configuration.
func (s *trial) build(text string) *sender {
	s.t.Helper()
	built, log := instance(s.t, text)
	s.log = log
	output := built.(plugin.Output)
	if batches, ok := built.(plugin.BatchOutput); ok {
		return &sender{batches, output}
	}
	return &sender{single{output}, output}
}

// sender is an output that takes batches.
type sender struct {
	plugin.BatchOutput
	output plugin.Output
}

// single hands the messages of a batch over one by one, as the host does.
type single struct{ plugin.Output }

func (o single) SendBatch(ctx context.Context, b *plugin.Batch) error {
	for _, p := range b.Packs {
		if err := o.Send(ctx, p); err != nil {
			return err
		}
		b.Done++
	}
	return nil
}

// waitLog waits until a text is logged or said in an error.
func (s *trial) waitLog(text string) {
	s.t.Helper()
	s.until("the word "+text, func() bool { return strings.Contains(s.log.String()+s.errors(), text) })
}

func (s *trial) until(what string, ok func() bool) {
	s.t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for end := time.Now().Add(2 * feedtest.Patience); !ok(); <-tick.C {
		if time.Now().After(end) {
			s.t.Fatalf("%s: waited in vain for %s; got %q\nlog: %.3000s\nerrors: %.3000s", s.name, what, &s.got, s.log, s.errors())
		}
	}
}

// delivers wants a number of messages to count as delivered.
func (s *trial) delivers(n int) {
	s.t.Helper()
	if got := s.ledger.Delivered(); got != n {
		s.t.Errorf("%s: %d messages count as delivered, want %d", s.name, got, n)
	}
}

// ends waits until all messages count as delivered, and wants the server to have got
// them; outputs that know no answer may be a little ahead of it.
func (s *trial) ends() {
	s.t.Helper()
	s.until("delivery", func() bool { return s.ledger.Delivered() == len(texts) })
	for _, text := range texts {
		if s.family.believes {
			s.until(text, func() bool { return strings.Contains(s.got.String(), text) })
		}
		if !strings.Contains(s.got.String(), text) {
			s.t.Errorf("%s: %s is not delivered: %q", s.name, text, &s.got)
		}
	}
}
