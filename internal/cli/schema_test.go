package cli_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pelletier/go-toml/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/hekad/heka/internal/plugins"
	"github.com/hekad/heka/internal/reference"
)

// compiled is the schema as a validator takes it.
func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	text, err := json.Marshal(reference.Schema(reference.Pages(plugins.All())))
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(text)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("heka.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("heka.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// document is TOML 1.0 as the values of JSON.
func document(t *testing.T, text string) any {
	t.Helper()
	var tree map[string]any
	if err := toml.Unmarshal([]byte(text), &tree); err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(b)))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// The schema takes the example of every plugin, and what heka config show writes.
func TestSchemaTakesTheExamples(t *testing.T) {
	s := compiled(t)
	for _, page := range reference.Pages(plugins.All()) {
		if err := s.Validate(document(t, page.Example)); err != nil {
			t.Errorf("%s: %v\n%s", page.Type, err, page.Example)
		}
	}
}

// The schema finds what a schema can find.
func TestSchemaFindsMistakes(t *testing.T) {
	s := compiled(t)
	for _, name := range []string{"misspelt-option", "misspelt-type", "wrong-type", "wrong-unit", "outside-any-section"} {
		text, err := os.ReadFile(filepath.Join("..", "..", "testdata", "config", name+".toml"))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(document(t, string(text))) == nil {
			t.Errorf("%s.toml passes", name)
		}
	}
	f := func(text string, want bool) {
		t.Helper()
		if err := s.Validate(document(t, text)); (err == nil) != want {
			t.Errorf("%s\nerror %v, want one: %t", text, err, !want)
		}
	}
	f("[hekad]\nmaxprocs = 2\n[TcpInput]\naddress = ':1'\n", true)
	f("[hekad]\nmaxprocs = -1\n", false)
	f("[hekad]\nmaxporcs = 1\n", false)
	f("[TcpInput]\ntype = 'CounterFilter'\nticker_interval = 3\n", true)
	f("[x]\naddress = ':1'\n", false)
	f("[x]\ntype = 'TcpInput'\naddress = ':1'\n[x.tls]\nciphers = ['a', 'b']\n", true)
	f("[x]\ntype = 'TcpInput'\naddress = ':1'\n[x.tls]\nciphers = [1]\n", false)
}
