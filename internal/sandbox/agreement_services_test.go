//go:build services

package sandbox

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/drawtest"
)

// agreement is Lua source that calls every function of the list cases and reports
// what it returned, as text that depends on no library function under test: bytes
// in hexadecimal, numbers by format.
const agreement = `
local format, byte, sub, find = string.format, string.byte, string.sub, string.find
local function hex(s)
    local out = ""
    for i = 1, #s do
        local c = sub(s, i, i)
        if find(c, "[%w%p ]") and c ~= "\\" then out = out .. c else out = out .. format("\\%02x", byte(c)) end
    end
    return out
end
local function show(v)
    if type(v) == "string" then return "'" .. hex(v) .. "'" end
    if type(v) == "number" then
        if v ~= v then return "nan" end
        return format("%.17g", v)
    end
    if type(v) ~= "table" then return tostring(v) end
    local out = {}
    for i = 1, #v do out[i] = show(v[i]) end
    for _, k in ipairs{"year", "month", "day", "hour", "min", "sec", "wday", "yday", "isdst"} do
        if v[k] ~= nil then out[#out + 1] = k .. "=" .. show(v[k]) end
    end
    return "{" .. table.concat(out, " ") .. "}"
end
local function told(ok, ...)
    if not ok then
        local text = tostring((...))
        local _, e = find(text, "^[^ ]*:%d+: ")
        return "error " .. sub(text, (e or 0) + 1)
    end
    local out = {}
    for i = 1, select("#", ...) do out[i] = show((select(i, ...))) end
    return table.concat(out, " ")
end
for i = 1, #cases do report(i .. " " .. told(pcall(cases[i])) .. "\n") end
`

// TestLibrariesAgreeWithLua runs random calls of the library functions, and random
// programs, here and by PUC Lua 5.1, which is Debian's package lua5.1. The calls are the same each
// time; AGREEMENT_SEED draws others.
func TestLibrariesAgreeWithLua(t *testing.T) {
	path, err := exec.LookPath("lua5.1")
	if err != nil {
		t.Fatalf("%v; install Debian's lua5.1", err)
	}
	seed := drawtest.Seed(t, "AGREEMENT_SEED")
	for _, f := range families {
		t.Run(f.name, func(t *testing.T) {
			d := &draw{rand.New(rand.NewPCG(seed, uint64(len(f.name))))}
			bad := 0
			for range cmp.Or(f.thousands, 8) {
				var cases []string
				var b strings.Builder
				b.WriteString("cases = {}\n")
				for range 1000 {
					c := f.call(d)
					cases = append(cases, c)
					fmt.Fprintf(&b, "cases[#cases + 1] = function() return %s end\n", c)
				}
				b.WriteString(agreement)
				want := reference(t, path, b.String())
				got := underTest(t, b.String())
				if len(got) != len(cases) || len(want) != len(cases) {
					t.Fatalf("%d cases gave %d results here and %d there", len(cases), len(got), len(want))
				}
				for i, c := range cases {
					if got[i] == want[i] || f.meant != nil && f.meant(c, got[i], want[i]) {
						continue
					}
					t.Errorf("%s\n got %s\nwant %s", c, got[i], want[i])
					if bad++; bad == 20 {
						t.FailNow()
					}
				}
			}
		})
	}
}

// reference runs a script under PUC Lua and returns the lines it reports.
func reference(t *testing.T, path, source string) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "cases.lua")
	if err := os.WriteFile(file, []byte("function report(s) io.write(s) end\n"+source), 0o600); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), path, file)
	c.Env = append(os.Environ(), "TZ=UTC", "LC_ALL=C")
	c.Stderr = os.Stderr
	out, err := c.Output()
	if err != nil {
		t.Fatalf("lua5.1: %v", err)
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

// underTest runs a script in a sandbox.
func underTest(t *testing.T, source string) []string {
	t.Helper()
	s, host := start(t, `require "string" require "table" require "math" require "os"
report = add_to_payload
function process_message()
`+source+`
inject_payload()
return 0
end`, limits(Limits{}))
	process(t, s, nil)
	return strings.Split(strings.TrimSuffix(strings.TrimPrefix(host.last(), "txt||"), "\n"), "\n")
}

// draw draws the arguments of calls.
type draw struct{ *rand.Rand }

// one returns one of some texts.
func (d *draw) one(texts ...string) string { return texts[d.IntN(len(texts))] }

// lua quotes a text for Lua.
func (d *draw) lua(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		fmt.Fprintf(&b, "\\%03d", s[i])
	}
	return b.String() + `"`
}

// text is a short text of the bytes that patterns speak of.
func (d *draw) text(most int) string {
	const alphabet = "aaabbbcd019 .-_(){}[]%^$\n\t\x00\xe9AZ,"
	b := make([]byte, d.IntN(most+1))
	for i := range b {
		b[i] = alphabet[d.IntN(len(alphabet))]
	}
	return string(b)
}

// number is a literal of a number.
func (d *draw) number() string {
	switch d.IntN(8) {
	case 0:
		// There is no -0: compilers take it for the constant 0 where a function has both.
		return d.one("0", "1", "-1", "0.5", "-0.5", "1.5", "2.5", "1e15", "1e16", "2^53", "-2^53", "1e100", "1e-100", "0.1", "1/3", "2^31", "2^32", "-2^31")
	case 1:
		return fmt.Sprint(d.IntN(20) - 10)
	case 2:
		return fmt.Sprintf("%.3f", d.NormFloat64()*100)
	case 3:
		return fmt.Sprintf("%.17g", d.NormFloat64())
	case 4:
		return fmt.Sprintf("%.15e", d.NormFloat64())
	case 5:
		return fmt.Sprint(d.Int64N(1<<53) - 1<<52)
	case 6:
		return fmt.Sprintf("%g", d.NormFloat64()*float64(uint64(1)<<d.IntN(52)))
	}
	return fmt.Sprint(d.IntN(300))
}

// index is a position in a short text or table.
func (d *draw) index() string {
	return d.one("1", "2", "3", "0", "-1", "-2", "-3", "5", "100", "-100", "1.7", "-1.7", `"2"`, "nil")
}

// some returns up to n arguments, each with a comma before it.
func (d *draw) some(n int, f func() string) string {
	var b strings.Builder
	for range d.IntN(n + 1) {
		b.WriteString(", " + f())
	}
	return b.String()
}
