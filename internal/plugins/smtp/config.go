package smtp

import (
	"errors"
	"net"
	"net/mail"
	"strings"
	"time"

	_ "embed" // for configSource

	"github.com/hekad/heka/internal/interpolate"
	"github.com/hekad/heka/internal/netconf"
	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// config is the configuration of SmtpOutput, which sends messages by mail: each in
// a mail of its own, or, with send_interval, all of a time together.
//
//	[alerts]
//	type = "SmtpOutput"
//	message_matcher = "Type == 'heka.sandbox-output' && Fields[payload_type] == 'alert'"
//	send_from = "heka@example.com"
//	send_to = ["ops@example.com"]
//	host = "mail.example.com:587"
//	auth = "Plain"
//	user = "heka"
//	password = "%ENV[SMTP_PASSWORD]"
//	encoder = "AlertEncoder"
//	send_interval = 60
type config struct {
	// Address of the sender.
	SendFrom string `toml:"send_from"`
	// Addresses of the recipients.
	SendTo []string `toml:"send_to" single:"true"`
	// Subject of the mails, in which %{Type}, %{Hostname} or another name stands
	// for that header or field of the mail's first message. Empty is the name of
	// this section, as in "Heka [alerts]".
	Subject string `toml:"subject"`
	// Mail server, as host:port.
	Host string `toml:"host"`
	// How to authenticate: none, Plain or CRAMMD5. Plain is refused without
	// encryption, unless the server is on this machine.
	Auth string `toml:"auth"`
	// Name for auth.
	User string `toml:"user"`
	// Password for auth.
	Password string `toml:"password" secret:"true"`
	// Least time between two mails. What comes sooner waits and goes out in one
	// mail, the texts apart by an empty line. 0 makes a mail of each message.
	SendInterval uint `toml:"send_interval" unit:"s" max:"31536000"`
	// Most text in one mail. When more waits than goes into two mails, further
	// messages wait in front of the output, where full_action says what happens.
	MaxMailSize int `toml:"max_mail_size" unit:"bytes" min:"1024"`
	// Longest time for a mail, from connecting until the server has accepted it.
	Timeout time.Duration `toml:"timeout" min:"1ms"`
	// Talk TLS from the beginning (smtps, usually port 465). Otherwise encryption
	// begins (STARTTLS) when the server offers it.
	UseTLS bool `toml:"use_tls"`
	// Send nothing when the server does not offer encryption.
	RequireTLS bool `toml:"require_tls"`
	// How to talk TLS.
	TLS netconf.TLSOptions `toml:"tls"`
}

// Check finds mistakes that the options' types let through.
func (c *config) Check() error {
	var errs []error
	if len(c.SendTo) == 0 {
		errs = append(errs, plugin.BadOption("send_to", "send_to must contain at least one recipient"))
	}
	for _, a := range c.SendTo {
		errs = append(errs, checkAddress("send_to", a))
	}
	errs = append(errs, checkAddress("send_from", c.SendFrom))
	if _, port, err := net.SplitHostPort(c.Host); err != nil || port == "" {
		errs = append(errs, plugin.BadOption("host", "Host must contain a port specifier"))
	}
	if _, known := auths[c.Auth]; !known {
		errs = append(errs, plugin.BadOption("auth", "Invalid auth type: %s", c.Auth))
	}
	if _, err := interpolate.New(c.Subject); err != nil {
		errs = append(errs, plugin.BadOption("subject", "%w", err))
	}
	return errors.Join(append(errs, c.TLS.CheckClient(plugin.BadOption))...)
}

func checkAddress(option, a string) error {
	if bare := bareAddress(a); bare == "" || strings.ContainsAny(bare, "\r\n<> \t\x00") || strings.ContainsAny(a, "\r\n\x00") {
		return plugin.BadOption(option, "%q is not a mail address", a)
	}
	return nil
}

// bareAddress is the part of a mail address that the server wants to know, without
// a name.
func bareAddress(a string) string {
	if parsed, err := mail.ParseAddress(a); err == nil {
		return parsed.Address
	}
	return a // such as a name on the server alone
}

// Plugins declares SmtpOutput.
func Plugins() []plugin.Plugin {
	defaults := config{
		SendFrom: "heka@localhost.localdomain", Host: "127.0.0.1:25", Auth: "none",
		MaxMailSize: 1 << 20, Timeout: time.Minute,
	}
	return []plugin.Plugin{
		plugin.NewOutput("SmtpOutput", defaults, newOutput, plugin.Docs(configSource), plugin.NeedsEncoder),
	}
}
