package dashboard

import (
	"bufio"
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/plugin"
)

// No request leads out of the directory that is shown.
func FuzzRequest(f *testing.F) {
	dir := f.TempDir()
	o := &Output{config: new(OutputConfig), env: &plugin.Env{Log: slog.New(slog.DiscardHandler)}, work: filepath.Join(dir, "work")}
	const secret = "not for everybody"
	for _, name := range []string{"secret", "work/secret", "work/data/.secret", "work/data/below/secret"} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			f.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(secret), 0o644); err != nil {
			f.Fatal(err)
		}
	}
	if err := os.WriteFile(o.data("shown.txt"), []byte("shown"), 0o644); err != nil {
		f.Fatal(err)
	}
	handler, err := o.handler()
	if err != nil {
		f.Fatal(err)
	}
	for _, target := range []string{"/data/shown.txt", "/data/../secret", "/data/..%2fsecret", "/data/%2e%2e/secret", "/data/.secret",
		"/data/below/secret", "/data/below%5csecret", "//data//shown.txt", "/", "/data/", "/../secret", "*"} {
		f.Add([]byte("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n"))
	}
	f.Add([]byte("GET /data/shown.txt HTTP/1.1\r\nHost: localhost\r\nRange: bytes=0-1,3-\r\nIf-Modified-Since: x\r\n\r\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		r, err := http.ReadRequest(bufio.NewReader(bytes.NewReader(text)))
		if err != nil {
			return
		}
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if strings.Contains(w.Body.String(), secret) || w.Code >= 500 {
			t.Errorf("%d %.200q", w.Code, w.Body)
		}
	})
}
