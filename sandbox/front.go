package sandbox

import (
	"net/http"
	"strings"

	"usher/sandbox/internal/cdn"
	"usher/sandbox/internal/control"
	"usher/sandbox/internal/gateway"
	"usher/sandbox/internal/rest"
)

// front hands each request to the part that its path belongs to.
type front struct {
	api     *rest.API
	hub     *gateway.Hub
	control *control.API
	cdn     http.Handler
	consent http.Handler
	web     http.Handler
}

// ServeHTTP serves all of the sandbox.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	path := r.URL.EscapedPath()
	switch {
	case strings.HasPrefix(path, "/_sandbox/"):
		f.control.ServeHTTP(w, r)
	case path == "/api" || strings.HasPrefix(path, "/api/"):
		f.serveAPI(w, r, strings.TrimPrefix(path, "/api"))
	case strings.EqualFold(r.Header.Get("Upgrade"), "websocket"):
		f.hub.ServeHTTP(w, r)
	case cdn.Owns(path):
		f.cdn.ServeHTTP(w, r)
	case path == "/oauth2/authorize":
		f.consent.ServeHTTP(w, r)
	case strings.HasPrefix(path, "/channels/"):
		// Discord's address of a channel; the client asks first who one is.
		http.Redirect(w, r, "/#/open/"+strings.TrimPrefix(path, "/channels/"), http.StatusFound) //nolint:gosec // it begins with a fragment of our own page
	default:
		f.web.ServeHTTP(w, r)
	}
}

// serveAPI takes version 10, also when no version is named. Discord refuses versions that it no longer has; the
// sandbox has only this one.
func (f *front) serveAPI(w http.ResponseWriter, r *http.Request, path string) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch {
	case strings.TrimPrefix(path, "/v10") == "/oauth2/authorize":
		// Discord sends browsers from the API's address to the page's.
		http.Redirect(w, r, "/oauth2/authorize?"+r.URL.RawQuery, http.StatusFound) //nolint:gosec // the path is fixed
	case first == "v10":
		f.api.ServeHTTP(w, r, "/"+rest)
	case len(first) > 1 && first[0] == 'v' && strings.Trim(first[1:], "0123456789") == "":
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"message": "Invalid API version specified", "code": 50041}`))
	default:
		f.api.ServeHTTP(w, r, path)
	}
}
