package dashboard_test

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hekad/heka/internal/admin"
	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/internal/plugins"
)

// live is a running heka with a DashboardOutput on a port of its own.
type live struct {
	t    *testing.T
	dir  string // base_dir
	url  string
	host *pipeline.Host

	ended chan struct{} // closed when heka has ended
	err   error         // why it ended; valid from then on

	mu  sync.Mutex // guards log
	log strings.Builder
}

// section is a DashboardOutput with further lines.
func section(lines string) string {
	return "[DashboardOutput]\naddress = \"127.0.0.1:0\"\nticker_interval = 1\n" + lines + "\n"
}

// filter makes a filter of a Lua script; what it gets comes over a socket file, see
// live.say.
func filter(name, script string) string {
	return fmt.Sprintf("[%s]\ntype = \"SandboxFilter\"\nfilename = 'DIR/%s'\nmessage_matcher = \"Logger == 'say'\"\n", name, script)
}

const say = `
[say]
type = "UdpInput"
net = "unixgram"
address = "DIR/say"
`

// run starts heka; DIR in the configuration is its directory, in which the files
// lie.
func run(t *testing.T, toml string, files map[string]string) *live {
	t.Helper()
	l := &live{t: t, dir: t.TempDir()}
	for name, text := range files {
		l.write(name, text)
	}
	cfg, problems := config.LoadBytes("test.toml", []byte(strings.ReplaceAll(toml, "DIR", l.dir)), config.Options{})
	global, _, found := cfg.Global(nil)
	problems = append(problems, found...)
	global.BaseDir, global.ShareDir, global.Hostname = l.dir, l.dir, "test"
	api := admin.New(admin.Options{Version: "1.2.3", Hostname: "test", Config: func() string { return "[hekad]\n" }})
	host, found := pipeline.New(cfg, pipeline.Options{Plugins: plugins.All(), Global: global, Admin: api,
		Log: pipeline.NewLogger(pipeline.LogOptions{Info: l, Error: l, Level: slog.LevelInfo})})
	if problems = append(problems, found...); problems.HasErrors() {
		t.Fatal(problems)
	}
	l.host = host
	api.Attach(host)
	ctx, cancel := context.WithCancel(context.Background())
	l.ended = make(chan struct{})
	go func() { defer close(l.ended); _, l.err = host.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		host.Kill()
		<-l.ended
		if t.Failed() {
			t.Log(l.logged())
		}
	})
	return l
}

// serve starts heka and waits for its dashboard.
func serve(t *testing.T, toml string, files map[string]string) *live {
	t.Helper()
	l := run(t, toml, files)
	const is = "the dashboard is on "
	l.until("the dashboard listens", func() bool { return strings.Contains(l.logged(), is) })
	_, rest, _ := strings.Cut(l.logged(), is)
	l.url = "http://" + strings.Fields(rest)[0]
	return l
}

// Write implements io.Writer for the log.
func (l *live) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.Write(b)
}

func (l *live) logged() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.log.String()
}

func (l *live) until(what string, ok func() bool) {
	l.t.Helper()
	poll := time.NewTicker(2 * time.Millisecond)
	defer poll.Stop()
	limit := time.After(time.Minute)
	for !ok() {
		select {
		case <-poll.C:
		case <-limit:
			l.t.Fatalf("waited in vain until %s\n%s", what, l.logged())
		}
	}
}

func (l *live) write(name, text string) {
	l.t.Helper()
	path := filepath.Join(l.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		l.t.Fatal(err)
	}
}

// say sends texts to the filters.
func (l *live) say(texts ...string) {
	l.t.Helper()
	var conn net.Conn
	l.until("the input listens", func() (ok bool) {
		var err error
		conn, err = net.Dial("unixgram", filepath.Join(l.dir, "say"))
		return err == nil
	})
	defer conn.Close()
	for _, text := range texts {
		if _, err := conn.Write([]byte(text)); err != nil {
			l.t.Fatal(err)
		}
	}
}

// ask sends a request; header are names and values by turns.
func (l *live) ask(method, path string, header ...string) (*http.Response, string) {
	l.t.Helper()
	return ask(l.t, http.DefaultClient, method, l.url+path, header...)
}

func ask(t *testing.T, client *http.Client, method, url string, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			r.Host = header[i+1]
		} else {
			r.Header.Set(header[i], header[i+1])
		}
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer, string(body)
}

// has waits for a file below /data/ and returns its content.
func (l *live) has(name string) string {
	l.t.Helper()
	var body string
	l.until("there is "+name, func() bool {
		answer, text := l.ask("GET", "/data/"+name)
		body = text
		return answer.StatusCode == http.StatusOK
	})
	return body
}
