package admin_test

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/admin"
)

func TestEndpointsAreChecked(t *testing.T) {
	for _, c := range []struct {
		e    admin.Endpoint
		want string // part of the complaint
	}{
		{admin.Endpoint{Address: "off"}, ""},
		{admin.Endpoint{Address: "unix:admin.sock", BaseDir: "/x"}, ""},
		{admin.Endpoint{Address: "127.0.0.1:4353"}, ""},
		{admin.Endpoint{Address: "[::1]:4353"}, ""},
		{admin.Endpoint{Address: "localhost:4353"}, ""},
		{admin.Endpoint{Address: "4353"}, `"4353" is neither unix:PATH nor HOST:PORT nor off`},
		{admin.Endpoint{Address: ":4353"}, ":4353 is open to others"},
		{admin.Endpoint{Address: "0.0.0.0:4353", Token: "x"}, "is open to others"},
		{admin.Endpoint{Address: ":4353", Token: "x", CertFile: "c", KeyFile: "k"}, ""},
		{admin.Endpoint{Address: "127.0.0.1:4353", CertFile: "c"}, "need each other"},
	} {
		err := c.e.Check()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c.e, err)
		}
	}
}

// serve serves an API until the test ends, or stop is called.
func serve(t *testing.T, e admin.Endpoint) (addr net.Addr, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	l, err := e.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- admin.New(admin.Options{}).Serve(ctx, l, e) }()
	ended := false
	stop = func() {
		if cancel(); !ended {
			ended = true
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	}
	t.Cleanup(stop)
	return l.Addr(), stop
}

func TestSocketFileIsForThisUserOnly(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.sock")
	_, stop := serve(t, admin.Endpoint{Address: "unix:a.sock", BaseDir: dir, Token: "not asked for"})
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
	if err := client(t, "unix:"+path, "").Get(t.Context(), "/api/v1/logs", nil, new([]admin.Line)); err != nil {
		t.Error(err)
	}
	if _, err := (admin.Endpoint{Address: "unix:" + path}).Listen(t.Context()); err == nil {
		t.Error("a socket that is served was taken away")
	}
	stop()
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the socket file is left: %v", err)
	}
	if _, err := (admin.Endpoint{Address: "unix:" + strings.Repeat("x", 104)}).Listen(t.Context()); err == nil || !strings.Contains(err.Error(), "is longer than the 103 bytes") {
		t.Error(err)
	}
}

func TestTokenIsAskedForOverTCP(t *testing.T) {
	addr, _ := serve(t, admin.Endpoint{Address: "127.0.0.1:0", Token: "s3cret"})
	for token, ok := range map[string]bool{"": false, "wrong": false, "s3cret": true} {
		err := client(t, addr.String(), token).Get(t.Context(), "/api/v1/logs", nil, new([]admin.Line))
		var said *admin.Error
		if ok != (err == nil) || !ok && (!errors.As(err, &said) || said.Status != http.StatusUnauthorized) {
			t.Errorf("%q: %v", token, err)
		}
	}
	r, err := http.NewRequest("GET", "http://"+addr.String()+"/api/v1/logs", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer s3cret")
	r.Host = "evil.example"
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if answer.StatusCode != http.StatusMisdirectedRequest {
		t.Error(answer.Status)
	}
}

// A peer that sends its headers byte by byte, or none, is cut off.
func TestIdlePeersAreCutOff(t *testing.T) {
	t.Parallel() // it waits
	addr, _ := serve(t, admin.Endpoint{Address: "127.0.0.1:0"})
	conn, err := net.Dial("tcp", addr.String())
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write([]byte("GET / HT")); err != nil {
		t.Fatal(err)
	}
	conn.SetReadDeadline(time.Now().Add(time.Minute))
	var b [512]byte
	for {
		if _, err := conn.Read(b[:]); err != nil {
			var late net.Error
			if errors.As(err, &late) && late.Timeout() {
				t.Error("a peer that does not finish its request is kept")
			}
			return
		}
	}
}
