package admin_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/admin"
)

func split(path string) (string, url.Values) {
	path, query, _ := strings.Cut(path, "?")
	values, err := url.ParseQuery(query)
	if err != nil {
		panic(err) // the test is wrong
	}
	return path, values
}

func find[T any](t *testing.T, list []T, ok func(T) bool) T {
	t.Helper()
	i := slices.IndexFunc(list, ok)
	if i < 0 {
		t.Fatalf("not found in %+v", list)
	}
	return list[i]
}

func TestReportTellsOfAllPlugins(t *testing.T) {
	l := start(t, simple)
	conn := l.dial("in.sock")
	l.send(conn, "a", "b", "drop this")
	l.until("all is delivered", func() bool {
		b := l.host.Books()
		return b.Consumers[0].Delivered == 3 && b.Consumers[1].Delivered == 2
	})
	var r admin.Report
	l.get("/api/v1/report", &r)
	if r.Heka.Version != "1.2.3" || r.Heka.Config != "/etc/x.toml" || r.Heka.Goroutines == 0 || r.Heka.HeapBytes == 0 {
		t.Errorf("%+v", r.Heka)
	}
	in := find(t, r.Plugins, func(p admin.Plugin) bool { return p.Category == "inputs" && p.Name == "in" })
	if in.Type != "TcpInput" || in.State != "running" || in.Health.Level != "ok" || in.Rates == nil {
		t.Errorf("%+v", in)
	}
	if c := find(t, in.Counters, func(c admin.Counter) bool { return c.Name == "ReceivedMessageCount" }); c.Value != 3.0 || c.Unit != "count" {
		t.Errorf("%+v", c)
	}
	var d admin.PluginDetail
	l.get("/api/v1/plugins/outputs/out", &d)
	if d.Name != "out" || d.Matcher != "Logger == 'in' && Payload !~ /^drop/" {
		t.Errorf("%+v", d)
	}
	var topology admin.Topology
	l.get("/api/v1/topology", &topology)
	if e := find(t, topology.Edges, func(e admin.Edge) bool { return e.To == "out" }); e.From != "in" || e.Messages != 2 {
		t.Errorf("%+v", e)
	}
	var books struct{ Received uint64 }
	if l.get("/api/v1/books", &books); books.Received != 3 {
		t.Errorf("%+v", books)
	}
	var lines []admin.Line
	if l.get("/api/v1/logs?limit=500", &lines); len(lines) == 0 {
		t.Error("no log lines")
	}
	if l.get("/api/v1/logs?after=1000000", &lines); len(lines) != 0 {
		t.Errorf("%+v", lines)
	}
}

func TestWrongQuestions(t *testing.T) {
	l := start(t, simple)
	for path, want := range map[string]string{
		"/api/v1/plugins/outputs/other": "404 there is no output other",
		"/api/v1/nothing":               "404 there is no GET /api/v1/nothing",
		"/api/v1/logs?limit=0":          "400 after and limit must be whole numbers, limit from 1 to 500",
		"/api/v1/logs?after=-1":         "400 after and limit must be whole numbers, limit from 1 to 500",
		"/api/v1/tap?rate=x":            "400 rate must be a whole number of messages per second, from 1 to 1000",
		"/api/v1/tap?match=Typ==1":      "400",
		"/debug/pprof/":                 "404 there is no GET /debug/pprof/",
	} {
		p, q := split(path)
		err := l.client.Get(t.Context(), p, q, new(any))
		var said *admin.Error
		if !errors.As(err, &said) {
			t.Errorf("%s: %v", path, err)
			continue
		}
		status, text, _ := strings.Cut(want, " ")
		if http.StatusText(said.Status) == "" || status != itoa(said.Status) || text != "" && said.Text != text {
			t.Errorf("%s: %d %s, want %s", path, said.Status, said.Text, want)
		}
	}
	for _, method := range []string{"POST", "DELETE", "PUT"} {
		r, err := http.NewRequest(method, l.server.URL+"/api/v1/report", strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if answer.StatusCode < 400 {
			t.Errorf("%s: %s", method, answer.Status)
		}
	}
}

func itoa(n int) string {
	b, _ := json.Marshal(n) // numbers always marshal
	return string(b)
}

func TestMatchSaysWhereAnExpressionIsWrong(t *testing.T) {
	l := start(t, simple)
	var v admin.Verdict
	if l.get("/api/v1/match?match="+url.QueryEscape("Type == 'x' && Severity < 3"), &v); !v.OK || v.Tree == "" {
		t.Errorf("%+v", v)
	}
	v = admin.Verdict{}
	if l.get("/api/v1/match?match="+url.QueryEscape("Type == 'x"), &v); v.OK || v.Error == "" || !strings.Contains(v.Diagram, "^") {
		t.Errorf("%+v", v)
	}
	v = admin.Verdict{}
	if l.get("/api/v1/match?match="+url.QueryEscape("Type == '"+strings.Repeat("x", 9000)+"'"), &v); v.OK {
		t.Error("a long expression is taken")
	}
}

// errEnough ends a stream from within.
var errEnough = errors.New("enough")

func TestTapShowsMessagesAndWhatItLeftOut(t *testing.T) {
	l := start(t, simple)
	conn := l.dial("in.sock")
	steps := []struct {
		lines []string
		want  string
	}{
		{[]string{"a", "b1"}, "b1\n"},
		{[]string{"b" + strings.Repeat("x", 65450)}, "cut"},
		{[]string{"c", "b2"}, "b2\n"},
	}
	at := 0
	q := url.Values{"match": {"Payload =~ /^b/"}, "rate": {"1000"}}
	err := l.client.Events(t.Context(), "/api/v1/tap", q, func(name string, data []byte) error {
		switch name {
		case "counts": // comes first: the tap is open; then again, since a busy heka may miss a message
			l.send(conn, steps[at].lines...)
		case "message":
			var m admin.Tapped
			if err := json.Unmarshal(data, &m); err != nil {
				return err
			}
			var text struct {
				Logger  string
				Payload *string
			}
			if err := json.Unmarshal(m.Message, &text); err != nil {
				return err
			}
			if m.From != "in" || text.Logger != "in" || m.Cut != (text.Payload == nil) {
				t.Errorf("%+v %s", m, m.Message)
			}
			got := "cut"
			if !m.Cut {
				got = *text.Payload
			}
			switch {
			case got == steps[at].want:
				if at++; at == len(steps) {
					return errEnough
				}
				l.send(conn, steps[at].lines...)
			case at == 0 || got != steps[at-1].want: // it may have come twice
				t.Errorf("%.100q, want %q", got, steps[at].want)
			}
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Errorf("%v after %d steps", err, at)
	}
}

func TestStreamSendsSnapshots(t *testing.T) {
	l := start(t, simple)
	conn := l.dial("in.sock")
	n := 0
	err := l.client.Events(t.Context(), "/api/v1/stream", nil, func(name string, data []byte) error {
		var s admin.Snapshot
		if err := json.Unmarshal(data, &s); err != nil || name != "snapshot" {
			t.Errorf("%s %v", name, err)
		}
		l.send(conn, "x")
		n++
		in := find(t, s.Topology.Nodes, func(n admin.Node) bool { return n.Name == "in" })
		switch {
		case n == 1 && len(s.Logs) == 0:
			t.Error("the first snapshot has no log lines")
		case in.Rates.Messages > 0 && n > 1:
			return errEnough
		case n > 30:
			t.Fatalf("no rate: %+v", in)
		}
		return nil
	})
	if !errors.Is(err, errEnough) {
		t.Error(err)
	}
}

func TestStreamsEndWithHeka(t *testing.T) {
	l := start(t, simple)
	err := l.client.Events(t.Context(), "/api/v1/stream", nil, func(string, []byte) error {
		go l.server.CloseClientConnections()
		return nil
	})
	if err == nil {
		t.Error("the end goes unnoticed")
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := l.client.Events(ctx, "/api/v1/stream", nil, func(string, []byte) error { cancel(); return nil }); err != nil {
		t.Error(err)
	}
}

// A consumer that takes nothing is named as the cause, heka is no longer healthy,
// and the input is not blamed.
func TestTheCauseOfAStandstillIsNamed(t *testing.T) {
	t.Parallel() // it waits
	peer, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer peer.Close() // takes connections into its backlog and reads nothing
	l := start(t, strings.Replace(simple, "[count]", "[hekad]\nplugin_chansize = 1\n[stuck]\ntype = \"TcpOutput\"\nmessage_matcher = \"Logger == 'in'\"\nencoder = \"payload\"\nuse_buffering = false\naddress = \""+
		peer.Addr().String()+"\"\n[count]", 1))
	conn := l.dial("in.sock")
	go func() {
		line := []byte(strings.Repeat("x", 8000) + "\n")
		for {
			if _, err := conn.Write(line); err != nil {
				return
			}
		}
	}()
	l.until("it is known as the only cause", func() bool {
		var topology admin.Topology
		l.get("/api/v1/topology", &topology)
		if len(topology.Causes) != 1 {
			return false
		}
		c := topology.Causes[0]
		return c.Name == "stuck" && slices.Equal(c.Blocks, []string{"in"}) && c.Share > 0.9 && c.Share <= 1.3
	})
	l.until("heka is not healthy", func() bool {
		answer, err := http.Get(l.server.URL + "/healthz")
		if err != nil {
			t.Fatal(err)
		}
		defer answer.Body.Close()
		text, err := io.ReadAll(answer.Body)
		if err != nil {
			t.Fatal(err)
		}
		return answer.StatusCode == 503 && strings.HasPrefix(string(text), "stuck: nothing has moved for ") && strings.Count(string(text), "\n") == 1
	})
}
