package smtp

import (
	"bufio"
	"crypto/hmac"
	"crypto/md5"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
)

// mailServer is a mail server. Fields are set before its first conversation.
type mailServer struct {
	net.Listener
	tls      *tls.Config
	implicit bool   // TLS from the beginning
	auth     string // mechanisms on offer
	silent   bool   // says nothing at all
	// reply may answer a line of the conversation, or a mail (behind a "."), in
	// the place of the server.
	reply func(line string) string

	got chan received
	mu  sync.Mutex // guards log
	log []string   // of all that the clients said
}

// received is a mail that was accepted.
type received struct {
	from string
	to   []string
	raw  string
	tls  bool
}

func startServer(t *testing.T, address string, change func(*mailServer)) *mailServer {
	t.Helper()
	ln, err := net.Listen("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	s := &mailServer{Listener: ln, got: make(chan received, 100)}
	if change != nil {
		change(s)
	}
	var all sync.WaitGroup
	done := make(chan struct{})
	all.Go(func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer conn.Close()
				if s.silent {
					<-done
					return
				}
				s.converse(conn)
			})
		}
	})
	t.Cleanup(func() { ln.Close(); close(done); all.Wait() })
	return s
}

func (s *mailServer) address() string { return s.Addr().String() }

func (s *mailServer) said() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return strings.Join(s.log, "\n")
}

func (s *mailServer) converse(conn net.Conn) {
	conn.SetDeadline(time.Now().Add(feedtest.Patience))
	secure := s.implicit
	if s.implicit {
		conn = tls.Server(conn, s.tls)
	}
	r := bufio.NewReader(conn)
	line := func() string {
		l, err := r.ReadString('\n')
		if err != nil {
			return "QUIT"
		}
		l = strings.TrimRight(l, "\r\n")
		s.mu.Lock()
		defer s.mu.Unlock()
		s.log = append(s.log, l)
		return l
	}
	say := func(format string, args ...any) { fmt.Fprintf(conn, format+"\r\n", args...) }
	say("220 here")
	var m received
	for {
		l := line()
		if s.reply != nil {
			if answer := s.reply(l); answer != "" {
				say("%s", answer)
				continue
			}
		}
		switch verb, rest, _ := strings.Cut(l, " "); strings.ToUpper(verb) {
		case "EHLO":
			say("250-here")
			if s.tls != nil && !secure {
				say("250-STARTTLS")
			}
			if s.auth != "" {
				say("250-AUTH %s", s.auth)
			}
			say("250 8BITMIME")
		case "STARTTLS":
			say("220 go")
			conn, secure = tls.Server(conn, s.tls), true
			r = bufio.NewReader(conn)
		case "AUTH":
			if s.authenticate(rest, line, say) {
				say("235 welcome")
			} else {
				say("535 go away")
			}
		case "MAIL":
			m = received{from: rest, tls: secure}
			say("250 ok")
		case "RCPT":
			m.to = append(m.to, rest)
			say("250 ok")
		case "DATA":
			say("354 go on")
			var raw strings.Builder
			for l := line(); l != "." && l != "QUIT"; l = line() {
				raw.WriteString(strings.TrimPrefix(l, ".") + "\r\n")
			}
			m.raw = raw.String()
			if s.reply != nil {
				if answer := s.reply("." + m.raw); answer != "" {
					say("%s", answer)
					continue
				}
			}
			s.got <- m
			say("250 accepted")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

// authenticate knows one user, me, whose password is secret.
func (s *mailServer) authenticate(what string, line func() string, say func(string, ...any)) bool {
	mechanism, first, _ := strings.Cut(what, " ")
	if mechanism == "PLAIN" {
		return first == base64.StdEncoding.EncodeToString([]byte("\x00me\x00secret"))
	}
	const challenge = "<1.2@here>"
	say("334 %s", base64.StdEncoding.EncodeToString([]byte(challenge)))
	mac := hmac.New(md5.New, []byte("secret"))
	mac.Write([]byte(challenge))
	return line() == base64.StdEncoding.EncodeToString([]byte("me "+hex.EncodeToString(mac.Sum(nil))))
}

// next waits for the next mail and takes it apart.
func (s *mailServer) next(t *testing.T) (m received, header mail.Header, body string) {
	t.Helper()
	select {
	case m = <-s.got:
	case <-time.After(feedtest.Patience):
		t.Fatal("waited in vain for a mail")
	}
	header, body = parse(t, m.raw)
	return m, header, body
}

// parse takes a mail apart.
func parse(t *testing.T, raw string) (header mail.Header, body string) {
	t.Helper()
	parsed, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatalf("%v in %q", err, raw)
	}
	text := new(strings.Builder)
	if _, err := bufio.NewReader(base64.NewDecoder(base64.StdEncoding, parsed.Body)).WriteTo(text); err != nil {
		t.Fatalf("%v in %q", err, raw)
	}
	return parsed.Header, text.String()
}
