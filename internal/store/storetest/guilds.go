package storetest

import (
	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/core/message"
	"usher/internal/core/snowflake"
)

func guildRules() []rule {
	return []rule{
		{"GuildComesBackAsSaved", testGuildRoundTrip},
		{"GuildIsReplacedBySaving", testGuildReplaced},
		{"GuildWithoutSettingsIsNotFound", testGuildNotFound},
		{"GuildCancelledCall", func(t trial) {
			_, err := t.Guilds.Guild(cancelled(t), home)
			wantCancelled(t, err)
			wantCancelled(t, t.Guilds.SaveGuild(cancelled(t), guild.Settings{ID: home}))
			t.wantCount(0, "SELECT COUNT(*) FROM guilds")
		}},
	}
}

func testGuildRoundTrip(t trial) {
	for _, want := range []guild.Settings{
		{ID: home, StaffRoles: []snowflake.Role{1<<62 + 5, 3, 1<<53 + 1}, Category: 1<<62 + 7, OverflowCategory: 8, CloseMessage: message.Template{Content: "Bye %user% 🎫", Embed: &message.EmbedTemplate{Title: "T"}}},
		{ID: abroad},
	} {
		ok(t, t.Guilds.SaveGuild(t.Context(), want))
		got, err := t.Guilds.Guild(t.Context(), want.ID)
		ok(t, err)
		same(t, "settings", got, want)
	}
}

func testGuildReplaced(t trial) {
	ok(t, t.Guilds.SaveGuild(t.Context(), guild.Settings{ID: home, StaffRoles: []snowflake.Role{1}, Category: 2, OverflowCategory: 3, CloseMessage: message.Template{Content: "Bye"}}))
	ok(t, t.Guilds.SaveGuild(t.Context(), guild.Settings{ID: home, StaffRoles: []snowflake.Role{}}))
	got, err := t.Guilds.Guild(t.Context(), home)
	ok(t, err)
	same(t, "settings", got, guild.Settings{ID: home})
}

func testGuildNotFound(t trial) {
	ok(t, t.Guilds.SaveGuild(t.Context(), guild.Settings{ID: home}))
	got, err := t.Guilds.Guild(t.Context(), abroad)
	wantFault(t, err, fault.NotFound, "guild_not_found")
	same(t, "settings beside the error", got, guild.Settings{})
}
