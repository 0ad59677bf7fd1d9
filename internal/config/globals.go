package config

import (
	_ "embed" // for GlobalSource
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"time"

	"github.com/hekad/heka/plugin"
	"github.com/spf13/pflag"
	"github.com/spf13/viper"
)

// GlobalSource is the Go source that declares Global, from whose doc comments the
// reference is made.
//
//go:embed globals.go
var GlobalSource string

// Global holds the options of [hekad].
type Global struct {
	// Number of CPU threads that run heka at the same time. 0 means as many
	// as there are CPUs that the process may use.
	MaxProcs int `toml:"maxprocs" min:"0"`
	// Kept for old configurations, without effect: what bounds the messages under
	// way are the queues in front of filters and outputs, see plugin_chansize.
	PoolSize int `toml:"poolsize" min:"1"`
	// The queue in memory in front of each filter and output holds 64 times as
	// many messages.
	PluginChanSize int `toml:"plugin_chansize" min:"0"`
	// File to write a CPU profile of the whole run to, for go tool pprof.
	CPUProf string `toml:"cpuprof"`
	// File to write a heap profile to at exit, for go tool pprof.
	MemProf string `toml:"memprof"`
	// How often a message and what filters make of it may be injected again,
	// so that no loop runs for ever. 0 means 1.
	MaxMessageLoops uint `toml:"max_message_loops"`
	// Number of messages that a sandbox filter may inject in one call of
	// process_message.
	MaxProcessInject uint `toml:"max_process_inject"`
	// Time that one call of process_message may take on average before a
	// filter loaded at run time is ended as too slow, when it holds others up.
	MaxProcessDuration uint64 `toml:"max_process_duration" unit:"ns"`
	// Number of messages that a sandbox filter may inject in one call of
	// timer_event.
	MaxTimerInject uint `toml:"max_timer_inject"`
	// Time after which a message that a plugin still holds is reported as
	// idle.
	MaxPackIdle time.Duration `toml:"max_pack_idle" min:"1ms"`
	// Directory that heka keeps its state in. It is created at start.
	BaseDir string `toml:"base_dir"`
	// Directory of Lua code and other resources that heka reads. Files there
	// win over those built into the program.
	ShareDir string `toml:"share_dir"`
	// Durations are measured for one message in so many.
	SampleDenominator int `toml:"sample_denominator" min:"1"`
	// File to write the process id to. Heka does not start when the process
	// that it already names is running.
	PIDFile string `toml:"pid_file"`
	// Host name in messages that heka makes. Empty means the name that the
	// operating system gives.
	Hostname string `toml:"hostname"`
	// Largest message that is accepted, more than 1024. 0 means 65536.
	MaxMessageSize uint32 `toml:"max_message_size" unit:"bytes"`
	// What stands before each log line, as the sum of 1 for the date, 2 the
	// time, 4 microseconds, 8 the file and line with path, 16 without path,
	// 32 for UTC.
	LogFlags int `toml:"log_flags" min:"0" max:"63"`
	// Number of checks, some seconds in all, for an almost full disk queue to
	// become shorter at start.
	FullBufferMaxRetries uint32 `toml:"full_buffer_max_retries"`
	// Time between reports about heka itself, such as "5s"; "0s" turns them
	// off. Empty means that they are made while something consumes them, as
	// often as the shortest ticker_interval of these says, or every 5 seconds.
	ReportInterval ReportInterval `toml:"report_interval"`
	// Time that outputs have to deliver what is under way when heka stops.
	ShutdownTimeout time.Duration `toml:"shutdown_timeout" min:"0s"`
	// Form of the log: lines of text, or one JSON object a line.
	LogFormat string `toml:"log_format" oneof:"text,json"`
	// Least important log lines to write.
	LogLevel string `toml:"log_level" oneof:"debug,info,warn,error"`
	// Where the admin API is served, which heka top, tap, graph and the like talk
	// to: unix:PATH for a socket file, relative to base_dir, that only this user
	// may open; HOST:PORT; or off.
	Admin string `toml:"admin"`
	// What callers of the admin API on HOST:PORT must know: they send it as a
	// bearer token, or as the password of Basic authentication. Needed unless
	// HOST is a loopback address.
	AdminToken string `toml:"admin_token" secret:"true"`
	// Certificate and key in PEM, which make the admin API on HOST:PORT speak
	// TLS. Needed unless HOST is a loopback address.
	AdminCertFile string `toml:"admin_cert_file"`
	// The certificate's private key.
	AdminKeyFile string `toml:"admin_key_file"`
	// Serve the profiles of Go programs below /debug/pprof/ of the admin API.
	AdminProfile bool `toml:"admin_profile"`
}

// DefaultGlobal returns the options of a configuration without [hekad].
func DefaultGlobal() Global {
	return Global{
		PoolSize: 100, PluginChanSize: 30,
		MaxMessageLoops: 4, MaxProcessInject: 1, MaxProcessDuration: 100_000, MaxTimerInject: 10,
		MaxPackIdle: 2 * time.Minute,
		BaseDir:     filepath.FromSlash("/var/cache/hekad"), ShareDir: filepath.FromSlash("/usr/share/heka"),
		SampleDenominator: 1000,
		MaxMessageSize:    defaultMessageSize,
		LogFlags:          3, FullBufferMaxRetries: 10,
		ShutdownTimeout: 10 * time.Second, LogFormat: "text", LogLevel: "info",
		Admin: "unix:admin.sock",
	}
}

// Bounds of max_message_size, bytes.
const (
	defaultMessageSize = 64 << 10
	leastMessageSize   = 1025
)

// Check implements the rules that tags cannot say.
func (g *Global) Check() error {
	if g.MaxMessageSize > 0 && g.MaxMessageSize < leastMessageSize {
		return plugin.BadOption("max_message_size", "max_message_size is %d; it must be greater than %d, or 0 for %d",
			g.MaxMessageSize, leastMessageSize-1, defaultMessageSize)
	}
	return nil
}

// Host returns the host name for messages: the option, else the system's.
func (g *Global) Host() (string, error) {
	if g.Hostname != "" {
		return g.Hostname, nil
	}
	return os.Hostname()
}

// ReportInterval is the time between reports. The zero value leaves it to heka.
type ReportInterval struct {
	// Set says that Every was chosen by the user.
	Set bool
	// Every is the interval; 0 means never.
	Every time.Duration
}

// UnmarshalText reads a duration; empty text means that heka chooses.
func (r *ReportInterval) UnmarshalText(text []byte) error {
	*r = ReportInterval{}
	if len(text) == 0 {
		return nil
	}
	every, err := time.ParseDuration(string(text))
	if err != nil || every < 0 {
		return fmt.Errorf("it must be %s, or empty", wanted(durationType))
	}
	*r = ReportInterval{Set: true, Every: every}
	return nil
}

// MarshalText is the inverse of UnmarshalText.
func (r ReportInterval) MarshalText() ([]byte, error) {
	if !r.Set {
		return nil, nil
	}
	return []byte(durationText(r.Every)), nil
}

// envPrefix begins the names of the environment variables that set [hekad]
// options: HEKA_BASE_DIR sets base_dir.
const envPrefix = "HEKA"

// Global resolves the options of [hekad]: defaults, then the section, then
// HEKA_* environment variables, as Options.LookupEnv finds them (none with
// LiteralEnv), then the flags that were given. Flags are
// found by the option's name, with - for _; flags may be nil. The section
// returned says where each value came from, for Effective.
func (c *Config) Global(flags *pflag.FlagSet) (Global, *Section, Problems) {
	file := c.Hekad
	if file == nil {
		file = NewSection("hekad")
	}
	g := DefaultGlobal()
	v := viper.New()
	sec := &Section{Name: file.Name, Pos: file.Pos, Table: newTable(file.Name, file.Table.KeyPos, file.Table.Pos)}
	outside := map[string]bool{}
	options := []target{newTarget(reflect.ValueOf(&g).Elem())}
	for _, o := range options[0].options {
		at, err := c.bind(v, o.name, flags)
		if err != nil {
			panic("config: binding " + o.name + ": " + err.Error())
		}
		if at.IsDefault() {
			continue
		}
		outside[o.name] = true
		n := outsideNode(fmt.Sprint(v.Get(o.name)), o.typ)
		n.Key, n.KeyPos, n.Pos = o.name, at, at
		sec.Table.add(n)
	}
	for _, n := range file.Table.Nodes {
		if name, _, _ := find(options, n.Key); !outside[name] {
			sec.Table.add(n)
		}
	}
	problems := Decode(sec, &g)
	if g.MaxMessageSize == 0 {
		g.MaxMessageSize = defaultMessageSize
	}
	g.MaxMessageLoops = max(g.MaxMessageLoops, 1)
	return g, sec, problems
}

// bind tells viper what an option is in the environment and among the flags. It
// returns the variable or flag that sets it, or the zero Pos.
func (c *Config) bind(v *viper.Viper, name string, flags *pflag.FlagSet) (Pos, error) {
	var at Pos
	if c.lookup != nil {
		variable := envPrefix + "_" + strings.ToUpper(name)
		if value, ok := c.lookup(variable); ok {
			v.SetDefault(name, value) // flags come before it
			at.File = variable
		}
	}
	if flags != nil {
		for _, spelled := range []string{name, strings.ReplaceAll(name, "_", "-")} {
			if f := flags.Lookup(spelled); f != nil && f.Changed {
				return Pos{File: "--" + f.Name}, v.BindPFlag(name, f)
			}
		}
	}
	return at, nil
}

// outsideNode makes a node of text from outside a file: of a string where the
// option is one, else of what the text is.
func outsideNode(text string, t reflect.Type) *Node {
	if t.Kind() != reflect.String && t != durationType && !isText(t) {
		if n, err := bareNode(text); err == nil {
			return n
		}
	}
	return scalar(text, "")
}
