package ratelimit

import (
	"regexp"
	"slices"
	"strings"
	"time"
)

// Rule limits the calls of some routes. Of the rules that match a call, in
// order, the first that is not Sub decides its bucket; every Sub rule counts
// besides. Off ends the search: no rule after it counts.
type Rule struct {
	// Method is an HTTP method, or "*" for all.
	Method string
	// Route is Discord's template of the path after /api/v10, or "*" for all;
	// the names of its parameters do not matter.
	Route string
	// Bucket names the bucket; rules of the same name share it (and its hash).
	// If empty, every method and route has a bucket of its own.
	Bucket string
	// Limit is how many calls may be made in Per, from the first of them on.
	Limit int
	Per   time.Duration
	// Off lets the call pass without a bucket. With Sub, it only disables the
	// Sub rules of the same Bucket that follow.
	Off bool
	// Sub makes this a limit inside a bucket: no header announces it, and when
	// it refuses, the headers still speak of the bucket. With Fields it counts
	// only calls whose body has one of them.
	Sub    bool
	Fields []string
	// Shared counts the calls of all bots on a resource together. Its 429 has
	// the scope "shared" and is no invalid request.
	Shared bool
	// Code is the JSON error code in the body of its 429; 0 is none.
	Code int
}

// NoBuckets turns all buckets off; the global limit and the ban remain, and
// are switched off in Config. It is for tests of other things.
func NoBuckets() Rule {
	return Rule{Method: "*", Route: "*", Off: true}
}

// DefaultRules are the buckets of a sandbox of which nothing else is said.
//
// Discord publishes no numbers and says not to rely on any. All these are
// therefore ASSUMPTIONS, most of them what bot developers report to have seen
// in headers; channel edits are after discord-api-docs issues 1900 and 2190
// (5 in 15 s by the headers, and 2 in 10 min for each of name and topic, which
// the headers hide).
func DefaultRules() []Rule {
	return []Rule{
		// Answers to interactions are given once and have no bucket.
		{Method: "POST", Route: "/interactions/{id}/{token}/callback", Off: true},
		// Follow-ups and webhooks count for the webhook and its token.
		{Method: "*", Route: "/webhooks/{id}/{token}", Bucket: "webhook", Limit: 5, Per: 2 * time.Second},
		{Method: "*", Route: "/webhooks/{id}/{token}/messages/{message}", Bucket: "webhook message", Limit: 5, Per: 2 * time.Second},
		{Method: "*", Route: "/webhooks/{id}/{token}/messages/@original", Bucket: "webhook message", Limit: 5, Per: 2 * time.Second},

		{Method: "POST", Route: "/channels/{id}/messages", Bucket: "message create", Limit: 5, Per: 5 * time.Second},
		{Method: "POST", Route: "/channels/{id}/messages", Bucket: "channel write", Limit: 30, Per: 10 * time.Second, Sub: true, Shared: true, Code: 20028},
		{Method: "GET", Route: "/channels/{id}/messages", Limit: 5, Per: 5 * time.Second},
		{Method: "PATCH", Route: "/channels/{id}/messages/{message}", Limit: 5, Per: 5 * time.Second},
		{Method: "DELETE", Route: "/channels/{id}/messages/{message}", Limit: 5, Per: time.Second},
		{Method: "POST", Route: "/channels/{id}/messages/bulk-delete", Limit: 1, Per: time.Second},
		{Method: "PUT", Route: "/channels/{id}/messages/{message}/reactions/{emoji}/@me", Bucket: "reaction", Limit: 1, Per: 250 * time.Millisecond},
		{Method: "DELETE", Route: "/channels/{id}/messages/{message}/reactions/{emoji}/@me", Bucket: "reaction", Limit: 1, Per: 250 * time.Millisecond},
		{Method: "DELETE", Route: "/channels/{id}/messages/{message}/reactions/{emoji}/{user}", Bucket: "reaction", Limit: 1, Per: 250 * time.Millisecond},
		{Method: "POST", Route: "/channels/{id}/typing", Limit: 5, Per: 5 * time.Second},
		{Method: "POST", Route: "/channels/{id}/threads", Bucket: "thread create", Limit: 10, Per: 10 * time.Second},
		{Method: "POST", Route: "/channels/{id}/messages/{message}/threads", Bucket: "thread create", Limit: 10, Per: 10 * time.Second},

		{Method: "PATCH", Route: "/channels/{id}", Bucket: "channel edit", Limit: 5, Per: 15 * time.Second},
		{Method: "PATCH", Route: "/channels/{id}", Bucket: "channel name", Limit: 2, Per: 10 * time.Minute, Sub: true, Fields: []string{"name"}},
		{Method: "PATCH", Route: "/channels/{id}", Bucket: "channel topic", Limit: 2, Per: 10 * time.Minute, Sub: true, Fields: []string{"topic"}},
		{Method: "DELETE", Route: "/channels/{id}", Limit: 5, Per: 5 * time.Second},
		{Method: "PUT", Route: "/channels/{id}/permissions/{overwrite}", Bucket: "overwrite", Limit: 10, Per: 15 * time.Second},
		{Method: "DELETE", Route: "/channels/{id}/permissions/{overwrite}", Bucket: "overwrite", Limit: 10, Per: 15 * time.Second},

		{Method: "POST", Route: "/guilds/{id}/channels", Limit: 50, Per: 10 * time.Second},
		{Method: "PUT", Route: "/guilds/{id}/members/{user}/roles/{role}", Bucket: "member role", Limit: 10, Per: 10 * time.Second},
		{Method: "DELETE", Route: "/guilds/{id}/members/{user}/roles/{role}", Bucket: "member role", Limit: 10, Per: 10 * time.Second},
		{Method: "PATCH", Route: "/guilds/{id}/members/{user}", Limit: 10, Per: 10 * time.Second},
		{Method: "POST", Route: "/guilds/{id}/roles", Limit: 250, Per: 48 * time.Hour},
		{Method: "POST", Route: "/users/@me/channels", Limit: 10, Per: 10 * time.Second},
		{Method: "GET", Route: "/users/@me/guilds", Limit: 1, Per: time.Second},
		{Method: "PUT", Route: "/applications/{id}/commands", Limit: 2, Per: 20 * time.Second},
		{Method: "PUT", Route: "/applications/{id}/guilds/{guild}/commands", Limit: 2, Per: 20 * time.Second},

		// Everything else, GET /gateway/bot among it: a bot asks that at each start, what really limits starts is told in
		// its answer (session_start_limit), and no document tells of a narrower bucket.
		{Method: "*", Route: "*", Limit: 10, Per: 10 * time.Second},
	}
}

// parameter is a path parameter of a template, whatever its name.
var parameter = regexp.MustCompile(`\{[^/}]*\}`)

// shape is a template without the names of its parameters.
func shape(route string) string {
	return parameter.ReplaceAllString(route, "{}")
}

// matches says whether the rule is about the route, given by its shape.
func (r Rule) matches(method, route string) bool {
	return (r.Method == "*" || r.Method == method) && (r.Route == "*" || shape(r.Route) == route)
}

// counts says whether a Sub rule counts this call: it has one of the rule's
// fields in its body.
func (r Rule) counts(call Request) bool {
	if len(r.Fields) == 0 {
		return true
	}
	if call.Fields == nil {
		return false
	}
	given := call.Fields()
	return slices.ContainsFunc(r.Fields, func(f string) bool { return slices.Contains(given, f) })
}

// plan is what the rules say of one route.
type plan struct {
	main   *Rule // nil: no bucket
	hash   string
	subs   []Rule
	exempt bool // from the global limit
}

// planFor reads the rules in order.
func planFor(rules []Rule, method, template string) plan {
	route := shape(template)
	p := plan{exempt: exempt(route)}
	seen := map[string]bool{}
	for _, r := range rules {
		if !r.matches(method, route) {
			continue
		}
		if r.Bucket == "" {
			r.Bucket = method + " " + route
		}
		switch {
		case r.Sub && seen[r.Bucket]:
		case r.Sub:
			seen[r.Bucket] = true
			if !r.Off {
				p.subs = append(p.subs, r)
			}
		case r.Off:
			return p
		case p.main == nil:
			p.main, p.hash = &r, hash(r.Bucket)
		}
	}
	return p
}

// exempt says whether a route, given by its shape, is outside the global limit:
// interactions' callbacks and whatever is authorised by a webhook's token.
func exempt(route string) bool {
	return strings.HasPrefix(route, "/interactions/{}/{}") || strings.HasPrefix(route, "/webhooks/{}/{}")
}
