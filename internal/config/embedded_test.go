package config_test

import (
	"reflect"
	"testing"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/plugin"
)

// embedding flattens a public and a private struct and a pointer.
type embedding struct {
	Shared
	inner
	*Deep
	Own  string `toml:"own"`
	Over string `toml:"over"`
}

type Shared struct {
	Name string `toml:"name"`
	Over int    `toml:"over"`
}

func (s *Shared) Check() error {
	if s.Name == "bad" {
		return plugin.BadOption("name", "is bad")
	}
	return nil
}

type inner struct {
	Within string `toml:"within"`
}

type Deep struct {
	Depth int `toml:"depth"`
}

func TestEmbeddedStructsAreFlattened(t *testing.T) {
	sec := section(t, "[s]\nname = \"n\"\nwithin = \"w\"\ndepth = 3\nown = \"o\"\nover = \"text\"")
	var got embedding
	if problems := config.Decode(sec, &got); len(problems) > 0 {
		t.Fatal(problems)
	}
	want := embedding{Shared: Shared{Name: "n"}, inner: inner{"w"}, Deep: &Deep{3}, Own: "o", Over: "text"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v", got)
	}
	if got, want := lines(config.Decode(section(t, "[s]\nname = \"bad\""), &embedding{})), "in.toml:2:8: [s] name: is bad\n"; got != want {
		t.Errorf("got %s", got)
	}
}
