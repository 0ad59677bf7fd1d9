package logstream_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/logstream"
)

// scan makes the files of a space-separated list and returns the streams as
// "name: path path …" with paths below the directory.
func scan(t *testing.T, s logstream.Scheme, files string) ([]string, *logstream.Listing) {
	t.Helper()
	if s.LogDirectory == "" {
		s.LogDirectory = t.TempDir()
	}
	for _, name := range strings.Fields(files) {
		write(t, filepath.Join(s.LogDirectory, name), name+"\n")
	}
	sc, err := logstream.NewScanner(s)
	if err != nil {
		t.Fatal(err)
	}
	l, err := sc.Scan(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, stream := range l.Streams {
		line := stream.Name + ":"
		for _, f := range stream.Files {
			rel, err := filepath.Rel(sc.Root(), f.Path)
			if err != nil {
				t.Fatal(err)
			}
			line += " " + rel
		}
		got = append(got, line)
	}
	return got, l
}

const (
	numbered = "access.log access.log.1 access.log.2 access.log.10 access.log.3.gz access.log.bak error.log sub/access.log"
	dated    = "sally.com/access.log sally.com/access-20131231.log sally.com/access-20140803.log sally.com/access-20140804.log"
	nested   = "2010/05/access.log.3 2010/05/access.log 2010/07/access.log.2 2010/07/access.log.1 2010/07/access.log 2013/08/access.log"
	datedRE  = `(?P<Domain>[^/]+)/access(-(?P<Year>\d{4})(?P<Month>\d{2})(?P<Day>\d{2}))?\.log`
)

func TestWorkedExamples(t *testing.T) {
	type numbers = map[string]map[string]int
	for _, c := range []struct {
		name, files   string
		match         string
		priority      string
		differ        []string
		translation   numbers
		want          []string
		skipped       string
		refusedBecaus string
	}{
		{name: "9.1 one file", files: "syslog syslog.1", match: `syslog`, want: []string{"section: syslog"}},
		{name: "9.2 without compressed", files: numbered, match: `access\.log\.?(?P<Seq>\d*)`, priority: "^Seq",
			want: []string{"section: access.log.10 access.log.2 access.log.1 access.log"}},
		{name: "9.2 with compressed", files: numbered, match: `access\.log(\.(?P<Seq>\d+)(\.gz)?)?`, priority: "^Seq",
			want: []string{"section: access.log.10 access.log.3.gz access.log.2 access.log.1 access.log"}},
		{name: "9.2 below", files: numbered, match: `.*access\.log\.?(?P<Seq>\d*)`, priority: "^Seq",
			want: []string{"section: access.log.10 access.log.2 access.log.1 access.log sub/access.log"}},
		{name: "9.2 no priority", files: numbered, match: `access\.log\.?(?P<Seq>\d*)`,
			refusedBecaus: `Found multiple logfiles without Priority to sort on for name: section, filematch: access\.log\.?(?P<Seq>\d*), files: [`},
		{name: "9.2 wrong way round", files: numbered, match: `access\.log\.?(?P<Seq>\d*)`, priority: "Seq",
			want: []string{"section: access.log access.log.1 access.log.2 access.log.10"}},
		{name: "9.3 with translation", files: dated, match: datedRE, priority: "Year Month Day", differ: []string{"nginx-", "Domain", "-access"},
			translation: numbers{"Year": {"missing": 9999}},
			want:        []string{"nginx-sally.com-access: sally.com/access-20131231.log sally.com/access-20140803.log sally.com/access-20140804.log sally.com/access.log"}},
		{name: "9.3 without translation", files: dated, match: datedRE, priority: "Year Month Day", differ: []string{"nginx-", "Domain", "-access"},
			want: []string{"nginx-sally.com-access: sally.com/access.log sally.com/access-20131231.log sally.com/access-20140803.log sally.com/access-20140804.log"}},
		{name: "9.4", files: nested, match: `(?P<Year>\d+)/(?P<Month>\d+)/access\.log\.?(?P<Seq>\d*)`, priority: "Year Month ^Seq",
			want: []string{"section: " + nested}},
		{name: "9.4 with types", files: nested + " 2010/05/error.log", match: `(?P<Year>\d+)/(?P<Month>\d+)/(?P<Type>access|error)\.log\.?(?P<Seq>\d*)`,
			priority: "Year Month ^Seq", differ: []string{"website-", "Type"},
			want: []string{"website-access: " + nested, "website-error: 2010/05/error.log"}},
		{name: "9.5", files: "frank.com/2013/December/access.log frank.com/2014/Sep/access.log frank.com/2014/Oct/access.log.1 frank.com/2014/Oct/access.log sally.com/2014/Jan/access.log sally.com/2014/Foo/access.log",
			match:    `(?P<Domain>[^/]+)/(?P<Year>\d+)/(?P<MonthName>\w+)/access\.log\.?(?P<Seq>\d*)`,
			priority: "Year MonthName ^Seq", differ: []string{"nginx-", "Domain", "-access"},
			want: []string{
				"nginx-frank.com-access: frank.com/2013/December/access.log frank.com/2014/Sep/access.log frank.com/2014/Oct/access.log.1 frank.com/2014/Oct/access.log",
				"nginx-sally.com-access: sally.com/2014/Jan/access.log"},
			skipped: "sally.com/2014/Foo/access.log: Unable to locate month name: Foo"},
		{name: "9.6", files: "example.org-access.log example.net-access.log", match: `(?P<Host>[^/]+)-access\.log`, differ: []string{"nginx.", "Host", ".access"},
			want: []string{"nginx.example.net.access: example.net-access.log", "nginx.example.org.access: example.org-access.log"}},
		{name: "9.7", files: "app-sabado.log app-Lunes.log app-domingo.log app-extra.log", match: `app-(?P<Day>[a-zA-Z]+)\.log`, priority: "Day",
			translation: numbers{"Day": {"lunes": 1, "martes": 2, "miercoles": 3, "jueves": 4, "viernes": 5, "sabado": 6, "domingo": 7}},
			want:        []string{"section: app-Lunes.log app-sabado.log app-domingo.log"},
			skipped:     "app-extra.log: Value 'extra' not found in translation map 'Day'."},

		{name: "alternatives are anchored", files: "a.log a.log.old b.log q/b.log", match: `a\.log|b\.log`, priority: "x",
			want: []string{"section: a.log b.log"}},
		{name: "the whole path must match", files: "access.log sub/access.log", match: `access\.log`, want: []string{"section: access.log"}},
		{name: "anchors of its own", files: "access.log access.log.1", match: `^access\.log$`, want: []string{"section: access.log"}},
		{name: "a dollar sign that is meant", files: "cash$ cash$.1", match: `cash\$`, want: []string{"section: cash$"}},
		{name: "beginning with a separator", files: "sub/a.log a.log", match: `/sub/a\.log`, want: []string{"section: sub/a.log"}},
		{name: "day names", files: "app.Sun app.monday app.FRI", match: `app\.(?P<DayName>\w+)`, priority: "DayName",
			want: []string{"section: app.monday app.FRI app.Sun"}},
		{name: "map with missing", files: "app app.b app.a", match: `app\.?(?P<P>\w*)`, priority: "P", translation: numbers{"P": {"b": -4, "a": 12, "missing": 0}},
			want: []string{"section: app.b app app.a"}},
		{name: "map without missing", files: "app app.b app.a", match: `app\.?(?P<P>\w*)`, priority: "P", translation: numbers{"P": {"B": 1, "a": 2}},
			want: []string{"section: app.b app.a"}, skipped: "app: Value '' not found in translation map 'P'."},
		{name: "the word missing is an empty capture", files: "app.missing app.3 app.9", match: `app\.?(?P<P>\w*)`, priority: "P", translation: numbers{"P": {"missing": 5}},
			want: []string{"section: app.3 app.missing app.9"}},
		{name: "numbers of any length", files: "a.9 a.10 a.0010000000000000000000000 a.9999999999999999999999 a.x", match: `a\.(?P<N>\w+)`, priority: "N",
			want: []string{"section: a.x a.9 a.10 a.9999999999999999999999 a.0010000000000000000000000"}},
		{name: "a group that took no part", files: "x.log y-h.log", match: `(x|y-(?P<Host>\w+))\.log`, differ: []string{"s", "Host"},
			want: []string{"s: x.log", "sh: y-h.log"}},
		{name: "a plain file before its copy", files: "app.log.1 app.log.1.gz app.log", match: `app\.log(\.(?P<Seq>\d+)(\.gz)?)?`, priority: "^Seq",
			want: []string{"section: app.log.1 app.log.1.gz app.log"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, l := scan(t, logstream.Scheme{Name: "section", FileMatch: c.match, Priority: strings.Fields(c.priority),
				Differentiator: c.differ, Translation: c.translation}, c.files)
			if !slices.Equal(got, c.want) {
				t.Errorf("got  %q\nwant %q", got, c.want)
			}
			if c.refusedBecaus == "" != (l.Refused == nil) || l.Refused != nil && !strings.Contains(l.Refused.Error(), c.refusedBecaus) {
				t.Errorf("refused: got %v, want %q", l.Refused, c.refusedBecaus)
			}
			if c.skipped != "" && !skips(l, c.skipped) {
				t.Errorf("skipped: got %v, want %q", l.Skipped, c.skipped)
			}
			if c.skipped != "" && len(l.Notices) != 1 {
				t.Errorf("got notices %v, want one", l.Notices)
			}
		})
	}
}

func skips(l *logstream.Listing, want string) bool {
	return slices.ContainsFunc(l.Skipped, func(s logstream.Skipped) bool {
		return strings.HasSuffix(s.Path+": "+s.Why, want)
	})
}

func TestScanSaysWhyFilesAreLeftOut(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "app.log"), "x\n")
	write(t, filepath.Join(dir, "app.log.old"), "x\n")
	write(t, filepath.Join(dir, "deep/app.log.x"), "x\n")
	year := time.Now().AddDate(-1, 0, 0)
	if err := os.Chtimes(filepath.Join(dir, "app.log.old"), year, year); err != nil {
		t.Fatal(err)
	}
	for link, target := range map[string]string{
		"app.log.current": "app.log", "app.log.nowhere": "none", "app.log.deep": "deep",
	} {
		if err := os.Symlink(target, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	got, l := scan(t, logstream.Scheme{Name: "app", LogDirectory: dir, FileMatch: `(.*/)?app\.log\.?(?P<Suffix>\w*)`,
		Priority: []string{"Suffix"}, OldestDuration: 720 * time.Hour}, "")
	if want := []string{"app: app.log deep/app.log.x"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, want := range []string{
		"/app.log.old: last modified " + year.Format(time.RFC3339) + ", longer ago than oldest_duration",
		"/app.log.current: the same file as " + filepath.Join(dir, "app.log"),
		"/app.log.nowhere: dangling symbolic link",
		"/app.log.deep: symbolic link to a directory",
	} {
		if !skips(l, want) {
			t.Errorf("%q is not among %v", want, l.Skipped)
		}
	}
	if s, _ := l.Stream("app"); len(s.Aged) != 1 {
		t.Errorf("got aged files %v, want one", s.Aged)
	}
	if len(l.Notices) > 0 {
		t.Errorf("got notices %v for what the configuration asks for", l.Notices)
	}
}

func TestScanAcceptsLinksAndLinkedDirectory(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "store/data"), "x\n")
	if err := os.MkdirAll(filepath.Join(dir, "logs"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(dir, "store/data"), filepath.Join(dir, "logs/app.log")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("logs", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	got, l := scan(t, logstream.Scheme{Name: "app", LogDirectory: filepath.Join(dir, "link"), FileMatch: `app\.log`}, "")
	if want := []string{"app: app.log"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	root, err := filepath.EvalSymlinks(filepath.Join(dir, "logs"))
	if err != nil {
		t.Fatal(err)
	}
	s, _ := l.Stream("app")
	if want := filepath.Join(root, "app.log"); s.Files[0].Path != want {
		t.Errorf("got path %s, want %s", s.Files[0].Path, want)
	}
}

func TestScanEndsWithContext(t *testing.T) {
	sc, err := logstream.NewScanner(logstream.Scheme{Name: "a", LogDirectory: t.TempDir(), FileMatch: `x`})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := sc.Scan(ctx); err == nil {
		t.Error("a scan with an ended context gives no error")
	}
}

func TestCatalogSharesScansAndTellsOfNewStreams(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.log"), "x\n")
	sc, err := logstream.NewScanner(logstream.Scheme{Name: "n", LogDirectory: dir, FileMatch: `(?P<N>[a-z]+)(?P<Bad>\d*)\.log`, Differentiator: []string{"N"}})
	if err != nil {
		t.Fatal(err)
	}
	c := logstream.NewCatalog(sc, time.Hour)
	ctx := context.Background()
	first, err := c.Refresh(ctx)
	if err != nil || first.Gen != 1 || len(first.Streams) != 1 {
		t.Fatalf("got %+v, %v", first, err)
	}
	write(t, filepath.Join(dir, "b.log"), "x\n")
	write(t, filepath.Join(dir, "c1.log"), "x\n")
	write(t, filepath.Join(dir, "c2.log"), "x\n")
	done := make(chan *logstream.Listing)
	go func() {
		l, err := c.Await(ctx, first.Gen)
		if err != nil {
			t.Error(err)
		}
		done <- l
	}()
	if _, err := c.Refresh(ctx); err != nil {
		t.Fatal(err)
	}
	l := <-done
	if _, ok := l.Stream("b"); !ok {
		t.Errorf("the new stream is not in %v", l.Streams)
	}
	if _, ok := l.Stream("c"); ok || len(l.Notices) != 1 {
		t.Errorf("a stream that has no order: got %v, notices %v", l.Streams, l.Notices)
	}
	if l, err = c.Refresh(ctx); err != nil || len(l.Notices) != 0 {
		t.Errorf("a problem is told again: %v, %v", l.Notices, err)
	}
}

func TestManyNames(t *testing.T) {
	re := regexp.MustCompile(`^s\d+$`)
	var names []string
	for i := range 300 {
		names = append(names, fmt.Sprintf("h%d/app.log.%d", i%30, i))
	}
	got, _ := scan(t, logstream.Scheme{Name: "n", FileMatch: `h(?P<H>\d+)/app\.log\.(?P<Seq>\d+)`, Priority: []string{"^Seq"}, Differentiator: []string{"s", "H"}}, strings.Join(names, " "))
	if len(got) != 30 || !re.MatchString(strings.SplitN(got[0], ":", 2)[0]) {
		t.Errorf("got %d streams, first %q", len(got), got[0])
	}
	if want := "s9: h9/app.log.279 h9/app.log.249 h9/app.log.219 h9/app.log.189 h9/app.log.159 h9/app.log.129 h9/app.log.99 h9/app.log.69 h9/app.log.39 h9/app.log.9"; got[29] != want {
		t.Errorf("got %q, want %q", got[29], want)
	}
}
