package nagios

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hekad/heka/internal/netconf/netconftest"
	"github.com/hekad/heka/internal/plugins/feedtest"
	"github.com/hekad/heka/plugin"
)

func newTestOutput(t *testing.T, change func(*config)) *Output {
	t.Helper()
	env, _ := feedtest.Env(t, "nagios")
	o := feedtest.Build[*Output](t, Plugins(), "NagiosOutput", env, change)
	t.Cleanup(func() { o.Close() })
	return o
}

func pack(payload string) *plugin.Pack {
	p := new(plugin.Pack)
	p.Reset(new(plugin.Text))
	p.Message.SetHostname("web1")
	p.Message.SetLogger("load")
	p.Message.SetPayload(payload)
	return p
}

var results = []struct{ payload, state, text string }{
	{"OK:fine", "0", "fine"},
	{"WARNING:a: b", "1", "a: b"},
	{"CRITICAL:", "2", ""},
	{"UNKNOWN:who knows", "3", "who knows"},
	{"no state", "3", "no state"},
	{"Load: 5", "3", "Load: 5"},
	{"OK:two\nlines\r\nand\ta tab\n", "0", `two\nlines\nand a tab`},
}

func TestResultsArePosted(t *testing.T) {
	var got *http.Request
	status := http.StatusOK
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.ParseForm()
		got = r
		w.WriteHeader(status)
	}))
	defer server.Close()
	o := newTestOutput(t, func(c *config) { c.URL, c.Username, c.Password = server.URL+"/cmd.cgi", "me", "secret" })
	for _, c := range results {
		if err := o.Send(t.Context(), pack(c.payload)); err != nil {
			t.Fatal(err)
		}
		want := "cmd_mod=2&cmd_typ=30&host=web1&performance_data=&plugin_output="
		if f := got.PostForm; !strings.HasPrefix(f.Encode(), want) || f.Get("service") != "load" || f.Get("plugin_state") != c.state || f.Get("plugin_output") != c.text {
			t.Errorf("%q: form %q", c.payload, f)
		}
	}
	if name, password, ok := got.BasicAuth(); !ok || name != "me" || password != "secret" || got.URL.Path != "/cmd.cgi" {
		t.Errorf("request %+v", got)
	}
	status = http.StatusForbidden
	if err := o.Send(t.Context(), pack("OK:x")); err == nil || !strings.Contains(err.Error(), "403") {
		t.Errorf("error %v", err)
	}
	server.Close()
	if err := o.Send(t.Context(), pack("OK:x")); err == nil || strings.Contains(err.Error(), "secret") {
		t.Errorf("error %v", err)
	}
}

// TestPagesSayWhatBecomesOfAResult holds the answers of cmd.cgi, which have the status
// 200 also when it did nothing.
func TestPagesSayWhatBecomesOfAResult(t *testing.T) {
	var ids []string // that requests show
	answers := []string{
		"<P><DIV CLASS='infoMessage'>Your command request was successfully submitted to Nagios for processing.<BR>",
		"",
		"<P><DIV CLASS='errorMessage'>Sorry, but you are not authorized to commit the specified command.</DIV></P>",
		"<P><STRONG><FONT COLOR='RED'>Error: Could not read object configuration data!</FONT></STRONG></P>",
		"<p>Error: Invalid or missing CSRF cookie!</p>",
	}
	var page, give string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		cookie, _ := r.Cookie("NagFormId")
		id := r.PostFormValue("nagFormId")
		if (cookie == nil) != (id == "") || cookie != nil && cookie.Value != id {
			t.Errorf("cookie %v, form %q", cookie, id)
		}
		if ids = append(ids, id); give != "" && id != give {
			w.Header().Add("Set-Cookie", "NagFormId="+give+"; SameSite=Strict; HttpOnly")
			io.WriteString(w, answers[4])
			return
		}
		io.WriteString(w, page)
	}))
	defer server.Close()
	o := newTestOutput(t, func(c *config) { c.URL = server.URL })
	for i, want := range []string{"", "", "Nagios answers: Sorry, but you are not authorized to commit the specified command.",
		"Nagios answers: Error: Could not read object configuration data!", "Nagios answers: Error: Invalid or missing CSRF cookie!"} {
		page = answers[i]
		if err := o.Send(t.Context(), pack("OK:x")); (err == nil) != (want == "") || err != nil && err.Error() != want {
			t.Errorf("%s: error %v", page, err)
		}
	}
	ids, page = nil, answers[0]
	for _, give = range []string{"abc", "abc", "def"} {
		if err := o.Send(t.Context(), pack("OK:x")); err != nil {
			t.Error(err)
		}
	}
	if want := []string{"", "abc", "abc", "abc", "def"}; !slices.Equal(ids, want) {
		t.Errorf("requests show %q, want %q", ids, want)
	}
}

func TestResultsGoToAProgram(t *testing.T) {
	file := filepath.Join(t.TempDir(), "results")
	o := newTestOutput(t, func(c *config) {
		c.Host, c.ServiceDescription = "other", "service"
		c.SendNSCABin, c.SendNSCAArgs = "sh", []string{"-c", "cat >> $0", file}
	})
	var want strings.Builder
	for _, c := range results {
		if err := o.Send(t.Context(), pack(c.payload)); err != nil {
			t.Fatal(err)
		}
		want.WriteString("other\tservice\t" + c.state + "\t" + c.text + "\n")
	}
	if got, err := os.ReadFile(file); err != nil || string(got) != want.String() {
		t.Errorf("got %q, want %q (%v)", got, want.String(), err)
	}
}

func TestAProgramThatFails(t *testing.T) {
	for script, want := range map[string]string{
		"echo no; exit 2":    "sh: exit status 2: no",
		"sleep 5 & sleep 20": "ManagedCmd was stopped with error: [subprocess was killed: [sh -c sleep 5 & sleep 20]]",
	} {
		o := newTestOutput(t, func(c *config) {
			c.SendNSCABin, c.SendNSCAArgs, c.SendNSCATimeout = "sh", []string{"-c", script}, 60
			if strings.HasPrefix(script, "sleep") {
				c.SendNSCATimeout = 1
			}
		})
		if err := o.Send(t.Context(), pack("OK:x")); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

// A server that does not answer is given up by either limit; use_tls has no effect.
func TestAServerThatDoesNotAnswer(t *testing.T) {
	mute := netconftest.Mute(t)
	for _, change := range []func(*config){
		func(c *config) { c.ResponseHeaderTimeout, c.Timeout = 1, time.Hour },
		func(c *config) { c.ResponseHeaderTimeout, c.Timeout, c.UseTLS = 0, time.Millisecond, true },
	} {
		o := newTestOutput(t, func(c *config) { c.URL = "http://" + mute; change(c) })
		if err := o.Send(t.Context(), pack("OK:x")); err == nil {
			t.Error("no error")
		}
	}
}
