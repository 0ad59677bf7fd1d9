package elasticsearch

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// stub is a strict server of the bulk API. It refuses what Elasticsearch refuses: a
// body that does not end in a newline, action lines that are none, other content
// types. A document says by its "do" what becomes of it:
//
//	refuse   400, a mapping error
//	busy     429 the first time
//	broken   503 the first time
//	exists   409
type stub struct {
	*httptest.Server
	// before, if set, handles the n-th request (from 0) itself if it returns true.
	before func(n int, w http.ResponseWriter, body []byte) bool

	mu       sync.Mutex // guards what follows
	requests []*http.Request
	bodies   []string
	docs     []string // indexed, in order
	seen     map[string]int
}

func newStub(t testing.TB) *stub {
	s := &stub{seen: map[string]int{}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *stub) indexed() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.docs...)
}

func (s *stub) sizes() []int {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []int
	for _, b := range s.bodies {
		all = append(all, strings.Count(b, "\n")/2)
	}
	return all
}

func fail(w http.ResponseWriter, status int, typ, reason string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	fmt.Fprintf(w, `{"error":{"root_cause":[{"type":%q,"reason":%q}],"type":%q,"reason":%q},"status":%d}`, typ, reason, typ, reason, status)
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Elastic-Product", "Elasticsearch")
	var reader io.Reader = r.Body
	if r.Header.Get("Content-Encoding") == "gzip" {
		var err error
		if reader, err = gzip.NewReader(r.Body); err != nil {
			fail(w, 400, "parse_exception", err.Error())
			return
		}
	}
	body, err := io.ReadAll(reader)
	if err != nil {
		fail(w, 400, "parse_exception", err.Error())
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.requests)
	s.requests = append(s.requests, r)
	s.bodies = append(s.bodies, string(body))
	if s.before != nil && s.before(n, w, body) {
		return
	}
	if r.Method != http.MethodPost || !strings.HasSuffix(r.URL.Path, "/_bulk") || strings.Contains(r.URL.Path, "//") {
		fail(w, 405, "method_not_allowed", r.Method+" "+r.URL.Path)
		return
	}
	if ct := r.Header.Get("Content-Type"); !strings.HasPrefix(ct, "application/x-ndjson") && !strings.HasPrefix(ct, "application/vnd.elasticsearch+x-ndjson") {
		fail(w, 406, "media_type_header_exception", ct)
		return
	}
	s.bulk(w, body)
}

func (s *stub) bulk(w http.ResponseWriter, body []byte) {
	if len(body) == 0 {
		fail(w, 400, "parse_exception", "request body is required")
		return
	}
	if body[len(body)-1] != '\n' {
		fail(w, 400, "illegal_argument_exception", "The bulk request must be terminated by a newline [\\n]")
		return
	}
	var items []string
	errors := false
	for lines := bufio.NewReader(bytes.NewReader(body)); ; {
		line, err := lines.ReadBytes('\n')
		if err != nil {
			break
		}
		var action map[string]struct {
			Index string `json:"_index"`
			ID    string `json:"_id"`
		}
		if json.Unmarshal(line, &action) != nil || len(action) != 1 {
			fail(w, 400, "illegal_argument_exception", "Malformed action/metadata line")
			return
		}
		for op, meta := range action {
			var doc map[string]any
			if op != "delete" {
				line, err := lines.ReadBytes('\n')
				if err != nil {
					fail(w, 400, "illegal_argument_exception", "The bulk request must be terminated by a newline")
					return
				}
				if json.Unmarshal(line, &doc) != nil {
					doc = map[string]any{"do": "refuse"}
				}
				do, _ := doc["do"].(string)
				do = strings.TrimSpace(do)
				s.seen[string(line)]++
				if status, cause := s.outcome(do, s.seen[string(line)]); status > 201 {
					errors = true
					items = append(items, fmt.Sprintf(`{%q:{"_index":%q,"_id":%q,"status":%d,"error":{"type":%q,"reason":"because of \"%s\""}}}`, op, meta.Index, meta.ID, status, cause, do))
					continue
				}
				s.docs = append(s.docs, strings.TrimSpace(string(line)))
			}
			items = append(items, fmt.Sprintf(`{%q:{"_index":%q,"_id":%q,"_version":1,"result":"created","_shards":{"total":2,"successful":1,"failed":0},"status":201}}`, op, meta.Index, meta.ID))
		}
	}
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"took":1,"errors":%t,"items":[%s]}`, errors, strings.Join(items, ","))
}

// outcome is the status of a document that comes for the n-th time.
func (s *stub) outcome(do string, n int) (status int, cause string) {
	switch {
	case do == "refuse":
		return 400, "mapper_parsing_exception"
	case do == "busy" && n == 1:
		return 429, "es_rejected_execution_exception"
	case do == "broken" && n == 1:
		return 503, "unavailable_shards_exception"
	case do == "exists":
		return 409, "version_conflict_engine_exception"
	}
	return 201, ""
}
