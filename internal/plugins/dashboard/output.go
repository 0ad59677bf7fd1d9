package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin"
)

// The names of files that are not named by messages.
const (
	reportFile      = "heka_report.json"
	sandboxesFile   = "sandboxes.json"
	terminationFile = "heka_sandbox_termination.tsv"
)

// Bounds of what is kept: lines about ended plugins, filters, and files of each.
const (
	maxTerminations = 1000
	maxFilters      = 1000
	maxFiles        = 200
)

// Output is the DashboardOutput plugin.
type Output struct {
	config *OutputConfig
	env    *plugin.Env
	work   string // working directory
	server *server

	mu        sync.Mutex // guards what follows
	sandboxes []*sandbox

	foreign atomic.Int64 // messages from outside that look like heka's own
}

// sandbox is a filter with what it has written, in the order of first appearance.
type sandbox struct {
	Name    string
	Outputs []shown
}

// shown is one file of a filter.
type shown struct {
	Name     string
	Filename string
}

func newOutput(c *OutputConfig, env *plugin.Env) (plugin.Output, error) {
	return &Output{config: c, env: env, work: env.BasePath(c.WorkingDirectory)}, nil
}

// Prepare implements plugin.Preparer: the directory is made, or made empty, and the
// listener opened.
func (o *Output) Prepare(ctx context.Context) error {
	if err := os.MkdirAll(o.data(""), 0o700); err != nil {
		return fmt.Errorf("DashboardOutput: Can't create working directory: %w", err)
	}
	old, err := os.ReadDir(o.data(""))
	if err != nil {
		return err
	}
	for _, e := range old {
		if e.Name() != terminationFile && !e.IsDir() {
			if err := os.Remove(o.data(e.Name())); err != nil {
				return fmt.Errorf("clearing the working directory: %w", err)
			}
		}
	}
	o.server, err = o.listen(ctx)
	return err
}

// Close implements plugin.Closer.
func (o *Output) Close() error {
	if o.server == nil {
		return nil
	}
	err := o.server.close()
	o.server = nil
	return err
}

// data is the path of a file that is shown.
func (o *Output) data(name string) string { return filepath.Join(o.work, "data", name) }

// Send implements plugin.Output. Whatever happens the message is done with: the next
// report brings what is missing.
func (o *Output) Send(_ context.Context, p *plugin.Pack) error {
	if p.Loops == 0 {
		// Anybody who may send messages could otherwise write files here.
		o.foreign.Add(1)
		return nil
	}
	var err error
	switch m := &p.Message; m.Type() {
	case "heka.all-report":
		err = errors.Join(o.write(reportFile, []byte(m.Payload())), o.writeSandboxes())
	case "heka.sandbox-output":
		err = o.result(m)
	case "heka.sandbox-terminated", "heka.terminated":
		err = o.terminated(m)
	}
	if err != nil {
		o.env.Log.Error(err.Error())
	}
	return nil
}

// Report implements plugin.Reporter.
func (o *Output) Report(r *plugin.Report) {
	r.Add("ForeignMessageCount", o.foreign.Load(), "count")
}

// write writes a file so that readers see the old one or the new one.
func (o *Output) write(name string, content []byte) error {
	f, err := os.CreateTemp(o.data(""), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	err = errors.Join(err, f.Chmod(0o644), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), o.data(name))
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// text returns a string field.
func text(m *message.Message, name string) (string, bool) {
	f := m.FindField(name, 0)
	if f == nil || f.Type() != message.String {
		return "", false
	}
	return f.Text(0)
}

// result keeps what a filter has injected.
func (o *Output) result(m *message.Message) error {
	typ, ok := text(m, "payload_type")
	if !ok {
		return nil
	}
	name, _ := text(m, "payload_name")
	name, logger := strings.Clone(name), strings.Clone(m.Logger())
	file := fileName(logger, name, typ)
	if !o.list(logger, shown{Name: name, Filename: "data/" + file}) {
		return fmt.Errorf("too many files; %s was not written", file)
	}
	return o.write(file, []byte(m.Payload()))
}

// list adds a file to those of a filter; false means that there are too many.
func (o *Output) list(filter string, file shown) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	i := slices.IndexFunc(o.sandboxes, func(s *sandbox) bool { return s.Name == filter })
	if i < 0 {
		if len(o.sandboxes) >= maxFilters {
			return false
		}
		i = len(o.sandboxes)
		o.sandboxes = append(o.sandboxes, &sandbox{Name: filter})
	}
	s := o.sandboxes[i]
	if slices.Contains(s.Outputs, file) { // names that differ in little share a file
		return true
	}
	if len(s.Outputs) >= maxFiles {
		return false
	}
	s.Outputs = append(s.Outputs, file)
	return true
}

// writeSandboxes writes the list of filters with their files.
func (o *Output) writeSandboxes() error {
	o.mu.Lock()
	list := struct {
		Sandboxes []*sandbox `json:"sandboxes"`
	}{o.sandboxes}
	if list.Sandboxes == nil {
		list.Sandboxes = []*sandbox{}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(list)
	o.mu.Unlock()
	if err != nil {
		return err
	}
	return o.write(sandboxesFile, b.Bytes())
}

// measures are the fields of heka.sandbox-terminated about a filter that was too
// slow, in the order in which the line has them.
var measures = [...]string{"ProcessMessageCount", "ProcessMessageSamples", "ProcessMessageAvgDuration",
	"MatchAvgDuration", "FilterChanLength", "MatchChanLength", "RouterChanLength"}

// oneField keeps a text within its column.
var oneField = strings.NewReplacer("\t", " ", "\n", " ", "\r", " ")

// terminated notes the end of a plugin.
func (o *Output) terminated(m *message.Message) error {
	name, ok := text(m, "plugin")
	if !ok {
		return nil
	}
	o.mu.Lock()
	o.sandboxes = slices.DeleteFunc(o.sandboxes, func(s *sandbox) bool { return s.Name == name })
	o.mu.Unlock()
	line := fmt.Sprintf("%d\t%s\t%s", m.Timestamp()/int64(time.Second), oneField.Replace(name), oneField.Replace(m.Payload()))
	if m.FindField(measures[0], 0) != nil {
		for _, measure := range measures {
			var n int64
			if f := m.FindField(measure, 0); f != nil {
				n, _ = f.Integer(0) // else 0
			}
			line += fmt.Sprintf(" %s:%d", measure, n)
		}
	}
	before, err := os.ReadFile(o.data(terminationFile))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	lines := bytes.SplitAfter(before, []byte("\n"))
	if n := len(lines) - maxTerminations; n > 0 { // the last one is empty
		lines = lines[n:]
	}
	return o.write(terminationFile, append(bytes.Join(lines, nil), line+"\n"...))
}
