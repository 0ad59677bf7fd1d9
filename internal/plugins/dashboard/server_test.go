package dashboard_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestPagesAndHeaders(t *testing.T) {
	l := serve(t, section("  [DashboardOutput.headers]\n  Access-Control-Allow-Origin = ['*']\n  X-Frame-Options = ['SAMEORIGIN']\n  Cache-Control = ['max-age=5']\n  x-two = ['a', 'b']\n"), nil)
	l.has("sandboxes.json")
	for _, path := range []string{"/", "/data/heka_report.json", "/api/v1/report", "/none"} {
		answer, _ := l.ask("GET", path)
		h := answer.Header
		if h.Get("Access-Control-Allow-Origin") != "*" || h.Get("X-Frame-Options") != "SAMEORIGIN" || len(h.Values("X-Two")) != 2 {
			t.Errorf("%s: %v", path, h)
		}
		if h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Security-Policy"), "default-src 'self';") || strings.Contains(h.Get("Content-Security-Policy"), "unsafe") {
			t.Errorf("%s: %v", path, h)
		}
	}
	if answer, _ := l.ask("GET", "/data/heka_report.json"); answer.Header.Get("Cache-Control") != "max-age=5" {
		t.Errorf("%v", answer.Header)
	}
	if answer, body := l.ask("GET", "/"); answer.StatusCode != http.StatusOK || !strings.Contains(body, "heka") || answer.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Errorf("%s %v", answer.Status, answer.Header)
	}
}

func TestPagesOfTheUsersOwn(t *testing.T) {
	l := serve(t, section("static_directory = 'own'"), map[string]string{"own/index.html": "mine", "own/css/a.css": "b {}"})
	for path, want := range map[string]string{"/": "200 mine", "/css/a.css": "200 b {}", "/css/": "404", "/css": "404", "/../kit_test.go": "404"} {
		answer, body := l.ask("GET", path)
		if got := fmt.Sprint(answer.StatusCode, " ", body); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s", path, got)
		}
	}
}

func TestPasswordAndToken(t *testing.T) {
	const secret = "username = 'u'\npassword = 'p'\ntoken = 't'\n"
	l := serve(t, section(secret), nil)
	for _, c := range []struct {
		user, password, bearer string
		want                   int
	}{
		{"", "", "", 401}, {"u", "x", "", 401}, {"x", "p", "", 401}, {"u", "", "", 401}, {"", "", "x", 401},
		{"u", "p", "", 200}, {"x", "t", "", 200}, {"", "", "t", 200},
	} {
		for _, path := range []string{"/", "/api/v1/report", "/api/v1/config"} {
			r := httptest.NewRequest("GET", l.url+path, nil)
			if c.user+c.password != "" {
				r.SetBasicAuth(c.user, c.password)
			}
			if c.bearer != "" {
				r.Header.Set("Authorization", "Bearer "+c.bearer)
			}
			answer, body := l.ask("GET", path, "Authorization", r.Header.Get("Authorization"))
			if answer.StatusCode != c.want || c.want == 401 && !strings.HasPrefix(answer.Header.Get("WWW-Authenticate"), "Basic ") {
				t.Errorf("%+v %s: %s %s", c, path, answer.Status, body)
			}
		}
	}
	if strings.Contains(l.logged(), "everybody who reaches") {
		t.Errorf("a warning without a reason:\n%s", l.logged())
	}
}

func TestLiveTailIsOffUnlessAskedFor(t *testing.T) {
	answer, body := serve(t, section(""), nil).ask("GET", "/api/v1/tap")
	if answer.StatusCode != http.StatusForbidden || !strings.Contains(body, "live_tail = true") {
		t.Errorf("%s %s", answer.Status, body)
	}
	l := serve(t, section("live_tail = true"), nil)
	if answer, _ := l.ask("GET", "/api/v1/tap?match=x"); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("%s", answer.Status)
	}
}

// Filters are loaded only where control says so, by those who know the password.
func TestControlIsOffUnlessAskedFor(t *testing.T) {
	const secret = "username = 'u'\npassword = 'p'\n"
	r := httptest.NewRequest("GET", "/", nil)
	r.SetBasicAuth("u", "p")
	who := r.Header.Get("Authorization")
	for _, c := range []struct {
		lines, who string
		want       int
	}{
		{"", "", http.StatusForbidden},
		{secret, who, http.StatusForbidden},
		{secret + "control = true\n", "", http.StatusUnauthorized},
		{secret + "control = true\n", who, http.StatusConflict}, // there is no manager
	} {
		answer, body := serve(t, section(c.lines), nil).ask("DELETE", "/api/v1/sandboxes/x", "Authorization", c.who)
		if answer.StatusCode != c.want {
			t.Errorf("%q: %s %s", c.lines, answer.Status, body)
		}
	}
}

func TestPagesOfOthersAreRefused(t *testing.T) {
	l := serve(t, section(""), nil)
	host := strings.TrimPrefix(l.url, "http://")
	for _, c := range []struct {
		header []string
		want   int
	}{
		{[]string{"Origin", "http://evil.example"}, 403},
		{[]string{"Origin", "null"}, 403},
		{[]string{"Origin", l.url}, 200},
		{[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "no-cors"}, 403},
		{[]string{"Sec-Fetch-Site", "cross-site", "Sec-Fetch-Mode", "navigate"}, 200},
		{[]string{"Host", "evil.example"}, 421},
		{[]string{"Host", host}, 200},
		{[]string{"Host", "localhost"}, 200},
	} {
		if answer, _ := l.ask("GET", "/api/v1/config", c.header...); answer.StatusCode != c.want {
			t.Errorf("%v: %s", c.header, answer.Status)
		}
	}
}

// TestPrivateResourcesStayOnThisMachine comes in by an address that is not loopback.
func TestPrivateResourcesStayOnThisMachine(t *testing.T) {
	own := ownAddress(t)
	l := serve(t, "[DashboardOutput]\naddress = \"[::]:0\"\nticker_interval = 1\nlive_tail = true\n", nil)
	if !strings.Contains(l.logged(), "set username and password") {
		t.Errorf("no warning:\n%s", l.logged())
	}
	_, port, err := net.SplitHostPort(strings.TrimPrefix(l.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		path        string
		far, nearby int
	}{
		{"/api/v1/config", 403, 200},
		{"/api/v1/tap?match=(", 403, 400},
		{"/api/v1/sandboxes", 403, 200},
		{"/api/v1/sandboxes/none", 403, 404},
		{"/api/v1/recent", 403, 200},
		{"/api/v1/report", 200, 200},
		{"/data/none", 404, 404},
	} {
		if answer, body := ask(t, http.DefaultClient, "GET", "http://"+net.JoinHostPort(own, port)+c.path); answer.StatusCode != c.far {
			t.Errorf("from %s: %s: %s %s", own, c.path, answer.Status, body)
		}
		if answer, body := ask(t, http.DefaultClient, "GET", "http://127.0.0.1:"+port+c.path); answer.StatusCode != c.nearby {
			t.Errorf("%s: %s %s", c.path, answer.Status, body)
		}
		// A name of somebody else's that leads to this machine's loopback.
		if answer, body := ask(t, http.DefaultClient, "GET", "http://127.0.0.1:"+port+c.path, "Host", "evil.example"); answer.StatusCode != c.far {
			t.Errorf("by another name: %s: %s %s", c.path, answer.Status, body)
		}
	}
}

// ownAddress is an address of this machine that is not loopback; a machine without a
// network has one of its own making in the range for loopback, as a last resort.
func ownAddress(t *testing.T) string {
	t.Helper()
	all, err := net.InterfaceAddrs()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range all {
		if ip, ok := a.(*net.IPNet); ok && ip.IP.IsGlobalUnicast() {
			return ip.IP.String()
		}
	}
	t.Fatal("this machine has no address but loopback")
	return ""
}

func TestTLS(t *testing.T) {
	sample := httptest.NewTLSServer(nil) // for its certificate
	defer sample.Close()
	pair := sample.TLS.Certificates[0]
	key, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	var text bytes.Buffer
	pem.Encode(&text, &pem.Block{Type: "CERTIFICATE", Bytes: pair.Certificate[0]})
	pem.Encode(&text, &pem.Block{Type: "PRIVATE KEY", Bytes: key})
	l := serve(t, section("use_tls = true\n[DashboardOutput.tls]\ncert_file = 'DIR/pair.pem'\nkey_file = 'DIR/pair.pem'"), map[string]string{"pair.pem": text.String()})
	answer, _ := ask(t, sample.Client(), "GET", strings.Replace(l.url, "http:", "https:", 1)+"/healthz")
	if answer.TLS == nil || answer.StatusCode != http.StatusOK {
		t.Errorf("%s", answer.Status)
	}
	if answer, _ := l.ask("GET", "/healthz"); answer.StatusCode != http.StatusBadRequest {
		t.Errorf("without TLS: %s", answer.Status)
	}
}

func TestUsedPortIsNamed(t *testing.T) {
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	l := run(t, fmt.Sprintf("[DashboardOutput]\naddress = %q\n", other.Addr()), nil)
	<-l.ended
	if l.err == nil || !strings.Contains(l.err.Error(), "listening on "+other.Addr().String()) || !strings.Contains(l.err.Error(), "address already in use") {
		t.Errorf("%v", l.err)
	}
}
