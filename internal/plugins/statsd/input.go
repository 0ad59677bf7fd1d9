package statsd

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

const (
	// batch is how many datagrams are taken with one call of the system.
	batch = 64
	// lastPass bounds how long the end may take while datagrams keep coming;
	// lastWait is how long it waits for one that is on its way.
	lastPass, lastWait = time.Second, time.Millisecond
	// onceQuiet without a datagram ends an input that runs once.
	onceQuiet = time.Second
	// Reading that fails is tried again after a pause that doubles;
	// readAttempts failures in a row end the input.
	firstPause, longestPause, readAttempts = 5 * time.Millisecond, time.Second, 20
	// shownBad is how much of a bad line is logged, loggedBad how many lines of
	// one datagram are.
	shownBad, loggedBad = 100, 3
)

// past is a deadline that makes a waiting call return at once.
var past = time.Unix(1, 0)

// Input is the StatsdInput plugin.
type Input struct {
	config *InputConfig
	env    *plugin.Env
	accum  func(section string) plugin.Input
	parser parser
	socket netconf.PacketSocket
	opened atomic.Pointer[netconf.PacketSocket] // socket, for Report

	datagrams, bytes, lines, bad, ignored, undelivered, cut atomic.Int64
}

func newInput(c *InputConfig, env *plugin.Env) (plugin.Input, error) {
	in := &Input{config: c, env: env, parser: parser{extended: c.Extended, tags: c.Tags == "append"}}
	in.parser.onBad = in.badLine
	return in, nil
}

// Link implements plugin.Linker.
func (in *Input) Link(input func(section string) plugin.Input) error {
	in.accum = input
	_, err := plugin.AccumulatorNamed(in.accum, in.config.StatAccumName)
	return err
}

// Prepare opens the socket.
func (in *Input) Prepare(ctx context.Context) error {
	socket, err := netconf.ListenPacket(ctx, "udp", in.config.Address)
	if err != nil {
		return fmt.Errorf("ListenUDP failed: %w", err)
	}
	in.socket = socket
	in.opened.Store(&socket)
	want := int(in.config.ReceiveBuffer)
	if want == 0 {
		return nil
	}
	got, err := netconf.SetReceiveBuffer(socket, want)
	if err != nil {
		in.env.Log.Warn("setting receive_buffer", "error", err)
	} else if got > 0 && got < want {
		in.env.Log.Warn(fmt.Sprintf("the system allows a receive_buffer of %d bytes, not %d", got, want))
	}
	return nil
}

// Run receives until ctx is done, and then what is there already.
func (in *Input) Run(ctx context.Context, feed plugin.Feed) error {
	defer in.socket.Close()
	reader := netconf.NewDatagrams(in.socket, batch, int(in.config.MaxMsgSize))
	woken := make(chan struct{})
	defer context.AfterFunc(ctx, func() {
		in.socket.SetReadDeadline(past)
		close(woken)
	})()
	if err := in.listen(ctx, reader, feed.Once()); err != nil || ctx.Err() == nil {
		return err
	}
	<-woken
	for end := time.Now().Add(lastPass); time.Now().Before(end); {
		in.socket.SetReadDeadline(time.Now().Add(lastWait))
		err := in.receive(reader)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// listen receives until ctx is done, or, when the input runs once, nothing has
// come for a while.
func (in *Input) listen(ctx context.Context, reader *netconf.Datagrams, once bool) error {
	pause, failures := firstPause, 0
	for ctx.Err() == nil {
		err := in.receive(reader)
		switch {
		case err == nil:
			pause, failures = firstPause, 0
			if once {
				in.socket.SetReadDeadline(time.Now().Add(onceQuiet))
			}
			continue
		case errors.Is(err, os.ErrDeadlineExceeded):
			return nil
		case errors.Is(err, net.ErrClosed) || failures == readAttempts:
			return fmt.Errorf("Read error: %w", err)
		}
		failures++
		in.env.Log.Error("Read error: " + err.Error())
		select {
		case <-time.After(pause):
			pause = min(2*pause, longestPause)
		case <-ctx.Done():
		}
	}
	return nil
}

// receive takes datagrams and hands their measurements over.
//
// hot: once per call of the system.
func (in *Input) receive(reader *netconf.Datagrams) error {
	got, cut, err := reader.Read()
	if err != nil {
		return err
	}
	size := 0
	for _, b := range got {
		size += len(b)
		in.parser.datagram(b)
	}
	in.count(len(got), size, cut)
	if len(in.parser.stats) > 0 {
		in.submit()
	}
	in.parser.reset()
	return nil
}

// count moves counts to where Report finds them.
func (in *Input) count(datagrams, size, cut int) {
	p := &in.parser
	in.datagrams.Add(int64(datagrams))
	in.bytes.Add(int64(size))
	in.lines.Add(int64(p.lines))
	in.bad.Add(int64(p.bad))
	in.ignored.Add(int64(p.ignored))
	p.lines, p.bad, p.ignored = 0, 0, 0
	if cut > 0 {
		in.cut.Add(int64(cut))
		in.env.Log.Warn(fmt.Sprintf("a datagram was cut to max_msg_size, %d bytes", in.config.MaxMsgSize))
	}
}

// submit hands the measurements to the accumulator.
func (in *Input) submit() {
	if err := plugin.Accumulate(in.accum, in.config.StatAccumName, in.parser.stats); err != nil {
		s := &in.parser.stats[0]
		n := len(in.parser.stats)
		in.env.Log.Error(fmt.Sprintf("undelivered stat: {%s %s %s %g} and %d others: %v",
			printable(s.Bucket), printable(s.Value), s.Modifier, s.Rate, n-1, err))
		in.undelivered.Add(int64(n))
	}
}

// badLine logs a line that cannot be parsed; equal lines of the log are limited in
// number, and so are those of one datagram.
func (in *Input) badLine(line []byte, n int) {
	if n <= loggedBad {
		in.env.Log.Error("can't parse message: " + printable(string(line[:min(len(line), shownBad)])))
	}
}

// printable is s with escapes for what might confuse a terminal.
func printable(s string) string {
	q := strconv.Quote(s)
	return q[1 : len(q)-1]
}

// Report implements plugin.Reporter.
func (in *Input) Report(r *plugin.Report) {
	r.Add("ReceivedDatagrams", in.datagrams.Load(), "count")
	r.Add("ReceivedDatagramBytes", in.bytes.Load(), "B")
	r.Add("Lines", in.lines.Load(), "count")
	r.Add("BadLines", in.bad.Load(), "count")
	r.Add("IgnoredLines", in.ignored.Load(), "count")
	r.Add("CutDatagrams", in.cut.Load(), "count")
	r.Add("UndeliveredStats", in.undelivered.Load(), "count")
	if socket := in.opened.Load(); socket != nil {
		if n, ok := netconf.KernelDrops(*socket); ok {
			r.Add("KernelDroppedDatagrams", n, "count")
		}
	}
}
