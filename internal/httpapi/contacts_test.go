package httpapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"usher/internal/core/secret"
	"usher/sandbox"
)

// opened waits until the ticket with a number is open: then all that is kept of it is there.
func (h *house) opened(p *visitor, number string) reply {
	h.t.Helper()
	for {
		r := p.do(http.MethodGet, arcade+"/tickets/"+number, nil)
		if r.status == http.StatusOK && strings.Contains(r.text, `"state":"open"`) {
			return r
		}
		if h.t.Context().Err() != nil || r.status != http.StatusOK && r.status != http.StatusNotFound {
			h.t.Fatalf("no open ticket: %d %s", r.status, r.text)
		}
	}
}

// use makes an integration of Olga's and switches it on.
func (h *house) use(olga *visitor, draft map[string]any, secrets map[string]string) string {
	h.t.Helper()
	made := read[ownIntegration](h.t, olga.do(http.MethodPost, "/api/v1/me/integrations", draft).want(h.t, 201))
	olga.do(http.MethodPut, arcade+"/integrations/"+made.ID, map[string]any{"revision": 1, "secrets": secrets}).want(h.t, 204)
	return made.ID
}

// TestATicketTellsWhatIntegrationsGave: one answers, one fails, the built-in one has no key; secrets are masked; an integration that is
// deleted leaves what it gave; nobody else sees it.
func TestATicketTellsWhatIntegrationsGave(t *testing.T) {
	t.Parallel()
	h, a := newHouse(t), newAuthor(t)
	olga, noor := h.person(sandbox.DemoOlgaID), h.person(sandbox.DemoNoorID)
	broken := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }))
	defer broken.Close()
	draft := a.draft()
	draft["placeholders"] = append(draft["placeholders"].([]map[string]any), map[string]any{"name": "echo", "path": "key"})
	id := h.use(olga, draft, map[string]string{"api_key": secretCanary})
	h.use(olga, map[string]any{
		"name": "Orders", "description": "What they bought.", "method": "GET", "url": broken.URL + "/orders", "placeholders": []map[string]any{{"name": "last_order", "path": "last"}},
	}, map[string]string{})
	panel := read[object](t, olga.do(http.MethodPost, arcade+"/panels", map[string]any{
		"name": "Support", "post": map[string]any{"content": "Need help?"}, "button": map[string]any{"label": "Open a ticket"},
		"welcome": map[string]any{"content": "%high_score% %rank% %echo% %last_order% %roblox_username%"},
	}).want(t, 201))
	olga.do(http.MethodPost, arcade+"/panels/"+panel.ID+"/post", map[string]any{"channel": sandbox.DemoSupportID.String()}).want(t, 200)
	ryan := h.discord.Client().User(sandbox.DemoRyanID)
	post, err := ryan.WaitMessage(t.Context(), sandbox.DemoSupportID, func(m sandbox.Message) bool { return len(m.Components) > 0 })
	if err != nil {
		t.Fatal(err)
	}
	if _, err := ryan.Press(t.Context(), post, post.Components[0].Components[0].CustomID); err != nil {
		t.Fatal(err)
	}
	h.opened(olga, "1").want(t, 200,
		`"integration":"`+id+`"`, `"name":"Game lookup"`, `{"name":"high_score","text":"3000","cut":false}`, `{"name":"rank","cut":false,"lack":"missing"}`, `"name":"echo","text":"`+secret.Mask+`"`,
		`"name":"Orders"`, `"class":"status"`, `{"name":"last_order","cut":false,"lack":"failed"}`,
		`"name":"Bloxlink"`, `"class":"no_key"`, `"channel_name":"ticket-1"`, `"channel_url":"`+h.discord.URL()+`/channels/`, "-"+secretCanary, "-"+headerCanary)
	olga.do(http.MethodGet, arcade+"/tickets", nil).want(t, 200, `"number":1`, "-3000", `"channel_name":"ticket-1"`)
	noor.do(http.MethodGet, arcade+"/tickets/1", nil).want(t, 404, "guild_not_found", "-3000")
	noor.do(http.MethodGet, "/api/v1/guilds/"+denID.String()+"/tickets/1", nil).want(t, 404, "ticket_not_found", "-3000")
	olga.do(http.MethodDelete, "/api/v1/me/integrations/"+id, nil).want(t, 204)
	olga.do(http.MethodGet, arcade+"/tickets/1", nil).want(t, 200, `"name":"Game lookup"`, `"text":"3000"`)
	if strings.Contains(h.log.String(), "3000") {
		t.Error("a value is in the log")
	}
}
