package irc

import (
	"bufio"
	"crypto/tls"
	"fmt"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
)

// ircServer welcomes clients. It answers a JOIN by join, or lets everybody in.
type ircServer struct {
	net.Listener
	join func(channel string) string // a number and perhaps a text; empty is fine
	// speak answers what is said in a channel by a number, or hangs up.
	speak func(channel string) string
	said  chan string // what clients say, but for PRIVMSG and PING
	told  chan string // "#channel text"

	mu    sync.Mutex // guards conns
	conns []net.Conn
}

func serve(t *testing.T) *ircServer {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &ircServer{Listener: ln, said: make(chan string, 1000), told: make(chan string, 1000)}
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			s.mu.Lock()
			s.conns = append(s.conns, conn)
			s.mu.Unlock()
			go s.converse(conn)
		}
	}()
	t.Cleanup(func() { ln.Close(); s.hangUp() })
	return s
}

func (s *ircServer) hangUp() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.conns {
		c.Close()
	}
}

func (s *ircServer) converse(conn net.Conn) {
	defer conn.Close()
	say := func(format string, args ...any) { fmt.Fprintf(conn, ":srv "+format+"\r\n", args...) }
	for lines := bufio.NewScanner(conn); lines.Scan(); {
		c := parse(lines.Text())
		if c.name == "PRIVMSG" {
			s.told <- c.param(0) + " " + c.param(1)
			if s.speak == nil {
				continue
			}
			answer := s.speak(c.param(0))
			if answer == "" {
				return
			}
			say("%s me %s :no", answer, c.param(0))
			continue
		}
		if c.name == "PING" {
			say("PONG srv :%s", c.param(0))
			continue
		}
		s.said <- lines.Text()
		switch c.name {
		case "NICK":
			if c.param(0) == "taken" {
				say("433 * taken :in use")
			}
		case "USER":
			fmt.Fprintf(conn, "PING :are you there\r\n")
			say("001 me :welcome")
		case "JOIN":
			if answer := s.join; answer != nil && answer(c.param(0)) != "" {
				say("%s me %s :no", answer(c.param(0)), c.param(0))
				continue
			}
			say("366 me %s :end", c.param(0))
		}
	}
}

func next(t *testing.T, from chan string) string {
	t.Helper()
	select {
	case line := <-from:
		return line
	case <-time.After(feedtest.Patience):
		t.Fatal("waited in vain")
		return ""
	}
}

func newTestOutput(t *testing.T, s *ircServer, change func(*config)) (*Output, *feedtest.Log) {
	t.Helper()
	env, log := feedtest.Env(t, "irc")
	o := feedtest.Build[*Output](t, Plugins(), "IrcOutput", env, func(c *config) {
		c.Server, c.Nick, c.Ident, c.Channels = s.Addr().String(), "heka", "id", []string{"#a key", "#b"}
		c.TickerInterval, c.TimeBeforeReconnect, c.TimeBeforeRejoin = 1, 0, 0
	}, change)
	if err := o.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	return o, log
}

func TestMessagesAreSaidInAllChannels(t *testing.T) {
	s := serve(t)
	o, _ := newTestOutput(t, s, func(c *config) { c.Password, c.Nick = "secret", "taken" })
	var l feedtest.Ledger
	if err := l.Messages("one\nQUIT", "skip", "bad", "two").Send(t.Context(), o, false); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"PASS secret", "NICK taken", "USER id 0.0.0.0 0.0.0.0 :id"} {
		if got := next(t, s.said); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if err := o.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []string
	for range 6 {
		got = append(got, next(t, s.told))
	}
	slices.Sort(got)
	if want := []string{"#a QUIT", "#a one", "#a two", "#b QUIT", "#b one", "#b two"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if l.Delivered() != 3 || l.Dropped("encode") != 1 || l.Held() != 0 {
		t.Errorf("delivered %d, dropped %d, held %d", l.Delivered(), l.Dropped("encode"), l.Held())
	}
	o.Close()
	var rest []string
	for len(rest) == 0 || rest[len(rest)-1] != "QUIT" {
		rest = append(rest, next(t, s.said))
	}
	if want := []string{"NICK taken_", "PONG :are you there", "JOIN #a key", "JOIN #b", "QUIT"}; !slices.Equal(rest, want) {
		t.Errorf("got %q", rest)
	}
}

func TestALostConnectionLosesNothing(t *testing.T) {
	s := serve(t)
	o, log := newTestOutput(t, s, func(c *config) { c.Channels = []string{"#a"} })
	var l feedtest.Ledger
	delivered := l.Changed()
	if err := l.Messages("one").Send(t.Context(), o, false); err != nil {
		t.Fatal(err)
	}
	if got := next(t, s.told); got != "#a one" {
		t.Errorf("got %q", got)
	}
	<-delivered
	if err := l.Messages("two").Send(t.Context(), o, false); err != nil {
		t.Fatal(err)
	}
	s.hangUp()
	if got := next(t, s.told); got != "#a two" {
		t.Errorf("got %q", got)
	}
	for late := time.After(feedtest.Patience); !strings.Contains(log.String(), "Disconnected from Irc"); {
		select {
		case <-late:
			t.Fatalf("log %s", log)
		case <-time.After(time.Millisecond):
		}
	}
}

func TestChannelsThatCannotBeJoined(t *testing.T) {
	s := serve(t)
	s.join = func(channel string) string { return map[string]string{"#a": "475", "#b": "471"}[channel] }
	o, log := newTestOutput(t, s, func(c *config) {
		c.Channels, c.MaxJoinRetries = []string{"#a", "#b", "#c"}, 0
	})
	var l feedtest.Ledger
	if err := l.Messages("text").Send(t.Context(), o, false); err != nil {
		t.Fatal(err)
	}
	if err := o.Flush(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := next(t, s.told); got != "#c text" || l.Delivered() != 1 {
		t.Errorf("got %q, delivered %d", got, l.Delivered())
	}
	for _, want := range []string{"An error occurred joining channel: #a. Reason: no", "Used up retry attempts attempting to join #b."} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("log %s", log)
		}
	}
}

// untilLogged waits for a text in the log.
func untilLogged(t *testing.T, log *feedtest.Log, want string) {
	t.Helper()
	for end := time.Now().Add(feedtest.Patience); !strings.Contains(log.String(), want); {
		if time.Now().After(end) {
			t.Fatalf("the log lacks %q:\n%s", want, log)
		}
		runtime.Gosched()
	}
}

func TestAKickedClientMayJoinAgain(t *testing.T) {
	for _, rejoin := range []bool{true, false} {
		s := serve(t)
		o, log := newTestOutput(t, s, func(c *config) { c.RejoinOnKick, c.VerboseIRCLogging = rejoin, true })
		joins := 0
		for line := ""; line != "JOIN #b"; {
			if line = next(t, s.said); line == "JOIN #a key" {
				joins++
			}
		}
		s.mu.Lock()
		fmt.Fprint(s.conns[0], ":srv KICK #a me :bye\r\n")
		s.mu.Unlock()
		untilLogged(t, log, "irc: :srv KICK #a me :bye")
		var l feedtest.Ledger
		if err := l.Messages("text").Send(t.Context(), o, false); err != nil {
			t.Fatal(err)
		}
		if err := o.Flush(t.Context()); err != nil {
			t.Fatal(err)
		}
		o.Close()
		for line := ""; line != "QUIT"; {
			if line = next(t, s.said); line == "JOIN #a key" {
				joins++
			}
		}
		told := len(s.told) // all that came before QUIT
		if want := map[bool]int{true: 2, false: 1}[rejoin]; joins != want || told != want {
			t.Errorf("rejoin_on_kick = %t: joined %d times, told %d channels", rejoin, joins, told)
		}
	}
}

func TestTheQueueOfAChannelIsBounded(t *testing.T) {
	s := serve(t)
	s.join = func(channel string) string { return map[string]string{"#a": "471"}[channel] }
	o, log := newTestOutput(t, s, func(c *config) { c.QueueSize, c.TimeBeforeRejoin, c.MaxJoinRetries = 1, 3600, 1 })
	var l feedtest.Ledger
	if err := l.Messages("one", "two").Send(t.Context(), o, false); err != nil {
		t.Fatal(err)
	}
	untilLogged(t, log, "Dropped message. BacklogQueue is full. Channel: #a.")
	for _, want := range []string{"#b one", "#b two"} {
		if got := next(t, s.told); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestTLSAndItsTimeout(t *testing.T) {
	certFile, keyFile := netconftest.Certificate(t, t.TempDir(), "server", 1)
	pair, err := tls.LoadX509KeyPair(certFile, keyFile)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{pair}})
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	said := make(chan string, 1)
	go func() {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		defer conn.Close()
		line, _ := bufio.NewReader(conn).ReadString('\n')
		said <- line
	}()
	secure := func(c *config) { c.UseTLS, c.TLS.RootCAFile = true, certFile }
	newTestOutput(t, &ircServer{Listener: ln}, secure)
	if got := next(t, said); got != "NICK heka\r\n" {
		t.Errorf("got %q", got)
	}
	_, log := newTestOutput(t, serve(t), func(c *config) { secure(c); c.Timeout = 1 }) // which knows no TLS and says nothing
	untilLogged(t, log, "Unable to connect to irc server")
}

// TestLinesCountWhenTheServerHasThem has a server that hangs up when it is told
// something.
func TestLinesCountWhenTheServerHasThem(t *testing.T) {
	t.Parallel()
	s := serve(t)
	var fallen atomic.Bool
	s.speak = func(string) string {
		if fallen.CompareAndSwap(false, true) {
			return ""
		}
		return "000"
	}
	o, _ := newTestOutput(t, s, func(c *config) { c.Channels = []string{"#a"} })
	var l feedtest.Ledger
	delivered := l.Changed()
	if err := l.Messages("one").Send(t.Context(), o, false); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if got := next(t, s.told); got != "#a one" {
			t.Errorf("got %q", got)
		}
	}
	<-delivered
	if l.Delivered() != 1 || l.Held() != 0 {
		t.Errorf("delivered %d, held %d", l.Delivered(), l.Held())
	}
}

func TestChannelsInWhichNobodyMaySpeak(t *testing.T) {
	t.Parallel()
	s := serve(t)
	var mute atomic.Bool
	mute.Store(true)
	s.speak = func(channel string) string {
		if mute.Load() && channel == "#a" {
			return "404"
		}
		return "000"
	}
	both, log := newTestOutput(t, s, func(c *config) { c.Channels = []string{"#a", "#b"} })
	var l feedtest.Ledger
	delivered := l.Changed()
	if err := l.Messages("one").Send(t.Context(), both, false); err != nil {
		t.Fatal(err)
	}
	<-delivered
	if err := both.Flush(t.Context()); err != nil { // the line does not wait any more
		t.Fatal(err)
	}
	if c := feedtest.Counters(both); c["SentLines"] != int64(1) || c["DroppedForChannel"] != int64(1) || c["WaitingLines"] != int64(0) {
		t.Errorf("counters %v", c)
	}
	if !strings.Contains(log.String(), "An error occurred sending to channel: #a. Reason: no") {
		t.Errorf("log %s", log)
	}
	// With no other channel it waits until it may speak.
	only, log := newTestOutput(t, s, func(c *config) { c.Channels = []string{"#a"} })
	delivered = l.Changed()
	if err := l.Messages("two").Send(t.Context(), only, false); err != nil {
		t.Fatal(err)
	}
	for next(t, s.told) != "#a two" {
	}
	mute.Store(false)
	<-delivered
	if !strings.Contains(log.String(), "No joinable channels") {
		t.Errorf("log %s", log)
	}
}
