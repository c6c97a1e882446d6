package httpapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"usher/internal/core/account"
	"usher/sandbox"
)

func TestSignInOverDiscord(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	olga := h.stranger()
	came := olga.signIn(sandbox.DemoOlgaID)
	cookies := strings.Join(came.header.Values("Set-Cookie"), "\n")
	if !strings.Contains(cookies, "usher_session=") || !strings.Contains(cookies, "HttpOnly") || !strings.Contains(cookies, "SameSite=Lax") {
		t.Errorf("cookies are %s", cookies)
	}
	olga.do(http.MethodGet, "/api/v1/me", nil).want(t, http.StatusOK, `"id":"1400000000000000104"`, `"name":"olga"`, `"shown":"Olga"`, `"operator":true`, "/embed/avatars/")
	guilds := olga.do(http.MethodGet, "/api/v1/guilds", nil).want(t, http.StatusOK, "-Noor's Den", "guild_id="+clubID.String())
	all := read[[]struct {
		Name string
		Bot  bool
	}](t, guilds)
	if len(all) != 2 || all[0].Name != "Ryan's Arcade" || !all[0].Bot || all[1].Name != "Olga's Club" || all[1].Bot {
		t.Errorf("servers are %+v", all)
	}
	h.person(sandbox.DemoRyanID).do(http.MethodGet, "/api/v1/guilds", nil).want(t, http.StatusOK, "[]")
	second := h.person(sandbox.DemoOlgaID)
	sessions := read[[]struct {
		ID      string
		Current bool
	}](t, olga.do(http.MethodGet, "/api/v1/me/sessions", nil))
	if len(sessions) != 2 {
		t.Fatalf("sessions are %+v", sessions)
	}
	for _, s := range sessions {
		if !s.Current {
			h.person(sandbox.DemoRyanID).do(http.MethodDelete, "/api/v1/me/sessions/"+s.ID, nil).want(t, http.StatusNotFound)
			olga.do(http.MethodDelete, "/api/v1/me/sessions/"+s.ID, nil).want(t, http.StatusNoContent)
		}
	}
	second.do(http.MethodGet, "/api/v1/me", nil).want(t, http.StatusUnauthorized, "signed_out")
	olga.do(http.MethodPost, "/auth/sign-out", nil).want(t, http.StatusNoContent)
	olga.do(http.MethodGet, "/api/v1/me", nil).want(t, http.StatusUnauthorized)
}

func TestSignOutEverywhere(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	here, there, other := h.person(sandbox.DemoOlgaID), h.person(sandbox.DemoOlgaID), h.person(sandbox.DemoRyanID)
	here.do(http.MethodPost, "/auth/sign-out-everywhere", nil).want(t, http.StatusNoContent)
	for _, v := range []*visitor{here, there} {
		v.do(http.MethodGet, "/api/v1/me", nil).want(t, http.StatusUnauthorized)
	}
	other.do(http.MethodGet, "/api/v1/me", nil).want(t, http.StatusOK)
}

// TestSignInCannotBeForged: what comes back must have left from here, in this browser.
func TestSignInCannotBeForged(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	victim, attacker := h.stranger(), h.stranger()
	leaving := attacker.do(http.MethodGet, "/auth/sign-in", nil)
	path := attacker.agree(sandbox.DemoRyanID, leaving.location, false)
	victim.do(http.MethodGet, path, nil).want(t, http.StatusUnprocessableEntity, "not begun in this browser")
	u, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	for _, change := range [][2]string{{"state", "AAAA"}, {"state", ""}, {"state", strings.Repeat("A", 43)}, {"code", ""}, {"code", "wrong"}} {
		forged := url.Values{"state": {q.Get("state")}, "code": {q.Get("code")}}
		forged.Set(change[0], change[1])
		v := h.stranger()
		v.http.Jar.SetCookies(mustURL(t, h.url), attacker.http.Jar.Cookies(mustURL(t, h.url)))
		v.do(http.MethodGet, "/auth/callback?"+forged.Encode(), nil).want(t, http.StatusUnprocessableEntity, "Sign in again", "-<script")
	}
	denied := attacker.agree(sandbox.DemoRyanID, leaving.location, true)
	attacker.do(http.MethodGet, denied, nil).want(t, http.StatusForbidden, "You did not allow")
	attacker.do(http.MethodGet, "/api/v1/me", nil).want(t, http.StatusUnauthorized)
}

func mustURL(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// TestSignInLeadsNowhereElse: the address to come back to is of this site, whatever a link says.
func TestSignInLeadsNowhereElse(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	for _, back := range []string{"//evil.example", "https://evil.example/", `/\evil.example`, "/%5cevil.example/..//", "javascript:alert(1)", "", "/auth/sign-in", "/\t/evil.example"} {
		v := h.stranger()
		leaving := v.do(http.MethodGet, "/auth/sign-in?"+url.Values{"return": {back}}.Encode(), nil)
		to := v.do(http.MethodGet, v.agree(sandbox.DemoRyanID, leaving.location, false), nil).location
		if u := mustURL(t, h.url).ResolveReference(mustURL(t, to)); u.Host != mustURL(t, h.url).Host || strings.Contains(to, `\`) || strings.HasPrefix(to, "/auth") {
			t.Errorf("%q leads to %q", back, to)
		}
	}
}

// TestRightsEndWhereDiscordDoesNotAnswer: what cannot be looked up is not assumed.
func TestRightsEndWhereDiscordDoesNotAnswer(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	olga, noor := h.person(sandbox.DemoOlgaID), h.person(sandbox.DemoNoorID)
	if _, err := h.discord.Client().FailNext(t.Context(), http.MethodGet, "/users/@me/guilds", 1, http.StatusInternalServerError, 0); err != nil {
		t.Fatal(err)
	}
	path := "/api/v1/guilds/" + sandbox.DemoGuildID.String() + "/channels"
	olga.do(http.MethodGet, path, nil).want(t, http.StatusServiceUnavailable, "discord_unreachable", "reference")
	olga.do(http.MethodGet, path, nil).want(t, http.StatusOK, `"name":"support"`, `"kind":"category"`)
	key := h.program(sandbox.DemoNoorID, 0, account.Read)
	if _, err := h.discord.Client().FailNext(t.Context(), http.MethodGet, "/guilds/{guild.id}/members/{user.id}", 9, http.StatusInternalServerError, 0); err != nil {
		t.Fatal(err)
	}
	key.do(http.MethodGet, "/api/v1/guilds/"+denID.String()+"/roles", nil).want(t, http.StatusServiceUnavailable)
	noor.do(http.MethodGet, "/api/v1/guilds/"+denID.String()+"/roles", nil).want(t, http.StatusOK, `"everyone":true`)
}

func TestKeysDoWhatTheyWereMadeFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	olga := h.person(sandbox.DemoOlgaID)
	key := h.program(sandbox.DemoOlgaID, sandbox.DemoGuildID, account.Read)
	arcade := "/api/v1/guilds/" + sandbox.DemoGuildID.String()
	key.do(http.MethodGet, "/api/v1/me", nil).want(t, http.StatusOK, `"id":"1400000000000000104"`, `"scopes":["read"]`, "-usk_")
	key.do(http.MethodGet, arcade, nil).want(t, http.StatusOK, "Ryan's Arcade")
	key.do(http.MethodGet, arcade+"/members?begins=no", nil).want(t, http.StatusOK, `"name":"noor"`)
	listed := read[[]struct{ ID, Name, Used string }](t, olga.do(http.MethodGet, "/api/v1/me/keys", nil).want(t, http.StatusOK, "-usk_", "-hash"))
	if len(listed) != 1 || listed[0].Used == "" {
		t.Fatalf("keys are %+v", listed)
	}
	h.person(sandbox.DemoRyanID).do(http.MethodDelete, "/api/v1/me/keys/"+listed[0].ID, nil).want(t, http.StatusNotFound, "api_key_not_found")
	olga.do(http.MethodDelete, "/api/v1/me/keys/"+listed[0].ID, nil).want(t, http.StatusNoContent)
	key.do(http.MethodGet, arcade, nil).want(t, http.StatusUnauthorized, "revoked")
	for _, bad := range []struct {
		body map[string]any
		says []string
	}{
		{map[string]any{"name": "", "scopes": []string{}, "expires": time.Now()}, []string{`"location":"name"`, `"location":"scopes"`, `"location":"expires"`}},
		{map[string]any{"name": "a", "scopes": []string{"all"}, "expires": time.Now().Add(time.Hour)}, []string{`"location":"scopes[0]"`, "Choose read", "-\"all\""}},
		{map[string]any{"name": "a", "scopes": []string{"read", "read"}, "expires": time.Now().Add(9000 * time.Hour)}, []string{`"location":"scopes[1]"`, `"location":"expires"`}},
		{map[string]any{"name": "a", "expires": time.Now()}, []string{`"location":"scopes"`, "missing"}},
	} {
		olga.do(http.MethodPost, "/api/v1/me/keys", bad.body).want(t, http.StatusUnprocessableEntity, bad.says...)
	}
	h.person(sandbox.DemoRyanID).do(http.MethodPost, "/api/v1/me/keys", map[string]any{"name": "a", "scopes": []string{"operate"}, "expires": time.Now().Add(time.Hour)}).
		want(t, http.StatusUnprocessableEntity, "Only operators")
	olga.do(http.MethodGet, "/api/v1/audit", nil).want(t, http.StatusOK, "api_key.created", "api_key.revoked", `"via":"dashboard"`)
}
