package integration_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/core/integration"
	"usher/internal/core/requesttemplate"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// shelf is a store in memory.
type shelf struct {
	mu     sync.Mutex
	rows   map[integration.ID]integration.Record
	active map[snowflake.Guild][]integration.Activation
}

func newShelf() *shelf {
	return &shelf{rows: map[integration.ID]integration.Record{}, active: map[snowflake.Guild][]integration.Activation{}}
}

func missing() error { return fault.New(fault.NotFound, "integration_not_found", "None.") }

func (s *shelf) CreateIntegration(_ context.Context, r integration.Record, limit int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	owned := 0
	for _, row := range s.rows {
		if row.Owner == r.Owner {
			owned++
		}
	}
	if owned >= limit {
		return fault.New(fault.Conflict, "integration_limit", "Limit.")
	}
	s.rows[r.ID] = r
	return nil
}

func (s *shelf) UpdateIntegration(_ context.Context, r integration.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Signing = s.rows[r.ID].Signing
	s.rows[r.ID] = r
	return nil
}

func (s *shelf) SaveSigning(_ context.Context, id integration.ID, was, keys [][]byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, there := s.rows[id]
	if !there || !slices.EqualFunc(r.Signing, was, bytes.Equal) {
		return fault.New(fault.Conflict, "signing_changed", "Changed.")
	}
	r.Signing = keys
	s.rows[id] = r
	return nil
}

func (s *shelf) Integration(_ context.Context, id integration.ID) (integration.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r, ok := s.rows[id]
	if !ok {
		return r, missing()
	}
	return r, nil
}

func (s *shelf) Owned(_ context.Context, owner snowflake.User) ([]integration.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var owned []integration.Record
	for _, r := range s.rows {
		if r.Owner == owner {
			owned = append(owned, r)
		}
	}
	return owned, nil
}

func (s *shelf) Activate(_ context.Context, a integration.Activation, limit int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, old := range s.active[a.Guild] {
		if old.Record.ID == a.Record.ID {
			s.active[a.Guild][i] = a
			return nil
		}
	}
	if len(s.active[a.Guild]) >= limit {
		return fault.New(fault.Conflict, "activation_limit", "Limit.")
	}
	s.active[a.Guild] = append(s.active[a.Guild], a)
	return nil
}

func (s *shelf) Deactivate(_ context.Context, g snowflake.Guild, id integration.ID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	before := len(s.active[g])
	s.active[g] = slices.DeleteFunc(s.active[g], func(a integration.Activation) bool { return a.Record.ID == id })
	if len(s.active[g]) == before {
		return missing()
	}
	return nil
}

// Active gives the rows as they are now: an edit of an integration is seen by all guilds.
func (s *shelf) Active(_ context.Context, g snowflake.Guild) ([]integration.Activation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := slices.Clone(s.active[g])
	for i := range all {
		all[i].Record = s.rows[all[i].Record.ID]
	}
	return all, nil
}

type plainSealer struct{}

func (plainSealer) Seal(_ context.Context, p secret.Purpose, v secret.Value) ([]byte, error) {
	return fmt.Appendf(nil, "%q|%s", p, v.Reveal()), nil
}

func (plainSealer) Open(_ context.Context, p secret.Purpose, sealed []byte) (secret.Value, error) {
	text, ok := bytes.CutPrefix(sealed, fmt.Appendf(nil, "%q|", p))
	if !ok {
		return secret.Value{}, errors.New("sealed for something else")
	}
	return secret.New(string(text)), nil
}

// openGuard lets everything pass but plain http with secrets, as the real guard does.
type openGuard struct{}

func (openGuard) CheckTarget(t requesttemplate.Template, confidential bool) error {
	if confidential && t.Origin().Scheme == "http" {
		return fault.New(fault.Invalid, "url_invalid", "Use https: a secret goes along.")
	}
	return nil
}

// world answers requests by host.
type world struct {
	mu     sync.Mutex
	calls  []integration.Call
	answer func(ctx context.Context, c integration.Call) (integration.Reply, error)
}

func (w *world) Fetch(ctx context.Context, c integration.Call) (integration.Reply, error) {
	w.mu.Lock()
	w.calls = append(w.calls, c)
	w.mu.Unlock()
	return w.answer(ctx, c)
}

func (w *world) seen() []integration.Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.calls)
}

const (
	arcade = snowflake.Guild(100)
	author = snowflake.User(1)
	ryan   = snowflake.User(585576154958921739)
)

// office is a catalog and a resolver over one shelf.
type office struct {
	catalog  *integration.Catalog
	resolver *integration.Resolver
	shelf    *shelf
	world    *world
	log      *bytes.Buffer
}

func newOffice() *office {
	o := &office{shelf: newShelf(), world: &world{}, log: &bytes.Buffer{}}
	n, at := 0, time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	now := func() time.Time { return at }
	active := guild.NewCache(o.shelf.Active, now, time.Minute, 100)
	signer := &integration.Signer{Store: o.shelf, Sealer: plainSealer{}, Random: rand.Reader, Now: time.Now}
	o.catalog = &integration.Catalog{
		Store: o.shelf, Sealer: plainSealer{}, Signer: signer, Guard: openGuard{}, Limits: integration.DefaultLimits(), Now: now, Changed: active.Forget,
		NewID: func() integration.ID { n++; return integration.ID(fmt.Sprintf("id%d", n)) },
	}
	o.resolver = integration.NewResolver(active, plainSealer{}, signer, o.world, integration.DefaultLimits(), slog.New(slog.NewTextHandler(o.log, nil)))
	return o
}

func lookup() integration.Integration {
	return integration.Integration{
		Owner: author, Name: "Game lookup", Description: "Scores", Method: integration.GET, URL: "https://game.example.com/lookup?user=%user_id%",
		Placeholders: []integration.Placeholder{
			{Name: "online_status", Path: "online_status"},
			{Name: "username", Path: "user.username"},
			{Name: "high_score", Path: "user.scores.high_score"},
			{Name: "clan", Path: "user.clan", Fallback: "no clan"},
		},
	}
}

func ok(body string) (integration.Reply, error) {
	return integration.Reply{Status: 200, Body: []byte(body)}, nil
}
