package matcher_test

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/matcher"
	"github.com/hekad/heka/message"
)

// samePattern holds the verdict of a regular expression, alone and in a Set, against
// that of the engine.
func samePattern(t *testing.T, pattern, text string) {
	t.Helper()
	engine, refused := regexp.Compile(pattern)
	x, err := matcher.Parse("Payload =~ /" + pattern + "/ && Fields[x] =~ /" + pattern + "/")
	if (err != nil) != (refused != nil) {
		t.Fatalf("/%s/: engine says %v, matcher says %v", pattern, refused, err)
	}
	if err != nil {
		return
	}
	m := message.New()
	m.SetPayload(text)
	m.AddString("x", text)
	want := engine.MatchString(text)
	if got := x.Match(m); got != want {
		t.Fatalf("/%s/ on %q: got %v, engine says %v", pattern, text, got, want)
	}
	// Several matchers, so that all kinds of indexes are used.
	set := []*matcher.Matcher{x}
	for _, expr := range []string{"Payload =~ /" + pattern + "/", "Fields[x] !~ /" + pattern + "/",
		"Payload =~ /aaa/", "Payload =~ /aba/", "Payload =~ /abb/", "Payload =~ /bab/"} {
		set = append(set, mustParse(t, expr))
	}
	sameSet(t, set, []*message.Message{m}, new(matcher.Scratch))
}

// sameSet holds the verdicts of a Set against those of its matchers.
func sameSet(t *testing.T, matchers []*matcher.Matcher, messages []*message.Message, sc *matcher.Scratch) {
	t.Helper()
	set := matcher.NewSet(matchers)
	for _, m := range messages {
		hits := set.Match(m, nil, sc)
		for i, x := range matchers {
			want := x.Match(m)
			if got := len(hits) > 0 && hits[0] == int32(i); got != want {
				t.Fatalf("%s: alone %v, in the set %v\nmessage %+v", x, want, got, m)
			} else if got {
				hits = hits[1:]
			}
		}
		if len(hits) > 0 {
			t.Fatalf("hits out of order: %v are left", hits)
		}
	}
}

var patternPieces = []string{
	"a", "b", "ab", "aab", "k", "s", "é", `\x{FFFD}`, `\xff`, `\x{212A}`, ".", "(?s:.)", "(?s:.*)", "[ab]", "[^a]",
	`[a-c]`, `[\x{FFF0}-\x{FFFF}]`, `\w`, `\d`, "^", "$", `\A`, `\z`, "(?m:^)", "(?m:$)", `\b`, `\B`,
	"(?i:ab)", "(?i:ks)", "(?i:bab)", "(?i:é)", "(?:)", "[^\\x00-\\x{10FFFF}]", `\n`, "(?i)", "(?s)", "(?m)", "(?U)",
}

func randomPattern(r *rand.Rand, depth int) string {
	if depth == 0 || r.IntN(4) == 0 {
		return patternPieces[r.IntN(len(patternPieces))]
	}
	switch r.IntN(8) {
	case 0:
		return "(" + randomPattern(r, depth-1) + ")"
	case 1:
		return randomPattern(r, depth-1) + "|" + randomPattern(r, depth-1)
	case 2:
		return "(?:" + randomPattern(r, depth-1) + ")" + []string{"*", "+", "?", "{2}", "{0,1}", "{1,}", "*?"}[r.IntN(7)]
	case 3:
		return "^" + randomPattern(r, depth-1)
	case 4:
		return randomPattern(r, depth-1) + "$"
	}
	return randomPattern(r, depth-1) + randomPattern(r, depth-1)
}

var textPieces = []string{
	"a", "b", "ab", "AB", "aab", "k", "K", "\u212a", "s", "S", "ſ", "é", "É", "\n", " ", "1",
	"\xff", "\xc3", "\xa9", "\ufffd", "\xed\xa0\x80", "\xe2\x84", "c", "ÿ",
}

func randomText(r *rand.Rand) string {
	var b strings.Builder
	for range r.IntN(8) {
		b.WriteString(textPieces[r.IntN(len(textPieces))])
	}
	return b.String()
}

func TestPatternsAgreeWithTheEngine(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 1500 {
		pattern := randomPattern(r, 4)
		for range 8 {
			samePattern(t, pattern, randomText(r))
		}
	}
}

func TestChosenPatternsAgreeWithTheEngine(t *testing.T) {
	patterns := []string{
		"", "^", "$", "^$", "^^a$$", "$^", "a", "^a", "a$", "^a$", "^ab?$", "a+b*", "x*a+", "(a)+$", "^(a|ab)(c|$)",
		"^.*b", "a.*$", "^.*$", "^.+$", "(?s)^.*b", "(?s)a.*$", "(?s)^.*$", "(?s)^.+$", "(?m)^b", "(?m)a$", "(?m)^$",
		"^a|a", "a|^a", "^E|E", "^(a|b)", "(a|b)$", "^(a|b)$", "nope|^a", "(a|b|ab)c", "fo(o|b)", "[ab][ab]$",
		`\x{D800}`, `\x{FFFD}`, `^\x{FFFD}$`, "[^a]", "^[^a]$", `[\x{FFFC}-\x{FFFE}]`, "é", "^é$", `\xff`, "\u00e9|\u00ff",
		"(?i)a", "(?i)kiss$", "(?i)^kiss", "(?i)^kiss$", "(?i)kiss", "(?i)é", "(?i)aéb", "(?i)1a", `\bab\b`, `a\Bb`,
		`x\d+ab`, `(?i)x\d+kiss`, "a{2}", "a{2,}", "a{2,3}$", "^a{0}b", "(ab){2}", "(a*)*b", "(?U)a+b", "a|", "|a", "(|a)b",
		"[^\\x00-\\x{10FFFF}]", "a[^\\x00-\\x{10FFFF}]|b",
	}
	texts := []string{
		"", "a", "b", "ab", "ba", "aa", "aab", "abab", "a\nb", "\na\n", "\n", "a\n", "E", "xE", "nope", "ac", "abc", "foo", "fob", "c",
		"\xff", "\ufffd", "a\xff", "\xffa", "\xc3", "\xa9", "é", "\xc3é", "é\xa9", "É", "aÉb", "\xed\xa0\x80", "ÿ",
		"KISS", "kiss", "xkiss", "kissx", "\u212aiſs", "\u212aISS", "ki\u017f\u017f", "x1ab", "x12ab y", "x7KI\u017fs", "1A", "ab ab", "a b",
		strings.Repeat("ab", 200) + "c", strings.Repeat("kis", 100) + "kiss",
	}
	for _, p := range patterns {
		for _, s := range texts {
			samePattern(t, p, s)
		}
	}
}

// Many words over two letters begin, end and contain each other.
func TestWordsOfManyMatchers(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	word := func(n int) string {
		b := make([]byte, n)
		for i := range b {
			b[i] = "ab"[r.IntN(2)]
		}
		return string(b)
	}
	sc := new(matcher.Scratch)
	for range 60 {
		var set []*matcher.Matcher
		for range 60 {
			w := word(1 + r.IntN(6))
			form := []string{"Payload == '%'", "Payload =~ /^%/", "Payload =~ /%$/", "Payload =~ /%/", "Payload =~ /^%$/ || Pid == 7"}[r.IntN(5)]
			set = append(set, mustParse(t, strings.ReplaceAll(form, "%", w)))
		}
		var messages []*message.Message
		for range 30 {
			m := message.New()
			m.SetPayload(strings.Repeat(word(1), r.IntN(2)*r.IntN(300)) + word(r.IntN(9)))
			messages = append(messages, m)
		}
		sameSet(t, set, messages, sc)
	}
}

func FuzzRegex(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, p := range patternPieces {
		f.Add(p, randomText(r))
	}
	for range 100 {
		f.Add(randomPattern(r, 4), randomText(r))
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		// A final backslash would escape the closing slash.
		if !strings.ContainsAny(pattern, "/\x00") && !strings.HasSuffix(pattern, `\`) {
			samePattern(t, pattern, text)
		}
	})
}
