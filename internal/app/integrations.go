package app

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"usher/internal/config"
	"usher/internal/core/guild"
	"usher/internal/core/integration"
	"usher/internal/core/secret"
)

// newResolver makes what fetches live values, which is the catalog's way to validations, too, and the journal of what became of the requests.
func (a *App) newResolver(active *guild.Cache[[]integration.Activation], sealer secret.Sealer, signer *integration.Signer) error {
	a.journal = integration.NewJournal(a.store.Deliveries(), newID, wait, a.log)
	resolver, err := integration.NewResolver(integration.Parts{
		Active: active, Sealer: sealer, Signer: signer, Fetch: a.wayOut, Guard: a.wayOut, Limits: a.limits, Tuning: tuning(a.config),
		Journal: a.journal, Now: time.Now, Wait: wait, Log: a.log,
	})
	if err != nil {
		return fmt.Errorf("preparing integrations: %w", err)
	}
	a.values = resolver
	a.catalog.Fetcher, a.catalog.Logos = resolver.Validations(), resolver.Logos(a.logos)
	return nil
}

// tuning is the default with what the operator set. A burst is what comes in ten seconds.
func tuning(c config.Config) integration.Tuning {
	const burst = 6
	t, r := integration.DefaultTuning(), c.Requests
	t.TrialFloor = trialFloor(c.Egress.ConnectTimeout)
	if r.PerGuild > 0 {
		t.GuildRate = integration.Rate{PerMinute: r.PerGuild, Burst: max(1, r.PerGuild/burst)}
	}
	if r.PerIntegration > 0 {
		t.IntegrationRate = integration.Rate{PerMinute: r.PerIntegration, Burst: max(1, r.PerIntegration/burst)}
	}
	t.CacheBytes = r.CacheMiB << 20
	return t
}

// trialFloor is as long as resolving and connecting may take together.
func trialFloor(connect time.Duration) time.Duration {
	return cmp.Or(2*connect, integration.DefaultTuning().TrialFloor)
}

// keepJournal writes the delivery log until stop is called, which writes the rest and returns when it is written.
func (a *App) keepJournal(ctx context.Context) (stop func()) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx)) // tickets that are finished after the signal are noted, too
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		a.journal.Run(ctx)
	}()
	return func() {
		cancel()
		<-ended
	}
}
