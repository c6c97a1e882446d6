package httpapi_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"usher/internal/core/account"
	"usher/internal/httpapi"
	"usher/sandbox"
)

// finding gives one of a report by its name.
func finding(t *testing.T, r httpapi.HealthReport, name string) httpapi.HealthFinding {
	t.Helper()
	for _, f := range r.Findings {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("nothing is said of %s: %+v", name, r.Findings)
	return httpapi.HealthFinding{}
}

func TestAnOperatorSeesHowTheInstanceIs(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	report := read[httpapi.HealthReport](t, h.person(sandbox.DemoOlgaID).do(http.MethodGet, "/api/v1/operator/health", nil))
	for name, says := range map[string]string{
		"gateway": "2 servers by 1 connection", "database": "SQLite, reachable in ", "keys": "Everything sealed is under it", "way out": "Requests leave from this machine (direct).",
		"integrations": "None is paused", "logos": "can be written",
	} {
		if f := finding(t, report, name); f.Verdict != "ok" || !strings.Contains(f.Text, says) || f.Advice != "" || f.At.IsZero() {
			t.Errorf("%+v", f)
		}
	}
	if len(report.Shards) != 1 {
		t.Fatalf("%+v", report.Shards)
	}
	if s := report.Shards[0]; s.State != "ready" || s.Guilds != 2 || s.Count != 1 || s.Logins != 1 || s.Since == nil || s.Since.IsZero() || report.Version != "test" || report.Started.IsZero() {
		t.Errorf("%+v of %+v", s, report)
	}
}

// A lost connection is told, and hides nothing else.
func TestHealthTellsOfALostConnection(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	key := h.program(sandbox.DemoOlgaID, 0, account.Operate)
	if err := h.discord.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	late, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		report := read[httpapi.HealthReport](t, key.do(http.MethodGet, "/api/v1/operator/health", nil))
		gateway := finding(t, report, "gateway")
		if gateway.Verdict == "look" && gateway.Advice != "" && finding(t, report, "database").Verdict == "ok" && report.Shards[0].State != "ready" && report.Shards[0].Losses > 0 {
			return
		}
		if late.Err() != nil {
			t.Fatalf("the lost connection is not told: %+v", report)
		}
	}
}

func TestAnOperatorSeesTheSettingsAndNoSecret(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	answer := h.person(sandbox.DemoOlgaID).do(http.MethodGet, "/api/v1/operator/settings", nil)
	all := read[httpapi.InstanceSettings](t, answer)
	found := map[string]httpapi.InstanceSetting{}
	fixed := map[string]string{}
	for _, s := range all.Settings {
		if s.Variable == "" {
			fixed[s.About] = s.Value + " " + s.Unit
		} else {
			found[s.Variable] = s
		}
	}
	for name, want := range map[string]httpapi.InstanceSetting{
		"USHER_MAX_SECRETS":           {Value: "5", Default: "5", Unit: "secrets", Set: true, Group: "integrations"},
		"USHER_EGRESS_TIMEOUT":        {Value: "5s", Default: "5s", Set: true, Group: "requests"}, // I-11
		"USHER_EGRESS_ANSWER_KIB":     {Value: "256", Default: "256", Unit: "KiB", Set: true, Group: "requests"},
		"USHER_EGRESS_ALLOW_NETWORKS": {Value: "127.0.0.1/32", Set: true, Group: "egress"},
		"DISCORD_TOKEN":               {Secret: true, Set: true, Group: "discord"},
		"USHER_BLOXLINK_KEY":          {Secret: true, Group: "integrations"},
	} {
		got := found[name]
		if got.Value != want.Value || got.Default != want.Default || got.Unit != want.Unit || got.Set != want.Set || got.Secret != want.Secret || got.Group != want.Group || got.About == "" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for about, want := range map[string]string{ // I-11, I-43
		"How deep the JSON of an answer may nest.":                        "64 levels",
		"How many requests of one server may be under way at one moment.": "64 requests", "After how long people have to sign in again.": "7 days",
	} {
		if fixed[about] != want {
			t.Errorf("%s %q, want %q", about, fixed[about], want)
		}
	}
	for _, secret := range []string{seed().Applications[0].BotToken, seed().Applications[0].ClientSecret} {
		if strings.Contains(answer.text, secret) {
			t.Error("a secret is told")
		}
	}
}

func TestAnOperatorSeesHowMuchWaits(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	olga := h.person(sandbox.DemoOlgaID)
	if got := read[httpapi.Waits](t, olga.do(http.MethodGet, "/api/v1/operator/waiting", nil)); got.Reviews != 0 {
		t.Errorf("%+v", got)
	}
	made := read[ownIntegration](t, olga.do(http.MethodPost, "/api/v1/me/integrations", map[string]any{
		"name": "One", "description": "d", "method": "GET", "url": "https://api.example.com/", "placeholders": []map[string]any{{"name": "a", "path": "a"}},
	}))
	asked := olga.do(http.MethodPost, "/api/v1/me/integrations/"+made.ID+"/publication", map[string]any{"revision": 1})
	asked.want(t, http.StatusNoContent)
	if got := read[httpapi.Waits](t, olga.do(http.MethodGet, "/api/v1/operator/waiting", nil)); got.Reviews != 1 {
		t.Errorf("%+v", got)
	}
}
