package e2e

import (
	"bufio"
	"context"
	wire "encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/message"
)

// inFlight is about how many messages a feeder sends without acknowledgement.
const inFlight = 5000

// feeder sends numbered messages over connections that break, and believes
// nothing to be delivered before it is acknowledged.
type feeder struct {
	mu    sync.Mutex // guards acked and ends
	acked int        // leading messages
	ends  []int64    // of those sent and not acknowledged, on the connection at hand
}

// run sends until the context is done, and on until all is acknowledged. It
// returns the number of messages.
func (f *feeder) run(ctx context.Context, addr string) (n int) {
	for {
		n = max(n, f.connection(ctx, addr, n))
		f.mu.Lock()
		done := ctx.Err() != nil && f.acked == n
		f.mu.Unlock()
		if done {
			return n
		}
		time.Sleep(10 * time.Millisecond) // the pace of trying again
	}
}

// connection sends over one connection: what is not acknowledged of the n
// messages that exist, and new ones while ctx lasts.
func (f *feeder) connection(ctx context.Context, addr string, n int) int {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return n
	}
	var reading sync.WaitGroup
	defer reading.Wait()
	defer conn.Close()
	greeting := make([]byte, len("heka-ack 1\n"))
	conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	if _, err := conn.Write([]byte("heka-ack 1 feeder\n")); err != nil {
		return n
	}
	if _, err := io.ReadFull(conn, greeting); err != nil {
		return n
	}
	conn.SetReadDeadline(time.Time{})
	f.mu.Lock()
	next := f.acked
	f.ends = nil
	f.mu.Unlock()
	reading.Go(func() { f.read(conn) })
	sent := int64(0)
	for {
		f.mu.Lock()
		acked, waiting := f.acked, len(f.ends)
		f.mu.Unlock()
		if ctx.Err() != nil && acked == n {
			return n
		}
		var b []byte
		if waiting < inFlight {
			for range 100 {
				if next == n && ctx.Err() != nil {
					break
				}
				before := len(b)
				b = appendNumbered(b, next)
				sent += int64(len(b) - before)
				f.mu.Lock()
				f.ends = append(f.ends, sent)
				f.mu.Unlock()
				next++
				n = max(n, next)
			}
		}
		if _, err := conn.Write(b); err != nil {
			return n
		}
		time.Sleep(5 * time.Millisecond) // the pace of the source
		if conn.SetWriteDeadline(time.Now().Add(5*time.Second)) != nil {
			return n
		}
	}
}

// read takes acknowledgements and closes the connection when there are no more.
func (f *feeder) read(conn net.Conn) {
	defer conn.Close()
	var b [8]byte
	for {
		conn.SetReadDeadline(time.Now().Add(3 * time.Second))
		if _, err := io.ReadFull(conn, b[:]); err != nil {
			return
		}
		count := int64(wire.BigEndian.Uint64(b[:]))
		f.mu.Lock()
		for len(f.ends) > 0 && f.ends[0] <= count {
			f.ends = f.ends[1:]
			f.acked++
		}
		f.mu.Unlock()
	}
}

// appendNumbered appends message n as a frame. It is the same every time.
func appendNumbered(dst []byte, n int) []byte {
	var u message.UUID
	wire.BigEndian.PutUint64(u[8:], uint64(n)+1)
	m := message.New()
	m.SetUUID(u)
	m.SetTimestamp(int64(n) + 1)
	m.SetPayload(fmt.Sprintf("line %d of a stream that must arrive as it was sent\n", n))
	dst, err := framing.Append(dst, m.AppendWire(nil), framing.DefaultMaxBody)
	if err != nil {
		panic(err)
	}
	return dst
}

// goingBack reads the numbers in the file of a receiver in order and returns how
// often they went back to ones that had been written before, and by how many at
// most, counted from the highest one.
func goingBack(t *testing.T, path string) (farthest, times int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	highest, last := -1, -1
	for sc := bufio.NewScanner(f); sc.Scan(); {
		var n int
		if _, err := fmt.Sscanf(sc.Text(), "line %d of", &n); err != nil {
			continue // half of a line, where the receiver was killed
		}
		if n <= last {
			times++
		}
		farthest, highest, last = max(farthest, highest-n), max(highest, n), n
	}
	return farthest, times
}

// TestNothingIsLostThroughAQueueOnDisk sends messages through a heka with a queue
// on disk to another one, kills and restarts both at random, and breaks the
// connection between them. With HEKA_SOAK set it is 300 rounds.
func TestNothingIsLostThroughAQueueOnDisk(t *testing.T) {
	rounds := 16
	if os.Getenv("HEKA_SOAK") != "" {
		rounds = 300
	}
	const window = 32768 // most that a TcpOutput has sent and not acknowledged
	dir := t.TempDir()
	in, to, out := freeAddress(t), freeAddress(t), filepath.Join(dir, "out")
	p := netconftest.StartFaultProxy(t, "127.0.0.1:0", to, randomBreaks(500_000), 1<<30)
	relayFile := write(t, filepath.Join(dir, "relay.toml"), fmt.Sprintf(`
[hekad]
base_dir = %q
[in]
type = "TcpInput"
address = %q
[relay]
type = "TcpOutput"
message_matcher = "TRUE"
address = %q
%s
`, filepath.Join(dir, "s"), in, p.Addr().String(), acknowledged))
	receiverFile := write(t, filepath.Join(dir, "receiver.toml"), receiverConfig(filepath.Join(dir, "r"), to, out, ""))
	relay, receiver := start(t, relayFile), start(t, receiverFile)
	source, stop := context.WithCancel(t.Context())
	defer stop()
	f := new(feeder)
	sent := make(chan int, 1)
	go func() { sent <- f.run(source, in) }()

	r := rand.New(rand.NewPCG(5, 11))
	kills, restarts := 0, 0
	for range rounds {
		time.Sleep(time.Duration(100+r.IntN(900)) * time.Millisecond) // the random moment
		if r.IntN(3) > 0 {
			kills++
			relay.signal(syscall.SIGKILL)
			relay.cmd.Wait()
			relay = start(t, relayFile)
			continue
		}
		restarts++
		if r.IntN(2) == 0 {
			receiver.signal(syscall.SIGKILL)
			receiver.cmd.Wait()
		} else {
			receiver.signal(syscall.SIGINT)
			receiver.wait(0)
		}
		receiver = start(t, receiverFile)
	}
	p.Heal() // the connection is good from here on
	stop()
	n := <-sent
	var lost, repeated int
	until(t, "all messages", func() bool {
		if lineCount(out) < n {
			return false
		}
		lost, repeated = counted(t, out, n)
		return lost == 0
	})
	relay.signal(syscall.SIGINT)
	relay.wait(0)
	receiver.signal(syscall.SIGINT)
	receiver.wait(0)
	lost, repeated = counted(t, out, n)
	farthest, times := goingBack(t, out)
	t.Logf("%d messages, %d kills, %d restarts of the receiver, %d broken connections: %d lost, %d repeated, going back %d times by %d at most",
		n, kills, restarts, p.Broken(), lost, repeated, times, farthest)
	if lost > 0 {
		t.Errorf("%d messages are lost", lost)
	}
	// A repeat is of what was not acknowledged, or was within the last commit
	// interval, in which there is time for a window at most.
	if farthest > 2*window+inFlight {
		t.Errorf("a message is repeated that lies %d behind the newest", farthest)
	}
	if times > kills+restarts {
		t.Errorf("messages are repeated %d times in %d kills and restarts", times, kills+restarts)
	}
	if repeated > (restarts+1)*window {
		t.Errorf("%d messages are repeated after %d restarts of the receiver", repeated, restarts)
	}
}
