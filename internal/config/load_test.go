package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/config"
)

// write puts a file below dir and returns its path.
func write(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDirectoryReadsOnlyTOMLFilesOfItself(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "b.toml", "[b]")
	write(t, dir, "a.toml", "[a]")
	write(t, dir, "B.toml", "[upper]")
	write(t, dir, ".hidden.toml", "[hidden]")
	write(t, dir, "c.TOML", "[no]")
	write(t, dir, "d.toml.bak", "[no]")
	write(t, dir, "sub/e.toml", "[no]")
	write(t, dir, "f.toml/g.toml", "[no]")
	cfg, problems := config.Load(dir, config.Options{})
	var names []string
	for _, s := range cfg.Sections {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " "); got != "hidden upper a b" {
		t.Errorf("sections %s", got)
	}
	if len(problems) != 1 || !problems.HasErrors() || !strings.Contains(problems[0].String(), "f.toml") {
		t.Errorf("problems %v", problems)
	}
}

func TestFileOfAnyName(t *testing.T) {
	cfg, problems := config.Load(write(t, t.TempDir(), "heka.conf", "[a]"), config.Options{})
	if len(cfg.Sections) != 1 || len(problems) != 0 {
		t.Error(cfg, problems)
	}
}

func TestMissingFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.toml")
	cfg, problems := config.Load(path, config.Options{})
	if want := path + ": Error opening config file: open " + path + ": no such file or directory\n"; lines(problems) != want || cfg == nil {
		t.Errorf("got %s", lines(problems))
	}
	sec, problems := config.LoadSection(path, config.Options{})
	if !problems.HasErrors() || sec.Sets("x") {
		t.Error(problems)
	}
}

func TestLoadSectionReadsTheTopLevel(t *testing.T) {
	path := write(t, t.TempDir(), "sbmgr.toml", "ip_address = \"%ENV[NAME]\"\nuse_tls = false\n[signer]\nname = 5\n")
	sec, problems := config.LoadSection(path, config.Options{LookupEnv: lookup})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var got struct {
		Address string `toml:"ip_address"`
		UseTLS  bool   `toml:"use_tls"`
		Signer  struct {
			Name string `toml:"name"`
		} `toml:"signer"`
	}
	found := config.Decode(sec, &got)
	if got.Address != "web" || lines(found) != path+":4:8: signer.name is 5, an integer; it must be a string\n" {
		t.Errorf("%+v %v", got, found)
	}
}

func TestLiteralEnv(t *testing.T) {
	cfg, problems := config.LoadBytes("peer", []byte("[a]\nx = \"%ENV[HOME]\""), config.Options{LiteralEnv: true})
	if len(problems) > 0 || cfg.Sections[0].Table.Member("x").Value != "%ENV[HOME]" {
		t.Error(problems)
	}
}

func TestProcessEnvironmentIsTheDefault(t *testing.T) {
	t.Setenv("HEKA_TEST_VALUE", "here")
	cfg, _ := config.LoadBytes("in.toml", []byte("[a]\nx = \"%ENV[HEKA_TEST_VALUE]\""), config.Options{})
	if got := cfg.Sections[0].Table.Member("x").Value; got != "here" {
		t.Error(got)
	}
}

func TestTextThatIsNoConfiguration(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"latin-1", "[a]\nx = \"caf\xe9\"", "in.toml:2:9: byte 0xE9 is not UTF-8; save the file in UTF-8\n"},
		{"too large", strings.Repeat("#", 16<<20+1), "in.toml: file is larger than 16 MiB\n"},
	} {
		_, problems := config.LoadBytes("in.toml", []byte(c.text), config.Options{})
		if lines(problems) != c.want {
			t.Errorf("%s: %s", c.name, lines(problems))
		}
	}
}

func TestReadingStopsAfterManyProblems(t *testing.T) {
	_, problems := config.LoadBytes("in.toml", []byte("[a]\n"+strings.Repeat("x\n", 10_000)), config.Options{})
	if len(problems) != 200 || problems[199].Hint != "there is more; reading stopped here" {
		t.Errorf("%d problems, the last: %v", len(problems), problems[len(problems)-1])
	}
}

func TestTypesAndKinds(t *testing.T) {
	for _, c := range []struct{ text, typ, kind string }{
		{"[TcpInput]", "TcpInput", "Input"},
		{"[ TcpOutput ]", "TcpOutput", "Output"},
		{"[x]\ntype = \"RegexSplitter\"", "RegexSplitter", "Splitter"},
		{"[x]\nTYPE = \"GeoIpDecoder\"", "GeoIpDecoder", "Decoder"},
		{"[StatFilter]\ntype = \"\"", "StatFilter", "Filter"},
		{"[ESJsonEncoder]\ntype = 5", "ESJsonEncoder", "Encoder"},
		{"[input]", "input", ""},
	} {
		s := section(t, c.text)
		if s.Type() != c.typ || s.Kind() != c.kind {
			t.Errorf("%q is a %s of kind %q", c.text, s.Type(), s.Kind())
		}
	}
}

func TestFindSection(t *testing.T) {
	cfg, _ := config.LoadBytes("in.toml", []byte("[ a ]\ntype = \"TcpInput\"\n[a]\ntype = \"TcpOutput\""), config.Options{})
	for _, c := range []struct {
		kind, name string
		line       int
	}{{"Input", " a ", 1}, {"Input", "a", 1}, {"Output", "a", 3}, {"Output", " a ", 0}, {"Filter", "a", 0}} {
		line := 0
		if s := cfg.Find(c.kind, c.name); s != nil {
			line = s.Pos.Line
		}
		if line != c.line {
			t.Errorf("Find(%q, %q) is on line %d, want %d", c.kind, c.name, line, c.line)
		}
	}
}

func TestWarningsAreKept(t *testing.T) {
	cfg, problems := config.LoadBytes("in.toml", []byte("[a]\nx = '\\b'\ny = z"), config.Options{})
	if len(cfg.Warnings) != 1 || len(problems) != 2 || len(problems.Errors()) != 1 {
		t.Error(cfg.Warnings, problems)
	}
	if err := problems.Err(); err == nil || err.Error() != problems.Errors()[0].String() {
		t.Error(err)
	}
	if err := cfg.Warnings.Err(); err != nil {
		t.Error(err)
	}
}

func TestExampleReadsWithoutProblems(t *testing.T) {
	cfg, problems := config.Load("testdata/example.toml", config.Options{LookupEnv: lookup})
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	kinds := map[string]int{}
	for _, s := range cfg.Sections {
		kinds[s.Kind()]++
	}
	if kinds["Input"] != 3 || kinds["Splitter"] != 1 || kinds["Decoder"] != 1 || kinds["Filter"] != 1 || kinds["Output"] != 1 {
		t.Error(kinds)
	}
	if key := cfg.Find("Splitter", "signed frames").Table.Member("signer").Member("ops_0").Member("hmac_key"); key.Value != env["QUOTES"] {
		t.Error(key.Value)
	}
	if m := cfg.Find("Decoder", "combined log").Table.Member("message_fields").Nodes[3]; m.Key != "Host.Name" {
		t.Error(m.Key)
	}
}

func TestSourceLinesOfProblemsAreCut(t *testing.T) {
	text := "[a]\nx = [" + strings.Repeat("1, ", 1000) + "oops]"
	_, problems := config.LoadBytes("in.toml", []byte(text), config.Options{})
	if d := problems[0].Detail(); len(d) > 400 || !strings.Contains(d, "oops") {
		t.Error(d)
	}
}
