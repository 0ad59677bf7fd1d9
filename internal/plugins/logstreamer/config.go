package logstreamer

import (
	"errors"
	"path/filepath"
	"time"

	_ "embed" // for configSource

	"github.com/hekad/heka/internal/logstream"
	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// InputConfig is the configuration of LogstreamerInput, which reads log files.
// Files that together form one log, such as a file and its rotated predecessors,
// are read as one stream, the oldest first; then the newest is followed. Messages
// have the type logfile and the stream's name as Logger.
type InputConfig struct {
	// Directory below which files are looked for. It must exist.
	LogDirectory string `toml:"log_directory"`
	// Regular expression that the path of a file below log_directory has to match
	// as a whole. Its named groups serve priority and differentiator:
	// 'access\.log\.?(?P<Seq>\d*)'
	FileMatch string `toml:"file_match"`
	// Names of groups that order the files of a stream, the most significant
	// first. Smaller numbers are older; a ^ in front of a name turns that round:
	// ["Year", "Month", "^Seq"]
	Priority []string `toml:"priority"`
	// Parts of the stream's name. The name of a group stands for its text,
	// anything else for itself: ["nginx-", "Domain"]. Files with the same name
	// form one stream. Not set: the input's name.
	Differentiator []string `toml:"differentiator"`
	// For each group, numbers for its texts, to order files by. The text missing
	// stands for an empty one. MonthName and DayName know English names by
	// themselves.
	Translation map[string]map[string]int `toml:"translation"`
	// Files that were changed longer ago are ignored; "0" is no limit.
	OldestDuration time.Duration `toml:"oldest_duration" min:"0"`
	// How often the directory is searched at the least. Changes are mostly
	// noticed within a second.
	RescanInterval time.Duration `toml:"rescan_interval"`
	// How often a stream at its end is checked for new data.
	CheckDataInterval time.Duration `toml:"check_data_interval"`
	// Directory where positions are kept; it is created if missing. Relative
	// paths start at the working directory. Not set: logstreamer in base_dir.
	JournalDirectory string `toml:"journal_directory"`
	// Hostname of the messages. Not set: that of heka.
	Hostname string `toml:"hostname"`
	// Begin streams that are found at the start and have no position yet at
	// their end. Streams that appear later are read from their beginning.
	InitialTail bool `toml:"initial_tail"`
}

// Check finds mistakes that the options' types let through.
func (c *InputConfig) Check() error {
	var errs []error
	if c.FileMatch == "" {
		errs = append(errs, plugin.BadOption("file_match", "`file_match` setting is required."))
	}
	if c.RescanInterval <= 0 {
		errs = append(errs, plugin.BadOption("rescan_interval", "rescan_interval is %v; it must be more than 0", c.RescanInterval))
	}
	if c.CheckDataInterval <= 0 {
		errs = append(errs, plugin.BadOption("check_data_interval",
			"check_data_interval is %v; it must be more than 0", c.CheckDataInterval))
	}
	return errors.Join(errs...)
}

// Scheme returns which files the input named name reads, and in which order.
func (c *InputConfig) Scheme(name string) logstream.Scheme {
	return logstream.Scheme{
		Name: name, LogDirectory: c.LogDirectory, FileMatch: c.FileMatch, Priority: c.Priority,
		Differentiator: c.Differentiator, Translation: c.Translation, OldestDuration: c.OldestDuration,
	}
}

// Journal returns the directory of the positions for a heka with the given
// base_dir.
func (c *InputConfig) Journal(baseDir string) string {
	if c.JournalDirectory != "" {
		return c.JournalDirectory
	}
	return filepath.Join(baseDir, "logstreamer")
}

// Plugins declares LogstreamerInput.
func Plugins() []plugin.Plugin {
	defaults := InputConfig{LogDirectory: "/var/log", OldestDuration: 720 * time.Hour,
		RescanInterval: time.Minute, CheckDataInterval: logstream.DefaultCheckInterval}
	owners := new(owners) // of all inputs that are made from this declaration
	build := func(c *InputConfig, env *plugin.Env) (plugin.Input, error) { return newInput(c, env, owners) }
	return []plugin.Plugin{
		plugin.NewInput("LogstreamerInput", defaults, build, plugin.Docs(configSource),
			plugin.InputDefaults(func(o *plugin.InputOptions) { o.Splitter = "TokenSplitter" })),
	}
}
