package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"usher/internal/blob"
	"usher/internal/core/fault"
	"usher/internal/core/secret"
	"usher/internal/egress"
	"usher/internal/logo"
)

// logoTime is for the whole of fetching a logo: nobody waits for it but its author.
const logoTime = 10 * time.Second

var _ logo.Blobs = (*blob.Directory)(nil)

// logoWay is the way out with the limits of logos, as logos see it. It has slots of its own, so that no logo keeps an integration waiting.
type logoWay struct{ client *egress.Client }

var _ logo.Fetcher = logoWay{}

func newLogoWay(cfg egress.Config) (logoWay, error) {
	cfg.MaxBody, cfg.Timeout = logo.MaxFile, logoTime
	cfg.Limits = egress.Limits{Total: 16, PerGuild: 4, PerIntegration: 16, PerHost: 8}
	client, err := egress.New(cfg)
	return logoWay{client: client}, err
}

// Fetch implements logo.Fetcher.
func (l logoWay) Fetch(ctx context.Context, key, url string) (logo.File, error) {
	target, err := egress.ParseURL(url)
	if err != nil {
		return logo.File{}, logoFault(err)
	}
	accept := egress.Header{Name: "Accept", Value: secret.New("image/png, image/webp, image/gif, image/jpeg")}
	response, err := l.client.Do(ctx, egress.Key{Guild: key, Integration: "logo"}, egress.Request{Method: http.MethodGet, URL: target, Header: []egress.Header{accept}})
	if err != nil {
		return logo.File{}, logoFault(err)
	}
	if response.Status < 200 || response.Status > 299 {
		return logo.File{}, fault.New(fault.Invalid, "logo_status", fmt.Sprintf("The logo's server answered with status %d.", response.Status))
	}
	return logo.File{Type: response.Header.Get("Content-Type"), Body: response.Body}, nil
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
