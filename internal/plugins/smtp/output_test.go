package smtp

import (
	"context"
	"crypto/tls"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

func newTestOutput(t *testing.T, address string, change func(*config)) (*Output, *feedtest.Log) {
	t.Helper()
	env, log := feedtest.Env(t, "mails")
	o := feedtest.Build[*Output](t, Plugins(), "SmtpOutput", env, func(c *config) { c.Host, c.SendTo = address, []string{"ops@example.com"} }, change)
	t.Cleanup(func() { o.Close() })
	return o, log
}

// push sends work as the host does, at most five times.
func push(t *testing.T, o *Output, w *feedtest.Work) (errs []string) {
	t.Helper()
	for range 5 {
		err := w.Send(t.Context(), o, false)
		if err == nil {
			return errs
		}
		errs = append(errs, err.Error())
	}
	return errs
}

func TestEachMessageIsAMail(t *testing.T) {
	s := startServer(t, "127.0.0.1:0", nil)
	o, _ := newTestOutput(t, s.address(), func(c *config) {
		c.SendFrom, c.SendTo = "Hekä <heka@example.com>", []string{"a@example.com", "root"}
	})
	var l feedtest.Ledger
	if errs := push(t, o, l.Messages("Write me out to the network", "skip", "bad", strings.Repeat(".\r\n", 100))); errs != nil {
		t.Error(errs)
	}
	m, h, body := s.next(t)
	if m.from != "FROM:<heka@example.com> BODY=8BITMIME" || !slices.Equal(m.to, []string{"TO:<a@example.com>", "TO:<root>"}) || m.tls {
		t.Errorf("envelope %+v", m)
	}
	if body != "Write me out to the network\n" {
		t.Errorf("body %q", body)
	}
	from, err := h.AddressList("From")
	if err != nil || from[0].Name != "Hekä" || h.Get("Subject") != "Heka [mails]" || h.Get("To") != "a@example.com, root" {
		t.Errorf("header %q", h)
	}
	if date, err := h.Date(); err != nil || time.Since(date) > time.Minute || !strings.HasSuffix(h.Get("Message-Id"), "@this.host>") {
		t.Errorf("header %q", h)
	}
	if _, _, body := s.next(t); body != strings.Repeat(".\r\n", 100)+"\n" {
		t.Errorf("body %q", body)
	}
	if l.Delivered() != 3 || l.Dropped("encode") != 1 || l.Held() != 0 {
		t.Errorf("delivered %d, dropped %d, held %d", l.Delivered(), l.Dropped("encode"), l.Held())
	}
}

func TestTheBytesOfAMail(t *testing.T) {
	l := letter{from: "a@b", to: []string{"c@d"}, subject: "s", id: "1@h", date: time.Unix(0, 0).UTC(), body: []byte("Write me out to the network")}
	const head = "From: a@b\r\nSubject: s\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=\"utf-8\"\r\n" +
		"Content-Transfer-Encoding: base64\r\nTo: c@d\r\nDate: Thu, 01 Jan 1970 00:00:00 +0000\r\nMessage-ID: <1@h>\r\n\r\n"
	if got := string(l.bytes()); got != head+"V3JpdGUgbWUgb3V0IHRvIHRoZSBuZXR3b3Jr" {
		t.Errorf("%q", got)
	}
	l.body = nil
	if got := string(l.bytes()); got != head {
		t.Errorf("%q", got)
	}
	l.body = []byte(strings.Repeat("x", 2*textLine))
	if got, line := string(l.bytes()), strings.Repeat("eHh4", 19); got != head+line+"\r\n"+line {
		t.Errorf("%q", got)
	}
}

func TestTheSubjectIsFilledIn(t *testing.T) {
	s := startServer(t, "127.0.0.1:0", nil)
	o, _ := newTestOutput(t, s.address(), func(c *config) { c.Subject = "%{Type} of %{who}" })
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	p.Message.SetUUID(message.UUIDFrom("0123456789abcdef"))
	p.Message.SetType("alert\r\nBcc: x@example.com")
	p.Message.SetPayload("text")
	push(t, o, new(feedtest.Ledger).Packs(p))
	m, h, _ := s.next(t)
	if h.Get("Bcc") != "" || !strings.Contains(m.raw, "\r\nSubject: =?utf-8?Q?alert=0D=0ABcc:_x@example.com_of_who?=\r\n") ||
		h.Get("Message-Id") != "<"+p.Message.UUIDText()+"@this.host>" {
		t.Errorf("%q", m.raw)
	}
}

func TestMailsKeepTheirDistance(t *testing.T) {
	s := startServer(t, "127.0.0.1:0", nil)
	o, _ := newTestOutput(t, s.address(), func(c *config) { c.SendInterval = 3600 })
	var l feedtest.Ledger
	push(t, o, l.Messages("first"))
	flush(t, o)
	if _, _, body := s.next(t); body != "first\n" || l.Delivered() != 1 {
		t.Errorf("body %q, delivered %d", body, l.Delivered())
	}
	push(t, o, l.Messages("second", "skip"))
	push(t, o, l.Messages("third"))
	flush(t, o)
	if len(s.got) != 0 || l.Delivered() != 1 || l.Held() != 2 {
		t.Errorf("%d mails, delivered %d, held %d", len(s.got), l.Delivered(), l.Held())
	}
	if err := o.Close(); err != nil {
		t.Error(err)
	}
	if _, _, body := s.next(t); body != "second\n\r\n\r\nthird\n" || l.Delivered() != 4 {
		t.Errorf("body %q, delivered %d", body, l.Delivered())
	}
}

func flush(t *testing.T, o *Output) {
	t.Helper()
	if err := o.Flush(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTheNextMailComesByItself(t *testing.T) {
	s := startServer(t, "127.0.0.1:0", nil)
	o, _ := newTestOutput(t, s.address(), func(c *config) { c.SendInterval, c.MaxMailSize = 1, 1024 })
	var l feedtest.Ledger
	begin := time.Now()
	long := strings.Repeat("x", 1000)
	push(t, o, l.Messages("a"+long, "b"+long, "c"+long))
	ticks := time.NewTicker(o.FlushInterval())
	defer ticks.Stop()
	for want := range strings.SplitSeq("abc", "") {
		for flush(t, o); len(s.got) == 0 && time.Since(begin) < feedtest.Patience; flush(t, o) {
			<-ticks.C
		}
		if _, _, body := s.next(t); !strings.HasPrefix(body, want) {
			t.Errorf("body %q, want %s", body, want)
		}
	}
	if took := time.Since(begin); took < 2*time.Second {
		t.Errorf("three mails took %v", took)
	}
}

func TestWhatTheServerRefuses(t *testing.T) {
	refuse := func(prefix, answer string) func(*mailServer) {
		return func(s *mailServer) {
			s.reply = func(l string) string {
				if strings.HasPrefix(l, prefix) {
					return answer
				}
				return ""
			}
		}
	}
	for _, c := range []struct {
		name, prefix, answer string
		dropped              int
		log                  string
	}{
		{"sender", "MAIL", "550 no", 1, ""},
		{"text", ".", "554 spam", 1, ""},
		{"all recipients", "RCPT", "550 unknown", 1, "unknown"},
		{"one recipient", "RCPT TO:<a@", "550 unknown", 0, "the mail server refused the recipient a@example.com: 550"},
		{"sender for now", "MAIL", "451 later", 0, ""},
		{"recipient for now", "RCPT TO:<a@", "450 later", 0, ""},
		{"text for now", ".", "452 full", 0, ""},
		{"greeting", "EHLO", "554 no", 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := startServer(t, "127.0.0.1:0", refuse(c.prefix, c.answer))
			o, log := newTestOutput(t, s.address(), func(c *config) { c.SendTo = []string{"a@example.com", "b@example.com"} })
			var l feedtest.Ledger
			w := l.Messages("text")
			err := w.Send(t.Context(), o, false)
			if temporary := c.answer[0] == '4'; temporary != (err != nil) {
				t.Errorf("error %v", err)
			}
			if err != nil && !strings.Contains(err.Error(), "sending error: ") {
				t.Errorf("error %v", err)
			}
			if l.Dropped("refused") != c.dropped || !strings.Contains(log.String(), c.log) {
				t.Errorf("dropped %d, log %s", l.Dropped("refused"), log)
			}
			if err == nil && l.Delivered() != 1-c.dropped {
				t.Errorf("delivered %d", l.Delivered())
			}
		})
	}
}

func TestARefusedDigestIsHalved(t *testing.T) {
	s := startServer(t, "127.0.0.1:0", nil)
	s.reply = func(l string) string {
		if strings.HasPrefix(l, ".") && strings.Contains(l, "cG9pc29u") {
			return "554 poison"
		}
		return ""
	}
	o, _ := newTestOutput(t, s.address(), func(c *config) { c.SendInterval = 1 })
	var l feedtest.Ledger
	push(t, o, l.Messages("poison", "fine"))
	flush(t, o)
	if _, _, body := s.next(t); body != "fine\n" || l.Delivered() != 1 || l.Dropped("refused") != 1 {
		t.Errorf("delivered %d, dropped %d", l.Delivered(), l.Dropped("refused"))
	}
}

func TestEncryption(t *testing.T) {
	cert, key := netconftest.Certificate(t, t.TempDir(), "mail", 1)
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	secure := &tls.Config{Certificates: []tls.Certificate{pair}}
	for _, c := range []struct {
		name     string
		server   func(*mailServer)
		change   func(*config)
		tls      bool
		mentions string // of the error
	}{
		{"offered", func(s *mailServer) { s.tls = secure }, nil, true, ""},
		{"not offered", nil, nil, false, ""},
		{"required", nil, func(c *config) { c.RequireTLS = true }, false, "require_tls"},
		{"implicit", func(s *mailServer) { s.tls, s.implicit = secure, true }, func(c *config) { c.UseTLS, c.RequireTLS = true, true }, true, ""},
		{"not trusted", func(s *mailServer) { s.tls = secure }, func(c *config) { c.TLS.RootCAFile = "" }, false, "certificate"},
		{"plain, encrypted", func(s *mailServer) { s.tls, s.auth = secure, "PLAIN" }, plain, true, ""},
		{"plain, not encrypted", func(s *mailServer) { s.auth = "PLAIN" }, plain, false, "unencrypted connection"},
		{"wrong password", func(s *mailServer) { s.tls, s.auth = secure, "PLAIN" },
			func(c *config) { plain(c); c.Password = "wrong" }, false, "535"},
		{"cram-md5", func(s *mailServer) { s.auth = "CRAM-MD5" }, func(c *config) { plain(c); c.Auth = "CRAMMD5" }, false, ""},
		{"no auth on offer", func(s *mailServer) { s.tls = secure }, plain, false, "does not offer authentication"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := startServer(t, "127.0.0.2:0", c.server)
			o, log := newTestOutput(t, s.address(), func(conf *config) {
				conf.TLS.RootCAFile, conf.TLS.ServerName = cert, "localhost"
				if c.change != nil {
					c.change(conf)
				}
			})
			err := new(feedtest.Ledger).Messages("text").Send(t.Context(), o, false)
			if c.mentions != "" {
				if err == nil || !strings.Contains(err.Error(), c.mentions) {
					t.Errorf("error %v", err)
				}
				if strings.Contains(log.String()+err.Error(), "secret") || strings.Contains(s.said(), "DATA") {
					t.Errorf("log %s, error %v, conversation %s", log, err, s.said())
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if m, _, _ := s.next(t); m.tls != c.tls {
				t.Errorf("TLS %v", m.tls)
			}
		})
	}
}

func plain(c *config) { c.Auth, c.User, c.Password = "Plain", "me", "secret" }

func TestAServerThatSaysNothingIsLeft(t *testing.T) {
	s := startServer(t, "127.0.0.1:0", func(s *mailServer) { s.silent = true })
	o, _ := newTestOutput(t, s.address(), func(c *config) { c.Timeout = 300 * time.Millisecond })
	if err := new(feedtest.Ledger).Messages("text").Send(t.Context(), o, false); err == nil || !strings.Contains(err.Error(), "deadline") {
		t.Errorf("error %v", err)
	}
	stopped, _ := newTestOutput(t, s.address(), nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := new(feedtest.Ledger).Messages("text").Send(ctx, stopped, false); err == nil {
		t.Error("no error")
	}
}
