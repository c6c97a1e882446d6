package integration_test

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/integration"
	"usher/internal/core/secret"
)

// echo answers every request with its URL and headers, as httpbin does.
func echo(_ context.Context, c integration.Call) (integration.Reply, error) {
	headers := map[string]string{}
	for _, h := range c.Headers {
		headers[h.Name] = h.Value.Reveal()
	}
	u, err := url.Parse(c.URL.Reveal())
	if err != nil {
		return integration.Reply{}, err
	}
	body, err := json.Marshal(map[string]any{
		"url": c.URL.Reveal(), "headers": headers, "args": u.Query().Get("k"), "pin": 42, "list": []string{"a", u.Query().Get("k")},
	})
	return integration.Reply{Status: 200, Body: body, Headers: []integration.ReplyHeader{{Name: "X-Echo", Value: u.Query().Get("k")}}}, err
}

// Case secret-17: a server that answers with what it was sent puts no secret into a channel.
func TestAnswersShowNoSecretOfTheGuild(t *testing.T) {
	o := newOffice()
	o.world.answer = echo
	i := lookup()
	i.Secrets = []integration.Secret{{Name: "api_key"}, {Name: "pin"}, {Name: "longer"}}
	i.URL = "https://echo.example.com/?k=%api_key%&u=%user_id%"
	i.Headers = []integration.Header{{Name: "Authorization", Value: secret.New("Bearer %api_key%; pin %pin%; %longer%")}}
	i.Placeholders = []integration.Placeholder{
		{Name: "url", Path: "url"},
		{Name: "header", Path: "headers.Authorization"},
		{Name: "arg", Path: "args"},
		{Name: "pin", Path: "pin"},
		{Name: "list", Path: "list"},
		{Name: "query", Path: "$.list[*]"},
	}
	o.add(t, i, map[string]secret.Value{"api_key": secret.New("s&same/ 1"), "pin": secret.New("42"), "longer": secret.New("s&same/ 1 and more")})
	got := o.resolve(t, subject(), "url", "header", "arg", "pin", "list", "query")
	want := map[string]string{
		"url":    "https://echo.example.com/?k=[secret]&u=585576154958921739", // 42 is too short to be looked for inside a text
		"header": "Bearer [secret]; pin 42; [secret]",
		"arg":    "[secret]", "pin": "[secret]", "list": "a, [secret]", "query": "a, [secret]",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// A redirect's host is named to the author and in the log; it can be a secret.
func TestFailuresShowNoSecretOfTheGuild(t *testing.T) {
	o := newOffice()
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
		return integration.Reply{}, &integration.Failure{Class: "redirect", Text: "it points to opensesame.example.com"}
	}
	i := lookup()
	i.Secrets = []integration.Secret{{Name: "key"}}
	o.add(t, i, map[string]secret.Value{"key": secret.New("opensesame")})
	o.resolve(t, subject(), "username")
	if log := o.log.String(); strings.Contains(log, "opensesame") || !strings.Contains(log, "class=redirect") || !strings.Contains(log, "[secret].example.com") {
		t.Errorf("log %s", log)
	}
}
