package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strings"
	"time"
)

// answerTime bounds the work for one request. The slowest is an integration that is validated: its own limit is far below.
const answerTime = 25 * time.Second

// requestKey is where a request's context has its id.
type requestKey struct{}

// requestOf gives the id of the request that is being answered: the reference in answers and in the log.
func requestOf(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// outside is what every request passes before any address is looked at.
func (a *api) outside(next http.Handler) http.Handler {
	sites := http.NewCrossOriginProtection()
	if err := sites.AddTrustedOrigin(a.origin()); err != nil {
		a.log.Error("the public address is no origin", slog.Any("error", err)) // checked by config; browsers that send no Sec-Fetch-Site may be refused
	}
	sites.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		a.send(w, newProblem(http.StatusForbidden, "cross_site", "This request was sent by a page of another site. Use the pages of this one, or an API key from a program."))
	}))
	inner := a.recovered(readable(a, sites.Handler(next)))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(context.WithValue(r.Context(), requestKey{}, a.NewID()), answerTime)
		defer cancel()
		a.headers(w.Header(), requestOf(ctx))
		inner.ServeHTTP(w, r.WithContext(ctx))
	})
}

// headers are on every answer; pages replace what does not suit them.
func (a *api) headers(h http.Header, request string) {
	h.Set("X-Request-Id", request)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if a.cookies.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// recovered turns a panic into an answer, logged with its stack.
func (a *api) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer a.rescue(r.Context(), w)
		next.ServeHTTP(w, r)
	})
}

// rescue is deferred around what may panic.
func (a *api) rescue(ctx context.Context, w http.ResponseWriter) {
	v := recover()
	if v == nil {
		return
	}
	if err, ok := v.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(v)
	}
	a.send(w, a.problem(ctx, fmt.Errorf("panic: %v\n%s", v, debug.Stack())))
}

// readable refuses addresses that hold NUL, which no database takes.
func readable(a *api, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.ContainsRune(r.URL.Path, 0) || strings.Contains(r.URL.RawQuery, "%00") {
			a.send(w, newProblem(http.StatusBadRequest, codeUnreadable, "The address holds the character U+0000. Leave it out."))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// send writes a problem.
func (a *api) send(w http.ResponseWriter, p *Problem) {
	w.Header().Set("Content-Type", problemType)
	w.WriteHeader(p.Status)
	_ = writeJSON(w, p) // a client that went away is nobody's problem
}

// routed serves what mux knows. Everything else is the dashboard's, but for addresses of the API and of signing in: what is wrong there is
// told in our form.
func (a *api) routed(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		if a.Pages != nil && !strings.HasPrefix(r.URL.Path, "/api/") && !strings.HasPrefix(r.URL.Path, "/auth/") {
			a.Pages.ServeHTTP(w, r)
			return
		}
		said := &overheard{header: http.Header{}}
		found.ServeHTTP(said, r)
		if said.status == http.StatusMethodNotAllowed {
			w.Header().Set("Allow", said.header.Get("Allow"))
			a.send(w, newProblem(said.status, "method", "This address is not for "+r.Method+" but for "+said.header.Get("Allow")+"."))
			return
		}
		a.send(w, newProblem(http.StatusNotFound, "not_found", "There is nothing at this address. The operations are described at "+docsPath+"."))
	})
}

// overheard keeps what a handler says and sends nothing.
type overheard struct {
	header http.Header
	status int
}

// Header implements http.ResponseWriter.
func (o *overheard) Header() http.Header { return o.header }

// Write implements http.ResponseWriter.
func (o *overheard) Write(b []byte) (int, error) { return len(b), nil }

// WriteHeader implements http.ResponseWriter.
func (o *overheard) WriteHeader(status int) { o.status = status }
