package dashboard_test

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/framing"
	"github.com/hekad/heka/internal/plugins/dashboard"
	"github.com/hekad/heka/message"
	"github.com/hekad/heka/plugin/plugintest"
)

func TestConformance(t *testing.T) {
	plugintest.Conformance(t, map[string]string{"DashboardOutput": "address = \"127.0.0.1:0\"\n"}, dashboard.Plugins()...)
}

// graph is the payload that the script below injects.
const graph = `{"time":1379574900,"rows":2,"columns":1,"seconds_per_row":60,"column_info":[{"name":"Requests","unit":"count","aggregation":"sum"}]}
12075
nan
`

// writer injects results of all kinds, and ends itself when told to.
const writer = `
local graph = [==[` + graph + `]==]
function process_message()
    local text = read_message("Payload")
    if text == "end" then error("had enough\tof\ntea") end
    if text == "cbuf" then inject_payload("cbuf", "HTTP Status", graph) end
    if text == "json" then inject_payload("json", "../../up", '{"a":1}') end
    if text == "tsv" then inject_payload("tsv", "Table", "a\tb\n1\t2\n") end
    if text == "txt" then inject_payload("txt", "", "<script>alert(1)</script>") end
    if text == "twice" then inject_payload("c-buf", "HTTP Status", "1") inject_payload("cbuf", "HTTPStatus", "2") inject_payload("txt", "HTTP Status", "3") end
    return 0
end
function timer_event() end
`

func TestResultsAreServedAsHeka010Did(t *testing.T) {
	l := serve(t, section("")+say+filter("http", "writer.lua"), map[string]string{"writer.lua": writer})
	l.say("cbuf", "json", "tsv", "txt")
	for file, want := range map[string][2]string{
		"http.HTTPStatus.cbuf": {"text/plain; charset=utf-8", graph},
		"http.up.json":         {"application/json", `{"a":1}`},
		"http.Table.tsv":       {"text/tab-separated-values", "a\tb\n1\t2\n"},
		"http..txt":            {"text/plain; charset=utf-8", "<script>alert(1)</script>"},
	} {
		if got := l.has(file); got != want[1] {
			t.Errorf("%s: %q", file, got)
		}
		answer, body := l.ask("HEAD", "/data/"+file)
		h := answer.Header
		if answer.StatusCode != http.StatusOK || body != "" || h.Get("Content-Type") != want[0] || h.Get("Last-Modified") == "" ||
			answer.ContentLength != int64(len(want[1])) || h.Get("Cache-Control") != "no-cache" || h.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("HEAD %s: %s %v", file, answer.Status, h)
		}
	}
	if answer, body := l.ask("GET", "/data/http.HTTPStatus.cbuf", "Range", "bytes=2-5"); answer.StatusCode != http.StatusPartialContent || body != "time" {
		t.Errorf("a range: %s %q", answer.Status, body)
	}
	answer, _ := l.ask("HEAD", "/data/http.HTTPStatus.cbuf")
	if again, _ := l.ask("GET", "/data/http.HTTPStatus.cbuf", "If-Modified-Since", answer.Header.Get("Last-Modified")); again.StatusCode != http.StatusNotModified {
		t.Errorf("unchanged: %s", again.Status)
	}
	for path, want := range map[string]int{
		"/data/": 404, "/data": 404, "/data/none.json": 404, "/data/..%2f..%2fwriter.lua": 404, "/data/%2e%2e/%2e%2e/writer.lua": 404,
		"/data/.hidden": 404, "/data/a%5cb": 404, "/data/x/y": 404, "/data/heka_sandbox_termination.tsv": 404, "/none.js": 404,
	} {
		if answer, _ := l.ask("GET", path); answer.StatusCode != want {
			t.Errorf("GET %s: %s", path, answer.Status)
		}
	}
	if answer, _ := l.ask("POST", "/data/http.up.json"); answer.StatusCode != http.StatusMethodNotAllowed || answer.Header.Get("Allow") != "GET, HEAD" {
		t.Errorf("POST: %s", answer.Status)
	}
}

func TestReportsAreFiles(t *testing.T) {
	l := serve(t, section("")+say+filter("http", "writer.lua"), map[string]string{"writer.lua": writer})
	l.say("cbuf", "json", "tsv", "txt")
	var report map[string][]struct{ Name string }
	if err := json.Unmarshal([]byte(l.has("heka_report.json")), &report); err != nil {
		t.Fatal(err)
	}
	if len(report["filters"]) != 1 || report["filters"][0].Name != "http" || len(report["globals"]) != 3 || report["encoders"] != nil {
		t.Errorf("%v", report)
	}
	// The list is complete from the report on that follows the last result.
	const want = `{"sandboxes":[{"Name":"http","Outputs":[{"Name":"HTTP Status","Filename":"data/http.HTTPStatus.cbuf"},` +
		`{"Name":"../../up","Filename":"data/http.up.json"},{"Name":"Table","Filename":"data/http.Table.tsv"},{"Name":"","Filename":"data/http..txt"}]}]}` + "\n"
	l.until("the list is complete", func() bool { return l.has("sandboxes.json") == want })
	if answer, _ := l.ask("HEAD", "/data/sandboxes.json"); answer.Header.Get("Content-Type") != "application/json" {
		t.Errorf("%v", answer.Header)
	}

	l.say("end")
	ended := l.has("heka_sandbox_termination.tsv")
	cells := strings.Split(ended, "\t")
	if len(cells) != 3 || cells[1] != "http" || !strings.Contains(cells[2], "had enough of tea") || strings.Count(ended, "\n") != 1 {
		t.Errorf("%q", ended)
	}
	l.until("the list is empty", func() bool { return l.has("sandboxes.json") == `{"sandboxes":[]}`+"\n" })
}

// Outputs are listed by name and type, also those that share a file since they differ
// only in characters that file names do not have.
func TestOutputsAreListedByNameAndType(t *testing.T) {
	l := serve(t, "[hekad]\nmax_process_inject = 3\n"+section("")+say+filter("http", "writer.lua"), map[string]string{"writer.lua": writer})
	l.say("cbuf", "twice")
	const want = `{"sandboxes":[{"Name":"http","Outputs":[{"Name":"HTTP Status","Filename":"data/http.HTTPStatus.cbuf"},` +
		`{"Name":"HTTPStatus","Filename":"data/http.HTTPStatus.cbuf"},{"Name":"HTTP Status","Filename":"data/http.HTTPStatus.txt"}]}]}` + "\n"
	l.until("the list is complete", func() bool { return l.has("sandboxes.json") == want })
	if got := l.has("http.HTTPStatus.cbuf"); got != "2" {
		t.Errorf("%q", got)
	}
}

// TestFilterNamesLeadNowhere uses names that a configuration may well have.
func TestFilterNamesLeadNowhere(t *testing.T) {
	l := serve(t, section("")+say+filter("up/out", "writer.lua")+filter(strings.Repeat("long", 60), "writer.lua"), map[string]string{"writer.lua": writer})
	l.say("cbuf")
	l.has("up_out.HTTPStatus.cbuf")
	l.has(strings.Repeat("long", 60)[:125] + ".HTTPStatus.cbuf")
}

func TestMessagesFromOutsideAreNoResults(t *testing.T) {
	const input = `
[in]
type = "TcpInput"
net = "unix"
address = "DIR/in"
splitter = "HekaFramingSplitter"
decoder = "ProtobufDecoder"
`
	l := serve(t, section("")+input, nil)
	var conn net.Conn
	l.until("the input listens", func() (ok bool) {
		var err error
		conn, err = net.Dial("unix", filepath.Join(l.dir, "in"))
		return err == nil
	})
	defer conn.Close()
	for _, typ := range []string{"heka.sandbox-output", "heka.all-report", "heka.sandbox-terminated", "heka.terminated"} {
		m := message.New()
		m.SetUUID(message.UUID{byte(len(typ))})
		m.SetTimestamp(1)
		m.SetType(typ)
		m.SetLogger("../../out")
		m.SetPayload("harm")
		m.AddString("payload_type", "txt")
		m.AddString("plugin", "harm")
		frame, err := framing.Append(nil, m.AppendWire(nil), 64<<10)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := conn.Write(frame); err != nil {
			t.Fatal(err)
		}
	}
	l.until("they are counted", func() bool {
		return strings.Contains(l.has("heka_report.json"), `"ForeignMessageCount":{"representation":"count","value":4}`)
	})
	entries, err := os.ReadDir(filepath.Join(l.dir, "dashboard", "data"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != "heka_report.json" && e.Name() != "sandboxes.json" && !strings.HasPrefix(e.Name(), ".new-") {
			t.Errorf("there is %s", e.Name())
		}
	}
}

func TestOldFilesAreClearedAndTheTerminationReportIsCapped(t *testing.T) {
	var old strings.Builder
	for i := range 1500 {
		fmt.Fprintf(&old, "%d\told\treason\n", i)
	}
	l := serve(t, section("working_directory = 'shown'\n")+say+filter("http", "writer.lua"), map[string]string{
		"writer.lua": writer, "shown/data/old.graph.cbuf": "x", "shown/data/heka_sandbox_termination.tsv": old.String()})
	if answer, _ := l.ask("GET", "/data/old.graph.cbuf"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("an old graph: %s", answer.Status)
	}
	if got := l.has("heka_sandbox_termination.tsv"); got != old.String() {
		t.Error("the termination report of the last run is gone")
	}
	l.say("end")
	l.until("there is a new line", func() bool { return strings.Contains(l.has("heka_sandbox_termination.tsv"), "\thttp\t") })
	lines := strings.Split(strings.TrimSuffix(l.has("heka_sandbox_termination.tsv"), "\n"), "\n")
	if len(lines) != 1000 || !strings.HasPrefix(lines[0], "501\told") {
		t.Errorf("%d lines, the first is %q", len(lines), lines[0])
	}
}
