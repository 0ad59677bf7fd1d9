package main

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"time"
)

// connectionWorkloads hold many connections open.
var connectionWorkloads = []workload{
	{name: "idle-tcp", what: "10,000 connections at rest after a line each", run: idleConnections(false),
		goal: func(r, _ result) string { return below(r, result{}, 0, 0, 0, 200) }},
	{name: "idle-tls", what: "the same with TLS", run: idleConnections(true),
		goal: func(r, _ result) string { return below(r, result{}, 0, 0, 0, 300) }},
}

const (
	// idleConnectionCount is how many connections rest.
	idleConnectionCount = 10_000
	// callers is how many connections are opened at a time.
	callers = 16
)

// idleConnections opens many connections, sends a line over each, and looks at
// heka's memory a few seconds after the last one has arrived.
func idleConnections(secure bool) func(b *bench) (result, error) {
	return func(b *bench) (r result, err error) {
		addr, err := freePort()
		if err != nil {
			return result{}, err
		}
		out := b.file("connections.out")
		toml := fmt.Sprintf(`
[in]
type = "TcpInput"
address = %q
splitter = "TokenSplitter"
decoder = ""
use_tls = %v
%s
[plain]
type = "PayloadEncoder"
append_newlines = false
[out]
type = "FileOutput"
message_matcher = "TRUE"
path = %q
encoder = "plain"
`, addr, secure, "%s", out)
		section := ""
		if secure {
			pair, err := b.keyPair()
			if err != nil {
				return result{}, err
			}
			section = fmt.Sprintf("[in.tls]\ncert_file = %q\nkey_file = %q", pair, pair)
		}
		args, err := b.config("connections", fmt.Sprintf(toml, section))
		if err != nil {
			return result{}, err
		}
		cmd := exec.Command(b.heka, "run", "--config", args[len(args)-1])
		if err := cmd.Start(); err != nil {
			return result{}, err
		}
		defer func() {
			cmd.Process.Signal(syscall.SIGTERM)
			err = errors.Join(err, cmd.Wait())
		}()
		conns, err := call(addr, secure)
		defer func() {
			for _, c := range conns {
				c.Close()
			}
		}()
		if err != nil {
			return result{}, err
		}
		for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(10 * time.Millisecond) {
			if err = wantLines(out, idleConnectionCount); err == nil {
				break
			}
			if time.Now().After(deadline) {
				return result{}, err
			}
		}
		time.Sleep(5 * time.Second) // heka comes to rest
		kb, err := memory(cmd.Process.Pid, "VmRSS:")
		return result{rssMB: kb / 1024}, err
	}
}

// call opens the connections and sends a line over each.
func call(addr string, secure bool) ([]net.Conn, error) {
	first, err := dialUntil(addr) // heka listens from here on
	if err != nil {
		return nil, err
	}
	first.Close()
	conns, errs := make([]net.Conn, idleConnectionCount), make([]error, callers)
	var wg sync.WaitGroup
	for w := range callers {
		wg.Go(func() {
			for i := w; i < len(conns) && errs[w] == nil; i += callers {
				conns[i], errs[w] = callOnce(addr, secure)
			}
		})
	}
	wg.Wait()
	var opened []net.Conn
	for _, c := range conns {
		if c != nil {
			opened = append(opened, c)
		}
	}
	return opened, errors.Join(errs...)
}

// callOnce opens a connection and sends a line. The TLS client is forgotten, so
// that this process does not grow with it.
func callOnce(addr string, secure bool) (net.Conn, error) {
	conn, err := net.Dial("tcp", addr)
	if err != nil {
		return nil, err
	}
	w := conn
	if secure {
		w = tls.Client(conn, &tls.Config{InsecureSkipVerify: true}) // of this run's own making
	}
	_, err = w.Write([]byte("a line\n"))
	return conn, err
}

// keyPair makes a certificate with its key in one file.
func (b *bench) keyPair() (string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", err
	}
	about := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"localhost"}}
	cert, err := x509.CreateCertificate(rand.Reader, about, about, &key.PublicKey, key)
	if err != nil {
		return "", err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return "", err
	}
	var text bytes.Buffer
	pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: cert})
	pem.Encode(&text, &pem.Block{Type: "PRIVATE KEY", Bytes: private})
	path := filepath.Join(b.dir, "pair.pem")
	return path, os.WriteFile(path, text.Bytes(), 0o600)
}
