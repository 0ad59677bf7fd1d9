package statsd

import (
	"context"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// sink is an accumulator that keeps what it gets.
type sink struct {
	plugin.Input
	mu      sync.Mutex // guards what follows
	buckets []string
	refuse  error
	changed chan struct{}
}

func newSink() *sink { return &sink{changed: make(chan struct{}, 1)} }

// Accumulate implements plugin.StatAccumulator.
func (s *sink) Accumulate(stats []plugin.Stat) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse == nil {
		for i := range stats {
			s.buckets = append(s.buckets, strings.Clone(stats[i].Bucket))
		}
	}
	select {
	case s.changed <- struct{}{}:
	default:
	}
	return s.refuse
}

// wait waits until cond holds for the names taken so far.
func (s *sink) wait(t testing.TB, cond func(buckets []string) bool) {
	t.Helper()
	patience := time.After(feedtest.Patience)
	for {
		s.mu.Lock()
		ok := cond(s.buckets)
		s.mu.Unlock()
		if ok {
			return
		}
		select {
		case <-s.changed:
		case <-patience:
			t.Fatalf("waited in vain; got %d", len(s.buckets))
		}
	}
}

// running is an input at work.
type running struct {
	*Input
	log    *feedtest.Log
	conn   net.Conn
	cancel func()
	ended  chan error
}

func start(t testing.TB, feed *feedtest.Feed, accum plugin.Input, change func(*InputConfig)) *running {
	t.Helper()
	env, log := feedtest.Env(t, "statsd")
	in := feedtest.Build[*Input](t, Plugins(), "StatsdInput", env, func(c *InputConfig) { c.Address = "127.0.0.1:0" }, change)
	if err := in.Link(func(string) plugin.Input { return accum }); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := in.Prepare(ctx); err != nil {
		t.Fatal(err)
	}
	r := &running{Input: in, log: log, cancel: cancel, ended: make(chan error, 1)}
	go func() { r.ended <- in.Run(ctx, feed) }()
	conn, err := net.Dial("udp", in.socket.LocalAddr().String())
	if err != nil {
		t.Fatal(err)
	}
	r.conn = conn
	t.Cleanup(func() {
		r.conn.Close()
		cancel()
		r.wait(t)
	})
	return r
}

// wait waits for the end of Run; it may be called more than once.
func (r *running) wait(t testing.TB) {
	t.Helper()
	select {
	case err := <-r.ended:
		r.ended <- err
		if err != nil {
			t.Error(err)
		}
	case <-time.After(feedtest.Patience):
		t.Fatal("the input does not end")
	}
}

func (r *running) send(t testing.TB, datagrams ...string) {
	t.Helper()
	for _, d := range datagrams {
		if _, err := r.conn.Write([]byte(d)); err != nil {
			t.Fatal(err)
		}
	}
}

func all(n int) func([]string) bool { return func(b []string) bool { return len(b) >= n } }

func TestDatagramsReachTheAccumulator(t *testing.T) {
	s := newSink()
	r := start(t, new(feedtest.Feed), s, nil)
	r.send(t, "a:1|c\nb:2|g\n", "", "c:3|ms")
	s.wait(t, all(3))
	if got := strings.Join(s.buckets, " "); got != "a b c" {
		t.Errorf("got %s", got)
	}
	if c := feedtest.Counters(r); c["ReceivedDatagrams"] != int64(3) || c["Lines"] != int64(3) || c["ReceivedDatagramBytes"] != int64(18) {
		t.Errorf("report %v", c)
	}
}

func TestGarbageIsCountedAndGoodLinesStay(t *testing.T) {
	s := newSink()
	r := start(t, new(feedtest.Feed), s, func(c *InputConfig) { c.MaxMsgSize = 200 })
	garbage := strings.Repeat("x\n", 50)
	r.send(t, garbage+"a:1|c\n\x1b[31m", strings.Repeat("y", 300), "b:1|c")
	s.wait(t, all(2))
	c := feedtest.Counters(r)
	if c["BadLines"] != int64(52) || c["CutDatagrams"] != int64(1) {
		t.Errorf("report %v", c)
	}
	log := r.log.String()
	if n := strings.Count(log, "can't parse message: "); n != loggedBad+1 {
		t.Errorf("%d bad lines logged:\n%s", n, log)
	}
	if strings.Contains(log, "\x1b") || !strings.Contains(log, "max_msg_size") {
		t.Errorf("log %q", log)
	}
}

func TestWhatWaitsInTheSocketIsTakenAtTheEnd(t *testing.T) {
	s := newSink()
	r := start(t, new(feedtest.Feed), s, nil)
	const n = 1000
	for range n {
		r.send(t, "a:1|c")
	}
	r.cancel()
	r.wait(t)
	s.wait(t, all(n))
}

func TestRunOnceEndsWhenNothingComes(t *testing.T) {
	s := newSink()
	r := start(t, &feedtest.Feed{RunOnce: true}, s, nil)
	r.send(t, "a:1|c")
	r.wait(t)
	s.wait(t, all(1))
}

func TestRefusedStatsAreCounted(t *testing.T) {
	s := newSink()
	s.refuse = plugin.ErrNotAccumulating
	r := start(t, new(feedtest.Feed), s, nil)
	r.send(t, "a:1|c\nb:1|c")
	<-s.changed
	r.cancel()
	r.wait(t)
	if n := r.undelivered.Load(); n != 2 {
		t.Errorf("%d undelivered", n)
	}
	if log := r.log.String(); !strings.Contains(log, "undelivered stat: {a 1 c 1} and 1 others") {
		t.Errorf("log %s", log)
	}
}

func TestLinkFindsTheAccumulator(t *testing.T) {
	f := func(in plugin.Input, want string) {
		t.Helper()
		env, _ := feedtest.Env(t, "statsd")
		built, err := newInput(&InputConfig{StatAccumName: "sums"}, env)
		if err != nil {
			t.Fatal(err)
		}
		err = built.(*Input).Link(func(string) plugin.Input { return in })
		if err == nil && want != "" || err != nil && err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	f(newSink(), "")
	f(nil, "stat_accum_name: No Input named 'sums'")
	f(new(Input), "stat_accum_name: Input 'sums' is not a StatAccumulator")
}

func TestAddressesAreChecked(t *testing.T) {
	for address, good := range map[string]bool{":8125": true, "127.0.0.1:8125": true, "localhost": false, "": false} {
		if err := (&InputConfig{Address: address}).Check(); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestTheReceiveBufferIsThatOfTheOption(t *testing.T) {
	p := feedtest.Find(t, Plugins(), "StatsdInput")
	sizes := map[uint32]int{}
	for _, size := range []uint32{4096, 65536} {
		env, _ := feedtest.Env(t, "statsd")
		c := p.NewConfig().(*InputConfig)
		c.Address, c.ReceiveBuffer = "127.0.0.1:0", size
		built, err := p.Build(c, env)
		if err != nil {
			t.Fatal(err)
		}
		in := built.(*Input)
		if err := in.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("udp", in.socket.LocalAddr().String())
		if err != nil {
			t.Fatal(err)
		}
		for range 40 { // more than fit into the smaller one
			if _, err := conn.Write(make([]byte, 500)); err != nil {
				t.Fatal(err)
			}
		}
		conn.Close()
		d := netconf.NewDatagrams(in.socket, 1, 1000)
		for in.socket.SetReadDeadline(time.Now().Add(time.Second)); sizes[size] < 40; sizes[size]++ {
			if _, _, err := d.Read(); err != nil {
				break
			}
			in.socket.SetReadDeadline(time.Now().Add(time.Second))
		}
		in.socket.Close()
	}
	if sizes[4096] == 0 || sizes[4096] == 40 || sizes[65536] != 40 {
		t.Errorf("datagrams that fit: %v", sizes)
	}
}
