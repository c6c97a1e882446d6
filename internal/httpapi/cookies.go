package httpapi

import (
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"usher/internal/core/account"
	"usher/internal/core/secret"
)

// cookies are what a browser keeps for us. Over https their names begin with __Host-: such a cookie was set by this very host, over
// https, for all paths, and no neighbour under the same domain can put one in its place.
// https://developer.mozilla.org/docs/Web/HTTP/Reference/Headers/Set-Cookie#cookie_prefixes
type cookies struct {
	secure bool
}

func (c cookies) prefix() string {
	if c.secure {
		return "__Host-"
	}
	return ""
}

// session is the name of the cookie with the session's token.
func (c cookies) session() string { return c.prefix() + "usher_session" }

// pending is the name of the cookie of one sign-in under way: several tabs may sign in at one moment.
func (c cookies) pending(state string) string {
	return c.prefix() + "usher_sign_in_" + state[:min(len(state), 8)]
}

func (c cookies) make(name, value string, life time.Duration) *http.Cookie {
	return &http.Cookie{ //nolint:gosec // Secure follows the public address: over http, on one machine, there is nothing to protect from
		Name: name, Value: value, Path: "/", MaxAge: int(life / time.Second), HttpOnly: true, Secure: c.secure, SameSite: http.SameSiteLaxMode,
	}
}

// signedIn keeps a session's token.
func (c cookies) signedIn(token secret.Value, life time.Duration) *http.Cookie {
	return c.make(c.session(), token.Reveal(), life)
}

// leaving keeps a sign-in while the browser is at Discord.
func (c cookies) leaving(d account.Departure) *http.Cookie {
	return c.make(c.pending(d.State), d.Pending, account.SignInTime)
}

// forget removes a cookie.
func (c cookies) forget(name string) *http.Cookie {
	return c.make(name, "", -time.Second)
}

// cookieOf reads a cookie of a request; empty where there is none.
func cookieOf(ctx huma.Context, name string) string {
	found, err := huma.ReadCookie(ctx, name)
	if err != nil {
		return ""
	}
	return found.Value
}
