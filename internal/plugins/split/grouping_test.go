package split_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The files in testdata/presets hold one record after the other, each closed by
// a line of dashes.
func TestPresetsGatherTraces(t *testing.T) {
	files, err := filepath.Glob("testdata/presets/*.txt")
	if err != nil || len(files) != 5 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".txt")
		t.Run(name, func(t *testing.T) {
			b, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			want := bytes.SplitAfter(b, []byte("----\n"))
			for i := range want {
				want[i] = bytes.TrimSuffix(want[i], []byte("----\n"))
			}
			want = want[:len(want)-1]
			s := mustBuild(t, "PatternGroupingSplitter", map[string]any{"preset": name})
			got := drive(t, s, [][]byte{bytes.Join(want, nil)})
			if !slices.EqualFunc(got.records, want, bytes.Equal) {
				t.Errorf("got\n%q\nwant\n%q", got.records, want)
			}
		})
	}
}

func TestGroupingClosesBeforeTheLargestRecord(t *testing.T) {
	line := append(bytes.Repeat([]byte("x"), 999), '\n')
	s := mustBuild(t, "PatternGroupingSplitter", map[string]any{"max_lines": -1})
	got := drive(t, s, [][]byte{bytes.Repeat(line, 100)})
	if len(got.records) != 2 || len(got.records[0]) != 65000 || len(got.records[1]) != 35000 {
		t.Errorf("%d records", len(got.records))
	}
}

// An open group may fill the whole buffer before its end is seen.
func TestGroupingDeliversFullBuffer(t *testing.T) {
	s := mustBuild(t, "PatternGroupingSplitter", map[string]any{"max_lines": -1})
	data := append([]byte("first\n"), bytes.Repeat([]byte("x"), 66000)...)
	if n, rec := s.Split(data, false); n != 6 || string(rec) != "first\n" {
		t.Errorf("%d, %q", n, rec)
	}
}
