package main

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"sync"
)

// httpWorkloads are about HTTP, both ways.
var httpWorkloads = []workload{
	{name: "limit-http", what: "plain net/http: 500-byte bodies, thrown away", run: limitHTTP(smallBody)},
	{name: "http", what: "500-byte bodies → HttpListenInput → /dev/null", run: listenHTTP(smallBody), limit: "limit-http",
		goal: func(r, limit result) string { return below(r, limit, 60_000, 0.8, 0, 0) }},
	{name: "limit-http-MB", what: "plain net/http: bodies of 1 MB, thrown away; KB", run: limitHTTP(largeBody)},
	{name: "http-MB", what: "bodies of 1 MB, a message each → /dev/null; KB", run: listenHTTP(largeBody), limit: "limit-http-MB",
		goal: func(r, _ result) string { return below(r, result{}, 500_000, 0, 0, 0) }},
	{name: "bulk", what: "framed protobuf over TCP → ElasticSearchOutput", run: bulk,
		goal: func(r, _ result) string { return below(r, result{}, 300_000, 0, 0, 0) }},
}

const (
	// smallBody and largeBody are sizes of bodies in bytes.
	smallBody, largeBody = 500, 1_000_000
	// posters is how many connections send bodies at a time.
	posters = 32
)

// bodies is how many bodies of a size are sent, and how many units of the table
// each of them is.
func (b *bench) bodies(size int) (n, units int) {
	if size == smallBody {
		return max(b.n/5, posters), 1
	}
	return max(b.n/1000, posters), size / 1000
}

// listenHTTP lets heka receive bodies of a size.
func listenHTTP(size int) func(b *bench) (result, error) {
	return func(b *bench) (result, error) {
		addr, err := freePort()
		if err != nil {
			return result{}, err
		}
		args, err := b.config("http", fmt.Sprintf(`
[in]
type = "HttpListenInput"
address = %q
[plain]
type = "PayloadEncoder"
append_newlines = false
[out]
type = "FileOutput"
message_matcher = "TRUE"
path = "/dev/null"
encoder = "plain"
`, addr))
		if err != nil {
			return result{}, err
		}
		r, err := b.post(addr, size, b.heka, args...)
		return r.served(), err
	}
}

func limitHTTP(size int) func(b *bench) (result, error) {
	return func(b *bench) (result, error) {
		addr, err := freePort()
		if err != nil {
			return result{}, err
		}
		n, _ := b.bodies(size)
		return b.post(addr, size, b.limit, "bodies", addr, strconv.Itoa(n))
	}
}

// post measures a program that receives bodies at addr.
func (b *bench) post(addr string, size int, name string, args ...string) (result, error) {
	lines, err := os.ReadFile(b.data("lines.txt"))
	if err != nil {
		return result{}, err
	}
	body := bytes.Repeat(lines[:min(size, len(lines))], size/len(lines)+1)[:size]
	body[size-1] = '\n'
	request := append(fmt.Appendf(nil, "POST /logs HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\nContent-Length: %d\r\n\r\n", size), body...)
	n, units := b.bodies(size)
	return b.measure(n*units, func() error {
		errs := make([]error, posters)
		var all sync.WaitGroup
		for p := range posters {
			share := n / posters
			if p < n%posters {
				share++
			}
			all.Go(func() { errs[p] = postAll(addr, request, share) })
		}
		all.Wait()
		return errors.Join(errs...)
	}, name, args...)
}

// postAll sends a request n times over one connection.
func postAll(addr string, request []byte, n int) error {
	conn, err := dialUntil(addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	answers := bufio.NewReader(conn)
	for range n {
		if _, err := conn.Write(request); err != nil {
			return err
		}
		line, err := answers.ReadSlice('\n')
		if err == nil && !bytes.HasPrefix(line, []byte("HTTP/1.1 200 ")) {
			err = fmt.Errorf("answered %q", line)
		}
		for err == nil && len(line) > len("\r\n") { // headers; there is no body
			line, err = answers.ReadSlice('\n')
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// bulk lets heka send documents to a server that takes them all, in this process.
func bulk(b *bench) (result, error) {
	addr, err := freePort()
	if err != nil {
		return result{}, err
	}
	server, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return result{}, err
	}
	defer server.Close()
	var mu sync.Mutex
	var lines int
	go http.Serve(server, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, buf := 0, make([]byte, 64<<10)
		for {
			k, err := r.Body.Read(buf)
			n += bytes.Count(buf[:k], []byte{'\n'})
			if err != nil {
				break
			}
		}
		mu.Lock()
		lines += n
		mu.Unlock()
		w.Header().Set("Content-Type", "application/json")
		io.WriteString(w, `{"took":1,"errors":false,"items":[]}`)
	}))
	args, err := b.config("bulk", fmt.Sprintf(`
[in]
type = "TcpInput"
address = %q
[json]
type = "ESJsonEncoder"
[out]
type = "ElasticSearchOutput"
message_matcher = "TRUE"
server = "http://%s"
encoder = "json"
flush_count = 2000
`, addr, server.Addr()))
	if err != nil {
		return result{}, err
	}
	r, err := b.measure(b.n, func() error { return send(addr, b.data("messages.hpb")) }, b.heka, args...)
	if err != nil {
		return r, err
	}
	mu.Lock()
	defer mu.Unlock()
	if lines != 2*b.n {
		return r, fmt.Errorf("%d lines arrived, want %d", lines, 2*b.n)
	}
	return r.served(), nil
}
