package cli

import (
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// Version is the version of this heka; the Makefile sets it for releases.
var Version = "0.11.0"

func newVersion() *cobra.Command {
	var short bool
	c := &cobra.Command{
		Use:     "version",
		Short:   "Print the version",
		Example: "  heka version\n  heka version --short",
		Args:    noArguments,
		RunE: func(c *cobra.Command, _ []string) error {
			if short {
				fmt.Fprintln(c.OutOrStdout(), Version)
				return nil
			}
			fmt.Fprintf(c.OutOrStdout(), "heka %s%s %s %s/%s\n", Version, revision(), runtime.Version(),
				runtime.GOOS, runtime.GOARCH)
			return nil
		},
	}
	c.Flags().BoolVar(&short, "short", false, "only the number")
	return c
}

// revision is the commit that the binary was built from, if it is known.
func revision() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			return " (" + s.Value[:12] + ")"
		}
	}
	return ""
}
