package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestScriptsReadTheDashboardAsTheyDidHeka010s fetches what scripts used to fetch: the
// report, the list of sandboxes, and a graph of a real filter, whose rows it adds up.
func TestScriptsReadTheDashboardAsTheyDidHeka010s(t *testing.T) {
	dir, addr := t.TempDir(), freeAddress(t)
	const requests = 25
	write(t, filepath.Join(dir, "log", "access.log"), strings.Repeat(requestAt(time.Now(), 200), requests))
	share, err := filepath.Abs("../share")
	if err != nil {
		t.Fatal(err)
	}
	h := start(t, write(t, filepath.Join(dir, "heka.toml"), fmt.Sprintf(`
[hekad]
base_dir = '%[1]s/state'
share_dir = '%[3]s'

[access]
type = "LogstreamerInput"
log_directory = '%[1]s/log'
file_match = 'access\.log'
decoder = "combined"

[combined]
type = "AccessLogDecoder"
log_format = "combined"

[status]
type = "SandboxFilter"
filename = "lua_filters/http_status.lua"
message_matcher = "Logger == 'access'"
ticker_interval = 1

  [status.config]
  rows = 60
  sec_per_row = 60

[DashboardOutput]
address = "%[2]s"
ticker_interval = 1
`, dir, addr, share)))
	fetch := func(path string) (string, bool) {
		answer, err := http.Get("http://" + addr + path)
		if err != nil {
			return "", false
		}
		defer answer.Body.Close()
		body, err := io.ReadAll(answer.Body)
		return string(body), err == nil && answer.StatusCode == http.StatusOK
	}

	// As a script does it: the list of sandboxes leads to the graph.
	var list struct {
		Sandboxes []struct {
			Name    string
			Outputs []struct{ Name, Filename string }
		} `json:"sandboxes"`
	}
	until(t, "a sandbox with an output", func() bool {
		text, ok := fetch("/data/sandboxes.json")
		return ok && json.Unmarshal([]byte(text), &list) == nil && len(list.Sandboxes) == 1
	})
	output := list.Sandboxes[0].Outputs[0]
	if list.Sandboxes[0].Name != "status" || output.Name != "HTTP Status" || output.Filename != "data/status.HTTPStatus.cbuf" {
		t.Fatalf("%+v", list)
	}
	until(t, "all requests in the graph", func() bool {
		text, ok := fetch("/" + output.Filename)
		return ok && sumOfColumn(t, text, 1) == requests
	})

	type value struct {
		Representation string
		Value          any
	}
	var report map[string][]map[string]json.RawMessage
	until(t, "a report that counts them", func() bool {
		text, ok := fetch("/data/heka_report.json")
		if !ok || json.Unmarshal([]byte(text), &report) != nil || len(report["filters"]) != 1 {
			return false
		}
		var count value
		err := json.Unmarshal(report["filters"][0]["ProcessMessageCount"], &count)
		return err == nil && count.Representation == "count" && count.Value == float64(requests)
	})
	h.signal(syscall.SIGTERM)
	h.wait(0)
	if _, err := os.Stat(filepath.Join(dir, "state", "dashboard", "data", "heka_report.json")); err != nil {
		t.Error(err)
	}
}

// sumOfColumn adds up a column, counted from 0, of a circular buffer as text.
func sumOfColumn(t *testing.T, text string, column int) float64 {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	for len(lines) > 0 && !strings.Contains(lines[0], "column_info") {
		lines = lines[1:]
	}
	var sum float64
	for _, line := range lines[min(1, len(lines)):] {
		n, err := strconv.ParseFloat(strings.Split(line, "\t")[column], 64)
		if err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if !math.IsNaN(n) {
			sum += n
		}
	}
	return sum
}
