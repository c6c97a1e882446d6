package logo

import (
	"bytes"
	"log/slog"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"time"

	"usher/internal/core/fault"
)

// Handler serves kept logos at [Path]; everything else is 404. An answer never changes, so it may be kept for ever; it says that it is a
// picture and nothing else, whatever a browser makes of it; it sets no cookie and reads none, so it may have a host of its own.
func Handler(blobs Blobs, log *slog.Logger) http.Handler {
	return &server{blobs: blobs, log: log, path: regexp.MustCompile(`^/logos/([0-9a-f]{64})-([0-9]{1,4})\.png$`)}
}

type server struct {
	blobs Blobs
	log   *slog.Logger
	path  *regexp.Regexp
}

// ServeHTTP implements http.Handler.
func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("Cache-Control", "no-store")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "Only GET and HEAD.", http.StatusMethodNotAllowed)
		return
	}
	hash, size, ok := s.parse(r.URL.Path)
	if !ok {
		http.Error(w, "There is no such logo.", http.StatusNotFound)
		return
	}
	data, err := s.blobs.Get(r.Context(), blobName(hash, size))
	switch {
	case fault.KindOf(err) == fault.NotFound:
		http.Error(w, "There is no such logo.", http.StatusNotFound)
		return
	case err != nil:
		if r.Context().Err() == nil {
			s.log.LogAttrs(r.Context(), slog.LevelError, "a logo could not be read", slog.String("hash", hash), slog.Any("error", err))
		}
		http.Error(w, "The logo cannot be read just now.", http.StatusServiceUnavailable)
		return
	}
	h.Set("Content-Type", "image/png")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	h.Set("ETag", `"`+hash+"-"+strconv.Itoa(size)+`"`)
	http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(data)) // answers If-None-Match, too
}

// parse reads a path that [Path] made.
func (s *server) parse(path string) (hash string, size int, ok bool) {
	parts := s.path.FindStringSubmatch(path)
	if parts == nil {
		return "", 0, false
	}
	size, err := strconv.Atoi(parts[2])
	ok = err == nil && slices.Contains(Sizes(), size) && Path(parts[1], size) == path
	return parts[1], size, ok
}
