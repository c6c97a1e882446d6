package sandbox_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"usher/sandbox"
)

// rule is one row of what Discord refuses or still allows. The tables of the files rules_*_test.go are the list of the
// rules that the sandbox holds; doc names the page of Discord's documentation and the section that says so.
type rule struct {
	doc, name    string
	method, path string
	body         any
	// status and code are the answer. With code 50035, field complains with why.
	status, code int
	field, why   string
}

// on makes a row of a call.
func on(doc, name, method, path string, body any) rule {
	return rule{doc: doc, name: name, method: method, path: path, body: body}
}

// refused ends a row: this status and JSON error code.
func (r rule) refused(status, code int) rule {
	r.status, r.code = status, code
	return r
}

// complains ends a row: an invalid form body with this code at this field.
func (r rule) complains(field, why string) rule {
	r.field, r.why = field, why
	return r.refused(http.StatusBadRequest, 50035)
}

// allowed ends a row that stands at the limit and goes through.
func (r rule) allowed() rule { return r }

// judge compares an answer with the row.
func (r rule) judge(t *testing.T, got answer) {
	t.Helper()
	switch {
	case r.status == 0 && got.status >= 300:
		t.Errorf("%s: answered %d %s, want a success", r.doc, got.status, got.raw)
	case r.status != 0 && r.field == "" && r.why == "":
		got.refused(t, r.status, r.code)
	case r.status != 0:
		got.complains(t, r.field, r.why)
	}
}

// hold tries every row on one sandbox.
func hold(t *testing.T, b *rawBot, rules []rule) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			one := *b
			one.t = t
			r.judge(t, one.call(r.method, r.path, r.body))
		})
	}
}

// letters is n characters that take two bytes each: limits count characters.
func letters(n int) string { return strings.Repeat("ä", n) }

// many is n copies of something.
func many(n int, one any) []any { return slices.Repeat([]any{one}, n) }

// buttons is n buttons with custom ids of their own.
func buttons(prefix string, n int) []object {
	out := make([]object, n)
	for i := range out {
		out[i] = button(prefix + string(rune('a'+i)))
	}
	return out
}

// rows is n rows of buttons.
func rows(n, each int) []object {
	out := make([]object, n)
	for i := range out {
		out[i] = row(buttons(string(rune('a'+i)), each)...)
	}
	return out
}

// with gives a copy of o with one more field.
func with(o object, key string, value any) object {
	out := object{}
	for k, v := range o {
		out[k] = v
	}
	out[key] = value
	return out
}

// TestS7MissingPermissions takes one permission after the other away from the bot.
func TestS7MissingPermissions(t *testing.T) {
	t.Parallel()
	cases := []struct {
		permission, method, path string
		body                     any
		status, code             int
	}{
		{"MANAGE_CHANNELS", "POST", guildPath + "/channels", object{"name": "x"}, 403, 50013},
		{"MANAGE_CHANNELS", "DELETE", supportPath, nil, 403, 50013},
		{"MANAGE_ROLES", "PUT", supportPath + "/permissions/1400000000000000011", object{"type": 0, "allow": "1024"}, 403, 50013},
		{"MANAGE_MESSAGES", "POST", supportPath + "/messages/bulk-delete", object{"messages": []string{"1400000000000000900", "1400000000000000901"}}, 403, 50013},
		{"MANAGE_WEBHOOKS", "POST", supportPath + "/webhooks", object{"name": "x"}, 403, 50013},
		{"CREATE_PRIVATE_THREADS", "POST", supportPath + "/threads", object{"name": "x", "type": 12}, 201, 0},
		{"PIN_MESSAGES", "PUT", supportPath + "/messages/pins/1", nil, 403, 50013},
		{"MANAGE_ROLES", "POST", guildPath + "/roles", object{"name": "x"}, 403, 50013},
	}
	for _, c := range cases {
		t.Run(c.permission+" "+c.method+" "+c.path, func(t *testing.T) {
			s, b := quick(t)
			err := s.Client().Administer(t.Context(), sandbox.Order{
				Do: "remove_permission", GuildID: sandbox.DemoGuildID, UserID: sandbox.DemoApplicationID, Permission: c.permission,
			})
			if err != nil {
				t.Fatalf("removing the permission: %v", err)
			}
			if got := b.call(c.method, c.path, c.body); got.status != c.status || got.code() != c.code {
				t.Errorf("answered %d %s, want %d %d", got.status, got.raw, c.status, c.code)
			}
		})
	}
}

// TestS7HiddenChannel: without VIEW_CHANNEL everything is 50001.
func TestS7HiddenChannel(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	err := s.Client().Administer(t.Context(), sandbox.Order{
		Do: "remove_permission", GuildID: sandbox.DemoGuildID, RoleID: sandbox.DemoBotRoleID, ChannelID: sandbox.DemoSupportID, Permission: "VIEW_CHANNEL",
	})
	if err != nil {
		t.Fatalf("hiding the channel: %v", err)
	}
	for _, call := range [][2]string{{"GET", ""}, {"GET", "/messages"}, {"POST", "/typing"}, {"DELETE", ""}, {"PUT", "/messages/pins/1"}} {
		b.call(call[0], supportPath+call[1], nil).refused(t, http.StatusForbidden, 50001)
	}
	b.call("POST", supportPath+"/messages", object{"content": "x"}).refused(t, http.StatusForbidden, 50001)
}

// TestS1WhoCalls: tokens, user agents, versions and routes.
func TestS1WhoCalls(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	b.call("GET", "/nothing/here", nil).refused(t, http.StatusNotFound, 0)
	b.call("PUT", "/users/@me", nil).refused(t, http.StatusMethodNotAllowed, 0)
	list, err := s.Client().Findings(t.Context())
	if err != nil || len(list) != 2 || list[0].Kind != "unknown_route" {
		t.Errorf("findings: %+v, %v", list, err)
	}
	b.call("POST", supportPath+"/messages", object{"content": "x", "contents": "y"})
	list, err = s.Client().Findings(t.Context())
	if err != nil || len(list) != 3 || list[2].Kind != "unknown_field" || !strings.Contains(list[2].Text, "contents") {
		t.Errorf("findings: %+v, %v", list, err)
	}
	b.token = "wrong"
	b.call("GET", "/users/@me", nil).refused(t, http.StatusUnauthorized, 0)
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, s.APIURL()+"/users/@me", nil)
	req.Header.Set("Authorization", "Bot "+sandbox.DefaultSeed().Applications[0].BotToken)
	req.Header.Set("User-Agent", "curl/8")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusForbidden || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		t.Errorf("a wrong User-Agent got %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
}
