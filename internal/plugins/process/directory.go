package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/hekad/heka/plugin"
)

// DirectoryInput is the ProcessDirectoryInput plugin.
type DirectoryInput struct {
	root     string
	env      *plugin.Env
	children map[string]*child    // by the paths of their files; only used by Run
	said     map[string]complaint // what was wrong, by path

	running, failed atomic.Int64
}

// child is a ProcessInput that was added.
type child struct {
	digest string // of its section, ticker_interval included
	added  plugin.Added
	ended  chan struct{} // closed when it has ended
}

// complaint is what was said about a path, and when.
type complaint struct {
	text string
	at   time.Time
}

// remindEvery is how often it is said that something is still wrong. The log leaves
// out lines when there are many, so that once would not do.
const remindEvery = time.Minute

func newDirectory(c *directoryConfig, env *plugin.Env) (plugin.Input, error) {
	return &DirectoryInput{root: env.SharePath(c.ProcessDir), env: env}, nil
}

// Run implements plugin.Input.
func (in *DirectoryInput) Run(ctx context.Context, feed plugin.Feed) error {
	in.children, in.said = make(map[string]*child), make(map[string]complaint)
	defer in.stopAll()
	in.scan()
	if feed.Once() {
		for _, c := range in.children {
			c.await(ctx)
		}
		return nil
	}
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-feed.Tick():
			in.scan()
		}
	}
}

// stopAll ends the children, and waits for it.
func (in *DirectoryInput) stopAll() {
	for _, c := range in.children {
		c.added.Stop()
	}
	for _, c := range in.children {
		<-c.ended
	}
	in.running.Store(0)
}

func (c *child) await(ctx context.Context) {
	select {
	case <-c.ended:
	case <-ctx.Done():
	}
}

// scan brings the children in step with the files.
func (in *DirectoryInput) scan() {
	maps.DeleteFunc(in.said, func(_ string, c complaint) bool { return time.Since(c.at) >= remindEvery })
	seen := in.walk()
	for path, c := range in.children {
		if !seen.has(path) {
			in.remove(path, c)
		}
	}
	for _, path := range seen.files {
		if err := in.load(path); err != nil {
			in.failed.Add(1)
			if in.news(path, err) {
				in.env.Log.Error(err.Error())
			}
		} else {
			delete(in.said, path)
		}
	}
	in.running.Store(int64(len(in.children)))
}

// news takes note of what is wrong at a path, and reports whether to say it: what was
// said within the last remindEvery is not.
func (in *DirectoryInput) news(path string, err error) bool {
	if in.said[path].text == err.Error() {
		return false
	}
	in.said[path] = complaint{err.Error(), time.Now()}
	return true
}

// listing is what a walk has found.
type listing struct {
	files  []string
	hidden []string // directories that cannot be read just now
}

// has reports whether a file is there, or may be there.
func (l *listing) has(path string) bool {
	for _, f := range l.files {
		if f == path {
			return true
		}
	}
	for _, dir := range l.hidden {
		if strings.HasPrefix(path, dir+string(filepath.Separator)) {
			return true
		}
	}
	return false
}

// walk lists the files of the tree whose names end in .toml and whose places are as
// they should be, and complains about the others.
func (in *DirectoryInput) walk() *listing {
	l := new(listing)
	filepath.WalkDir(in.root, func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			if in.news(path, err) {
				in.env.Log.Error(fmt.Sprintf("walking '%s': %v", path, err))
			}
			if !errors.Is(err, fs.ErrNotExist) {
				l.hidden = append(l.hidden, path)
			}
			return nil
		case d.IsDir() || filepath.Ext(path) != ".toml":
			return nil
		}
		if _, err := in.interval(path); err != nil {
			if in.news(path, err) {
				in.env.Log.Error(err.Error())
			}
			return nil
		}
		l.files = append(l.files, path)
		return nil
	})
	return l
}

// interval is what the directory of a file says about the time between runs.
func (in *DirectoryInput) interval(path string) (seconds uint64, err error) {
	dir := filepath.Dir(path)
	if filepath.Dir(dir) != filepath.Clean(in.root) {
		return 0, fmt.Errorf("invalid ProcessInput path: %s.", path) //lint:ignore ST1005 the text is part of Heka's contract
	}
	name := filepath.Base(dir)
	n, err := strconv.Atoi(name)
	switch {
	case err != nil || strings.HasPrefix(name, "+"):
		return 0, fmt.Errorf("ticker interval could not be parsed for '%s'.", path) //lint:ignore ST1005 as above
	case n < 0:
		return 0, fmt.Errorf("a negative ticker interval was parsed for '%s'.", path) //lint:ignore ST1005 as above
	}
	return uint64(n), nil
}

// maxFile is how long a file with a section may be, in bytes.
const maxFile = 1 << 20

// load adds the input of a file, or another one if what the file says has changed.
// An input whose file is spoilt goes on as it is.
func (in *DirectoryInput) load(path string) error {
	text, err := read(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // it has gone just now, which the next scan sees
	}
	var s plugin.Section
	if err == nil {
		s, err = in.env.Inputs.Read(text, "ProcessInput")
	}
	if err != nil {
		return fmt.Errorf("loading process file '%s': %w", path, err)
	}
	before := in.children[path]
	if before != nil && before.digest == s.Digest {
		return nil
	}
	seconds, err := in.interval(path)
	if err != nil {
		return err
	}
	if before != nil {
		in.remove(path, before)
	}
	c := &child{digest: s.Digest, ended: make(chan struct{})}
	c.added, err = in.env.Inputs.Add(plugin.Addition{Name: path, Text: text, Section: "ProcessInput",
		Default: map[string]any{"can_exit": true},
		Force:   map[string]any{"type": "ProcessInput", "ticker_interval": seconds},
		Ended:   func(error) { close(c.ended) }})
	var start *plugin.StartError
	switch {
	case errors.As(err, &start):
		return fmt.Errorf("creating input '%s': %w", path, err)
	case err != nil:
		return fmt.Errorf("prepping config: %w", err)
	}
	in.children[path] = c
	in.env.Log.Info("Added: " + path)
	return nil
}

func read(path string) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(b) > maxFile {
		err = fmt.Errorf("the file is longer than %d bytes", maxFile)
	}
	return string(b), err
}

// remove takes a child out. One that follows it waits for its end.
func (in *DirectoryInput) remove(path string, c *child) {
	c.added.Stop()
	<-c.ended
	delete(in.children, path)
	in.env.Log.Info("Removed: " + path)
}

// Report implements plugin.Reporter.
func (in *DirectoryInput) Report(r *plugin.Report) {
	r.Add("Processes", in.running.Load(), "count")
	r.Add("FailedFiles", in.failed.Load(), "count")
}
