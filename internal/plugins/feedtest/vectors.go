package feedtest

import (
	"bytes"
	"os"
	"testing"

	"github.com/pelletier/go-toml/v2"
)

// Vectors reads the cases of testdata/vectors.toml, each of them a table [[case]]
// with the keys of V and no others.
func Vectors[V any](t testing.TB) []V {
	t.Helper()
	b, err := os.ReadFile("testdata/vectors.toml")
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Case []V }
	if err := toml.NewDecoder(bytes.NewReader(b)).DisallowUnknownFields().Decode(&file); err != nil {
		t.Fatal(err)
	}
	if len(file.Case) == 0 {
		t.Fatal("testdata/vectors.toml has no cases")
	}
	return file.Case
}
