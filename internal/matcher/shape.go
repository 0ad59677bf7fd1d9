package matcher

import (
	"slices"
	"strings"
)

// anyShape returns the test whether a text has one of the shapes.
//
// hot: what it returns runs once per regex test and message, and allocates nothing.
func anyShape(shapes []shape) func(string) bool {
	tests := make([]func(string) bool, len(shapes))
	for i, sh := range shapes {
		tests[i] = sh.test()
	}
	if len(tests) == 1 {
		return tests[0]
	}
	return func(s string) bool {
		for _, t := range tests {
			if t(s) {
				return true
			}
		}
		return false
	}
}

// test returns the test whether a text has the shape.
func (sh shape) test() func(string) bool {
	words := sh.words
	switch {
	case sh.trivial():
		return func(string) bool { return true }
	case sh.fold:
		return sh.foldTest()
	case sh.begin && sh.end:
		return func(s string) bool { return slices.Contains(words, s) }
	case sh.begin && len(words) == 1:
		w := words[0]
		return func(s string) bool { return strings.HasPrefix(s, w) }
	case sh.begin:
		return func(s string) bool {
			return slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(s, w) })
		}
	case sh.end && len(words) == 1:
		w := words[0]
		return func(s string) bool { return strings.HasSuffix(s, w) }
	case sh.end:
		return func(s string) bool {
			return slices.ContainsFunc(words, func(w string) bool { return strings.HasSuffix(s, w) })
		}
	}
	return anyNeedle(words)
}

func anyNeedle(words []string) func(string) bool {
	needles := make([]needle, len(words))
	for i, w := range words {
		needles[i] = newNeedle(w)
	}
	if len(needles) == 1 {
		return needles[0].in
	}
	return func(s string) bool {
		for i := range needles {
			if needles[i].in(s) {
				return true
			}
		}
		return false
	}
}

// foldTest compares a text with the only word of a shape, which is in lower case.
func (sh shape) foldTest() func(string) bool {
	w := sh.words[0]
	switch {
	case sh.begin && sh.end:
		return func(s string) bool { return foldedPrefix(s, w) == len(s) }
	case sh.begin:
		return func(s string) bool { return foldedPrefix(s, w) >= 0 }
	case sh.end:
		return func(s string) bool { return foldedSuffix(s, w) }
	}
	first, other := w[0], w[0]
	if form := otherForm(w[0]); form != "" {
		other = form[0]
	}
	return func(s string) bool {
		for i := range len(s) {
			if c := s[i]; (lower(c) == first || c == other) && foldedPrefix(s[i:], w) >= 0 {
				return true
			}
		}
		return false
	}
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}

// otherForm returns the form outside ASCII that a letter has besides its two cases.
func otherForm(c byte) string {
	switch c {
	case 'k':
		return "\u212a" // Kelvin sign
	case 's':
		return "\u017f" // long s
	}
	return ""
}

// foldedPrefix returns how many bytes of s the word is found in at its begin, or -1.
func foldedPrefix(s, word string) int {
	at := 0
	for i := range len(word) {
		if at < len(s) && lower(s[at]) == word[i] {
			at++
			continue
		}
		form := otherForm(word[i])
		if form == "" || !strings.HasPrefix(s[at:], form) {
			return -1
		}
		at += len(form)
	}
	return at
}

// foldedSuffix reports whether s ends with the word.
func foldedSuffix(s, word string) bool {
	for i := len(word) - 1; i >= 0; i-- {
		if len(s) > 0 && lower(s[len(s)-1]) == word[i] {
			s = s[:len(s)-1]
			continue
		}
		form := otherForm(word[i])
		if form == "" || !strings.HasSuffix(s, form) {
			return false
		}
		s = s[:len(s)-len(form)]
	}
	return true
}
