package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"time"

	"usher/internal/blob"
	"usher/internal/core/fault"
	"usher/internal/core/secret"
	"usher/internal/egress"
	"usher/internal/logo"
	"usher/internal/store"
)

// logoTime is for the whole of fetching a logo: nobody waits for it but its author.
const logoTime = 10 * time.Second

var (
	_ logo.Blobs     = (*blob.Directory)(nil)
	_ logo.Sweepable = (*blob.Directory)(nil)
	_ logo.Users     = (*store.Integrations)(nil)
)

// logosSweptEvery is how often logos that nobody uses any more are deleted, beside at start.
const logosSweptEvery = 24 * time.Hour

// sweepLogos deletes logos that no integration names any more, at start and daily, until ctx ends.
func (a *App) sweepLogos(ctx context.Context) {
	for {
		deleted, err := logo.Sweep(ctx, a.blobs, a.store.Integrations(), time.Now())
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			a.log.LogAttrs(ctx, slog.LevelWarn, "unused logos could not all be deleted", slog.Any("error", err))
		case deleted > 0:
			a.log.LogAttrs(ctx, slog.LevelInfo, "deleted unused logos", slog.Int("files", deleted))
		}
		if wait(ctx, logosSweptEvery) != nil {
			return
		}
	}
}

// logoWay is the way out with the limits of logos, as logos see it. It has slots of its own, so that no logo keeps an integration waiting.
type logoWay struct {
	client *egress.Client
	now    func() time.Time
	wait   func(context.Context, time.Duration) error
	floor  time.Duration // how long what cannot be reached takes at least
}

var _ logo.Fetcher = logoWay{}

func newLogoWay(cfg egress.Config, wait func(context.Context, time.Duration) error) (logoWay, error) {
	cfg.MaxBody, cfg.Timeout = logo.MaxFile, logoTime
	cfg.Limits = egress.Limits{Total: 16, PerGuild: 4, PerIntegration: 16, PerHost: 8}
	client, err := egress.New(cfg)
	return logoWay{client: client, now: cfg.Now, wait: wait, floor: trialFloor(cfg.ConnectTimeout)}, err
}

// Fetch implements logo.Fetcher.
func (l logoWay) Fetch(ctx context.Context, key, url string) (logo.File, error) {
	target, err := egress.ParseURL(url)
	if err != nil {
		return logo.File{}, logoFault(err)
	}
	accept := egress.Header{Name: "Accept", Value: secret.New("image/png, image/webp, image/gif, image/jpeg")}
	start := l.now()
	response, err := l.client.Do(ctx, egress.Key{Guild: key, Integration: "logo"}, egress.Request{Method: http.MethodGet, URL: target, Header: []egress.Header{accept}})
	if err != nil {
		return logo.File{}, errors.Join(logoFault(err), l.pad(ctx, err, start))
	}
	if response.Status < 200 || response.Status > 299 {
		return logo.File{}, fault.New(fault.Invalid, "logo_status", fmt.Sprintf("The logo's server answered with status %d.", response.Status))
	}
	return logo.File{Type: response.Header.Get("Content-Type"), Body: response.Body}, nil
}

// pad makes what cannot be reached take one time, as in a test request: a logo's address is its author's to choose, too.
func (l logoWay) pad(ctx context.Context, err error, start time.Time) error {
	var f *egress.Failure
	if !errors.As(err, &f) || f.Public() != egress.ClassConnect {
		return nil
	}
	return l.wait(ctx, max(0, l.floor-l.now().Sub(start)))
}

// logoFault tells what the author of the address can mend from what only time can.
func logoFault(err error) error {
	var f *egress.Failure
	switch {
	case !errors.As(err, &f):
		return err
	case f.Class == egress.ClassBusy, f.Class == egress.ClassEgress:
		return fault.New(fault.Unavailable, "logo_unavailable", "The logo could not be fetched just now: try again in a minute.").Because(err)
	default:
		return fault.New(fault.Invalid, "logo_unreachable", f.Text)
	}
}
