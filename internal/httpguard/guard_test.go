package httpguard_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/httpguard"
)

// ask sends one request through a guard and returns the status.
func ask(t *testing.T, g httpguard.Guard, change func(*http.Request)) int {
	t.Helper()
	r := httptest.NewRequest("GET", "http://127.0.0.1:4352/x", nil)
	if change != nil {
		change(r)
	}
	w := httptest.NewRecorder()
	g.Wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			httpguard.Refuse(w, http.StatusRequestEntityTooLarge, err.Error())
		}
	})).ServeHTTP(w, r)
	if w.Code != http.StatusOK && !strings.HasPrefix(w.Body.String(), `{"error":"`) {
		t.Errorf("status %d with the body %q", w.Code, w.Body)
	}
	return w.Code
}

func header(name, value string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set(name, value) }
}

func host(h string) func(*http.Request) { return func(r *http.Request) { r.Host = h } }

func basic(user, password string) func(*http.Request) {
	return func(r *http.Request) { r.SetBasicAuth(user, password) }
}

func TestGuard(t *testing.T) {
	token, account := httpguard.Guard{Token: "s3cret"}, httpguard.Guard{Username: "ops", Password: "pw"}
	local := httpguard.Guard{Loopback: true}
	for _, c := range []struct {
		name   string
		guard  httpguard.Guard
		change func(*http.Request)
		want   int
	}{
		{"plain", httpguard.Guard{}, nil, 200},
		{"same origin", httpguard.Guard{}, header("Origin", "http://127.0.0.1:4352"), 200},
		{"other port", httpguard.Guard{}, header("Origin", "http://127.0.0.1:80"), 403},
		{"other site", httpguard.Guard{}, header("Origin", "https://evil.example"), 403},
		{"sandboxed page", httpguard.Guard{}, header("Origin", "null"), 403},
		{"embedded from elsewhere", httpguard.Guard{}, header("Sec-Fetch-Site", "cross-site"), 403},
		{"a link", httpguard.Guard{}, func(r *http.Request) {
			r.Header.Set("Sec-Fetch-Site", "cross-site")
			r.Header.Set("Sec-Fetch-Mode", "navigate")
		}, 200},
		{"loopback by address", local, nil, 200},
		{"loopback by name", local, host("localhost:4352"), 200},
		{"loopback v6", local, host("[::1]:4352"), 200},
		{"rebound name", local, host("evil.example:4352"), 421},
		{"outside address", local, host("10.1.2.3"), 421},
		{"no token", token, nil, 401},
		{"token", token, header("Authorization", "Bearer s3cret"), 200},
		{"token in other case", token, header("Authorization", "bearer s3cret"), 200},
		{"wrong token", token, header("Authorization", "Bearer s3cre"), 401},
		{"empty token", token, header("Authorization", "Bearer "), 401},
		{"token as password", token, basic("anybody", "s3cret"), 200},
		{"no name, no password, token wanted", token, basic("", ""), 401},
		{"account", account, basic("ops", "pw"), 200},
		{"wrong password", account, basic("ops", "p"), 401},
		{"wrong name", account, basic("op", "pw"), 401},
		{"bearer for an account", account, header("Authorization", "Bearer pw"), 401},
		{"garbage", account, header("Authorization", "Basic !!!"), 401},
		{"body", httpguard.Guard{MaxBody: 3}, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("abc")); r.ContentLength = 3 }, 200},
		{"large body", httpguard.Guard{MaxBody: 3}, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("abcd")); r.ContentLength = 4 }, 413},
		{"large body of unknown length", httpguard.Guard{MaxBody: 3}, func(r *http.Request) { r.Body = io.NopCloser(strings.NewReader("abcd")); r.ContentLength = -1 }, 413},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ask(t, c.guard, c.change); got != c.want {
				t.Errorf("status %d, want %d", got, c.want)
			}
		})
	}
}

// What passes the guard of a listener on loopback names the loopback, and no page of
// another site.
func FuzzGuard(f *testing.F) {
	f.Add("localhost:4352", "", "", "")
	f.Add("[::1]", "http://[::1]", "Bearer s3cret", "cross-site")
	f.Add("127.0.0.1.evil.example", "null", "Basic Og==", "none")
	f.Fuzz(func(t *testing.T, host, origin, authorization, site string) {
		r := httptest.NewRequest("GET", "/", nil)
		r.Host = host
		for name, value := range map[string]string{"Origin": origin, "Authorization": authorization, "Sec-Fetch-Site": site} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		w := httptest.NewRecorder()
		httpguard.Guard{Token: "s3cret", Loopback: true}.Wrap(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			name := strings.ToLower(strings.Trim(strings.TrimRight(host, ":0123456789"), "[]"))
			local := strings.HasPrefix(name, "localhost") || strings.HasPrefix(name, "127.") || host == "" || strings.ContainsAny(host, ":[") || strings.HasPrefix(host, "127.")
			if !local {
				t.Errorf("the host %q passes", host)
			}
			if origin != "" && !strings.HasSuffix(strings.ToLower(origin), strings.ToLower(host)) && !strings.Contains(origin, "//") {
				t.Errorf("the origin %q passes for %q", origin, host)
			}
			if !strings.Contains(authorization, "s3cret") && !strings.HasPrefix(strings.ToLower(authorization), "basic ") {
				t.Errorf("the credentials %q pass", authorization)
			}
		})).ServeHTTP(w, r)
	})
}
