package oauth

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// decision is what a person chose on the page.
type decision struct {
	user  wire.ID
	guild wire.ID
	grant permission.Bits
}

// approve carries out a consent and gives where to go: "" when a bot was added without a redirect_uri.
func (s *Server) approve(r *request, d decision) (string, *Problem) {
	if installs(r.scopes) {
		if r.fixed && d.guild != r.guild {
			return "", problem("invalid_request", "guild_id is fixed to %s.", r.guild)
		}
		if d.guild == 0 {
			return "", problem("invalid_request", "guild_id is missing: choose the server to which the bot is added.")
		}
		if err := s.cfg.World.Install(d.user, r.client.ID, d.guild, d.grant&r.grant); err != nil {
			return "", notInstalled(err)
		}
	}
	if r.redirect == "" {
		return "", nil
	}
	extra := url.Values{}
	if installs(r.scopes) {
		extra.Set("guild_id", d.guild.String())
		extra.Set("permissions", (d.grant & r.grant).String())
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	who := pair{client: r.client.ID, user: d.user}
	s.remember(who, r.scopes)
	if r.kind == responseToken {
		access := s.secret()
		s.access[access] = &token{pair: who, scopes: r.scopes, until: s.cfg.Now().Add(TokenLife)}
		extra.Set("access_token", access)
		extra.Set("token_type", "Bearer")
		extra.Set("expires_in", strconv.Itoa(int(TokenLife.Seconds())))
		extra.Set("scope", strings.Join(r.scopes, " "))
		return r.back(extra, true), nil
	}
	made := s.secret()
	s.codes[made] = &code{
		pair: who, scopes: r.scopes, redirect: r.redirect, challenge: r.challenge, guild: d.guild, until: s.cfg.Now().Add(CodeLife),
	}
	extra.Set("code", made)
	return r.back(extra, false), nil
}

// notInstalled tells why a bot could not be added.
func notInstalled(err error) *Problem {
	var refused *refusal.Error
	if errors.As(err, &refused) && refused.Code == 50013 {
		return problem("access_denied", "Adding a bot needs the permission MANAGE_GUILD in that server.")
	}
	return problem("access_denied", "The bot could not be added: %v.", err)
}

// refuse gives where a person goes who said no (RFC 6749 4.1.2.1); "" without a redirect_uri.
func (r *request) refuse() string {
	if r.redirect == "" {
		return ""
	}
	return r.back(url.Values{
		"error": {"access_denied"}, "error_description": {"The resource owner or authorization server denied the request"},
	}, r.kind == responseToken)
}

// back adds parameters and the state to the redirect_uri: to its query, or to the fragment for tokens.
func (r *request) back(q url.Values, fragment bool) string {
	if r.state != "" {
		q.Set("state", r.state)
	}
	switch {
	case fragment:
		return r.redirect + "#" + q.Encode()
	case strings.Contains(r.redirect, "?"):
		return r.redirect + "&" + q.Encode()
	}
	return r.redirect + "?" + q.Encode()
}

// remember adds scopes to what the person allows the client; the caller holds the lock.
func (s *Server) remember(who pair, scopes []string) {
	a := s.granted[who]
	if a == nil {
		a = &authorization{pair: who}
		s.granted[who] = a
	}
	for _, name := range scopes {
		if !slices.Contains(a.scopes, name) {
			a.scopes = append(a.scopes, name)
		}
	}
}

// allowed tells that the person authorized the client for all these scopes before.
func (s *Server) allowed(who pair, scopes []string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	a := s.granted[who]
	return a != nil && covers(a.scopes, scopes)
}

// Consent is a person's answer to an authorization request without the page, for tests: the parameters of the page's
// address, and the answer.
type Consent struct {
	ClientID            wire.ID `json:"client_id"`
	RedirectURI         string  `json:"redirect_uri"`
	ResponseType        string  `json:"response_type"`
	Scope               string  `json:"scope"`
	State               string  `json:"state"`
	CodeChallenge       string  `json:"code_challenge"`
	CodeChallengeMethod string  `json:"code_challenge_method"`
	GuildID             wire.ID `json:"guild_id"`
	// Permissions is a decimal number, as in the page's address.
	Permissions string `json:"permissions"`
	// Deny is a click on Cancel.
	Deny bool `json:"deny"`
}

// values are the parameters as the page's address has them.
func (c *Consent) values() url.Values {
	q := url.Values{"client_id": {c.ClientID.String()}}
	for name, value := range map[string]string{
		"redirect_uri": c.RedirectURI, "response_type": c.ResponseType, "scope": c.Scope, "state": c.State,
		"code_challenge": c.CodeChallenge, "code_challenge_method": c.CodeChallengeMethod, "permissions": c.Permissions,
	} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if c.ResponseType == "" && c.RedirectURI != "" {
		q.Set("response_type", responseCode)
	}
	if c.GuildID != 0 {
		q.Set("guild_id", c.GuildID.String())
	}
	return q
}

// Consent answers for a person and gives the address to which the browser would go. The error is a *Problem.
func (s *Server) Consent(user wire.ID, c Consent) (string, error) {
	r, p := s.read(c.values())
	if p != nil {
		return "", p
	}
	if c.Deny {
		return r.refuse(), nil
	}
	address, p := s.approve(r, decision{user: user, guild: c.GuildID, grant: r.grant})
	if p != nil {
		return "", p
	}
	return address, nil
}
