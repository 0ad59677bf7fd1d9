package decode_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/hekad/heka/plugin"
)

const combined = `^(?P<ip>\S+) \S+ (?P<user>\S+) \[(?P<Timestamp>[^\]]+)\] "(?P<req>[^"]*)" (?P<status>\d{3}) (?P<bytes>\d+)`

func TestRegexAllocatesNothing(t *testing.T) {
	f := func(expr, payload string) {
		t.Helper()
		d := mustBuild(t, "PayloadRegexDecoder", map[string]any{
			"match_regex": expr, "timestamp_layout": "02/Jan/2006:15:04:05 -0700",
		}, [2]string{"Type", "x"}, [2]string{"a", "%1%-%ip%"}, [2]string{"b", "%ip%"})
		p := new(plugin.Pack)
		text := new(plugin.Text)
		decode := func() {
			p.Reset(text)
			text.Reset()
			p.Message.SetPayload(payload)
			if err := d.Decode(p); err != nil {
				t.Fatal(err)
			}
		}
		decode()
		if n := testing.AllocsPerRun(100, decode); n != 0 {
			t.Errorf("%s: %v allocations", expr, n)
		}
	}
	f(combined, `127.0.0.1 - frank [10/Feb/2014:08:46:41 -0800] "GET / HTTP/1.1" 304 2326`)
	f(`^(\w+)(?:=(\d+|-))?;(?P<x>.*)$`, "size=12;rest")
	f(`^<(?P<pri>\d{1,3})>(?P<tag>[^:\[]+)(?:\[(?P<pid>\d+)\])?: (?P<msg>.*)`, "<30>sshd[77]: hello")
	f(`^(?:([a-z]+)=([^ ;]*)[ ;])*END`, "a=1 b=2;END")
}

// Texts that do not fit the room for them must not be overwritten by later
// messages of the batch.
func TestRegexKeepsLongTexts(t *testing.T) {
	d := mustBuild(t, "PayloadRegexDecoder", map[string]any{"match_regex": `^(\w)(\w*)`},
		[2]string{"short", "<%1%>"}, [2]string{"long", "<%2%>"})
	text := new(plugin.Text)
	var packs []*plugin.Pack
	payload := func(i int) string { return string(rune('a'+i)) + strings.Repeat(string(rune('A'+i)), 1+i*997) }
	for i := range 20 {
		p := new(plugin.Pack)
		p.Reset(text)
		p.Message.SetPayload(payload(i))
		if err := d.Decode(p); err != nil {
			t.Fatal(err)
		}
		packs = append(packs, p)
	}
	for i, p := range packs {
		short, _ := p.Message.FindField("short", 0).Text(0)
		long, _ := p.Message.FindField("long", 0).Text(0)
		if s := payload(i); short != "<"+s[:1]+">" || long != "<"+s[1:]+">" {
			t.Errorf("message %d: %q, %.20q", i, short, long)
		}
	}
}

// FuzzRegex holds expressions against package regexp, by the texts of their
// groups.
func FuzzRegex(f *testing.F) {
	for _, expr := range []string{
		combined, `^(a)`, `^(a*)$`, `^(a|b)c`, `^(?:(a)|(b)|c)*d`, `^(.*)$`, `^(.{3})`, `^([^"]+)"(.)`, `^(\d{1,3})\.(\d+)?$`,
		`^(é+)(.)`, `^([^\n]*?)\n`, `^(?:(\w+)=(\w*);)+$`, `^(a??)`, `^()(x|)y`, `^(?s)(.+)$`, `^((a)b)?c`, `^(�)`, `(?i)^(k)`,
		`^(a{0,2})b`, `^(a{2,})b`, `^(?:x(a)?)*$`, `^([[:^ascii:]]+)(z)`, `^(\PL*)x`, `^(?:a$|b)()`, `^(?:|a)(b)`, `(x+)y`, `^(a+?)b`, `^(a+)(?:,(b))?$`,
	} {
		for _, s := range []string{`127.0.0.1 - frank [10/Feb/2014:08:46:41 -0800] "GET / HTTP/1.1" 304 2326`, "aab", "abac\xffd", "ééa", "a=1;b=;", "192.168", "", "aaaa\n", "xaxx", "�\xff", "bc", "a,b"} {
			f.Add(expr, s)
		}
	}
	f.Fuzz(func(t *testing.T, expr, s string) {
		re, err := regexp.Compile(expr)
		if err != nil || re.NumSubexp() == 0 || re.NumSubexp() > 9 || len(expr) > 80 || len(s) > 1<<10 {
			return
		}
		for _, name := range re.SubexpNames() {
			if name != "" && expr != combined {
				return
			}
		}
		var fields [][2]string
		for i, name := range re.SubexpNames()[1:] {
			if name == "" {
				name = fmt.Sprint(i + 1)
			}
			fields = append(fields, [2]string{name, "%" + name + "%"})
		}
		d, err := build(t, nil, "PayloadRegexDecoder", map[string]any{"match_regex": expr}, fields)
		if err != nil {
			t.Fatal(err)
		}
		p := newPack(s)
		err = d.Decode(p)
		want := re.FindStringSubmatch(s)
		if (err == nil) != (want != nil) {
			t.Fatalf("%s on %q: error %v, want %q", expr, s, err, want)
		}
		for i, f := range fields {
			if want == nil {
				break
			}
			if got, _ := p.Message.FindField(f[0], 0).Text(0); got != want[i+1] {
				t.Errorf("%s on %q: group %d is %q, want %q", expr, s, i+1, got, want[i+1])
			}
		}
	})
}
