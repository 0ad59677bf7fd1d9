package cli

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/hekad/heka/internal/client"
	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/sandbox"
	"github.com/hekad/heka/message"
)

// controlMaxMessage is the largest control message, in bytes.
const controlMaxMessage = 64 << 10

func newSbmgr() *cobra.Command {
	return group(&cobra.Command{
		Use:   "sbmgr",
		Short: "Load and unload sandbox filters of a running heka",
		Long: `Send control messages to a heka with a SandboxManagerFilter, which loads and
unloads filters by them.

The tool's configuration names the receiver and the key by which messages are
signed:

  ip_address = "127.0.0.1:5565"
  use_tls = false
  [signer]
  name = "PlatformDevs"
  hmac_hash = "sha256"
  hmac_key = "current key"
  version = 1

The receiver takes control messages whose timestamp differs from its clock by
less than five seconds.

With --admin the order goes to the admin API of heka instead, which answers what
came of it. Who may open its socket file, or knows admin_token, may do so; no
signer is needed, but a SandboxManagerFilter is. --config then names the
configuration of heka.`,
		Example: `  heka sbmgr load --script counter.lua --scriptconfig counter.toml
  heka sbmgr load --admin unix:/var/cache/hekad/admin.sock --script counter.lua \
      --scriptconfig counter.toml --replace
  heka sbmgr unload --config sbmgr.toml --filtername counter
  heka sbmgr list`,
	}, newSbmgrLoad(), newSbmgrUnload(), newSbmgrList())
}

// control is what both commands of heka sbmgr have in common.
type control struct {
	client.Options
	config               string
	ack                  bool
	script, scriptConfig string
	filter               string
	count                int
	replace, purge       bool
	admin, manager       string
}

func (o *control) register(c *cobra.Command) {
	f := c.Flags()
	f.StringVarP(&o.config, "config", "c", "sbmgr.toml", "configuration of this tool")
	completeFlag(c, "config", files("toml"))
	f.StringVar(&o.Address, "address", "", "receiver, as host:port; the configuration is then not needed")
	f.BoolVar(&o.ack, "ack", false, "wait until the receiver tells that the message is delivered")
	f.StringVar(&o.admin, "admin", "", "the admin API to order by: unix:PATH, HOST:PORT or a URL")
	f.StringVar(&o.manager, "manager", "", "with --admin, who shall obey, if there are several SandboxManagerFilters")
	f.IntVar(&o.count, "count", 0, "for measurements: that many built-in filters, CounterSandbox0 and so on")
	connectionFlags(c, &o.Options)
}

// hide makes a flag of the old program's other action known and without effect.
func hide(c *cobra.Command, target *string, names ...string) {
	for _, name := range names {
		c.Flags().StringVar(target, name, "", "without effect")
		if err := c.Flags().MarkHidden(name); err != nil {
			panic("cli: " + err.Error())
		}
	}
}

func newSbmgrLoad() *cobra.Command {
	o := &control{Options: client.Defaults()}
	c := &cobra.Command{
		Use:   "load [flags]",
		Short: "Load a sandbox filter",
		Long: `Send a script and the configuration of its filter. The configuration is one
section of type SandboxFilter; the filter will be called by the manager's name, a
dash, and the section's name. Both files are looked at first, so that mistakes
show here: the receiver answers nothing. What came of it is in its log, and what
keeps the filter from running also in a message of type heka.sandbox-terminated.`,
		Example: `  heka sbmgr load --script counter.lua --scriptconfig counter.toml
  heka sbmgr load --config sbmgr.toml --count 10`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return o.load(c) },
	}
	o.register(c)
	c.Flags().StringVar(&o.script, "script", "xyz.lua", "script of the filter")
	c.Flags().StringVar(&o.scriptConfig, "scriptconfig", "xyz.toml", "configuration of the filter")
	completeFlag(c, "script", files("lua"))
	completeFlag(c, "scriptconfig", files("toml"))
	c.Flags().BoolVar(&o.replace, "replace", false, "take the place of a filter of that name")
	hide(c, &o.filter, "filtername")
	return c
}

func newSbmgrUnload() *cobra.Command {
	o := &control{Options: client.Defaults()}
	c := &cobra.Command{
		Use:   "unload [flags]",
		Short: "Unload a sandbox filter",
		Long: `Tell the manager to stop a filter that was loaded. Its name is that of the
section it was loaded with, without the manager's.`,
		Example: `  heka sbmgr unload --filtername counter
  heka sbmgr unload --config sbmgr.toml --count 10`,
		Args: noArguments,
		RunE: func(c *cobra.Command, _ []string) error { return o.unload(c) },
	}
	o.register(c)
	c.Flags().StringVar(&o.filter, "filtername", "filter", "section name of the filter")
	c.Flags().BoolVar(&o.purge, "purge", false, "remove what the filter preserved, too")
	completeNames(c, "filtername", loadedFilters)
	hide(c, &o.script, "script", "scriptconfig")
	return c
}

func (o *control) load(c *cobra.Command) error {
	if err := o.read(c); err != nil {
		return err
	}
	if o.count > 0 {
		return o.send(c, "load", benchFilters(o.count))
	}
	script, err := os.ReadFile(o.script)
	if err != nil {
		//lint:ignore ST1005 the wording is that of Heka 0.10
		return failed(fmt.Errorf("Error reading scriptFile: %w", err))
	}
	text, err := os.ReadFile(o.scriptConfig)
	if err != nil {
		//lint:ignore ST1005 the wording is that of Heka 0.10
		return failed(fmt.Errorf("Error reading scriptConfig: %w", err))
	}
	name, err := filterName(o.scriptConfig, text)
	if err != nil {
		return misused("%w", err)
	}
	if _, err := sandbox.Compile(script, o.script); err != nil {
		return misused("the script does not compile: %w", err)
	}
	return o.send(c, "load", []controlled{{name, string(script), string(text)}})
}

func (o *control) unload(c *cobra.Command) error {
	if err := o.read(c); err != nil {
		return err
	}
	if o.count > 0 {
		return o.send(c, "unload", benchFilters(o.count))
	}
	return o.send(c, "unload", []controlled{{name: o.filter}})
}

// filterName is the name of the filter that a configuration describes.
func filterName(path string, text []byte) (string, error) {
	cfg, problems := config.LoadBytes(path, text, config.Options{LiteralEnv: true})
	if err := problems.Err(); err != nil {
		return "", err
	}
	if n := len(cfg.Sections); n != 1 {
		return "", fmt.Errorf("%s has %s; it must have one, of type SandboxFilter", path, counted(n, "section"))
	}
	sec := cfg.Sections[0]
	if sec.Type() != "SandboxFilter" {
		return "", fmt.Errorf("%s: [%s] is of type %s; it must be a SandboxFilter", sec.Pos, sec.Name, sec.Type())
	}
	return sec.Name, nil
}

// read reads the tool's configuration and sets the flags over it.
func (o *control) read(c *cobra.Command) error {
	if o.count < 0 {
		return misused("--count is %d; it must not be negative", o.count)
	}
	if o.admin != "" {
		return withAdmin(c)
	}
	if o.manager != "" {
		return misused("--manager is for --admin; a signed message goes to all managers that its signer may order")
	}
	if o.Address == "" || c.Flags().Changed("config") {
		again := givenFlags(c.Flags())
		sec, problems := config.LoadSection(o.config, config.Options{})
		problems = append(problems, config.DecodeTool(sec, &o.Options)...)
		if err := toolProblems(c, problems); err != nil {
			return err
		}
		if err := again(); err != nil {
			return misused("%w", err)
		}
	}
	if err := checkConnection(c, &o.Options); err != nil {
		return err
	}
	return needAddress(o.Address, "address")
}

// withAdmin refuses flags of signed messages beside --admin. The authority of the
// admin API's certificate is that of --tls-ca.
func withAdmin(c *cobra.Command) error {
	idle := ""
	c.Flags().Visit(func(f *pflag.Flag) {
		connects := strings.HasPrefix(f.Name, "signer") || strings.HasPrefix(f.Name, "tls") && f.Name != "tls-ca"
		if connects || slices.Contains([]string{"address", "ack", "sender", "timeout"}, f.Name) {
			idle = f.Name
		}
	})
	if idle != "" {
		return misused("--%s is for control messages; with --admin there are none", idle)
	}
	return nil
}

// controlled is a filter to load, or the name of one to unload.
type controlled struct{ name, script, config string }

// send sends a control message for each filter.
func (o *control) send(c *cobra.Command, action string, filters []controlled) error {
	if o.admin != "" {
		return o.order(c, action, filters)
	}
	framer, err := o.Signer.Framer(controlMaxMessage, toolLog(c))
	if err != nil {
		return misused("%w", err)
	}
	host, err := os.Hostname()
	if err != nil {
		return failed(err)
	}
	ctx, stop := untilSignal(c.Context())
	defer stop()
	conn, err := dialAsking(ctx, c, &o.Options, o.ack, "sbmgr")
	if err != nil {
		//lint:ignore ST1005 the wording is that of Heka 0.10
		return failed(fmt.Errorf("Error creating sender: %w", err))
	}
	s := &injecting{conn: conn, framer: framer}
	uuids := message.NewUUIDSource()
	for _, f := range filters {
		m := f.message(action, o)
		m.SetHostname(host)
		m.SetUUID(uuids.New())
		m.SetTimestamp(time.Now().UnixNano())
		if err = s.send(m); err != nil {
			break
		}
	}
	if err = errors.Join(err, conn.Finish()); err != nil {
		//lint:ignore ST1005 the wording is that of Heka 0.10
		return failed(fmt.Errorf("Error sending message: %w", err))
	}
	fmt.Fprintln(c.OutOrStdout(), o.result(action, filters))
	return nil
}

// result says what was sent, where to, and by whom.
func (o *control) result(action string, filters []controlled) string {
	what := "filter " + strconv.Quote(filters[0].name)
	if n := len(filters); n > 1 {
		what = fmt.Sprintf("%d filters, %q to %q", n, filters[0].name, filters[n-1].name)
	}
	done := "sent"
	if o.ack {
		done = "delivered"
	}
	by := "unsigned; the manager must have no message_signer"
	if o.Signer.Signed() {
		by = "signed as " + o.Signer.String()
	}
	return fmt.Sprintf("%s of %s %s to %s, %s", action, what, done, o.Address, by)
}

// message is the control message for a filter.
func (f *controlled) message(action string, o *control) *message.Message {
	m := message.New()
	m.SetType("heka.control.sandbox")
	m.SetLogger("hekad")
	if action == "load" {
		m.SetPayload(f.script)
		m.AddField("config", "toml", message.String).AddString(f.config)
	} else {
		m.AddString("name", f.name)
	}
	if o.purge {
		m.AddBool("purge", true)
	}
	if o.replace {
		action = "reload"
	}
	m.AddString("action", action)
	return m
}

// benchFilters are the built-in filters of measurements.
func benchFilters(n int) []controlled {
	all := make([]controlled, n)
	for i := range all {
		name := fmt.Sprintf("CounterSandbox%d", i)
		all[i] = controlled{name, benchScript, strings.ReplaceAll(benchConfig, "NAME", name)}
	}
	return all
}
