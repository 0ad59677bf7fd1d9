package admin_test

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/hekad/heka/internal/admin"
)

func TestRecentMessagesAreTried(t *testing.T) {
	l := start(t, simple)
	conn := l.dial("in.sock")
	l.send(conn, "a1", "b1", "a2", "b"+strings.Repeat("x", 65000), "a3")
	var found admin.Recent
	try := func(match string, more url.Values) error {
		q := url.Values{"match": {match}}
		for k, v := range more {
			q[k] = v
		}
		found = admin.Recent{}
		return l.client.Get(t.Context(), "/api/v1/recent", q, &found)
	}
	l.until("messages have passed", func() bool {
		if err := try("Logger == 'in'", nil); err != nil {
			t.Fatal(err)
		}
		return found.Matched == 4 || found.Matched == 5
	})
	if err := try("Payload =~ /^a/", url.Values{"limit": {"2"}, "from": {"in"}}); err != nil || found.Matched != 3 || len(found.Messages) != 2 ||
		found.Newest == 0 || found.Oldest > found.Newest || len(found.From) != 1 || found.From[0] != (admin.RecentSource{Name: "in", Kept: found.Kept, Matched: 3}) {
		t.Errorf("%+v %v", found, err)
	}
	m := found.Messages[0]
	if !strings.Contains(string(m.Message), `"a3\n"`) || m.From != "in" || m.Time == 0 {
		t.Errorf("%+v", m)
	}
	if err := try("Payload == 'x' && Severity == 1", url.Values{"explain": {strconv.FormatUint(m.ID, 10)}}); err != nil || found.Matched != 0 || len(found.Messages) != 0 {
		t.Errorf("%+v %v", found, err)
	}
	if e := found.Explanation; e == nil || e.Kind != "and" || e.Verdict != "no" || len(e.Parts) != 2 || e.Parts[0].Seen == "" ||
		!e.Parts[0].Decisive || e.Parts[1].Verdict != "-" {
		t.Errorf("%+v", e)
	}
	if err := try("TRUE", url.Values{"from": {"nobody"}}); err != nil || found.Kept != 0 || found.Oldest != 0 {
		t.Errorf("%+v %v", found, err)
	}
	for _, c := range []struct {
		match, name, value string
		want               int
	}{
		{"Payload ==", "limit", "1", http.StatusBadRequest},
		{"TRUE", "limit", "101", http.StatusBadRequest},
		{"TRUE", "explain", "x", http.StatusBadRequest},
		{"TRUE", "explain", "999999", http.StatusNotFound},
	} {
		if code, text := status(try(c.match, url.Values{c.name: {c.value}})); code != c.want {
			t.Errorf("%+v: %d %s", c, code, text)
		}
	}
}
