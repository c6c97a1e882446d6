package discord

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/gateway"
	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/firstrun"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
	"usher/sandbox"
)

// inspecting is an inspector beside a sandbox whose bot is in the demo's server with the given permissions.
func inspecting(t *testing.T, permissions sandbox.SeedPermissions) (*Inspector, *sandbox.Server) {
	t.Helper()
	seed := sandbox.DefaultSeed()
	seed.Applications[0].RedirectURIs = []string{"https://tickets.example.org/auth/callback"}
	seed.Guilds[0].Roles[1].Permissions = permissions
	s, err := sandbox.Start(t.Context(), sandbox.Config{Seed: seed})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close(context.Background()) })
	return NewInspector(InspectorConfig{APIURL: s.APIURL(), Pictures: "https://pictures.example", Version: "test", Now: time.Now}), s
}

func goodToken() secret.Value {
	return secret.New(sandbox.DefaultSeed().Applications[0].BotToken)
}

func TestInspectorLooksAtAnApplication(t *testing.T) {
	i, _ := inspecting(t, sandbox.TicketBotPermissions())
	got, err := i.Application(t.Context(), goodToken())
	if err != nil {
		t.Fatal(err)
	}
	if uint64(got.ID) != uint64(sandbox.DemoApplicationID) || got.Name != "Usher" || got.Owner.Shown != "Olga" || got.Bot.Name == "" || len(got.Findings) != 0 {
		t.Errorf("%+v", got)
	}
	if !strings.HasPrefix(got.Bot.Picture, "https://pictures.example/") {
		t.Errorf("picture %q", got.Bot.Picture)
	}
	if diff := cmp.Diff([]string{"https://tickets.example.org/auth/callback"}, got.Redirects); diff != "" {
		t.Error(diff)
	}
	mia, err := i.User(t.Context(), goodToken(), snowflake.User(sandbox.DemoMiaID))
	if err != nil || mia.Shown != "Mia" {
		t.Errorf("%+v, %v", mia, err)
	}
	_, err = i.User(t.Context(), goodToken(), 1400000000000099999)
	if fault.CodeOf(err) != "user_unknown" {
		t.Error(err)
	}
}

func TestInspectorTellsWrongTokens(t *testing.T) {
	i, s := inspecting(t, sandbox.TicketBotPermissions())
	for _, token := range []string{"sesame", "a.b.c", sandbox.BotToken(sandbox.DemoApplicationID, "sesame.sesame")} {
		_, err := i.Application(t.Context(), secret.New(token))
		if fault.CodeOf(err) != "token_refused" || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%v", err)
		}
	}
	calls, err := s.Client().Calls(t.Context(), sandbox.CallFilter{})
	if err != nil || len(calls) != 1 {
		t.Errorf("only what may be a token is sent: %d calls, %v", len(calls), err)
	}
}

func TestInspectorChecksTheSecret(t *testing.T) {
	i, _ := inspecting(t, sandbox.TicketBotPermissions())
	app := snowflake.Application(sandbox.DemoApplicationID)
	if err := i.CheckSecret(t.Context(), app, secret.New("sandbox-client-secret")); err != nil {
		t.Error(err)
	}
	err := i.CheckSecret(t.Context(), app, secret.New("sesame"))
	if fault.CodeOf(err) != "secret_refused" || strings.Contains(err.Error(), "sesame") {
		t.Error(err)
	}
	if err := i.CheckSecret(t.Context(), 1400000000000099999, secret.New("sandbox-client-secret")); fault.CodeOf(err) != "secret_refused" {
		t.Error(err)
	}
}

func TestInspectorNamesMissingPermissions(t *testing.T) {
	i, _ := inspecting(t, sandbox.TicketBotPermissions())
	all, err := i.Guilds(t.Context(), goodToken())
	if err != nil || len(all) != 1 || all[0].Name != "Ryan's Arcade" || all[0].Missing != nil {
		t.Errorf("%+v, %v", all, err)
	}
	less := sandbox.TicketBotPermissions() &^ sandbox.SeedPermissions(discord.PermissionManageChannels|discord.PermissionManageMessages)
	i, _ = inspecting(t, less)
	all, err = i.Guilds(t.Context(), goodToken())
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	if diff := cmp.Diff([]string{"Manage Channels", "Manage Messages"}, all[0].Missing); diff != "" {
		t.Error(diff)
	}
	if missing := lacking(discord.PermissionAdministrator); missing != nil {
		t.Errorf("an administrator lacks %v", missing)
	}
}

func TestEveryNeededPermissionHasAName(t *testing.T) {
	var named discord.Permissions
	for _, p := range permissionNames() {
		named |= p.permission
	}
	if named != neededPermissions {
		t.Errorf("named %b, needed %b", named, neededPermissions)
	}
}

func TestFindingsOfAnApplication(t *testing.T) {
	endpoint, empty := "https://elsewhere.example", ""
	codes := func(a inspectedApplication, listens gateway.Intents) (all []string) {
		for _, f := range findings(a, listens) {
			all = append(all, f.Code)
			if !strings.HasPrefix(f.Link, "https://discord.com/developers/applications/7/") || f.Text == "" {
				t.Errorf("%+v", f)
			}
		}
		return all
	}
	for _, c := range []struct {
		name    string
		a       inspectedApplication
		listens gateway.Intents
		want    []string
	}{
		{"nothing", inspectedApplication{ID: 7, InteractionsURL: &empty}, intents, nil},
		{"endpoint and grant", inspectedApplication{ID: 7, InteractionsURL: &endpoint, CodeGrant: true}, intents, []string{"interactions_url", "code_grant"}},
		{"both privileged", inspectedApplication{ID: 7}, gateway.IntentGuildMembers | gateway.IntentMessageContent, []string{"intent_missing", "intent_missing"}},
		{"verified and limited", inspectedApplication{ID: 7, Flags: 1<<14 | 1<<19}, gateway.IntentGuildMembers | gateway.IntentMessageContent, nil},
		{"another one", inspectedApplication{ID: 7, Flags: 1 << 12}, gateway.IntentGuildMembers, []string{"intent_missing"}},
	} {
		if diff := cmp.Diff(c.want, codes(c.a, c.listens)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestUsherNeedsNoPrivilegedIntent(t *testing.T) {
	for _, p := range privileged() {
		if intents.Has(p.intent) {
			t.Errorf("%s is asked for: say so in docs/operating.md", p.name)
		}
	}
}

func TestOwnerOfATeamsApplicationIsTheTeamsOwner(t *testing.T) {
	answer := `{"id":"7","name":"Bot","flags":0,"redirect_uris":[],"owner":{"id":"50","username":"team50"},
		"team":{"id":"50","owner_user_id":"%s","members":[{"user":{"id":"41","username":"olga"}},{"user":{"id":"42","username":"otto","global_name":"Otto","avatar":"abc"}}]}}`
	for owner, want := range map[string]firstrun.Person{
		"42": {ID: 42, Name: "otto", Shown: "Otto", Picture: "https://pictures.example/avatars/42/abc.png?size=128"},
		"43": {ID: 43, Name: "43", Shown: "43"},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/api/v10/users/@me" {
				_, _ = w.Write([]byte(`{"id":"7","username":"bot"}`))
				return
			}
			_, _ = fmt.Fprintf(w, answer, owner)
		}))
		i := NewInspector(InspectorConfig{APIURL: server.URL + "/api/v10/", Pictures: "https://pictures.example", Now: time.Now})
		got, err := i.Application(t.Context(), goodToken())
		server.Close()
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Owner); diff != "" {
			t.Error(diff)
		}
	}
}

func TestInspectorTellsDiscordsSilenceFromARefusal(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"500":     func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"limited": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) },
		"a page":  func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>")) },
		"elsewhere": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/x")
			w.WriteHeader(http.StatusFound)
		},
	} {
		server := httptest.NewServer(answer)
		i := NewInspector(InspectorConfig{APIURL: server.URL + "/api/v10", Now: time.Now})
		_, err := i.Application(t.Context(), goodToken())
		if fault.KindOf(err) != fault.Unavailable || strings.Contains(err.Error(), goodToken().Reveal()) {
			t.Errorf("%s: %v", name, err)
		}
		if err := i.CheckSecret(t.Context(), 7, secret.New("sesame")); fault.KindOf(err) != fault.Unavailable || strings.Contains(err.Error(), "sesame") {
			t.Errorf("%s: the secret: %v", name, err)
		}
		server.Close()
		if _, err := i.Guilds(t.Context(), goodToken()); fault.KindOf(err) != fault.Unavailable {
			t.Errorf("%s, closed: %v", name, err)
		}
	}
}

func TestSkewIsMeasuredByDiscordsDate(t *testing.T) {
	theirs := time.Date(2030, 1, 2, 3, 4, 5, 0, time.UTC)
	dated := true
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header()["Date"] = nil
		if dated {
			w.Header().Set("Date", theirs.Format(http.TimeFormat))
		}
	}))
	defer server.Close()
	i := NewInspector(InspectorConfig{APIURL: server.URL + "/api/v10", Now: func() time.Time { return theirs.Add(90 * time.Second) }})
	skew, err := i.Skew(t.Context())
	if err != nil || skew.Round(time.Second) != 90*time.Second {
		t.Errorf("%v, %v", skew, err)
	}
	dated = false
	if _, err := i.Skew(t.Context()); fault.KindOf(err) != fault.Unavailable {
		t.Error(err)
	}
}

func TestInviteAsksForWhatIsNeeded(t *testing.T) {
	i := NewInspector(InspectorConfig{APIURL: "https://discord.com/api/v10", Now: time.Now})
	want := fmt.Sprintf("https://discord.com/oauth2/authorize?client_id=7&permissions=%d&scope=bot+applications.commands", int64(neededPermissions))
	if got := i.InviteURL(7); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	want = fmt.Sprintf("https://discord.com/oauth2/authorize?client_id=7&disable_guild_select=true&guild_id=9&permissions=%d&scope=bot+applications.commands", int64(neededPermissions))
	if own := (&Presence{self: 7, site: "https://discord.com"}).InviteURL(9); own != want {
		t.Errorf("to one server: %s, want %s", own, want)
	}
}

func TestInspectorWaitsAShortTimeWhereDiscordAsksForIt(t *testing.T) {
	asked, wait := 0, "0"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		if asked++; asked%3 != 0 {
			w.Header().Set("Retry-After", wait)
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		_, _ = w.Write([]byte(`[]`))
	}))
	defer server.Close()
	i := NewInspector(InspectorConfig{APIURL: server.URL + "/api/v10", Now: time.Now})
	if _, err := i.Guilds(t.Context(), goodToken()); err != nil || asked != 3 {
		t.Errorf("asked %d times: %v", asked, err)
	}
	wait = "4000"
	if _, err := i.Guilds(t.Context(), goodToken()); fault.CodeOf(err) != "discord_busy" || asked != 4 {
		t.Errorf("asked %d times: %v", asked, err)
	}
}
