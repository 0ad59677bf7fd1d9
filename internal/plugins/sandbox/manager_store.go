package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// store keeps what a manager has loaded, as files in its working directory:
//
//	NAME.toml        the configuration, as it came
//	NAME.lua         the script
//	NAME.terminated  why the filter was terminated; it is not loaded at heka's start
//
// Names consist of letters, digits and underscores, with one dash behind the
// manager's own name, so managers can share a directory.
type store struct {
	dir    string
	prefix string // of this manager's names
}

const (
	configSuffix     = ".toml"
	scriptSuffix     = ".lua"
	terminatedSuffix = ".terminated"
)

func (s *store) path(name, suffix string) string { return filepath.Join(s.dir, name+suffix) }

func (s *store) script(name string) string { return s.path(name, scriptSuffix) }

// open makes the directory and returns the names of what is in it, sorted.
func (s *store) open() (names []string, err error) {
	if s.dir, err = filepath.Abs(s.dir); err != nil { // scripts are not looked up in share_dir
		return nil, err
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return nil, err
	}
	return s.names(configSuffix)
}

// names returns the names of this manager's files of a kind, sorted.
func (s *store) names(suffix string) ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), suffix)
		if section, mine := strings.CutPrefix(name, s.prefix); ok && mine && section == wordsOnly(section) {
			names = append(names, name)
		}
	}
	return names, nil
}

func (s *store) config(name string) (string, error) {
	b, err := os.ReadFile(s.path(name, configSuffix))
	return string(b), err
}

// has reports whether there are files of a filter, whose name may come from anywhere.
func (s *store) has(name string) bool {
	section, mine := strings.CutPrefix(name, s.prefix)
	if !mine || section != wordsOnly(section) {
		return false
	}
	_, err := os.Lstat(s.path(name, configSuffix))
	return err == nil
}

// source returns the configuration and the script of a filter.
func (s *store) source(name string) (config, script string, err error) {
	if config, err = s.config(name); err != nil {
		return "", "", err
	}
	b, err := os.ReadFile(s.script(name))
	return config, string(b), err
}

// put writes the files of a filter, of which either all or none are new. undo puts
// back what was there before.
func (s *store) put(name, config, script string) (undo func() error, err error) {
	suffixes := []string{configSuffix, scriptSuffix, terminatedSuffix}
	before := make([][]byte, len(suffixes))
	for i, suffix := range suffixes {
		if before[i], err = os.ReadFile(s.path(name, suffix)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return func() error { return nil }, err
		}
	}
	undo = func() error {
		var problems []error
		for i, suffix := range suffixes {
			if before[i] == nil {
				problems = append(problems, removeIfThere(s.path(name, suffix)))
			} else {
				problems = append(problems, writeWhole(s.path(name, suffix), before[i]))
			}
		}
		return errors.Join(problems...)
	}
	return undo, errors.Join(writeWhole(s.path(name, scriptSuffix), []byte(script)),
		writeWhole(s.path(name, configSuffix), []byte(config)), removeIfThere(s.path(name, terminatedSuffix)))
}

// remove removes all files of a filter.
func (s *store) remove(name string) error {
	entries, err := os.ReadDir(s.dir)
	problems := []error{err}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), name+".") {
			problems = append(problems, os.Remove(filepath.Join(s.dir, e.Name())))
		}
	}
	return errors.Join(problems...)
}

// mark notes that a filter was terminated.
func (s *store) mark(name string, reason error) error {
	text := strings.TrimPrefix(reason.Error(), terminatedPrefix)
	return writeWhole(s.path(name, terminatedSuffix), []byte(text+"\n"))
}

// terminated is why a filter was terminated, or "".
func (s *store) terminated(name string) string {
	b, err := os.ReadFile(s.path(name, terminatedSuffix))
	if err != nil {
		return ""
	}
	if reason := strings.TrimSpace(string(b)); reason != "" {
		return reason
	}
	return "for an unknown reason"
}

// allTerminated returns the reasons by name.
func (s *store) allTerminated() map[string]string {
	names, _ := s.names(terminatedSuffix) // without them there is just less to tell
	reasons := make(map[string]string)
	for _, name := range slices.Compact(names) {
		reasons[name] = s.terminated(name)
	}
	return reasons
}

// writeWhole writes a file that is there either whole or not at all, whenever heka
// ends. It does not wait for the disk: orders come in bursts, and each must be
// obeyed within max_skew.
func writeWhole(path string, data []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(path), ".new-*") // with mode 0600
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", path, err), os.Remove(f.Name()))
	}
	return nil
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
