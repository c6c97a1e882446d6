package control

import (
	"net/http"
	"strings"
	"time"

	"usher/sandbox/internal/fault"
	"usher/sandbox/internal/witness"
	"usher/sandbox/internal/world"
)

func (a *API) faultRoutes() {
	a.handle("POST /_sandbox/faults", func(r *http.Request) (any, error) {
		f, err := decode[fault.Fault](r)
		if err != nil {
			return nil, err
		}
		if err := a.strikes(f.Match); err != nil {
			return nil, err
		}
		id, err := a.cfg.Faults.Add(f)
		return map[string]string{"id": id}, err
	})
	a.handle("GET /_sandbox/faults", func(*http.Request) (any, error) { return a.cfg.Faults.List(), nil })
	a.handle("DELETE /_sandbox/faults", func(*http.Request) (any, error) {
		a.cfg.Faults.Clear()
		return done{}, nil
	})
	a.handle("DELETE /_sandbox/faults/{id}", func(r *http.Request) (any, error) {
		if !a.cfg.Faults.Remove(r.PathValue("id")) {
			return nil, &world.Denied{Status: http.StatusNotFound, Field: "id", Text: "there is no such fault"}
		}
		return done{}, nil
	})
	a.handle("POST /_sandbox/gateway/faults", func(r *http.Request) (any, error) {
		f, err := decode[GatewayFault](r)
		if err != nil {
			return nil, err
		}
		return nil, a.cfg.Gateway.Fault(f)
	})
	a.handle("GET /_sandbox/clock", func(*http.Request) (any, error) {
		return map[string]any{"now": a.cfg.Clock.Now().UTC()}, nil
	})
	a.handle("POST /_sandbox/clock/advance", a.advance)
	a.handle("POST /_sandbox/administer", func(r *http.Request) (any, error) {
		o, err := decode[world.Order](r)
		if err != nil {
			return nil, err
		}
		return nil, a.cfg.World.Administer(o)
	})
	a.handle("GET /_sandbox/routes", func(*http.Request) (any, error) { return a.cfg.Routes, nil })
	a.handle("GET /_sandbox/seed", func(*http.Request) (any, error) { return a.cfg.Seed, nil })
	a.handle("POST /_sandbox/reset", func(*http.Request) (any, error) { return nil, a.cfg.Reset() })
}

// strikes refuses a match that no call can meet: a fault that never strikes makes a test that cannot fail.
func (a *API) strikes(m fault.Match) error {
	method := false
	for _, r := range a.cfg.Routes {
		if m.Method != "" && !strings.EqualFold(m.Method, r.Method) {
			continue
		}
		method = true
		if m.Route == "" || witness.SameRoute(m.Route, r.Route) {
			return nil
		}
	}
	field, text := "match.route", "the sandbox has no such route with this method; GET /_sandbox/routes lists them"
	if !method {
		field, text = "match.method", "no route has this method"
	}
	return &world.Denied{Status: http.StatusBadRequest, Field: field, Text: text}
}

func (a *API) advance(r *http.Request) (any, error) {
	by, err := decode[struct {
		By fault.Duration `json:"by"`
	}](r)
	if err != nil {
		return nil, err
	}
	if by.By <= 0 {
		return nil, &world.Denied{Status: http.StatusBadRequest, Field: "by", Text: "is how far to go forward, such as \"15m\""}
	}
	a.cfg.Clock.Advance(asTime(by.By))
	return done{}, nil
}

func asTime(d fault.Duration) time.Duration { return time.Duration(d) }

func (a *API) witnessRoutes() {
	w := a.cfg.Witness
	a.handle("GET /_sandbox/witness/calls", func(r *http.Request) (any, error) {
		after, err := queryInt(r, "after", 0)
		if err != nil {
			return nil, err
		}
		limit, err := queryInt(r, "limit", 0)
		if err != nil {
			return nil, err
		}
		q := r.URL.Query()
		return w.Calls(witness.Filter{
			After: uint64(after), Method: q.Get("method"), Route: q.Get("route"), Bot: q.Get("bot"), Limit: limit,
			Answered: q.Get("answered") == "true",
		}), nil
	})
	a.handle("GET /_sandbox/witness/pings", func(*http.Request) (any, error) { return w.Pings(), nil })
	a.handle("GET /_sandbox/witness/gateway", func(*http.Request) (any, error) { return a.cfg.Gateway.Sessions(), nil })
	a.handle("GET /_sandbox/witness/interactions", func(*http.Request) (any, error) { return w.Interactions(), nil })
	a.handle("GET /_sandbox/witness/findings", func(*http.Request) (any, error) { return w.Findings(), nil })
	a.handle("DELETE /_sandbox/witness", func(*http.Request) (any, error) {
		w.Forget()
		a.cfg.Gateway.Forget()
		return done{}, nil
	})
}
