package sandbox

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// preserved sets the file of preserved data.
func preserved(path string) func(*Options) { return func(o *Options) { o.Preserved = path } }

// run starts a script, calls it once, and stops it; it returns the payload.
func run(t *testing.T, source string, with ...func(*Options)) string {
	t.Helper()
	s, host := start(t, source, with...)
	process(t, s, nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return strings.TrimPrefix(host.last(), "txt||")
}

const counter = `count = 0 function process_message() count = count + 1 inject_payload("txt", "", count) return 0 end`

func TestPreservedDataOfHeka010IsRestored(t *testing.T) {
	path := writeFile(t, t.TempDir(), "x.data", "if _PRESERVATION_VERSION and _PRESERVATION_VERSION ~= 0 then return end\n_G[\"_VERSION\"] = \"Lua 5.1\"\n_G[\"count\"] = 10\n_G[\"raw\"] = \"\x00\xff\\\n\"\n")
	if got := run(t, counter, preserved(path)); got != "11" {
		t.Errorf("first output %q", got)
	}
	if got := run(t, counter, preserved(path)); got != "12" {
		t.Errorf("after a restart %q", got)
	}
}

func TestPreservationVersion(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sub", "x.data")
	const script = `_PRESERVATION_VERSION = 1 count = 100 function process_message() count = count + 1 inject_payload("txt", "", count) if bump then _PRESERVATION_VERSION = 2 end bump = CHANGE return 0 end`
	for i, c := range []struct{ source, want string }{
		{script, "101"}, {script, "102"}, {strings.Replace(script, "if bump", "if true", 1), "103"}, {script, "101"},
	} {
		if got := run(t, strings.Replace(c.source, "CHANGE", "false", 1), preserved(path)); got != c.want {
			t.Errorf("run %d: %s, want %s", i+1, got, c.want)
		}
	}
}

const data = `require "circular_buffer" require "string" lpeg_pattern = require "lpeg".P"x"
count = 0 rate = 0.12345678 rates = {99.1,98,97,92.002,91.10001,key="val"} kvp = {a="foo",b="bar",r=rates}
_G["key with spaces"]="kws" boolean=true nan=0/0 inf=1/0 ninf=-1/0 tiny=1e-9 low=-3e9
cyclea = {type="cycle a"} cycleb = {type="cycle b"} cyclea["b"] = cycleb cycleb["a"] = cyclea
cb = circular_buffer.new(3,3,1) cbRef = cb delta = circular_buffer.new(2,1,1,true) delta:add(0,1,2)
text = "a\"b\\c\nd\re\0f\255" meta = setmetatable({}, {}) nested = {[true] = {[1.5] = {x = {}}}}
function process_message() return 0 end`

func TestAllDataIsPreserved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.data")
	run(t, data, preserved(path))
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"if _PRESERVATION_VERSION and _PRESERVATION_VERSION ~= 0 then return end\n", "_G[\"rate\"] = 0.12345678\n",
		"_G[\"key with spaces\"] = \"kws\"\n", "_G[\"nan\"] = 0/0\n", "_G[\"inf\"] = 1/0\n", "_G[\"ninf\"] = -1/0\n", "_G[\"tiny\"] = 1e-09\n",
		"_G[\"low\"] = -3e+09\n", "_G[\"_VERSION\"] = \"Lua 5.1\"\n", ":fromstring(\"2 2 nan nan nan nan nan nan nan nan nan\")\n", "_G[\"delta\"]:fromstring(\"1 1 2 nan 0 2\")\n",
		"_G[\"nested\"][true][1.5][\"x\"] = {}\n",
	} {
		if !strings.Contains(string(b), want) {
			t.Errorf("%q is missing in\n%s", want, b)
		}
	}
	if strings.Contains(string(b), "meta") || strings.Contains(string(b), "lpeg") || strings.Contains(string(b), "process_message") || strings.Contains(string(b), "package") {
		t.Errorf("what is no data was written:\n%s", b)
	}
	check := `require "circular_buffer" function process_message()
if rates ~= kvp.r or rates[5] ~= 91.10001 or rates.key ~= "val" or cyclea.b.a ~= cyclea or cb ~= cbRef or nan == nan or inf ~= 1/0 or ninf ~= -1/0
or tiny ~= 1e-9 or low ~= -3e9 or text ~= "a\"b\\c\nd\re\0f\255" or not nested[true][1.5].x or delta:get(0,1) ~= 2 or boolean ~= true then return -1, "wrong" end return 0 end`
	run(t, check, preserved(path))
	if again, err := os.ReadFile(path); err != nil || len(again) != len(b) {
		t.Errorf("%d bytes after the second time, %d before", len(again), len(b))
	}
}

func TestObjectsOfAllModulesArePreserved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.data")
	const modules = `for _, m in ipairs{"bloom_filter", "hyperloglog", "cuckoo_filter", "sax", "circular_buffer", "struct", "re", "lpeg", "cjson"} do
if require(m) ~= _G[m] then error(m) end end `
	run(t, modules+`b = bloom_filter.new(20, 0.01) b:add("x") h = hyperloglog.new() h:add("x") c = cuckoo_filter.new(20) c:add("x")
w = sax.window.new(4, 2, 4) w:add({1, 2, 3, 10.1}) d = sax.word.new("ABCD", 4) function process_message() return 0 end`, preserved(path))
	got := run(t, modules+`function process_message() inject_payload("txt", "", b:query("x"), b:count(), h:count(), c:query("x"), " ", w, " ", d) return 0 end`, preserved(path))
	if got != "true11true AD ABCD" {
		t.Errorf("%q", got)
	}
}

func TestMuchDataIsPreserved(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.data")
	free := limits(Limits{Memory: 256 << 20})
	if got := run(t, `require "string" t = {} for i = 1, 30000 do t[i] = "value " .. i t["key " .. i] = i + 0.5 end function process_message() inject_payload("txt", "", #t) return 0 end`, preserved(path), free); got != "30000" {
		t.Fatal(got)
	}
	if got := run(t, `function process_message() inject_payload("txt", "", #t, t["key 29999"]) return 0 end`, preserved(path), free); got != "3000029999.5" {
		t.Error(got)
	}
}

func TestDataThatCannotBePreserved(t *testing.T) {
	path := writeFile(t, t.TempDir(), "x.data", "x = 1\n")
	s, _ := start(t, `t = {[function() end] = 1} function process_message() return 0 end`, preserved(path))
	if err := s.Close(); err == nil || err.Error() != "Destroy() serialize_data cannot preserve type 'function'" {
		t.Error(err)
	}
	if _, err := os.Stat(path); !os.IsNotExist(err) {
		t.Error("the file is still there")
	}
	path = filepath.Join(t.TempDir(), "taken", "x.data")
	s, _ = start(t, counter, preserved(path))
	writeFile(t, filepath.Dir(filepath.Dir(path)), "taken", "")
	if err := s.Close(); err == nil || err.Error() != "Destroy() lsb_preserve_global_data could not open: "+path {
		t.Error(err)
	}
}

func TestTerminatedSandboxesPreserveNothing(t *testing.T) {
	path := writeFile(t, t.TempDir(), "x.data", "count = 5\n")
	s, _ := start(t, `function process_message() count = 7 error("x") end`, preserved(path))
	s.ProcessMessage(nil)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "count = 5\n" {
		t.Errorf("%q %v", b, err)
	}
}

func TestBadDataIsPutAside(t *testing.T) {
	for _, bad := range []string{"x = = 1", "error('no')", "count = 'x' nothing.x = 1"} {
		path := writeFile(t, t.TempDir(), "x.data", bad)
		log, logged := logging(t)
		if got := run(t, counter, preserved(path), logged); got != "1" {
			t.Errorf("%q: %s", bad, got)
		}
		if b, err := os.ReadFile(path + ".bad"); err != nil || string(b) != bad || !strings.Contains(log.String(), "lsb_restore_global_data") {
			t.Errorf("%q: %q %v, logged %s", bad, b, err, log)
		}
	}
}
