package plugins_test

import (
	"bufio"
	"bytes"
	"crypto/tls"
	"encoding/base64"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/s2"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/plugins"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

// family is an output that talks to a server, and a server that takes what it says.
type family struct {
	typ     string
	scheme  string // in front of the address
	section string // options; %s is the server's address with the scheme
	secure  string // further ones that make it talk TLS
	hurry   string // further ones that make it wait only briefly
	serve   func(t *testing.T, l net.Listener, got *sink)
	payload string // of messages; %s is their text
	// believes says that bytes count as delivered when a peer has taken them: the
	// protocol knows no answer.
	believes bool
}

// secret is the password that outputs have.
const secret = "s3same"

var families = []family{
	{typ: "TcpOutput", section: "address = '%s'\nwrite_timeout = '20s'", secure: "use_tls = true", hurry: "connect_timeout = '300ms'",
		serve: lines, payload: "%s", believes: true},
	{typ: "CarbonOutput", section: "address = '%s'", serve: lines, payload: "%s 1 1", believes: true},
	{typ: "HttpOutput", scheme: "http://", section: "address = '%s'\nusername = 'me'\npassword = '" + secret + "'",
		hurry: "http_timeout = 300", serve: overHTTP(nothing), payload: "%s"},
	{typ: "ElasticSearchOutput", scheme: "http://", section: "server = '%s'\nusername = 'me'\npassword = '" + secret + "'\nflush_interval = 10",
		hurry: "http_timeout = 300", serve: overHTTP(indexed), payload: "{\"index\":{}}\n{\"id\":\"%s\"}"},
	{typ: "LokiOutput", scheme: "http://", section: "url = '%s'\nusername = 'me'\npassword = '" + secret + "'\nflush_interval = 10",
		hurry: "http_timeout = 300", serve: overHTTP(nothing), payload: "%s"},
	{typ: "PrometheusRemoteWriteOutput", scheme: "http://", section: "url = '%s'\nusername = 'me'\npassword = '" + secret + "'",
		hurry: "timeout = '300ms'", serve: overHTTP(nothing), payload: "%s"},
	{typ: "NagiosOutput", scheme: "http://", section: "url = '%s'\nusername = 'me'\npassword = '" + secret + "'",
		hurry: "timeout = '300ms'", serve: overHTTP(nothing), payload: "OK:%s"},
	{typ: "SmtpOutput", section: "host = '%s'\nsend_to = ['ops@example.com']\nauth = 'Plain'\nuser = 'me'\npassword = '" + secret + "'",
		secure: "use_tls = true", hurry: "timeout = '300ms'", serve: mails, payload: "%s"},
	{typ: "IrcOutput", section: "server = '%s'\nnick = 'heka'\nident = 'heka'\npassword = '" + secret + "'\nchannels = ['#ops']\nticker_interval = 1\ntime_before_reconnect = 0",
		secure: "use_tls = true", hurry: "timeout = 1", serve: chat, payload: "%s"},
}

// sink gathers what a server got.
type sink struct {
	mu   sync.Mutex // guards text
	text strings.Builder
}

func (s *sink) add(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.text.WriteString(text + "\n")
}

func (s *sink) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// each serves every connection of a listener until the end of the test.
func each(t *testing.T, l net.Listener, serve func(net.Conn)) {
	var all sync.WaitGroup
	var mu sync.Mutex
	conns := map[net.Conn]bool{}
	all.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			conns[conn] = true
			mu.Unlock()
			all.Go(func() {
				defer conn.Close()
				serve(conn)
			})
		}
	})
	t.Cleanup(func() {
		l.Close()
		mu.Lock()
		for c := range conns {
			c.Close()
		}
		mu.Unlock()
		all.Wait()
	})
}

func lines(t *testing.T, l net.Listener, got *sink) {
	each(t, l, func(conn net.Conn) {
		for sc := bufio.NewScanner(conn); sc.Scan(); {
			got.add(sc.Text())
		}
	})
}

// overHTTP takes bodies, packed or not, which answer answers.
func overHTTP(answer func(w http.ResponseWriter, body string)) func(*testing.T, net.Listener, *sink) {
	return func(t *testing.T, l net.Listener, got *sink) {
		server := &httptest.Server{Listener: l, Config: &http.Server{
			ErrorLog: log.New(io.Discard, "", 0),
			Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if _, password, _ := r.BasicAuth(); password != secret {
					w.WriteHeader(http.StatusUnauthorized)
					return
				}
				body, err := unpacked(r)
				if err != nil {
					http.Error(w, err.Error(), http.StatusInternalServerError)
					return
				}
				got.add(body)
				answer(w, body)
			}),
		}}
		server.Start()
		t.Cleanup(server.Close)
	}
}

func unpacked(r *http.Request) (string, error) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return "", err
	}
	switch r.Header.Get("Content-Encoding") {
	case "gzip":
		z, err := gzip.NewReader(bytes.NewReader(body))
		if err != nil {
			return "", err
		}
		body, err = io.ReadAll(z)
		return string(body), err
	case "snappy":
		body, err = s2.Decode(nil, body)
	}
	return string(body), err
}

func nothing(w http.ResponseWriter, _ string) { w.WriteHeader(http.StatusNoContent) }

// indexed is the answer of Elasticsearch to good documents.
func indexed(w http.ResponseWriter, body string) {
	items := strings.Repeat(`,{"index":{"status":201}}`, strings.Count(body, `{"index"`))
	fmt.Fprintf(w, `{"errors":false,"items":[%s]}`, strings.TrimPrefix(items, ","))
}

// mails is a mail server. Clients on this machine may show their password.
func mails(t *testing.T, l net.Listener, got *sink) {
	each(t, l, func(conn net.Conn) {
		r := bufio.NewReader(conn)
		say := func(text string) { io.WriteString(conn, text+"\r\n") }
		say("220 ready")
		for {
			line, err := r.ReadString('\n')
			if err != nil {
				return
			}
			command, _, _ := strings.Cut(strings.TrimSpace(line), " ")
			switch strings.ToUpper(command) {
			case "EHLO":
				say("250-me\r\n250 AUTH PLAIN")
			case "AUTH":
				say("235 welcome")
			case "DATA":
				say("354 go on")
				var text strings.Builder
				for line != ".\r\n" {
					if line, err = r.ReadString('\n'); err != nil {
						return
					}
					text.WriteString(line)
				}
				_, body, _ := strings.Cut(text.String(), "\r\n\r\n")
				plain, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(body, "\r\n.\r\n"))
				if err != nil {
					say("554 " + err.Error())
					continue
				}
				got.add(string(plain))
				say("250 thanks")
			case "QUIT":
				say("221 bye")
				return
			default:
				say("250 fine")
			}
		}
	})
}

// chat is a server of Internet Relay Chat.
func chat(t *testing.T, l net.Listener, got *sink) {
	each(t, l, func(conn net.Conn) {
		for sc := bufio.NewScanner(conn); sc.Scan(); {
			command, rest, _ := strings.Cut(sc.Text(), " ")
			switch command {
			case "USER":
				io.WriteString(conn, ":srv 001 heka :welcome\r\n")
			case "JOIN":
				io.WriteString(conn, ":srv 366 heka "+rest+" :end\r\n")
			case "PING":
				io.WriteString(conn, ":srv PONG srv "+rest+"\r\n")
			case "PRIVMSG":
				got.add(rest)
			}
		}
	})
}

// listen opens a listener, which talks TLS if config is not nil.
func listen(t *testing.T, config *tls.Config) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	if config != nil {
		l = tls.NewListener(l, config)
	}
	return l
}

// message makes one with a text in the payload and in a field.
func message(f *family, text string) *plugin.Pack {
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	p.Message.SetPayload(fmt.Sprintf(f.payload, text))
	p.Message.SetType("test")
	p.Message.SetHostname("web1")
	p.Message.SetLogger("load")
	p.Message.SetTimestamp(1e18)
	p.Message.AddString("labels.id", text)
	p.Message.AddString("name", "up")
	p.Message.AddDouble("value", 1, "")
	return p
}

// instance makes and prepares what a configuration of one section says.
func instance(t *testing.T, text string) (any, *feedtest.Log) {
	t.Helper()
	loaded, problems := config.LoadBytes("test.toml", []byte(text), config.Options{})
	if err := problems.Err(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	p := feedtest.Find(t, plugins.All(), loaded.Sections[0].Name)
	own, common, input := p.NewConfig(), p.Consumer, p.Input
	targets := []any{own, &common}
	if p.Kind == plugin.KindInput {
		targets[1] = &input
	}
	if err := config.Decode(loaded.Sections[0], targets...).Err(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	env, log := feedtest.Env(t, "it")
	built, err := p.Build(own, env)
	if err != nil {
		t.Fatal(err)
	}
	if prepared, ok := built.(plugin.Preparer); ok {
		if err := prepared.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return built, log
}
