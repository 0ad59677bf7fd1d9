package lpeg_test

import (
	"os"
	"path/filepath"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// harness defines what the scripts in testdata/scripts use to state what should
// happen.
const harness = `
local lpeg = require "lpeg"
for _, name in ipairs{"P", "S", "R", "V", "B", "C", "Carg", "Cb", "Cc", "Cf", "Cg", "Cmt", "Cp", "Cs", "Ct"} do
   _G[name] = lpeg[name]
end
local function text(v)
   if type(v) == "string" then return string.format("%q", v) end
   if type(v) ~= "table" then return tostring(v) end
   local parts = {}
   for k, e in pairs(v) do parts[#parts + 1] = text(k) .. "=" .. text(e) end
   table.sort(parts)
   return "{" .. table.concat(parts, ", ") .. "}"
end
local function list(n, ...)
   local parts = {}
   for i = 1, n do parts[i] = text((select(i, ...))) end
   return table.concat(parts, " ")
end
local function same(want, ...)
   local got = list(select("#", ...), ...)
   if got ~= want then error("got " .. got .. ", want " .. want, 3) end
end

-- equal(got, want): the values are alike, tables by their contents.
function equal(got, want) same(text(want), got) end

-- gives(p, subject, ...): p matches the subject with exactly these results.
function gives(p, subject, ...)
   same(list(select("#", ...), ...), lpeg.match(p, subject))
end

-- from(p, subject, init, ...): the same, from a position on.
function from(p, subject, init, ...)
   same(list(select("#", ...), ...), lpeg.match(p, subject, init))
end

-- no(p, subject, ...): p does not match any of the subjects.
function no(p, ...)
   for i = 1, select("#", ...) do
      local s = select(i, ...)
      if lpeg.match(p, s) ~= nil then error("matches " .. text(s), 2) end
   end
end

-- fails(message, f, ...): the call raises an error whose text ends like that.
function fails(message, f, ...)
   local ok, err = pcall(f, ...)
   if ok then error("no error, want: " .. message, 2) end
   if tostring(err):sub(-#message) ~= message then error("got " .. tostring(err) .. ", want " .. message, 2) end
end
`

func TestScripts(t *testing.T) {
	scripts, err := filepath.Glob("testdata/scripts/*.lua")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts: ", err)
	}
	for _, script := range scripts {
		t.Run(filepath.Base(script), func(t *testing.T) {
			l := newState(t)
			if err := l.DoString(harness); err != nil {
				t.Fatal(err)
			}
			source, err := os.ReadFile(script)
			if err != nil {
				t.Fatal(err)
			}
			f, err := l.LoadString(string(source))
			if err != nil {
				t.Fatal(err)
			}
			if err := l.CallByParam(lua.P{Fn: f, Protect: true}); err != nil {
				t.Error(err)
			}
		})
	}
}
