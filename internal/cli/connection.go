package cli

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hekad/heka/internal/client"
	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/pipeline"
)

// connectionFlags add the flags of tools that send messages.
func connectionFlags(c *cobra.Command, o *client.Options) {
	f := c.Flags()
	f.StringVar(&o.Network, "sender", o.Network, "network to dial: tcp, udp, unix or unixgram")
	f.DurationVar(&o.Timeout, "timeout", o.Timeout, "longest wait for the receiver, at the beginning and at the end")
	f.BoolVar(&o.UseTLS, "tls", o.UseTLS, "speak TLS")
	f.StringVar(&o.TLS.RootCAFile, "tls-ca", "", "file of the certificates to trust instead of the system's")
	f.StringVar(&o.TLS.CertFile, "tls-cert", "", "file of the client certificate")
	f.StringVar(&o.TLS.KeyFile, "tls-key", "", "file of the client certificate's key")
	f.StringVar(&o.TLS.ServerName, "tls-server-name", "", "name in the receiver's certificate (default: the host)")
	f.BoolVar(&o.TLS.InsecureSkipVerify, "tls-insecure", false, "accept any certificate")
	f.StringVar(&o.Signer.Name, "signer", "", "name of the signer; empty signs nothing")
	f.Uint32Var(&o.Signer.Version, "signer-version", 0, "version of the signer's key")
	choiceFlag(c, "signer-hash", "hash function of the signature (default md5)", &o.Signer.Hash, "", signerHashes...)
	f.Var(&keyFile{&o.Signer.Key}, "signer-key-file", "file of the signer's key")
	completeWords(c, "sender", []string{"tcp", "udp", "unix", "unixgram"})
}

// signerHashes are the hash functions of signatures; md5 is that of a signer that
// names none.
var signerHashes = []string{"md5", "sha1", "sha256", "ed25519"}

// checkConnection finds flags of connectionFlags that would have no effect, and a
// signer without its key.
func checkConnection(c *cobra.Command, o *client.Options) error {
	if err := o.CheckNetwork(); err != nil {
		return misused("%w", err)
	}
	var idle string
	c.Flags().Visit(func(f *pflag.Flag) {
		switch {
		case strings.HasPrefix(f.Name, "tls-") && !o.UseTLS:
			idle = "--" + f.Name + " is for connections with TLS; add --tls"
		case strings.HasPrefix(f.Name, "signer-") && !o.Signer.Signed():
			idle = "--" + f.Name + " is for signed messages; name the signer by --signer"
		}
	})
	switch {
	case idle != "":
		return misused("%s", idle)
	case o.Signer.Signed() && o.Signer.Key == "":
		return misused("signer %s has no key; name its file by --signer-key-file, or write hmac_key in the configuration", o.Signer.Name)
	}
	return nil
}

// keyFile is the value of a flag that names a file with a key, which a command
// line would show to everybody. A line end behind the key is no part of it.
type keyFile struct{ key *string }

// Set implements pflag.Value.
func (k *keyFile) Set(path string) error {
	b, err := os.ReadFile(path)
	if err == nil {
		*k.key = string(bytes.TrimRight(b, "\r\n"))
	}
	return err
}

func (k *keyFile) String() string { return "" }

// Type implements pflag.Value; help shows it.
func (k *keyFile) Type() string { return "file" }

// givenFlags are the flags of a command line with their values, so that they can
// be set again over what a file says.
func givenFlags(f *pflag.FlagSet) func() error {
	type given struct{ flag, value string }
	var all []given
	f.Visit(func(x *pflag.Flag) {
		if _, secret := x.Value.(*keyFile); !secret {
			all = append(all, given{x.Name, x.Value.String()})
		}
	})
	return func() error {
		for _, g := range all {
			if err := f.Set(g.flag, g.value); err != nil {
				return err
			}
		}
		return nil
	}
}

// toolProblems prints what is wrong with a tool's configuration; errors end the
// tool.
func toolProblems(c *cobra.Command, problems config.Problems) error {
	problems.Sort()
	printProblems(c, problems)
	if problems.HasErrors() {
		return said(exitUsage)
	}
	return nil
}

// toolLog is the log of a client tool: lines with date and time, information on
// standard output.
func toolLog(c *cobra.Command) *slog.Logger {
	return pipeline.NewLogger(pipeline.LogOptions{Info: c.OutOrStdout(), Error: c.ErrOrStderr(), Flags: config.DefaultGlobal().LogFlags})
}

// untilSignal is a context that INT and TERM end; a second one ends the process.
func untilSignal(ctx context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// dialAsking connects, and asks for acknowledgement where it is wanted.
func dialAsking(ctx context.Context, c *cobra.Command, o *client.Options, ask bool, tool string) (*client.Conn, error) {
	conn, err := client.Dial(ctx, o, toolLog(c))
	if err != nil || !ask {
		return conn, err
	}
	if err := conn.AskAcknowledgement(fmt.Sprintf("%s-%d", tool, os.Getpid())); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// needAddress tells how to name a receiver where none is.
func needAddress(address, flag string) error {
	if address == "" {
		return misused("no receiver is named; write --%s host:port, or ip_address in the configuration", flag)
	}
	return nil
}

// wholeNumber writes a number with a blank between thousands.
func wholeNumber(n float64) string {
	s := fmt.Sprintf("%.0f", n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + " " + s[i:]
	}
	return s
}
