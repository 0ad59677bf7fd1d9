package admin

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hekad/heka/internal/config"
	"github.com/hekad/heka/internal/httpguard"
	"github.com/hekad/heka/plugin"
)

// controlling lets those in who may change something: whoever serves the API says who
// that is (httpguard.WithControl).
func (s *Server) controlling(f http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if _, ok := httpguard.Controller(r); !ok {
			s.refusals.note(func() { s.audit(r, fmt.Sprintf("was refused %s %q", r.Method, r.URL.Path)) })
			httpguard.Refuse(w, http.StatusForbidden, "filters are loaded and unloaded over the socket file, or with a token: set admin_token in [hekad], or control = true in the section of the DashboardOutput")
			return
		}
		f(w, r)
	}
}

// refusals are logged once in a while: whoever may not do a thing shall not fill the
// disk with it either.
type refusals struct {
	mu   sync.Mutex
	last time.Time
}

const refusalsEvery = 5 * time.Second

func (r *refusals) note(log func()) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if now := time.Now(); now.Sub(r.last) >= refusalsEvery {
		r.last = now
		log()
	}
}

// audit logs what somebody did, in one line.
func (s *Server) audit(r *http.Request, did string) {
	if s.opts.Audit == nil {
		return
	}
	who, ok := httpguard.Controller(r)
	if !ok {
		who = asker(r)
	}
	s.opts.Audit.Info("admin API: " + config.OneLine(cmp.Or(who, "somebody")+" "+strings.TrimSuffix(did, "\n")))
}

// SandboxOrder asks for a filter: a POST to /api/v1/sandboxes.
type SandboxOrder struct {
	// Manager may be empty when there is only one.
	Manager string `json:"manager"`
	// Config is a configuration in TOML with one section, of type SandboxFilter.
	Config string `json:"config"`
	// Script is its source.
	Script string `json:"script"`
	// Replace lets it take the place of a filter of that name.
	Replace bool `json:"replace"`
}

// SandboxResult says what came of an order.
type SandboxResult struct {
	// Name is that under which the filter runs, or ran.
	Name    string `json:"name"`
	Manager string `json:"manager"`
}

// maxOrder bounds an order, in bytes. What a manager takes is less than that.
const maxOrder = 512 << 10

// ParseSandboxOrder reads an order as JSON or as the parts of a form.
func ParseSandboxOrder(contentType string, body io.Reader) (SandboxOrder, error) {
	var o SandboxOrder
	typ, params, err := mime.ParseMediaType(contentType)
	switch {
	case err == nil && typ == "application/json":
		d := json.NewDecoder(body)
		d.DisallowUnknownFields()
		if err := d.Decode(&o); err != nil {
			return o, fmt.Errorf("reading the order: %w", err)
		}
		if _, err := d.Token(); err != io.EOF {
			return o, errors.New("there is something behind the order")
		}
	case err == nil && typ == "multipart/form-data":
		if err := o.parts(body, params["boundary"]); err != nil {
			return o, fmt.Errorf("reading the order: %w", err)
		}
	default:
		return o, errMediaType
	}
	if o.Config == "" {
		return o, errors.New("config is missing: a section of type SandboxFilter, in TOML")
	}
	return o, nil
}

var errMediaType = errors.New("an order is application/json or multipart/form-data")

func (s *Server) postSandbox(w http.ResponseWriter, r *http.Request) {
	h, ok := s.ready(w)
	if !ok {
		return
	}
	o, err := ParseSandboxOrder(r.Header.Get("Content-Type"), http.MaxBytesReader(w, r.Body, maxOrder))
	if err != nil {
		var large *http.MaxBytesError
		switch {
		case errors.As(err, &large):
			httpguard.Refuse(w, http.StatusRequestEntityTooLarge, "the order is too large")
		case errors.Is(err, errMediaType):
			httpguard.Refuse(w, http.StatusUnsupportedMediaType, err.Error())
		default:
			httpguard.Refuse(w, http.StatusBadRequest, err.Error())
		}
		return
	}
	m, ok := manager(w, h, o.Manager)
	if !ok {
		return
	}
	name, err := m.Load(plugin.LoadOrder{Config: o.Config, Script: o.Script, Replace: o.Replace})
	sum := sha256.Sum256([]byte(o.Script))
	what := fmt.Sprintf("a filter %s of %s (%d bytes, sha256 %s)", strconv.Quote(name), m.Name, len(o.Script), hex.EncodeToString(sum[:]))
	if err != nil {
		s.audit(r, "could not load "+what+": "+err.Error())
		refuseOrder(w, err)
		return
	}
	s.audit(r, "loaded "+what)
	w.Header().Set("Location", "/api/v1/sandboxes/"+url.PathEscape(name))
	answerAs(w, http.StatusCreated, SandboxResult{name, m.Name})
}

func (s *Server) deleteSandbox(w http.ResponseWriter, r *http.Request) {
	h, ok := s.ready(w)
	if !ok {
		return
	}
	q := r.URL.Query()
	purge, err := strconv.ParseBool(cmp.Or(q.Get("purge"), "false"))
	if err != nil {
		httpguard.Refuse(w, http.StatusBadRequest, "purge is neither true nor false")
		return
	}
	name, by := r.PathValue("name"), q.Get("manager")
	for _, m := range h.Managers() { // the name in the list says who loaded it
		if _, _, err := m.Source(name); by == "" && err == nil {
			by = m.Name
		}
	}
	m, ok := manager(w, h, by)
	if !ok {
		return
	}
	full, err := m.Unload(name, purge)
	if err != nil {
		s.audit(r, fmt.Sprintf("could not unload %q of %s: %v", name, m.Name, err))
		if errors.Is(err, fs.ErrNotExist) {
			httpguard.Refuse(w, http.StatusNotFound, m.Name+" has loaded no filter "+name)
			return
		}
		refuseOrder(w, err)
		return
	}
	what := ""
	if purge {
		what = " with what it preserved"
	}
	s.audit(r, fmt.Sprintf("unloaded %q of %s%s", full, m.Name, what))
	answer(w, SandboxResult{full, m.Name})
}

func refuseOrder(w http.ResponseWriter, err error) {
	status := http.StatusUnprocessableEntity
	if errors.Is(err, plugin.ErrConflict) {
		status = http.StatusConflict
	}
	httpguard.Refuse(w, status, err.Error())
}

// peerKey has the user at the other end of a socket file.
type peerKey struct{}

// asker says who sent a request to the API itself.
func asker(r *http.Request) string {
	if who, ok := r.Context().Value(peerKey{}).(string); ok {
		return who
	}
	return r.RemoteAddr
}

// withPeer notes who is at the other end of a connection, where the system tells.
func withPeer(ctx context.Context, c net.Conn) context.Context {
	for {
		switch inner := c.(type) {
		case *net.UnixConn:
			return context.WithValue(ctx, peerKey{}, peer(inner))
		case interface{ NetConn() net.Conn }:
			c = inner.NetConn()
		default:
			return ctx
		}
	}
}
