package share_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/sandbox"
	"github.com/hekad/heka/internal/share"
	"github.com/hekad/heka/message"
)

// recorder is a host that notes what scripts inject.
type recorder struct {
	t   testing.TB
	log bytes.Buffer // in the notation of the cases
}

func (r *recorder) InjectPayload(typ, name string, payload []byte) sandbox.Verdict {
	r.log.WriteString(strings.TrimSpace("payload "+typ+" "+name) + "\n")
	r.log.Write(payload)
	if !bytes.HasSuffix(payload, []byte("\n")) {
		r.log.WriteByte('\n')
	}
	return sandbox.Injected
}

func (r *recorder) InjectMessage(wire []byte) sandbox.Verdict {
	m := message.New()
	if m.Parse(wire) != nil {
		return sandbox.BadMessage
	}
	r.log.WriteString("message\n" + render(m))
	return sandbox.Injected
}

// take returns what was noted since it was last asked.
func (r *recorder) take() string {
	defer r.log.Reset()
	return r.log.String()
}

// start makes a sandbox of a script, which sees the modules of the package.
func start(t testing.TB, kind sandbox.Kind, script *sandbox.Script, config map[string]any) (*sandbox.Sandbox, *recorder, error) {
	host := &recorder{t: t}
	s, err := sandbox.New(sandbox.Options{
		Kind: kind, Script: script, Share: share.Files, Config: config,
		Limits: sandbox.DefaultLimits(), Host: host,
	})
	if err == nil {
		t.Cleanup(func() { s.Close() })
	}
	return s, host, err
}

// equality is put before the scripts that test modules.
const equality = `
require "string"
local function show(v)
    if type(v) == "number" then return string.format("%.17g", v) end
    if type(v) ~= "table" then return type(v) == "string" and string.format("%q", v) or tostring(v) end
    local names, texts = {}, {}
    for k in pairs(v) do names[#names + 1] = k end
    require "table".sort(names, function(a, b) return tostring(a) < tostring(b) end)
    for i, k in ipairs(names) do texts[i] = tostring(k) .. "=" .. show(v[k]) end
    return "{" .. table.concat(texts, ", ") .. "}"
end
function equal(what, got, want)
    local g, w = show(got), show(want)
    if g ~= w then error(what .. "\n got " .. g .. "\nwant " .. w, 2) end
end
function raises(want, f, ...)
    local ok, text = pcall(f, ...)
    if ok then error("no error; want " .. want, 2) end
    if not string.find(tostring(text), want, 1, true) then error("error " .. tostring(text) .. "; want " .. want, 2) end
end
`

func TestModules(t *testing.T) {
	paths, err := filepath.Glob("testdata/modules/*.lua")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no tests of modules: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".lua"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			script, err := sandbox.Compile([]byte(strings.ReplaceAll(equality, "\n", " ")+string(text)), path)
			if err != nil {
				t.Fatal(err)
			}
			s, _, err := start(t, sandbox.Filter, script, nil)
			if err != nil {
				t.Fatal(err)
			}
			m, err := parse(vectorMessage)
			if err != nil {
				t.Fatal(err)
			}
			if status, problem := s.ProcessMessage(m); status != 0 {
				t.Errorf("status %d: %s", status, problem)
			}
		})
	}
}

// vectorMessage is at hand in process_message of the scripts that test modules.
const vectorMessage = `Timestamp 54321000000000
Type TEST
Logger GoSpec
Severity 6
foo = "bar"
int = 999i
bool = true
false = false
double = 99.9
`
