package netconf

import (
	_ "embed" // for TLSSource
	"encoding/hex"
	"errors"
)

// TLSSource is the Go source that declares TLSOptions, from whose doc comments
// the reference is made.
//
//go:embed tls.go
var TLSSource string

// TLSOptions is the tls section of a network plugin or command line tool. One
// section serves both sides of a connection; options of the other side are
// accepted and not used.
type TLSOptions struct {
	// Name that is sent to the server (SNI) and that its certificate must be
	// for. Empty: the host that is dialled. Clients only.
	ServerName string `toml:"server_name"`
	// PEM file with the certificate, followed by its chain. Read again when it
	// changes; connections made from then on use the new one. Relative paths
	// start at the working directory.
	CertFile string `toml:"cert_file"`
	// PEM file with the private key; may be the same file as cert_file.
	KeyFile string `toml:"key_file"`
	// What is asked of a client's certificate: NoClientCert,
	// RequestClientCert, RequireAnyClientCert, VerifyClientCertIfGiven or
	// RequireAndVerifyClientCert. Empty is NoClientCert. Servers only.
	ClientAuth string `toml:"client_auth"`
	// PEM file with the authorities that may have signed a client's
	// certificate. Empty: the system's. Servers only.
	ClientCAFile string `toml:"client_cafile"`
	// PEM file with the authorities that may have signed a server's
	// certificate. Empty: the system's. Clients only.
	RootCAFile string `toml:"root_cafile"`
	// Accept any server certificate. The connection is then open to anybody who
	// can get between. Clients only.
	InsecureSkipVerify bool `toml:"insecure_skip_verify"`
	// Cipher suites for TLS 1.2 and below, such as
	// ECDHE_RSA_WITH_AES_128_GCM_SHA256. Empty: a safe choice. Suites of TLS 1.3
	// are always on. RC4 and 3DES suites are accepted with a warning and left
	// out.
	Ciphers []string `toml:"ciphers"`
	// Oldest version to talk: TLS10, TLS11, TLS12 or TLS13. Empty is TLS12.
	// SSL30 is accepted with a warning and means TLS12.
	MinVersion string `toml:"min_version"`
	// Newest version to talk, by the same words. Empty is the newest there is.
	MaxVersion string `toml:"max_version"`
	// Kept for old configurations, without effect: the best suite that both
	// sides have is chosen by itself.
	PreferServerCiphers bool `toml:"prefer_server_ciphers"`
	// Do not let clients resume a session. Servers only.
	SessionTicketsDisabled bool `toml:"session_tickets_disabled"`
	// Key of session tickets as 64 hexadecimal digits, so that several servers
	// can resume each other's sessions. Empty: keys that change by themselves.
	// Servers only.
	SessionTicketKey string `toml:"session_ticket_key" alias:"sesion_ticket_key" secret:"true"`
}

// BadOption makes the error for one option, named with its section as in
// "tls.min_version".
type BadOption func(option, format string, args ...any) error

// CheckClient finds the mistakes that show without reading files, for a
// connection that is dialled; it returns nil or all of them joined.
func (o *TLSOptions) CheckClient(bad BadOption) error {
	var errs []error
	if (o.CertFile == "") != (o.KeyFile == "") {
		errs = append(errs, bad("tls."+o.missingHalf(), "cert_file and key_file must be set together"))
	}
	return errors.Join(append(errs, o.check(bad))...)
}

// CheckServer is CheckClient for a listener, which needs a certificate.
func (o *TLSOptions) CheckServer(bad BadOption) error {
	var errs []error
	if o.CertFile == "" || o.KeyFile == "" {
		errs = append(errs, bad("tls."+o.missingHalf(), "TLS config requires both cert_file and key_file value."))
	}
	return errors.Join(append(errs, o.check(bad))...)
}

func (o *TLSOptions) missingHalf() string {
	if o.CertFile == "" {
		return "cert_file"
	}
	return "key_file"
}

func (o *TLSOptions) check(bad BadOption) error {
	var errs []error
	add := func(option, format string, args ...any) {
		errs = append(errs, bad("tls."+option, format, args...))
	}
	lowest, known := versions[o.MinVersion]
	if !known {
		add("min_version", "Invalid MinVersion: %s", o.MinVersion)
	}
	highest, known := versions[o.MaxVersion]
	if !known {
		add("max_version", "Invalid MaxVersion: %s", o.MaxVersion)
	}
	if lowest == 0 {
		lowest = defaultMinVersion
	}
	if highest != 0 && highest < lowest {
		add("max_version", "MaxVersion (%s) must be newer than MinVersion (%s)", o.MaxVersion, o.minVersionText())
	}
	if _, known := clientAuths[o.ClientAuth]; !known {
		add("client_auth", "Invalid ClientAuth value: %s", o.ClientAuth)
	}
	if _, err := o.ticketKey(); err != nil {
		add("session_ticket_key", "%w", err)
	}
	for _, name := range o.Ciphers {
		if _, known := suiteByName(name); !known {
			add("ciphers", "Invalid cipher string: %s", name)
		}
	}
	return errors.Join(errs...)
}

func (o *TLSOptions) minVersionText() string {
	if o.MinVersion == "" {
		return "TLS12"
	}
	return o.MinVersion
}

// ticketKey returns nil when there is none.
func (o *TLSOptions) ticketKey() (*[32]byte, error) {
	if o.SessionTicketKey == "" {
		return nil, nil
	}
	b, err := hex.DecodeString(o.SessionTicketKey)
	if err != nil {
		return nil, errTicketKeyHex
	}
	var key [32]byte
	if len(b) != len(key) {
		return nil, ticketKeyLength(len(b))
	}
	copy(key[:], b)
	return &key, nil
}
