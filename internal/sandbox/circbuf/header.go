package circbuf

import (
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"
)

// The longest name and unit of a column in bytes.
const (
	maxName = 15
	maxUnit = 7
)

func defaultName(c int) string { return clean("Column_"+strconv.Itoa(c+1), maxName, "") }

// clean cuts s to max bytes and puts _ for every byte that is neither an ASCII
// letter nor a digit nor in keep. The result needs no quoting anywhere.
func clean(s string, max int, keep string) string {
	b := []byte(s[:min(len(s), max)])
	for i, c := range b {
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		kept := keep != "" && (c == keep[0] || c == keep[1])
		if !letter && c-'0' > 9 && !kept {
			b[i] = '_'
		}
	}
	return string(b)
}

// setHeader is cb:set_header(column, name [, unit [, aggregation]]).
func setHeader(L *lua.LState) int {
	a := method(L, "set_header")
	b := a.self()
	a.Count(2, math.MaxInt)
	c := a.column(1, b)
	h := head{name: clean(a.string(2), maxName, ""), unit: "count"}
	if !a.absent(3) {
		h.unit = clean(a.string(3), maxUnit, "/*")
	}
	if !a.absent(4) {
		h.aggregation = aggregation(a.option(4, aggregations))
	}
	b.heads[c] = h
	L.Push(lua.LNumber(c + 1))
	return 1
}

// getHeader is cb:get_header(column).
func getHeader(L *lua.LState) int {
	a := method(L, "get_header")
	b := a.self()
	a.Count(1, math.MaxInt)
	h := b.heads[a.column(1, b)]
	L.Push(lua.LString(h.name))
	L.Push(lua.LString(h.unit))
	L.Push(lua.LString(aggregations[h.aggregation]))
	return 3
}
