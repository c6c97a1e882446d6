package httpapi_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"usher/internal/core/account"
	"usher/sandbox"
)

// Whatever is made says where it is, and looked at there it is what the answer said.
func TestWhatIsMadeSaysWhereItIs(t *testing.T) {
	t.Parallel()
	h, a := newHouse(t), newAuthor(t)
	olga := h.person(sandbox.DemoOlgaID)
	words := map[string]any{"content": "Hello"}
	for path, body := range map[string]any{
		arcade + "/tags":          map[string]any{"name": "a", "message": words},
		arcade + "/forms":         map[string]any{"name": "a", "title": "A", "questions": []map[string]any{{"label": "What?", "kind": "short"}}},
		arcade + "/panels":        map[string]any{"name": "a", "post": words, "welcome": words, "button": map[string]any{"label": "Open"}},
		"/api/v1/me/integrations": a.draft(),
	} {
		made := olga.do(http.MethodPost, path, body).want(t, http.StatusCreated)
		if !strings.HasPrefix(made.location, path+"/") {
			t.Errorf("%s says %q", path, made.location)
			continue
		}
		if found := olga.do(http.MethodGet, made.location, nil).want(t, http.StatusOK); found.text != made.text {
			t.Errorf("made:  %s\nfound: %s", made.text, found.text)
		}
		if strings.Contains(path, "/me/") {
			olga.do(http.MethodPost, made.location+"/signing-keys", nil).want(t, http.StatusCreated)
		}
	}
	key := olga.do(http.MethodPost, "/api/v1/me/keys", map[string]any{
		"name": "a", "scopes": []string{"read"}, "expires": time.Now().Add(time.Hour).In(time.FixedZone("", 7200)).Format(time.RFC3339Nano),
	}).want(t, http.StatusCreated)
	made := read[struct {
		Key struct{ Created, Expires string }
	}](t, key).Key
	listed := read[[]struct{ Created, Expires string }](t, olga.do(http.MethodGet, "/api/v1/me/keys", nil))
	if len(listed) != 1 || listed[0] != made || !regexp.MustCompile(`^[^.]+(\.\d{1,3})?Z$`).MatchString(made.Created) {
		t.Errorf("made with %+v, listed with %+v", made, listed)
	}
	olga.do(http.MethodDelete, key.location, nil).want(t, http.StatusNoContent)
}

// What an address says wrongly is told by the parameter's name.
func TestAddressesAreReadStrictly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	olga := h.person(sandbox.DemoOlgaID)
	for path, says := range map[string]string{
		"/api/v1/integrations?after=nonsense":                     `"location":"query.after"`,
		"/api/v1/me/integrations?after=nonsense":                  `"location":"query.after"`,
		"/api/v1/reviews?after=nonsense":                          `"location":"query.after"`,
		"/api/v1/me/integrations?limit=1&limit=2":                 `"location":"query.limit","message":"This is there twice. Give it once."`,
		"/api/v1/me/integrations?limit=0":                         `"location":"query.limit","message":"Give a number of at least 1."`,
		"/api/v1/me/integrations?limit=101":                       `"Give a number of at most 100."`,
		"/api/v1/me/integrations?limit=x":                         `"Give a whole number."`,
		"/api/v1/me/integrations?limits=1":                        `"There is no such parameter.`,
		"/api/v1/integrations?search=" + strings.Repeat("a", 101): `"Use at most 100 characters."`,
		arcade + "/tickets?opener=x":                              `"location":"query.opener","message":"Give a Discord id: digits alone, at most 20."`,
		arcade + "/tickets?state=x":                               `"Choose open or closed."`,
		arcade + "/members":                                       `"location":"query.begins","message":"This parameter is missing."`,
		arcade + "/members?begins=":                               `"location":"query.begins"`,
		arcade + "/members?begins=%20":                            `"location":"query.begins","message":"Write what the name begins with."`,
		arcade + "/members?begins=%E2%80%8B":                      `"location":"query.begins"`,
	} {
		olga.do(http.MethodGet, path, nil).want(t, http.StatusUnprocessableEntity, says, "-xpected", "-^[")
	}
	olga.do(http.MethodGet, arcade+"/members?begins=%20ry", nil).want(t, http.StatusOK, `"name":"ryan"`)
	olga.do(http.MethodGet, arcade+"/integrations/nope/deliveries", nil).want(t, http.StatusNotFound, "integration_not_found")
	olga.do(http.MethodGet, arcade+"/integrations/nope/collisions", nil).want(t, http.StatusNotFound, "integration_not_found")
}

// What a body says wrongly is told by the field's name, in people's words.
func TestBodiesAreReadStrictly(t *testing.T) {
	t.Parallel()
	h, a := newHouse(t), newAuthor(t)
	olga := h.person(sandbox.DemoOlgaID)
	put := func(path, body string, says ...string) {
		t.Helper()
		olga.do(http.MethodPut, path, body).want(t, http.StatusUnprocessableEntity, append(says, "-xpected", "-^[")...)
	}
	put(arcade+"/settings", `{"staff_roles":[],"close_message":null,"revision":0}`, `"location":"close_message"`, "leave the field out")
	put(arcade+"/settings", `{"staff_roles":[],"close_message":{"content":null},"revision":0}`, `"location":"close_message.content"`)
	put(arcade+"/settings", `{"staff_roles":["x"],"revision":0}`, `"location":"staff_roles[0]"`, "Give a Discord id")
	put(arcade+"/settings", `{"staff_roles":{},"revision":"1"}`, `"Give a list: [ … ]."`, `"Give a whole number."`)
	olga.do(http.MethodPost, "/api/v1/me/keys", `"`+strings.Repeat("a", 300<<10)+`"`).want(t, http.StatusRequestEntityTooLarge, "256 KiB")
	for _, foreign := range []string{"5", denID.String()} {
		body := map[string]any{"name": "a", "scopes": []string{"read"}, "guild": foreign, "expires": time.Now().Add(time.Hour)}
		olga.do(http.MethodPost, "/api/v1/me/keys", body).want(t, http.StatusUnprocessableEntity, `"location":"guild"`)
	}
	made := olga.do(http.MethodPost, "/api/v1/me/integrations", a.draft()).want(t, http.StatusCreated)
	on := arcade + "/integrations/" + read[ownIntegration](t, made).ID
	olga.do(http.MethodGet, on+"/deliveries", nil).want(t, http.StatusOK)
	olga.do(http.MethodPut, on, map[string]any{"revision": 1, "secrets": map[string]string{"api_key": secretCanary}}).want(t, http.StatusNoContent)
	olga.do(http.MethodPost, on+"/secrets", `{"secrets":{}}`).want(t, http.StatusUnprocessableEntity, `"location":"secrets"`)
	olga.do(http.MethodGet, made.location+"/revisions", nil).want(t, http.StatusOK, `"carried":[{"name":"X-Key","secrets":["api_key"]}]`, "-"+headerCanary)
	request := map[string]any{"revision": 1}
	olga.do(http.MethodPost, made.location+"/publication", request).want(t, http.StatusNoContent)
	operator := h.program(sandbox.DemoOlgaID, 0, account.Operate)
	review := "/api/v1/reviews/" + read[ownIntegration](t, made).ID
	operator.do(http.MethodPost, review+"/approve", request).want(t, http.StatusNoContent)
	operator.do(http.MethodPost, review+"/approve", request).want(t, http.StatusConflict, "revision_approved", "approved already")
}

// A deep link survives a sign-in that fails, and one that no cookie holds leads to the start.
func TestADeepLinkSurvivesAFailedSignIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const deep = "/g/1?tab=a&b=c"
	again := "/auth/sign-in?return=" + url.QueryEscape(deep)
	for name, back := range map[string]func(v *visitor, address string) string{
		"denied": func(v *visitor, address string) string { return v.agree(sandbox.DemoRyanID, address, true) },
		"a code that is none": func(v *visitor, address string) string {
			return strings.Replace(v.agree(sandbox.DemoRyanID, address, false), "code=", "code=x", 1)
		},
	} {
		v := h.stranger()
		leaving := v.do(http.MethodGet, "/auth/sign-in?"+url.Values{"return": {deep}}.Encode(), nil).want(t, http.StatusFound)
		if page := v.do(http.MethodGet, back(v, leaving.location), nil); page.status < 400 || !strings.Contains(page.text, again) {
			t.Errorf("%s: %d %s", name, page.status, page.text)
		}
	}
	v := h.stranger()
	long := v.do(http.MethodGet, "/auth/sign-in?"+url.Values{"return": {"/" + strings.Repeat("a", 5000)}}.Encode(), nil).want(t, http.StatusFound)
	if cookie := long.header.Get("Set-Cookie"); len(cookie) > 1500 {
		t.Errorf("the cookie has %d bytes", len(cookie))
	}
	if came := v.do(http.MethodGet, v.agree(sandbox.DemoRyanID, long.location, false), nil); came.location != "/" {
		t.Errorf("it leads to %q", came.location)
	}
	longest := "/" + strings.Repeat("ä", 511)
	leaving := v.do(http.MethodGet, "/auth/sign-in?"+url.Values{"return": {longest}}.Encode(), nil)
	if cookie := leaving.header.Get("Set-Cookie"); len(cookie) > 4000 {
		t.Errorf("the cookie has %d bytes", len(cookie))
	}
}
