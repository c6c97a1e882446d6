package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"usher/internal/core/account"
	"usher/sandbox"
)

type savedForm struct {
	ID       string
	Revision int64
	Panels   []struct{ ID, Name string }
}

func reportForm() map[string]any {
	return map[string]any{"name": "Report", "title": "Report a problem", "questions": []map[string]any{
		{"label": "What happened?", "kind": "paragraph", "required": true, "max_length": 500},
		{"label": "Where?", "kind": "select", "options": []map[string]any{{"label": "In the game"}, {"label": "On the website", "value": "web", "emoji": "🌐"}}},
	}}
}

// TestAFormIsMadeChangedAndDeleted: with the field that is wrong named, stale changes told, and one that is in use kept.
func TestAFormIsMadeChangedAndDeleted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	olga, forms := h.person(sandbox.DemoOlgaID), arcade+"/forms"
	bad := reportForm()
	bad["title"] = strings.Repeat("x", 46)
	bad["questions"] = []map[string]any{{"label": "", "kind": "short"}, {"label": "Who?", "kind": "radio", "options": []map[string]any{{"label": "me"}}}}
	olga.do(http.MethodPost, forms, bad).want(t, 422, "form_invalid", `"location":"title"`, `"location":"questions[0].label"`, `"location":"questions[1].options"`)
	bad["questions"] = []map[string]any{{"label": "x", "kind": "file"}}
	olga.do(http.MethodPost, forms, bad).want(t, 422, `"location":"questions[0].kind"`)

	made := read[savedForm](t, olga.do(http.MethodPost, forms, reportForm()).want(t, 201, `"id":"what_happened"`, `"value":"In the game"`, `"revision":1`, `"panels":[]`))
	one := forms + "/" + made.ID
	olga.do(http.MethodPost, forms, reportForm()).want(t, 409, "form_name_taken")
	olga.do(http.MethodGet, one, nil).want(t, 200, `"max_length":500`, `"emoji":"🌐"`)

	change := reportForm()
	change["title"], change["revision"] = "Tell us", made.Revision
	olga.do(http.MethodPut, one, change).want(t, 200, `"revision":2`, `"title":"Tell us"`)
	olga.do(http.MethodPut, one, change).want(t, 409, "form_changed")
	delete(change, "revision")
	olga.do(http.MethodPut, one, change).want(t, 422, `"location":"revision"`)
	olga.do(http.MethodGet, forms, nil).want(t, 200, `"title":"Tell us"`)
	olga.do(http.MethodGet, arcade+"/audit", nil).want(t, 200, "form.created", "form.changed", `"field":"title"`)

	posted := h.setUpPanel()
	olga.do(http.MethodGet, one, nil).want(t, 200, `"name":"`+posted+`"`)
	olga.do(http.MethodDelete, one, nil).want(t, 409, "form_in_use", posted)

	other := reportForm()
	other["name"] = "Other"
	spare := read[savedForm](t, olga.do(http.MethodPost, forms, other).want(t, 201))
	olga.do(http.MethodDelete, forms+"/"+spare.ID, nil).want(t, 204)
	olga.do(http.MethodGet, forms+"/"+spare.ID, nil).want(t, 404, "form_not_found")
	h.program(sandbox.DemoOlgaID, sandbox.DemoGuildID, account.Read).do(http.MethodPost, forms, other).want(t, 403, "key_scope")
}

// TestATagIsMadeChangedAndDeleted, with the part of its message that is wrong named.
func TestATagIsMadeChangedAndDeleted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	olga, tags := h.person(sandbox.DemoOlgaID), arcade+"/tags"
	draft := map[string]any{"name": "account", "message": map[string]any{"content": "Hello %mention%", "embed": map[string]any{"title": "Account", "fields": []map[string]any{{"name": "Score", "value": "%score%"}}}}}
	olga.do(http.MethodPost, tags, map[string]any{"name": "", "message": map[string]any{"embed": map[string]any{"image": "ftp://x"}}}).want(t, 422, "tag_invalid", `"location":"name"`, `"location":"message.embed.image"`)
	olga.do(http.MethodPost, tags, map[string]any{"name": "x"}).want(t, 422, `"location":"message"`)
	made := read[savedForm](t, olga.do(http.MethodPost, tags, draft).want(t, 201, `"revision":1`, `"value":"%score%"`))
	olga.do(http.MethodPost, tags, draft).want(t, 409, "tag_name_taken")
	one := tags + "/" + made.ID
	draft["everyone"], draft["revision"] = true, 1
	olga.do(http.MethodPut, one, draft).want(t, 200, `"everyone":true`, `"revision":2`)
	olga.do(http.MethodPut, one, draft).want(t, 409, "tag_changed")
	olga.do(http.MethodGet, tags, nil).want(t, 200, `"name":"account"`)
	olga.do(http.MethodGet, one, nil).want(t, 200, "Hello %mention%")
	olga.do(http.MethodDelete, one, nil).want(t, 204)
	olga.do(http.MethodDelete, one, nil).want(t, 404, "tag_not_found")
	olga.do(http.MethodGet, one, nil).want(t, 404, "tag_not_found")
}
