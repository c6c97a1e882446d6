package sandbox_test

import (
	"net/http"
	"testing"
	"time"

	"usher/sandbox"
)

const (
	memberDoc = "resources/guild.mdx: Modify Guild Member"
	roleDoc   = "resources/guild.mdx: Create Guild Role"
	rolesPath = guildPath + "/roles"
)

func memberRules() []rule {
	late := time.Now().Add(29 * 24 * time.Hour).UTC().Format(time.RFC3339)
	olga, noor := guildPath+"/members/1400000000000000104", guildPath+"/members/1400000000000000103"
	changing := func(name string, body object) rule { return on(memberDoc, name, "PATCH", guildPath+ryanPath, body) }
	return []rule{
		changing("nick of 32", object{"nick": letters(32)}).allowed(),
		changing("nick of 33", object{"nick": letters(33)}).complains("nick", "BASE_TYPE_MAX_LENGTH"),
		changing("timeout of 29 days", object{"communication_disabled_until": late}).complains("communication_disabled_until", "COMMUNICATION_DISABLED_UNTIL_TOO_LONG"),
		changing("timeout until never", object{"communication_disabled_until": "soon"}).complains("communication_disabled_until", "DATE_TIME_TYPE_PARSE"),
		changing("a role that is none", object{"roles": []string{"1"}}).refused(http.StatusNotFound, 10011),
		changing("the role of a bot", object{"roles": []string{"1400000000000000012"}}).refused(http.StatusBadRequest, 50028),
		on(codesDoc+" (10013)", "nobody", "PATCH", guildPath+"/members/1", object{"nick": "x"}).refused(http.StatusNotFound, 10013),
		on(hierarchies, "the owner's nick", "PATCH", olga, object{"nick": "x"}).refused(http.StatusForbidden, 50013),
		on(hierarchies, "the owner's timeout", "PATCH", olga, object{"communication_disabled_until": nil}).refused(http.StatusForbidden, 50013),
		on(hierarchies, "kicking the owner", "DELETE", olga, nil).refused(http.StatusForbidden, 50013),
		on(hierarchies, "banning the owner", "PUT", guildPath+"/bans/1400000000000000104", object{}).refused(http.StatusForbidden, 50013),
		on("resources/guild.mdx: Add Guild Member Role", "a role that is none", "PUT", noor+"/roles/1", nil).refused(http.StatusNotFound, 10011),
		on("resources/guild.mdx: Add Guild Member Role", "the role of a bot", "PUT", noor+"/roles/1400000000000000012", nil).refused(http.StatusBadRequest, 50028),
		on("resources/guild.mdx: Get Guild Ban", "no ban", "GET", guildPath+"/bans/1400000000000000103", nil).refused(http.StatusNotFound, 10026),
		on("resources/guild.mdx: Remove Guild Ban", "no ban to lift", "DELETE", guildPath+"/bans/1400000000000000103", nil).refused(http.StatusNotFound, 10026),
		on("resources/guild.mdx: Create Guild Ban", "eight days of messages", "PUT", guildPath+"/bans/1400000000000000103", object{"delete_message_seconds": 604801}).complains("delete_message_seconds", "NUMBER_TYPE_MAX"),
		on("resources/guild.mdx: Create Guild Ban", "nobody", "PUT", guildPath+"/bans/1", object{}).refused(http.StatusNotFound, 10013),
		on("resources/guild.mdx: List Guild Members", "1001 members", "GET", guildPath+"/members?limit=1001", nil).complains("limit", "NUMBER_TYPE_MAX"),
		on("resources/guild.mdx: Search Guild Members", "no query", "GET", guildPath+"/members/search", nil).complains("query", "BASE_TYPE_REQUIRED"),
		on(codesDoc+" (10004)", "a guild that is none", "GET", "/guilds/1", nil).refused(http.StatusNotFound, 10004),
		on(codesDoc+" (10013)", "a user who is none", "GET", "/users/1", nil).refused(http.StatusNotFound, 10013),
	}
}

func roleRules() []rule {
	own := rolesPath + "/1400000000000000012"
	return []rule{
		on(roleDoc, "name of 100", "POST", rolesPath, object{"name": letters(100)}).allowed(),
		on(roleDoc, "name of 101", "POST", rolesPath, object{"name": letters(101)}).complains("name", "BASE_TYPE_MAX_LENGTH"),
		on(roleDoc, "a colour above white", "POST", rolesPath, object{"color": 0x1000000}).complains("color", "NUMBER_TYPE_MAX"),
		on(hierarchies, "more than the bot has itself", "POST", rolesPath, object{"name": "x", "permissions": "32"}).refused(http.StatusForbidden, 50013),
		on(hierarchies, "the bot's own role", "PATCH", own, object{"name": "x"}).refused(http.StatusForbidden, 50013),
		on(hierarchies, "a role above the bot's own", "PATCH", rolesPath, []object{{"id": staffID, "position": 99}}).refused(http.StatusForbidden, 50013),
		on("resources/guild.mdx: Delete Guild Role", "@everyone", "DELETE", rolesPath+"/"+everyoneID, nil).refused(http.StatusBadRequest, 50028),
		on(codesDoc+" (10011)", "a role that is none", "DELETE", rolesPath+"/1", nil).refused(http.StatusNotFound, 10011),
		on(codesDoc+" (10011)", "a role to move that is none", "PATCH", rolesPath, []object{{"id": "1", "position": 1}}).refused(http.StatusNotFound, 10011),
	}
}

// TestS7GuildRules: members, bans and roles.
func TestS7GuildRules(t *testing.T) {
	t.Parallel()
	_, b := quick(t)
	(&bench{rawBot: b, t: t}).grant("KICK_MEMBERS", "BAN_MEMBERS", "MANAGE_NICKNAMES", "MODERATE_MEMBERS")
	hold(t, b, memberRules())
	hold(t, b, roleRules())
	for i := 0; ; i++ {
		if got := b.call("POST", rolesPath, object{"name": "x"}); got.status != http.StatusOK {
			got.refused(t, http.StatusBadRequest, 30005)
			break
		} else if i > 250 {
			t.Fatal("more than 250 roles")
		}
	}
	if n := len(b.must("GET", rolesPath, nil).body.([]any)); n != 250 {
		t.Errorf("the guild has %d roles, want 250", n)
	}
}

// TestS7OtherGuilds: where the bot is not, and what its application has not switched on.
func TestS7OtherGuilds(t *testing.T) {
	t.Parallel()
	seed := sandbox.DefaultSeed()
	seed.Guilds = append(seed.Guilds, sandbox.SeedGuild{ID: 900, Name: "Elsewhere", Owner: "Olga", Channels: []sandbox.SeedChannel{{ID: 901, Name: "x"}}})
	seed.Applications[0].PrivilegedIntents = &[]string{}
	seed.Applications = append(seed.Applications, sandbox.SeedApplication{ID: 902, Name: "Other"})
	s := start(t, sandbox.Config{Seed: seed, RateLimits: sandbox.RateLimits{Off: true}})
	hold(t, newRawBot(t, s), []rule{
		on(codesDoc+" (50001)", "a guild without the bot", "GET", "/guilds/900", nil).refused(http.StatusForbidden, 50001),
		on(codesDoc+" (50001)", "its channels", "GET", "/guilds/900/channels", nil).refused(http.StatusForbidden, 50001),
		on(codesDoc+" (50001)", "a channel of it", "GET", "/channels/901", nil).refused(http.StatusForbidden, 50001),
		on(codesDoc+" (50001)", "commands in it", "PUT", appPath+"/guilds/900/commands", []object{}).refused(http.StatusForbidden, 50001),
		on(codesDoc+" (20012)", "commands of another application", "PUT", "/applications/902/commands", []object{}).refused(http.StatusForbidden, 20012),
		on("resources/guild.mdx: List Guild Members", "without the members intent", "GET", guildPath+"/members", nil).refused(http.StatusForbidden, 50001),
		on("resources/guild.mdx: Search Guild Members", "which search does not need", "GET", guildPath+"/members/search?query=ry", nil).allowed(),
	})
}

// TestS2ContentByREST: what MESSAGE_CONTENT protects is empty in REST answers too, for an application that has not
// switched it on (events/gateway.mdx: Message Content Intent).
func TestS2ContentByREST(t *testing.T) {
	t.Parallel()
	seed := sandbox.DefaultSeed()
	seed.Applications[0].PrivilegedIntents = &[]string{}
	s := start(t, sandbox.Config{Seed: seed, RateLimits: sandbox.RateLimits{Off: true}})
	b := newRawBot(t, s)
	ryan := s.Client().User(sandbox.DemoRyanID)
	theirs := must(ryan.Send(t.Context(), sandbox.DemoSupportID, "secret"))
	naming := must(ryan.Send(t.Context(), sandbox.DemoSupportID, "<@1400000000000000201> hello"))
	own := b.must("POST", messagesPath, object{"content": "mine", "message_reference": object{"message_id": theirs.ID}})
	for id, want := range map[string]string{theirs.ID.String(): "", naming.ID.String(): naming.Content, own.text("id"): "mine"} {
		if got := b.must("GET", messagesPath+"/"+id, nil); got.text("content") != want {
			t.Errorf("the message is %s, want %q", got.raw, want)
		}
	}
	list := b.must("GET", messagesPath, nil)
	if list.text("2.content") != "" || list.text("1.content") != naming.Content {
		t.Errorf("the list is %s", list.raw)
	}
	if got := own.text("referenced_message.content"); got != "" {
		t.Errorf("the message replied to says %q", got)
	}
	dm := b.must("POST", "/users/@me/channels", object{"recipient_id": "585576154958921739"}).text("id")
	must(ryan.Send(t.Context(), must(parse(dm)), "in private"))
	if got := b.must("GET", "/channels/"+dm+"/messages", nil); got.text("0.content") != "in private" {
		t.Errorf("the direct messages are %s", got.raw)
	}
}
