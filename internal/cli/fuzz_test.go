package cli

import (
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/spf13/pflag"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/message"
)

// A list of columns is read as it is written, or refused.
func FuzzColumns(f *testing.F) {
	for _, list := range []string{"Type", "type,Severity, status", "Fields[status]", "Fields[]", "Fields[a][1]", "a,,b", "Fields[x", "é]"} {
		f.Add(list)
	}
	f.Fuzz(func(t *testing.T, list string) {
		columns, err := parseColumns(list, time.UTC)
		names := strings.Split(list, ",")
		if err != nil {
			if !strings.Contains(err.Error(), "--fields") {
				t.Errorf("%q: %v", list, err)
			}
			return
		}
		if len(columns) != len(names) {
			t.Fatalf("%q: %d columns", list, len(columns))
		}
		m := message.New()
		for i, c := range columns {
			header := slices.Contains(headerNames, c.name) && c.field == ""
			field := c.field != "" && strings.Contains(names[i], c.field)
			if header == field {
				t.Errorf("%q: column %+v", list, c)
			}
			if text := c.text(m); strings.ContainsFunc(text, func(r rune) bool { return r != utf8.RuneError && unprintable(r) }) {
				t.Errorf("%q: %q", list, text)
			}
		}
	})
}

// A time that is taken is the same when it is written in full; what is ago lies
// as far behind now.
func FuzzMoment(f *testing.F) {
	for _, text := range []string{"1416840893000000000", "2014-11-24T14:54:53.5Z", "2014-11-24 14:54:53", "2014-11-24", "15m", "-3h", "0", "soon", "1e9"} {
		f.Add(text)
	}
	now := time.Unix(1700000000, 0)
	f.Fuzz(func(t *testing.T, text string) {
		ns, err := momentOrAgo(text, now, time.UTC)
		if err != nil {
			if !strings.Contains(err.Error(), "write") {
				t.Errorf("%q: %v", text, err)
			}
			return
		}
		if d, err := time.ParseDuration(text); err == nil && text != "0" {
			if now.UnixNano()-ns != int64(d) {
				t.Errorf("%q: %d is not %v ago", text, ns, d)
			}
			return
		}
		if again, err := moment(time.Unix(0, ns).UTC().Format(time.RFC3339Nano), time.Local); err != nil || again != ns {
			t.Errorf("%q: %d, again %d, %v", text, ns, again, err)
		}
	})
}

// Arguments stay as they are but for long flags, which get their second dash; what
// stands behind -- is not touched.
func FuzzArguments(f *testing.F) {
	for _, line := range []string{"heka cat -format=json x", "heka-cat -format json", "heka-sbmgr -action unload -num 3", "heka-sbmgrload -action=x",
		"heka-flood", "hekad -version", "heka run -- -x", "heka cat -offset -1", "heka -", ""} {
		f.Add(line)
	}
	root := newRoot(nil)
	f.Fuzz(func(t *testing.T, line string) {
		args := append(strings.Fields(line), "")[:max(1, len(strings.Fields(line)))]
		got := arguments(root, args)
		for i, a := range got {
			if a == "--" {
				if !strings.HasSuffix(strings.Join(args, " "), strings.Join(got[i:], " ")) {
					t.Errorf("%q: %q", args, got)
				}
				break
			}
			if len(a) > 2 && a[0] == '-' && a[1] != '-' && !isNumber(a[1:]) {
				t.Errorf("%q: %q has one dash", args, a)
			}
		}
	})
}

// A field that a flag describes reaches the message.
func FuzzFieldFlag(f *testing.F) {
	for _, text := range []string{"a=b", "a|ms=5", "=x", "a", "n=5", "d=2.5", "ok=true", "|x=1", "a=b=c"} {
		f.Add("field", text)
		f.Add("field-int", text)
	}
	f.Add("uuid", "72de6a05-1b99-4a88-84c2-90797624c68f")
	f.Add("timestamp", "2014-11-24T14:54:53Z")
	f.Fuzz(func(t *testing.T, flag, text string) {
		var m messageFlags
		set := pflag.NewFlagSet("", pflag.ContinueOnError)
		m.register(set)
		if set.Lookup(flag) == nil || set.Set(flag, text) != nil {
			return
		}
		msg := message.New()
		if err := m.apply(msg); err != nil {
			t.Fatalf("--%s %q: %v", flag, text, err)
		}
		name, _, _ := strings.Cut(text, "=")
		name, _, _ = strings.Cut(name, "|")
		if strings.HasPrefix(flag, "field") && msg.FindField(name, 0) == nil {
			t.Errorf("--%s %q: no field %q", flag, text, name)
		}
	})
}

// Whatever stands in a message: nothing of it reaches a terminal that would do
// something to it, and what is harmless stays as it is.
func FuzzEscaped(f *testing.F) {
	for _, text := range []string{"plain", "a\x1b[2Jb", "two\nlines\ttab", "\xff\xfe", "\ufffd", "\u202e", "\r"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := escaped(text, true)
		if !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return r != '\n' && r != utf8.RuneError && unprintable(r) }) {
			t.Errorf("%q: %q", text, got)
		}
		if strings.ContainsRune(escaped(text, false), '\n') {
			t.Errorf("%q keeps its line end", text)
		}
		if again := escaped(got, true); again != got {
			t.Errorf("%q: %q becomes %q", text, got, again)
		}
	})
}

// A section with a value of the command line can be read.
func FuzzScriptValue(f *testing.F) {
	for _, text := range []string{"a", "007", "-1", "1.5", "00.5", "true", "a\"b", "\x00", `\`, "9223372036854775808", "1_0"} {
		f.Add("key", text)
	}
	f.Fuzz(func(t *testing.T, key, text string) {
		if strings.ContainsAny(text[:min(1, len(text))], `"'[{`) || !utf8.ValidString(key) || !utf8.ValidString(text) || key == "" {
			return // TOML of the user's own, or no text
		}
		cfg, problems := config.LoadBytes("x", []byte("[a]\n"+tomlText(key)+" = "+tomlValue(text)+"\n"), config.Options{LiteralEnv: true})
		if problems.HasErrors() || len(cfg.Sections) != 1 {
			t.Errorf("%q = %q: %v", key, text, problems)
		}
	})
}
