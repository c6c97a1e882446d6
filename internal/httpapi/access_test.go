package httpapi_test

import (
	"encoding/json"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"usher/internal/core/account"
	"usher/internal/httpapi"
	"usher/sandbox"
)

// described is an operation as the API describes itself.
type described struct {
	OperationID string           `json:"operationId"`
	Who         string           `json:"x-who"`
	Scope       account.Scope    `json:"x-scope"`
	Tags        []string         `json:"tags"`
	Summary     string           `json:"summary"`
	Body        *json.RawMessage `json:"requestBody"`
	method      string
	path        string
}

func allOperations(t *testing.T) []described {
	t.Helper()
	text, err := httpapi.Description()
	if err != nil {
		t.Fatal(err)
	}
	var api struct {
		Paths map[string]map[string]described `json:"paths"`
	}
	if err := json.Unmarshal(text, &api); err != nil {
		t.Fatal(err)
	}
	var all []described
	for path, methods := range api.Paths {
		for method, op := range methods {
			op.method, op.path = strings.ToUpper(method), path
			all = append(all, op)
		}
	}
	if len(all) < 10 {
		t.Fatalf("%d operations are described", len(all))
	}
	slices.SortFunc(all, func(a, b described) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return all
}

// address fills an operation's path for a server.
func (d described) address(g sandbox.ID) string {
	parts := strings.Split(strings.ReplaceAll(d.path, "{guild}", g.String()), "/")
	for i, p := range parts {
		if strings.HasPrefix(p, "{") {
			parts[i] = "1400000000000000999"
		}
	}
	return strings.Join(parts, "/")
}

func (d described) send(v *visitor, g sandbox.ID, headers ...string) reply {
	v.h.t.Helper()
	var body any
	if d.Body != nil {
		body = "{}"
	}
	return v.do(d.method, d.address(g), body, headers...)
}

// TestTheDescriptionIsCommitted: docs/api/openapi.json is what the dashboard is built from.
func TestTheDescriptionIsCommitted(t *testing.T) {
	t.Parallel()
	text, err := httpapi.Description()
	if err != nil {
		t.Fatal(err)
	}
	committed, err := os.ReadFile("../../docs/api/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(committed) != string(text) {
		t.Error("docs/api/openapi.json is stale: go run ./cmd/usher openapi > docs/api/openapi.json")
	}
}

// TestEveryOperationSaysWhoMayCallIt, and has what a reader needs.
func TestEveryOperationSaysWhoMayCallIt(t *testing.T) {
	t.Parallel()
	known := []string{"anyone", "whoever is signed in", "whoever may manage the server", "the author of the integration", "the operators of this instance alone"}
	seen := map[string]bool{}
	for _, op := range allOperations(t) {
		if !slices.Contains(known, op.Who) {
			t.Errorf("%s %s does not say who may call it: %q", op.method, op.path, op.Who)
		}
		if (op.Who == known[2]) != strings.Contains(op.path, "{guild}") {
			t.Errorf("%s %s is for %s", op.method, op.path, op.Who)
		}
		if op.Who == "anyone" && op.method != http.MethodGet {
			t.Errorf("%s %s changes something and is for anyone", op.method, op.path)
		}
		if op.Scope != "" && !slices.Contains(account.Scopes(), op.Scope) {
			t.Errorf("%s %s wants the unknown scope %q", op.method, op.path, op.Scope)
		}
		if (op.Scope == account.Operate) != (op.Who == known[4]) && op.Scope != "" {
			t.Errorf("%s %s is for %s and takes keys with %s", op.method, op.path, op.Who, op.Scope)
		}
		if op.method != http.MethodGet && op.Scope == account.Read {
			t.Errorf("%s %s changes something and takes keys that may read", op.method, op.path)
		}
		if op.OperationID == "" || op.Summary == "" || len(op.Tags) != 1 || seen[op.OperationID] {
			t.Errorf("%s %s needs an id of its own, a summary and one tag", op.method, op.path)
		}
		seen[op.OperationID] = true
	}
}

// TestNobodyGetsWhereTheyMayNot tries every operation as everybody who may not.
func TestNobodyGetsWhereTheyMayNot(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	stranger, ryan, olga := h.stranger(), h.person(sandbox.DemoRyanID), h.person(sandbox.DemoOlgaID)
	keys := map[account.Scope]*visitor{}
	for _, scope := range account.Scopes() {
		keys[scope] = h.program(sandbox.DemoOlgaID, 0, scope)
	}
	bound := h.program(sandbox.DemoOlgaID, sandbox.DemoGuildID, account.Read, account.Write, account.Integrations)
	forged := &visitor{h: h, http: ryan.http, key: account.KeyPrefix + strings.Repeat("A", 43)}
	for _, op := range allOperations(t) {
		t.Run(op.OperationID, func(t *testing.T) {
			if op.method != http.MethodGet {
				op.send(olga, sandbox.DemoGuildID, "Sec-Fetch-Site", "cross-site").want(t, http.StatusForbidden, "cross_site")
				op.send(olga, sandbox.DemoGuildID, "Origin", "https://evil.example").want(t, http.StatusForbidden, "cross_site")
			}
			if op.Who == "anyone" {
				op.send(stranger, sandbox.DemoGuildID).want(t, http.StatusOK)
				return
			}
			op.send(stranger, sandbox.DemoGuildID).want(t, http.StatusUnauthorized, "signed_out")
			op.send(forged, sandbox.DemoGuildID).want(t, http.StatusUnauthorized, "signed_out")
			op.send(stranger, sandbox.DemoGuildID, "Cookie", "usher_session="+strings.Repeat("A", 43)).want(t, http.StatusUnauthorized, "signed_out")
			switch op.Who {
			case "whoever may manage the server":
				op.send(ryan, sandbox.DemoGuildID).want(t, http.StatusNotFound, "guild_not_found") // a member without rights
				op.send(ryan, clubID).want(t, http.StatusNotFound, "guild_not_found")              // no member
				op.send(olga, denID).want(t, http.StatusNotFound, "guild_not_found")               // the wrong server
				op.send(olga, 1).want(t, http.StatusNotFound, "guild_not_found")                   // none
				op.send(keys[op.Scope], denID).want(t, http.StatusNotFound, "guild_not_found")
				op.send(bound, denID).want(t, http.StatusNotFound, "guild_not_found")
			case "the operators of this instance alone":
				op.send(ryan, 0).want(t, http.StatusForbidden, "not_operator")
				op.send(bound, 0).want(t, http.StatusForbidden, "key_scope")
			case "the author of the integration":
				op.send(bound, 0).want(t, http.StatusForbidden, "key_guild")
			}
			for scope, key := range keys {
				switch {
				case op.Scope == "":
					op.send(key, sandbox.DemoGuildID).want(t, http.StatusForbidden, "key_refused")
				case op.Scope != scope:
					op.send(key, sandbox.DemoGuildID).want(t, http.StatusForbidden, "key_scope")
				}
			}
		})
	}
	if strings.Contains(h.log.String(), "level=ERROR") {
		t.Errorf("refusals are no errors of ours:\n%s", h.log)
	}
}
