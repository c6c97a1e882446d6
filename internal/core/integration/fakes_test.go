package integration_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/core/integration"
	"usher/internal/core/requesttemplate"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

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

// CheckReach knows that a host whose name begins with far. is out of reach.
func (openGuard) CheckReach(_ context.Context, t requesttemplate.Template, confidential bool) error {
	if confidential && strings.HasPrefix(t.Origin().Host.Name(), "far.") {
		return fault.New(fault.Invalid, "url_refused", "Out of reach.")
	}
	return nil
}

// SameSite compares the last two labels, as the real guard does for most of the world.
func (openGuard) SameSite(a, b requesttemplate.Host) bool {
	site := func(h requesttemplate.Host) string {
		labels := strings.Split(h.Name(), ".")
		return strings.Join(labels[max(len(labels)-2, 0):], ".")
	}
	return a == b || site(a) == site(b)
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

// byAuthor is the author at the dashboard.
func byAuthor() audit.Actor { return audit.Actor{User: author, Via: audit.Dashboard} }

// office is a catalog and a resolver over one shelf.
type office struct {
	catalog  *integration.Catalog
	resolver *integration.Resolver
	shelf    *shelf
	world    *world
	log      *bytes.Buffer

	journal    *integration.Journal
	deliveries *ledger
	clock      *clock
}

// clock stands still until a test moves it; who waits moves it.
type clock struct {
	mu     sync.Mutex
	at     time.Time
	waited []time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

func (c *clock) wait(ctx context.Context, d time.Duration) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.waited = c.at.Add(d), append(c.waited, d)
	return ctx.Err()
}

// ledger keeps deliveries in memory.
type ledger struct {
	mu     sync.Mutex
	all    []integration.Delivery
	append func([]integration.Delivery) error // nil: keeps all
}

func (l *ledger) Append(_ context.Context, all []integration.Delivery) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.append != nil {
		if err := l.append(all); err != nil {
			return err
		}
	}
	l.all = append(l.all, all...)
	return nil
}

func (l *ledger) OfGuild(context.Context, snowflake.Guild, integration.ID) ([]integration.Delivery, error) {
	panic("a resolver only writes")
}

func (l *ledger) OfAuthor(context.Context, snowflake.User, integration.ID) ([]integration.Delivery, error) {
	panic("a resolver only writes")
}

// written gives what was noted so far, in order.
func (o *office) written(t *testing.T) []integration.Delivery {
	t.Helper()
	ended, end := context.WithCancel(t.Context())
	end()
	o.journal.Run(ended)
	o.deliveries.mu.Lock()
	defer o.deliveries.mu.Unlock()
	return slices.Clone(o.deliveries.all)
}

func newOffice() *office { return tunedOffice(nil) }

// tunedOffice lets a test change the tuning.
func tunedOffice(tune func(*integration.Tuning)) *office {
	o := &office{
		shelf: newShelf(), world: &world{}, log: &bytes.Buffer{}, deliveries: &ledger{},
		clock: &clock{at: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)},
	}
	n, now, log := 0, o.clock.now, slog.New(slog.NewTextHandler(o.log, nil))
	active := guild.NewCache(o.shelf.Active, now, time.Minute, 100)
	signer := &integration.Signer{Store: o.shelf, Sealer: plainSealer{}, Random: rand.Reader, Now: time.Now}
	o.catalog = &integration.Catalog{
		Store: o.shelf, Activations: o.shelf, Listing: o.shelf, Sealer: plainSealer{}, Signer: signer, Fetcher: o.world, Guard: openGuard{}, Limits: integration.DefaultLimits(), Now: now, Changed: active.Forget,
		NewID: func() integration.ID { n++; return integration.ID(fmt.Sprintf("id%d", n)) },
	}
	o.journal = integration.NewJournal(o.deliveries, func() string { return "alias" }, o.clock.wait, log)
	tuning := integration.DefaultTuning()
	if tune != nil {
		tune(&tuning)
	}
	var err error
	if o.resolver, err = integration.NewResolver(integration.Parts{
		Active: active, Sealer: plainSealer{}, Signer: signer, Fetch: o.world, Guard: openGuard{}, Limits: integration.DefaultLimits(),
		Tuning: tuning, Journal: o.journal, Now: o.clock.now, Wait: o.clock.wait, Log: log,
	}); err != nil {
		panic(err)
	}
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
