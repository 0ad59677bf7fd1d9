// Package httpguard decides which HTTP requests reach what heka serves to
// people: the admin API and the dashboard.
//
// Three things must not get in: strangers, pages of other sites that the user's
// browser has open, and requests that cost more than they should. Against the
// first stand a token or a password; against the second the Origin header, and,
// on loopback, the Host header, since a name that a stranger's DNS points to
// 127.0.0.1 makes his page one of the same origin; against the third a bound for
// bodies and the few methods that a handler knows. Those who got in may look; who may
// change something too is said by WithControl.
package httpguard

import (
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// Guard says who may come in. The zero Guard lets in everybody who is not a page
// of another site.
type Guard struct {
	// Token is wanted as "Authorization: Bearer TOKEN", or as the password of
	// Basic authentication under any name. Empty means that no token is known.
	Token string
	// Username and Password are those of Basic authentication. Both empty means
	// that there is no such account.
	Username, Password string
	// Loopback says that the listener is on a loopback address, so that the Host
	// header must name one too.
	Loopback bool
	// MaxBody is the largest body of a request, in bytes; 0 means 1 MiB.
	MaxBody int64
}

const defaultMaxBody = 1 << 20

// realm is what browsers show when they ask for a password.
const realm = `Basic realm="heka", charset="UTF-8"`

// Wrap puts the guard in front of a handler. What it refuses is answered with
// one line of JSON: {"error": …}.
func (g Guard) Wrap(next http.Handler) http.Handler {
	limit := g.MaxBody
	if limit == 0 {
		limit = defaultMaxBody
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case g.Loopback && !LoopbackHost(r.Host):
			Refuse(w, http.StatusMisdirectedRequest, "this is served on a loopback address; call it by that address or as localhost")
			return
		case foreign(r):
			Refuse(w, http.StatusForbidden, "requests from pages of other sites are refused")
			return
		case !g.known(r):
			w.Header().Set("WWW-Authenticate", realm)
			Refuse(w, http.StatusUnauthorized, "a token or password is needed")
			return
		case r.ContentLength > limit:
			Refuse(w, http.StatusRequestEntityTooLarge, "the body is too large")
			return
		}
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		next.ServeHTTP(w, r)
	})
}

// Open reports whether the guard asks nobody for a token or password.
func (g Guard) Open() bool { return g.Token == "" && g.Username == "" && g.Password == "" }

// Refuse answers with a status and {"error": text}.
func Refuse(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	b, _ := json.Marshal(map[string]string{"error": text}) // strings always marshal
	w.Write(append(b, '\n'))
}

// known checks the credentials. Both ways are compared in constant time,
// whichever comes.
func (g Guard) known(r *http.Request) bool {
	if g.Open() {
		return true
	}
	header := r.Header.Get("Authorization")
	scheme, token, _ := strings.Cut(header, " ")
	if g.Token != "" && strings.EqualFold(scheme, "Bearer") {
		return equal(strings.TrimSpace(token), g.Token)
	}
	user, password, ok := r.BasicAuth()
	if !ok {
		return false
	}
	account := g.Username != "" || g.Password != ""
	sameUser, samePassword, sameToken := equal(user, g.Username), equal(password, g.Password), equal(password, g.Token)
	return account && sameUser && samePassword || g.Token != "" && sameToken
}

// equal compares without telling by its time where texts differ, nor how long
// the wanted one is.
func equal(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// foreign reports whether a browser says that a page of another site asks.
func foreign(r *http.Request) bool {
	if origin := r.Header.Get("Origin"); origin != "" {
		u, err := url.Parse(origin)
		return err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host)
	}
	// Without an Origin only the browser's own word remains: links from elsewhere
	// may lead here, forms and embedded requests may not.
	link := r.Header.Get("Sec-Fetch-Mode") == "navigate" && (r.Method == http.MethodGet || r.Method == http.MethodHead)
	return r.Header.Get("Sec-Fetch-Site") == "cross-site" && !link
}

// LoopbackHost reports whether a Host header names this machine's loopback: no name
// that somebody's DNS could point there.
func LoopbackHost(host string) bool {
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(strings.TrimSuffix(host, "."), "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
