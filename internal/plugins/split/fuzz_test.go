package split_test

import (
	"bytes"
	"regexp"
	"testing"
)

// fuzzChunks feeds data whole and in pieces of the sizes in cuts, and wants the
// same records both times.
func fuzzChunks(t *testing.T, typ string, options map[string]any, data, cuts []byte) {
	t.Helper()
	whole := drive(t, mustBuild(t, typ, options), [][]byte{data})
	var reads [][]byte
	rest := data
	for i := 0; len(rest) > 0 && len(cuts) > 0; i++ {
		n := min(len(rest), int(cuts[i%len(cuts)])+1)
		reads = append(reads, rest[:n])
		rest = rest[n:]
	}
	reads = append(reads, rest)
	if pieces := drive(t, mustBuild(t, typ, options), reads); !pieces.equal(whole) {
		t.Errorf("whole %q, rest %q; in pieces %q, rest %q", whole.records, whole.rest, pieces.records, pieces.rest)
	}
	taken := len(whole.rest)
	for _, n := range whole.consumed {
		taken += n
	}
	if taken > len(data) {
		t.Errorf("%d of %d bytes", taken, len(data))
	}
}

func FuzzToken(f *testing.F) {
	f.Add([]byte("a\n\nb\nc"), []byte{0}, uint8(1))
	f.Add([]byte("1\n2\n3\n4"), []byte{2, 0}, uint8(2))
	f.Fuzz(func(t *testing.T, data, cuts []byte, count uint8) {
		fuzzChunks(t, "TokenSplitter", map[string]any{"count": count}, data, cuts)
	})
}

// Expressions whose matches do not depend on where a read ends.
var steadyDelimiters = []string{`\n`, `(\n)`, `\r?\n`, `-(\n)-`, `\n(<)-`, `\n(<|>>)`, `END(;|\n)`, `\n(# a:)`, `[ab]{1,2}\n[cd]`}

func FuzzRegex(f *testing.F) {
	f.Add([]byte("a\r\n\nb-\n-c\n<-END;d\n>>e"), []byte{0}, uint8(2), true)
	f.Add([]byte("\nab\nc# a:\n# a:"), []byte{3, 1}, uint8(7), false)
	f.Fuzz(func(t *testing.T, data, cuts []byte, which uint8, eol bool) {
		fuzzChunks(t, "RegexSplitter", map[string]any{
			"delimiter": steadyDelimiters[int(which)%len(steadyDelimiters)], "delimiter_eol": eol,
		}, data, cuts)
	})
}

// FuzzRegexDelimiter holds any expression against the obvious way to split at
// it.
func FuzzRegexDelimiter(f *testing.F) {
	for _, d := range append(steadyDelimiters, `\n+`, `(?m)^x`, `a|b\n`, `[ab\n]{0,3}\n`, `(?i)end`, `a.*b|a`, `x*?y`, `\bz`, `�`, `.\n`) {
		f.Add(d, []byte("ab\nc\n\nxyzend END;a\r\nb-\n-\xff\n<>>"))
	}
	f.Fuzz(func(t *testing.T, delimiter string, data []byte) {
		re, err := regexp.Compile(delimiter)
		if err != nil || re.NumSubexp() > 0 || len(data) > 1<<10 || len(delimiter) > 64 {
			return
		}
		var want outcome
		rest := data
		for {
			m := re.FindIndex(rest)
			if m == nil || m[0] == m[1] {
				break
			}
			if m[0] > 0 {
				want.records = append(want.records, rest[:m[0]])
			}
			rest = rest[m[1]:]
		}
		want.rest = rest
		got := drive(t, mustBuild(t, "RegexSplitter", map[string]any{"delimiter": delimiter}), [][]byte{data})
		if !got.equal(want) {
			t.Errorf("%q on %q: got %q, rest %q; want %q, rest %q", delimiter, data, got.records, got.rest, want.records, want.rest)
		}
	})
}

func FuzzGrouping(f *testing.F) {
	f.Add([]byte("G1\nx\nG2\nG3\ny\n"), []byte{0}, uint8(99), "")
	f.Add([]byte("Error: x\n\tat a.b(C)\n\n"), []byte{5}, uint8(9), "java")
	f.Fuzz(func(t *testing.T, data, cuts []byte, maxLines uint8, preset string) {
		options := map[string]any{"max_lines": int8(maxLines)}
		switch preset {
		case "java", "python", "go", "php", "ruby":
			options["preset"] = preset
		default:
			options["grouping"] = `^G|\n\n`
		}
		fuzzChunks(t, "PatternGroupingSplitter", options, data, cuts)
	})
}

func FuzzFraming(f *testing.F) {
	frame := unhex(f, plainHead+messageHex)
	f.Add(bytes.Repeat(frame, 2), []byte{0})
	f.Add(append(unhex(f, "1eff 1e00 1e0208"), frame...), []byte{4, 0})
	f.Add(append(unhex(f, md5Head), frame[5:]...), []byte{9})
	f.Fuzz(func(t *testing.T, data, cuts []byte) {
		fuzzChunks(t, "HekaFramingSplitter", nil, data, cuts)
	})
}

// FuzzLineTest holds the test of one line against the expression itself.
func FuzzLineTest(f *testing.F) {
	for _, g := range []string{`Exception|Error`, `(\A\s*.+Exception: .)|(at \S+\(\S+\))`, `(?i)x`, `a?b+c*`, `(ab){2,}`, `^$`, `x|`} {
		f.Add(g, []byte("ab ab FooException: x at a(b)"))
	}
	f.Fuzz(func(t *testing.T, grouping string, line []byte) {
		re, err := regexp.Compile(grouping)
		if err != nil || grouping == "" || bytes.IndexByte(line, '\n') >= 0 || len(line) > 1<<10 || len(grouping) > 64 {
			return
		}
		line = append(line, '\n')
		data := append(bytes.Clone(line), line...)
		want := 2 // records: a line that does not match is one of its own
		if re.Match(line) && re.Match(line[:len(line)-1]) {
			want = 1
		}
		got := drive(t, mustBuild(t, "PatternGroupingSplitter", map[string]any{"grouping": grouping}), [][]byte{data})
		if len(got.records) != want {
			t.Errorf("%q on %q: %d records, want %d", grouping, line, len(got.records), want)
		}
	})
}
