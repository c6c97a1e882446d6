package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"usher/internal/core/account"
	"usher/sandbox"
)

type object struct {
	ID       string
	Revision int64
	Channel  string
	Message  any
}

// TestPanelsOverTheAPI: what a server owner sets up, by one person and a program at the same time.
func TestPanelsOverTheAPI(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	olga, noor, program := h.person(sandbox.DemoOlgaID), h.person(sandbox.DemoNoorID), h.program(sandbox.DemoOlgaID, sandbox.DemoGuildID, account.Write, account.Read)
	den := "/api/v1/guilds/" + denID.String()

	questions := []map[string]any{{"id": "what", "label": "What happened?", "kind": "paragraph", "required": true}}
	asked := read[object](t, olga.do(http.MethodPost, arcade+"/forms", map[string]any{"name": "Reports", "title": "Report", "questions": questions}).want(t, 201))
	noor.do(http.MethodGet, den+"/forms/"+asked.ID, nil).want(t, 404, "form_not_found")

	gone := map[string]any{"name": "x", "post": map[string]any{"content": "x"}, "button": map[string]any{"label": "x"}, "welcome": map[string]any{"content": "x"}}
	gone["staff_roles"], gone["category"] = []string{"7"}, sandbox.DemoSupportID.String()
	olga.do(http.MethodPost, arcade+"/panels", gone).want(t, 422, `"location":"staff_roles"`, `"location":"category"`)
	draft := map[string]any{
		"name": "Support", "post": map[string]any{"content": "Need help?"}, "button": map[string]any{"label": "Open a ticket"},
		"welcome": map[string]any{"content": "Hello %user%"}, "form": asked.ID,
	}
	bad := map[string]any{"name": "", "post": map[string]any{}, "button": map[string]any{"label": ""}, "welcome": map[string]any{"content": strings.Repeat("a", 2001)}, "max_open": 99}
	olga.do(http.MethodPost, arcade+"/panels", bad).want(t, 422, `"location":"name"`, `"location":"button.label"`, `"location":"max_open"`, `"location":"welcome`)
	noor.do(http.MethodPost, den+"/panels", draft).want(t, 422, `"location":"form"`) // another server's form
	made := read[object](t, olga.do(http.MethodPost, arcade+"/panels", draft).want(t, 201, `"revision":1`, `"max_open":1`))
	one := arcade + "/panels/" + made.ID
	olga.do(http.MethodPost, arcade+"/panels", draft).want(t, 409, "panel_name_taken")
	olga.do(http.MethodPost, one+"/post", map[string]any{"channel": "1"}).want(t, 422, `"location":"channel"`)
	olga.do(http.MethodPost, one+"/post", map[string]any{"channel": sandbox.DemoTicketsID.String()}).want(t, 422, `"location":"channel"`) // a category
	posted := read[object](t, olga.do(http.MethodPost, one+"/post", map[string]any{"channel": sandbox.DemoSupportID.String()}).want(t, 200))
	if posted.Channel != sandbox.DemoSupportID.String() || posted.Message == nil {
		t.Errorf("posted as %+v", posted)
	}
	draft["name"], draft["revision"] = "Help", made.Revision
	program.do(http.MethodPut, one, draft).want(t, 409, "panel_changed")
	draft["revision"] = posted.Revision
	changed := read[object](t, program.do(http.MethodPut, one, draft).want(t, 200, `"name":"Help"`))
	if changed.Channel != posted.Channel || changed.Message != posted.Message {
		t.Errorf("a change forgot where the panel is posted: %+v", changed)
	}
	draft["revision"] = changed.Revision
	same := read[object](t, program.do(http.MethodPut, one, draft).want(t, 200))
	if same.Revision != changed.Revision {
		t.Error("a change of nothing is a change")
	}
	noor.do(http.MethodGet, den+"/panels/"+made.ID, nil).want(t, 404, "panel_not_found")
	noor.do(http.MethodDelete, den+"/panels/"+made.ID, nil).want(t, 404, "panel_not_found")
	olga.do(http.MethodDelete, arcade+"/forms/"+asked.ID, nil).want(t, 409, "form_in_use", "Help")

	for _, gone := range []string{one, arcade + "/forms/" + asked.ID} {
		if r := program.do(http.MethodDelete, gone, nil); r.status != 200 && r.status != 204 {
			t.Errorf("deleting: %d %s", r.status, r.text)
		}
		program.do(http.MethodGet, gone, nil).want(t, 404)
	}
	olga.do(http.MethodGet, arcade+"/audit?limit=200", nil).want(t, 200, "panel.created", "panel.posted", "panel.changed", "panel.deleted", "form.deleted", `"via":"api_key"`)
	page := read[struct {
		Entries []struct{ ID int64 }
		Next    int64
	}](t, olga.do(http.MethodGet, arcade+"/audit?limit=2", nil))
	if len(page.Entries) != 2 || page.Next == 0 {
		t.Errorf("a page is %+v", page)
	}
	olga.do(http.MethodGet, arcade+"/audit?kind=form", nil).want(t, 200, "form.created", "-panel.")
	olga.do(http.MethodGet, arcade+"/audit?kind=panel&user="+sandbox.DemoOlgaID.String(), nil).want(t, 200, `"actor":{"id":"1400000000000000104","name":"olga","shown":"Olga"`, `"key":"test"`, "-form.")
	olga.do(http.MethodGet, arcade+"/audit?user="+sandbox.DemoRyanID.String(), nil).want(t, 200, `"entries":[]`)
	olga.do(http.MethodGet, arcade+"/audit?user=olga", nil).want(t, 422, `"location":"query.user"`)
	olga.do(http.MethodGet, arcade+"/audit?kind=nothing", nil).want(t, 422, `"location":"query.kind"`)
	noor.do(http.MethodGet, den+"/audit", nil).want(t, 200, `"entries":[]`)
}

func TestSettingsOverTheAPI(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	olga := h.person(sandbox.DemoOlgaID)
	path := arcade + "/settings"
	olga.do(http.MethodGet, path, nil).want(t, 200, `"revision":0`, `"staff_roles":[]`)
	s := map[string]any{"staff_roles": []string{sandbox.DemoStaffRoleID.String()}, "category": sandbox.DemoTicketsID.String(), "revision": 0}
	olga.do(http.MethodPut, path, s).want(t, 200, `"revision":1`)
	olga.do(http.MethodPut, path, s).want(t, 409, "guild_changed")
	s["revision"], s["staff_roles"] = 1, []string{sandbox.DemoGuildID.String()}
	olga.do(http.MethodPut, path, s).want(t, 422, `"location":"staff_roles"`, "@everyone")
	olga.do(http.MethodGet, path, nil).want(t, 200, sandbox.DemoStaffRoleID.String())
	olga.do(http.MethodGet, arcade+"/audit", nil).want(t, 200, "guild.changed", `"field":"staff_roles"`)
	olga.do(http.MethodGet, arcade+"/bloxlink", nil).want(t, 200, `"key":"none"`)
	olga.do(http.MethodDelete, arcade+"/bloxlink/key", nil).want(t, 404, "bloxlink_key_not_found")
	olga.do(http.MethodPut, arcade+"/bloxlink/key", map[string]any{"key": ""}).want(t, 422, `"location":"key"`)
	olga.do(http.MethodGet, "/api/v1/integration-starters", nil).want(t, 200, `"id":"game-lookup"`, `"value":"%api_key%"`, "-[secret]")
}
