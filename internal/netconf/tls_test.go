package netconf

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf/netconftest"
)

func TestCheckNamesEachMistake(t *testing.T) {
	both := TLSOptions{CertFile: "c", KeyFile: "k"}
	f := func(change func(*TLSOptions), want string) {
		t.Helper()
		o := both
		change(&o)
		err := o.CheckServer(plainError)
		if want == "" {
			if err != nil {
				t.Errorf("unexpected: %v", err)
			}
			return
		}
		if err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	f(func(o *TLSOptions) {}, "")
	f(func(o *TLSOptions) { o.MinVersion = "TLS9" }, "tls.min_version: Invalid MinVersion: TLS9")
	f(func(o *TLSOptions) { o.MaxVersion = "x" }, "tls.max_version: Invalid MaxVersion: x")
	f(func(o *TLSOptions) { o.MinVersion, o.MaxVersion = "TLS13", "TLS12" },
		"tls.max_version: MaxVersion (TLS12) must be newer than MinVersion (TLS13)")
	f(func(o *TLSOptions) { o.MaxVersion = "TLS11" },
		"tls.max_version: MaxVersion (TLS11) must be newer than MinVersion (TLS12)")
	f(func(o *TLSOptions) { o.MinVersion, o.MaxVersion = "TLS11", "TLS11" }, "")
	f(func(o *TLSOptions) { o.MinVersion, o.MaxVersion = "SSL30", "TLS13" }, "")
	f(func(o *TLSOptions) { o.ClientAuth = "Never" }, "tls.client_auth: Invalid ClientAuth value: Never")
	f(func(o *TLSOptions) { o.SessionTicketKey = strings.Repeat("ab", 31) },
		"tls.session_ticket_key: Invalid SessionTicketKey length: 31")
	f(func(o *TLSOptions) { o.SessionTicketKey = "secret" },
		"tls.session_ticket_key: session ticket key must consist of hexadecimal digits")
	f(func(o *TLSOptions) { o.SessionTicketKey = strings.Repeat("ab", 32) }, "")
	f(func(o *TLSOptions) { o.Ciphers = []string{"ROT13"} }, "tls.ciphers: Invalid cipher string: ROT13")
	f(func(o *TLSOptions) { o.KeyFile = "" }, "tls.key_file: TLS config requires both cert_file and key_file value.")
	f(func(o *TLSOptions) { o.MinVersion, o.ClientAuth = "a", "b" },
		"tls.min_version: Invalid MinVersion: a\ntls.client_auth: Invalid ClientAuth value: b")

	half := TLSOptions{CertFile: "c"}
	if err := half.CheckClient(plainError); err == nil || err.Error() != "tls.key_file: cert_file and key_file must be set together" {
		t.Errorf("half a pair for a client: %v", err)
	}
	none := TLSOptions{}
	if err := none.CheckClient(plainError); err != nil {
		t.Errorf("client without certificate: %v", err)
	}
}

func TestEverySuiteNameIsKnown(t *testing.T) {
	for _, name := range strings.Fields(`RSA_WITH_RC4_128_SHA RSA_WITH_3DES_EDE_CBC_SHA RSA_WITH_AES_128_CBC_SHA
		RSA_WITH_AES_256_CBC_SHA ECDHE_ECDSA_WITH_RC4_128_SHA ECDHE_ECDSA_WITH_AES_128_CBC_SHA
		ECDHE_ECDSA_WITH_AES_256_CBC_SHA ECDHE_RSA_WITH_RC4_128_SHA ECDHE_RSA_WITH_3DES_EDE_CBC_SHA
		ECDHE_RSA_WITH_AES_128_CBC_SHA ECDHE_RSA_WITH_AES_256_CBC_SHA ECDHE_RSA_WITH_AES_128_GCM_SHA256
		ECDHE_ECDSA_WITH_AES_128_GCM_SHA256 ECDHE_RSA_WITH_AES_256_GCM_SHA384
		ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256 TLS_AES_128_GCM_SHA256 AES_256_GCM_SHA384`) {
		if _, known := suiteByName(name); !known {
			t.Errorf("%s is not known", name)
		}
	}
}

func TestOldWordsAreAcceptedWithAWarning(t *testing.T) {
	f := func(o TLSOptions, warning string, lowest uint16, suites int) {
		t.Helper()
		var text bytes.Buffer
		c, err := o.ClientConfig(slog.New(slog.NewTextHandler(&text, nil)))
		if err != nil {
			t.Fatal(err)
		}
		if warning == "" && text.Len() > 0 || !strings.Contains(text.String(), warning) {
			t.Errorf("log %q, want %q", text.String(), warning)
		}
		if c.MinVersion != lowest || len(c.CipherSuites) != suites {
			t.Errorf("version %x, %d suites; want %x, %d", c.MinVersion, len(c.CipherSuites), lowest, suites)
		}
	}
	f(TLSOptions{}, "", tls.VersionTLS12, 0)
	f(TLSOptions{MinVersion: "SSL30"}, "SSL 3.0", tls.VersionTLS12, 0)
	f(TLSOptions{MinVersion: "TLS10"}, "below 1.2", tls.VersionTLS10, 0)
	f(TLSOptions{MinVersion: "TLS13"}, "", tls.VersionTLS13, 0)
	f(TLSOptions{Ciphers: []string{"ECDHE_RSA_WITH_RC4_128_SHA"}}, "leaving out", tls.VersionTLS12, 0)
	f(TLSOptions{Ciphers: []string{"RSA_WITH_AES_128_CBC_SHA"}}, "not safe", tls.VersionTLS12, 1)
	f(TLSOptions{Ciphers: []string{"ECDHE_RSA_WITH_AES_128_GCM_SHA256", "AES_128_GCM_SHA256"}}, "", tls.VersionTLS12, 1)
	f(TLSOptions{InsecureSkipVerify: true}, "any server certificate", tls.VersionTLS12, 0)
}

// serve answers every connection's handshake and closes it; the outcomes are sent.
func serve(t *testing.T, config *tls.Config) (address string, outcome <-chan error) {
	t.Helper()
	ln, err := Listen(t.Context(), "tcp", "127.0.0.1:0", net.KeepAliveConfig{})
	if err != nil {
		t.Fatal(err)
	}
	results := make(chan error, 10)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			secure := tls.Server(conn, config)
			err = secure.Handshake()
			if err == nil {
				_, err = secure.Write([]byte("hi"))
			}
			results <- err
			secure.Close()
		}
	}()
	t.Cleanup(func() { ln.Close(); <-done })
	return ln.Addr().String(), results
}

// dialSecure reads what the server says and returns its certificate's number.
func dialSecure(t *testing.T, o *TLSOptions, address string) (serial int64, err error) {
	t.Helper()
	config, err := o.ClientConfig(nil)
	if err != nil {
		return 0, err
	}
	d := Dialer{Timeout: 10 * time.Second, TLS: config}
	conn, err := d.DialContext(context.Background(), "tcp", address)
	if err != nil {
		return 0, err
	}
	defer conn.Close()
	if _, err := io.ReadFull(conn, make([]byte, 2)); err != nil {
		return 0, err
	}
	return conn.(*tls.Conn).ConnectionState().PeerCertificates[0].SerialNumber.Int64(), nil
}

func TestCertificateIsReadAgainWhenItsFilesChange(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := netconftest.Certificate(t, dir, "server", 1)
	server, err := (&TLSOptions{CertFile: certFile, KeyFile: keyFile}).ServerConfig(nil)
	if err != nil {
		t.Fatal(err)
	}
	address, _ := serve(t, server)
	want := func(serial int64) {
		t.Helper()
		got, err := dialSecure(t, &TLSOptions{RootCAFile: certFile}, address)
		if err != nil || got != serial {
			t.Errorf("serial %d, %v; want %d", got, err, serial)
		}
	}
	want(1)
	old, err := os.ReadFile(certFile)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(certFile, []byte("half written"), 0o600); err != nil {
		t.Fatal(err)
	}
	oldCA := filepath.Join(dir, "old.crt")
	if err := os.WriteFile(oldCA, old, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := dialSecure(t, &TLSOptions{RootCAFile: oldCA}, address); err != nil || got != 1 {
		t.Errorf("with an unreadable new certificate: serial %d, %v; want the old one", got, err)
	}
	netconftest.Certificate(t, dir, "server", 2)
	later := time.Now().Add(time.Minute)
	if err := os.Chtimes(certFile, later, later); err != nil {
		t.Fatal(err)
	}
	want(2)
}

func TestServerAsksForAClientCertificate(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := netconftest.Certificate(t, dir, "server", 1)
	clientCert, clientKey := netconftest.Certificate(t, dir, "client", 7)
	server, err := (&TLSOptions{CertFile: certFile, KeyFile: keyFile,
		ClientAuth: "RequireAndVerifyClientCert", ClientCAFile: clientCert}).ServerConfig(nil)
	if err != nil {
		t.Fatal(err)
	}
	address, outcome := serve(t, server)
	if _, err := dialSecure(t, &TLSOptions{RootCAFile: certFile}, address); err == nil {
		t.Error("client without certificate was let in")
	}
	if <-outcome == nil {
		t.Error("server accepted a client without certificate")
	}
	if _, err := dialSecure(t, &TLSOptions{RootCAFile: certFile, CertFile: clientCert, KeyFile: clientKey}, address); err != nil {
		t.Errorf("client with certificate: %v", err)
	}
	if err := <-outcome; err != nil {
		t.Errorf("server: %v", err)
	}
}

func TestServerCertificateIsVerified(t *testing.T) {
	certFile, keyFile := netconftest.Certificate(t, t.TempDir(), "server", 1)
	server, err := (&TLSOptions{CertFile: certFile, KeyFile: keyFile}).ServerConfig(nil)
	if err != nil {
		t.Fatal(err)
	}
	address, _ := serve(t, server)
	f := func(o TLSOptions, good bool) {
		t.Helper()
		if _, err := dialSecure(t, &o, address); (err == nil) != good {
			t.Errorf("%+v: %v", o, err)
		}
	}
	f(TLSOptions{RootCAFile: certFile}, true)
	f(TLSOptions{RootCAFile: certFile, ServerName: "localhost"}, true)
	f(TLSOptions{RootCAFile: certFile, ServerName: "example.com"}, false)
	f(TLSOptions{}, false)
	f(TLSOptions{InsecureSkipVerify: true}, true)
	f(TLSOptions{RootCAFile: certFile, MaxVersion: "TLS12"}, true)
	f(TLSOptions{RootCAFile: certFile, MinVersion: "TLS10", MaxVersion: "TLS11"}, false)
}

func TestUnreadableFilesAreErrors(t *testing.T) {
	dir := t.TempDir()
	certFile, keyFile := netconftest.Certificate(t, dir, "server", 1)
	if _, err := (&TLSOptions{RootCAFile: keyFile}).ClientConfig(nil); err == nil ||
		err.Error() != "No PEM encoded certificates found in: "+keyFile {
		t.Errorf("file without certificates: %v", err)
	}
	for _, o := range []TLSOptions{
		{CertFile: filepath.Join(dir, "none"), KeyFile: keyFile},
		{CertFile: certFile, KeyFile: keyFile, ClientCAFile: filepath.Join(dir, "none")},
	} {
		if _, err := o.ServerConfig(nil); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// What Check accepts can be built, whatever it is.
func FuzzTLSOptions(f *testing.F) {
	f.Add("TLS12", "", "NoClientCert", "ECDHE_RSA_WITH_AES_128_GCM_SHA256", strings.Repeat("0f", 32))
	f.Add("SSL30", "TLS13", "", "RSA_WITH_RC4_128_SHA", "")
	f.Add("TLS13", "TLS10", "x", "TLS_", "zz")
	f.Fuzz(func(t *testing.T, lowest, highest, auth, cipher, key string) {
		o := TLSOptions{MinVersion: lowest, MaxVersion: highest, ClientAuth: auth, SessionTicketKey: key}
		if cipher != "" {
			o.Ciphers = []string{cipher}
		}
		checked := o.CheckClient(plainError)
		c, err := o.ClientConfig(nil)
		if (checked == nil) != (err == nil) {
			t.Fatalf("Check says %v, building %v", checked, err)
		}
		if err == nil && c.MaxVersion != 0 && c.MaxVersion < c.MinVersion {
			t.Errorf("versions %x to %x", c.MinVersion, c.MaxVersion)
		}
		if _, err := o.ticketKey(); err != nil && err != errTicketKeyHex && err.Error() != ticketKeyLength(len(key)/2).Error() {
			t.Errorf("the error may tell the key: %v", err)
		}
	})
}

// session_tickets_disabled refuses to take up a session again; prefer_server_ciphers
// is accepted without effect.
func TestSessionTickets(t *testing.T) {
	certFile, keyFile := netconftest.Certificate(t, t.TempDir(), "server", 1)
	for _, disabled := range []bool{false, true} {
		o := TLSOptions{CertFile: certFile, KeyFile: keyFile, SessionTicketsDisabled: disabled, PreferServerCiphers: true}
		server, err := o.ServerConfig(nil)
		if err != nil {
			t.Fatal(err)
		}
		address, _ := serve(t, server)
		client, err := (&TLSOptions{RootCAFile: certFile}).ClientConfig(nil)
		if err != nil {
			t.Fatal(err)
		}
		client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
		d := Dialer{Timeout: 10 * time.Second, TLS: client}
		for i := range 2 {
			conn, err := d.DialContext(t.Context(), "tcp", address)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.ReadFull(conn, make([]byte, 2)); err != nil {
				t.Fatal(err)
			}
			if resumed := conn.(*tls.Conn).ConnectionState().DidResume; resumed != (i == 1 && !disabled) {
				t.Errorf("session_tickets_disabled = %t: connection %d resumed: %t", disabled, i, resumed)
			}
			conn.Close()
		}
	}
}
