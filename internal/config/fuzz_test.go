package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/pelletier/go-toml/v2"
	"github.com/rogpeppe/go-internal/txtar"
)

// addSeeds gives the fuzzer every file of the archives.
func addSeeds(f *testing.F) {
	archives, err := filepath.Glob("testdata/read/*.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range archives {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for _, file := range txtar.Parse(data).Files {
			if strings.HasSuffix(file.Name, ".toml") {
				f.Add(string(file.Data))
			}
		}
	}
}

// FuzzParse holds that reading any text ends without panic, that every place
// lies inside the text, and that what both dialects have in common reads as
// go-toml reads it.
func FuzzParse(f *testing.F) {
	addSeeds(f)
	f.Fuzz(func(t *testing.T, text string) {
		cfg, problems := config.LoadBytes("in.toml", []byte(text), config.Options{LookupEnv: lookup})
		lineCount := strings.Count(text, "\n") + 1
		check := func(p config.Pos) {
			if p.Line < 1 || p.Line > lineCount || p.Col < 1 {
				t.Errorf("place %v outside the text", p)
			}
		}
		for _, p := range problems {
			if p.Pos.Line > 0 {
				check(p.Pos)
			}
			_ = p.Detail()
		}
		for _, s := range cfg.Sections {
			check(s.Pos)
			eachNode(s.Table, func(n *config.Node) { check(n.Pos) })
		}
		if commonDialect(text) {
			compare(t, text, cfg, problems)
		}
	})
}

func eachNode(n *config.Node, do func(*config.Node)) {
	for _, m := range n.Nodes {
		do(m)
		eachNode(m, do)
	}
}

// different matches what the two dialects read differently or only one reads:
// raw strings, headers and keys with quotes, blanks or dots, and, in go-toml,
// \e and \x of TOML 1.1.
var different = regexp.MustCompile(`'|%ENV|\\[ex]|(?m)^[ \t]*(\[[^\]]*[^A-Za-z0-9_.\[\]-]|[^=\n]*["'.][^=\n]*=)`)

func commonDialect(text string) bool {
	deep := strings.Count(text, "[")+strings.Count(text, "{")+strings.Count(text, ".") > 60
	return !deep && !strings.HasPrefix(text, "\ufeff") && !different.MatchString(text)
}

// compare holds that text which go-toml accepts is read in the same way.
func compare(t *testing.T, text string, cfg *config.Config, problems config.Problems) {
	var want map[string]any
	if err := toml.Unmarshal([]byte(text), &want); err != nil {
		return
	}
	for name, v := range want {
		if _, ok := v.(map[string]any); !ok || name == "hekad" {
			return // not a configuration of sections
		}
	}
	if problems.HasErrors() {
		t.Fatalf("refused: %v", problems)
	}
	if len(cfg.Sections) != len(want) {
		t.Fatalf("%d sections, want %d", len(cfg.Sections), len(want))
	}
	for _, s := range cfg.Sections {
		if got := s.Table.Plain(); !reflect.DeepEqual(got, plainTOML(want[s.Name])) {
			t.Errorf("[%s] is %#v, want %#v", s.Name, got, plainTOML(want[s.Name]))
		}
	}
}

// plainTOML turns what go-toml makes into what Plain makes.
func plainTOML(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for k, e := range v {
			v[k] = plainTOML(e)
		}
	case []any:
		for i, e := range v {
			v[i] = plainTOML(e)
		}
	case float64:
		if v != v {
			return "not a number"
		}
	case toml.LocalDate:
		return v.AsTime(time.Local)
	case toml.LocalDateTime:
		return v.AsTime(time.Local)
	case toml.LocalTime:
		return v.String()
	}
	return v
}

// FuzzDecode holds that any section decodes without panic, that a failed value
// is reported, and that the listing of what was decoded reads back as the same.
func FuzzDecode(f *testing.F) {
	for _, text := range []string{
		"address = \"x\"\nint = 5\nratio = 1\nto = ['a']\n[s.config]\na.b = { c = [1, {d = 2}] }\n[[s.list]]\nhmac_key = 'x'",
		"tls = {cert_file = 'a'}\nfields = {a = \"b\"}\nwhen = 2015-01-01T00:00:00Z\nlevel = \"low\"\ncodes = {x=1}\nany = inf",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cfg, problems := config.LoadBytes("in.toml", []byte("[s]\n"+text), config.Options{LookupEnv: lookup})
		if problems.HasErrors() || len(cfg.Sections) == 0 {
			return
		}
		sec := cfg.Sections[0]
		var own, again mirrored
		var shared, sharedAgain common
		found := config.Decode(sec, &own, &shared)
		listing := config.Effective(sec, &own, &shared).TOML(true)
		if found.HasErrors() {
			return
		}
		cfg, problems = config.LoadBytes("again.toml", []byte(listing), config.Options{LookupEnv: lookup})
		if problems.HasErrors() {
			t.Fatalf("listing does not read: %v\n%s", problems, listing)
		}
		if found := config.Decode(cfg.Sections[0], &again, &sharedAgain); found.HasErrors() {
			t.Fatalf("listing does not decode: %v\n%s", found, listing)
		}
		second := config.Effective(cfg.Sections[0], &again, &sharedAgain).TOML(false)
		if first := config.Effective(sec, &own, &shared).TOML(false); !bytes.Equal([]byte(first), []byte(second)) {
			t.Errorf("listing\n%s\nreads as\n%s", first, second)
		}
	})
}

// mirrored has options of the types whose values a listing keeps.
type mirrored struct {
	Address string            `toml:"address"`
	Int     int               `toml:"int"`
	Small   uint8             `toml:"small"`
	Ratio   float64           `toml:"ratio"`
	Delay   time.Duration     `toml:"delay"`
	When    time.Time         `toml:"when"`
	To      []string          `toml:"to"`
	Codes   map[string]int    `toml:"codes"`
	Free    map[string]any    `toml:"config"`
	Any     any               `toml:"any"`
	TLS     *tls              `toml:"tls"`
	Subs    map[string]signed `toml:"subs"`
	List    []signed          `toml:"list"`
}

type signed struct {
	Version int `toml:"version"`
}
