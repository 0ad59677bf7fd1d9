package logstream

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"
)

// A Scheme says which files below a directory form log streams, how the
// streams are named and in which order the files of one stream are read.
type Scheme struct {
	// Name is the name of the section that the scheme comes from. It is the
	// stream name if there is no Differentiator.
	Name string
	// LogDirectory is the root of the scan. It must exist; a symbolic link is
	// resolved by NewScanner.
	LogDirectory string
	// FileMatch is a regular expression (RE2) for the whole path below
	// LogDirectory.
	FileMatch string
	// Priority names capture groups, the most significant first. Files with
	// smaller numbers are older; "^" in front turns that round.
	Priority []string
	// Differentiator holds the parts of the stream name: names of capture
	// groups stand for the captured text, anything else for itself.
	Differentiator []string
	// Translation maps, per capture group, captured texts to numbers. Keys are
	// compared in lower case; "missing" stands for an empty capture.
	Translation map[string]map[string]int
	// OldestDuration leaves out files that were last modified longer ago; 0
	// means no limit.
	OldestDuration time.Duration
}

// An OptionError is a problem with one option of a Scheme.
type OptionError struct {
	// Option is the option's name as users write it, such as "file_match".
	Option string
	Err    error
}

// Error returns the problem, which names the option itself.
func (e *OptionError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *OptionError) Unwrap() error { return e.Err }

func badOption(option, format string, args ...any) error {
	return &OptionError{Option: option, Err: fmt.Errorf(format, args...)}
}

// missing is the key of a translation map that stands for an empty capture.
const missing = "missing"

// A Scanner finds the files of a Scheme. It has no state that changes and may
// be used by several goroutines.
type Scanner struct {
	scheme Scheme
	root   string // LogDirectory, absolute and without symbolic links
	prefix string // root with a separator at its end
	match  *regexp.Regexp
	rooted bool // file_match begins with a separator
	groups []group
	order  []sortBy
	name   []namePart
}

// A group is a named capture group of file_match.
type group struct {
	name  string
	index int            // of the submatch
	kind  groupKind      // how a captured text becomes a number
	texts map[string]int // translation, keys in lower case
}

// A sortBy is one element of the priority list that names a group.
type sortBy struct {
	group      int // index in Scanner.groups
	descending bool
}

// A namePart is an element of the differentiator: the text of a group, or, if
// group is negative, a literal.
type namePart struct {
	group   int
	literal string
}

// NewScanner checks the scheme and prepares it. All problems are reported
// together, each of them as an *OptionError; the directory must exist.
func NewScanner(s Scheme) (*Scanner, error) {
	sc := &Scanner{scheme: s}
	err := errors.Join(
		sc.setDirectory(),
		sc.setMatch(),
		sc.setTranslation(),
		sc.setPriority(),
	)
	if s.OldestDuration < 0 {
		err = errors.Join(err, badOption("oldest_duration", "`oldest_duration` is %s; it must not be negative", s.OldestDuration))
	}
	if err != nil {
		return nil, err
	}
	sc.setName()
	return sc, nil
}

// Root returns the directory that is scanned, absolute and with symbolic links
// resolved. All paths of files begin with it.
func (sc *Scanner) Root() string { return sc.root }

// Scheme returns what the scanner was made from.
func (sc *Scanner) Scheme() Scheme { return sc.scheme }

func (sc *Scanner) setDirectory() error {
	dir := sc.scheme.LogDirectory
	if dir == "" {
		return badOption("log_directory", "`log_directory` setting is required.")
	}
	root, err := filepath.EvalSymlinks(dir)
	if err == nil {
		root, err = filepath.Abs(root)
	}
	if err != nil {
		return badOption("log_directory", "`log_directory` %q: %w", dir, err)
	}
	info, err := os.Stat(root)
	if err != nil {
		return badOption("log_directory", "`log_directory` %q: %w", dir, err)
	}
	if !info.IsDir() {
		return badOption("log_directory", "`log_directory` %q is not a directory", dir)
	}
	sc.root = root
	sc.prefix = root
	if !os.IsPathSeparator(root[len(root)-1]) {
		sc.prefix += string(filepath.Separator)
	}
	return nil
}

// setMatch compiles file_match twice: alone, so that the parentheses put
// around it cannot make a broken expression whole, and with its anchors.
func (sc *Scanner) setMatch() error {
	expr := sc.scheme.FileMatch
	if expr == "" {
		return badOption("file_match", "`file_match` setting is required.")
	}
	if _, err := regexp.Compile(expr); err != nil {
		return badOption("file_match", "`file_match` %q: %w", expr, err)
	}
	match, err := regexp.Compile(`\A(?:` + expr + `)\z`)
	if err != nil {
		return badOption("file_match", "`file_match` %q: %w", expr, err)
	}
	sc.match = match
	sc.rooted = os.IsPathSeparator(expr[0])
	for i, name := range match.SubexpNames() {
		if name != "" {
			sc.groups = append(sc.groups, group{name: name, index: i, kind: kindOf(name)})
		}
	}
	return nil
}

func (sc *Scanner) setTranslation() error {
	var problems []error
	for _, name := range sortedKeys(sc.scheme.Translation) {
		texts := sc.scheme.Translation[name]
		if _, ok := texts[missing]; len(texts) == 1 && !ok {
			problems = append(problems, badOption("translation."+name,
				"A translation map with one entry ('%s') must be specifying a 'missing' key.", name))
			continue
		}
		i := sc.groupIndex(name)
		if i < 0 || len(texts) == 0 || sc.groups[i].kind != asNumber {
			continue
		}
		lower := make(map[string]int, len(texts))
		for _, text := range sortedKeys(texts) {
			key := strings.ToLower(text)
			if old, ok := lower[key]; ok && old != texts[text] {
				problems = append(problems, badOption("translation."+name,
					"`translation.%s` gives %q two numbers, %d and %d", name, key, old, texts[text]))
			}
			lower[key] = texts[text]
		}
		sc.groups[i].texts = lower
		sc.groups[i].kind = asTranslated
		if len(texts) == 1 {
			sc.groups[i].kind = asNumberOrMissing
		}
	}
	return errors.Join(problems...)
}

func (sc *Scanner) setPriority() error {
	var problems []error
	for _, element := range sc.scheme.Priority {
		name, descending := strings.CutPrefix(element, "^")
		if name == "" {
			problems = append(problems, badOption("priority", "`priority` has %q among its elements; each must name a group of `file_match`", element))
			continue
		}
		if i := sc.groupIndex(name); i >= 0 {
			sc.order = append(sc.order, sortBy{group: i, descending: descending})
		}
	}
	return errors.Join(problems...)
}

func (sc *Scanner) setName() {
	parts := sc.scheme.Differentiator
	if len(parts) == 0 {
		sc.name = []namePart{{group: -1, literal: sc.scheme.Name}}
		return
	}
	for _, part := range parts {
		sc.name = append(sc.name, namePart{group: sc.groupIndex(part), literal: part})
	}
}

// Warnings tells what is accepted but cannot have been meant: a priority or a
// translation for a group that file_match does not have, and a translation of
// a group whose texts have their own table.
func (sc *Scanner) Warnings() []string {
	var w []string
	for _, element := range sc.scheme.Priority {
		if name := strings.TrimPrefix(element, "^"); sc.groupIndex(name) < 0 {
			w = append(w, fmt.Sprintf("`priority` names %q, which is not a group of `file_match`", name))
		}
	}
	for _, name := range sortedKeys(sc.scheme.Translation) {
		switch i := sc.groupIndex(name); {
		case i < 0:
			w = append(w, fmt.Sprintf("`translation.%s` is for a group that `file_match` does not have", name))
		case sc.groups[i].kind == asMonth || sc.groups[i].kind == asDay:
			w = append(w, fmt.Sprintf("`translation.%s` has no effect: the group %s has its own table", name, name))
		}
	}
	return w
}

func (sc *Scanner) groupIndex(name string) int {
	return slices.IndexFunc(sc.groups, func(g group) bool { return g.name == name })
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
