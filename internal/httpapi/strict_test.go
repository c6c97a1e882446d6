package httpapi_test

import (
	"net/http"
	"strings"
	"testing"

	"usher/sandbox"
)

// TestWhatIsSentIsReadStrictly: what could be read in two ways is refused with the name of the field, and nothing sent is repeated.
func TestWhatIsSentIsReadStrictly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	olga := h.person(sandbox.DemoOlgaID)
	const canary = "hunter2-canary"
	for name, c := range map[string]struct {
		body   string
		status int
		says   []string
	}{
		"twice":        {`{"name":"` + canary + `","name":"b"}`, 400, []string{"unreadable", `"location":"name"`, "twice"}},
		"letter case":  {`{"Name":"` + canary + `","scopes":[],"expires":"2030-01-01T00:00:00Z"}`, 422, []string{`"location":"Name"`, "no such field"}},
		"unknown":      {`{"name":"a","scopes":[],"expires":"2030-01-01T00:00:00Z","extra":"` + canary + `"}`, 422, []string{`"location":"extra"`}},
		"wrong type":   {`{"name":{"a":"` + canary + `"},"scopes":[],"expires":"2030-01-01T00:00:00Z"}`, 422, []string{`"location":"name"`}},
		"number as id": {`{"name":"a","scopes":[],"guild":9007199254740993,"expires":"2030-01-01T00:00:00Z"}`, 422, []string{`"location":"guild"`}},
		"no id":        {`{"name":"a","scopes":[],"guild":"` + canary + `","expires":"2030-01-01T00:00:00Z"}`, 422, []string{`"location":"guild"`}},
		"no moment":    {`{"name":"a","scopes":[],"expires":"` + canary + `"}`, 422, []string{`"location":"expires"`}},
		"NUL":          {`{"name":"a\u0000` + canary + `"}`, 400, []string{"U+0000"}},
		"bad UTF-8":    {"{\"name\":\"" + canary + "\xff\"}", 400, []string{"not JSON"}},
		"cut":          {`{"name":"` + canary, 400, []string{"not JSON"}},
		"two":          {`{} {}`, 400, []string{"not JSON"}},
		"list":         {`["` + canary + `"]`, 422, nil},
		"null":         {`null`, 422, nil},
		"null list":    {`{"name":"a","scopes":null,"expires":"2030-01-01T00:00:00Z"}`, 422, []string{`"location":"scopes"`}},
		"deep":         {`{"name":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`, 400, []string{"in one another"}},
		"nothing":      {"", 400, nil},
		"long":         {`{"name":"` + strings.Repeat("a", 300<<10) + `"}`, 413, []string{"too_large"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := olga.do(http.MethodPost, "/api/v1/me/keys", c.body)
			r.want(t, c.status, append(c.says, "-"+canary, `"code"`, `"detail"`)...)
			if got := r.header.Get("Content-Type"); got != "application/problem+json" {
				t.Errorf("the answer is %s", got)
			}
		})
	}
	olga.do(http.MethodPost, "/api/v1/me/keys", "name=a", "Content-Type", "application/x-www-form-urlencoded").want(t, http.StatusUnsupportedMediaType, "media_type")
	olga.do(http.MethodGet, "/api/v1/audit?limit=many", nil).want(t, 422, `"location":"query.limit"`, "-many")
	olga.do(http.MethodGet, "/api/v1/me?a=%00", nil).want(t, 400, "U+0000")
	olga.do(http.MethodPut, "/api/v1/me", nil).want(t, http.StatusMethodNotAllowed, "GET")
	olga.do(http.MethodGet, "/api/v2/me", nil).want(t, http.StatusNotFound, "not_found")
	if strings.Contains(h.log.String(), canary) {
		t.Error("what was sent stands in the log")
	}
}

func TestEveryAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	olga := h.person(sandbox.DemoOlgaID)
	for _, path := range []string{"/api/v1/me", "/api/v1/nothing", "/api/docs", "/api/openapi.json", "/auth/sign-in", "/auth/callback", "/healthz"} {
		r := olga.do(http.MethodGet, path, nil)
		for name, want := range map[string]string{
			"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Cross-Origin-Resource-Policy": "same-origin", "Content-Security-Policy": "default-src 'none'",
		} {
			if !strings.Contains(r.header.Get(name), want) {
				t.Errorf("%s: %s is %q", path, name, r.header.Get(name))
			}
		}
		if r.header.Get("X-Request-Id") == "" {
			t.Errorf("%s has no id", path)
		}
	}
	docs := olga.do(http.MethodGet, "/api/docs", nil).want(t, http.StatusOK, "curl -X POST", "list-channels", "Authorization: Bearer", "-<script", "-https://unpkg", "-%!")
	if strings.Contains(docs.text, "style=") {
		t.Error("the policy forbids styles in the page")
	}
	olga.do(http.MethodGet, "/readyz", nil).want(t, http.StatusOK, `"discord":"ok"`)
}
