package casefile

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/pipeline"
	"github.com/hekad/heka/plugin"
)

// Wiring is a whole configuration under test: everything in it runs but its inputs,
// which feed what a case holds for them, and its outputs, which keep what they
// get. So nothing is listened to, connected to or written.
type Wiring struct {
	Config  *config.Config
	Global  config.Global
	Plugins []plugin.Plugin
	// Linger is time that passes, by the clock of the case, behind its last part.
	Linger time.Duration
}

// The folders of a case's files for one input, and for one output.
const (
	inputFolder    = "input/"
	messagesFolder = "messages/"
	outputFolder   = "output/"
)

// Run runs the configuration on a case, a txtar archive, and returns the case with
// what came out in the place of what is wanted: messages/NAME.json, the messages
// that reached the output NAME, and output/NAME, .quoted or .hex, what its encoder
// made. A case that wants nothing gets all of it. What goes in are the files
// input/NAME of the input NAME, with the endings of Cases, or input where the
// configuration has one input.
//
// An error is a malformed case, a configuration that cannot run, a run that does
// not end, or books that do not balance.
func (w *Wiring) Run(text []byte) ([]byte, error) {
	a := Parse(text)
	dir, err := os.MkdirTemp("", "heka-config-test")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := w.misplaced(a); err != nil {
		return nil, err
	}
	t, err := w.timeline(a)
	if err != nil {
		return nil, err
	}
	now := time.Now()
	if !t.begins.IsZero() {
		now = t.begins
	}
	var fresh *txtar.Archive
	if endless := inBubble(Patience, func() {
		time.Sleep(time.Until(now))
		fresh, err = w.run(a, t, dir)
	}); endless != nil {
		return nil, endless
	}
	if err != nil {
		return nil, err
	}
	return txtar.Format(fresh), nil
}

// run runs the configuration by a clock that stands still while anything works.
func (w *Wiring) run(a Archive, t *timeline, dir string) (*txtar.Archive, error) {
	out, in, log := new(sinks), new(acks), new(logText)
	c := &conductor{timeline: t, inputs: map[string]*stagedInput{}, out: out, over: make(chan struct{})}
	for _, name := range w.names(plugin.KindInput) {
		c.inputs[name] = &stagedInput{turns: make(chan turn), acks: in}
	}
	global := w.Global
	global.BaseDir, global.Hostname = dir, Hostname
	host, problems := pipeline.New(w.Config, pipeline.Options{Plugins: w.standIns(c, out), Global: global, Once: true,
		Log: pipeline.NewLogger(pipeline.LogOptions{Info: log, Error: log, Level: slog.LevelInfo})})
	if host == nil {
		return nil, problems.Err()
	}
	conducted := make(chan error, 1)
	go func() { conducted <- c.conduct() }()
	during := span{from: time.Now().UnixNano()}
	code, hangs, failure := runHost(host, clockLimit)
	during.to = time.Now().UnixNano()
	close(c.over)
	misled := <-conducted
	switch {
	case hangs != "":
		return nil, fmt.Errorf("the run does not end\n%s", hangs)
	case misled != nil:
		return nil, misled
	case failure != nil:
		return nil, failure
	case code != 0:
		return nil, fmt.Errorf("the run ends with exit code %d:\n%s", code, log)
	}
	if err := errors.Join(balance(host.Books()), in.check()); err != nil {
		return nil, err
	}
	for _, o := range out.all {
		o.sort()
	}
	if !t.begins.IsZero() {
		during = span{from: 1} // every time is told by the case
	}
	return a.withOutcome(out, during), nil
}

// clockLimit is how long a run may take by the clock of the case.
const clockLimit = longest + 24*time.Hour

// names are the sections of a kind, in the order of the configuration.
func (w *Wiring) names(k plugin.Kind) []string {
	var all []string
	for _, sec := range w.Config.Sections {
		if kind, ok := plugin.KindOf(sec.Type()); ok && kind == k {
			all = append(all, sec.Name)
		}
	}
	return all
}

// misplaced finds files of a case that no input or output is called like.
func (w *Wiring) misplaced(a Archive) error {
	inputs, outputs := w.names(plugin.KindInput), w.names(plugin.KindOutput)
	for _, f := range a.Files {
		folder, kind, known := "", "", []string(nil)
		switch {
		case movesClock(f.Name):
			continue
		case isInput(f.Name):
			if len(inputs) != 1 {
				return fmt.Errorf("the configuration has %d inputs; name the file %s%s after one of them", len(inputs), inputFolder, "NAME")
			}
			continue
		case strings.HasPrefix(f.Name, inputFolder):
			folder, kind, known = inputFolder, "input", inputs
		case strings.HasPrefix(f.Name, messagesFolder):
			folder, kind, known = messagesFolder, "output", outputs
		case strings.HasPrefix(f.Name, outputFolder):
			folder, kind, known = outputFolder, "output", outputs
		default:
			return fmt.Errorf("nothing uses the file %s of the case", f.Name)
		}
		if name := sectionOf(f.Name, folder); !slices.Contains(known, name) {
			return fmt.Errorf("file %s: the configuration has no %s %q; it has %s", f.Name, kind, name, strings.Join(known, ", "))
		}
	}
	return nil
}

// sectionOf is the name of the section that a file belongs to.
func sectionOf(file, folder string) string {
	name := strings.TrimPrefix(file, folder)
	for _, ending := range []string{".json", ".hex", ".quoted"} {
		name = strings.TrimSuffix(name, ending)
	}
	return name
}

// standIns are the plugins with outputs replaced, and inputs too but for those that
// take what other plugins measure.
func (w *Wiring) standIns(c *conductor, out *sinks) []plugin.Plugin {
	all := slices.Clone(w.Plugins)
	for i, p := range all {
		switch p.Kind {
		case plugin.KindInput:
			all[i] = p.BuiltBy(func(config any, env *plugin.Env) (any, error) {
				if in, err := p.Build(config, env); err == nil {
					if _, ok := in.(plugin.StatAccumulator); ok {
						delete(c.inputs, env.Name)
						return in, nil
					}
				}
				in := c.inputs[env.Name]
				in.log = env.Log
				return in, nil
			})
		case plugin.KindOutput:
			all[i] = p.BuiltBy(func(_ any, env *plugin.Env) (any, error) { return out.add(env), nil })
		}
	}
	return all
}

// withOutcome is the case with what came out in the place of what was wanted.
func (a Archive) withOutcome(out *sinks, during span) *txtar.Archive {
	fresh := &txtar.Archive{Comment: a.Comment}
	wants := false
	for _, f := range a.Files {
		for _, o := range out.all {
			switch {
			case sectionOf(f.Name, messagesFolder) == o.name && strings.HasPrefix(f.Name, messagesFolder):
				wants, f.Data = true, []byte(a.json(o.messages(), during))
			case sectionOf(f.Name, outputFolder) == o.name && strings.HasPrefix(f.Name, outputFolder):
				wants, f.Data = true, render(f.Name, o.pieces())
			}
		}
		fresh.Files = append(fresh.Files, f)
	}
	for _, o := range out.all {
		if wants || o.name == "" {
			break
		}
		file := txtar.File{Name: messagesFolder + o.name + ".json", Data: []byte(a.json(o.messages(), during))}
		if o.encode != nil && !slices.ContainsFunc(o.pieces(), func(b []byte) bool { return !plain(b) }) {
			file = txtar.File{Name: outputFolder + o.name, Data: render("", o.pieces())}
		}
		fresh.Files = append(fresh.Files, file)
	}
	return fresh
}

// Difference shows where a case and what Run made of it have other words, as - and +
// lines; "" where they are the same.
func Difference(want, got []byte) string {
	after := Parse(got).Files
	var all strings.Builder
	for i, f := range Parse(want).Files { // what is added stands behind them
		if comes(f.Name) && string(after[i].Data) != string(f.Data) {
			all.WriteString(strings.TrimPrefix(difference(filepath.ToSlash(f.Name), f.Data, after[i].Data), "\n"))
		}
	}
	return all.String()
}

// Wants reports whether a case says what must come out.
func Wants(text []byte) bool {
	return slices.ContainsFunc(txtar.Parse(text).Files, func(f txtar.File) bool {
		return comes(f.Name)
	})
}

// comes reports whether a file of a case is what must come out.
func comes(name string) bool {
	return strings.HasPrefix(name, messagesFolder) || strings.HasPrefix(name, outputFolder)
}
