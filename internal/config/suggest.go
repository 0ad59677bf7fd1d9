package config

import "strings"

// nearest returns the name that word was probably meant to be, or "".
func nearest(word string, names []string) string {
	word = strings.ToLower(strings.TrimSpace(word))
	if len(word) > 64 { // nobody mistypes that
		return ""
	}
	best, least := "", len(word)
	for _, name := range names {
		slips := min(max(len(word), len(name), 3)/3, 3)
		if d := distance(word, strings.ToLower(name)); d <= slips && d < least {
			best, least = name, d
		}
	}
	return best
}

// distance counts the edits that turn a into b: a byte put in, left out or
// replaced, or two neighbours exchanged.
func distance(a, b string) int {
	before, last := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i
		for j := 1; j <= len(b); j++ {
			changed := 0
			if a[i-1] != b[j-1] {
				changed = 1
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+changed)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
