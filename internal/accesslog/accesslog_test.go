package accesslog_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/accesslog"
	"github.com/hekad/heka/message"
)

// kindOf returns the representation that a host gets when it is all there is.
func kindOf(t *testing.T, host string) string {
	t.Helper()
	f, err := accesslog.NewNginx("[$host]")
	if err != nil {
		t.Fatal(err)
	}
	m := message.New()
	if f.Parse("["+host+"]", m) != nil {
		return "none"
	}
	return m.Field(0).Representation()
}

func TestAddressGrammar(t *testing.T) {
	cases := map[string]string{
		"ipv6": `2001:0db8:85a3:0000:0000:8a2e:0370:7334 2001:db8:85a3::8a2e:370:7334 2001:0db8:0000:0000:0000::1428:57ab
			2001:db8::1428:57ab ::1 ::ffff:12.34.56.78 ::ffff:c000:280 2001:db8:a::123 fe80:: ::
			1:2:3:4:5:6::8 1:2:3:4:5:6:7:: 1:2:3:4:5::1.2.3.4 ::2:3:4:5:6:7:8 1::3:4:5:6:7:8 1:2:3:4:5:6:1.2.3.4`,
		"ipv4": `0.0.0.0 192.168.1.10 249.255.255.255 1.2.3.4`,
		"none": `2001::FFD3::57ab 2001:db8:85a3::8a2e:37023:7334 2001:db8:85a3::8a2e:370k:7334 1:2:3:4:5:6:7:8:9 1::2::3
			1:::3:4:5 1:2:3::4:5:6:7:8:9 ::ffff:2.3.4 ::ffff:257.1.2.3
			1:2:3:4:5:6:7::8 1:2:3:4:5:6::1.2.3.4 ::1:2:3:4:5:6:7:8`,
		"hostname": `123 00.0.0.0 256.255.255.255 255.2550.255.255 1 1.2 1.2.3. 1.2.3.a 1.2.3.4.5 .`,
	}
	for want, hosts := range cases {
		for _, host := range strings.Fields(hosts) {
			if got := kindOf(t, host); got != want {
				t.Errorf("%s is %s, want %s", host, got, want)
			}
		}
	}
}

// TestTimesOfFourCenturies walks through all days and compares with package
// time.
func TestTimesOfFourCenturies(t *testing.T) {
	f, err := accesslog.NewNginx("$time_local")
	if err != nil {
		t.Fatal(err)
	}
	m := message.New()
	end := time.Date(2262, 4, 11, 0, 0, 0, 0, time.UTC)
	for day := time.Date(1862, 1, 1, 17, 4, 5, 0, time.FixedZone("", -7*3600)); day.Before(end); day = day.AddDate(0, 0, 1) {
		m.Reset()
		line := day.Format("02/Jan/2006:15:04:05 -0700")
		if err := f.Parse(line, m); err != nil || m.Timestamp() != day.UnixNano() {
			t.Fatalf("%s: %d, %v; want %d", line, m.Timestamp(), err, day.UnixNano())
		}
	}
}

func TestStrftimeReadsWhatStrftimePrints(t *testing.T) {
	// The left is a specifier, the right the same in Go's layout.
	layouts := map[string]string{
		"%a %b %d %H:%M:%S %Y": "Mon Jan 02 15:04:05 2006", "%A, %B %e, %G %I:%M:%S %p": "Monday, January _2, 2006 03:04:05 PM",
		"%c": "Mon Jan _2 15:04:05 2006", "%D %R": "01/02/06 15:04", "%x %X": "01/02/06 15:04:05", "%F %r": "2006-01-02 03:04:05 PM",
		"%h %e %y %T": "Jan _2 06 15:04:05", "%m/%d/%g %T %z": "01/02/06 15:04:05 -0700", "%F%n%T%t%Z": "2006-01-02\n15:04:05\tMST",
		"%j %F %T": "002 2006-01-02 15:04:05",
	}
	for format, layout := range layouts {
		f, err := accesslog.NewApache("%{" + format + "}t")
		if err != nil {
			t.Fatal(err)
		}
		for day := range 366 {
			at := time.Date(2024, 1, 1+day, day%24, day%60, day*7%60, 0, time.UTC)
			m := message.New()
			line := at.Format(layout)
			if !strings.Contains(layout, "05") {
				at = at.Truncate(time.Minute)
			}
			if err := f.Parse(line, m); err != nil || m.Timestamp() != at.UnixNano() {
				t.Fatalf("%s on %q: %d, %v; want %d", format, line, m.Timestamp(), err, at.UnixNano())
			}
		}
	}
}

func TestSteadyStateAllocatesNothing(t *testing.T) {
	const upstream = "$upstream_addr $upstream_response_length $upstream_response_time $upstream_status"
	cases := []struct{ format, line string }{
		{"combined", combinedLine},
		{"$time_iso8601 $msec $request_time", "2014-02-10T08:46:41-08:00 1391794831.755 0.123"},
		{upstream, "10.0.0.1:80, 10.0.0.2:80 1, 2 0.1, 0.2 502, 200"},
		{"$remote_addr [$time_local] $http_user_agent", "::1 [10/Feb/2014:08:46:41 -0800] "},
		{"combined", combinedLine[:len(combinedLine)-1]},
	}
	for _, c := range cases {
		f, err := accesslog.NewNginx(c.format)
		if err != nil {
			t.Fatal(err)
		}
		f.TransformUserAgent(accesslog.KeepAll)
		m := message.New()
		n := testing.AllocsPerRun(100, func() {
			m.Reset()
			_ = f.Parse(c.line, m)
		})
		if n != 0 {
			t.Errorf("%s: %v allocations for %q", c.format, n, c.line)
		}
	}
}

func TestFieldsAreViewsOfTheLine(t *testing.T) {
	f, err := accesslog.NewNginx(`$remote_addr "$request" $upstream_addr`)
	if err != nil {
		t.Fatal(err)
	}
	buf := []byte(`::1 "GET /" 10.0.0.1:80, 10.0.0.2:80`)
	m := message.New()
	if err := f.Parse(message.View(buf), m); err != nil {
		t.Fatal(err)
	}
	for i := range buf {
		buf[i] = '#'
	}
	for i := range m.NumFields() {
		for k := range m.Field(i).Len() {
			if s, _ := m.Field(i).Text(k); strings.Trim(s, "#") != "" {
				t.Errorf("%s is %q, a copy", m.Field(i).Name(), s)
			}
		}
	}
}

// TestKnownAgentsOutliveTheirLine reuses the buffer of the line that brought a
// user agent.
func TestKnownAgentsOutliveTheirLine(t *testing.T) {
	f, err := accesslog.NewNginx(`"$http_user_agent"`)
	if err != nil {
		t.Fatal(err)
	}
	f.TransformUserAgent(accesslog.KeepNone)
	var buf []byte
	for round := range 3 {
		for i := range 5000 {
			m := message.New()
			buf = fmt.Appendf(buf[:0], `"%s Firefox/%d"`, strings.Repeat("x", i%700), i)
			if err := f.Parse(message.View(buf), m); err != nil {
				t.Fatal(err)
			}
			if v, _ := m.FindField("user_agent_version", 0).Double(0); v != float64(i) {
				t.Fatalf("round %d: Firefox/%d has version %v", round, i, v)
			}
		}
	}
}

func TestPresetsStandForTheirFormat(t *testing.T) {
	for language, presets := range map[string][]accesslog.Preset{
		"nginx": accesslog.NginxPresets(), "apache": accesslog.ApachePresets(),
	} {
		for _, p := range presets {
			line := combinedLine + ` "-"`
			if p.Name == "vhost_combined" {
				line = "www.example.com:80 " + line
			}
			var got [2]string
			for i, format := range []string{p.Name, p.Format} {
				f, err := compile(language, format)
				if err != nil {
					t.Fatal(err)
				}
				got[i] = strings.Join(parse(t, f, line), "\n")
			}
			if got[0] != got[1] || got[0] == "no match" {
				t.Errorf("%s preset %s gives %s, its format %s", language, p.Name, got[0], got[1])
			}
		}
	}
}

// TestTimeGrowsWithTheLine feeds lines that would take quadratic time if
// anything were searched again and again.
func TestTimeGrowsWithTheLine(t *testing.T) {
	cases := []struct{ format, unit string }{
		{`"$a";"$b"`, `\`}, {`"$a";"$b"`, `\"`}, {`"$a";"$b"`, `"`}, {`"$a";;;;;;;;"$b"`, `";;;`},
		{"$host;;;;x", "a;;;"}, {"$host::x", "%20"}, {"$upstream_addr||x", "a|"}, {"$upstream_status x", "1, "},
		{"$a $b $c x", " "}, {"$msec x", "9"}, {"$request_time x", "9"}, {"$a ]]]]x", "]]]"},
	}
	for _, c := range cases {
		f, err := accesslog.NewNginx(c.format)
		if err != nil {
			t.Fatal(err)
		}
		m := message.New()
		line := strings.Repeat(c.unit, 4<<20/len(c.unit))
		start := time.Now()
		_ = f.Parse(line, m)
		_ = f.Parse(`"`+line, m)
		// Quadratic time would be hours.
		if d := time.Since(start); d > 10*time.Second {
			t.Errorf("%s on 4 MiB of %q takes %v", c.format, c.unit, d)
		}
	}
}

func FuzzUserAgent(f *testing.F) {
	format, err := accesslog.NewNginx("$http_user_agent")
	if err != nil {
		f.Fatal(err)
	}
	format.TransformUserAgent(accesslog.KeepAll)
	for _, v := range readVectors(f) {
		if v.agent != "" {
			for _, l := range v.lines {
				f.Add(l.text)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		first, second := parse(t, format, text), parse(t, format, text)
		if strings.Join(first, "\n") != strings.Join(second, "\n") {
			t.Fatalf("%q gives %v, then %v", text, first, second)
		}
	})
}
