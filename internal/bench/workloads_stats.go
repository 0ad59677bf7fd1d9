package main

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// statsWorkloads receive statsd datagrams.
var statsWorkloads = []workload{
	{name: "limit-statsd", what: "plain Go: receive datagrams, count them", run: limitStatsd},
	{name: "statsd", what: "datagrams → StatsdInput → StatAccumInput → file", run: statsd, limit: "limit-statsd",
		goal: func(r, limit result) string { return below(r, limit, 200_000, 0.8, 0, 0) }},
	{name: "statsd-loss", what: "the same, faster and faster; per cent lost", run: statsdLoss},
	{name: "stats-200k", what: "200,000 names by UDP, one flush, all within a second", run: manyStats,
		goal: func(r, _ result) string { return below(r, result{}, statNames, 0, 0, 250) }},
}

const (
	// quiet is how long StatsdInput waits for more when it runs once, and the
	// limit program too.
	quiet = time.Second
	// ahead is how many datagrams are sent before the sender looks at the clock.
	ahead = 64
	// pace is how many datagrams are sent in a second.
	pace = 250_000
	// statNames is how many names stats-200k has, namesPerDatagram how many come
	// together.
	statNames, namesPerDatagram = 200_000, 20
)

func statsdConfig(b *bench, addr, out string) string {
	return fmt.Sprintf(`
[StatsdInput]
address = %q
[StatAccumInput]
ticker_interval = 3600
[text]
type = "PayloadEncoder"
append_newlines = false
[FileOutput]
message_matcher = "TRUE"
path = %q
encoder = "text"
`, addr, b.file(out))
}

// statsd sends datagrams of one line at a steady pace. What perSecond counts is what
// arrived.
func statsd(b *bench) (result, error) {
	addr, err := freePort()
	if err != nil {
		return result{}, err
	}
	args, err := b.config("statsd", statsdConfig(b, addr, "statsd.out"))
	if err != nil {
		return result{}, err
	}
	var sending time.Duration
	r, err := b.measure(b.n, func() (err error) { sending, err = sendPaced(addr, b.n, pace); return err }, b.heka, args...)
	if err != nil {
		return r, err
	}
	arrived, err := b.arrived("statsd.out")
	if err != nil {
		return r, err
	}
	r.perSecond = float64(arrived) / sending.Seconds()
	return r, b.lost("statsd", arrived)
}

// paces are the rates of statsd-loss, in thousands of datagrams a second.
var paces = [...]int{50, 100, 150, 200, 250, 300, 400}

// statsdLoss tells how much is lost at each of a number of rates, within a second
// each. What the sender cannot reach is not told.
func statsdLoss(b *bench) (result, error) {
	var r result
	var curve strings.Builder
	for _, pace := range paces {
		addr, err := freePort()
		if err != nil {
			return r, err
		}
		args, err := b.config("statsd", statsdConfig(b, addr, "statsd.out"))
		if err != nil {
			return r, err
		}
		n := pace * 1000
		var sending time.Duration
		got, err := b.measure(n, func() (err error) { sending, err = sendPaced(addr, n, n); return err }, b.heka, args...)
		if err != nil {
			return r, err
		}
		arrived, err := b.arrived("statsd.out")
		if err != nil {
			return r, err
		}
		if reached := float64(n) / sending.Seconds(); reached < 0.9*float64(n) {
			fmt.Fprintf(&curve, ", the sender reaches %.0f k", reached/1000)
			break
		}
		fmt.Fprintf(&curve, ", %.2f at %d k/s", 100*float64(n-arrived)/float64(n), pace)
		r = got
		r.perSecond = float64(arrived) / sending.Seconds()
	}
	r.note = strings.TrimPrefix(curve.String(), ", ")
	return r, nil
}

// arrived reads how many datagrams a file that heka wrote tells of.
func (b *bench) arrived(name string) (int, error) {
	text, err := os.ReadFile(filepath.Join(b.dir, name))
	if err != nil {
		return 0, err
	}
	_, rest, _ := strings.Cut(string(text), "stats.counters.requests.count ")
	n, err := strconv.Atoi(strings.SplitN(rest, " ", 2)[0])
	if err != nil {
		return 0, fmt.Errorf("no count in the output: %w", err)
	}
	return n, nil
}

func limitStatsd(b *bench) (result, error) {
	addr, err := freePort()
	if err != nil {
		return result{}, err
	}
	out := b.file("limit-statsd.out")
	var sending time.Duration
	r, err := b.measure(b.n, func() (err error) { sending, err = sendPaced(addr, b.n, pace); return err }, b.limit, "datagrams", addr, out)
	if err != nil {
		return r, err
	}
	text, err := os.ReadFile(out)
	if err != nil {
		return r, err
	}
	arrived, err := strconv.Atoi(string(text))
	r.perSecond = float64(arrived) / sending.Seconds()
	if err == nil {
		err = b.lost("limit-statsd", arrived)
	}
	return r, err
}

// lost tells about datagrams that did not arrive.
func (b *bench) lost(name string, arrived int) error {
	if arrived < b.n {
		_, err := fmt.Fprintf(os.Stderr, "%s: %d of %d datagrams were lost\n", name, b.n-arrived, b.n)
		return err
	}
	return nil
}

// dialUDP waits until somebody listens.
func dialUDP(addr string) (net.Conn, error) {
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(time.Millisecond) {
		probe, err := net.ListenPacket("udp", addr)
		if err != nil {
			return net.Dial("udp", addr) // the address is taken
		}
		probe.Close()
		if time.Now().After(deadline) {
			return nil, fmt.Errorf("nobody listens at %s", addr)
		}
	}
}

// sendPaced sends n datagrams, pace in a second, and returns how long that took.
func sendPaced(addr string, n, pace int) (time.Duration, error) {
	c, err := dialUDP(addr)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	datagram := []byte("requests:1|c")
	begin := time.Now()
	for i := range n {
		if i%ahead == 0 {
			for due := time.Duration(i) * time.Second / time.Duration(pace); time.Since(begin) < due; {
			}
		}
		if _, err := c.Write(datagram); err != nil {
			return 0, err
		}
	}
	return time.Since(begin), nil
}

// manyStats sends many names once, which one flush then tells.
func manyStats(b *bench) (result, error) {
	addr, err := freePort()
	if err != nil {
		return result{}, err
	}
	args, err := b.config("stats-200k", statsdConfig(b, addr, "stats.out"))
	if err != nil {
		return result{}, err
	}
	r, err := b.measure(statNames, func() error {
		c, err := dialUDP(addr)
		if err != nil {
			return err
		}
		defer c.Close()
		var text []byte
		for i := range statNames {
			text = fmt.Appendf(text, "servers.web%06d.requests:1|c\n", i)
			if (i+1)%namesPerDatagram == 0 {
				if _, err := c.Write(text); err != nil {
					return err
				}
				text = text[:0]
			}
		}
		return nil
	}, b.heka, args...)
	if err != nil {
		return r, err
	}
	r.wall -= quiet
	r.perSecond = statNames / r.wall.Seconds()
	return r, wantLines(b.dir+"/stats.out", 2*statNames+1)
}
