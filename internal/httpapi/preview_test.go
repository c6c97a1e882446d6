package httpapi_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"usher/sandbox"
)

// TestAMessageIsPreviewedWithRealValues: filled for a member by the integrations of the server, with what is missing and why.
func TestAMessageIsPreviewedWithRealValues(t *testing.T) {
	t.Parallel()
	h, a := newHouse(t), newAuthor(t)
	olga, ryan := h.person(sandbox.DemoOlgaID), sandbox.DemoRyanID.String()
	draft := a.draft()
	draft["placeholders"].([]map[string]any)[1]["sample"] = " 7th\n"
	draft["placeholders"] = append(draft["placeholders"].([]map[string]any), map[string]any{"name": "username", "path": "user.name"})
	made := read[ownIntegration](t, olga.do(http.MethodPost, "/api/v1/me/integrations", draft).want(t, 201))
	olga.do(http.MethodPut, arcade+"/integrations/"+made.ID, map[string]any{"revision": 1, "secrets": map[string]string{"api_key": secretCanary}}).want(t, 204)

	type usable struct {
		Name, Long, Source string
		Plain              bool
	}
	known := map[string]usable{}
	for _, u := range read[[]usable](t, olga.do(http.MethodGet, arcade+"/placeholders", nil).want(t, 200, "-closed_by")) {
		known[u.Long] = u
	}
	for long, plain := range map[string]bool{"game-lookup.high_score": true, "game-lookup.username": true, "ticket.username": false, "ticket.user": true, "bloxlink.roblox_id": true} {
		if u, there := known[long]; !there || u.Plain != plain || u.Source == "" {
			t.Errorf("%s is %+v (%v)", long, u, there)
		}
	}
	olga.do(http.MethodGet, arcade+"/placeholders?place=close", nil).want(t, 200, "closed_by", `"name":"roblox_id"`)
	olga.do(http.MethodGet, arcade+"/placeholders?place=tag", nil).want(t, 200, `"name":"roblox_id"`, `"long":"game-lookup.high_score"`, "-closed_by")
	olga.do(http.MethodGet, arcade+"/placeholders?place=channel_name", nil).want(t, 200, `"long":"ticket.username"`, "-high_score", "-roblox_id", "-channel_id", "-closed_by")
	olga.do(http.MethodGet, arcade+"/placeholders?place=elsewhere", nil).want(t, 422, `"location":"query.place"`)
	olga.do(http.MethodGet, arcade+"/placeholders", nil).want(t, 200, `"name":"rank","long":"game-lookup.rank","sample":"7th"`, `"name":"high_score","long":"game-lookup.high_score","sample":"1250"`)
	draft["placeholders"].([]map[string]any)[0]["sample"] = strings.Repeat("x", 101)
	olga.do(http.MethodPost, "/api/v1/me/integrations", draft).want(t, 422, `"location":"placeholders[0].sample"`)
	olga.do(http.MethodGet, arcade+"/placeholders?form=none", nil).want(t, 404, "form_not_found")

	template := map[string]any{
		"content": "Hi %user%, %ticket.username%: %username%", "embed": map[string]any{"title": "Score %high_score%", "description": "%rank% %roblox_id% %nothing%"},
	}
	ask := func(status int, m map[string]any, member string, says ...string) {
		t.Helper()
		olga.do(http.MethodPost, arcade+"/preview", map[string]any{"message": m, "member": member}).want(t, status, append(says, "-"+secretCanary)...)
	}
	ask(200, template, ryan, "Hi <@"+ryan+">, ryan: Ryan", `"title":"Score 3000"`, `"description":"none N/A %nothing%"`,
		`{"name":"rank","source":"Game lookup"}`, `{"name":"roblox_id","source":"Bloxlink","class":"no_key"}`)
	olga.do(http.MethodGet, arcade+"/integrations/"+made.ID+"/deliveries", nil).want(t, 200)
	ask(422, template, "", `"location":"member"`)
	ask(422, map[string]any{}, ryan, `"location":"message"`)
	ask(404, template, "1", "member_not_found")
	a.Close()
	ask(200, template, ryan, `{"name":"high_score","source":"Game lookup","class":"connect"}`)
	ask(200, map[string]any{"content": "%closed_by%"}, ryan, `"content":"%closed_by%"`, `"missing":[]`)
	olga.do(http.MethodPost, arcade+"/preview", map[string]any{"message": map[string]any{"content": "%closed_by%: %reason%"}, "member": ryan, "place": "close"}).
		want(t, 200, "<@"+sandbox.DemoOlgaID.String()+">: Solved")
}

// Whoever tries too much is told when to go on; it is no failure of anybody's, and previews leave test requests alone.
func TestTooManyPreviewsAndTestsAreTurnedAway(t *testing.T) {
	t.Parallel()
	h, a := newHouse(t), newAuthor(t)
	olga := h.person(sandbox.DemoOlgaID)
	turnedAway := func(path string, body any, code string) {
		t.Helper()
		var r reply
		for range 100 {
			if r = olga.do(http.MethodPost, arcade+path, body); r.status != http.StatusOK {
				break
			}
		}
		r.want(t, http.StatusTooManyRequests, code, "Try again in ", " second", "-reference")
		if seconds, err := strconv.Atoi(r.header.Get("Retry-After")); err != nil || seconds < 1 || seconds > 60 {
			t.Errorf("%s: Retry-After %q", path, r.header.Get("Retry-After"))
		}
	}
	turnedAway("/preview", map[string]any{"message": map[string]any{"content": "x"}, "member": sandbox.DemoRyanID.String()}, "preview_busy")
	test := map[string]any{"draft": a.draft(), "user": sandbox.DemoRyanID.String(), "secrets": map[string]string{"api_key": secretCanary}}
	olga.do(http.MethodPost, arcade+"/integration-test", test).want(t, http.StatusOK)
	turnedAway("/integration-test", test, "trial_busy")
	if log := h.log.String(); strings.Contains(log, "could not be served") {
		t.Errorf("the operator is told: %s", log)
	}
}
