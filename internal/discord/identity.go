package discord

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/oauth2"

	"usher/internal/core/account"
	"usher/internal/core/fault"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// IdentityConfig is what signing people in needs.
type IdentityConfig struct {
	APIURL       string // Discord's, or something that speaks it
	ClientID     snowflake.Application
	ClientSecret secret.Value
	Version      string // of Usher, for the User-Agent
	Now          func() time.Time
}

// Identity signs people in with Discord, and calls it with what they granted.
// https://discord.com/developers/docs/topics/oauth2
type Identity struct {
	oauth oauth2.Config
	api   string
	agent string
	http  *http.Client
	now   func() time.Time
}

var _ account.Identity = (*Identity)(nil)

// Limits of calls about people: Discord lists at most 200 servers of one person.
const (
	identityTime = 8 * time.Second
	identityBody = 1 << 20
)

// NewIdentity prepares signing in. The error is a sentence about the address.
func NewIdentity(c IdentityConfig) (*Identity, error) {
	api := strings.TrimRight(c.APIURL, "/")
	site, _, found := strings.Cut(api, "/api")
	if !found {
		return nil, errors.New("DISCORD_API_URL must hold /api, as https://discord.com/api/v10 does: the page for signing in is found beside it")
	}
	return &Identity{
		oauth: oauth2.Config{
			ClientID: c.ClientID.String(), ClientSecret: c.ClientSecret.Reveal(), Scopes: []string{"identify", "guilds"},
			Endpoint: oauth2.Endpoint{AuthURL: site + "/oauth2/authorize", TokenURL: api + "/oauth2/token", AuthStyle: oauth2.AuthStyleInParams},
		},
		api: api, agent: userAgent(c.Version), now: c.Now,
		http: &http.Client{Timeout: identityTime, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }},
	}, nil
}

// userAgent is what Discord asks of every client.
// https://discord.com/developers/docs/reference#user-agent
func userAgent(version string) string {
	return "DiscordBot (https://github.com/usher-tickets/usher, " + version + ")"
}

// AuthorizeURL implements account.Identity. "none" spares people who have agreed before the question.
func (i *Identity) AuthorizeURL(redirect, state, verifier string) string {
	c := i.oauth
	c.RedirectURL = redirect
	return c.AuthCodeURL(state, oauth2.S256ChallengeOption(verifier), oauth2.SetAuthURLParam("prompt", "none"))
}

// Exchange implements account.Identity.
func (i *Identity) Exchange(ctx context.Context, redirect, code, verifier string) (account.Grant, error) {
	c := i.oauth
	c.RedirectURL = redirect
	token, err := c.Exchange(context.WithValue(ctx, oauth2.HTTPClient, i.named()), code, oauth2.VerifierOption(verifier))
	var refused *oauth2.RetrieveError
	switch {
	case errors.As(err, &refused) && refused.ErrorCode == "invalid_grant":
		return account.Grant{}, fault.New(fault.Invalid, "code_refused", "Discord does not take this sign-in any more. Please sign in again.")
	case errors.As(err, &refused) && refused.ErrorCode == "invalid_client":
		return account.Grant{}, errors.New("discord refuses the client id or secret: check DISCORD_CLIENT_ID and DISCORD_CLIENT_SECRET")
	case err != nil:
		return account.Grant{}, i.unavailable("exchanging a code", retrieval(err))
	}
	return account.Grant{Token: secret.New(token.AccessToken), Expires: i.expiry(token)}, nil
}

// expiry is when a grant ends by our own clock.
func (i *Identity) expiry(token *oauth2.Token) time.Time {
	return i.now().Add(time.Duration(token.ExpiresIn) * time.Second)
}

// retrieval keeps of oauth2's error what holds no code and no token.
func retrieval(err error) error {
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) && refused.Response != nil {
		return fmt.Errorf("status %d, error %q", refused.Response.StatusCode, refused.ErrorCode)
	}
	return withoutURL(err)
}

// named is the client with our name on every request, for oauth2 sets no header.
func (i *Identity) named() *http.Client {
	c := *i.http
	c.Transport = agentTransport{agent: i.agent}
	return &c
}

type agentTransport struct{ agent string }

// RoundTrip implements http.RoundTripper.
func (a agentTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("User-Agent", a.agent)
	return http.DefaultTransport.RoundTrip(r)
}

// Me implements account.Identity.
func (i *Identity) Me(ctx context.Context, token secret.Value) (account.Person, error) {
	var me struct {
		ID         snowflake.User `json:"id"`
		Username   string         `json:"username"`
		GlobalName *string        `json:"global_name"`
		Avatar     *string        `json:"avatar"`
	}
	if err := i.get(ctx, "/users/@me", token, &me); err != nil {
		return account.Person{}, err
	}
	p := account.Person{ID: me.ID, Name: me.Username, Shown: me.Username}
	if me.GlobalName != nil && *me.GlobalName != "" {
		p.Shown = *me.GlobalName
	}
	if me.Avatar != nil {
		p.Avatar = *me.Avatar
	}
	return p, nil
}

// Guilds implements account.Identity. One page holds all: nobody is in more than 200 servers.
func (i *Identity) Guilds(ctx context.Context, token secret.Value) ([]account.Guild, error) {
	var listed []struct {
		ID          snowflake.Guild `json:"id"`
		Name        string          `json:"name"`
		Icon        *string         `json:"icon"`
		Owner       bool            `json:"owner"`
		Permissions uint64          `json:"permissions,string"`
	}
	if err := i.get(ctx, "/users/@me/guilds", token, &listed); err != nil {
		return nil, err
	}
	all := make([]account.Guild, 0, len(listed))
	for _, g := range listed {
		one := account.Guild{ID: g.ID, Name: g.Name, Owner: g.Owner, Permissions: g.Permissions}
		if g.Icon != nil {
			one.Icon = *g.Icon
		}
		all = append(all, one)
	}
	return all, nil
}

// get reads one thing with a person's token.
func (i *Identity) get(ctx context.Context, path string, token secret.Value, into any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, i.api+path, nil)
	if err != nil {
		return fmt.Errorf("asking Discord for %s: %w", path, withoutURL(err))
	}
	r.Header.Set("Authorization", "Bearer "+token.Reveal())
	status, body, err := i.do(r)
	switch {
	case err != nil:
		return i.unavailable("asking Discord for "+path, err)
	case status == http.StatusUnauthorized:
		return fault.New(fault.Forbidden, account.CodeSignedOut, "Discord no longer knows this sign-in. Please sign in again.")
	case status != http.StatusOK:
		return i.unavailable("asking Discord for "+path, fmt.Errorf("status %d", status))
	}
	if err := json.Unmarshal(body, into); err != nil {
		return i.unavailable("reading Discord's answer to "+path, errors.New("it is not the JSON that was expected"))
	}
	return nil
}

// Revoke implements account.Identity.
func (i *Identity) Revoke(ctx context.Context, token secret.Value) error {
	form := url.Values{
		"token": {token.Reveal()}, "token_type_hint": {"access_token"}, "client_id": {i.oauth.ClientID}, "client_secret": {i.oauth.ClientSecret},
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, i.oauth.Endpoint.TokenURL+"/revoke", strings.NewReader(form.Encode()))
	if err != nil {
		return fmt.Errorf("revoking a grant: %w", withoutURL(err))
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	status, _, err := i.do(r)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("status %d", status)
	}
	if err != nil {
		return i.unavailable("revoking a grant", err)
	}
	return nil
}

// do makes a request and reads its answer within bounds. The error holds no address.
func (i *Identity) do(r *http.Request) (status int, body []byte, err error) {
	r.Header.Set("User-Agent", i.agent)
	res, err := i.http.Do(r)
	if err != nil {
		return 0, nil, withoutURL(err)
	}
	defer func() { _ = res.Body.Close() }() // read to its end or given up
	body, err = io.ReadAll(io.LimitReader(res.Body, identityBody))
	if err != nil {
		return 0, nil, fmt.Errorf("reading the answer: %w", err)
	}
	return res.StatusCode, body, nil
}

func (i *Identity) unavailable(doing string, err error) error {
	return fault.New(fault.Unavailable, "discord_unreachable", "Discord cannot be asked just now. Please try again in a minute.").
		Because(fmt.Errorf("%s: %w", doing, err))
}
