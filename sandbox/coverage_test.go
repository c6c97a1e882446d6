package sandbox_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"usher/sandbox"
)

// TestS9Coverage goes through every route of Discord's description. One that the sandbox offers is called until each of
// its successes was answered, and refused at least once, all under the description's judgement. Every other one is
// listed with a reason. The outcome is coverage.md; the test fails when that file is stale.
func TestS9Coverage(t *testing.T) {
	t.Parallel()
	spec := description(t)
	if spec == nil {
		t.Skip("NOT CHECKED: Discord's openapi.json is absent; name it in USHER_DISCORD_OPENAPI")
	}
	k := newBench(t, row(button("open"), button("b2"), button("b3")))
	k.generalRoutes()
	k.commandRoutes()
	k.messageRoutes()
	k.threadRoutes()
	k.memberRoutes()
	k.interactionRoutes()
	k.webhookRoutes()
	k.settingRoutes()
	k.accountRoutes()
	k.personRoutes(newBrowser(t, k.s))
	k.refusals()
	k.must("DELETE", "/users/@me"+guildPath, nil)
	noFindingsBut(t, k.s, "rule")
	c := newCoverage(t, k, spec)
	c.judge()
	c.compare("coverage.md")
}

// operation is a route of the description with the successes that it declares.
type operation struct {
	method, route string
	successes     []int
}

func (o operation) String() string { return o.method + " " + o.route }

// key is the operation without the names of its parameters.
func (o operation) key() string { return keyOf(o.method, o.route) }

func keyOf(method, route string) string {
	parts := strings.Split(route, "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") {
			parts[i] = "{}"
		}
	}
	return method + " " + strings.Join(parts, "/")
}

// operations reads them out of the description.
func operations(t *testing.T, spec []byte) []operation {
	t.Helper()
	var doc struct {
		Paths map[string]map[string]json.RawMessage `json:"paths"`
	}
	if err := json.Unmarshal(spec, &doc); err != nil {
		t.Fatalf("reading the description: %v", err)
	}
	var out []operation
	for route, methods := range doc.Paths {
		for method, raw := range methods {
			var o struct {
				Responses map[string]any `json:"responses"`
			}
			// Beside its methods a path has parameters, which are a list.
			if json.Unmarshal(raw, &o) != nil || len(o.Responses) == 0 {
				continue
			}
			op := operation{method: strings.ToUpper(method), route: route}
			for status := range o.Responses {
				if n, err := strconv.Atoi(status); err == nil && n < 300 {
					op.successes = append(op.successes, n)
				}
			}
			slices.Sort(op.successes)
			out = append(out, op)
		}
	}
	slices.SortFunc(out, func(x, y operation) int {
		return cmp.Or(cmp.Compare(x.route, y.route), cmp.Compare(x.method, y.method))
	})
	return out
}

// tried is what a route answered.
type tried struct {
	successes []int
	refusals  []string
}

type coverage struct {
	t       *testing.T
	all     []operation
	offered map[string]bool
	answers map[string]*tried
	reasons map[string]string
}

func newCoverage(t *testing.T, k *bench, spec []byte) *coverage {
	t.Helper()
	c := &coverage{t: t, all: operations(t, spec), offered: map[string]bool{}, answers: map[string]*tried{}, reasons: map[string]string{}}
	routes, err := k.s.Client().Routes(t.Context())
	if err != nil {
		t.Fatalf("listing routes: %v", err)
	}
	for _, r := range routes {
		c.offered[keyOf(r.Method, r.Route)] = true
	}
	calls, err := k.s.Client().Calls(t.Context(), sandbox.CallFilter{})
	if err != nil {
		t.Fatalf("listing calls: %v", err)
	}
	for _, call := range calls {
		at := keyOf(call.Method, call.Route)
		if c.answers[at] == nil {
			c.answers[at] = &tried{}
		}
		if call.Status < 300 {
			c.answers[at].successes = insert(c.answers[at].successes, call.Status)
			continue
		}
		text := strconv.Itoa(call.Status)
		if call.Code != 0 {
			text += " " + strconv.Itoa(call.Code)
		}
		c.answers[at].refusals = insert(c.answers[at].refusals, text)
	}
	for reason, list := range notOffered() {
		for _, one := range list {
			method, route, _ := strings.Cut(one, " ")
			if old := c.reasons[keyOf(method, route)]; old != "" {
				t.Errorf("%s is listed as %q and as %q", one, old, reason)
			}
			c.reasons[keyOf(method, route)] = reason
		}
	}
	return c
}

func insert[T cmp.Ordered](list []T, v T) []T {
	if i, found := slices.BinarySearch(list, v); !found {
		list = slices.Insert(list, i, v)
	}
	return list
}

// judge holds that each route is in exactly one place, and every offered one was tried out.
func (c *coverage) judge() {
	c.t.Helper()
	known := map[string]bool{}
	for _, op := range c.all {
		key := op.key()
		known[key] = true
		offered, reason := c.offered[key], c.reasons[key]
		switch {
		case offered && reason != "":
			c.t.Errorf("%s is offered, and listed as not offered: %s", op, reason)
		case !offered && reason == "":
			c.t.Errorf("%s is neither offered nor listed with a reason", op)
		case offered:
			c.held(op)
		}
	}
	for key, reason := range c.reasons {
		if !known[key] {
			c.t.Errorf("%s is listed (%s), but Discord has no such route", key, reason)
		}
	}
	for key := range c.offered {
		if !known[key] && beyond()[key] == "" {
			c.t.Errorf("%s is offered, but Discord's description has no such route", key)
		}
		if c.answers[key] == nil {
			c.t.Errorf("%s was never called", key)
		}
	}
}

// held holds that an offered route answered all its successes and a refusal.
func (c *coverage) held(op operation) {
	c.t.Helper()
	got := c.answers[op.key()]
	if got == nil {
		return
	}
	for _, status := range op.successes {
		why := never()[op.String()+" "+strconv.Itoa(status)]
		answered := slices.Contains(got.successes, status)
		if answered == (why != "") {
			c.t.Errorf("%s: %d answered is %t; listed as never: %q", op, status, answered, why)
		}
	}
	if why := never()[op.String()+" refusal"]; (len(got.refusals) > 0) == (why != "") {
		c.t.Errorf("%s: refused with %v; listed as never: %q", op, got.refusals, why)
	}
}

// compare writes coverage.md anew, or holds that it is as it would be written.
func (c *coverage) compare(file string) {
	c.t.Helper()
	want := c.markdown()
	if os.Getenv("USHER_WRITE_COVERAGE") != "" {
		if err := os.WriteFile(file, []byte(want), 0o600); err != nil {
			c.t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(file)
	if err != nil {
		c.t.Fatal(err)
	}
	if diff := diffLines(string(got), want); diff != "" {
		c.t.Errorf("%s is stale (- is in the file): run this test with USHER_WRITE_COVERAGE=1 and look at what changed\n%s", file, diff)
	}
}

func (c *coverage) markdown() string {
	var b strings.Builder
	offered := 0
	for _, op := range c.all {
		if c.offered[op.key()] {
			offered++
		}
	}
	fmt.Fprintf(&b, `# Routes of the sandbox

Of the %d operations in Discord's OpenAPI description, the sandbox has %d. `+"`TestS9Coverage`"+` writes this page and fails when it is
stale: it calls each offered route until every success below was answered and refuses it at least once, with Discord's
description judging every body and answer. A route that is missing is answered 404, a finding and an error in the log.

## Offered

Refusals are the HTTP statuses, with Discord's JSON error codes, that the test provokes; there are more.

| | route | successes | refusals tried |
| --- | --- | --- | --- |
`, len(c.all), offered)
	for _, op := range c.all {
		if !c.offered[op.key()] {
			continue
		}
		got := c.answers[op.key()]
		if got == nil {
			got = &tried{}
		}
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s |\n", op.method, op.route, c.successes(op, got), cmp.Or(strings.Join(got.refusals, ", "), "none"))
	}
	fmt.Fprintf(&b, "\nWhat is never answered, and why:\n\n")
	for _, name := range sorted(never()) {
		fmt.Fprintf(&b, "- `%s`: %s\n", name, never()[name])
	}
	fmt.Fprintf(&b, "\nOffered, and not in the description:\n\n")
	for _, name := range sorted(beyond()) {
		fmt.Fprintf(&b, "- `%s`: %s\n", name, beyond()[name])
	}
	fmt.Fprintf(&b, "\n## Not offered\n")
	list := notOffered()
	for _, reason := range sorted(list) {
		fmt.Fprintf(&b, "\n**%s**\n\n", reason)
		for _, op := range c.all {
			if c.reasons[op.key()] == reason {
				fmt.Fprintf(&b, "- `%s`\n", op)
			}
		}
	}
	return b.String()
}

// successes are those answered.
func (c *coverage) successes(op operation, got *tried) string {
	var out []string
	for _, status := range op.successes {
		if slices.Contains(got.successes, status) {
			out = append(out, strconv.Itoa(status))
		}
	}
	return cmp.Or(strings.Join(out, ", "), "none")
}

func sorted[V any](m map[string]V) []string {
	var out []string
	for name := range m {
		out = append(out, name)
	}
	slices.Sort(out)
	return out
}

// never lists what the description declares of offered routes and the sandbox never answers.
func never() map[string]string {
	return map[string]string{
		"POST /channels/{channel_id}/typing 200":         "an empty object for some old clients; the documentation says 204.",
		"GET /channels/{channel_id}/threads/search 202":  "as for messages: there is no index.",
		"GET /guilds/{guild_id}/messages/search 202":     "the sandbox has no index that could be late; a fault with status 202 shows what a bot makes of it.",
		"PATCH /guilds/{guild_id}/members/{user_id} 204": "the documentation says 200 with the member.",
		"GET /invites/{code} 200":                        "there are no invites in the sandbox, so that every code is unknown.",
		"GET /gateway refusal":                           "it asks for nothing that could be wrong.",
	}
}

// beyond lists routes that the documentation has and the description has not.
func beyond() map[string]string {
	return map[string]string{
		"POST /oauth2/token":        "topics/oauth2; takes a form, answers errors as RFC 6749 does.",
		"POST /oauth2/token/revoke": "topics/oauth2.",
	}
}

// diffLines lists lines that only one of two texts has.
func diffLines(got, want string) string {
	have, need := strings.Split(got, "\n"), strings.Split(want, "\n")
	var out []string
	for _, line := range have {
		if !slices.Contains(need, line) {
			out = append(out, "- "+line)
		}
	}
	for _, line := range need {
		if !slices.Contains(have, line) {
			out = append(out, "+ "+line)
		}
	}
	if len(out) == 0 && got != want {
		out = append(out, "the order of lines differs")
	}
	return strings.Join(out, "\n")
}
