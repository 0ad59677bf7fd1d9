package process

import (
	"time"

	_ "embed" // for configSource

	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// pollingConfig is the configuration of FilePollingInput, which reads all of a file
// every ticker_interval, such as those of /proc. With NullSplitter the file becomes
// one message; of one that is longer than a message may be, the splitter's
// keep_truncated says what becomes.
//
// Messages have the Type heka.file.polling and the fields TickerInterval and
// FilePath.
//
//	[load]
//	type = "FilePollingInput"
//	file_path = "/proc/loadavg"
//	ticker_interval = 10
type pollingConfig struct {
	// File to read.
	FilePath string `toml:"file_path" required:"true"`
	// Seconds between two readings; 0 never reads.
	TickerInterval uint `toml:"ticker_interval" unit:"s"`
}

// inputConfig is the configuration of ProcessInput, which runs commands, joined by
// pipes, and makes messages of the output of the last one. With NullSplitter the
// output of a run is one message; of one that is longer than a message may be, the
// splitter's keep_truncated says what becomes.
//
// Messages have the Type ProcessInput and the fields ProcessInputName, which is the
// section's name and .stdout or .stderr, ExitStatus, and SubcmdErrors if a command
// failed. Records that are complete while the commands still run have the ExitStatus
// 0.
//
//	[DiskFree]
//	type = "ProcessInput"
//	ticker_interval = 60
//	splitter = "TokenSplitter"
//	timeout = 10
//
//	  [DiskFree.command.0]
//	  bin = "/bin/df"
//	  args = ["-P"]
//
//	  [DiskFree.command.1]
//	  bin = "/usr/bin/tail"
//	  args = ["-n", "+2"]
type inputConfig struct {
	// The commands: sub-sections 0, 1 and so on. The output of each is the input
	// of the next.
	Command map[string]commandConfig `toml:"command"`
	// Seconds between two starts. A run that takes longer delays the next one. 0
	// is for commands that run for long: they are started at once, and when they
	// end again, as the retries section says.
	TickerInterval uint `toml:"ticker_interval" unit:"s"`
	// Run at the start already, not only a ticker_interval later.
	ImmediateStart bool `toml:"immediate_start"`
	// Take the standard output of the last command.
	Stdout bool `toml:"stdout"`
	// Take the error output of the last command.
	Stderr bool `toml:"stderr"`
	// Longest time for one command, counted from the end of that in front of it;
	// then it is killed with all that it started. 0 is no limit.
	Timeout uint `toml:"timeout" unit:"s" max:"31536000"`
	// How long after the end of the commands their output is still listened to, if
	// something that they have started holds it open.
	Linger time.Duration `toml:"linger" min:"0s"`
}

// commandConfig is one command.
type commandConfig struct {
	// Program. A name without a slash is looked up in PATH.
	Bin string `toml:"bin" required:"true"`
	// Its arguments.
	Args []string `toml:"args"`
	// The whole environment, as KEY=value. Not set is that of heka.
	Env []string `toml:"env"`
	// Directory in which it runs. Empty is that of heka.
	Directory string `toml:"directory"`
}

// directoryConfig is the configuration of ProcessDirectoryInput, which keeps
// ProcessInputs in step with the files of a directory, while heka runs. A file
//
//	<process_dir>/<seconds>/<any name>.toml
//
// has a section ProcessInput; other sections in it do not matter. It becomes an input
// with the file's path as its name and the seconds as its ticker_interval, whatever the
// file says; 0 is for commands that run for long. A new file adds an input, a changed
// one restarts it, a file that is gone removes it. Decoders and splitters that a file
// names are those of heka's configuration. can_exit is true unless the file says
// otherwise: the end of the input does not stop heka. References to the environment are
// not replaced.
//
// A file with a mistake is passed over until it is right; what ran before goes on.
//
//	[ProcessDirectoryInput]
//	process_dir = "/etc/heka/processes"
//	ticker_interval = 60
type directoryConfig struct {
	// Directory of the files. A relative path is under share_dir.
	ProcessDir string `toml:"process_dir"`
	// Seconds between two looks at the files; 0 looks only at the start.
	TickerInterval uint `toml:"ticker_interval" unit:"s"`
}

// Plugins declares FilePollingInput, ProcessInput and ProcessDirectoryInput.
func Plugins() []plugin.Plugin {
	docs := plugin.Docs(configSource)
	const poll, run, scan = 5, 15, 300
	return []plugin.Plugin{
		plugin.NewInput("FilePollingInput", pollingConfig{TickerInterval: poll}, newPolling, docs,
			plugin.InputDefaults(func(o *plugin.InputOptions) { o.TickerInterval = poll })),
		plugin.NewInput("ProcessInput", inputConfig{TickerInterval: run, Stdout: true, Linger: 2 * time.Second}, newInput, docs,
			plugin.InputDefaults(func(o *plugin.InputOptions) { o.TickerInterval = run })),
		plugin.NewInput("ProcessDirectoryInput", directoryConfig{ProcessDir: "processes", TickerInterval: scan}, newDirectory, docs,
			plugin.InputDefaults(func(o *plugin.InputOptions) { o.TickerInterval = scan })),
	}
}
