package config_test

import (
	"os"
	"testing"

	"github.com/hekad/heka/internal/config"
)

func BenchmarkLoad(b *testing.B) {
	data, err := os.ReadFile("testdata/example.toml")
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if _, problems := config.LoadBytes("example.toml", data, config.Options{LookupEnv: lookup}); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}

func BenchmarkDecode(b *testing.B) {
	sec := section(b, "[s]\naddress = \"x\"\nint = 5\ndelay = \"1s\"\nto = [\"a\", \"b\"]\n[s.fields]\na = \"1\"\n[s.tls]\n")
	b.ReportAllocs()
	for b.Loop() {
		var own everything
		var shared common
		if problems := config.Decode(sec, &own, &shared); len(problems) > 0 {
			b.Fatal(problems)
		}
	}
}
