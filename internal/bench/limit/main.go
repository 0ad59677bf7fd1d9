// Command limit does the work of a benchmark in plain Go and nothing else: no
// configuration, no routing, no counting, no acknowledgement. It marks what the
// machine could do.
//
//	limit access IN OUT      nginx combined lines → the JSON that ESJsonEncoder writes
//	limit relay LISTEN DIAL  bytes of one TCP connection → another
//	limit datagrams LISTEN OUT  UDP datagrams → their number, when none comes any more
//	limit bodies LISTEN N    N HTTP requests, whose bodies are thrown away
package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/internal/netconf"
)

func main() {
	if len(os.Args) != 4 {
		fmt.Fprintln(os.Stderr, "usage: limit access IN OUT | limit relay LISTEN DIAL | limit datagrams LISTEN OUT | limit bodies LISTEN N")
		os.Exit(2)
	}
	run := access
	switch os.Args[1] {
	case "relay":
		run = relay
	case "datagrams":
		run = datagrams
	case "bodies":
		run = bodies
	}
	if err := run(os.Args[2], os.Args[3]); err != nil {
		fmt.Fprintln(os.Stderr, "limit:", err)
		os.Exit(1)
	}
}

func relay(listen, dial string) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	in, err := l.Accept()
	if err != nil {
		return err
	}
	out, err := net.Dial("tcp", dial)
	if err != nil {
		return err
	}
	// The kernel's splice would hide the copy that any real relay makes.
	_, err = io.CopyBuffer(struct{ io.Writer }{out}, struct{ io.Reader }{in}, make([]byte, 128<<10))
	return errors.Join(err, out.Close())
}

func datagrams(listen, out string) error {
	socket, err := netconf.ListenPacket(context.Background(), "udp", listen)
	if err != nil {
		return err
	}
	defer socket.Close()
	if _, err := netconf.SetReceiveBuffer(socket, 32<<20); err != nil {
		return err
	}
	received := netconf.NewDatagrams(socket, 64, 65535)
	n := 0
	for {
		got, _, err := received.Read()
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return os.WriteFile(out, []byte(strconv.Itoa(n)), 0o644)
		}
		if err != nil {
			return err
		}
		n += len(got)
		socket.SetReadDeadline(time.Now().Add(time.Second))
	}
}

func bodies(listen, count string) error {
	n, err := strconv.Atoi(count)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return err
	}
	var left atomic.Int64
	left.Store(int64(n))
	server := &http.Server{Handler: http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		left.Add(-1)
	})}
	server.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateClosed && left.Load() == 0 {
			server.Close()
		}
	}
	if err := server.Serve(l); err != http.ErrServerClosed {
		return err
	}
	return nil
}

func access(in, out string) error {
	src, err := os.Open(in)
	if err != nil {
		return err
	}
	dst, err := os.Create(out)
	if err != nil {
		return err
	}
	hostname, err := os.Hostname()
	if err != nil {
		return err
	}
	w := writer{hostname: hostname, pid: os.Getpid()}
	buf, start, end := make([]byte, 256<<10), 0, 0
	for {
		n, err := src.Read(buf[end:])
		end += n
		for {
			i := bytes.IndexByte(buf[start:end], '\n')
			if i < 0 {
				break
			}
			w.line(buf[start : start+i])
			start += i + 1
		}
		if _, e := dst.Write(w.out); e != nil {
			return e
		}
		w.out = w.out[:0]
		end = copy(buf, buf[start:end])
		start = 0
		if err == io.EOF {
			return dst.Close()
		}
		if err != nil {
			return err
		}
	}
}

type writer struct {
	out      []byte
	hostname string
	pid      int
	second   string
	stamp    []byte
	ids      uint64
}

// until cuts b at sep.
func until(b []byte, sep string) (before, after []byte) {
	before, after, _ = bytes.Cut(b, []byte(sep))
	return before, after
}

func (w *writer) line(b []byte) {
	addr, b := until(b, " - ")
	user, b := until(b, " [")
	at, b := until(b, `] "`)
	request, b := until(b, `" `)
	status, b := until(b, " ")
	size, b := until(b, ` "`)
	referer, b := until(b, `" "`)
	agent, _ := until(b, `"`)
	if string(at) != w.second {
		t, _ := time.Parse("02/Jan/2006:15:04:05 -0700", string(at))
		w.second, w.stamp = string(at), t.UTC().AppendFormat(nil, "2006-01-02T15:04:05")
	}
	w.ids++
	o := append(w.out, `{"index":{"_index":"heka-`...)
	o = append(o, w.stamp[:10]...)
	o = append(o, `","_type":"message"}}`+"\n"+`{"Uuid":"`...)
	o = fmt.Appendf(o, "%08x-0000-4000-8000-%012x", w.ids>>32, w.ids)
	o = append(append(o, `","Timestamp":"`...), w.stamp...)
	o = append(o, `","Type":"logfile","Logger":"access","Severity":7,"Payload":"","EnvVersion":"","Pid":`...)
	o = strconv.AppendInt(o, int64(w.pid), 10)
	o = append(append(o, `,"Hostname":"`...), w.hostname...)
	o = quoted(append(o, `","remote_addr":`...), addr)
	o = quoted(append(o, `,"remote_user":`...), user)
	o = quoted(append(o, `,"request":`...), request)
	o = append(append(o, `,"status":`...), status...)
	o = append(append(o, `,"body_bytes_sent":`...), size...)
	o = quoted(append(o, `,"http_referer":`...), referer)
	o = quoted(append(o, `,"http_user_agent":`...), agent)
	w.out = append(o, '}', '\n')
}

// quoted appends b as a JSON string; plain runs are copied at once.
func quoted(o, b []byte) []byte {
	o = append(o, '"')
	start := 0
	for i, c := range b {
		if c >= 0x20 && c != '"' && c != '\\' {
			continue
		}
		o = append(o, b[start:i]...)
		o = fmt.Appendf(o, `\u%04x`, c)
		start = i + 1
	}
	return append(append(o, b[start:]...), '"')
}
