package elasticsearch

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestReplies(t *testing.T) {
	r, err := parseReply([]byte(` {"took":30,"ingest_took":1,"errors":true,"items":[
		{"index":{"_index":"a","_id":"1","status":201,"_shards":{"total":2}}},
		{"create":{"status":400,"error":{"type":"mapper","reason":"bad \"x\"","caused_by":{"type":"y"}}}},
		{"index":{"status":429,"error":"EsRejectedExecutionException[queue]"}},
		{"delete":{"status":404,"error":null}},{}]} `))
	if err != nil || !r.errors || len(r.items) != 5 {
		t.Fatalf("%+v, %v", r, err)
	}
	for i, want := range []struct {
		status int
		cause  string
	}{{201, ""}, {400, `mapper: bad \"x\"`}, {429, "EsRejectedExecutionException[queue]"}, {404, ""}, {0, ""}} {
		if got := r.items[i]; got.status != want.status || got.cause() != want.cause {
			t.Errorf("item %d: %d %q", i, got.status, got.cause())
		}
	}
	long := itemReply{err: []byte(`"` + strings.Repeat("é", 400) + `"`)}
	if got := long.cause(); !strings.HasSuffix(got, "é…") || len(got) > 510 {
		t.Errorf("cut to %q", got)
	}
}

// twin reads a reply with encoding/json.
func twin(b []byte) (errors bool, statuses int, ok bool) {
	var r struct {
		Errors json.RawMessage              `json:"errors"`
		Items  []map[string]json.RawMessage `json:"items"`
	}
	if !json.Valid(b) {
		return false, 0, false
	}
	if json.Unmarshal(b, &r) != nil {
		return false, -1, true // valid, but not of this form
	}
	return string(r.Errors) == "true", len(r.Items), true
}

func FuzzParseReply(f *testing.F) {
	for _, s := range []string{`{}`, `{"errors":false,"items":[]}`, `{"items":[{"index":{"status":201}}]}`, `{"errors":true,"items":[{"a":{"error":"é\u00e9\\"}}],"x":[1,-2.5e+3,true,null,{}]}`,
		`{"errors":tru}`, `[]`, `{"a":01}`, `{"a":"\x"}`, `{"items":{}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := parseReply(b)
		errors, items, valid := twin(b)
		if err == nil && !valid {
			t.Fatalf("%q was taken", b)
		}
		// Names in other case, in escapes, or twice, and deep nesting are read
		// differently; a plain reply is not.
		text := string(b)
		plain := !strings.Contains(text, `\`) && strings.Count(text, `"items"`) <= 1 && strings.Count(text, `"errors"`) <= 1 && text == strings.ToLower(text) && strings.Count(text, "[")+strings.Count(text, "{") < maxDepth
		if valid && plain && items >= 0 && strings.HasPrefix(strings.TrimSpace(text), "{") {
			nested := err != nil // an item may be of another form
			if !nested && (r.errors != errors || len(r.items) != items && !strings.Contains(text, "null")) {
				t.Fatalf("%q: %+v, want %v and %d items", b, r, errors, items)
			}
		}
		if err != nil {
			return
		}
		for i := range r.items {
			r.items[i].cause()
		}
	})
}

func FuzzEntries(f *testing.F) {
	f.Add([]byte("{\"index\":{}}\n{}\n"))
	f.Add([]byte("{\"delete\":{}}\n"))
	f.Add([]byte("\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		n, err := entries(b)
		if lines := strings.Count(string(b), "\n") + 1; err == nil && (n > lines || n == 0 && len(b) > 0) {
			t.Fatalf("%d entries in %d lines", n, lines)
		}
	})
}
