package sandbox

import (
	"context"
	"net/http"

	"usher/sandbox/internal/oauth"
)

// Consent is a person's answer to an OAuth2 authorization request: the parameters of the authorize page, and whether
// the person clicks Cancel.
type Consent = oauth.Consent

// Authorize answers an authorization request without the page and gives the address to which the person's browser would
// go: the redirect_uri with code and state, or with error=access_denied. It is "" when a bot was added without a
// redirect_uri. A request that the page would not show is a *Refused whose Field is OAuth2's error.
func (u *Acting) Authorize(ctx context.Context, c Consent) (redirect string, err error) {
	var out struct {
		Redirect string `json:"redirect"`
	}
	err = u.c.do(ctx, http.MethodPost, u.path("/authorize"), c, &out)
	return out.Redirect, err
}
