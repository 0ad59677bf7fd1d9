package netconf

import (
	"crypto/tls"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// defaultMinVersion is what an empty min_version means.
const defaultMinVersion = tls.VersionTLS12

// versions are the words of min_version and max_version. SSL 3 cannot be offered
// at all any more, so its word means the oldest version that is safe.
var versions = map[string]uint16{
	"":      0,
	"SSL30": tls.VersionTLS12,
	"TLS10": tls.VersionTLS10,
	"TLS11": tls.VersionTLS11,
	"TLS12": tls.VersionTLS12,
	"TLS13": tls.VersionTLS13,
}

var clientAuths = map[string]tls.ClientAuthType{
	"":                           tls.NoClientCert,
	"NoClientCert":               tls.NoClientCert,
	"RequestClientCert":          tls.RequestClientCert,
	"RequireAnyClientCert":       tls.RequireAnyClientCert,
	"VerifyClientCertIfGiven":    tls.VerifyClientCertIfGiven,
	"RequireAndVerifyClientCert": tls.RequireAndVerifyClientCert,
}

// The key itself must not get into an error text, so the decoder's own error,
// which quotes it, is not used.
var errTicketKeyHex = errors.New("session ticket key must consist of hexadecimal digits")

func ticketKeyLength(n int) error {
	return fmt.Errorf("Invalid SessionTicketKey length: %d", n)
}

// suiteByName finds a suite by its name in configurations, which is the standard
// name with or without "TLS_" in front.
func suiteByName(name string) (*tls.CipherSuite, bool) {
	full := "TLS_" + strings.TrimPrefix(name, "TLS_")
	for _, s := range append(tls.CipherSuites(), tls.InsecureCipherSuites()...) {
		if s.Name == full {
			return s, true
		}
	}
	return nil, false
}

// broken tells suites whose cipher is broken from those that merely lack forward
// secrecy or authenticated encryption.
func broken(s *tls.CipherSuite) bool {
	return strings.Contains(s.Name, "RC4") || strings.Contains(s.Name, "3DES")
}

// only13 tells suites of TLS 1.3, which cannot be chosen.
func only13(s *tls.CipherSuite) bool {
	return !slices.ContainsFunc(s.SupportedVersions, func(v uint16) bool { return v < tls.VersionTLS13 })
}
