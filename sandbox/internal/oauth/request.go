package oauth

import (
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

// request is a judged authorization request (topics/oauth2 "Authorization Code Grant").
type request struct {
	client    world.OAuthClient
	kind      string
	scopes    []string
	redirect  string
	state     string
	silent    bool
	guild     wire.ID
	fixed     bool
	grant     permission.Bits
	challenge challenge
}

// Kinds of responses.
const (
	responseCode  = "code"
	responseToken = "token"
)

// read judges the query of the authorize page. Nothing here is answered by a redirect: an address is trusted only when
// the whole request is in order.
func (s *Server) read(q url.Values) (*request, *Problem) {
	for name, values := range q {
		if len(values) > 1 {
			return nil, problem("invalid_request", "%s is there %d times.", name, len(values))
		}
	}
	id, err := wire.ParseID(q.Get("client_id"))
	if err != nil {
		return nil, problem("invalid_request", "client_id is missing or no number: it is the id of the application.")
	}
	client, ok := s.cfg.World.OAuthClient(id)
	if !ok {
		return nil, problem("invalid_request", "There is no application %s.", id)
	}
	r := &request{client: client, kind: q.Get("response_type"), state: q.Get("state"), redirect: q.Get("redirect_uri")}
	var p *Problem
	if r.scopes, p = readScopes(q.Get("scope")); p != nil {
		return nil, p
	}
	if p := r.readResponse(); p != nil {
		return nil, p
	}
	if r.challenge, p = readChallenge(q.Get("code_challenge"), q.Get("code_challenge_method")); p != nil {
		return nil, p
	}
	if p := r.readPrompt(q); p != nil {
		return nil, p
	}
	return r, r.readInstall(q)
}

// readResponse holds that a code or token goes to a registered address only.
func (r *request) readResponse() *Problem {
	switch {
	case r.kind == "" && r.redirect == "" && needsNoCode(r.scopes):
		return nil
	case r.kind == "" && needsNoCode(r.scopes):
		r.kind = responseCode
	case r.kind == "":
		return problem("invalid_request", "response_type is missing: it is code or token.")
	case r.kind != responseCode && r.kind != responseToken:
		return problem("unsupported_response_type", "response_type is code or token, not %q.", r.kind)
	}
	switch {
	case r.redirect == "":
		return problem("invalid_request", "redirect_uri is missing.")
	case !slices.ContainsFunc(r.client.Redirects, func(known string) bool { return sameAddress(known, r.redirect) }):
		return problem("invalid_request", "The redirect_uri %s is not registered for %s. Registered: %s.", r.redirect, r.client.Name,
			strings.Join(append([]string{}, r.client.Redirects...), ", "))
	}
	return nil
}

// sameAddress compares exactly, as Discord does. Of the sandbox alone is a registered address with the port *: it stands
// for every port of that loopback host, because a test's server has another port each time. With the path * too it
// stands for everything on that host.
func sameAddress(registered, given string) bool {
	if registered == given {
		return true
	}
	before, after, pattern := strings.Cut(registered, ":*/")
	if !pattern {
		return false
	}
	u, err := url.Parse(given)
	if err != nil || u.User != nil || u.Port() == "" || !loopback(u.Hostname()) {
		return false
	}
	base := before + ":" + u.Port() + "/"
	return given == base+after || after == "*" && strings.HasPrefix(given, base)
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (r *request) readPrompt(q url.Values) *Problem {
	switch prompt := q.Get("prompt"); prompt {
	case "", "consent":
	case "none":
		// "For passthrough scopes, like bot, authorization is always required" (topics/oauth2).
		r.silent = !installs(r.scopes)
	default:
		return problem("invalid_request", "prompt is consent or none, not %q.", prompt)
	}
	if kind := q.Get("integration_type"); kind != "" && kind != "0" {
		return problem("invalid_request", "integration_type is 0: the sandbox installs to servers, not to users.")
	}
	return nil
}

func (r *request) readInstall(q url.Values) *Problem {
	if text := q.Get("permissions"); text != "" {
		n, err := strconv.ParseUint(text, 10, 64)
		if err != nil {
			return problem("invalid_request", "permissions is a decimal number, not %q.", text)
		}
		r.grant = permission.Bits(n)
	}
	if text := q.Get("guild_id"); text != "" {
		id, err := wire.ParseID(text)
		if err != nil {
			return problem("invalid_request", "guild_id is the id of a server, not %q.", text)
		}
		r.guild = id
	}
	r.fixed = q.Get("disable_guild_select") == "true"
	if r.fixed && r.guild == 0 {
		return problem("invalid_request", "disable_guild_select needs guild_id.")
	}
	return nil
}
