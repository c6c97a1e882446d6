package httpapi_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"usher/internal/core/account"
	"usher/sandbox"
)

const (
	headerCanary = "canary-of-a-header"
	secretCanary = "canary-of-a-secret"
)

// author is an integration's server, which judges secrets and answers with the guide's JSON.
type author struct {
	*httptest.Server
	judged, asked atomic.Int64
	seen          atomic.Value // the last request's X-Key
}

func newAuthor(t *testing.T) *author {
	t.Helper()
	a := &author{}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /judge", func(w http.ResponseWriter, r *http.Request) {
		a.judged.Add(1)
		text, err := io.ReadAll(r.Body)
		if err != nil || !strings.Contains(string(text), secretCanary) {
			w.WriteHeader(http.StatusForbidden)
			_, _ = w.Write([]byte(`{"error":"This key is not one of ours."}`))
			return
		}
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /users/", func(w http.ResponseWriter, r *http.Request) {
		a.asked.Add(1)
		a.seen.Store(r.Header.Get("X-Key"))
		_, _ = w.Write([]byte(`{"user":{"name":"Ryan","high_score":3000},"key":"` + r.URL.Query().Get("key") + `"}`))
	})
	a.Server = httptest.NewServer(mux)
	t.Cleanup(a.Close)
	return a
}

func (a *author) draft() map[string]any {
	return map[string]any{
		"name": "Game lookup", "description": "Shows scores.", "method": "GET", "url": a.URL + "/users/%user_id%?key=%api_key%", "validation": a.URL + "/judge",
		"headers": []map[string]any{{"name": "X-Key", "value": headerCanary + " %api_key%"}}, "secrets": []map[string]any{{"name": "api_key", "description": "From your account page"}},
		"placeholders": []map[string]any{{"name": "high_score", "path": "user.high_score"}, {"name": "rank", "path": "user.rank", "fallback": "none"}},
	}
}

const arcade = "/api/v1/guilds/1400000000000000001"

type ownIntegration struct {
	ID       string
	Version  int64
	Live     int64
	Public   bool
	Revision struct {
		Number int64
		State  string
	}
}

// TestTheGuidesWalkOverTheAPI is the guide's walk: make an integration, try it, see its secrets refused and taken, switch it on, see what it
// does, change it, switch it off. No answer and no log line holds a secret or a header's value.
func TestTheGuidesWalkOverTheAPI(t *testing.T) {
	t.Parallel()
	h, a := newHouse(t), newAuthor(t)
	olga, ryan := h.person(sandbox.DemoOlgaID), h.person(sandbox.DemoRyanID)
	var all []reply
	ask := func(status int, method, path string, body any, says ...string) reply {
		t.Helper()
		r := olga.do(method, path, body).want(t, status, says...)
		all = append(all, r)
		return r
	}
	bad := a.draft()
	bad["name"], bad["url"], bad["headers"] = "", "https://discord.com/x", []map[string]any{{"name": "Cookie", "value": "x"}}
	ask(422, http.MethodPost, "/api/v1/me/integrations", bad, `"location":"name"`, `"location":"url"`, `"location":"headers[0].name"`, "Cookie")
	made := read[ownIntegration](t, ask(201, http.MethodPost, "/api/v1/me/integrations", a.draft(), `"headers":[{"name":"X-Key"}]`, `"state":"draft"`, `"public":false`))
	own := "/api/v1/me/integrations/" + made.ID
	ask(200, http.MethodGet, "/api/v1/me/integrations?search=lookup", nil, made.ID)
	ask(200, http.MethodGet, "/api/v1/me/integrations?search=nothing", nil, `"integrations":[]`)
	ryan.do(http.MethodGet, own, nil).want(t, 404, "integration_not_found")
	ryan.do(http.MethodGet, "/api/v1/integrations/"+made.ID, nil).want(t, 404, "integration_not_found")

	test := map[string]any{"id": made.ID, "draft": a.draft(), "secrets": map[string]string{"api_key": secretCanary}, "user": sandbox.DemoRyanID.String()}
	// What was typed for this one request is shown in its result; what is kept is not.
	tried := olga.do(http.MethodPost, arcade+"/integration-test", test).want(t, 200, `"status":200`, `"high_score":3000`, `"shown":"3000"`, `"missing":true`, "SECRET", "-"+secretCanary)
	if !json.Valid([]byte(tried.text)) {
		t.Error("the answer is no JSON")
	}
	ask(422, http.MethodPost, arcade+"/integration-test", map[string]any{"draft": bad, "user": "1"}, `"location":"draft.url"`)

	on := arcade + "/integrations/" + made.ID
	ask(422, http.MethodPut, on, map[string]any{"revision": 1}, `"location":"secrets.api_key"`)
	ask(422, http.MethodPut, on, map[string]any{"revision": 1, "secrets": map[string]string{"api_key": "wrong"}}, "validation_refused", "This key is not one of ours.")
	ask(200, http.MethodGet, arcade+"/integrations", nil, "[]")
	ask(409, http.MethodPut, on, map[string]any{"revision": 7, "secrets": map[string]string{"api_key": secretCanary}}, "integration_changed")
	ask(204, http.MethodPut, on, map[string]any{"revision": 1, "secrets": map[string]string{"api_key": secretCanary}})
	ask(204, http.MethodPut, on, map[string]any{"revision": 1, "secrets": map[string]string{"api_key": secretCanary}}) // twice is no error
	ask(200, http.MethodGet, arcade+"/integrations", nil, made.ID, `"slug":"game-lookup"`, `"missing":[]`, `"host":"127.0.0.1`, "-/users/")
	ask(200, http.MethodGet, on+"/collisions", nil, "[]")
	ask(422, http.MethodPost, on+"/secrets", map[string]any{"secrets": map[string]string{"api_key": "wrong"}}, "validation_refused")
	ask(204, http.MethodPost, on+"/secrets", map[string]any{"secrets": map[string]string{"api_key": secretCanary + "2"}})
	ask(200, http.MethodGet, on+"/deliveries", nil)

	change := a.draft()
	change["headers"] = []map[string]any{{"name": "X-Key"}}
	change["name"], change["version"] = "Scores", made.Version
	changed := read[ownIntegration](t, ask(200, http.MethodPut, own, change, `"name":"Scores"`))
	ask(409, http.MethodPut, own, change, "integration_changed")
	if changed.Version == made.Version {
		t.Error("the version stays")
	}
	test["draft"] = change
	delete(change, "version")
	ask(200, http.MethodPost, arcade+"/integration-test", test, `"status":200`, `"name":"X-Key","value":"SECRET"`)
	if got, _ := a.seen.Load().(string); got != headerCanary+" "+secretCanary {
		t.Errorf("the header came as %q", got)
	}
	ask(200, http.MethodGet, own+"/revisions", nil, `"number":1`, `"live":true`, `"by":"1400000000000000104"`, `"guilds":1`, `"headers":["X-Key"]`, `"differences":[]`)
	ask(200, http.MethodGet, arcade+"/audit", nil, "integration.activated", `"user":"1400000000000000104"`)
	ask(204, http.MethodDelete, on, nil)
	ask(404, http.MethodDelete, on, nil)
	ask(204, http.MethodDelete, own, nil)
	ask(404, http.MethodGet, own, nil, "integration_not_found")
	if a.judged.Load() < 4 {
		t.Errorf("secrets were judged %d times", a.judged.Load())
	}
	for _, canary := range []string{headerCanary, secretCanary} {
		for _, r := range all {
			if strings.Contains(r.text, canary) {
				t.Errorf("an answer holds %s: %s", canary, r.text)
			}
		}
		if strings.Contains(h.log.String(), canary) {
			t.Errorf("the log holds %s", canary)
		}
	}
}

// TestPublicationOverTheAPI: from the author to the operator to another person's server.
func TestPublicationOverTheAPI(t *testing.T) {
	t.Parallel()
	h, a := newHouse(t), newAuthor(t)
	noor, olga, program := h.person(sandbox.DemoNoorID), h.person(sandbox.DemoOlgaID), h.program(sandbox.DemoOlgaID, 0, account.Operate)
	made := read[ownIntegration](t, noor.do(http.MethodPost, "/api/v1/me/integrations", a.draft()).want(t, 201))
	own, review := "/api/v1/me/integrations/"+made.ID, "/api/v1/reviews/"+made.ID
	first := map[string]any{"revision": 1}
	program.do(http.MethodPost, review+"/approve", first).want(t, 409, "integration_changed") // nothing waits
	noor.do(http.MethodPost, own+"/publication", map[string]any{"revision": 9}).want(t, 409)
	noor.do(http.MethodPost, own+"/publication", first).want(t, 204)
	noor.do(http.MethodGet, "/api/v1/reviews", nil).want(t, 403, "not_operator")
	program.do(http.MethodGet, "/api/v1/reviews", nil).want(t, 200, made.ID, "X-Key", "/users/%user_id%", `"secrets":["api_key"]`, "-"+headerCanary)
	program.do(http.MethodPost, review+"/reject", map[string]any{"revision": 1, "reason": ""}).want(t, 422, `"location":"reason"`)
	program.do(http.MethodPost, review+"/reject", map[string]any{"revision": 1, "reason": "Say what it is for."}).want(t, 204)
	noor.do(http.MethodGet, own, nil).want(t, 200, "Say what it is for.", `"state":"rejected"`)
	noor.do(http.MethodPost, own+"/publication", first).want(t, 204)
	noor.do(http.MethodDelete, own+"/publication/request", nil).want(t, 204)
	noor.do(http.MethodPost, own+"/publication", first).want(t, 204)
	program.do(http.MethodPost, review+"/approve", first).want(t, 204)
	olga.do(http.MethodGet, "/api/v1/integrations", nil).want(t, 200, made.ID, `"mine":false`, "-/users/", "-judge", "-X-Key")
	olga.do(http.MethodPut, arcade+"/integrations/"+made.ID, map[string]any{"revision": 1, "secrets": map[string]string{"api_key": secretCanary}}).want(t, 204)
	change := a.draft()
	change["url"], change["version"] = a.URL+"/users/other/%user_id%?key=%api_key%", read[ownIntegration](t, noor.do(http.MethodGet, own, nil)).Version
	moved := read[ownIntegration](t, noor.do(http.MethodPut, own, change).want(t, 200))
	if moved.Live != 1 || moved.Revision.Number != 2 || !moved.Public {
		t.Errorf("after a change of the request: %+v", moved)
	}
	noor.do(http.MethodPost, own+"/publication", map[string]any{"revision": 2}).want(t, 204)
	program.do(http.MethodGet, review, nil).want(t, 200, `"differences":[{`, "other")
	program.do(http.MethodPost, review+"/approve", first).want(t, 409, "integration_changed")
	program.do(http.MethodPost, review+"/approve", map[string]any{"revision": 2}).want(t, 204)
	noor.do(http.MethodDelete, own+"/publication", nil).want(t, 204)
	program.do(http.MethodPost, review+"/revoke", map[string]any{"reason": ""}).want(t, 422, `"location":"reason"`)
	program.do(http.MethodPost, review+"/revoke", map[string]any{"reason": "It steals."}).want(t, 409, "integration_private")
	olga.do(http.MethodGet, arcade+"/integrations", nil).want(t, 200, `"unlisted":true`)
	olga.do(http.MethodGet, own, nil).want(t, 404)

	keys := read[struct{ Keys []string }](t, noor.do(http.MethodGet, own+"/signing-keys", nil).want(t, 200, "whsec_"))
	both := read[struct{ Keys []string }](t, noor.do(http.MethodPost, own+"/signing-keys", nil).want(t, 201))
	if len(keys.Keys) != 1 || len(both.Keys) != 2 || both.Keys[1] != keys.Keys[0] {
		t.Errorf("keys are not rotated")
	}
	noor.do(http.MethodPost, own+"/signing-keys", nil).want(t, 409, "signing_rotating")
	noor.do(http.MethodDelete, own+"/signing-keys/before", nil).want(t, 204)
	for _, verb := range []string{http.MethodGet, http.MethodPost} {
		olga.do(verb, own+"/signing-keys", nil).want(t, 404, "-whsec_")
	}
	olga.do(http.MethodDelete, own+"/signing-keys/before", nil).want(t, 404)
	olga.do(http.MethodGet, own+"/deliveries", nil).want(t, 404)
	olga.do(http.MethodDelete, own, nil).want(t, 404)
}
