package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/logstream"
	"github.com/hekad/heka/internal/plugins/logstreamer"
	"github.com/hekad/heka/plugin"
)

func newLogstreamer(plugins []plugin.Plugin) *cobra.Command {
	var path configPath
	var format string
	var unmatched bool
	c := &cobra.Command{
		Use:   "logstreamer [PATH]",
		Short: "Show which log files a configuration reads, in which order and how far",
		Long: `Show, for every LogstreamerInput of a configuration, the streams and their files
from the oldest to the newest, how far each was read, how many bytes are still to
come, and which files were left out and why. Nothing is read but the directory,
the positions that heka run has saved, and the configuration; nothing is changed.

PATH is a file, a directory of *.toml files, or - for standard input. Sections of
other types are passed over, whatever is wrong with them.

The state of a file is read, reading or unread. BEHIND counts bytes on disk; of
a compressed file that is being read they show only if it is a gzip file. The
format text is that of Heka 0.10, for scripts.

The exit code is 0 when all inputs could be shown, 1 when one has a problem that
would keep heka run from starting, 2 for wrong usage.`,
		Example: `  heka logstreamer /etc/heka/conf.d
  heka logstreamer --unmatched heka.toml
  heka logstreamer --format json heka.toml | jq '.[].streams[] | {name, behind}'`,
		Args: atMostOne("PATH"),
		RunE: func(c *cobra.Command, args []string) error {
			p, err := path.choose(c, args)
			if err != nil {
				return err
			}
			x, err := examine(c, p, plugins, false)
			if err != nil {
				//lint:ignore ST1005 the wording is that of Heka 0.10
				return failed(fmt.Errorf("Error opening config file: %w", err))
			}
			reports, err := x.logstreams(c, unmatched)
			if err != nil {
				return err
			}
			if err := writeLogstreams(c.OutOrStdout(), format, reports); err != nil {
				return failed(err)
			}
			var failures []error
			for i := range reports {
				failures = append(failures, reports[i].failure)
			}
			if slices.ContainsFunc(reports, func(r logstreamReport) bool { return len(r.problems) > 0 }) {
				failures = append(failures, said(exitNo))
			}
			return firstOf(failures)
		},
	}
	path.register(c)
	formatFlag(c, &format, "table", "table", "json", "text")
	c.Flags().BoolVar(&unmatched, "unmatched", false, "also list files that do not match file_match")
	return c
}

// firstOf returns the first error of a list that is not nil.
func firstOf(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// logstreamReport is what one LogstreamerInput finds.
type logstreamReport struct {
	section   string
	directory string // resolved
	streams   []logstreamView
	skipped   []logstream.Skipped
	warnings  []string
	failure   error    // of the scan, or nil
	problems  []string // errors of the section, which were printed
}

// logstreamView is one stream with what there is to know about its position.
type logstreamView struct {
	logstream.Status
	files []logstream.File // as in Status.Files
	note  string           // what is wrong with the position, or ""
}

// logstreams examines all LogstreamerInput sections, in the order of the
// files. It prints the problems that it finds on the way.
func (x *examined) logstreams(c *cobra.Command, unmatched bool) ([]logstreamReport, error) {
	var mine []*config.Section
	concerned := map[string]bool{}
	for _, sec := range x.cfg.Sections {
		if sec.Type() == "LogstreamerInput" {
			mine = append(mine, sec)
			concerned[sec.Name] = true
		}
	}
	printed := slices.DeleteFunc(x.problems.Errors(), func(p config.Problem) bool {
		unreadable := p.Section == "" && p.Pos.File != ""
		return !unreadable && !concerned[p.Section]
	})
	printProblems(c, printed)
	if len(mine) == 0 {
		if n := len(printed); n > 0 {
			//lint:ignore ST1005 the wording is that of Heka 0.10
			return nil, failed(fmt.Errorf("Error decoding config file: %s", counted(n, "error")))
		}
		return nil, failed(errors.New("there is no LogstreamerInput in the configuration"))
	}
	reports := make([]logstreamReport, 0, len(mine))
	for _, sec := range mine {
		r := logstreamReport{section: sec.Name}
		for _, p := range printed {
			if p.Section == sec.Name || p.Section == "" {
				r.problems = append(r.problems, p.String())
			}
		}
		if _, own, _ := x.options(sec); own != nil {
			if options, ok := own.(*logstreamer.InputConfig); ok {
				r.fill(c.Context(), options, x.global.BaseDir, unmatched)
			}
		}
		reports = append(reports, r)
	}
	return reports, nil
}

// fill scans the directory of an input and looks up its positions.
func (r *logstreamReport) fill(ctx context.Context, options *logstreamer.InputConfig, baseDir string, unmatched bool) {
	scanner, err := logstream.NewScanner(options.Scheme(r.section))
	if err != nil {
		if len(r.problems) == 0 {
			//lint:ignore ST1005 the wording is that of Heka 0.10
			r.failure = failed(fmt.Errorf("Error initializing LogstreamSet: %w", err))
		}
		return
	}
	r.directory, r.warnings = scanner.Root(), scanner.Warnings()
	listing, err := scanner.Scan(ctx)
	if err == nil {
		err = listing.Refused
	}
	if err != nil {
		//lint:ignore ST1005 the wording is that of Heka 0.10
		r.failure = failed(fmt.Errorf("Error scanning: %s", strings.ReplaceAll(err.Error(), "\n", " :: ")))
	}
	if listing == nil {
		return
	}
	journal := options.Journal(baseDir)
	for _, s := range listing.Streams {
		r.streams = append(r.streams, view(s, journal, options.InitialTail))
	}
	r.skipped = listing.Skipped
	if unmatched {
		r.addUnmatched(listing)
	}
}

// view tells where the reading of a stream would begin.
func view(s logstream.Stream, journal string, tail bool) logstreamView {
	at, err := logstream.PeekJournal(journal, s.Name)
	v := logstreamView{Status: logstream.Preview(s, at, tail), files: s.Files}
	if err != nil {
		v.note = err.Error() + "; all is read again"
		return v
	}
	there := slices.ContainsFunc(s.Files, func(f logstream.File) bool {
		if at.Inode != 0 {
			return f.ID.Same(at.FileID)
		}
		return f.Path == at.FileName
	})
	if !there && !at.IsZero() {
		v.Status = logstream.Preview(s, logstream.Position{}, false)
		v.FileName, v.Seek = at.FileName, at.Seek
		v.note = "that file is gone; heka run looks for its content in the others, the newest first"
	}
	return v
}

// addUnmatched adds the files below the directory that the listing does not
// know.
func (r *logstreamReport) addUnmatched(listing *logstream.Listing) {
	known := map[string]bool{}
	for _, s := range listing.Streams {
		for _, f := range s.Files {
			known[f.Path] = true
		}
	}
	for _, s := range listing.Skipped {
		known[s.Path] = true
	}
	walk := func(path string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && !known[path] {
			r.skipped = append(r.skipped, logstream.Skipped{Path: path, Why: "does not match file_match"})
		}
		return nil // what cannot be read is among the skipped
	}
	if err := filepath.WalkDir(r.directory, walk); err != nil {
		r.warnings = append(r.warnings, err.Error())
	}
	slices.SortFunc(r.skipped, func(a, b logstream.Skipped) int { return strings.Compare(a.Path, b.Path) })
}

// behind returns how many bytes of file number i are still to be read.
func (v *logstreamView) behind(i int) int64 {
	switch f := v.Files[i]; f.State {
	case logstream.Read:
		return 0
	case logstream.Reading:
		return v.Left
	default:
		return f.Size
	}
}
