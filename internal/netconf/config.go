package netconf

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
)

// ClientConfig makes the TLS settings for dialling. Certificate files are read
// now, and again when they change. ServerName is left empty when the option is:
// the dialler fills in its host. What was accepted for old configurations only is
// logged as a warning; log may be nil.
func (o *TLSOptions) ClientConfig(log *slog.Logger) (*tls.Config, error) {
	c, err := o.config(log)
	if err != nil {
		return nil, err
	}
	c.ServerName = o.ServerName
	c.InsecureSkipVerify = o.InsecureSkipVerify
	if c.RootCAs, err = authorities(o.RootCAFile); err != nil {
		return nil, err
	}
	if o.CertFile == "" || o.KeyFile == "" {
		return c, nil
	}
	pair, err := loadKeyPair(o.CertFile, o.KeyFile, log)
	if err != nil {
		return nil, err
	}
	c.GetClientCertificate = func(r *tls.CertificateRequestInfo) (*tls.Certificate, error) {
		cert := pair.current()
		if r.SupportsCertificate(cert) != nil {
			return new(tls.Certificate), nil
		}
		return cert, nil
	}
	return c, nil
}

// ServerConfig makes the TLS settings of a listener, like ClientConfig.
func (o *TLSOptions) ServerConfig(log *slog.Logger) (*tls.Config, error) {
	c, err := o.config(log)
	if err != nil {
		return nil, err
	}
	pair, err := loadKeyPair(o.CertFile, o.KeyFile, log)
	if err != nil {
		return nil, err
	}
	c.GetCertificate = func(*tls.ClientHelloInfo) (*tls.Certificate, error) { return pair.current(), nil }
	c.ClientAuth = clientAuths[o.ClientAuth]
	if c.ClientCAs, err = authorities(o.ClientCAFile); err != nil {
		return nil, err
	}
	c.SessionTicketsDisabled = o.SessionTicketsDisabled
	key, err := o.ticketKey()
	if err != nil {
		return nil, err
	}
	if key != nil {
		c.SetSessionTicketKeys([][32]byte{*key})
	}
	return c, nil
}

// config makes the part that both sides share.
func (o *TLSOptions) config(log *slog.Logger) (*tls.Config, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	if err := o.check(plainError); err != nil {
		return nil, err
	}
	c := &tls.Config{MinVersion: versions[o.MinVersion], MaxVersion: versions[o.MaxVersion]}
	if c.MinVersion == 0 {
		c.MinVersion = defaultMinVersion
	}
	if o.MinVersion == "SSL30" || o.MaxVersion == "SSL30" {
		log.Warn("SSL 3.0 does not exist any more; using TLS 1.2 instead")
	}
	if c.MinVersion < tls.VersionTLS12 {
		log.Warn("TLS versions below 1.2 are not safe", "min_version", o.MinVersion)
	}
	if o.InsecureSkipVerify {
		log.Warn("insecure_skip_verify accepts any server certificate")
	}
	for _, name := range o.Ciphers {
		s, _ := suiteByName(name)
		switch {
		case only13(s):
		case broken(s):
			log.Warn("leaving out a broken cipher suite", "cipher", name)
		default:
			if s.Insecure {
				log.Warn("cipher suite is not safe", "cipher", name)
			}
			c.CipherSuites = append(c.CipherSuites, s.ID)
		}
	}
	return c, nil
}

func plainError(option, format string, args ...any) error {
	return fmt.Errorf(option+": "+format, args...)
}

// authorities reads a PEM file of certificates; no file is the system's pool.
func authorities(path string) (*x509.CertPool, error) {
	if path == "" {
		return nil, nil
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(b) {
		return nil, errors.New("No PEM encoded certificates found in: " + path)
	}
	return pool, nil
}
