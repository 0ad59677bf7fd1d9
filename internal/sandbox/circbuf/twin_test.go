package circbuf_test

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/hekad/heka/internal/drawtest"
	"github.com/hekad/heka/internal/sandbox/circbuf"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

// A twin is a circular buffer written down as its documentation tells: a map of
// rows, of which those that are too old are dropped.
type twin struct {
	rows, columns, span int64
	newest              int64
	cells, deltas       map[[2]int64]float64 // by row number and column
	aggregation         []string
}

func newTwin(rows, columns, span int64, deltas bool) *twin {
	w := &twin{rows: rows, columns: columns, span: span, newest: rows - 1, cells: map[[2]int64]float64{}}
	if deltas {
		w.deltas = map[[2]int64]float64{}
	}
	for range columns {
		w.aggregation = append(w.aggregation, "sum")
	}
	return w
}

func (w *twin) row(ns float64) int64 { return int64(math.Trunc(ns/1e9)) / w.span }

func (w *twin) holds(row int64) bool { return row >= 0 && row > w.newest-w.rows && row <= w.newest }

func (w *twin) advance(row int64) {
	w.newest = max(w.newest, row)
	for _, m := range []map[[2]int64]float64{w.cells, w.deltas} {
		for at := range m {
			if !w.holds(at[0]) {
				delete(m, at)
			}
		}
	}
}

func (w *twin) get(ns float64, c int64) any {
	if ns < 0 || !w.holds(w.row(ns)) {
		return nil
	}
	if v, ok := w.cells[[2]int64{w.row(ns), c}]; ok {
		return v
	}
	return math.NaN()
}

// delta adds to a recorded change, or takes its place.
func (w *twin) delta(at [2]int64, v float64, replace bool) {
	if w.deltas == nil {
		return
	}
	if old, ok := w.deltas[at]; ok && !replace {
		v += old
	}
	w.deltas[at] = v
}

func (w *twin) add(ns float64, c int64, v float64) any {
	if ns < 0 {
		return nil
	}
	w.advance(w.row(ns))
	old := w.get(ns, c)
	if old == nil {
		return nil
	}
	at := [2]int64{w.row(ns), c}
	cell := v
	if !math.IsNaN(old.(float64)) {
		cell += old.(float64)
	}
	w.cells[at] = cell
	if v == 0 {
		return cell
	}
	switch w.aggregation[c-1] {
	case "sum":
		w.delta(at, v, false)
	case "none":
		w.delta(at, cell, false)
	default:
		w.delta(at, cell, true)
	}
	return cell
}

func (w *twin) set(ns float64, c int64, v float64) any {
	if ns < 0 {
		return nil
	}
	w.advance(w.row(ns))
	got := w.get(ns, c)
	if got == nil {
		return nil
	}
	old, at := got.(float64), [2]int64{w.row(ns), c}
	switch w.aggregation[c-1] {
	case "min", "max":
		better := v < old
		if w.aggregation[c-1] == "max" {
			better = v > old
		}
		if !better && !(math.IsNaN(old) && !math.IsNaN(v)) {
			return old
		}
		w.delta(at, v, true)
	default:
		switch {
		case old == v:
			w.delta(at, 0, false)
		case math.IsNaN(old):
			w.delta(at, v, false)
		default:
			w.delta(at, v-old, false)
		}
	}
	w.cells[at] = v
	return v
}

func (w *twin) values(c, from, to int64) []float64 {
	var all []float64
	for row := from; row <= to; row++ {
		if v, ok := w.cells[[2]int64{row, c}]; ok && !math.IsNaN(v) {
			all = append(all, v)
		}
	}
	return all
}

func slowCompute(f string, values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	if f == "sum" {
		return total
	}
	if len(values) == 0 {
		return math.NaN()
	}
	average := total / float64(len(values))
	squares := 0.0
	for _, v := range values {
		squares += (v - average) * (v - average)
	}
	switch f {
	case "avg":
		return average
	case "variance":
		return squares / float64(len(values))
	case "sd":
		return math.Sqrt(squares / float64(len(values)))
	case "min":
		return slices.Min(values)
	}
	return slices.Max(values)
}

// slowU is U by its definition: pairs in which the first is the greater count 1,
// equal ones ½. NaN is lower than all others.
func slowU(first, second []float64) float64 {
	u := 0.0
	for _, x := range first {
		for _, y := range second {
			switch {
			case x == y || math.IsNaN(x) && math.IsNaN(y):
				u += 0.5
			case x > y || math.IsNaN(y):
				u++
			}
		}
	}
	return u
}

// text is the output without its header line.
func (w *twin) text(deltas bool) string {
	var b strings.Builder
	source := w.cells
	if deltas {
		source = w.deltas
	}
	for row := w.newest - w.rows + 1; row <= w.newest; row++ {
		var line []string
		found := false
		for c := int64(1); c <= w.columns; c++ {
			v, ok := source[[2]int64{row, c}]
			if !ok {
				v = math.NaN()
			}
			found = found || ok
			line = append(line, slowNumber(v))
		}
		if deltas {
			if !found {
				continue
			}
			line = append([]string{strconv.FormatInt(row*w.span, 10)}, line...)
		}
		b.WriteString(strings.Join(line, "\t") + "\n")
	}
	return b.String()
}

// slowNumber is the text of the numbers that the test uses: multiples of 1/8.
func slowNumber(v float64) string {
	switch {
	case math.IsNaN(v):
		return "nan"
	case math.IsInf(v, 1):
		return "inf"
	case math.IsInf(v, -1):
		return "-inf"
	}
	return strconv.FormatFloat(v+0, 'f', -1, 64)
}

func sameValue(got lua.LValue, want any) bool {
	if want == nil {
		return got == lua.LNil
	}
	n, ok := got.(lua.LNumber)
	return ok && (float64(n) == want.(float64) || math.IsNaN(float64(n)) && math.IsNaN(want.(float64)))
}

func method(t testing.TB, L *lua.LState, name string, results int, args ...lua.LValue) []lua.LValue {
	t.Helper()
	cb := L.GetGlobal("cb").(*lua.LUserData)
	fn := L.GetField(L.GetField(cb.Metatable, "__index"), name)
	if err := L.CallByParam(lua.P{Fn: fn, NRet: results, Protect: true}, append([]lua.LValue{cb}, args...)...); err != nil {
		t.Fatal(err)
	}
	out := make([]lua.LValue, results)
	for i := range out {
		out[i] = L.Get(i - results)
	}
	L.Pop(results)
	return out
}

// Whatever is done to a buffer, it agrees with its twin.
func TestBufferAgreesWithItsTwin(t *testing.T) {
	L := newState(t, circbuf.Options{})
	drawtest.Rapid(t)
	rapid.Check(t, func(rt *rapid.T) {
		rows := rapid.Int64Range(2, 9).Draw(rt, "rows")
		columns := rapid.Int64Range(1, 4).Draw(rt, "columns")
		span := rapid.SampledFrom([]int64{1, 2, 60}).Draw(rt, "span")
		deltas := rapid.Bool().Draw(rt, "deltas")
		w := newTwin(rows, columns, span, deltas)
		luatest.Run(t, L, fmt.Sprintf("cb = circular_buffer.new(%d, %d, %d, %t)", rows, columns, span, deltas))
		for c := range columns {
			w.aggregation[c] = rapid.SampledFrom([]string{"sum", "min", "max", "none"}).Draw(rt, "aggregation")
			method(t, L, "set_header", 1, lua.LNumber(c+1), lua.LString("n"), lua.LString("u"), lua.LString(w.aggregation[c]))
		}
		base := rapid.SampledFrom([]float64{0, 0, 1_700_000_000}).Draw(rt, "base")
		time := func(label string) float64 {
			return (base + rapid.Float64Range(-3, float64(3*rows*span)).Draw(rt, label)) * 1e9
		}
		column := func() int64 { return rapid.Int64Range(1, columns).Draw(rt, "column") }
		value := func() float64 {
			return rapid.SampledFrom([]float64{0, 1, 1, 2, 0.125, -3.5, 100, math.NaN(), math.Inf(1), math.Inf(-1)}).Draw(rt, "value")
		}
		rt.Repeat(map[string]func(*rapid.T){
			"add": func(rt *rapid.T) {
				ns, c, v := time("ns"), column(), value()
				got, want := method(t, L, "add", 1, lua.LNumber(ns), lua.LNumber(c), lua.LNumber(v))[0], w.add(ns, c, v)
				if !sameValue(got, want) {
					rt.Fatalf("add(%v, %d, %v) = %v, want %v", ns, c, v, got, want)
				}
			},
			"set": func(rt *rapid.T) {
				ns, c, v := time("ns"), column(), value()
				got, want := method(t, L, "set", 1, lua.LNumber(ns), lua.LNumber(c), lua.LNumber(v))[0], w.set(ns, c, v)
				if !sameValue(got, want) {
					rt.Fatalf("set(%v, %d, %v) = %v, want %v", ns, c, v, got, want)
				}
			},
			"get": func(rt *rapid.T) {
				ns, c := time("ns"), column()
				if got, want := method(t, L, "get", 1, lua.LNumber(ns), lua.LNumber(c))[0], w.get(ns, c); !sameValue(got, want) {
					rt.Fatalf("get(%v, %d) = %v, want %v", ns, c, got, want)
				}
			},
			"compute": func(rt *rapid.T) {
				f := rapid.SampledFrom([]string{"sum", "avg", "sd", "min", "max", "variance"}).Draw(rt, "function")
				c, from, to := column(), time("from"), time("to")
				from, to = min(from, to), max(from, to)
				got := method(t, L, "compute", 2, lua.LString(f), lua.LNumber(c), lua.LNumber(from), lua.LNumber(to))
				var want any
				count := 0.0
				if from >= 0 && w.holds(w.row(from)) && w.holds(w.row(to)) {
					values := w.values(c, w.row(from), w.row(to))
					want, count = slowCompute(f, values), float64(len(values))
				}
				if !sameValue(got[0], want) || !sameValue(got[1], count) {
					rt.Fatalf("%s(%d, %v, %v) = %v, want %v of %v", f, c, from, to, got, want, count)
				}
			},
			"rank": func(rt *rapid.T) {
				c, cut := column(), rapid.Int64Range(1, rows-1).Draw(rt, "cut")
				from := max(w.newest-w.rows+1, 0)
				cut += from
				if cut > w.newest {
					return
				}
				at := func(row int64) lua.LValue { return lua.LNumber(float64(row*span) * 1e9) }
				got := method(t, L, "mannwhitneyu", 2, lua.LNumber(c), at(from), at(cut-1), at(cut), at(w.newest))
				cells := func(from, to int64) (all []float64) {
					for row := from; row <= to; row++ {
						all = append(all, w.get(float64(row*span)*1e9, c).(float64))
					}
					return all
				}
				first, second := cells(from, cut-1), cells(cut, w.newest)
				all := slices.Concat(first, second)
				if !slices.ContainsFunc(all, func(v float64) bool { return slowU([]float64{v}, all[:1]) != 0.5 }) {
					if got[0] != lua.LNil {
						rt.Fatalf("equal values give %v", got)
					}
					return
				}
				if want := slowU(first, second); !sameValue(got[0], want) {
					rt.Fatalf("U of %v and %v is %v, want %v", first, second, got[0], want)
				}
				if p, ok := got[1].(lua.LNumber); !ok || p < 0 || p > 1 {
					rt.Fatalf("p = %v", got[1])
				}
			},
			"output": func(rt *rapid.T) {
				_, got, _ := strings.Cut(string(buffer(L, "cb").AppendOutput(nil, 0)), "\n")
				if want := w.text(false); got != want {
					rt.Fatalf("cbuf\n%s\nwant\n%s", got, want)
				}
			},
			"changes": func(rt *rapid.T) {
				method(t, L, "format", 1, lua.LString("cbufd"))
				_, got, _ := strings.Cut(string(buffer(L, "cb").AppendOutput(nil, 0)), "\n")
				method(t, L, "format", 1, lua.LString("cbuf"))
				want := ""
				if deltas {
					want = w.text(true)
					clear(w.deltas)
				}
				if got != want {
					rt.Fatalf("cbufd\n%s\nwant\n%s", got, want)
				}
			},
			"restart": func(rt *rapid.T) {
				text := string(buffer(L, "cb").AppendPreserved(nil, "cb"))
				L.SetGlobal("cb", lua.LNil)
				luatest.Run(t, L, text)
				if again := string(buffer(L, "cb").AppendPreserved(nil, "cb")); again != text {
					rt.Fatalf("restored\n%s\nas\n%s", text, again)
				}
			},
		})
	})
}
