package httpapi

import (
	_ "embed"
	"html"
	"net/http"
	"net/url"
)

const stylePath = "/api/page.css"

// pageStyle is the look of the few pages that are written here.
//
//go:embed page.css
var pageStyle string

// pagePolicy allows a page its own style sheet and nothing else.
func pagePolicy(w http.ResponseWriter) {
	w.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
}

// tell shows a browser a page with a few words. again is where to go after another sign-in; empty: no sign-in is offered.
func (a *api) tell(w http.ResponseWriter, status int, title, text, again string) {
	link := ""
	if again != "" {
		link = `<p><a class="button" href="` + html.EscapeString(signInPath+"?return="+url.QueryEscape(again)) + `">Sign in again</a></p>`
	}
	pagePolicy(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(pageHead(title) + `<main class="card"><h1>` + html.EscapeString(title) + `</h1><p>` + html.EscapeString(text) + `</p>` + link + `</main></html>`))
}

func pageHead(title string) string {
	return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">` +
		`<title>` + html.EscapeString(title) + ` · Usher</title><link rel="stylesheet" href="` + stylePath + `">`
}
