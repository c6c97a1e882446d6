package app

import (
	"context"
	"fmt"
	"sync"
	"time"

	"usher/internal/core/health"
)

// How often the operator's page looks anew, whoever watches it, and how long one look may take.
const (
	lookTime   = 3 * time.Second
	cheapLook  = 2 * time.Second
	dearLook   = 30 * time.Second // what others are asked for
	censusLook = time.Minute      // what goes over tables
)

// watch looks at this instance while it runs, from now on.
func (a *App) watch() *health.Watch {
	database := func(ctx context.Context) health.Finding {
		f, _ := lookAtDatabase(ctx, a.store)
		return f
	}
	return &health.Watch{
		Limit: lookTime, Gateway: a.bot, Version: a.people.version, Started: time.Now(), Now: time.Now,
		Checks: []health.Check{
			{Name: "database", Fresh: cheapLook, Run: database},
			{Name: "keys", Fresh: censusLook, Run: func(ctx context.Context) health.Finding { return lookAtKeys(ctx, a.keys, a.store.Sealed(), time.Now()) }},
			{Name: "way out", Fresh: dearLook, Run: func(ctx context.Context) health.Finding {
				return lookAtWayOut(ctx, a.wayOut.client, a.config.Egress.Way, a.wayOut.seen)
			}},
			{Name: "integrations", Fresh: cheapLook, Run: a.lookAtIntegrations},
			{Name: "logos", Fresh: dearLook, Run: func(ctx context.Context) health.Finding { return lookAtFiles(ctx, a.blobs, a.config.Files) }},
		},
	}
}

// lookAtIntegrations tells how many are left alone after failures (I-15).
func (a *App) lookAtIntegrations(context.Context) health.Finding {
	integrations, guilds := a.values.Paused()
	if integrations == 0 {
		return health.Finding{Name: "integrations", Verdict: health.Ok, Text: "None is paused after failures."}
	}
	return health.Finding{
		Name: "integrations", Verdict: health.Look, Text: fmt.Sprintf("Paused after failures one after another: %d, in servers: %d.", integrations, guilds),
		Advice: "Mostly their authors' servers are down, and they are tried again by themselves. Where all of them are paused, look at the way out.",
	}
}

// outcomes remembers how integrations' latest requests went. It is safe for concurrent use; a nil one remembers nothing.
type outcomes struct {
	mu   sync.Mutex
	last outcome
}

// outcome is how the latest request went.
type outcome struct {
	at       time.Time
	class    string // of the failure; empty: there was an answer
	failures int    // one after another
}

// note takes in how a request went that was sent, or should have been.
func (o *outcomes) note(at time.Time, class string) {
	if o == nil {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	failures := 0
	if class != "" {
		failures = o.last.failures + 1
	}
	o.last = outcome{at: at, class: class, failures: failures}
}

// latest gives the last one; false where there was none.
func (o *outcomes) latest() (outcome, bool) {
	if o == nil {
		return outcome{}, false
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.last, !o.last.at.IsZero()
}
