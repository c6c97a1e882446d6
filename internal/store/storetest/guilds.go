package storetest

import (
	"usher/internal/core/audit"
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
		{"GuildIsChangedFromTheRevisionThatWasRead", testGuildRevision},
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
		want.Revision = 1
		same(t, "settings", got, want)
	}
}

func testGuildReplaced(t trial) {
	ok(t, t.Guilds.SaveGuild(t.Context(), guild.Settings{ID: home, StaffRoles: []snowflake.Role{1}, Category: 2, OverflowCategory: 3, CloseMessage: message.Template{Content: "Bye"}}))
	ok(t, t.Guilds.SaveGuild(t.Context(), guild.Settings{ID: home, StaffRoles: []snowflake.Role{}}))
	got, err := t.Guilds.Guild(t.Context(), home)
	ok(t, err)
	same(t, "settings", got, guild.Settings{ID: home, Revision: 2})
}

func testGuildRevision(t trial) {
	told := audit.Entry{Guild: home, At: noon(), Action: "guild.changed"}
	ok(t, t.Guilds.SaveGuild(t.Context(), guild.Settings{ID: home, Category: 1}, told))
	won := 0
	for _, err := range together(6, func(i int) error {
		return t.Guilds.SaveGuild(t.Context(), guild.Settings{ID: home, Category: snowflake.Channel(10 + i), Revision: 1}, told)
	}) {
		if err == nil {
			won++
			continue
		}
		wantFault(t, err, fault.Conflict, "guild_changed")
	}
	got, err := t.Guilds.Guild(t.Context(), home)
	ok(t, err)
	if won != 1 || got.Revision != 2 {
		t.Errorf("%d of six edits of one revision won, and it is revision %d", won, got.Revision)
	}
	wantFault(t, t.Guilds.SaveGuild(t.Context(), guild.Settings{ID: abroad, Revision: 1}, told), fault.Conflict, "guild_changed")
	t.wantCount(2, "SELECT COUNT(*) FROM audit_entries") // what was not done is not recorded
	t.wantCount(1, "SELECT COUNT(*) FROM guilds")
}

func testGuildNotFound(t trial) {
	ok(t, t.Guilds.SaveGuild(t.Context(), guild.Settings{ID: home}))
	got, err := t.Guilds.Guild(t.Context(), abroad)
	wantFault(t, err, fault.NotFound, "guild_not_found")
	same(t, "settings beside the error", got, guild.Settings{})
}
