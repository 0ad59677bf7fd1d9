package http

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/plugins/feedtest"
)

// BenchmarkListen posts bodies over connections that stay open.
func BenchmarkListen(b *testing.B) {
	for name, size := range map[string]int{"500B": 500, "1MB": 1 << 20} {
		b.Run(name, func(b *testing.B) {
			l := listen(b, new(feedtest.Feed), nil)
			body := strings.Repeat("x", size)
			b.SetBytes(int64(size))
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				conn, err := net.Dial("tcp", l.ln.Addr().String())
				if err != nil {
					b.Error(err)
					return
				}
				defer conn.Close()
				req, err := http.NewRequest("POST", l.url, nil)
				if err != nil {
					b.Error(err)
					return
				}
				answers := bufio.NewReader(conn)
				for pb.Next() {
					req.Body, req.ContentLength = io.NopCloser(strings.NewReader(body)), int64(size)
					if err := req.Write(conn); err != nil {
						b.Error(err)
						return
					}
					if answer, err := http.ReadResponse(answers, req); err != nil || answer.StatusCode != 200 {
						b.Error(answer, err)
						return
					}
				}
			})
		})
	}
}
