package config

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// windowsPath matches text that is probably a path with backslashes.
var windowsPath = regexp.MustCompile(`^([A-Za-z]:|\\)\\`)

// warnReplaced warns of '...' whose escapes were replaced although they look
// like part of a regular expression or a Windows path, and shows both readings
// unless the key speaks of a secret. Escapes that mean the same either way to
// a regular expression (\n, \t, \/, \") are left in peace.
func (t *textReader) warnReplaced(at Pos, key string) {
	plain, content := string(t.plain), string(t.content)
	var doubtful []string
	for _, c := range t.replaced {
		if c == 'b' || c == 'f' || c == '\\' || windowsPath.MatchString(plain) {
			if e := `\` + string(c); !slices.Contains(doubtful, e) {
				doubtful = append(doubtful, e)
			}
		}
	}
	if doubtful == nil {
		return
	}
	verb := " is"
	if len(doubtful) > 1 {
		verb = " are"
	}
	text := "between single quotes " + strings.Join(doubtful, " and ") + verb + " replaced, as in Heka 0.10"
	if speaksOfSecret(key) {
		at = at.withoutText()
	} else {
		i := firstDifference(content, plain)
		text += ": this reads as " + excerpt(content, i) + ", in TOML 1.0 as " + excerpt(plain, i)
	}
	t.report(Problem{Pos: at, Section: t.section, Option: key, Severity: Warning, Text: text,
		Hint: "write it between ''' and ''' to keep the backslash"})
}

// firstDifference returns the offset of the first byte in which a and b differ.
func firstDifference(a, b string) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// quote returns s in double quotes, cut where it is long.
func quote(s string) string { return excerpt(s, 0) }

// excerpt returns the neighbourhood of offset i of s in double quotes.
func excerpt(s string, i int) string {
	const before, after = 24, 48
	from, to := max(i-before, 0), min(i+after, len(s))
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	for to < len(s) && !utf8.RuneStart(s[to]) {
		to++
	}
	q := strconv.Quote(s[from:to])
	if from > 0 {
		q = `"…` + q[1:]
	}
	if to < len(s) {
		q = q[:len(q)-1] + `…"`
	}
	return q
}
