package client_test

import (
	"crypto/tls"
	"io"
	"log/slog"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/client"
	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/internal/netconf/netconftest"
)

var discard = slog.New(slog.DiscardHandler)

// serve accepts one connection and hands it to f.
func serve(t *testing.T, ln net.Listener, f func(net.Conn)) string {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		if conn, err := ln.Accept(); err == nil {
			f(conn)
			conn.Close()
		}
	}()
	t.Cleanup(func() {
		ln.Close()
		<-done
	})
	return ln.Addr().String()
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return ln
}

func dial(t *testing.T, o client.Options) *client.Conn {
	t.Helper()
	conn, err := client.Dial(t.Context(), &o, discard)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func TestFinishWaitsUntilEverythingIsRead(t *testing.T) {
	got := make(chan string, 1)
	o := client.Defaults()
	o.Address = serve(t, listen(t), func(conn net.Conn) {
		b, _ := io.ReadAll(conn)
		got <- string(b)
	})
	conn := dial(t, o)
	if _, err := conn.Write([]byte("all of it")); err != nil {
		t.Fatal(err)
	}
	if err := conn.Finish(); err != nil {
		t.Error(err)
	}
	if s := <-got; s != "all of it" {
		t.Errorf("got %q", s)
	}
}

func TestFinishTellsOfAReceiverThatDoesNotRead(t *testing.T) {
	stop := make(chan struct{})
	defer close(stop)
	o := client.Defaults()
	o.Timeout = time.Second
	ln := listen(t)
	o.Address = ln.Addr().String()
	go func() {
		if conn, err := ln.Accept(); err == nil {
			<-stop
			conn.Close()
		}
		ln.Close()
	}()
	conn := dial(t, o)
	if err := conn.Finish(); err == nil || !strings.Contains(err.Error(), "it has not read everything within 1s") {
		t.Errorf("error %v", err)
	}
}

func TestTLS(t *testing.T) {
	cert, key := netconftest.Certificate(t, t.TempDir(), "server", 1)
	server := netconf.TLSOptions{CertFile: cert, KeyFile: key}
	config, err := server.ServerConfig(nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, politely := range []bool{true, false} {
		got := make(chan string, 1)
		ln := listen(t)
		o := client.Defaults()
		o.UseTLS, o.TLS.RootCAFile = true, cert
		o.Address = serve(t, ln, func(plain net.Conn) {
			conn := tls.Server(plain, config)
			b, _ := io.ReadAll(conn)
			got <- string(b)
			if politely {
				conn.Close()
			}
		})
		conn := dial(t, o)
		if _, err := conn.Write([]byte("secret")); err != nil {
			t.Fatal(err)
		}
		if err := conn.Finish(); err != nil {
			t.Error(err)
		}
		if s := <-got; s != "secret" {
			t.Errorf("got %q", s)
		}
	}
}

// A receiver that refuses the sender's certificate says so behind the handshake,
// when the sender may be writing already.
func TestTheReasonOfAReceiverThatWantsACertificateIsTold(t *testing.T) {
	cert, key := netconftest.Certificate(t, t.TempDir(), "server", 1)
	server := netconf.TLSOptions{CertFile: cert, KeyFile: key, ClientAuth: "RequireAnyClientCert"}
	config, err := server.ServerConfig(nil)
	if err != nil {
		t.Fatal(err)
	}
	ln, err := net.Listen("unix", filepath.Join(t.TempDir(), "s")) // keeps what was said when it is closed
	if err != nil {
		t.Fatal(err)
	}
	closed := make(chan struct{})
	o := client.Defaults()
	o.Network, o.UseTLS, o.TLS.RootCAFile, o.TLS.ServerName = "unix", true, cert, "localhost"
	o.Address = serve(t, ln, func(plain net.Conn) {
		_ = tls.Server(plain, config).Handshake() // refuses
		plain.Close()
		close(closed)
	})
	conn := dial(t, o)
	defer conn.Close()
	<-closed
	if _, err := conn.Write([]byte("secret")); err == nil || !strings.Contains(err.Error(), "certificate required") {
		t.Errorf("error %v", err)
	}
}

func TestAReceiverThatDoesNotKnowAcknowledgement(t *testing.T) {
	o := client.Defaults()
	o.Timeout = time.Second
	o.Address = serve(t, listen(t), func(conn net.Conn) { _, _ = io.Copy(io.Discard, conn) })
	conn := dial(t, o)
	defer conn.Close()
	err := conn.AskAcknowledgement("test")
	if err == nil || !strings.Contains(err.Error(), "it must be a TcpInput of a heka that knows acknowledgement") {
		t.Errorf("error %v", err)
	}
}

func TestSigners(t *testing.T) {
	f := func(o client.SignerOptions, max, wantHeader int, wantErr string) {
		t.Helper()
		framer, err := o.Framer(max, discard)
		var b []byte
		if err == nil {
			b, err = framer.Append(nil, []byte("body"))
		}
		if wantErr != "" {
			if err == nil || !strings.Contains(err.Error(), wantErr) {
				t.Errorf("%+v: error %v, want %q", o, err, wantErr)
			}
			return
		}
		if err != nil {
			t.Errorf("%+v: %v", o, err)
			return
		}
		_, frame, _ := framing.Next(b, 100, true)
		h, err := frame.Header()
		if err != nil || len(h.MAC) != wantHeader || string(h.Signer) != o.Name {
			t.Errorf("%+v: header %+v, error %v", o, h, err)
		}
	}
	f(client.SignerOptions{}, 100, 0, "")
	f(client.SignerOptions{Name: "ops", Key: "k"}, 100, 16, "")
	f(client.SignerOptions{Name: "ops", Hash: "sha256", Key: "k"}, 100, 32, "")
	f(client.SignerOptions{Name: "ops", Hash: "no such", Key: "k"}, 100, 16, "")
	f(client.SignerOptions{Name: "ops", Hash: "ed25519", Key: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}, 100, 64, "")
	f(client.SignerOptions{Name: "ops", Hash: "ed25519", Key: "?"}, 100, 0, `signer "ops": private key: `)
	f(client.SignerOptions{Name: "ops"}, 3, 0, "Message too big")
}
