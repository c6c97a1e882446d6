package httpapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net"
	"net/http"
	"net/netip"
	"path"
	"strings"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/firstrun"
	"usher/internal/core/secret"
)

// SetupConfig is what the set-up page stands on.
type SetupConfig struct {
	Desk     *firstrun.Desk
	Pages    http.Handler // the dashboard; nil where the program was built without it
	Anywhere bool         // whether other machines may set up, by an IP address; else this one alone
	Log      *slog.Logger
	NewID    func() string // a reference for what fails inside
}

// Limits of the set-up's requests.
const (
	setupBase  = "/api/setup"
	setupBody  = 16 << 10 // bytes
	setupTime  = 20 * time.Second
	sessionTag = "Bearer "
)

// setup answers the page that sets a fresh instance up. Its API:
//
//	POST /api/setup/session   {code}     the session for the code, once
//	GET  /api/setup                      what is known: setupState
//	POST /api/setup/token     {token}    checks and keeps a value; answers setupState
//	POST /api/setup/address   {address}
//	POST /api/setup/secret    {secret}
//	POST /api/setup/operator  {user}
//	POST /api/setup/refresh              looks at the application at Discord again
//	POST /api/setup/finish               writes the settings and starts Usher
//	POST /api/setup/done                 ends the set-up
//
// Every request but the first names its session in Authorization. Pages of other sites cannot do that, and a browser's other tabs and the
// other programs of this machine do not get it sent along, as they would a cookie of 127.0.0.1. A value that was given is never in an answer.
type setup struct {
	SetupConfig
}

// Setup answers while Usher is not set up: the page, its API, the health checks; everything else is told so.
func Setup(c SetupConfig) http.Handler {
	s := &setup{c}
	mux := http.NewServeMux()
	health := Health([]Check{{Name: "settings", Run: func(context.Context) error { return errNoSettings }}}, c.Log)
	mux.Handle("GET /healthz", health)
	mux.Handle("GET /readyz", health)
	mux.Handle(setupBase, s.api())
	mux.Handle(setupBase+"/", s.api())
	mux.HandleFunc("/", s.page)
	return s.guarded(mux)
}

// SetupBeside answers the set-up's API until the set-up has ended, and leaves everything else to next: Usher as it is when it serves.
func SetupBeside(c SetupConfig, next http.Handler) http.Handler {
	s := &setup{c}
	api := s.guarded(s.api())
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if under := r.URL.Path == setupBase || strings.HasPrefix(r.URL.Path, setupBase+"/"); under && !c.Desk.Over() {
			api.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

var errNoSettings = errors.New("usher is not set up yet")

// guarded refuses what could only come from elsewhere. A page of another site can lead its own name to this machine's address (DNS
// rebinding) and would then be of the same origin; but its requests name its host, and that is no IP address.
func (s *setup) guarded(next http.Handler) http.Handler {
	sites := http.NewCrossOriginProtection()
	sites.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusForbidden, fault.New(fault.Forbidden, "cross_site", "This request was sent by a page of another site."))
	}))
	inner := sites.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		if !s.known(r.Host) {
			refuse(w, http.StatusMisdirectedRequest, fault.New(fault.Forbidden, "host_unknown", "The set-up answers at the address that the program printed, by its number."))
			return
		}
		ctx, cancel := context.WithTimeout(r.Context(), setupTime)
		defer cancel()
		inner.ServeHTTP(w, r.WithContext(ctx))
	})
}

// known reports whether a request's Host can be ours: this machine by number or as localhost, and other numbers where others may set up.
func (s *setup) known(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return err == nil && (s.Anywhere || ip.IsLoopback())
}

// page serves the set-up page and the files that it is made of.
func (s *setup) page(w http.ResponseWriter, r *http.Request) {
	if s.Pages != nil && (r.URL.Path == "/setup" || path.Ext(r.URL.Path) != "") {
		s.Pages.ServeHTTP(w, r)
		return
	}
	text := "Usher is not set up yet. Open the address that the program printed when it started.\n"
	if s.Pages == nil {
		text = "Usher is not set up yet, and this program was built without its pages. Set DISCORD_TOKEN and start it again; see docs/operating.md.\n"
	}
	http.Error(w, text, http.StatusServiceUnavailable)
}

// api is the set-up's API.
func (s *setup) api() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST "+setupBase+"/session", s.enter)
	s.on(mux, "GET "+setupBase, func(context.Context, setupInput) error { return nil })
	s.on(mux, "POST "+setupBase+"/token", func(ctx context.Context, in setupInput) error { return s.Desk.Token(ctx, in.Token) })
	s.on(mux, "POST "+setupBase+"/address", func(_ context.Context, in setupInput) error { return s.Desk.Address(in.Address) })
	s.on(mux, "POST "+setupBase+"/secret", func(ctx context.Context, in setupInput) error { return s.Desk.Secret(ctx, in.Secret) })
	s.on(mux, "POST "+setupBase+"/operator", func(ctx context.Context, in setupInput) error { return s.Desk.Operator(ctx, in.User) })
	s.on(mux, "POST "+setupBase+"/refresh", func(ctx context.Context, _ setupInput) error { return s.Desk.Refresh(ctx) })
	s.on(mux, "POST "+setupBase+"/finish", func(context.Context, setupInput) error { return s.Desk.Finish() })
	s.on(mux, "POST "+setupBase+"/done", func(context.Context, setupInput) error { s.Desk.Done(); return nil })
	mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusNotFound, fault.New(fault.NotFound, "not_found", "There is nothing at this address."))
	})
	return mux
}

// setupInput is what the page sends: one of the fields.
type setupInput struct {
	Code    string       `json:"code"`
	Token   secret.Value `json:"token"`
	Address string       `json:"address"`
	Secret  secret.Value `json:"secret"`
	User    string       `json:"user"`
}

// setupAnswer is what the page gets: the state as it is now, and what is wrong with what it sent. That a value is wrong is the result of a
// check and no failed request.
type setupAnswer struct {
	Session string        `json:"session,omitempty"`
	State   *setupState   `json:"state,omitempty"`
	Problem *setupProblem `json:"problem,omitempty"`
}

// enter gives a session for the code.
func (s *setup) enter(w http.ResponseWriter, r *http.Request) {
	var answer setupAnswer
	in, err := readSetup(r)
	if err == nil {
		var session secret.Value
		session, err = s.Desk.Enter(in.Code)
		answer.Session = session.Reveal()
	}
	if err != nil {
		answer.Problem = s.problem(r.Context(), err)
	}
	writeSetup(w, http.StatusOK, answer)
}

// on registers an operation of whoever is in.
func (s *setup) on(mux *http.ServeMux, pattern string, act func(context.Context, setupInput) error) {
	mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		session, _ := strings.CutPrefix(r.Header.Get("Authorization"), sessionTag)
		if err := s.Desk.Admit(session); err != nil {
			writeSetup(w, http.StatusForbidden, s.problem(r.Context(), err))
			return
		}
		var in setupInput
		var err error
		if r.Method == http.MethodPost {
			in, err = readSetup(r)
		}
		if err == nil {
			err = act(r.Context(), in)
		}
		var answer setupAnswer
		if err != nil {
			answer.Problem = s.problem(r.Context(), err)
		}
		state := stateOf(s.Desk.State(r.Context()))
		answer.State = &state
		writeSetup(w, http.StatusOK, answer)
	})
}

// readSetup reads a JSON object of known fields. The error repeats nothing of it.
func readSetup(r *http.Request) (setupInput, error) {
	var in setupInput
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return in, fault.New(fault.Invalid, "media_type", "Send JSON, with Content-Type: application/json.")
	}
	text, err := io.ReadAll(io.LimitReader(r.Body, setupBody+1))
	if err != nil || len(text) > setupBody || json.Unmarshal(text, &in) != nil {
		return setupInput{}, fault.New(fault.Invalid, "unreadable", "What was sent cannot be read, or is far too long.")
	}
	return in, nil
}

// problem puts an error into words: what a person can act on as it is, everything else by a reference that stands in the log.
func (s *setup) problem(ctx context.Context, err error) *setupProblem {
	var told *fault.Error
	if !errors.As(err, &told) || told.Kind == fault.Internal {
		reference := s.NewID()
		s.Log.LogAttrs(ctx, slog.LevelError, "a request of the set-up failed", slog.String("reference", reference), slog.Any("error", err))
		return &setupProblem{Detail: "Something went wrong here. The log has it by the reference.", Code: "internal", Reference: reference}
	}
	if told.Kind == fault.Unavailable {
		s.Log.LogAttrs(ctx, slog.LevelWarn, "the set-up could not go on", slog.Any("error", err))
	}
	return problemOf(told)
}

// setupProblem is what is wrong, in the form of RFC 9457.
type setupProblem struct {
	Code      string       `json:"code"`
	Detail    string       `json:"detail"`
	Errors    []setupField `json:"errors,omitempty"`
	Reference string       `json:"reference,omitempty"`
}

type setupField struct {
	Location string `json:"location"`
	Message  string `json:"message"`
}

func problemOf(f *fault.Error) *setupProblem {
	p := &setupProblem{Code: f.Code, Detail: f.Text}
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, setupField{Location: field.Path, Message: field.Text})
	}
	return p
}

func refuse(w http.ResponseWriter, status int, f *fault.Error) { writeSetup(w, status, problemOf(f)) }

func writeSetup(w http.ResponseWriter, status int, body any) {
	text, err := json.Marshal(body)
	if err != nil { // only texts, numbers and times
		status = http.StatusInternalServerError
	}
	w.Header().Set("Content-Type", "application/json")
	if status >= http.StatusBadRequest {
		w.Header().Set("Content-Type", problemType)
	}
	w.WriteHeader(status)
	_, _ = w.Write(text) // a client that went away is nobody's problem
}
