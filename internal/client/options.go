package client

import (
	"encoding/base64"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

// Options say where to send to and how.
type Options struct {
	// Address of the receiver, as host:port, or the path of a unix socket.
	Address string `toml:"ip_address"`
	// Network to dial: tcp, udp, unix, unixgram or one of their variants.
	Network string `toml:"sender"`
	// Speak TLS over the connection.
	UseTLS bool               `toml:"use_tls"`
	TLS    netconf.TLSOptions `toml:"tls"`
	// How messages are signed.
	Signer SignerOptions `toml:"signer"`
	// Timeout bounds connecting, and waiting for the receiver at the end.
	Timeout time.Duration `toml:"-"`
}

// SignerOptions are the key by which messages are signed.
type SignerOptions struct {
	// Name of the signer; empty signs nothing.
	Name string `toml:"name"`
	// Hash function: md5, sha1, sha256 or ed25519.
	Hash string `toml:"hmac_hash"`
	// Key, byte for byte; for ed25519 the private key in base64.
	Key string `toml:"hmac_key" secret:"true"`
	// Version of the key.
	Version uint32 `toml:"version"`
}

// Defaults are the options of a connection that nothing was said about.
func Defaults() Options { return Options{Network: "tcp", Timeout: 10 * time.Second} }

// networks are those that can be dialled.
var networks = []string{"tcp", "tcp4", "tcp6", "udp", "udp4", "udp6", "unix", "unixgram", "unixpacket"}

// CheckNetwork finds a network that cannot be dialled, or has no TLS.
func (o *Options) CheckNetwork() error {
	if !slices.Contains(networks, o.Network) {
		return plugin.BadOption("sender", "sender is %q; it must be tcp, udp, unix or unixgram", o.Network)
	}
	if o.UseTLS && o.Datagrams() {
		return plugin.BadOption("use_tls", "TLS needs a stream; there is none over %s", o.Network)
	}
	if !o.UseTLS {
		return nil
	}
	return o.TLS.CheckClient(plugin.BadOption)
}

// Datagrams reports whether every write is a packet of its own.
func (o *Options) Datagrams() bool {
	return !slices.Contains([]string{"tcp", "tcp4", "tcp6", "unix"}, o.Network)
}

// Signed reports whether a signer is named.
func (o *SignerOptions) Signed() bool { return o.Name != "" }

// String is the name by which a receiver looks up the key.
func (o *SignerOptions) String() string { return fmt.Sprintf("%s_%d", o.Name, o.Version) }

// Framer makes what puts messages into frames, signed where a signer is named.
// maxMessage is the largest message in bytes.
func (o *SignerOptions) Framer(maxMessage int, log *slog.Logger) (Framer, error) {
	f := Framer{max: maxMessage}
	if !o.Signed() {
		return f, nil
	}
	hash, key := framing.MD5, []byte(o.Key)
	if o.Hash != "" {
		var known bool
		if hash, known = framing.HashByName(o.Hash); !known {
			log.Warn("hmac_hash is not known, using md5", "hmac_hash", o.Hash)
		}
	}
	var err error
	if hash == framing.Ed25519 {
		if key, err = base64.StdEncoding.DecodeString(o.Key); err != nil {
			return f, fmt.Errorf("signer %q: private key: %w", o.Name, err)
		}
	}
	f.signer, err = framing.NewSigner(o.Name, o.Version, hash, key)
	return f, err
}

// Framer puts encoded messages into frames.
type Framer struct {
	signer *framing.Signer // nil signs nothing
	max    int
}

// Append appends a message in its wire form as a frame. On error, which is a
// *framing.BodyError or *framing.HeaderSizeError, dst comes back as it was.
func (f Framer) Append(dst, body []byte) ([]byte, error) {
	if f.signer == nil {
		return framing.Append(dst, body, f.max)
	}
	return f.signer.Append(dst, body, f.max)
}
