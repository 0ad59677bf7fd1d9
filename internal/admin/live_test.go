package admin_test

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/admin"
	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/internal/plugins"
)

// live is a running heka with its API served by HTTP.
type live struct {
	t      testing.TB
	dir    string
	host   *pipeline.Host
	log    *admin.Log
	api    *admin.Server
	server *httptest.Server
	client *admin.Client
}

// fast lets tests wait for a tenth of the usual times.
var fast = admin.Pace{Sample: 100 * time.Millisecond, Keep: 500 * time.Millisecond, Full: 3 * time.Second, Stuck: time.Second, Errors: 6 * time.Second}

// start runs a configuration; %[1]s in it is a directory of the test.
func start(t testing.TB, toml string) *live {
	t.Helper()
	l := &live{t: t, dir: t.TempDir(), log: new(admin.Log)}
	cfg, problems := config.LoadBytes("test.toml", []byte(fmt.Sprintf(toml, l.dir)), config.Options{})
	global, _, found := cfg.Global(nil)
	problems = append(problems, found...)
	global.BaseDir, global.Hostname = l.dir, "test"
	logger := pipeline.NewLogger(pipeline.LogOptions{Info: t.Output(), Error: t.Output(), Level: slog.LevelInfo, Also: l.log.Add})
	api := admin.New(admin.Options{Version: "1.2.3", Hostname: "test", ConfigPath: "/etc/x.toml", Log: l.log,
		Audit: pipeline.AuditLogger(logger), Pace: fast, Config: func() string { return "[hekad]\n" }})
	l.api = api
	l.server = httptest.NewServer(api)
	t.Cleanup(l.server.Close)
	l.client = client(t, l.server.URL, "")
	if err := l.client.Get(t.Context(), "/api/v1/report", nil, new(admin.Report)); err == nil || err.Error() != "heka is starting" {
		t.Errorf("before the start: %v", err)
	}
	host, found := pipeline.New(cfg, pipeline.Options{Plugins: plugins.All(), Global: global, Admin: api, Log: logger})
	if problems = append(problems, found...); problems.HasErrors() {
		t.Fatal(problems)
	}
	l.host = host
	api.Attach(host)
	ctx, cancel := context.WithCancel(context.Background())
	watched, ended := make(chan struct{}), make(chan struct{})
	go func() { defer close(watched); api.Run(ctx) }()
	go func() { defer close(ended); host.Run(ctx) }()
	t.Cleanup(func() {
		api.Close()
		host.Kill()
		cancel()
		<-watched
		<-ended
	})
	l.until("all plugins run", func() bool {
		for _, n := range host.Graph().Nodes {
			if n.State != "running" {
				return false
			}
		}
		return true
	})
	return l
}

func client(t testing.TB, address, token string) *admin.Client {
	t.Helper()
	c, err := admin.NewClient(address, admin.ClientOptions{Token: token})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// until waits for what other goroutines bring about.
func (l *live) until(what string, ok func() bool) {
	l.t.Helper()
	poll := time.NewTicker(2 * time.Millisecond)
	defer poll.Stop()
	limit := time.After(time.Minute)
	for !ok() {
		select {
		case <-poll.C:
		case <-limit:
			l.t.Fatalf("waited in vain until %s", what)
		}
	}
}

// dial connects to a socket file of the test's directory.
func (l *live) dial(name string) net.Conn {
	l.t.Helper()
	conn, err := net.Dial("unix", filepath.Join(l.dir, name))
	if err != nil {
		l.t.Fatal(err)
	}
	l.t.Cleanup(func() { conn.Close() })
	return conn
}

// send writes lines to the input of a live heka.
func (l *live) send(conn net.Conn, lines ...string) {
	l.t.Helper()
	if _, err := conn.Write([]byte(strings.Join(lines, "\n") + "\n")); err != nil {
		l.t.Fatal(err)
	}
}

// get asks for a resource.
func (l *live) get(path string, into any) {
	l.t.Helper()
	path, query := split(path)
	if err := l.client.Get(l.t.Context(), path, query, into); err != nil {
		l.t.Fatalf("%s: %v", path, err)
	}
}

const simple = `
[in]
type = "TcpInput"
net = "unix"
address = "%[1]s/in.sock"
splitter = "TokenSplitter"
decoder = ""
[count]
type = "CounterFilter"
message_matcher = "Logger == 'in'"
ticker_interval = 1
[payload]
type = "PayloadEncoder"
[out]
type = "FileOutput"
message_matcher = "Logger == 'in' && Payload !~ /^drop/"
path = "%[1]s/out.txt"
encoder = "payload"
flush_interval = 20
`
