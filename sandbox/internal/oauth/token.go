package oauth

import (
	"crypto/subtle"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

// Tokens is the token endpoint's answer (topics/oauth2 "Access Token Response").
type Tokens struct {
	TokenType    string `json:"token_type"`
	AccessToken  string `json:"access_token"`
	ExpiresIn    int    `json:"expires_in"`
	RefreshToken string `json:"refresh_token,omitempty"`
	Scope        string `json:"scope"`
	// Guild is where a bot was added with this authorization ("Advanced Bot Authorization").
	Guild *wire.Guild `json:"guild,omitempty"`
}

// ReadForm takes the form of a call to the token endpoint: "JSON content is not permitted" (topics/oauth2).
func ReadForm(r *http.Request, body []byte) (url.Values, error) {
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, problem("invalid_request", "Content-Type must be application/x-www-form-urlencoded.")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, problem("invalid_request", "The form cannot be read.")
	}
	return form, nil
}

// client authenticates by HTTP Basic or by client_id and client_secret in the form (RFC 6749 2.3.1).
func (s *Server) client(r *http.Request, form url.Values) (world.OAuthClient, *Problem) {
	id, secret, basic := r.BasicAuth()
	if basic {
		// RFC 6749 has both parts form-encoded; most clients send plain what needs no encoding.
		if plain, err := url.QueryUnescape(secret); err == nil {
			secret = plain
		}
	} else {
		id, secret = form.Get("client_id"), form.Get("client_secret")
	}
	n, err := wire.ParseID(id)
	if err != nil {
		return world.OAuthClient{}, problem("invalid_client", "No client_id, in the form or by HTTP Basic.")
	}
	client, known := s.cfg.World.OAuthClient(n)
	right := client.Secret != "" && subtle.ConstantTimeCompare([]byte(client.Secret), []byte(secret)) == 1
	if !known || !right {
		return world.OAuthClient{}, problem("invalid_client", "The client_id or client_secret is wrong.")
	}
	return client, nil
}

// Token answers POST /oauth2/token. The error is a *Problem.
func (s *Server) Token(r *http.Request, form url.Values) (*Tokens, error) {
	client, p := s.client(r, form)
	if p != nil {
		return nil, p
	}
	var out *Tokens
	var guild wire.ID
	s.mu.Lock()
	switch kind := form.Get("grant_type"); kind {
	case "authorization_code":
		out, guild, p = s.redeem(client.ID, form)
	case "refresh_token":
		out, p = s.renew(client.ID, form)
	case "client_credentials":
		out, p = s.own(client, form)
	default:
		p = problem("unsupported_grant_type", "grant_type is authorization_code, refresh_token or client_credentials, not %q.", kind)
	}
	s.mu.Unlock()
	if p != nil {
		return nil, p
	}
	if guild != 0 {
		if g, err := s.cfg.World.Guild(world.Actor{User: client.ID}, guild, false); err == nil {
			out.Guild = &g
		}
	}
	return out, nil
}

// redeem turns a code into tokens: once, for its client, with its redirect_uri and verifier.
func (s *Server) redeem(client wire.ID, form url.Values) (*Tokens, wire.ID, *Problem) {
	c := s.codes[form.Get("code")]
	switch {
	case c == nil || c.used || c.client != client || !s.cfg.Now().Before(c.until):
		return nil, 0, problem("invalid_grant", `Invalid "code" in request.`)
	case c.redirect != form.Get("redirect_uri"):
		return nil, 0, problem("invalid_grant", `Invalid "redirect_uri" in request.`)
	case !c.challenge.met(form.Get("code_verifier")):
		return nil, 0, problem("invalid_grant", `Invalid "code_verifier" in request.`)
	}
	c.used = true
	return s.issue(c.pair, c.scopes, true), c.guild, nil
}

// renew turns a refresh token into new tokens. (Not documented: the old refresh token ends with that, the old access
// token does not.)
func (s *Server) renew(client wire.ID, form url.Values) (*Tokens, *Problem) {
	t := s.refresh[form.Get("refresh_token")]
	if t == nil || t.client != client {
		return nil, problem("invalid_grant", `Invalid "refresh_token" in request.`)
	}
	scopes := t.scopes
	if list := form.Get("scope"); list != "" {
		less := strings.Fields(list)
		if !covers(scopes, less) {
			return nil, problem("invalid_scope", "The refresh token does not stand for all of %s.", list)
		}
		scopes = less
	}
	delete(s.refresh, form.Get("refresh_token"))
	return s.issue(t.pair, scopes, true), nil
}

// own gives a token for the application's owner (topics/oauth2 "Client Credentials Grant"); it has no refresh token.
func (s *Server) own(client world.OAuthClient, form url.Values) (*Tokens, *Problem) {
	scopes, p := readScopes(form.Get("scope"))
	if p != nil {
		return nil, p
	}
	if installs(scopes) {
		return nil, problem("invalid_scope", "A bot is added on the authorize page only.")
	}
	who := pair{client: client.ID, user: client.Owner}
	s.remember(who, scopes)
	return s.issue(who, scopes, false), nil
}

// issue makes tokens; the caller holds the lock.
func (s *Server) issue(who pair, scopes []string, refreshable bool) *Tokens {
	now := s.cfg.Now()
	s.sweep(now)
	out := &Tokens{TokenType: "Bearer", AccessToken: s.secret(), ExpiresIn: int(TokenLife.Seconds()), Scope: strings.Join(scopes, " ")}
	s.access[out.AccessToken] = &token{pair: who, scopes: slices.Clone(scopes), until: now.Add(TokenLife)}
	if refreshable {
		out.RefreshToken = s.secret()
		s.refresh[out.RefreshToken] = &token{pair: who, scopes: slices.Clone(scopes)}
	}
	return out
}

// sweep forgets what is over, so that a long test does not fill the memory.
func (s *Server) sweep(now time.Time) {
	for name, c := range s.codes {
		if !now.Before(c.until) {
			delete(s.codes, name)
		}
	}
	for name, t := range s.access {
		if !now.Before(t.until) {
			delete(s.access, name)
		}
	}
}

// Revoke answers POST /oauth2/token/revoke: with one token, all of its authorization end, whatever the type hint says
// (topics/oauth2 "Token Revocation"). An unknown token is no error (RFC 7009 2.2). The error is a *Problem.
func (s *Server) Revoke(r *http.Request, form url.Values) error {
	client, p := s.client(r, form)
	if p != nil {
		return p
	}
	name := form.Get("token")
	if name == "" {
		return problem("invalid_request", "token is missing.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.access[name]
	if t == nil {
		t = s.refresh[name]
	}
	if t == nil || t.client != client.ID {
		return nil
	}
	delete(s.granted, t.pair)
	for code, one := range s.codes {
		if one.pair == t.pair {
			delete(s.codes, code)
		}
	}
	for _, all := range []map[string]*token{s.access, s.refresh} {
		for other, one := range all {
			if one.pair == t.pair {
				delete(all, other)
			}
		}
	}
	return nil
}
