package udp

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

const (
	// udpSize is more than the largest UDP datagram; unixSize is more than what
	// Linux lets through a Unix socket by default.
	udpSize, unixSize = 64 << 10, 256 << 10
	// lastPass bounds how long the end may take while datagrams keep coming.
	lastPass = time.Second
	// onceQuiet without a datagram ends an input that runs once.
	onceQuiet = time.Second
	// Reading that fails is tried again after a pause that doubles;
	// readAttempts failures in a row end the input.
	firstPause, longestPause, readAttempts = 5 * time.Millisecond, time.Second, 20
	// keptNames bounds the texts of senders' addresses that are remembered.
	keptNames = 4096
)

// past is a deadline that makes a waiting call return at once.
var past = time.Unix(1, 0)

// Input is the UdpInput plugin.
type Input struct {
	config *InputConfig
	env    *plugin.Env
	socket netconf.PacketSocket
	opened atomic.Pointer[netconf.PacketSocket] // socket, for Report
	buf    []byte
	stream plugin.Stream
	sender string // IP address of the datagram at hand, if it is asked for
	names  map[netip.Addr]string

	received, bytes, empty atomic.Int64
}

func newInput(c *InputConfig, env *plugin.Env) (plugin.Input, error) {
	size := udpSize
	if c.Net == "unixgram" {
		size = unixSize
	}
	return &Input{config: c, env: env, buf: make([]byte, size), names: map[netip.Addr]string{}}, nil
}

// Prepare opens the socket.
func (in *Input) Prepare(ctx context.Context) error {
	socket, err := netconf.ListenPacket(ctx, in.config.Net, in.config.Address)
	if err != nil {
		if in.config.Net == "unixgram" {
			return fmt.Errorf("Error listening on unixgram: %w", err)
		}
		return fmt.Errorf("ListenUDP failed: %w", err)
	}
	in.socket = socket
	in.opened.Store(&socket)
	if want := int(in.config.ReceiveBuffer); want > 0 {
		got, err := netconf.SetReceiveBuffer(socket, want)
		if err != nil {
			in.env.Log.Warn("setting receive_buffer", "error", err)
		} else if got > 0 && got < want && in.config.Net != "unixgram" {
			in.env.Log.Warn(fmt.Sprintf("the system allows a receive_buffer of %d bytes, not %d", got, want))
		}
	}
	return nil
}

// Run receives until ctx is done.
func (in *Input) Run(ctx context.Context, feed plugin.Feed) error {
	defer in.socket.Close()
	stream, err := feed.Open(plugin.StreamOptions{Decorate: in.decorator()})
	if err != nil {
		return err
	}
	defer stream.Close()
	in.stream = stream
	woken := make(chan struct{})
	defer context.AfterFunc(ctx, func() {
		in.socket.SetReadDeadline(past)
		close(woken)
	})()
	if err := in.listen(ctx, feed.Once()); err != nil || ctx.Err() == nil {
		return err
	}
	// What came in while the end was on its way is still in the buffer.
	<-woken
	end := time.Now().Add(lastPass)
	in.socket.SetReadDeadline(time.Now().Add(lastWait))
	err = in.receive(func() bool { return true }, func() bool { return time.Now().After(end) })
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil
	}
	return err
}

// listen receives until ctx is done, or, when the input runs once, nothing has
// come for a while.
func (in *Input) listen(ctx context.Context, once bool) error {
	over := func() bool { return ctx.Err() != nil }
	idle := func() bool {
		in.stream.Flush()
		if once && in.received.Load() > 0 {
			in.socket.SetReadDeadline(time.Now().Add(onceQuiet))
			return over()
		}
		return false
	}
	pause, failures, seen := firstPause, 0, int64(0)
	for !over() {
		err := in.receive(idle, over)
		if n := in.received.Load(); n > seen {
			pause, failures, seen = firstPause, 0, n
		}
		switch {
		case err == nil:
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

// decorator adds the input's headers.
func (in *Input) decorator() func(*plugin.Pack) {
	typ := in.env.Name
	if !in.config.SetHostname {
		return func(p *plugin.Pack) { p.Message.SetType(typ) }
	}
	return func(p *plugin.Pack) {
		p.Message.SetType(typ)
		p.Message.SetHostname(in.sender)
	}
}

// from remembers who sent the datagram at hand.
func (in *Input) from(addr netip.Addr) {
	addr = addr.Unmap()
	name, ok := in.names[addr]
	if !ok {
		if len(in.names) >= keptNames {
			clear(in.names)
		}
		name = addr.WithZone("").String()
		in.names[addr] = name
	}
	in.sender = name
}

// datagram hands one datagram in.
//
// hot: once per datagram.
func (in *Input) datagram(b []byte) {
	in.received.Add(1)
	in.bytes.Add(int64(len(b)))
	if len(b) == len(in.buf) {
		in.env.Log.Warn(fmt.Sprintf("a datagram was cut to %d bytes", len(b)))
	}
	if _, err := in.stream.SplitBytes(b, nil); err != nil {
		in.empty.Add(1)
		if len(b) > 0 {
			in.env.Log.Warn("datagram: " + err.Error())
		}
	}
}

// Report implements plugin.Reporter.
func (in *Input) Report(r *plugin.Report) {
	r.Add("ReceivedDatagrams", in.received.Load(), "count")
	r.Add("ReceivedDatagramBytes", in.bytes.Load(), "B")
	r.Add("DatagramsWithoutRecord", in.empty.Load(), "count")
	if socket := in.opened.Load(); socket != nil {
		if n, ok := netconf.KernelDrops(*socket); ok {
			r.Add("KernelDroppedDatagrams", n, "count")
		}
	}
}
