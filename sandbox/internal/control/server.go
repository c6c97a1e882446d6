// Package control is the sandbox's own API under /_sandbox/: people act, faults are put up, time moves, the witness is
// asked (S-5, S-10, S-11). control-api.md is its contract. It knows HTTP and hands everything on; the rules are the
// world's.
package control

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"usher/sandbox/internal/fault"
	"usher/sandbox/internal/oauth"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/rest"
	"usher/sandbox/internal/seed"
	"usher/sandbox/internal/stream"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

// GatewayFault is what can be done to gateway sessions.
type GatewayFault struct {
	Bot   wire.ID         `json:"bot"`
	Shard *int            `json:"shard"`
	Do    string          `json:"do"`
	Code  int             `json:"code"`
	Event string          `json:"event"`
	Data  json.RawMessage `json:"data"`
	Delay fault.Duration  `json:"delay"`
}

// GatewaySession is a session as the witness tells it.
type GatewaySession struct {
	SessionID    string    `json:"session_id"`
	Bot          wire.ID   `json:"bot"`
	Shard        [2]int    `json:"shard"`
	Intents      uint64    `json:"intents"`
	Connected    bool      `json:"connected"`
	Ended        bool      `json:"ended"`
	OpenedAt     time.Time `json:"opened_at"`
	Resumes      int       `json:"resumes"`
	Identifies   int       `json:"identifies"`
	LastSequence uint64    `json:"last_sequence"`
	CloseCode    int       `json:"close_code,omitempty"`
}

// Gateway is the part of the gateway that can be asked and disturbed.
type Gateway interface {
	Fault(GatewayFault) error
	Sessions() []GatewaySession
	Forget()
}

// Clock is the virtual clock.
type Clock interface {
	Now() time.Time
	Advance(time.Duration)
}

// Config is what the control API depends on.
type Config struct {
	World   *world.World
	Streams *stream.Log[wire.ID]
	Faults  *fault.Board
	Witness *rest.Witness
	Gateway Gateway
	Clock   Clock
	OAuth   *oauth.Server
	Logger  *slog.Logger
	Seed    seed.Seed
	// Reset puts everything back to the seed.
	Reset func() error
	// Routes lists the operations of the REST API.
	Routes []rest.Route
	// Stopping is closed when the server stops: streams end then.
	Stopping <-chan struct{}
}

// API is an http.Handler for /_sandbox/.
type API struct {
	cfg Config
	mux *http.ServeMux
}

// New makes the API.
func New(cfg Config) *API {
	a := &API{cfg: cfg, mux: http.NewServeMux()}
	a.peopleRoutes()
	a.placeRoutes()
	a.oauthRoutes()
	a.faultRoutes()
	a.witnessRoutes()
	a.mux.HandleFunc("/_sandbox/", func(w http.ResponseWriter, r *http.Request) {
		a.fail(w, &world.Denied{Status: http.StatusNotFound, Text: "there is no " + r.Method + " " + r.URL.Path + "; see control-api.md"})
	})
	return a
}

// ServeHTTP serves one call.
func (a *API) ServeHTTP(w http.ResponseWriter, r *http.Request) { a.mux.ServeHTTP(w, r) }

// done is the answer of a call that has nothing to say.
type done struct{}

// handle registers a call that answers a value, or 204 when that is done or nil.
func (a *API) handle(pattern string, act func(*http.Request) (any, error)) {
	a.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		v, err := act(r)
		if err != nil {
			a.fail(w, err)
			return
		}
		if _, nothing := v.(done); nothing || v == nil {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		a.answer(w, http.StatusOK, v)
	})
}

func (a *API) answer(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		a.cfg.Logger.Error("encoding an answer of the control API", slog.Any("error", err))
		http.Error(w, `{"error":"the answer could not be encoded"}`, http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// fail answers with a sentence and the field that it is about.
func (a *API) fail(w http.ResponseWriter, err error) {
	status, out := http.StatusBadRequest, map[string]any{"error": err.Error()}
	var denied *world.Denied
	var refused *refusal.Error
	var invalid *fault.Invalid
	switch {
	case errors.As(err, &denied):
		status, out["error"] = denied.Status, denied.Text
		if denied.Field != "" {
			out["field"] = denied.Field
		}
	case errors.As(err, &refused):
		status, out["error"], out["code"] = refused.Status, refused.Error(), refused.Code
		if refused.Fields != nil && len(refused.Fields.Complaints()) > 0 {
			first := refused.Fields.Complaints()[0]
			out["error"], out["field"] = first.Message, first.Path
		}
	case errors.As(err, &invalid):
		out["error"], out["field"] = invalid.Text, invalid.Field
	}
	a.answer(w, status, out)
}

// maxBody is the largest request: messages bring files.
const maxBody = 40 << 20

// decode reads a JSON body; an unknown field is an error that names it.
func decode[T any](r *http.Request) (T, error) {
	var v T
	d := json.NewDecoder(io.LimitReader(r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil && !errors.Is(err, io.EOF) {
		return v, &world.Denied{Status: http.StatusBadRequest, Field: "body", Text: "the body could not be read: " + err.Error()}
	}
	return v, nil
}

// pathID reads an id of the path.
func pathID(r *http.Request, name string) (wire.ID, error) {
	id, err := wire.ParseID(r.PathValue(name))
	if err != nil {
		return 0, &world.Denied{Status: http.StatusBadRequest, Field: name, Text: err.Error()}
	}
	return id, nil
}

// queryInt reads a number of the query.
func queryInt(r *http.Request, name string, other int) (int, error) {
	s := r.URL.Query().Get(name)
	if s == "" {
		return other, nil
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 0 {
		return 0, &world.Denied{Status: http.StatusBadRequest, Field: name, Text: strconv.Quote(s) + " is no number"}
	}
	return n, nil
}
