package cjson

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"
)

// settings are what the configuration functions change.
type settings struct {
	sparseConvert bool // write an excessively sparse array as object
	sparseRatio   int  // largest key per element, 0: never excessive
	sparseSafe    int  // largest key that is never excessive
	encodeDepth   int
	decodeDepth   int
	precision     int // significant digits of a number
	badNumbers    badNumbers
	lenient       bool // decode takes hex, leading zeros, +, inf and nan
	keepNull      bool // decode gives cjson.null for null
}

// badNumbers says what encode makes of NaN and the infinities.
type badNumbers int

const (
	refuseBadNumbers badNumbers = iota
	writeBadNumbers             // NaN, Infinity, -Infinity
	nullBadNumbers
)

func defaults() settings {
	return settings{
		sparseRatio: 2, sparseSafe: 10,
		encodeDepth: 1000, decodeDepth: 1000,
		precision: 14,
		lenient:   true,
	}
}

// maxArgs raises an error when there are more than n arguments.
func maxArgs(L *lua.LState, n int, name string) {
	if L.GetTop() > n {
		argError(L, n+1, name, "found too many arguments")
	}
}

// setInteger sets *to from argument n unless that is nil, and pushes what is in
// force. The range error names argument 1 wherever it was found.
func setInteger(L *lua.LState, n int, name string, to *int, least, most int) {
	if L.Get(n) != lua.LNil {
		f := checkNumber(L, n, name)
		if !(f >= float64(least)) || math.Trunc(f) > float64(most) {
			argError(L, 1, name, fmt.Sprintf("expected integer between %d and %d", least, most))
		}
		*to = int(f)
	}
}

// option returns argument n as one of words, where true counts as the word "on"
// and false as "off"; nil gives now.
func option(L *lua.LState, n int, name string, now int, words ...string) int {
	switch v := L.Get(n).(type) {
	case *lua.LNilType:
		return now
	case lua.LBool:
		if v {
			return 1
		}
		return 0
	}
	word := checkString(L, n, name)
	for i, w := range words {
		if w == word {
			return i
		}
	}
	argError(L, n, name, fmt.Sprintf("invalid option '%s'", word))
	return now
}

// setFlag sets *to from a boolean, "on" or "off" at argument n.
func setFlag(L *lua.LState, n int, name string, to *bool) {
	now := 0
	if *to {
		now = 1
	}
	*to = option(L, n, name, now, "off", "on") == 1
}

func (c *codec) encodeSparseArray(L *lua.LState) int {
	const name = "encode_sparse_array"
	maxArgs(L, 3, name)
	setFlag(L, 1, name, &c.sparseConvert)
	setInteger(L, 2, name, &c.sparseRatio, 0, math.MaxInt32)
	setInteger(L, 3, name, &c.sparseSafe, 0, math.MaxInt32)
	L.Push(lua.LBool(c.sparseConvert))
	L.Push(lua.LNumber(c.sparseRatio))
	L.Push(lua.LNumber(c.sparseSafe))
	return 3
}

func (c *codec) encodeMaxDepth(L *lua.LState) int {
	return oneInteger(L, "encode_max_depth", &c.encodeDepth, math.MaxInt32)
}

func (c *codec) decodeMaxDepth(L *lua.LState) int {
	return oneInteger(L, "decode_max_depth", &c.decodeDepth, math.MaxInt32)
}

func (c *codec) encodeNumberPrecision(L *lua.LState) int {
	return oneInteger(L, "encode_number_precision", &c.precision, 17)
}

// oneInteger is a setter with the single argument *to, from 1 to most.
func oneInteger(L *lua.LState, name string, to *int, most int) int {
	maxArgs(L, 1, name)
	setInteger(L, 1, name, to, 1, most)
	L.Push(lua.LNumber(*to))
	return 1
}

func (c *codec) encodeInvalidNumbers(L *lua.LState) int {
	const name = "encode_invalid_numbers"
	maxArgs(L, 1, name)
	c.badNumbers = badNumbers(option(L, 1, name, int(c.badNumbers), "off", "on", "null"))
	if c.badNumbers == nullBadNumbers {
		L.Push(lua.LString("null"))
		return 1
	}
	L.Push(lua.LBool(c.badNumbers == writeBadNumbers))
	return 1
}

func (c *codec) decodeInvalidNumbers(L *lua.LState) int {
	return oneFlag(L, "decode_invalid_numbers", &c.lenient)
}

func (c *codec) decodeNull(L *lua.LState) int {
	return oneFlag(L, "decode_null", &c.keepNull)
}

// oneFlag is a setter with the single argument *to.
func oneFlag(L *lua.LState, name string, to *bool) int {
	maxArgs(L, 1, name)
	setFlag(L, 1, name, to)
	L.Push(lua.LBool(*to))
	return 1
}
