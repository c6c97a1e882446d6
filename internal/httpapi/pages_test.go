package httpapi_test

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"

	"usher/internal/httpapi"
)

const index = `<!doctype html><script>start("app")</script>`

func app(t *testing.T) *httpapi.Pages {
	t.Helper()
	pages, err := httpapi.NewPages(fstest.MapFS{
		"index.html":                   {Data: []byte(index)},
		"index.html.br":                {Data: []byte("br index")},
		"icon.svg":                     {Data: []byte("<svg/>")},
		"_app/version.json":            {Data: []byte("{}")},
		"_app/immutable/chunk.js":      {Data: []byte("plain")},
		"_app/immutable/chunk.js.br":   {Data: []byte("br")},
		"_app/immutable/chunk.js.gz":   {Data: []byte("gz")},
		"_app/immutable/only-plain.js": {Data: []byte("plain")},
	}, "http://127.0.0.1:4400")
	if err != nil {
		t.Fatal(err)
	}
	return pages
}

func ask(t *testing.T, method, target string, header http.Header) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for name, values := range header {
		r.Header[name] = values
	}
	w := httptest.NewRecorder()
	app(t).ServeHTTP(w, r)
	return w
}

func TestPagesAnswerTheAppsAddressesWithIndex(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]int{
		"/": 200, "/guilds": 200, "/g/1/integrations/abc": 200, "/icon.svg": 200, "/_app/version.json": 200,
		"/_app/immutable/gone.js": 404, "/robots.txt": 404, "/index.html.br": 404, "/../secret.txt": 404, "/_app/immutable/chunk.js.gz": 404,
	} {
		if got := ask(t, http.MethodGet, target, nil).Code; got != want {
			t.Errorf("GET %s is %d, want %d", target, got, want)
		}
	}
	if w := ask(t, http.MethodPost, "/guilds", nil); w.Code != http.StatusMethodNotAllowed || w.Header().Get("Allow") == "" {
		t.Errorf("POST is %d, Allow %q", w.Code, w.Header().Get("Allow"))
	}
}

func TestPagesAreKeptForGoodOnlyWhereTheirNameChanges(t *testing.T) {
	t.Parallel()
	for target, want := range map[string]string{"/": "no-cache", "/_app/version.json": "no-cache", "/_app/immutable/chunk.js": "public, max-age=31536000, immutable"} {
		w := ask(t, http.MethodGet, target, nil)
		if got := w.Header().Get("Cache-Control"); got != want {
			t.Errorf("Cache-Control of %s is %q, want %q", target, got, want)
		}
		again := ask(t, http.MethodGet, target, http.Header{"If-None-Match": {w.Header().Get("ETag")}})
		if again.Code != http.StatusNotModified {
			t.Errorf("asking again for %s is %d, want 304", target, again.Code)
		}
	}
}

func TestPagesAreSentInTheSmallestFormThatIsTaken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ target, accepts, body, coding string }{
		{"/_app/immutable/chunk.js", "", "plain", ""},
		{"/_app/immutable/chunk.js", "gzip, deflate, br", "br", "br"},
		{"/_app/immutable/chunk.js", "gzip", "gz", "gzip"},
		{"/_app/immutable/chunk.js", "br;q=0, gzip;q=0.5", "gz", "gzip"},
		{"/_app/immutable/chunk.js", "br; q=0.000, identity", "plain", ""},
		{"/_app/immutable/only-plain.js", "br", "plain", ""},
		{"/guilds", "br", "br index", "br"},
	} {
		w := ask(t, http.MethodGet, c.target, http.Header{"Accept-Encoding": {c.accepts}})
		if w.Body.String() != c.body || w.Header().Get("Content-Encoding") != c.coding {
			t.Errorf("%s for %q is %q coded %q, want %q coded %q", c.target, c.accepts, w.Body, w.Header().Get("Content-Encoding"), c.body, c.coding)
		}
		if w.Header().Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s does not vary by Accept-Encoding", c.target)
		}
	}
}

func TestPagesHaveAStrictPolicy(t *testing.T) {
	t.Parallel()
	policy := ask(t, http.MethodGet, "/g/1", nil).Header().Get("Content-Security-Policy")
	sum := sha256.Sum256([]byte(`start("app")`))
	for _, want := range []string{"default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "https: http://127.0.0.1:4400;", "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"} {
		if !strings.Contains(policy, want) {
			t.Errorf("the policy has no %s: %s", want, policy)
		}
	}
	if strings.Contains(policy, "unsafe-inline") || strings.Contains(policy, "unsafe-eval") {
		t.Errorf("the policy allows something unsafe: %s", policy)
	}
}

func TestPagesThatWereNotBuiltAreAnError(t *testing.T) {
	t.Parallel()
	if _, err := httpapi.NewPages(fstest.MapFS{".gitkeep": {}}); err == nil {
		t.Error("a folder without index.html is taken")
	}
}
