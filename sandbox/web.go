package sandbox

import (
	"io/fs"
	"net/http"
	"path"
	"strings"

	"usher/sandbox/webclient"
)

// notBuilt is shown where the program was made without its pages.
const notBuilt = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Discord sandbox</title>
<body style="font:16px system-ui;max-width:40em;margin:4em auto;line-height:1.5">
<h1>The sandbox is running</h1>
<p>Its web client was not built into this program. In the project's folder run
<code>npm ci</code> and <code>npm run build --workspace sandbox/webclient</code>, build the program again and reload this page.</p>
<p>Bots and the control API under <code>/_sandbox/</code> work without it.</p></body></html>`

// webPages serves the web client (S-6): its page for every address that is no file, 404 for missing files.
func webPages() http.Handler {
	assets, built := webclient.Assets()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
			return
		}
		if !built && path.Ext(r.URL.Path) != "" {
			http.NotFound(w, r)
			return
		}
		if !built {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte(notBuilt))
			return
		}
		serveAsset(w, r, assets)
	})
}

func serveAsset(w http.ResponseWriter, r *http.Request, assets fs.FS) {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	info, err := fs.Stat(assets, name)
	if err == nil && !info.IsDir() {
		if strings.Contains(name, "/") {
			w.Header().Set("Cache-Control", "public, max-age=3600")
		}
		http.ServeFileFS(w, r, assets, name) //nolint:gosec // fs.FS keeps names inside
		return
	}
	if path.Ext(name) != "" {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	page, err := fs.ReadFile(assets, "index.html")
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = w.Write(page)
}
