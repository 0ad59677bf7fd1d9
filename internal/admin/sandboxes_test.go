package admin_test

import (
	"bytes"
	"errors"
	"io/fs"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/admin"
	"github.com/hekad/heka/internal/httpguard"
)

const managed = simple + `
[ops]
type = "SandboxManagerFilter"
max_filters = 2
memory_limit = 1000000
`

const counting = `
n = 0
function process_message() n = n + 1; inject_payload("txt", "count", "so far ", n); return 0 end
function timer_event() end
`

// section is the configuration of a filter that is loaded.
func section(name string) string {
	return "[" + name + "]\ntype = \"SandboxFilter\"\nmessage_matcher = \"Logger == 'in'\"\n"
}

// controlled serves the API of l so that its clients may change something.
func controlled(l *live) *admin.Client {
	server := httptest.NewServer(httpguard.WithControl(l.server.Config.Handler, func(*http.Request) string { return "the test" }))
	l.t.Cleanup(server.Close)
	return client(l.t, server.URL, "")
}

// status is the one of a refusal, with its text.
func status(err error) (int, string) {
	var said *admin.Error
	if errors.As(err, &said) {
		return said.Status, said.Text
	}
	return 0, ""
}

func TestFiltersAreLoadedListedAndUnloaded(t *testing.T) {
	l := start(t, managed)
	may := controlled(l)
	load := func(o admin.SandboxOrder) (admin.SandboxResult, error) {
		var done admin.SandboxResult
		err := may.Do(t.Context(), "POST", "/api/v1/sandboxes", nil, o, &done)
		return done, err
	}
	done, err := load(admin.SandboxOrder{Config: section("a b"), Script: counting})
	if err != nil || done != (admin.SandboxResult{Name: "ops-a_b", Manager: "ops"}) {
		t.Fatal(done, err)
	}
	conn := l.dial("in.sock")
	l.send(conn, "one", "two")
	var all admin.Sandboxes
	var f admin.SandboxFilter
	l.until("the filter has published", func() bool {
		if err := may.Get(t.Context(), "/api/v1/sandboxes", nil, &all); err != nil {
			t.Fatal(err)
		}
		f = find(t, all.Filters, func(f admin.SandboxFilter) bool { return f.Name == "ops-a_b" })
		return f.Processed == 2 && f.Injected == 2 && len(f.Outputs) == 1 && f.Outputs[0].Bytes == len("so far 2") && f.State == "running"
	})
	if len(all.Managers) != 1 || all.Managers[0] != (admin.SandboxManager{Name: "ops", State: "running", Running: 1, MaxFilters: 2}) || !all.Control {
		t.Errorf("%+v", all)
	}
	if f.Manager != "ops" || f.Matcher != "Logger == 'in'" || f.Since == 0 || f.Memory == 0 || f.MaxMemory < f.Memory ||
		f.MemoryLimit != 1000000 || f.MaxInstructions == 0 || f.InstructionLimit != 1000000 || f.MaxOutput == 0 || f.OutputLimit != 63<<10 ||
		f.Injected != 2 || f.Health.Level != "ok" {
		t.Errorf("%+v", f)
	}
	if o := f.Outputs[0]; o.Name != "count" || o.Type != "txt" || o.Bytes != len("so far 2") || o.Time == 0 {
		t.Errorf("%+v", o)
	}
	var outputs []admin.Output
	if l.get("/api/v1/outputs", &outputs); len(outputs) != 1 || outputs[0].Filter != "ops-a_b" || outputs[0].SandboxOutput != f.Outputs[0] {
		t.Errorf("%+v", outputs)
	}
	var source admin.SandboxSource
	if l.get("/api/v1/sandboxes/ops-a_b", &source); source.Config != section("a b") || source.Script != counting || source.Name != "ops-a_b" {
		t.Errorf("%+v", source)
	}
	if _, err := load(admin.SandboxOrder{Config: section("a b"), Script: counting}); first(status(err)) != http.StatusConflict {
		t.Error(err)
	}
	if done, err = load(admin.SandboxOrder{Manager: "ops", Config: section("a b"), Script: counting, Replace: true}); err != nil || done.Name != "ops-a_b" {
		t.Error(done, err)
	}
	if done, err := load(admin.SandboxOrder{Config: section("c"), Script: counting}); err != nil || done.Name != "ops-c" {
		t.Error(done, err)
	}
	if code, text := status(second(load(admin.SandboxOrder{Config: section("d"), Script: counting}))); code != http.StatusConflict || text != "ops attempted to load more than 2 filters" {
		t.Error(code, text)
	}
	for _, path := range []string{"ops-a_b", "c"} {
		if err := may.Do(t.Context(), "DELETE", "/api/v1/sandboxes/"+path, nil, nil, &done); err != nil || !strings.HasPrefix(done.Name, "ops-") {
			t.Error(done, err)
		}
	}
	l.until("the filters are gone", func() bool {
		l.get("/api/v1/sandboxes", &all)
		return len(all.Filters) == 0
	})
	if names, err := os.ReadDir(filepath.Join(l.dir, "sbxmgrs")); err != nil || len(names) != 0 {
		t.Error(names, err)
	}
	var audit strings.Builder
	for _, line := range l.log.Lines(0, "", false, 1000) {
		audit.WriteString(line.Text + "\n")
	}
	for _, want := range []string{
		`admin API: the test loaded a filter "ops-a_b" of ops (`, `admin API: the test could not load a filter "ops-d" of ops (`,
		`admin API: the test unloaded "ops-c" of ops`} {
		if !strings.Contains(audit.String(), want) {
			t.Errorf("%s is not in the log:\n%s", want, &audit)
		}
	}
}

func first[A, B any](a A, _ B) A  { return a }
func second[A, B any](_ A, b B) B { return b }

// A script that ends itself is listed with the reason until it is unloaded, with
// what it preserved.
func TestTerminatedFiltersAreListedAndForgotten(t *testing.T) {
	l := start(t, managed)
	may := controlled(l)
	script := "kept = 1\nfunction process_message() error('on purpose') end\nfunction timer_event() end\n"
	if err := may.Do(t.Context(), "POST", "/api/v1/sandboxes", nil,
		admin.SandboxOrder{Config: section("x") + "preserve_data = true\n", Script: script}, new(admin.SandboxResult)); err != nil {
		t.Fatal(err)
	}
	l.send(l.dial("in.sock"), "one")
	var all admin.Sandboxes
	l.until("the filter is terminated", func() bool {
		all = admin.Sandboxes{}
		l.get("/api/v1/sandboxes", &all)
		return len(all.Filters) == 1 && strings.HasPrefix(all.Filters[0].State, "terminated: ")
	})
	if f := all.Filters[0]; f.Name != "ops-x" || f.Manager != "ops" || !strings.Contains(f.State, "on purpose") || f.Health.Level != "critical" || all.Control {
		t.Errorf("%+v", all)
	}
	q := url.Values{"purge": {"true"}, "manager": {"ops"}}
	if err := may.Do(t.Context(), "DELETE", "/api/v1/sandboxes/x", q, nil, new(admin.SandboxResult)); err != nil {
		t.Error(err)
	}
	if l.get("/api/v1/sandboxes", &all); len(all.Filters) != 0 {
		t.Errorf("%+v", all)
	}
	if _, err := os.Stat(filepath.Join(l.dir, "sandbox_preservation", "ops_x.data")); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestWrongOrders(t *testing.T) {
	l := start(t, managed)
	may := controlled(l)
	for _, c := range []struct {
		order admin.SandboxOrder
		want  int
		text  string
	}{
		{admin.SandboxOrder{}, 400, "config is missing"},
		{admin.SandboxOrder{Manager: "other", Config: section("x")}, 404, "there is no manager other, but ops"},
		{admin.SandboxOrder{Config: "[x\n"}, 422, "loadSandbox failed: "},
		{admin.SandboxOrder{Config: section("x") + section("y")}, 422, "there must be one section, not 2"},
		{admin.SandboxOrder{Config: "[x]\ntype = \"CounterFilter\"\n"}, 422, "Plugin must be a SandboxFilter, received CounterFilter"},
		{admin.SandboxOrder{Config: section("x"), Script: "function("}, 422, ""},
		{admin.SandboxOrder{Config: section("x"), Script: "error('no')"}, 422, "no"},
		{admin.SandboxOrder{Config: section("x"), Script: strings.Repeat("-", 70_000)}, 422, "max_message_size allows 65536"},
		{admin.SandboxOrder{Config: section("x"), Script: strings.Repeat("-", 600_000)}, 413, "too large"},
	} {
		code, text := status(may.Do(t.Context(), "POST", "/api/v1/sandboxes", nil, c.order, new(any)))
		if code != c.want || !strings.Contains(text, c.text) {
			t.Errorf("%.60q: %d %s; want %d", c.order.Config, code, text, c.want)
		}
	}
	for path, want := range map[string]int{"none": 404, "ops-none": 404, "x?purge=perhaps": 400, "x?manager=other": 404, "..%2F..%2Fx": 404} {
		name, query, _ := strings.Cut(path, "?")
		q, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if code, text := status(may.Do(t.Context(), "DELETE", "/api/v1/sandboxes/"+name, q, nil, new(any))); code != want {
			t.Errorf("%s: %d %s; want %d", path, code, text, want)
		}
	}
	if names, err := os.ReadDir(filepath.Join(l.dir, "sbxmgrs")); err != nil || len(names) != 0 {
		t.Errorf("refused orders leave %v %v", names, err)
	}
}

func TestOrdersNeedAManagerAndARight(t *testing.T) {
	l := start(t, simple)
	order := admin.SandboxOrder{Config: section("x"), Script: counting}
	if code, text := status(controlled(l).Do(t.Context(), "POST", "/api/v1/sandboxes", nil, order, new(any))); code != 409 || !strings.Contains(text, "SandboxManagerFilter") {
		t.Error(code, text)
	}
	if code, text := status(l.client.Do(t.Context(), "POST", "/api/v1/sandboxes", nil, order, new(any))); code != 403 || !strings.Contains(text, "admin_token") {
		t.Error(code, text)
	}
	if code, _ := status(l.client.Do(t.Context(), "DELETE", "/api/v1/sandboxes/x", nil, nil, new(any))); code != 403 {
		t.Error(code)
	}
}

// Over a socket file its permissions are enough, over TCP a token is needed.
func TestEndpointsSayWhoMayControl(t *testing.T) {
	for _, c := range []struct {
		endpoint admin.Endpoint
		want     int
	}{
		{admin.Endpoint{Address: "unix:a.sock", BaseDir: t.TempDir()}, 503},
		{admin.Endpoint{Address: "127.0.0.1:0", Token: "s3cret"}, 503},
		{admin.Endpoint{Address: "127.0.0.1:0"}, 403},
	} {
		addr, _ := serve(t, c.endpoint)
		address := addr.String()
		if addr.Network() == "unix" {
			address = "unix:" + address
		}
		err := client(t, address, c.endpoint.Token).Do(t.Context(), "POST", "/api/v1/sandboxes", nil, admin.SandboxOrder{}, new(any))
		if code, text := status(err); code != c.want { // 503: heka is starting, in this test for ever
			t.Errorf("%s: %d %s", addr, code, text)
		}
	}
}

func TestOrdersComeAsForms(t *testing.T) {
	form := func(parts ...string) (string, []byte) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for i := 0; i < len(parts); i += 2 {
			if err := w.WriteField(parts[i], parts[i+1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return w.FormDataContentType(), b.Bytes()
	}
	typ, body := form("config", "[x]", "script", "return", "replace", "true", "manager", "m")
	o, err := admin.ParseSandboxOrder(typ, bytes.NewReader(body))
	if err != nil || o != (admin.SandboxOrder{Manager: "m", Config: "[x]", Script: "return", Replace: true}) {
		t.Error(o, err)
	}
	for want, parts := range map[string][]string{
		`the part "config" comes twice`:     {"config", "a", "config", "b"},
		`there is no part "other"`:          {"other", "a"},
		`replace is neither true nor false`: {"replace", "perhaps"},
		`config is missing`:                 {"script", "a"},
	} {
		typ, body := form(parts...)
		if _, err := admin.ParseSandboxOrder(typ, bytes.NewReader(body)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
	for body, want := range map[string]string{
		`{"config":"x"} {}`:        "there is something behind the order",
		`{"config":"x","Other":1}`: "unknown field",
		`{"config":1}`:             "cannot unmarshal",
		`{"config":"x"`:            "unexpected EOF",
		``:                         "EOF",
	} {
		if _, err := admin.ParseSandboxOrder("application/json", strings.NewReader(body)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
	if _, err := admin.ParseSandboxOrder("text/plain", strings.NewReader("{}")); err == nil {
		t.Error("any media type is taken")
	}
}

func FuzzParseSandboxOrder(f *testing.F) {
	f.Add("application/json", []byte(`{"config":"[x]","script":"","replace":true}`))
	f.Add("multipart/form-data; boundary=x", []byte("--x\r\nContent-Disposition: form-data; name=\"config\"\r\n\r\n[x]\r\n--x--\r\n"))
	f.Fuzz(func(t *testing.T, typ string, body []byte) {
		o, err := admin.ParseSandboxOrder(typ, bytes.NewReader(body))
		if err == nil && o.Config == "" {
			t.Error("an order without a configuration is taken")
		}
	})
}
