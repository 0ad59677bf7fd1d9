package file

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	_ "embed" // for configSource

	"github.com/hekad/heka/plugin"
)

//go:embed config.go
var configSource string

// OutputConfig is the configuration of FileOutput, which appends encoded messages
// to a file. After a SIGHUP the file is opened anew, so that it can be moved away
// before.
type OutputConfig struct {
	// File to write. With a rotation_interval it may contain the date and time
	// as strftime codes: /var/log/heka/%Y-%m-%d.log. A dash or /dev/stdout is
	// standard output. Relative paths start at the working directory.
	Path string `toml:"path" required:"true"`
	// Permissions of a new file, octal; the process's umask is taken off.
	Perm string `toml:"perm"`
	// Permissions of new directories on the way to the file, octal.
	FolderPerm string `toml:"folder_perm"`
	// Time between flushes, see flush_operator. Messages are in the file after
	// this time at the latest. 0 is no timer.
	FlushInterval uint32 `toml:"flush_interval" unit:"ms"`
	// Number of messages for a flush, see flush_operator.
	FlushCount uint32 `toml:"flush_count"`
	// When messages are flushed, that is safely on disk and acknowledged: with
	// AND when there are flush_count of them and flush_interval is over, with OR
	// when one of both holds.
	FlushOperator string `toml:"flush_operator"`
	// Begin a new file, named for the time, every so many hours: 1, 4, 12 or 24,
	// counted from midnight. 0 is never.
	RotationInterval uint32 `toml:"rotation_interval" unit:"h"`
	// Time zone of rotation and of the codes in path: local, utc, or a name such
	// as Europe/Berlin.
	RotationTZ string `toml:"rotation_tz"`
	// A flush waits until the disk has the data. Without it a crash of the
	// machine may lose what was flushed last.
	Fsync bool `toml:"fsync"`
}

// Check finds mistakes that the options' types let through.
func (c *OutputConfig) Check() error {
	var errs []error
	bad := func(option, format string, args ...any) {
		errs = append(errs, plugin.BadOption(option, format, args...))
	}
	for option, text := range map[string]string{"perm": c.Perm, "folder_perm": c.FolderPerm} {
		if _, err := mode(text); err != nil {
			bad(option, "FileOutput '%s' can't parse `%s`, is it an octal integer string?", c.Path, option)
		}
	}
	if c.FlushCount < 1 {
		bad("flush_count", "Parameter 'flush_count' needs to be greater 1.")
	}
	if c.FlushOperator != "AND" && c.FlushOperator != "OR" {
		bad("flush_operator", "Parameter 'flush_operator' needs to be either 'AND' or 'OR', is currently: '%s'", c.FlushOperator)
	}
	switch c.RotationInterval {
	case 0, 1, 4, 12, 24:
	default:
		bad("rotation_interval", "Parameter 'rotation_interval' must be one of: 0, 1, 4, 12, 24.")
	}
	if _, err := zone(c.RotationTZ); err != nil {
		bad("rotation_tz", "rotation_tz is %q; it must be local, utc or the name of a time zone", c.RotationTZ)
	}
	return errors.Join(errs...)
}

// mode reads permissions.
func mode(octal string) (os.FileMode, error) {
	n, err := strconv.ParseUint(octal, 8, 32)
	if err != nil || n > 0o7777 {
		return 0, fmt.Errorf("permissions %q", octal)
	}
	return os.FileMode(n), nil
}

// zone finds a time zone.
func zone(name string) (*time.Location, error) {
	switch strings.ToLower(name) {
	case "", "local":
		return time.Local, nil
	case "utc":
		return time.UTC, nil
	}
	return time.LoadLocation(name)
}

// Plugins declares FileOutput.
func Plugins() []plugin.Plugin {
	return []plugin.Plugin{
		plugin.NewOutput("FileOutput", OutputConfig{Perm: "644", FolderPerm: "700", FlushInterval: 1000,
			FlushCount: 1, FlushOperator: "AND", RotationTZ: "local", Fsync: true},
			newOutput, plugin.Docs(configSource), plugin.FrameProtobuf, plugin.NeedsEncoder),
	}
}
