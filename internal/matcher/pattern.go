package matcher

import (
	"regexp"
	"regexp/syntax"
	"slices"
	"unicode"
	"unicode/utf8"
)

// pattern is a compiled regular expression. Most of those in configurations say no
// more than "begins with", "ends with", "is" or "contains" one of a few words, which
// is decided without the engine. For the others, words that a matching text must
// have spare most runs of the engine.
type pattern struct {
	source string
	// A matching text has one of these shapes.
	shapes []shape
	// To have one of the shapes is enough; the engine is not needed.
	exact bool
	test  func(string) bool
}

// shape is a claim about a text: that one of the words stands in it; at its begin or
// at its end where so marked; in either case of letters if fold is set.
type shape struct {
	begin, end, fold bool
	words            []string
}

// Bounds on the words of a shape. Every word of an unanchored shape is searched for
// separately, while those at an end are only compared.
const (
	maxWords         = 8
	maxAnchoredWords = 32
	maxShapes        = 32
	maxWordLength    = 1024
)

// newPattern compiles a regular expression. The error is a *syntax.Error.
func newPattern(source string) (*pattern, error) {
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return nil, err
	}
	engine, err := regexp.Compile(source)
	if err != nil {
		return nil, err
	}
	p := &pattern{source: source}
	p.shapes, p.exact = shapesOf(tree)
	p.test = anyShape(p.shapes)
	switch {
	case p.exact:
	case slices.ContainsFunc(p.shapes, shape.trivial):
		p.test = engine.MatchString
	default:
		front := p.test
		p.test = func(s string) bool { return front(s) && engine.MatchString(s) }
	}
	return p, nil
}

// anything is the shape of every text.
var anything = shape{words: []string{""}}

// trivial reports whether every text has the shape.
func (sh shape) trivial() bool {
	return !(sh.begin && sh.end) && slices.Contains(sh.words, "")
}

// shapesOf returns shapes of which a text must have one if it matches. If exact,
// every text that has one of them matches.
//
// What holds of characters holds of bytes here, for texts with invalid UTF-8 too:
// the engine steps over such a text one character or one invalid byte at a time, so
// it stops at each byte that begins an encoded character, and a word of valid
// characters is found by the engine just where its bytes are. The exception is
// U+FFFD, which the engine finds in every invalid byte; no word contains it.
func shapesOf(re *syntax.Regexp) (shapes []shape, exact bool) {
	for re.Op == syntax.OpCapture {
		re = re.Sub[0]
	}
	if re.Op != syntax.OpAlternate {
		return shapesOfSequence(flatten(nil, re))
	}
	exact = true
	for _, sub := range re.Sub {
		s, e := shapesOf(sub)
		shapes = append(shapes, s...)
		exact = exact && e
	}
	if len(shapes) > maxShapes {
		return []shape{anything}, false
	}
	return shapes, exact
}

// flatten appends the parts of a concatenation, seeing through groups.
func flatten(parts []*syntax.Regexp, re *syntax.Regexp) []*syntax.Regexp {
	switch re.Op {
	case syntax.OpCapture, syntax.OpConcat:
		for _, sub := range re.Sub {
			parts = flatten(parts, sub)
		}
		return parts
	case syntax.OpEmptyMatch:
		return parts
	}
	return append(parts, re)
}

func shapesOfSequence(parts []*syntax.Regexp) (shapes []shape, exact bool) {
	parts, begin, end := trim(parts)
	if words, ok := wordsOf(parts, begin || end); ok {
		return []shape{newShape(begin, end, words)}, true
	}
	if len(parts) == 1 {
		if word, ok := foldedWord(parts[0]); ok {
			return []shape{{begin: begin, end: end, fold: true, words: []string{word}}}, true
		}
	}
	return required(parts, begin, end), false
}

// trim removes the anchors at both ends, and what may be left out at an end that is
// not anchored: "a+b*" finds what "a" finds.
func trim(parts []*syntax.Regexp) (rest []*syntax.Regexp, begin, end bool) {
	for len(parts) > 0 && parts[0].Op == syntax.OpBeginText {
		begin, parts = true, parts[1:]
	}
	for len(parts) > 0 && parts[len(parts)-1].Op == syntax.OpEndText {
		end, parts = true, parts[:len(parts)-1]
	}
	if begin && len(parts) > 0 && everything(parts[0]) {
		begin = false
	}
	if end && len(parts) > 0 && everything(parts[len(parts)-1]) {
		end = false
	}
	for !begin && len(parts) > 0 && optional(parts[0]) {
		parts = parts[1:]
	}
	for !end && len(parts) > 0 && optional(parts[len(parts)-1]) {
		parts = parts[:len(parts)-1]
	}
	if n := len(parts); n > 0 && !begin && parts[0].Op == syntax.OpPlus {
		parts = append(flatten(nil, parts[0].Sub[0]), parts[1:]...)
	}
	if n := len(parts); n > 0 && !end && parts[n-1].Op == syntax.OpPlus {
		parts = flatten(slices.Clone(parts[:n-1]), parts[n-1].Sub[0])
	}
	return parts, begin, end
}

// everything reports whether re matches any text whole.
func everything(re *syntax.Regexp) bool {
	return re.Op == syntax.OpStar && re.Sub[0].Op == syntax.OpAnyChar
}

// optional reports whether re matches the empty text at every place.
func optional(re *syntax.Regexp) bool {
	return re.Op == syntax.OpStar || re.Op == syntax.OpQuest || re.Op == syntax.OpRepeat && re.Min == 0
}

func newShape(begin, end bool, words []string) shape {
	slices.Sort(words)
	return shape{begin: begin, end: end, words: slices.Compact(words)}
}

// required returns shapes of which a text must have one to match the parts in a row:
// the most telling one that is found among the parts.
func required(parts []*syntax.Regexp, begin, end bool) []shape {
	best := []shape{anything}
	consider := func(shapes []shape) {
		if telling(shapes) > telling(best) {
			best = shapes
		}
	}
	for i := 0; i < len(parts); {
		// The longest run of parts that can be spelled out.
		atBegin := begin && i == 0
		n := 0
		words := []string{""}
		for i+n < len(parts) {
			longer, ok := extend(words, parts[i+n], atBegin || end && i+n+1 == len(parts))
			if !ok {
				break
			}
			words = longer
			n++
		}
		if n > 0 {
			atEnd := end && i+n == len(parts)
			consider([]shape{newShape(atBegin, atEnd, words)})
			i += n
			continue
		}
		switch re := parts[i]; {
		case re.Op == syntax.OpAlternate,
			re.Op == syntax.OpLiteral:
			consider(requiredOf(re))
		case re.Op == syntax.OpPlus,
			re.Op == syntax.OpRepeat && re.Min > 0:
			consider(requiredOf(re.Sub[0]))
		}
		i++
	}
	return best
}

// requiredOf returns shapes of which a text must have one for re to match somewhere
// in it.
func requiredOf(re *syntax.Regexp) []shape {
	if re.Op == syntax.OpLiteral {
		if word := longestFolded(re); word != "" {
			return []shape{{fold: true, words: []string{word}}}
		}
		return []shape{anything}
	}
	shapes, _ := shapesOf(re)
	return shapes
}

// telling estimates how many texts the shapes rule out, by the length of the
// shortest word and where it must stand; 0 is none.
func telling(shapes []shape) int {
	least, words := 1<<30, 0
	for _, sh := range shapes {
		for _, w := range sh.words {
			n := 4 * len(w)
			if n == 0 && !(sh.begin && sh.end) {
				return 0
			}
			if sh.begin {
				n += 6
			}
			if sh.end {
				n += 4
			}
			least = min(least, n)
			words++
		}
	}
	return max(1, least-words)
}

// wordsOf spells out all texts that the parts in a row match, if they are few.
// Letters that match in both cases are spelled out only if anchored: unanchored
// words are searched one by one.
func wordsOf(parts []*syntax.Regexp, anchored bool) ([]string, bool) {
	words, ok := []string{""}, true
	for _, re := range parts {
		if words, ok = extend(words, re, anchored); !ok {
			return nil, false
		}
	}
	return words, true
}

// extend appends to each of the words each of the texts that re matches.
func extend(words []string, re *syntax.Regexp, anchored bool) ([]string, bool) {
	more, ok := spell(re, anchored)
	if !ok {
		return nil, false
	}
	return product(words, more, anchored)
}

func product(heads, tails []string, anchored bool) ([]string, bool) {
	if len(heads)*len(tails) > wordLimit(anchored) {
		return nil, false
	}
	words := make([]string, 0, len(heads)*len(tails))
	for _, h := range heads {
		for _, t := range tails {
			if len(h)+len(t) > maxWordLength {
				return nil, false
			}
			words = append(words, h+t)
		}
	}
	return words, true
}

func wordLimit(anchored bool) int {
	if anchored {
		return maxAnchoredWords
	}
	return maxWords
}

func spell(re *syntax.Regexp, anchored bool) ([]string, bool) {
	limit := wordLimit(anchored)
	switch re.Op {
	case syntax.OpNoMatch:
		return nil, true
	case syntax.OpEmptyMatch:
		return []string{""}, true
	case syntax.OpLiteral:
		return spellLiteral(re, anchored)
	case syntax.OpCharClass:
		return spellClass(re.Rune, limit)
	case syntax.OpCapture, syntax.OpConcat:
		return wordsOf(re.Sub, anchored)
	case syntax.OpQuest:
		words, ok := spell(re.Sub[0], anchored)
		return append(words, ""), ok && len(words) < limit
	case syntax.OpAlternate:
		var words []string
		for _, sub := range re.Sub {
			more, ok := spell(sub, anchored)
			words = append(words, more...)
			if !ok || len(words) > limit {
				return nil, false
			}
		}
		return words, true
	case syntax.OpRepeat:
		if re.Min != re.Max || re.Max > maxWords {
			return nil, false
		}
		return wordsOf(slices.Repeat(re.Sub, re.Max), anchored)
	}
	return nil, false
}

func spellLiteral(re *syntax.Regexp, anchored bool) ([]string, bool) {
	words, ok := []string{""}, true
	for _, r := range re.Rune {
		forms := []string{string(r)}
		if re.Flags&syntax.FoldCase != 0 {
			for f := unicode.SimpleFold(r); f != r; f = unicode.SimpleFold(f) {
				forms = append(forms, string(f))
			}
		}
		if r == utf8.RuneError || !utf8.ValidRune(r) || len(forms) > 1 && !anchored {
			return nil, false
		}
		if words, ok = product(words, forms, anchored); !ok {
			return nil, false
		}
	}
	return words, true
}

// spellClass spells out pairs of first and last characters.
func spellClass(ranges []rune, limit int) ([]string, bool) {
	var words []string
	for i := 0; i < len(ranges); i += 2 {
		lo, hi := ranges[i], ranges[i+1]
		if len(words)+int(hi-lo)+1 > limit || lo <= utf8.RuneError && utf8.RuneError <= hi {
			return nil, false
		}
		for r := lo; r <= hi; r++ {
			if !utf8.ValidRune(r) {
				return nil, false
			}
			words = append(words, string(r))
		}
	}
	return words, true
}

// foldedWord returns a literal that matches in both cases, in lower case, if it is
// ASCII. The word's other forms are the ASCII ones and those of otherForm.
func foldedWord(re *syntax.Regexp) (string, bool) {
	if re.Op != syntax.OpLiteral || re.Flags&syntax.FoldCase == 0 {
		return "", false
	}
	word := longestFolded(re)
	return word, len(word) == len(re.Rune)
}

// longestFolded returns the longest piece of a literal of which foldedWord's
// condition holds.
func longestFolded(re *syntax.Regexp) string {
	if re.Flags&syntax.FoldCase == 0 {
		return ""
	}
	best := ""
	var piece []byte
	for _, r := range re.Rune {
		if r >= utf8.RuneSelf {
			piece = piece[:0]
			continue
		}
		piece = append(piece, lower(byte(r)))
		if len(piece) > len(best) {
			best = string(piece)
		}
	}
	return best
}
