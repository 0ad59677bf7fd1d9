package sax_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/hekad/heka/internal/drawtest"
	"github.com/hekad/heka/internal/sandbox/luatest"
	"github.com/hekad/heka/internal/sandbox/sax"
)

// slowWord is the word of values by the definition: all moments anew for each
// frame, the letter by the share of the normal distribution below.
func slowWord(values []float64, w, c int) string {
	var finite []float64
	for _, v := range values {
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			finite = append(finite, v)
		}
	}
	mean, variance := 0.0, 0.0
	for _, v := range finite {
		mean += v
	}
	mean /= math.Max(1, float64(len(finite)))
	for _, v := range finite {
		variance += math.Pow(v-mean, 2)
	}
	deviation := math.Sqrt(variance / math.Max(1, float64(len(finite))))

	var word strings.Builder
	size := len(values) / w
	for f := range w {
		sum, k := 0.0, 0.0
		for _, v := range values[f*size : (f+1)*size] {
			if !math.IsNaN(v) {
				sum, k = sum+v, k+1
			}
		}
		z := (sum - k*mean) / (k * deviation)
		if math.IsInf(sum, 0) {
			z = sum
		} else if deviation < 0.01 {
			z = 0
		}
		if k == 0 || math.IsNaN(sum) {
			word.WriteByte('#')
			continue
		}
		i := 0
		for i < c-1 && math.Trunc(1000*math.Sqrt2*math.Erfinv(2*float64(i+1)/float64(c)-1))/1000 <= z {
			i++
		}
		word.WriteByte("ABCDEFGHIJKLMNOP"[i])
	}
	return word.String()
}

func luaArray(values []float64) string {
	var parts []string
	for _, v := range values {
		switch {
		case math.IsNaN(v):
			parts = append(parts, "0/0")
		case math.IsInf(v, 0):
			parts = append(parts, strconv.Itoa(int(math.Copysign(1, v)))+"/0")
		default:
			parts = append(parts, strconv.FormatFloat(v, 'g', -1, 64))
		}
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// A window has the word of its last values, and so has an array of them. Both are
// the same after a restart. Distances are symmetric, and none to oneself.
func TestWordsAgreeWithTheDefinition(t *testing.T) {
	L := newState(t, sax.Options{})
	drawtest.Rapid(t)
	rapid.Check(t, func(rt *rapid.T) {
		w := rapid.IntRange(2, 6).Draw(rt, "w")
		n := w * rapid.IntRange(1, 4).Draw(rt, "size")
		c := rapid.IntRange(2, 16).Draw(rt, "c")
		value := rapid.OneOf(rapid.Float64Range(-1000, 1000), rapid.SampledFrom([]float64{0, 0, 1, math.NaN(), math.Inf(1), math.Inf(-1)}))
		values := rapid.SliceOfN(value, 0, 3*n).Draw(rt, "values")
		last := append(make([]float64, 0, n+len(values)), values...)
		for len(last) < n {
			last = append([]float64{math.NaN()}, last...)
		}
		last = last[len(last)-n:]
		want := slowWord(last, w, c)
		luatest.Run(t, L, fmt.Sprintf(`
			win = sax.window.new(%d, %d, %d)
			win:add(%s)
			same(tostring(win), %q)
			word = sax.word.new(%s, %d, %d)
			same(tostring(word), %q)
			same(word == win, true)
			same((sax.mindist(win, word)), 0)
			text = sax.word.new(%q, %d)
			same(text == win, true)
			kept, keptWord = preserve(win, "win"), preserve(word, "word")
			win, word = nil, nil
			assert(loadstring(kept .. keptWord))()
			same(preserve(win, "win"), kept)
			same(preserve(word, "word"), keptWord)
			same(word == win, true)
		`, n, w, c, luaArray(values), want, luaArray(last), w, c, want, want, c))

		letter := rapid.SampledFrom([]byte("#ABCDEFGHIJKLMNOP"[:c+1]))
		other := string(rapid.SliceOfN(letter, w, w).Draw(rt, "other"))
		luatest.Run(t, L, fmt.Sprintf(`
			local other = sax.word.new(%q, %d)
			local d, above, below = sax.mindist(win, other)
			local e, below2, above2 = sax.mindist(other, win)
			same(d, e)
			same(above, above2)
			same(below, below2)
			same(math.abs(above * above + below * below - d * d) < 1e-6, true, "the parts are the whole")
		`, other, c))
	})
}

// FuzzWord: a text either is a word, which is kept as it is, or is refused.
func FuzzWord(f *testing.F) {
	f.Add("ABC#", "#ABC", 4.0)
	f.Add("AB\"\n", "\x00", 16.0)
	f.Add(strings.Repeat("P", 2048), "", math.Inf(1))
	L := newState(f, sax.Options{})
	f.Fuzz(func(t *testing.T, a, b string, c float64) {
		L.SetGlobal("a", lua.LString(a))
		L.SetGlobal("b", lua.LString(b))
		L.SetGlobal("c", lua.LNumber(c))
		luatest.Run(t, L, `
			local ok, x = pcall(sax.word.new, a, c)
			if not ok then return end
			same(tostring(x), a)
			same((sax.mindist(x, x)), 0)
			kept = nil
			assert(loadstring(preserve(x, "kept")))()
			same(kept == x, true)
			local ok, y = pcall(sax.word.new, b, c)
			if ok then
				local d = sax.mindist(x, y)
				same(d == nil, #a ~= #b)
				if d then same(d >= 0, true) end
			end`)
	})
}
