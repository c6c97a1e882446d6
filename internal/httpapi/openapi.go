package httpapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"

	"github.com/danielgtaylor/huma/v2"
)

// Description is the API in OpenAPI 3.1, as it is committed in docs/api/openapi.json: the same for every instance.
// https://spec.openapis.org/oas/v3.1.0
func Description() ([]byte, error) {
	a := &api{
		Config: Config{Public: &url.URL{Scheme: "https", Host: "usher.example"}}, log: slog.New(slog.DiscardHandler), cookies: cookies{secure: true},
	}
	a.describe(http.NewServeMux())
	return a.text()
}

// text is the description as JSON, indented.
func (a *api) text() ([]byte, error) {
	plain, err := json.Marshal(a.huma.OpenAPI())
	if err != nil {
		return nil, fmt.Errorf("writing the API's description: %w", err)
	}
	var out bytes.Buffer
	if err := json.Indent(&out, plain, "", "  "); err != nil {
		return nil, fmt.Errorf("writing the API's description: %w", err)
	}
	out.WriteByte('\n')
	return out.Bytes(), nil
}

// document serves the description: for programs, and as a page for people.
func (a *api) document(mux *http.ServeMux) error {
	text, err := a.text()
	if err != nil {
		return err
	}
	page := a.docs()
	mux.HandleFunc("GET "+specPath, func(w http.ResponseWriter, _ *http.Request) {
		serve(w, "application/json", text)
	})
	mux.HandleFunc("GET "+docsPath, func(w http.ResponseWriter, _ *http.Request) {
		pagePolicy(w)
		serve(w, "text/html; charset=utf-8", page)
	})
	mux.HandleFunc("GET "+stylePath, func(w http.ResponseWriter, _ *http.Request) {
		serve(w, "text/css; charset=utf-8", []byte(pageStyle))
	})
	return nil
}

func serve(w http.ResponseWriter, kind string, text []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "no-cache")
	_, _ = w.Write(text) // a client that went away is nobody's problem
}

// solid takes "or null" from every list: ours are empty, never null. huma has a switch for it, but one for the whole process.
func (a *api) solid() {
	for _, s := range a.huma.OpenAPI().Components.Schemas.Map() {
		solidSchema(s)
	}
	for _, op := range operations(a.huma.OpenAPI()) {
		if op.RequestBody != nil {
			solidContent(op.RequestBody.Content)
		}
		for _, r := range op.Responses {
			solidContent(r.Content)
		}
		for _, p := range op.Parameters {
			solidSchema(p.Schema)
		}
	}
}

func solidContent(content map[string]*huma.MediaType) {
	for _, m := range content {
		solidSchema(m.Schema)
	}
}

func solidSchema(s *huma.Schema) {
	if s == nil {
		return
	}
	if s.Type == huma.TypeArray {
		s.Nullable = false
	}
	solidSchema(s.Items)
	for _, p := range s.Properties {
		solidSchema(p)
	}
	if more, ok := s.AdditionalProperties.(*huma.Schema); ok {
		solidSchema(more)
	}
}

// operations lists all operations, by path and then by method.
func operations(o *huma.OpenAPI) []*huma.Operation {
	var paths []string
	for path := range o.Paths {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	var all []*huma.Operation
	for _, path := range paths {
		p := o.Paths[path]
		for _, op := range []*huma.Operation{p.Get, p.Post, p.Put, p.Patch, p.Delete} {
			if op != nil {
				all = append(all, op)
			}
		}
	}
	return all
}
