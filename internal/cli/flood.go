package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"runtime/pprof"
	"slices"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/flood"
)

// floodOptions are the flags of heka flood.
type floodOptions struct {
	test         flood.Test // flags write into it
	config, name string
	format       string
}

func newFlood() *cobra.Command {
	o := &floodOptions{test: flood.Defaults()}
	c := &cobra.Command{
		Use:   "flood [flags]",
		Short: "Send many messages to a heka, to see what it bears",
		Long: `Send messages as fast as can be, or at a given rate, and tell how many a second
went out. Every option can be a flag, or stand in a file with one section for
each test; flags win over the file. Without --address the file is read.

Each message has its own Uuid and Timestamp unless --fixed-copy is given. With
--ack the receiver, a TcpInput of heka, tells what is delivered, and the result
says how long that took: the percentiles count from the moment at which a message
was due, so that a receiver that stalls shows.

Every second a line tells how far the test is. INT and TERM end it cleanly. The
exit code is 0 when everything was sent, 1 when it was not, 2 for wrong usage or
configuration.

A file of tests:

  [local]
  ip_address = "127.0.0.1:5565"
  sender = "tcp"
  num_messages = 100000

  [bad]
  ip_address = "127.0.0.1:5565"
  variable_size_messages = true
  corrupt_percentage = 0.01
  signed_percentage = 0.5
    [bad.signer]
    name = "test"
    hmac_hash = "sha1"
    hmac_key = "secret"`,
		Example: `  heka flood --address 127.0.0.1:5565 --num 1000000
  heka flood --address 127.0.0.1:5565 --rate 5000 --duration 30s --ack
  heka flood --config flood.toml --test bad
  heka flood --address 127.0.0.1:5565 --num 100000 --format json`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return o.run(c) },
	}
	o.register(c)
	return c
}

func (o *floodOptions) register(c *cobra.Command) {
	f, t := c.Flags(), &o.test
	f.StringVarP(&o.config, "config", "c", "flood.toml", "file with tests")
	f.StringVar(&o.name, "test", "default", "section of the file to run")
	completeFlag(c, "config", files("toml"))
	completeNames(c, "test", func(*cobra.Command) []string {
		return sections(o.config, func(*config.Section) bool { return true })
	})
	f.StringVar(&t.Address, "address", "", "receiver, as host:port or the path of a socket")
	f.Uint64VarP(&t.NumMessages, "num", "n", 0, "messages to send; 0 is until interrupted")
	f.DurationVar(&t.Duration, "duration", 0, "longest time to send; 0 is no limit")
	f.Float64Var(&t.Rate, "rate", 0, "messages a second over all connections; 0 is as fast as can be")
	f.DurationVar(&t.MessageInterval, "message-interval", 0, "pause after each message")
	f.IntVar(&t.Connections, "connections", t.Connections, "connections that send at the same time")
	f.Uint64Var(&t.StaticMessageSize, "size", 0, "random bytes in the payload; 0 is 1000")
	f.BoolVar(&t.VariableSizeMessages, "variable", false, "send a random choice of 64 messages of different size")
	f.BoolVar(&t.ASCIIOnly, "ascii", false, "payloads of printable characters alone")
	f.Float64Var(&t.CorruptPercentage, "corrupt", 0, "percent of the messages with a damaged byte")
	f.Float64Var(&t.SignedPercentage, "signed", 0, "percent of the messages that are signed")
	f.Float64Var(&t.OversizedPercentage, "oversized", 0, "percent of the messages that are too long, with --variable")
	f.Uint32Var(&t.MaxMessageSize, "max-message-size", 0, "largest message in bytes; 0 is 65536")
	f.BoolVar(&t.ReconnectOnError, "reconnect", false, "connect again when a connection breaks")
	f.Int32Var(&t.ReconnectInterval, "reconnect-interval", 0, "seconds between attempts to connect again; 0 is 5")
	f.BoolVar(&t.FixedCopy, "fixed-copy", false, "send the same bytes again and again")
	f.BoolVar(&t.Acknowledge, "ack", false, "have the receiver tell what is delivered, and measure how long that takes")
	f.StringVar(&t.PprofFile, "pprof-file", "", "write a CPU profile of the sender to this file")
	formatFlag(c, &o.format, "text", "text", "json")
	connectionFlags(c, &t.Options)
}

func (o *floodOptions) run(c *cobra.Command) (err error) {
	if err := o.load(c); err != nil {
		return err
	}
	if err := needAddress(o.test.Address, "address"); err != nil {
		return err
	}
	stop, err := o.profile()
	if err != nil {
		return failed(err)
	}
	ctx, cancel := untilSignal(c.Context())
	defer cancel()
	v := newFloodView(c, o.format)
	r, err := flood.Run(ctx, &o.test, v.log, v.show)
	err = errors.Join(err, stop())
	v.end(r)
	if o.format == "json" {
		e := json.NewEncoder(c.OutOrStdout())
		e.SetIndent("", "  ")
		err = errors.Join(err, e.Encode(r))
	}
	if err != nil {
		return failed(err)
	}
	return nil
}

// load reads the test from its file, if there is one, and sets the flags over it.
func (o *floodOptions) load(c *cobra.Command) error {
	if o.test.Address != "" && !c.Flags().Changed("config") && !c.Flags().Changed("test") {
		return o.check(c)
	}
	if _, err := os.Stat(o.config); errors.Is(err, fs.ErrNotExist) && !c.Flags().Changed("config") {
		return misused("there is no %s; name the receiver by --address host:port, or a file by --config", o.config)
	}
	cfg, problems := config.Load(o.config, config.Options{})
	var found *config.Section
	var names []string
	for _, sec := range cfg.Sections {
		names = append(names, sec.Name)
		if sec.Name == o.name {
			found = sec
			continue
		}
		other := flood.Defaults()
		problems = append(problems, config.DecodeTool(sec, &other)...)
	}
	again := givenFlags(c.Flags())
	if found != nil {
		problems = append(problems, config.DecodeTool(found, &o.test)...)
	}
	if err := toolProblems(c, problems); err != nil {
		return err
	}
	if found == nil {
		slices.Sort(names)
		return misused("Configuration test: '%s' was not found in %s%s", o.name, o.config, notFoundHint(o.name, names))
	}
	if err := again(); err != nil {
		return misused("%w", err)
	}
	return o.check(c)
}

// check finds options that contradict each other, or lack something.
func (o *floodOptions) check(c *cobra.Command) error {
	if err := o.test.Check(); err != nil {
		return misused("%w", err)
	}
	return checkConnection(c, &o.test.Options)
}

// notFoundHint names what there is instead of a word that was not found.
func notFoundHint(word string, names []string) string {
	if s := suggestion(word, names); s != "" || len(names) == 0 {
		return s
	}
	return "; it has " + listed(names)
}

// listed lists words: "a, b and c".
func listed(words []string) string {
	if len(words) < 2 {
		return oneOf(words)
	}
	return oneOf(words[:len(words)-1]) + " and " + words[len(words)-1]
}

// profile starts the profile that the test asks for and returns how to end it.
func (o *floodOptions) profile() (stop func() error, err error) {
	if o.test.PprofFile == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(o.test.PprofFile)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, fmt.Errorf("CPU profile: %w", err)
	}
	return func() error {
		pprof.StopCPUProfile()
		return f.Close()
	}, nil
}
