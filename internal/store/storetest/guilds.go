package storetest

import (
	"testing"

	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/core/snowflake"
)

func guildCases() []Case {
	return []Case{
		{"GuildComesBackAsSaved", testGuildRoundTrip},
		{"GuildIsReplacedBySaving", testGuildReplaced},
		{"GuildWithoutSettingsIsNotFound", testGuildNotFound},
		{"GuildCancelledCall", func(t *testing.T, p Ports) {
			_, err := p.Guilds.Guild(cancelled(t), home)
			wantCancelled(t, err)
			wantCancelled(t, p.Guilds.SaveGuild(cancelled(t), guild.Settings{ID: home}))
			wantCount(t, p, 0, "SELECT COUNT(*) FROM guilds")
		}},
	}
}

func testGuildRoundTrip(t *testing.T, p Ports) {
	for _, want := range []guild.Settings{
		{ID: home, StaffRoles: []snowflake.Role{1<<62 + 5, 3, 1<<53 + 1}, Category: 1<<62 + 7, OverflowCategory: 8},
		{ID: abroad},
	} {
		ok(t, p.Guilds.SaveGuild(t.Context(), want))
		got, err := p.Guilds.Guild(t.Context(), want.ID)
		ok(t, err)
		same(t, "settings", got, want)
	}
}

func testGuildReplaced(t *testing.T, p Ports) {
	ok(t, p.Guilds.SaveGuild(t.Context(), guild.Settings{ID: home, StaffRoles: []snowflake.Role{1}, Category: 2, OverflowCategory: 3}))
	ok(t, p.Guilds.SaveGuild(t.Context(), guild.Settings{ID: home, StaffRoles: []snowflake.Role{}}))
	got, err := p.Guilds.Guild(t.Context(), home)
	ok(t, err)
	same(t, "settings", got, guild.Settings{ID: home})
}

func testGuildNotFound(t *testing.T, p Ports) {
	ok(t, p.Guilds.SaveGuild(t.Context(), guild.Settings{ID: home}))
	got, err := p.Guilds.Guild(t.Context(), abroad)
	wantFault(t, err, fault.NotFound, "guild_not_found")
	same(t, "settings beside the error", got, guild.Settings{})
}
