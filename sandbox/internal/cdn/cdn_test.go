package cdn_test

import (
	"bytes"
	"image/png"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"usher/sandbox/internal/cdn"
	"usher/sandbox/internal/wire"
)

// store has one attachment and one picture.
type store struct{}

func (store) Attachment(id wire.ID, query url.Values) (data []byte, contentType string, ok bool) {
	if id != 2 || query.Get("hm") != "good" {
		return nil, "", false
	}
	return []byte("<script>"), "text/html", true
}

func (store) Picture(owner wire.ID, hash string) (data []byte, contentType string, ok bool) {
	if owner != 7 || hash != "abc" {
		return nil, "", false
	}
	return []byte("uploaded"), "image/gif", true
}

func get(t *testing.T, method, path string) *httptest.ResponseRecorder {
	t.Helper()
	w := httptest.NewRecorder()
	cdn.Server{Store: store{}}.ServeHTTP(w, httptest.NewRequestWithContext(t.Context(), method, path, nil))
	return w
}

// TestS4Attachments: only a good signature opens a file, and no browser runs it.
func TestS4Attachments(t *testing.T) {
	t.Parallel()
	w := get(t, "GET", "/attachments/1/2/a.html?hm=good")
	if w.Code != http.StatusOK || w.Body.String() != "<script>" || w.Header().Get("Content-Type") != "text/html" {
		t.Errorf("the file: %d %s", w.Code, w.Body)
	}
	if w.Header().Get("Content-Security-Policy") != "sandbox; default-src 'none'" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("a browser would run it: %v", w.Header())
	}
	for _, path := range []string{"/attachments/1/2/a.html", "/attachments/1/2/a.html?hm=bad", "/attachments/1/3/a.html?hm=good", "/attachments/1/x/a?hm=good", "/attachments/1"} {
		if w := get(t, "GET", path); w.Code != http.StatusNotFound || w.Body.String() != "This content is no longer available." {
			t.Errorf("%s: %d %s", path, w.Code, w.Body)
		}
	}
	if w := get(t, "POST", "/attachments/1/2/a.html?hm=good"); w.Code != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", w.Code)
	}
}

// TestS4Pictures: what was uploaded is served, and everybody else has a face of one's own.
func TestS4Pictures(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/avatars/7/abc.gif", "/avatars/7/abc.png?size=64", "/icons/7/abc.webp"} {
		if w := get(t, "GET", path); w.Body.String() != "uploaded" || w.Header().Get("Content-Type") != "image/gif" {
			t.Errorf("%s: %d %s", path, w.Code, w.Header())
		}
	}
	drawn := map[string]string{}
	for _, path := range []string{"/avatars/7/old.png", "/avatars/8/abc.png", "/icons/8/x.png", "/embed/avatars/0.png", "/embed/avatars/1.png", "/avatars/x/abc.png"} {
		w := get(t, "GET", path)
		if _, err := png.Decode(bytes.NewReader(w.Body.Bytes())); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		for other, picture := range drawn {
			if picture == w.Body.String() {
				t.Errorf("%s looks like %s", path, other)
			}
		}
		drawn[path] = w.Body.String()
		if again := get(t, "GET", path); !bytes.Equal(again.Body.Bytes(), []byte(drawn[path])) {
			t.Errorf("%s looks different the second time", path)
		}
	}
	for path, want := range map[string]bool{"/avatars/7/abc.png": true, "/attachments/1/2/a": true, "/": false, "/api/v10/users/@me": false, "/oauth2/authorize": false} {
		if cdn.Owns(path) != want {
			t.Errorf("%s belongs to the CDN: %t", path, !want)
		}
	}
}
