package rest

import (
	"net/http"
	"net/url"
	"strings"

	"usher/sandbox/internal/form"
	"usher/sandbox/internal/wire"
)

// credential is what a route wants to see.
type credential int

const (
	// byToken: the token in the path, or nothing. The zero value is a bot token in Authorization.
	byToken credential = 1
	// byBearer: the token of a person. byClient: OAuth2's own endpoints, which authenticate clients themselves.
	byBearer credential = 2
	byClient credential = 3
)

// route is one operation of the API.
type route struct {
	method   string
	template string
	by       credential
	// scope lets the tokens of people in that have it, besides bots; "" lets none in.
	scope string
	// private bodies have a token in them, so the witness does not keep them.
	private bool
	// body is the shape of a JSON body; nil when the route takes none.
	body   form.Type
	handle func(*call) (int, any, error)
	parts  []string
}

// router finds the route of a path: literal parts win over parameters, as in Discord's own routing.
type router struct {
	routes []*route
	// byLength are the routes by the number of their parts.
	byLength map[int][]*route
}

func newRouter(routes []*route) *router {
	out := &router{routes: routes, byLength: map[int][]*route{}}
	for _, r := range routes {
		r.parts = strings.Split(strings.TrimPrefix(r.template, "/"), "/")
		out.byLength[len(r.parts)] = append(out.byLength[len(r.parts)], r)
	}
	return out
}

// find gives the best route. When only the method is wrong, known is true. Where no route takes the path with its ids, one
// is found that would if they were ids; call.checkPath refuses them.
func (r *router) find(method, path string) (best *route, params map[string]string, known bool) {
	parts := strings.Split(strings.Trim(path, "/"), "/")
	for i, p := range parts {
		if plain, err := url.PathUnescape(p); err == nil {
			parts[i] = plain
		}
	}
	best, known = r.best(method, parts, true)
	if best == nil && !known {
		best, known = r.best(method, parts, false)
	}
	if best != nil {
		params = best.params(parts)
	}
	return best, params, known
}

func (r *router) best(method string, parts []string, ids bool) (best *route, known bool) {
	top := -1
	for _, one := range r.byLength[len(parts)] {
		score := one.match(parts, ids)
		if score < 0 {
			continue
		}
		known = true
		if one.method == method && score > top {
			best, top = one, score
		}
	}
	return best, known
}

// isID names parameters that are snowflakes.
func isID(parameter string) bool { return strings.HasSuffix(strings.TrimSuffix(parameter, "}"), "_id") }

func badID(value string) bool {
	_, err := wire.ParseID(value)
	return err != nil && value != "0"
}

// match counts the literal parts, -1 when the path does not fit; with ids, also when a snowflake is none.
func (r *route) match(parts []string, ids bool) int {
	score := 0
	for i, want := range r.parts {
		switch {
		case want[0] != '{' && want != parts[i], parts[i] == "":
			return -1
		case want[0] != '{':
			score++
		case ids && isID(want) && badID(parts[i]):
			return -1
		}
	}
	return score
}

// params are the parts of the path that the template names.
func (r *route) params(parts []string) map[string]string {
	params := map[string]string{}
	for i, want := range r.parts {
		if name, isParam := strings.CutPrefix(want, "{"); isParam {
			params[strings.TrimSuffix(name, "}")] = parts[i]
		}
	}
	return params
}

// majors are the values of the parts of the path that split a bucket (topics/rate-limits).
func majors(r *route, params map[string]string) string {
	switch {
	case params["token"] != "" && strings.HasPrefix(r.template, "/webhooks"):
		return params["webhook_id"] + "/" + params["token"]
	case strings.HasPrefix(r.template, "/channels"):
		return params["channel_id"]
	case strings.HasPrefix(r.template, "/guilds"):
		return params["guild_id"]
	case strings.HasPrefix(r.template, "/webhooks"):
		return params["webhook_id"]
	}
	return ""
}

// longestName is longer than any part of a path that is no token.
const longestName = 48

// withoutTokens takes out what looks like a token, also where no route says that it is one.
func withoutTokens(path string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if len(p) > longestName {
			parts[i] = "{token}"
		}
	}
	return strings.Join(parts, "/")
}

// hidden is the path with tokens taken out, for logs and the witness.
func hidden(r *http.Request, params map[string]string) string {
	path := withoutTokens(r.URL.EscapedPath())
	if t := params["token"]; t != "" {
		path = strings.ReplaceAll(path, url.PathEscape(t), "{token}")
		path = strings.ReplaceAll(path, t, "{token}")
	}
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	return path
}
