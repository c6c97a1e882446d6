package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"regexp"
	"strings"
	"time"
)

// Pages serves the dashboard, a single-page app: its files under their names, and index.html at every other address without an extension,
// for the app knows its own addresses. Files under /_app/immutable/ are named by their content and kept by browsers for good; everything
// else is asked for again with an ETag. Each file is sent in its smallest form that the browser takes, of those that were built.
type Pages struct {
	files  fs.FS
	policy string            // the Content-Security-Policy
	tags   map[string]string // ETags, by file
}

// NewPages reads the app from files, whose root holds index.html. pictures are origins beside https from which pictures may come, such as
// that of a local Discord. Errors tell of a build that is not whole.
func NewPages(files fs.FS, pictures ...string) (*Pages, error) {
	index, err := fs.ReadFile(files, "index.html")
	if err != nil {
		return nil, fmt.Errorf("reading the dashboard: %w", err)
	}
	p := &Pages{files: files, policy: policyFor(index, pictures), tags: map[string]string{}}
	err = fs.WalkDir(files, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(files, name)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		p.tags[name] = `"` + hex.EncodeToString(sum[:16]) + `"`
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the dashboard: %w", err)
	}
	return p, nil
}

// inlineScript matches the script by which the app starts, the only one that is no file.
var inlineScript = regexp.MustCompile(`(?s)<script>(.*?)</script>`)

// policyFor allows the app's own files and calls, pictures, and the page's own inline script by its hash. Nobody may put the app into a
// frame, and forms go nowhere else. One style attribute is allowed, by its hash: the one with which SvelteKit hides what it tells screen
// readers of a new page.
func policyFor(index []byte, pictures []string) string {
	scripts := "'self'"
	for _, script := range inlineScript.FindAllSubmatch(index, -1) {
		sum := sha256.Sum256(script[1])
		scripts += " 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
	}
	return "default-src 'none'; script-src " + scripts + "; style-src 'self'; style-src-attr 'unsafe-hashes' 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='; img-src " +
		strings.Join(append([]string{"'self' data: blob: https:"}, pictures...), " ") + "; font-src 'self'; " +
		"connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
}

// ServeHTTP implements http.Handler.
func (p *Pages) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "Only GET and HEAD are answered here.", http.StatusMethodNotAllowed)
		return
	}
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "" || path.Ext(name) == "" && p.tags[name] == "" {
		name = "index.html"
	}
	if p.tags[name] == "" || strings.HasSuffix(name, ".br") || strings.HasSuffix(name, ".gz") {
		http.NotFound(w, r)
		return
	}
	p.send(w, r, name)
}

// send answers with a file of the app.
func (p *Pages) send(w http.ResponseWriter, r *http.Request, name string) {
	h := w.Header()
	h.Set("Content-Type", typeOf(name))
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-cache")
	if strings.HasPrefix(name, "_app/immutable/") {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	if name == "index.html" {
		h.Set("Content-Security-Policy", p.policy)
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
	}
	h.Set("Vary", "Accept-Encoding")
	form := p.smallest(r.Header.Get("Accept-Encoding"), name)
	if form != name {
		h.Set("Content-Encoding", map[string]string{".br": "br", ".gz": "gzip"}[path.Ext(form)])
	}
	h.Set("ETag", p.tags[form])
	content, err := fs.ReadFile(p.files, form)
	if err != nil {
		http.Error(w, "The dashboard cannot be read.", http.StatusInternalServerError)
		return
	}
	http.ServeContent(w, r, name, time.Time{}, bytes.NewReader(content))
}

// smallest chooses the form of a file that a browser takes.
func (p *Pages) smallest(accepts, name string) string {
	for _, form := range []struct{ coding, suffix string }{{"br", ".br"}, {"gzip", ".gz"}} {
		if p.tags[name+form.suffix] != "" && takes(accepts, form.coding) {
			return name + form.suffix
		}
	}
	return name
}

// takes reads Accept-Encoding: a coding is taken where it is named without a weight of zero (RFC 9110, 12.5.3).
func takes(accepts, coding string) bool {
	for entry := range strings.SplitSeq(accepts, ",") {
		named, weight, _ := strings.Cut(strings.TrimSpace(entry), ";")
		if !strings.EqualFold(strings.TrimSpace(named), coding) {
			continue
		}
		value, _ := strings.CutPrefix(strings.ReplaceAll(weight, " ", ""), "q=")
		return strings.Trim(value, "0.") != "" || weight == ""
	}
	return false
}

// typeOf is the media type of a file of the app; what the system would say of it is not asked.
func typeOf(name string) string {
	switch ext := path.Ext(name); ext {
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".json":
		return "application/json"
	case ".svg":
		return "image/svg+xml"
	case ".woff2":
		return "font/woff2"
	default:
		return mime.TypeByExtension(ext)
	}
}
