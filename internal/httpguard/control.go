package httpguard

import (
	"context"
	"net/http"
)

// controlKey has who asks, in the context of requests that may change something.
type controlKey struct{}

// WithControl lets the requests that next gets change what heka does. who says, for
// the log, who asks. What is served without it can only be looked at.
func WithControl(next http.Handler, who func(*http.Request) string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), controlKey{}, who(r))))
	})
}

// Controller says who sent a request that may change something; false means that it
// may not.
func Controller(r *http.Request) (who string, ok bool) {
	who, ok = r.Context().Value(controlKey{}).(string)
	return who, ok
}
