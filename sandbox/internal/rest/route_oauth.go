package rest

import (
	"errors"
	"net/http"
	"slices"

	"usher/sandbox/internal/oauth"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

// anyScope is a route that takes every bearer token.
const anyScope = "*"

// ownCommands is the scope with which a bearer token acts for its application and not for its user.
const ownCommands = "applications.commands.update"

// oauthRoutes are those for tokens of people (topics/oauth2). The two for clients are not in Discord's description.
func oauthRoutes() []*route {
	return []*route{
		{method: "POST", template: "/oauth2/token", by: byClient, private: true, handle: token},
		{method: "POST", template: "/oauth2/token/revoke", by: byClient, private: true, handle: revoke},
		{method: "GET", template: "/oauth2/@me", by: byBearer, scope: anyScope, handle: authorizationInfo},
		{method: "GET", template: "/oauth2/userinfo", by: byBearer, scope: "openid", handle: userInfo},
		{method: "GET", template: "/users/@me/guilds/{guild_id}/member", by: byBearer, scope: "guilds.members.read", handle: func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.SelfMember(c.actor.User, c.id("guild_id")))
		}},
		{method: "GET", template: "/users/@me/connections", by: byBearer, scope: "connections", handle: func(*call) (int, any, error) {
			return ok([]any{}, nil)
		}},
	}
}

func token(c *call) (int, any, error) {
	form, err := oauth.ReadForm(c.req, c.raw)
	if err != nil {
		return oauthError(c, err)
	}
	tokens, err := c.api.cfg.OAuth.Token(c.req, form)
	if err != nil {
		return oauthError(c, err)
	}
	c.header.Set("Cache-Control", "no-store")
	return ok(tokens, nil)
}

func revoke(c *call) (int, any, error) {
	form, err := oauth.ReadForm(c.req, c.raw)
	if err != nil {
		return oauthError(c, err)
	}
	if err := c.api.cfg.OAuth.Revoke(c.req, form); err != nil {
		return oauthError(c, err)
	}
	return ok(struct{}{}, nil)
}

// oauthError answers in the form of RFC 6749 5.2, which is not that of the rest of the API.
func oauthError(c *call, err error) (int, any, error) {
	var p *oauth.Problem
	if !errors.As(err, &p) {
		return 0, nil, err
	}
	if p.Status == http.StatusUnauthorized {
		c.header.Set("WWW-Authenticate", `Basic realm="OAuth2"`)
	}
	c.header.Set("Cache-Control", "no-store")
	return p.Status, p, nil
}

// authorizationInfo tells of the token itself; the user only with the identify scope.
func authorizationInfo(c *call) (int, any, error) {
	out := map[string]any{
		"application": c.api.cfg.World.PublicApplication(c.bearer.Client), "scopes": c.bearer.Scopes, "expires": wire.At(c.bearer.Expires),
	}
	if c.bearerHas("identify") {
		user, err := c.api.cfg.World.Self(c.bearer.User, false)
		if err != nil {
			return 0, nil, err
		}
		user.Locale, user.MFAEnabled = "", wire.Opt[bool]{}
		out["user"] = user
	}
	return ok(out, nil)
}

// userInfo is OpenID Connect's (OpenID Connect Core 5.3).
func userInfo(c *call) (int, any, error) {
	user, err := c.api.cfg.World.Self(c.actor.User, c.bearerHas("email"))
	if err != nil {
		return 0, nil, err
	}
	out := map[string]any{"sub": user.ID.String()}
	if c.bearerHas("identify") {
		out["preferred_username"], out["nickname"], out["locale"] = user.Username, user.GlobalName, user.Locale
	}
	if c.bearerHas("email") {
		out["email"], out["email_verified"] = user.Email, true
	}
	return ok(out, nil)
}

// me is the bot, or the person whose token it is.
func me(c *call) (int, any, error) {
	if c.actor.IsBot() {
		return ok(c.api.cfg.World.Me(c.actor), nil)
	}
	return ok(c.api.cfg.World.Self(c.actor.User, c.bearerHas("email")))
}

// asBearer lets the token of a person in where the route takes one.
//
// (Not documented: an unknown token is 401, a scope that is missing 403 with 50026.)
func (c *call) asBearer(accessToken string) *refusal.Error {
	b, known := c.api.cfg.OAuth.Bearer(accessToken)
	if !known || c.route.scope == "" {
		return unauthorized()
	}
	c.bearer = &b
	if c.route.scope != anyScope && !c.bearerHas(c.route.scope) {
		return refusal.Code(50026)
	}
	c.actor.User = b.User
	if c.route.scope == ownCommands {
		c.actor = world.Actor{User: b.Client, App: b.Client}
	}
	return nil
}

func (c *call) bearerHas(scope string) bool {
	return c.bearer != nil && slices.Contains(c.bearer.Scopes, scope)
}
