package sandbox_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"usher/sandbox"
)

// TestS7MessageRules sends what Discord refuses, and looks for its refusal.
func TestS7MessageRules(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	long := strings.Repeat("ä", 2001)
	buttons := func(n int) []object {
		out := make([]object, n)
		for i := range out {
			out[i] = button(fmt.Sprint("b", i))
		}
		return out
	}
	rows := func(n, each int) []object {
		out := make([]object, n)
		for i := range out {
			list := make([]object, each)
			for j := range list {
				list[j] = button(fmt.Sprint(i, "-", j))
			}
			out[i] = row(list...)
		}
		return out
	}
	option := func(v string) object { return object{"label": v, "value": v} }
	cases := []struct {
		name, path, code string
		body             object
	}{
		{"content of 2001", "content", "BASE_TYPE_MAX_LENGTH", object{"content": long}},
		{"content as list", "content", "STRING_TYPE_CONVERT", object{"content": []int{1}}},
		{"embed title of 257", "embeds.0.title", "BASE_TYPE_MAX_LENGTH", object{"embeds": []object{{"title": strings.Repeat("x", 257)}}}},
		{"embed description of 4097", "embeds.0.description", "BASE_TYPE_MAX_LENGTH", object{"embeds": []object{{"description": strings.Repeat("x", 4097)}}}},
		{"26 fields", "embeds.0.fields", "BASE_TYPE_MAX_LENGTH", object{"embeds": []object{{"fields": make([]object, 26)}}}},
		{"field without value", "embeds.0.fields.0.value", "BASE_TYPE_REQUIRED", object{"embeds": []object{{"title": "t", "fields": []object{{"name": "n"}}}}}},
		{"field with empty name", "embeds.0.fields.0.name", "BASE_TYPE_REQUIRED", object{"embeds": []object{{"title": "t", "fields": []object{{"name": " ", "value": "v"}}}}}},
		{"6000 characters in sum", "embeds", "MAX_EMBED_SIZE_EXCEEDED", object{"embeds": []object{{"description": strings.Repeat("x", 4000)}, {"description": strings.Repeat("y", 2001)}}}},
		{"11 embeds", "embeds", "BASE_TYPE_MAX_LENGTH", object{"embeds": make([]object, 11)}},
		{"embed image by ftp", "embeds.0.image.url", "URL_TYPE_INVALID_SCHEME", object{"embeds": []object{{"image": object{"url": "ftp://example.com/a.png"}}}}},
		{"six rows", "components", "BASE_TYPE_BAD_LENGTH", object{"components": rows(6, 1)}},
		{"six buttons", "components.0.components", "BASE_TYPE_BAD_LENGTH", object{"components": []object{row(buttons(6)...)}}},
		{"button at the top", "components.0.type", "UNION_TYPE_CHOICES", object{"components": []object{button("x")}}},
		{"same custom_id twice", "components.0.components.1.custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", object{"components": []object{row(button("x"), button("x"))}}},
		{"custom_id of 101", "components.0.components.0.custom_id", "BASE_TYPE_BAD_LENGTH", object{"components": []object{row(button(strings.Repeat("x", 101)))}}},
		{"button without custom_id", "components.0.components.0.custom_id", "BUTTON_COMPONENT_CUSTOM_ID_REQUIRED", object{"components": []object{row(object{"type": 2, "style": 1, "label": "x"})}}},
		{"link without url", "components.0.components.0.url", "BASE_TYPE_REQUIRED", object{"components": []object{row(object{"type": 2, "style": 5, "label": "x"})}}},
		{"button style 9", "components.0.components.0.style", "BASE_TYPE_CHOICES", object{"components": []object{row(object{"type": 2, "style": 9, "label": "x", "custom_id": "x"})}}},
		{"button label of 81", "components.0.components.0.label", "BASE_TYPE_MAX_LENGTH", object{"components": []object{row(object{"type": 2, "style": 1, "label": strings.Repeat("x", 81), "custom_id": "x"})}}},
		{"emoji that is none", "components.0.components.0.emoji.name", "COMPONENT_INVALID_EMOJI", object{"components": []object{row(object{"type": 2, "style": 1, "emoji": object{"name": "ticket"}, "custom_id": "x"})}}},
		{"26 options", "components.0.components.0.options", "BASE_TYPE_BAD_LENGTH", object{"components": []object{row(object{"type": 3, "custom_id": "s", "options": make([]object, 26)})}}},
		{"option value twice", "components.0.components.0.options.1.value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", object{"components": []object{row(object{"type": 3, "custom_id": "s", "options": []object{option("a"), option("a")}})}}},
		{"select and button in a row", "components.0.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", object{"components": []object{row(button("x"), object{"type": 5, "custom_id": "u"})}}},
		{"content with components v2", "content", "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", object{"flags": 1 << 15, "content": "x", "components": []object{{"type": 10, "content": "y"}}}},
		{"text display without the flag", "components.0.type", "UNION_TYPE_CHOICES", object{"components": []object{{"type": 10, "content": "y"}}}},
		{"4001 characters of display text", "components", "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", object{"flags": 1 << 15, "components": []object{{"type": 10, "content": strings.Repeat("x", 3000)}, {"type": 10, "content": strings.Repeat("x", 1001)}}}},
		{"41 components in all", "components", "BASE_TYPE_MAX_LENGTH", object{"flags": 1 << 15, "components": []object{{"type": 17, "components": rows(5, 5)}, {"type": 17, "components": []object{row(buttons(5)...), {"type": 10, "content": "a"}, {"type": 10, "content": "b"}, {"type": 10, "content": "c"}}}}}},
		{"parse users and users", "allowed_mentions", "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", object{"content": "x", "allowed_mentions": object{"parse": []string{"users"}, "users": []string{"1"}}}},
		{"parse of nobody", "allowed_mentions.parse.0", "BASE_TYPE_CHOICES", object{"content": "x", "allowed_mentions": object{"parse": []string{"all"}}}},
		{"reply to nothing", "message_reference", "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", object{"content": "x", "message_reference": object{"message_id": "1"}}},
		{"attachment that was not sent", "attachments.0.id", "MESSAGE_ATTACHMENT_NOT_FOUND", object{"content": "x", "attachments": []object{{"id": "7"}}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { b.call("POST", supportPath+"/messages", c.body).complains(t, c.path, c.code) })
	}
	b.call("POST", supportPath+"/messages", object{}).refused(t, http.StatusBadRequest, 50006)
	b.call("POST", supportPath+"/messages", `{"content":`).refused(t, http.StatusBadRequest, 50109)
	b.call("POST", "/channels/1/messages", object{"content": "x"}).refused(t, http.StatusNotFound, 10003)
	b.call("POST", "/channels/1400000000000000027/messages", object{"content": "x"}).refused(t, http.StatusBadRequest, 50008)
	list, err := s.Client().User(sandbox.DemoRyanID).Messages(t.Context(), sandbox.DemoSupportID, 5)
	if err != nil || len(list) != 0 {
		t.Errorf("refused messages were written: %+v, %v", list, err)
	}
}

// TestS7ChannelRules makes channels that Discord refuses.
func TestS7ChannelRules(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	create := func(body object) answer { return b.call("POST", guildPath+"/channels", body) }
	everyone, staff := "1400000000000000001", "1400000000000000011"
	create(object{}).complains(t, "name", "BASE_TYPE_REQUIRED")
	create(object{"name": strings.Repeat("x", 101)}).complains(t, "name", "BASE_TYPE_BAD_LENGTH")
	create(object{"name": "x", "type": 7}).complains(t, "type", "BASE_TYPE_CHOICES")
	create(object{"name": "x", "topic": strings.Repeat("x", 1025)}).complains(t, "topic", "BASE_TYPE_MAX_LENGTH")
	create(object{"name": "x", "rate_limit_per_user": 21601}).complains(t, "rate_limit_per_user", "NUMBER_TYPE_MAX")
	create(object{"name": "x", "parent_id": "1"}).complains(t, "parent_id", "CHANNEL_PARENT_INVALID")
	create(object{"name": "x", "parent_id": "1400000000000000026"}).complains(t, "parent_id", "CHANNEL_PARENT_INVALID_TYPE")
	over := func(id string, kind int, allow string) object {
		return object{"name": "x", "permission_overwrites": []object{{"id": id, "type": kind, "allow": allow}}}
	}
	// BAN_MEMBERS is nothing that the bot has, MANAGE_ROLES nothing that only administrators may set.
	create(over(staff, 0, "4")).refused(t, http.StatusForbidden, 50013)
	create(over(staff, 0, "268435456")).refused(t, http.StatusForbidden, 50013)
	create(over("12345", 0, "1024")).refused(t, http.StatusNotFound, 10009)
	create(over(staff, 1, "1024")).refused(t, http.StatusNotFound, 10009)
	made := create(object{"name": "  Ticket  Nº 7: what's up?! ", "parent_id": "1400000000000000027"})
	if got := made.text("name"); made.status != http.StatusCreated || got != "ticket-nº-7-whats-up" {
		t.Errorf("made %q: %d %s", got, made.status, made.raw)
	}
	if err := s.Client().Administer(t.Context(), sandbox.Order{Do: "fill_category", CategoryID: sandbox.DemoTicketsID}); err != nil {
		t.Fatalf("filling the category: %v", err)
	}
	create(object{"name": "x", "parent_id": "1400000000000000027"}).complains(t, "parent_id", "CHANNEL_PARENT_MAX_CHANNELS")
	b.call("PATCH", supportPath, object{"parent_id": "1400000000000000027"}).complains(t, "parent_id", "CHANNEL_PARENT_MAX_CHANNELS")
	b.call("PUT", supportPath+"/permissions/"+everyone, object{"type": 0, "allow": "8"}).refused(t, http.StatusForbidden, 50013)
	b.call("DELETE", supportPath+"/permissions/"+staff, nil).refused(t, http.StatusNotFound, 10009)
}

// TestS7FiveHundredChannels fills a whole guild.
func TestS7FiveHundredChannels(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	for range 493 {
		b.must("POST", guildPath+"/channels", object{"name": "x", "type": 2})
	}
	b.call("POST", guildPath+"/channels", object{"name": "x"}).refused(t, http.StatusBadRequest, 30013)
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
