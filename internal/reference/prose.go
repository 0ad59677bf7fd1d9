package reference

import (
	"go/doc/comment"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// withoutIntroduction takes from a doc comment what speaks of the Go type:
// "OutputConfig is the configuration of FileOutput, which " or "nullConfig has
// no options of its own."
func withoutIntroduction(name, text string) string {
	about := regexp.MustCompile(`^\w+\s[^.]*?\b` + regexp.QuoteMeta(name) + `(,\s+which\s|\.\s|\.$)`)
	for _, intro := range []*regexp.Regexp{about, noOptions, theOptions} {
		if at := intro.FindStringIndex(text); at != nil {
			text = capital(strings.TrimSpace(text[at[1]:]))
			break
		}
	}
	return strings.TrimSpace(text)
}

var (
	noOptions  = regexp.MustCompile(`^\w+ has no options[^.]*\.`)
	theOptions = regexp.MustCompile(`^\w+ holds? the options[^.]*\.`)
)

func capital(s string) string {
	if s == "" {
		return ""
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

// firstSentence returns the first sentence on one line, without its full stop.
func firstSentence(text string) string {
	text, _, _ = strings.Cut(text, "\n\n")
	text = strings.Join(strings.Fields(text), " ")
	text, _, _ = strings.Cut(text, ". ")
	return strings.TrimRight(text, ".:")
}

// parseDoc reads prose. Nothing in brackets is a link: it is a header of a
// configuration file.
func parseDoc(text string) *comment.Doc {
	p := comment.Parser{
		LookupPackage: func(string) (string, bool) { return "", false },
		LookupSym:     func(string, string) bool { return false },
	}
	return p.Parse(text)
}

// codeOf returns the first preformatted block that begins with a header, or "".
func codeOf(text string) string {
	for _, b := range parseDoc(text).Content {
		if c, ok := b.(*comment.Code); ok && strings.HasPrefix(c.Text, "[") {
			return c.Text
		}
	}
	return ""
}
