package sandbox_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"testing"

	"usher/sandbox"
)

// dataURI is a picture as bots upload avatars and icons.
func dataURI(t *testing.T) string {
	t.Helper()
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(picture(t))
}

// settingRoutes are about the guild as a whole.
func (k *bench) settingRoutes() {
	k.grant("MANAGE_GUILD", "CREATE_INSTANT_INVITE")
	g := k.must("PATCH", guildPath, object{
		"name": "Arcade", "description": "Games", "icon": dataURI(k.t), "system_channel_id": "1400000000000000025", "preferred_locale": "de",
		"verification_level": 2, "default_message_notifications": 0, "afk_timeout": 60,
	})
	if g.text("name") != "Arcade" || g.text("description") != "Games" || g.text("system_channel_id") != "1400000000000000025" || g.at("verification_level") != 2.0 {
		k.t.Errorf("the guild is %s", g.raw)
	}
	res, err := http.Get(k.s.URL() + "/icons/1400000000000000001/" + g.text("icon") + ".png?size=128")
	if err != nil {
		k.t.Fatalf("the icon's address: %v", err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusOK || res.ContentLength != int64(len(picture(k.t))) {
		k.t.Errorf("the icon is %d, %d bytes", res.StatusCode, res.ContentLength)
	}
	for _, path := range []string{
		"/preview", "/regions", "/invites", "/roles/member-counts", "/bans?limit=10", "/audit-logs?action_type=1&limit=3",
		"/messages/search?content=panel&has=-file&sort_order=asc",
	} {
		k.must("GET", guildPath+path, nil)
	}
	k.must("GET", "/voice/regions", nil)
	k.must("GET", supportPath+"/threads/search?name=public&archived=false", nil)
	k.must("POST", guildPath+"/bulk-ban", object{"user_ids": []string{"1400000000000000103"}, "delete_message_seconds": 0})
	k.must("DELETE", guildPath+"/bans/1400000000000000103", nil)
	hook := k.must("POST", supportPath+"/webhooks", object{"name": "Logs", "avatar": dataURI(k.t)})
	byToken := "/webhooks/" + hook.text("id") + "/" + hook.text("token")
	k.must("POST", byToken, object{"content": "without waiting"})
	k.must("POST", callbackPath(k.press("b3")), object{"type": 6})
}

// accountRoutes are about the bot itself.
func (k *bench) accountRoutes() {
	if me := k.must("PATCH", "/users/@me", object{"avatar": dataURI(k.t)}); me.text("username") != "Usher" || me.text("avatar") == "" {
		k.t.Errorf("the bot is %s", me.raw)
	}
	for _, path := range []string{"/applications/@me", appPath} {
		if app := k.must("PATCH", path, object{"description": "New", "tags": []string{"tickets"}, "icon": dataURI(k.t)}); app.text("description") != "New" || app.text("tags.0") != "tickets" {
			k.t.Errorf("the application is %s", app.raw)
		}
	}
	for _, path := range []string{"", "/emojis", "/entitlements"} {
		k.must("GET", appPath+path, nil)
	}
}

// personRoutes are those for the tokens of people.
func (k *bench) personRoutes(b *browser) {
	const scopes = "identify email guilds guilds.join guilds.members.read connections openid applications.commands.permissions.update"
	tokens := b.tokens(redeem(b.consent(sandbox.DemoOlgaID, sandbox.Consent{Scope: scopes})))
	access := tokens.text("access_token")
	for _, path := range []string{"/oauth2/@me", "/oauth2/userinfo", "/users/@me/connections", "/users/@me" + guildPath + "/member", "/users/@me", "/users/@me/guilds"} {
		if got := b.get(path, access); got.status != http.StatusOK {
			k.t.Errorf("%s: %d %s", path, got.status, got.raw)
		}
	}
	b.get("/users/@me/guilds/5/member", access).refused(k.t, http.StatusNotFound, 10004)
	command := k.must("POST", appPath+guildPath+"/commands", object{"name": "staff", "description": "d"})
	rights := appPath + guildPath + "/commands/" + command.text("id") + "/permissions"
	body := `{"permissions":[{"id":"1400000000000000011","type":1,"permission":true},{"id":"1400000000000000001","type":1,"permission":false}]}`
	if got := b.put(rights, access, body); got.status != http.StatusOK || got.at("permissions.0.permission") != true {
		k.t.Errorf("setting rights: %d %s", got.status, got.raw)
	}
	b.put(rights, access, `{"permissions":[{"id":"5","type":2,"permission":true}]}`).complains(k.t, "permissions.0.id", "APPLICATION_COMMAND_PERMISSIONS_INVALID_ID")
	k.must("GET", rights, nil)
	k.must("GET", appPath+guildPath+"/commands/permissions", nil)
	noor := b.tokens(redeem(b.consent(sandbox.DemoNoorID, sandbox.Consent{Scope: "guilds.join"}))).text("access_token")
	join := guildPath + "/members/1400000000000000103"
	if got := k.must("PUT", join, object{"access_token": noor, "nick": "Nora"}); got.status != http.StatusCreated || got.text("nick") != "Nora" {
		k.t.Errorf("joining: %d %s", got.status, got.raw)
	}
	if got := k.must("PUT", join, object{"access_token": noor}); got.status != http.StatusNoContent {
		k.t.Errorf("joining again: %d %s", got.status, got.raw)
	}
	k.call("PUT", join, object{"access_token": access}).refused(k.t, http.StatusUnauthorized, 50025)
	k.call("PUT", join, object{"access_token": "nothing"}).refused(k.t, http.StatusUnauthorized, 50025)
	b.tokens(secretly(url.Values{"grant_type": {"password"}}))
	b.open("POST", k.s.APIURL()+"/oauth2/token/revoke", secretly(url.Values{"token": {access}}))
	b.open("POST", k.s.APIURL()+"/oauth2/token/revoke", url.Values{"token": {access}})
}

// put sends JSON with a person's token.
func (b *browser) put(path, token, body string) answer {
	b.t.Helper()
	bot := &rawBot{t: b.t, s: b.s, bearer: token}
	return bot.call("PUT", path, body)
}

// refused is a call and how it is refused.
type refusedCall struct {
	method, path string
	body         any
	status, code int
}

// refusals refuses every route that can refuse, mostly for what is not there.
func (k *bench) refusals() {
	hook := k.must("POST", supportPath+"/webhooks", object{"name": "Refusing"})
	byID, byToken := "/webhooks/"+hook.text("id"), "/webhooks/"+hook.text("id")+"/"+hook.text("token")
	for _, list := range [][]refusedCall{
		accountRefusals(), commandRefusals(appPath + "/commands"), commandRefusals(appPath + guildPath + "/commands"), guildRefusals(),
		memberRefusals(), channelRefusals(), messageRefusals(), threadRefusals(), webhookRefusals(byID, byToken),
	} {
		for _, c := range list {
			if got := k.call(c.method, c.path, c.body); got.status != c.status || got.code() != c.code {
				k.t.Errorf("%s %s: answered %d %s, want %d with code %d", c.method, c.path, got.status, got.raw, c.status, c.code)
			}
		}
	}
	stranger := &rawBot{t: k.t, s: k.s, token: "wrong"}
	for _, path := range []string{
		"/gateway/bot", "/users/@me", "/applications/@me", "/oauth2/applications/@me", "/voice/regions", "/oauth2/@me", "/oauth2/userinfo",
		"/users/@me/connections",
	} {
		stranger.call("GET", path, nil).refused(k.t, http.StatusUnauthorized, 0)
	}
}

func accountRefusals() []refusedCall {
	long := make([]byte, 401)
	for i := range long {
		long[i] = 'x'
	}
	return []refusedCall{
		{"PATCH", "/users/@me", object{"username": "x"}, 400, 50035},
		{"PATCH", "/users/@me", object{"avatar": "data:image/png;base64,AAAA"}, 400, 50035},
		{"GET", "/users/5", nil, 404, 10013},
		{"GET", "/users/@me/guilds?limit=201", nil, 400, 50035},
		{"DELETE", "/users/@me/guilds/5", nil, 404, 10004},
		{"POST", "/users/@me/channels", object{"recipient_id": "5"}, 400, 50033},
		{"PATCH", "/applications/@me", object{"description": string(long)}, 400, 50035},
		{"PATCH", "/applications/@me", object{"interactions_endpoint_url": "https://example.com/"}, 400, 50035},
		{"GET", "/applications/5", nil, 403, 20012},
		{"PATCH", "/applications/5", object{}, 403, 20012},
		{"GET", "/applications/5/emojis", nil, 403, 20012},
		{"GET", "/applications/5/entitlements", nil, 403, 20012},
		{"GET", "/applications/5" + guildPath + "/commands/permissions", nil, 403, 20012},
		{"GET", appPath + guildPath + "/commands/5/permissions", nil, 404, 10066},
		{"PUT", appPath + guildPath + "/commands/5/permissions", object{"permissions": []object{}}, 401, 0},
		{"POST", "/interactions/5/token/callback", object{"type": 5}, 404, 10062},
		{"GET", "/invites/nothing", nil, 404, 10006},
	}
}

func commandRefusals(list string) []refusedCall {
	return []refusedCall{
		{"GET", "/applications/5/commands", nil, 404, 10002},
		{"GET", "/applications/5" + guildPath + "/commands", nil, 404, 10002},
		{"POST", list, object{"name": "Bad Name", "description": "d"}, 400, 50035},
		{"PUT", list, []object{{"name": "a", "description": "d"}, {"name": "a", "description": "d"}}, 400, 50035},
		{"GET", list + "/5", nil, 404, 10063},
		{"PATCH", list + "/5", object{"description": "d"}, 404, 10063},
		{"DELETE", list + "/5", nil, 404, 10063},
	}
}

func guildRefusals() []refusedCall {
	return []refusedCall{
		{"GET", "/guilds/5", nil, 404, 10004},
		{"PATCH", guildPath, object{"name": "x"}, 400, 50035},
		{"PATCH", guildPath, object{"system_channel_id": "5"}, 400, 50035},
		{"GET", "/guilds/5/preview", nil, 404, 10004},
		{"GET", guildPath + "/audit-logs?limit=101", nil, 400, 50035},
		{"GET", "/guilds/5/regions", nil, 404, 10004},
		{"GET", "/guilds/5/invites", nil, 404, 10004},
		{"GET", "/guilds/5/emojis", nil, 404, 10004},
		{"GET", "/guilds/5/stickers", nil, 404, 10004},
		{"GET", "/guilds/5/channels", nil, 404, 10004},
		{"POST", guildPath + "/channels", object{}, 400, 50035},
		{"PATCH", guildPath + "/channels", []object{{"id": "5", "position": 1}}, 404, 10003},
		{"GET", "/guilds/5/threads/active", nil, 404, 10004},
		{"GET", guildPath + "/messages/search?limit=26", nil, 400, 50035},
		{"GET", guildPath + "/messages/search?author_id=x", nil, 400, 50035},
		{"GET", guildPath + "/messages/search?channel_id=5", nil, 403, 50001},
		{"GET", "/guilds/5/roles", nil, 404, 10004},
		{"POST", guildPath + "/roles", object{"permissions": "8"}, 403, 50013},
		{"PATCH", guildPath + "/roles", []object{{"id": "5", "position": 1}}, 404, 10011},
		{"GET", "/guilds/5/roles/member-counts", nil, 404, 10004},
		{"GET", guildPath + "/roles/5", nil, 404, 10011},
		{"PATCH", guildPath + "/roles/5", object{"name": "x"}, 404, 10011},
		{"DELETE", guildPath + "/roles/1400000000000000012", nil, 403, 50013},
		{"GET", "/guilds/5/webhooks", nil, 404, 10004},
	}
}

func memberRefusals() []refusedCall {
	owner := guildPath + "/members/1400000000000000104"
	return []refusedCall{
		{"GET", guildPath + "/members?limit=0", nil, 400, 50035},
		{"GET", guildPath + "/members/search", nil, 400, 50035},
		{"GET", guildPath + "/members/5", nil, 404, 10013},
		{"PATCH", owner, object{"nick": "x"}, 403, 50013},
		{"PATCH", guildPath + "/members/@me", object{"nick": "a name that is longer than thirty-two characters"}, 400, 50035},
		{"PUT", guildPath + "/members/5", object{}, 400, 50035},
		{"DELETE", owner, nil, 403, 50013},
		{"PUT", owner + "/roles/5", nil, 404, 10011},
		{"DELETE", owner + "/roles/5", nil, 404, 10011},
		{"GET", guildPath + "/bans?limit=1001", nil, 400, 50035},
		{"GET", guildPath + "/bans/5", nil, 404, 10026},
		{"PUT", guildPath + "/bans/1400000000000000104", object{}, 403, 50013},
		{"DELETE", guildPath + "/bans/5", nil, 404, 10013},
		{"POST", guildPath + "/bulk-ban", object{"user_ids": []string{"1400000000000000104"}}, 400, 500000},
	}
}

func channelRefusals() []refusedCall {
	return []refusedCall{
		{"GET", "/channels/5", nil, 404, 10003},
		{"PATCH", supportPath, object{"rate_limit_per_user": 21601}, 400, 50035},
		{"DELETE", "/channels/5", nil, 404, 10003},
		{"PUT", supportPath + "/permissions/5", object{"type": 0, "allow": "1024"}, 404, 10009},
		{"DELETE", supportPath + "/permissions/5", nil, 404, 10009},
		{"POST", "/channels/5/typing", nil, 404, 10003},
		{"POST", supportPath + "/webhooks", object{"name": "Clyde"}, 400, 50035},
		{"GET", "/channels/5/webhooks", nil, 404, 10003},
	}
}

func messageRefusals() []refusedCall {
	list := supportPath + "/messages"
	return []refusedCall{
		{"GET", list + "?limit=101", nil, 400, 50035},
		{"POST", list, object{}, 400, 50006},
		{"GET", list + "/5", nil, 404, 10008},
		{"PATCH", list + "/5", object{"content": "x"}, 404, 10008},
		{"DELETE", list + "/5", nil, 404, 10008},
		{"POST", list + "/bulk-delete", object{"messages": []string{"5"}}, 400, 50035},
		{"GET", list + "/pins?limit=51", nil, 400, 50035},
		{"PUT", list + "/pins/5", nil, 404, 10008},
		{"DELETE", list + "/pins/5", nil, 404, 10008},
		{"GET", "/channels/5/pins", nil, 404, 10003},
		{"PUT", supportPath + "/pins/5", nil, 404, 10008},
		{"DELETE", supportPath + "/pins/5", nil, 404, 10008},
		{"PUT", list + "/5/reactions/%F0%9F%8E%AB/@me", nil, 404, 10008},
		{"DELETE", list + "/5/reactions/%F0%9F%8E%AB/@me", nil, 404, 10008},
		{"DELETE", list + "/5/reactions/%F0%9F%8E%AB/6", nil, 404, 10008},
		{"GET", list + "/5/reactions/%F0%9F%8E%AB", nil, 404, 10008},
		{"DELETE", list + "/5/reactions/%F0%9F%8E%AB", nil, 404, 10008},
		{"DELETE", list + "/5/reactions", nil, 404, 10008},
	}
}

func threadRefusals() []refusedCall {
	return []refusedCall{
		{"POST", supportPath + "/threads", object{"type": 12}, 400, 50035},
		{"POST", supportPath + "/messages/5/threads", object{"name": "x"}, 404, 10008},
		{"GET", supportPath + "/thread-members", nil, 400, 50024},
		{"GET", supportPath + "/thread-members/5", nil, 400, 50024},
		{"PUT", supportPath + "/thread-members/5", nil, 400, 50024},
		{"DELETE", supportPath + "/thread-members/5", nil, 400, 50024},
		{"PUT", supportPath + "/thread-members/@me", nil, 400, 50024},
		{"DELETE", supportPath + "/thread-members/@me", nil, 400, 50024},
		{"GET", supportPath + "/threads/archived/public?limit=x", nil, 400, 50035},
		{"GET", supportPath + "/threads/archived/private?before=yesterday", nil, 400, 50035},
		{"GET", "/channels/5/users/@me/threads/archived/private", nil, 404, 10003},
		{"GET", "/channels/5/threads/search", nil, 404, 10003},
	}
}

func webhookRefusals(byID, byToken string) []refusedCall {
	return []refusedCall{
		{"GET", "/webhooks/5", nil, 404, 10015},
		{"PATCH", byID, object{"channel_id": "5"}, 404, 10003},
		{"DELETE", "/webhooks/5", nil, 404, 10015},
		{"GET", byID + "/wrong", nil, 401, 50027},
		{"PATCH", byToken, object{"name": "Discord"}, 400, 50035},
		{"DELETE", byID + "/wrong", nil, 401, 50027},
		{"POST", byToken, object{}, 400, 50006},
		{"GET", byToken + "/messages/5", nil, 404, 10008},
		{"PATCH", byToken + "/messages/5", object{"content": "x"}, 404, 10008},
		{"DELETE", byToken + "/messages/5", nil, 404, 10008},
		{"GET", byToken + "/messages/@original", nil, 404, 10015},
		{"PATCH", byToken + "/messages/@original", object{"content": "x"}, 404, 10015},
		{"DELETE", byToken + "/messages/@original", nil, 404, 10015},
	}
}
