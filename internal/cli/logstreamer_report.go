package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/fatih/color"

	"github.com/hekad/heka/internal/logstream"
)

// writeLogstreams writes what was found in a format of heka logstreamer.
func writeLogstreams(w io.Writer, format string, reports []logstreamReport) error {
	switch format {
	case "json":
		return writeLogstreamsJSON(w, reports)
	case "text":
		writeLogstreamsText(w, reports)
		return nil
	}
	for i := range reports {
		if i > 0 {
			fmt.Fprintln(w)
		}
		if err := reports[i].writeTable(w); err != nil {
			return err
		}
	}
	return nil
}

// writeLogstreamsText writes what heka-logstreamer of Heka 0.10 wrote.
func writeLogstreamsText(w io.Writer, reports []logstreamReport) {
	written := 0
	for i := range reports {
		r := &reports[i]
		if r.failure != nil || r.directory == "" {
			continue
		}
		if written++; written > 1 {
			fmt.Fprintln(w)
		}
		fmt.Fprintf(w, "Found %d Logstream(s) for section [%s].\n", len(r.streams), r.section)
		for _, s := range r.streams {
			fmt.Fprintf(w, "\nLogstream name: [%s]\nStream Choosing Filename: %s, SeekPosition: %d\n", s.Stream, s.FileName, s.Seek)
			fmt.Fprintf(w, "Files: %d (printing oldest to newest)\n", len(s.Files))
			for _, f := range s.Files {
				fmt.Fprintf(w, "\t%s\n", f.Path)
			}
		}
	}
}

// writeTable writes an input for people.
func (r *logstreamReport) writeTable(w io.Writer) error {
	title := color.New(color.Bold).Sprintf("[%s]", r.section)
	if r.directory == "" {
		fmt.Fprintf(w, "%s %s\n", title, color.RedString("cannot be scanned"))
		return nil
	}
	fmt.Fprintf(w, "%s %s in %s\n", title, counted(len(r.streams), "stream"), r.directory)
	for _, text := range r.warnings {
		fmt.Fprintln(w, color.YellowString("warning: %s", text))
	}
	for i := range r.streams {
		if err := r.streams[i].writeTable(w, r.below); err != nil {
			return err
		}
	}
	if len(r.skipped) == 0 {
		return nil
	}
	fmt.Fprintln(w, "\nleft out:")
	for _, s := range r.skipped {
		why := s.Why
		if s.Problem {
			why = color.YellowString("%s", why)
		}
		fmt.Fprintf(w, "  %s: %s\n", r.below(s.Path), why)
	}
	return nil
}

// below is a path as seen from the input's directory.
func (r *logstreamReport) below(path string) string {
	return strings.TrimPrefix(strings.TrimPrefix(path, r.directory), "/")
}

func (v *logstreamView) writeTable(w io.Writer, short func(string) string) error {
	at := "no position"
	if v.FileName != "" {
		at = fmt.Sprintf("%s at %d", short(v.FileName), v.Seek)
	}
	fmt.Fprintf(w, "\n%s: %s, %s behind\n", color.CyanString("%s", v.Stream), at, counted(int(v.Lag), "byte"))
	if v.note != "" {
		fmt.Fprintln(w, color.YellowString("  %s", v.note))
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "  STATE\tSIZE\tBEHIND\tCHANGED\tFILE")
	for i, f := range v.Files {
		changed := v.files[i].MTime.Format(time.DateTime)
		fmt.Fprintf(t, "  %s\t%d\t%d\t%s\t%s\n", f.State, f.Size, v.behind(i), changed, short(f.Path))
	}
	return t.Flush()
}

// The JSON form: a list of inputs.
type (
	logstreamInputJSON struct {
		Section   string                `json:"section"`
		Directory string                `json:"directory,omitempty"`
		Error     string                `json:"error,omitempty"`
		Problems  []string              `json:"problems,omitempty"`
		Warnings  []string              `json:"warnings,omitempty"`
		Streams   []logstreamStreamJSON `json:"streams"`
		Skipped   []logstreamSkipJSON   `json:"skipped"`
	}
	logstreamStreamJSON struct {
		Name   string              `json:"name"`
		File   string              `json:"file,omitempty"` // of the position
		Seek   int64               `json:"seek"`
		Behind int64               `json:"behind"`
		Note   string              `json:"note,omitempty"`
		Files  []logstreamFileJSON `json:"files"`
	}
	logstreamFileJSON struct {
		Path     string            `json:"path"`
		State    string            `json:"state"`
		Size     int64             `json:"size"`
		Behind   int64             `json:"behind"`
		Changed  time.Time         `json:"changed"`
		Captures map[string]string `json:"captures,omitempty"`
	}
	logstreamSkipJSON struct {
		Path    string `json:"path"`
		Why     string `json:"why"`
		Problem bool   `json:"problem"`
	}
)

func writeLogstreamsJSON(w io.Writer, reports []logstreamReport) error {
	all := make([]logstreamInputJSON, 0, len(reports))
	for i := range reports {
		r := &reports[i]
		in := logstreamInputJSON{Section: r.section, Directory: r.directory, Problems: r.problems, Warnings: r.warnings,
			Streams: []logstreamStreamJSON{}, Skipped: []logstreamSkipJSON{}}
		if r.failure != nil {
			in.Error = r.failure.Error()
		}
		for k := range r.streams {
			in.Streams = append(in.Streams, r.streams[k].json())
		}
		for _, s := range r.skipped {
			in.Skipped = append(in.Skipped, logstreamSkipJSON(s))
		}
		all = append(all, in)
	}
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(all)
}

func (v *logstreamView) json() logstreamStreamJSON {
	s := logstreamStreamJSON{Name: v.Stream, File: v.FileName, Seek: v.Seek, Behind: v.Lag, Note: v.note,
		Files: make([]logstreamFileJSON, 0, len(v.Files))}
	for i, f := range v.Files {
		s.Files = append(s.Files, logstreamFileJSON{Path: f.Path, State: f.State.String(), Size: f.Size,
			Behind: v.behind(i), Changed: v.files[i].MTime.UTC(), Captures: captures(v.files[i])})
	}
	return s
}

func captures(f logstream.File) map[string]string {
	m := make(map[string]string, len(f.Captures))
	for _, c := range f.Captures {
		m[c.Group] = c.Text
	}
	return m
}
