package netconf

import (
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"
)

// keyPair is a certificate with its key that follows its files.
type keyPair struct {
	certFile, keyFile string
	log               *slog.Logger

	mu    sync.Mutex // guards what follows
	cert  *tls.Certificate
	stamp [2]fileStamp // of the files that were last tried
}

// fileStamp tells versions of a file apart.
type fileStamp struct {
	modified time.Time
	size     int64
}

func stampOf(path string) fileStamp {
	info, err := os.Stat(path)
	if err != nil {
		return fileStamp{}
	}
	return fileStamp{info.ModTime(), info.Size()}
}

func loadKeyPair(certFile, keyFile string, log *slog.Logger) (*keyPair, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	k := &keyPair{certFile: certFile, keyFile: keyFile, log: log}
	k.stamp = k.stamps()
	if err := k.load(); err != nil {
		return nil, err
	}
	return k, nil
}

func (k *keyPair) stamps() [2]fileStamp {
	return [2]fileStamp{stampOf(k.certFile), stampOf(k.keyFile)}
}

func (k *keyPair) load() error {
	cert, err := tls.LoadX509KeyPair(k.certFile, k.keyFile)
	if err != nil {
		return fmt.Errorf("reading certificate %s: %w", k.certFile, err)
	}
	k.cert = &cert
	return nil
}

// current returns the certificate for a handshake. Two files that are replaced
// one after the other do not fit together for a moment; the old certificate
// serves until they do.
func (k *keyPair) current() *tls.Certificate {
	k.mu.Lock()
	defer k.mu.Unlock()
	stamp := k.stamps()
	if stamp == k.stamp {
		return k.cert
	}
	k.stamp = stamp
	if err := k.load(); err != nil {
		k.log.Warn("keeping the certificate in use", "error", err)
		return k.cert
	}
	k.log.Info("certificate was read again", "cert_file", k.certFile)
	return k.cert
}
