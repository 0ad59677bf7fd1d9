package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/client"
	"github.com/hekad/heka/message"
)

// injectOptions are the flags of heka inject.
type injectOptions struct {
	client.Options
	udp, ack, lines bool
	json            string
	flags           messageFlags
	uuids           *message.UUIDSource
}

// What a message has unless flags say otherwise.
const (
	injectType     = "inject.message"
	injectLogger   = "Inject Client"
	injectSeverity = 7
)

func newInject() *cobra.Command {
	o := &injectOptions{Options: client.Defaults()}
	c := &cobra.Command{
		Use:   "inject [flags]",
		Short: "Send a message to a heka",
		Long: `Send one message, described by flags, or many: those of a file with one JSON
object a line, as heka cat --format json prints them, or one for each line of
standard input. What flags describe is set in each of them; fields are added.

The receiver needs a TcpInput, or with --udp a UdpInput, with HekaFramingSplitter
and ProtobufDecoder. Nothing is printed on success. With --ack heka inject waits
until the receiver tells that everything is delivered; without, until it has read
everything.

The exit code is 0 when everything was sent, 1 when it was not, 2 for wrong
usage.`,
		Example: `  heka inject --payload "deployed 1.4.2" --type deploy --field user=joe
  heka inject --heka 127.0.0.1:5565 --field-int 'size|B=1024' --severity 4
  date | heka inject --payload=-
  tail -n 100 app.log | heka inject --lines --type app --ack
  heka cat --format json messages.hpb | heka inject --json - --hostname replayed`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c) },
	}
	f := c.Flags()
	f.StringVar(&o.Address, "heka", "127.0.0.1:5565", "receiver, as host:port or the path of a socket")
	f.BoolVar(&o.udp, "udp", false, "short for --sender udp")
	f.BoolVar(&o.ack, "ack", false, "wait until everything is delivered")
	f.StringVar(&o.json, "json", "", "send the messages of a file with one JSON object a line; - is standard input")
	f.BoolVar(&o.lines, "lines", false, "send a message with each line of standard input as its payload")
	o.flags.register(f)
	for flag, def := range map[string]string{"type": injectType, "logger": injectLogger, "severity": fmt.Sprint(injectSeverity)} {
		f.Lookup(flag).DefValue = def
	}
	f.Lookup("payload").Usage += "; - is standard input"
	connectionFlags(c, &o.Options)
	return c
}

func (o *injectOptions) run(c *cobra.Command) error {
	if o.udp {
		o.Network = "udp"
	}
	if err := checkConnection(c, &o.Options); err != nil {
		return err
	}
	if o.lines && o.json != "" {
		return misused("--lines and --json exclude each other")
	}
	if o.ack && o.Datagrams() {
		return misused("--ack needs a stream; %s has none", o.Network)
	}
	o.uuids = message.NewUUIDSource()
	template, err := o.template(c.InOrStdin())
	if err != nil {
		return err
	}
	framer, err := o.Signer.Framer(defaultCatMessage, toolLog(c))
	if err != nil {
		return misused("%w", err)
	}
	ctx, stop := untilSignal(c.Context())
	defer stop()
	conn, err := dialAsking(ctx, c, &o.Options, o.ack, "inject")
	if err != nil {
		return notInjected(err)
	}
	s := &injecting{conn: conn, framer: framer}
	if err := o.send(c, s, template); err != nil {
		conn.Close()
		return notInjected(err)
	}
	if err := conn.Finish(); err != nil {
		return notInjected(err)
	}
	return nil
}

func notInjected(err error) error {
	//lint:ignore ST1005 the wording is that of Heka 0.10
	return failed(fmt.Errorf("Inject: [error] %w", err))
}

// template is the message that the flags describe.
func (o *injectOptions) template(stdin io.Reader) (*message.Message, error) {
	m := message.New()
	m.SetType(injectType)
	m.SetLogger(injectLogger)
	m.SetSeverity(injectSeverity)
	m.SetPid(int32(os.Getpid()))
	host, err := os.Hostname()
	if err != nil {
		return nil, failed(err)
	}
	m.SetHostname(host)
	if err := o.flags.apply(m); err != nil {
		return nil, err
	}
	if m.Payload() == "-" && o.json == "" && !o.lines {
		text, err := io.ReadAll(stdin)
		if err != nil {
			return nil, failed(fmt.Errorf("read the payload from standard input: %w", err))
		}
		m.SetPayload(string(text))
	}
	return m, nil
}

// send sends all messages.
func (o *injectOptions) send(c *cobra.Command, s *injecting, template *message.Message) error {
	switch {
	case o.json != "":
		return o.sendJSON(c, s)
	case o.lines:
		return o.sendLines(c, s, template)
	}
	return s.send(o.stamped(template))
}

// stamped gives a message a Uuid and a Timestamp unless flags did.
func (o *injectOptions) stamped(m *message.Message) *message.Message {
	if !o.flags.set.Changed("uuid") {
		m.SetUUID(o.uuids.New())
	}
	if !o.flags.set.Changed("timestamp") {
		m.SetTimestamp(time.Now().UnixNano())
	}
	return m
}

// sendJSON sends the messages of a file. What they have stays: flags win, and
// what is missing is made.
func (o *injectOptions) sendJSON(c *cobra.Command, s *injecting) error {
	return eachMessage(c, o.json, jsonRecords, func(m *message.Message) error {
		if err := o.flags.apply(m); err != nil {
			return err
		}
		if !m.HasUUID() {
			m.SetUUID(o.uuids.New())
		}
		if !m.HasTimestamp() {
			m.SetTimestamp(time.Now().UnixNano())
		}
		return s.send(m)
	})
}

func (o *injectOptions) sendLines(c *cobra.Command, s *injecting, template *message.Message) error {
	return eachMessage(c, "-", textRecords, func(line *message.Message) error {
		template.SetPayload(strings.TrimRight(line.Payload(), "\r\n"))
		return s.send(o.stamped(template))
	})
}

// injecting sends messages over a connection.
type injecting struct {
	conn        *client.Conn
	framer      client.Framer
	body, frame []byte
}

func (s *injecting) send(m *message.Message) error {
	s.body = m.AppendWire(s.body[:0])
	var err error
	if s.frame, err = s.framer.Append(s.frame[:0], s.body); err != nil {
		return fmt.Errorf("encode message: %w", err)
	}
	if _, err := s.conn.Write(s.frame); err != nil {
		return fmt.Errorf("send message: %w", err)
	}
	return nil
}
