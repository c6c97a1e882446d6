package sandbox

import (
	"net/http"
	"strings"

	"usher/sandbox/internal/control"
	"usher/sandbox/internal/gateway"
	"usher/sandbox/internal/rest"
	"usher/sandbox/internal/world"
)

// front hands each request to the part that its path belongs to.
type front struct {
	api     *rest.API
	hub     *gateway.Hub
	world   *world.World
	control *control.API
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
	case f.isPicture(path):
		f.cdn(w, r)
	default:
		f.web.ServeHTTP(w, r)
	}
}

// serveAPI takes version 10, also when no version is named. Discord refuses versions that it no longer has; the
// sandbox has only this one.
func (f *front) serveAPI(w http.ResponseWriter, r *http.Request, path string) {
	first, rest, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	switch {
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
