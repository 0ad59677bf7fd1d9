package graphite

import (
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"strconv"
	"time"

	_ "embed" // for configSource

	"github.com/hekad/heka/internal/whisper"
	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// CarbonConfig is the configuration of CarbonOutput, which sends the lines of
// payloads such as those of StatAccumInput to Graphite's carbon server or another
// one that takes its plain text lines.
//
//	[carbon]
//	type = "CarbonOutput"
//	message_matcher = "Type == 'heka.statmetric'"
//	address = "graphite.example.com:2003"
//	tcp_keep_alive = true
type CarbonConfig struct {
	// Server to send to, as host:port. The name is looked up at each connection.
	Address string `toml:"address"`
	// How to send: tcp or udp. Empty is tcp.
	Protocol string `toml:"protocol"`
	// Keep the TCP connection. Otherwise each batch of messages has its own, and
	// counts as delivered when the server has closed it too.
	TCPKeepAlive bool `toml:"tcp_keep_alive"`
	// Longest time for connecting; 0 is no limit.
	ConnectTimeout time.Duration `toml:"connect_timeout" min:"0s"`
	// Longest time for sending one batch, after which the connection is given up
	// and the batch sent again; 0 is no limit.
	WriteTimeout time.Duration `toml:"write_timeout" min:"0s"`
	// Longest datagram with udp.
	MaxDatagramSize int `toml:"max_datagram_size" unit:"bytes" min:"512" max:"65507"`
}

// Check finds mistakes that the options' types let through.
func (c *CarbonConfig) Check() error {
	var errs []error
	switch c.Protocol {
	case "", "tcp", "udp":
	default:
		errs = append(errs, plugin.BadOption("protocol",
			"CarbonOutput: %q is not a supported protocol, must be \"tcp\" or \"udp\"", c.Protocol))
	}
	if _, _, err := net.SplitHostPort(c.Address); err != nil {
		errs = append(errs, plugin.BadOption("address", "address is %q; it must be host:port", c.Address))
	}
	return errors.Join(errs...)
}

// WhisperConfig is the configuration of WhisperOutput, which stores the lines of
// payloads such as those of StatAccumInput in Graphite's database files, just as
// Graphite's carbon server does: stats.counters.a goes to
// stats/counters/a.wsp.
//
//	[whisper]
//	type = "WhisperOutput"
//	message_matcher = "Type == 'heka.statmetric'"
//	base_path = "/var/lib/graphite/whisper"
//
//	  [whisper.rules.1_counts]
//	  pattern = '\.count$'
//	  agg_method = 2
//	  archive_info = [[0, 10, 8640], [0, 60, 43200]]
type WhisperConfig struct {
	// Folder of the files. A relative path starts at base_dir.
	BasePath string `toml:"base_path"`
	// What becomes of several points in a coarser archive of a new file: 1 their
	// average, 2 their sum, 3 the last, 4 the greatest, 5 the least.
	DefaultAggMethod int `toml:"default_agg_method" min:"0" max:"5"`
	// Archives of a new file, the finest first, each as [0, seconds per point,
	// number of points]; the first number is not used. Not set is
	// [[0,60,1440], [0,900,8], [0,3600,168], [0,43200,1456]].
	DefaultArchiveInfo [][]uint32 `toml:"default_archive_info"`
	// Part of an interval's points that must be known for a point in a coarser
	// archive of a new file.
	DefaultXFilesFactor float32 `toml:"default_x_files_factor" min:"0" max:"1"`
	// Permissions of new folders, octal.
	FolderPerm string `toml:"folder_perm"`
	// Most files that are open at a time.
	MaxOpenFiles int `toml:"max_open_files" min:"1"`
	// Other settings for new files by name, each a sub-section. The first rule
	// counts whose pattern fits, in the order of the sub-sections' names.
	Rules map[string]RuleConfig `toml:"rules"`
}

// RuleConfig is how new files of some names look.
type RuleConfig struct {
	// Regular expression for names such as stats.counters.a.count.
	Pattern string `toml:"pattern" required:"true"`
	// Like default_agg_method; 0 is that one.
	AggMethod int `toml:"agg_method" min:"0" max:"5"`
	// Like default_archive_info; not set is that one.
	ArchiveInfo [][]uint32 `toml:"archive_info"`
	// Like default_x_files_factor; not set is that one.
	XFilesFactor *float32 `toml:"x_files_factor" min:"0" max:"1"`
}

// Check finds mistakes that the options' types let through.
func (c *WhisperConfig) Check() error {
	var errs []error
	if _, err := c.folderMode(); err != nil {
		errs = append(errs, plugin.BadOption("folder_perm",
			"WhisperOutput '%s' can't parse `folder_perm`, is it an octal integer string?", c.BasePath))
	}
	defaults, err := c.layout()
	if err != nil {
		errs = append(errs, plugin.BadOption("default_archive_info", "%w", err))
	}
	for name, r := range c.Rules {
		if _, err := regexp.Compile(r.Pattern); err != nil {
			errs = append(errs, plugin.BadOption("rules."+name+".pattern", "%w", err))
		}
		if _, err := r.layout(defaults); err != nil {
			errs = append(errs, plugin.BadOption("rules."+name+".archive_info", "%w", err))
		}
	}
	return errors.Join(errs...)
}

func (c *WhisperConfig) folderMode() (os.FileMode, error) {
	n, err := strconv.ParseUint(c.FolderPerm, 8, 32)
	return os.FileMode(n), err
}

// layout is that of new files without a rule.
func (c *WhisperConfig) layout() (whisper.Layout, error) {
	l := whisper.Layout{Method: whisper.Method(max(c.DefaultAggMethod, 1)), XFilesFactor: c.DefaultXFilesFactor}
	info := c.DefaultArchiveInfo
	if info == nil {
		info = [][]uint32{{0, 60, 1440}, {0, 900, 8}, {0, 3600, 168}, {0, 43200, 1456}}
	}
	var err error
	if l.Archives, err = archives(info); err != nil {
		return l, err
	}
	return l, l.Check()
}

// layout is that of new files that the rule is for.
func (r *RuleConfig) layout(l whisper.Layout) (whisper.Layout, error) {
	if r.AggMethod != 0 {
		l.Method = whisper.Method(r.AggMethod)
	}
	if r.XFilesFactor != nil {
		l.XFilesFactor = *r.XFilesFactor
	}
	if r.ArchiveInfo == nil {
		return l, nil
	}
	var err error
	if l.Archives, err = archives(r.ArchiveInfo); err != nil {
		return l, err
	}
	return l, l.Check()
}

func archives(info [][]uint32) ([]whisper.Archive, error) {
	var all []whisper.Archive
	for _, a := range info {
		if len(a) != 3 {
			return nil, fmt.Errorf("All default archive info settings must have 3 values.")
		}
		all = append(all, whisper.Archive{Step: a[1], Points: a[2]})
	}
	return all, nil
}

// DecoderConfig is the configuration of StatsToFieldsDecoder, which makes a field
// of each line of payloads such as those of StatAccumInput, and a field timestamp.
// Lines of other times than the first go to messages of their own, one for each
// time.
type DecoderConfig struct{}

// Plugins declares CarbonOutput, WhisperOutput and StatsToFieldsDecoder.
func Plugins() []plugin.Plugin {
	docs := plugin.Docs(configSource)
	return []plugin.Plugin{
		plugin.NewOutput("CarbonOutput", CarbonConfig{Address: "localhost:2003", ConnectTimeout: 10 * time.Second,
			WriteTimeout: 30 * time.Second, MaxDatagramSize: 63488}, newCarbon, docs),
		plugin.NewOutput("WhisperOutput", WhisperConfig{BasePath: "whisper", DefaultAggMethod: 1,
			DefaultXFilesFactor: 0.1, FolderPerm: "700", MaxOpenFiles: 512}, newWhisper, docs),
		plugin.NewDecoder("StatsToFieldsDecoder", DecoderConfig{}, newToFields, docs),
	}
}
