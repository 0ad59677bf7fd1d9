package graphite

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/plugins/feedtest"
)

func newTestWhisper(t testing.TB, change func(*WhisperConfig)) (*Whisper, *feedtest.Log) {
	t.Helper()
	env, log := feedtest.Env(t, "whisper")
	o := feedtest.Build[*Whisper](t, Plugins(), "WhisperOutput", env, change)
	if err := o.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { o.Close() })
	return o, log
}

// points counts the points in the first archive of a file.
func points(t *testing.T, o *Whisper, path string) (n int) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(o.base, path))
	if err != nil {
		t.Fatal(err)
	}
	offset, length := binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint32(b[24:])
	for i := range length {
		if binary.BigEndian.Uint32(b[offset+12*i:]) != 0 {
			n++
		}
	}
	return n
}

func TestPointsAreStored(t *testing.T) {
	o, log := newTestWhisper(t, func(c *WhisperConfig) {
		c.DefaultArchiveInfo = [][]uint32{{0, 1, 600}, {0, 60, 100}}
		c.Rules = map[string]RuleConfig{
			"2": {Pattern: `.`, AggMethod: 5},
			"1": {Pattern: `\.count$`, AggMethod: 2, ArchiveInfo: [][]uint32{{0, 10, 60}}},
		}
	})
	now := time.Now().Unix()
	line := func(name string, value any, age int64) string { return fmt.Sprintf("%s %v %d", name, value, now-age) }
	var l feedtest.Ledger
	must(t, l.Messages(
		line("stats.a", 1, 10)+"\n"+line("stats.a", 2, 9)+"\n"+line("stats.b.count", 7, 0),
		line("stats.a", 3, 8)+"\nx\n"+line("stats.c", "y", 1)+"\n",
		line("stats.a", 3, 100_000), line("stats.a", "NaN", 1), "bad").Send(t.Context(), o, false))
	if n := points(t, o, "stats/a.wsp"); n != 3 {
		t.Errorf("%d points", n)
	}
	if n := points(t, o, "stats/b/count.wsp"); n != 1 {
		t.Errorf("%d points", n)
	}
	for path, want := range map[string][2]int64{"stats/a.wsp": {40 + 700*12, 5}, "stats/b/count.wsp": {28 + 60*12, 2}, "stats/c.wsp": {40 + 700*12, 5}} {
		b, err := os.ReadFile(filepath.Join(o.base, path))
		if err != nil || int64(len(b)) != want[0] || int64(b[3]) != want[1] {
			t.Errorf("%s: %d bytes, %v", path, len(b), err)
		}
	}
	if info, err := os.Stat(filepath.Join(o.base, "stats")); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder: %v, %v", info.Mode(), err)
	}
	c := feedtest.Counters(o)
	if c["StoredPoints"] != int64(4) || c["BadLines"] != int64(4) || c["RefusedPoints"] != int64(1) || c["OpenFiles"] != int64(3) {
		t.Errorf("report %v", c)
	}
	if l.Delivered() != 3 || l.Dropped("malformed") != 2 {
		t.Errorf("delivered %d, dropped %d", l.Delivered(), l.Dropped("malformed"))
	}
	for _, want := range []string{"Error updating whisper db 'stats/a.wsp': point is older than the maximum retention period",
		"malformed statmetric line: 'x'", "parsing value 'y'"} {
		if !strings.Contains(log.String(), want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
}

func TestFewFilesAreOpen(t *testing.T) {
	o, _ := newTestWhisper(t, func(c *WhisperConfig) { c.MaxOpenFiles = 3 })
	var l feedtest.Ledger
	now := time.Now().Unix()
	for round := range int64(2) {
		var messages []string
		for _, name := range feedtest.Lines("n.", 10) {
			messages = append(messages, fmt.Sprintf("%s 1 %d", name, now-60*round))
		}
		must(t, l.Messages(messages...).Send(t.Context(), o, false))
		if n := len(o.files.open); n != 3 || o.files.used.Len() != 3 {
			t.Errorf("%d files are open", n)
		}
	}
	if n := points(t, o, "n/000000.wsp"); n != 2 {
		t.Errorf("%d points", n)
	}
}

// TestABadFileHoldsNothingUp has names whose files cannot be.
func TestABadFileHoldsNothingUp(t *testing.T) {
	o, log := newTestWhisper(t, nil)
	must(t, os.WriteFile(filepath.Join(o.base, "broken.wsp"), []byte("no database"), 0o600))
	must(t, os.MkdirAll(filepath.Join(o.base, "folder.wsp"), 0o700))
	now := time.Now().Unix()
	var text []string
	for _, name := range []string{"broken", "folder", strings.Repeat("x", 300), "nul\x00", "broken.wsp.x", "good", "../../../up"} {
		text = append(text, fmt.Sprintf("%s 1 %d", name, now))
	}
	var l feedtest.Ledger
	must(t, l.Messages(strings.Join(text, "\n")).Send(t.Context(), o, false))
	if n := points(t, o, "good.wsp"); n != 1 {
		t.Errorf("%d points", n)
	}
	if n := points(t, o, "up.wsp"); n != 1 {
		t.Errorf("%d points", n)
	}
	if c := feedtest.Counters(o); c["FailedPoints"].(int64)+c["StoredPoints"].(int64) != 7 || c["FailedPoints"].(int64) < 4 {
		t.Errorf("report %v", c)
	}
	if !strings.Contains(log.String(), "can't create WhisperRunner: ") {
		t.Errorf("log %s", log)
	}
	filepath.WalkDir(o.base, func(path string, d fs.DirEntry, err error) error {
		if strings.Contains(d.Name(), ".new") || strings.Contains(d.Name(), ".probe") {
			t.Errorf("%s is left", path)
		}
		return err
	})
}

func TestWhisperOptionsAreChecked(t *testing.T) {
	f := func(want string, change func(*WhisperConfig)) {
		t.Helper()
		p := feedtest.Find(t, Plugins(), "WhisperOutput")
		c := p.NewConfig().(*WhisperConfig)
		change(c)
		if err := c.Check(); want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	f("", func(*WhisperConfig) {})
	f("WhisperOutput 'whisper' can't parse `folder_perm`, is it an octal integer string?", func(c *WhisperConfig) { c.FolderPerm = "8" })
	f("All default archive info settings must have 3 values.", func(c *WhisperConfig) { c.DefaultArchiveInfo = [][]uint32{{60, 10}} })
	f("default_archive_info: archive 1", func(c *WhisperConfig) { c.DefaultArchiveInfo = [][]uint32{{0, 60, 10}, {0, 60, 10}} })
	f("rules.a.pattern: ", func(c *WhisperConfig) { c.Rules = map[string]RuleConfig{"a": {Pattern: "("}} })
	f("rules.a.archive_info: ", func(c *WhisperConfig) { c.Rules = map[string]RuleConfig{"a": {ArchiveInfo: [][]uint32{{}}}} })
	o, _ := newTestWhisper(t, nil)
	must(t, os.WriteFile(filepath.Join(o.base, "file"), nil, 0o600))
	o.base = filepath.Join(o.base, "file", "below")
	if err := o.Prepare(t.Context()); err == nil || !strings.Contains(err.Error(), "base_path") {
		t.Errorf("base_path below a file: %v", err)
	}
}

// BenchmarkWhisper stores a point each in 1000 files, 100 lines a message.
func BenchmarkWhisper(b *testing.B) {
	o, _ := newTestWhisper(b, func(c *WhisperConfig) { c.MaxOpenFiles = 2000 })
	now := time.Now().Unix()
	var l feedtest.Ledger
	for b.Loop() {
		var messages []string
		for m := range 10 {
			var text strings.Builder
			for _, name := range feedtest.Lines(fmt.Sprintf("n%d.", m), 100) {
				fmt.Fprintf(&text, "%s 1 %d\n", name, now)
			}
			messages = append(messages, text.String())
		}
		if err := l.Messages(messages...).Send(b.Context(), o, false); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.N)*1000/b.Elapsed().Seconds(), "points/s")
}

// How new files summarise points is in their heads.
func TestMethodAndFactorOfNewFiles(t *testing.T) {
	own := float32(0.75)
	o, _ := newTestWhisper(t, func(c *WhisperConfig) {
		c.DefaultAggMethod, c.DefaultXFilesFactor = 3, 0.25
		c.Rules = map[string]RuleConfig{"1": {Pattern: "own", XFilesFactor: &own}}
	})
	now := time.Now().Unix()
	must(t, new(feedtest.Ledger).Messages(fmt.Sprintf("a 1 %d\nown 1 %d", now, now)).Send(t.Context(), o, false))
	for path, factor := range map[string]float32{"a.wsp": 0.25, "own.wsp": own} {
		b, err := os.ReadFile(filepath.Join(o.base, path))
		must(t, err)
		if got := math.Float32frombits(binary.BigEndian.Uint32(b[8:])); b[3] != 3 || got != factor {
			t.Errorf("%s: method %d, factor %v", path, b[3], got)
		}
	}
}
