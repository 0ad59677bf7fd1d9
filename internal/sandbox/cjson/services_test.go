//go:build services

package cjson_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/drawtest"
	"github.com/hekad/heka/internal/sandbox/cjson"
	"github.com/hekad/heka/internal/sandbox/luatest"
)

// The library is held against lua-cjson under PUC Lua, both from Debian's packages
// (lua5.1 and lua-cjson). Both run the same script on the same texts, and what they
// print must be equal.

// script decodes every text of the file and prints the value, or the error, and
// what encode makes of the value. Objects are printed with sorted keys. null is
// cjson.null in both.
const script = `
local null = cjson.null
local function show(v, out)
  if v == null then out[#out + 1] = "null"
  elseif type(v) == "table" then
    local keys = {}
    for k in pairs(v) do keys[#keys + 1] = k end
    table.sort(keys, function(a, b)
      if type(a) ~= type(b) then return type(a) == "number" end
      return a < b
    end)
    out[#out + 1] = "{"
    for _, k in ipairs(keys) do
      out[#out + 1] = type(k) == "number" and cjson.encode(k) or hex(k)
      out[#out + 1] = "="
      show(v[k], out)
      out[#out + 1] = ";"
    end
    out[#out + 1] = "}"
  elseif type(v) == "string" then out[#out + 1] = hex(v)
  elseif type(v) == "number" then out[#out + 1] = v ~= v and "nan" or cjson.encode(v)
  else out[#out + 1] = tostring(v) end
end
function hex(s) return (string.gsub(s, ".", function(c) return string.format("%02x", string.byte(c)) end)) end
cjson.encode_invalid_numbers("null")
cjson.encode_sparse_array(true, 2, 3)
for line in io.lines(arg_file) do
  local text = string.gsub(line, "..", function(h) return string.char(tonumber(h, 16)) end)
  for _, strict in ipairs{false, true} do
    cjson.decode_invalid_numbers(not strict)
    local ok, v = pcall(cjson.decode, text)
    if not ok then report(line, v)
    else
      local out = {}
      show(v, out)
      report(line, table.concat(out))
      if type(v) ~= "table" or (v[1] ~= nil) then
        local ok, text = pcall(cjson.encode, v)
        report(line, single(v) and hex(tostring(text)) or "")
      end
    end
  end
end
`

// single reports whether the text of a value cannot depend on the order of keys.
const single = `
function single(v)
  if type(v) ~= "table" then return true end
  if v[1] == nil and next(v) ~= nil and next(v, (next(v))) ~= nil then return false end
  for _, e in pairs(v) do if not single(e) then return false end end
  return true
end
`

// TestAgreesWithLuaCJSON decodes random texts, the same each time, and encodes what
// comes of them, here and by Debian's lua-cjson.
func TestAgreesWithLuaCJSON(t *testing.T) {
	path, err := exec.LookPath("lua5.1")
	if err != nil {
		t.Fatalf("%v; install Debian's lua5.1 and lua-cjson", err)
	}
	file := filepath.Join(t.TempDir(), "texts")
	seed := drawtest.Seed(t, "CJSON_SEED")
	var texts bytes.Buffer
	r := rand.New(rand.NewPCG(seed, 0))
	for range 20000 {
		fmt.Fprintf(&texts, "%x\n", randomText(r))
	}
	if err := os.WriteFile(file, texts.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	common := fmt.Sprintf("arg_file = %q\n", file) + single + script

	theirs := exec.Command(path, "-e", `cjson = require "cjson"
		cjson.decode_max_depth(50)
		function report(text, result) io.write(text, " ", result, "\n") end
		`+common)
	theirs.Stderr = os.Stderr
	want, err := theirs.Output()
	if err != nil {
		t.Fatal(err)
	}

	ours := filepath.Join(t.TempDir(), "ours")
	L := newState(t, cjson.Options{})
	luatest.Run(t, L, fmt.Sprintf(`
		cjson.decode_null(true)
		cjson.decode_max_depth(50)
		out = assert(io.open(%q, "w"))
		function report(text, result) out:write(text, " ", result, "\n") end
		`, ours)+common+`out:close()`)
	got, err := os.ReadFile(ours)
	if err != nil {
		t.Fatal(err)
	}
	g, w := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
	if len(g) != len(w) {
		t.Errorf("%d results, want %d", len(g), len(w))
	}
	bad := 0
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			text, _, _ := strings.Cut(w[i], " ")
			var raw []byte
			fmt.Sscanf(text, "%x", &raw)
			t.Errorf("%q:\n got %s\nwant %s", raw, g[i], w[i])
			if bad++; bad == 20 {
				t.FailNow()
			}
		}
	}
}

// randomText draws a JSON text, often one with a mistake.
func randomText(r *rand.Rand) []byte {
	b := appendValue(nil, r, 5)
	pick := func(n int) int { return r.IntN(max(n, 1)) }
	switch r.IntN(4) {
	case 0:
		b = b[:pick(len(b)+1)]
	case 1:
		i := pick(len(b))
		b = append(b[:i:i], b[min(i+1, len(b)):]...)
	case 2:
		const noise = "{}[]:,\"\\u0tfn-+.eE x1\t\x01\x7f\xff/"
		i := pick(len(b))
		b = append(b[:i:i], append([]byte{noise[pick(len(noise))]}, b[i:]...)...)
	}
	return b
}

func appendValue(b []byte, r *rand.Rand, depth int) []byte {
	n := 9
	if depth == 0 {
		n = 6
	}
	switch r.IntN(n) {
	case 0:
		words := []string{"null", "true", "false", "nan", "inf", "-Infinity", "+1", "0x1F", "-0xa.8p2", "007", "1.", "-.5", "NaN(x)", "0x", "1e5"}
		return append(b, words[r.IntN(len(words))]...)
	case 1:
		return fmt.Appendf(b, "%d", r.IntN(2000)-1000)
	case 2:
		return fmt.Appendf(b, "%g", r.NormFloat64()*float64(uint64(1)<<r.IntN(63)))
	case 3:
		return fmt.Appendf(b, "%.*e", r.IntN(20), r.NormFloat64())
	case 4, 5:
		return appendString(b, r)
	case 6:
		b = append(b, '{')
		for i := range r.IntN(4) {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, r), ':')
			b = appendValue(b, r, depth-1)
		}
		return append(b, '}')
	default:
		b = append(b, '[')
		for i := range r.IntN(5) {
			if i > 0 {
				b = append(b, ", "[:1+r.IntN(2)]...)
			}
			b = appendValue(b, r, depth-1)
		}
		return append(b, ']')
	}
}

func appendString(b []byte, r *rand.Rand) []byte {
	b = append(b, '"')
	for range r.IntN(5) {
		switch r.IntN(8) {
		case 0:
			b = append(b, '\\', `"\/bfnrtqu`[r.IntN(10)])
		case 1:
			b = fmt.Appendf(b, `\u%04x`, r.IntN(0x10000))
		case 2:
			b = fmt.Appendf(b, `\u%04X\u%04x`, 0xd800+r.IntN(0x400), 0xdc00+r.IntN(0x400))
		case 3:
			b = append(b, byte(1+r.IntN(255)))
		default:
			b = append(b, "abc/é"[r.IntN(6)])
		}
	}
	return append(b, '"')
}
