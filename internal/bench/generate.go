package main

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/message"
)

// generate makes the input data, the same bytes every time.
func (b *bench) generate() error {
	for name, write := range map[string]func(*bufio.Writer, int){
		"access/access.log": writeAccessLog, "messages.hpb": writeMessages, "lines.txt": writeLines,
		"syslog.txt": writeSyslog,
	} {
		path := filepath.Join(b.dir, fmt.Sprintf("data-%d", b.n), name)
		if _, err := os.Stat(path); err == nil {
			continue
		} else if !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		f, err := os.Create(path)
		if err != nil {
			return err
		}
		w := bufio.NewWriterSize(f, 1<<20)
		write(w, b.n)
		if err := errors.Join(w.Flush(), f.Close()); err != nil {
			return err
		}
	}
	return nil
}

func (b *bench) data(name string) string {
	return filepath.Join(b.dir, fmt.Sprintf("data-%d", b.n), name)
}

func newRand() *rand.Rand { return rand.New(rand.NewPCG(1, 2)) }

func pick(r *rand.Rand, list []string) string { return list[r.IntN(len(list))] }

// words make up paths, queries and user agents.
var words = []string{"static", "css", "site", "api", "v2", "users", "orders", "image", "login", "cart", "search",
	"item", "help", "about", "blog", "post", "tag", "feed", "download", "report", "week", "month", "admin", "health"}

func list(r *rand.Rand, n int, make func() string) []string {
	l := []string{}
	for range n {
		l = append(l, make())
	}
	return l
}

// writeAccessLog writes n lines in nginx's combined format: 300 paths, query
// strings, statuses, sizes, 60 user agents, referers.
func writeAccessLog(w *bufio.Writer, n int) {
	r := newRand()
	paths := list(r, 300, func() string {
		p := ""
		for range 1 + r.IntN(4) {
			p += "/" + pick(r, words)
		}
		return p
	})
	agents := list(r, 60, func() string {
		major := 20 + r.IntN(100)
		switch r.IntN(4) {
		case 0:
			return fmt.Sprintf("Mozilla/5.0 (X11; Linux x86_64; rv:%d.0) Gecko/20100101 Firefox/%d.0", major, major)
		case 1:
			return fmt.Sprintf("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/%d.0.%d.%d Safari/537.36", major, 1000+r.IntN(4000), r.IntN(200))
		case 2:
			return fmt.Sprintf("curl/7.%d.%d", r.IntN(90), r.IntN(5))
		}
		return fmt.Sprintf("Mozilla/5.0 (iPhone; CPU iPhone OS %d_%d like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/%d.0 Mobile/15E148 Safari/604.1", 8+r.IntN(10), r.IntN(6), 8+r.IntN(10))
	})
	statuses := []string{"200", "200", "200", "200", "200", "200", "304", "304", "301", "302", "404", "404", "403", "500", "502"}
	methods := []string{"GET", "GET", "GET", "GET", "GET", "HEAD", "POST", "POST", "PUT"}
	at := time.Date(2026, 2, 10, 8, 0, 0, 0, time.UTC)
	for range n {
		query, referer := "", "-"
		if r.IntN(3) == 0 {
			query = fmt.Sprintf("?%s=%d&%s=%s", pick(r, words), r.IntN(100_000), pick(r, words), pick(r, words))
		}
		if r.IntN(2) == 0 {
			referer = "https://www.example.com" + pick(r, paths)
		}
		at = at.Add(time.Duration(r.IntN(4)) * time.Millisecond)
		fmt.Fprintf(w, "%d.%d.%d.%d - - [%s] \"%s %s%s HTTP/1.1\" %s %d \"%s\" \"%s\"\n",
			1+r.IntN(222), r.IntN(256), r.IntN(256), 1+r.IntN(254), at.Format("02/Jan/2006:15:04:05 -0700"),
			pick(r, methods), pick(r, paths), query, pick(r, statuses), r.IntN(100_000), referer, pick(r, agents))
	}
}

// writeMessages writes n framed messages of 300 to 500 bytes with 5 fields.
func writeMessages(w *bufio.Writer, n int) {
	r := newRand()
	m := message.New()
	types := []string{"nginx.access", "app.event", "kernel", "audit.login", "stat.cpu", "stat.mem", "mail.out", "db.slow"}
	hosts := list(r, 40, func() string { return fmt.Sprintf("%s%d.example.com", pick(r, words), r.IntN(20)) })
	var frame, body []byte
	for i := range n {
		m.Reset()
		var id message.UUID
		for j := range id {
			id[j] = byte(r.IntN(256))
		}
		m.SetUUID(id)
		m.SetTimestamp(1_770_710_400_000_000_000 + int64(i)*1_000_000)
		m.SetType(pick(r, types))
		m.SetLogger(pick(r, words))
		m.SetSeverity(int32(r.IntN(8)))
		payload := ""
		for size := 120 + r.IntN(200); len(payload) < size; {
			payload += pick(r, words) + " "
		}
		m.SetPayload(payload)
		m.SetPid(int32(1000 + r.IntN(30_000)))
		m.SetHostname(pick(r, hosts))
		m.AddInteger("status", int64(200+r.IntN(400)), "count")
		m.AddInteger("bytes", int64(r.IntN(1_000_000)), "B")
		m.AddDouble("request_time", r.Float64(), "s")
		m.AddString("remote_addr", fmt.Sprintf("10.%d.%d.%d", r.IntN(256), r.IntN(256), r.IntN(256)))
		m.AddString("path", "/"+pick(r, words)+"/"+pick(r, words))
		body = m.AppendWire(body[:0])
		frame, _ = framing.Append(frame[:0], body, 1<<16)
		w.Write(frame)
	}
}

// writeLines writes n lines of 60 to 200 bytes.
func writeLines(w *bufio.Writer, n int) {
	r := newRand()
	for i := range n {
		size := 60 + r.IntN(140)
		written, _ := fmt.Fprintf(w, "%08d", i)
		for written < size {
			k, _ := fmt.Fprintf(w, " %s", pick(r, words))
			written += k
		}
		w.WriteByte('\n')
	}
}

// writeSyslog writes n messages of RFC 5424 in lines, every third one with structured
// data.
func writeSyslog(w *bufio.Writer, n int) {
	r := newRand()
	hosts := list(r, 40, func() string { return fmt.Sprintf("%s%d.example.com", pick(r, words), r.IntN(20)) })
	at := time.Date(2026, 2, 10, 8, 0, 0, 0, time.UTC)
	for range n {
		data := "-"
		if r.IntN(3) == 0 {
			data = fmt.Sprintf(`[origin@32473 software="%s" swVersion="%d.%d"][request@32473 id="%08x"]`,
				pick(r, words), r.IntN(10), r.IntN(20), r.Uint32())
		}
		at = at.Add(time.Duration(r.IntN(4000)) * time.Microsecond)
		fmt.Fprintf(w, "<%d>1 %s %s %s %d %s %s", r.IntN(192), at.Format("2006-01-02T15:04:05.000000Z07:00"),
			pick(r, hosts), pick(r, words), 1+r.IntN(30_000), pick(r, words), data)
		for range 4 + r.IntN(10) {
			fmt.Fprintf(w, " %s", pick(r, words))
		}
		w.WriteByte('\n')
	}
}
