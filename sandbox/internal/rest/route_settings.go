package rest

import (
	"net/http"
	"slices"

	"usher/sandbox/internal/form"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/world"
)

// guildSettingRoutes are about a guild as a whole: its settings, log, search and what it has none of.
func guildSettingRoutes() []*route {
	one := "/guilds/{guild_id}"
	return []*route{
		{method: "PATCH", template: one, body: guildShape(), handle: func(c *call) (int, any, error) {
			return read(c, func(r world.GuildRequest) (int, any, error) {
				return ok(c.api.cfg.World.EditGuild(c.actor, c.id("guild_id"), r))
			})
		}},
		{method: "GET", template: one + "/preview", handle: func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.Preview(c.actor, c.id("guild_id")))
		}},
		{method: "GET", template: one + "/audit-logs", handle: auditLog},
		{method: "GET", template: one + "/roles/member-counts", handle: func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.RoleCounts(c.actor, c.id("guild_id")))
		}},
		{method: "GET", template: one + "/regions", handle: func(c *call) (int, any, error) {
			_, err := c.api.cfg.World.Guild(c.actor, c.id("guild_id"), false)
			return ok(regions(), err)
		}},
		{method: "GET", template: one + "/invites", handle: noThings},
		{method: "GET", template: "/voice/regions", handle: func(*call) (int, any, error) { return ok(regions(), nil) }},
		{method: "GET", template: "/invites/{code}", by: byToken, handle: func(*call) (int, any, error) {
			// The sandbox has no invites: people join by the control API.
			return 0, nil, refusal.Code(10006)
		}},
	}
}

func guildShape() form.Type {
	return form.Object(
		form.Maybe("name", form.Text(2, 100)), form.Opt("description", form.Text(0, 300)), form.Opt("icon", form.Text(0, 0)),
		form.Opt("verification_level", form.Choice(0, 1, 2, 3, 4)), form.Opt("default_message_notifications", form.Choice(0, 1)),
		form.Opt("explicit_content_filter", form.Choice(0, 1, 2)), form.Opt("preferred_locale", form.Word(locales()...)),
		form.Opt("afk_timeout", form.Choice(60, 300, 900, 1800, 3600)), form.Opt("afk_channel_id", form.ID()),
		form.Opt("system_channel_id", form.ID()), form.Opt("system_channel_flags", form.Flags()), form.Opt("rules_channel_id", form.ID()),
		form.Opt("public_updates_channel_id", form.ID()), form.Opt("safety_alerts_channel_id", form.ID()),
		form.Opt("premium_progress_bar_enabled", form.Bool()))
}

// locales are Discord's (reference "Locales").
func locales() []string {
	return []string{
		"ar", "bg", "cs", "da", "de", "el", "en-GB", "en-US", "es-419", "es-ES", "fi", "fr", "he", "hi", "hr", "hu", "id", "it", "ja",
		"ko", "lt", "nl", "no", "pl", "pt-BR", "ro", "ru", "sv-SE", "th", "tr", "uk", "vi", "zh-CN", "zh-TW",
	}
}

// regions are a few of Discord's voice regions; the sandbox has no voice.
func regions() []map[string]any {
	out := []map[string]any{}
	for _, r := range [][2]string{{"us-west", "US West"}, {"us-east", "US East"}, {"rotterdam", "Rotterdam"}} {
		out = append(out, map[string]any{"id": r[0], "name": r[1], "custom": false, "deprecated": false, "optimal": r[0] == "us-west"})
	}
	return out
}

func auditLog(c *call) (int, any, error) {
	q := world.AuditQuery{}
	var err error
	if q.Limit, err = c.query("limit", 1, 100, 50); err != nil {
		return 0, nil, err
	}
	if q.Action, err = c.query("action_type", 0, 1000, 0); err != nil {
		return 0, nil, err
	}
	for _, one := range []struct {
		name string
		into *wire.ID
	}{{"user_id", &q.User}, {"target_id", &q.Target}, {"before", &q.Before}, {"after", &q.After}} {
		if *one.into, err = c.queryID(one.name); err != nil {
			return 0, nil, err
		}
	}
	entries, users, err := c.api.cfg.World.AuditLog(c.actor, c.id("guild_id"), q)
	none := []any{}
	return ok(map[string]any{
		"audit_log_entries": entries, "users": users, "integrations": none, "webhooks": none, "guild_scheduled_events": none,
		"threads": none, "application_commands": none, "auto_moderation_rules": none,
	}, err)
}

func banRoutes() []*route {
	list, one := "/guilds/{guild_id}/bans", "/guilds/{guild_id}/bans/{user_id}"
	seconds := form.Opt("delete_message_seconds", form.Int(0, 604800))
	return []*route{
		{method: "GET", template: list, handle: bans},
		{method: "GET", template: one, handle: func(c *call) (int, any, error) {
			return ok(c.api.cfg.World.Ban(c.actor, c.id("guild_id"), c.id("user_id")))
		}},
		{method: "PUT", template: one, handle: func(c *call) (int, any, error) {
			return empty(c.api.cfg.World.SetBan(c.actor, c.id("guild_id"), c.id("user_id"), true))
		}, body: form.Object(form.Opt("delete_message_days", form.Int(0, 7)), seconds)},
		{method: "DELETE", template: one, handle: func(c *call) (int, any, error) {
			return empty(c.api.cfg.World.SetBan(c.actor, c.id("guild_id"), c.id("user_id"), false))
		}},
		{method: "POST", template: "/guilds/{guild_id}/bulk-ban", body: form.Object(form.Req("user_ids", form.List(1, 200, form.ID())), seconds), handle: bulkBan},
		{method: "PUT", template: "/guilds/{guild_id}/members/{user_id}", private: true, handle: addMember, body: form.Object(
			form.Req("access_token", form.Text(1, 10240)), form.Opt("nick", form.Text(0, 32)), form.Opt("roles", form.List(0, 250, form.ID())),
			form.Opt("mute", form.Bool()), form.Opt("deaf", form.Bool()))},
	}
}

func bans(c *call) (int, any, error) {
	limit, err := c.query("limit", 1, 1000, 1000)
	if err != nil {
		return 0, nil, err
	}
	before, err := c.queryID("before")
	if err != nil {
		return 0, nil, err
	}
	after, err := c.queryID("after")
	if err != nil {
		return 0, nil, err
	}
	return ok(c.api.cfg.World.Bans(c.actor, c.id("guild_id"), before, after, limit))
}

func bulkBan(c *call) (int, any, error) {
	return read(c, func(r struct {
		UserIDs []wire.ID `json:"user_ids"`
	},
	) (int, any, error) {
		return ok(c.api.cfg.World.BulkBan(c.actor, c.id("guild_id"), r.UserIDs))
	})
}

// addMember needs the person's own token for this application, with the scope guilds.join.
func addMember(c *call) (int, any, error) {
	return read(c, func(r world.JoinRequest) (int, any, error) {
		b, known := c.api.cfg.OAuth.Bearer(r.AccessToken)
		switch {
		case !known || b.User != c.id("user_id") || b.Client != c.actor.App:
			return 0, nil, refusal.Code(50025)
		case !slices.Contains(b.Scopes, "guilds.join"):
			return 0, nil, refusal.Code(50026)
		}
		m, joined, err := c.api.cfg.World.AddMember(c.actor, c.id("guild_id"), b.User, r)
		if err == nil && !joined {
			return http.StatusNoContent, nil, nil
		}
		return made(m, err)
	})
}
