package control

import (
	"errors"

	"usher/sandbox/internal/oauth"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

// oauthRoutes let a person answer an authorization request without the page (S-3).
func (a *API) oauthRoutes() {
	a.handle("POST "+person+"/authorize", act(a, a.authorize))
}

// authorize gives the address to which the browser of the person would go.
func (a *API) authorize(user wire.ID, c oauth.Consent) (any, error) {
	redirect, err := a.cfg.OAuth.Consent(user, c)
	var p *oauth.Problem
	if errors.As(err, &p) {
		return nil, &world.Denied{Status: p.Status, Field: p.Code, Text: p.Description}
	}
	return map[string]string{"redirect": redirect}, err
}
