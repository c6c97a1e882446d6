package world

import (
	"strings"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// guildSettings is what a guild's owner sets and the sandbox only shows.
type guildSettings struct {
	description   string
	verification  int
	notifications int
	explicit      int
	afkChannel    ID
	afkTimeout    int
	system        ID
	systemFlags   int
	rules         ID
	updates       ID
	alerts        ID
	progressBar   bool
}

// newSettings are those of a new guild: every message notifies only mentions, five minutes until one is away.
func newSettings() guildSettings { return guildSettings{notifications: 1, afkTimeout: 300} }

// show puts the settings into the guild object.
func (s *guildSettings) show(out *wire.Guild) {
	out.Description, out.VerificationLevel, out.DefaultNotifications = orNil(s.description), s.verification, s.notifications
	out.ExplicitContentFilter, out.AFKTimeout, out.SystemChannelFlags = s.explicit, s.afkTimeout, s.systemFlags
	out.AFKChannelID, out.SystemChannelID, out.RulesChannelID = idOrNil(s.afkChannel), idOrNil(s.system), idOrNil(s.rules)
	out.PublicUpdatesChannelID, out.SafetyAlertsChannelID = idOrNil(s.updates), idOrNil(s.alerts)
	out.PremiumProgressBar = s.progressBar
}

func idOrNil(id ID) *ID {
	if id == 0 {
		return nil
	}
	return &id
}

// forget takes a deleted channel out of the settings.
func (s *guildSettings) forget(id ID) {
	for _, at := range []*ID{&s.afkChannel, &s.system, &s.rules, &s.updates, &s.alerts} {
		if *at == id {
			*at = 0
		}
	}
}

// GuildRequest changes a guild (PATCH /guilds/{g}).
type GuildRequest struct {
	Name          wire.Opt[string] `json:"name"`
	Description   wire.Opt[string] `json:"description"`
	Icon          wire.Opt[string] `json:"icon"`
	Verification  wire.Opt[int]    `json:"verification_level"`
	Notifications wire.Opt[int]    `json:"default_message_notifications"`
	Explicit      wire.Opt[int]    `json:"explicit_content_filter"`
	Locale        wire.Opt[string] `json:"preferred_locale"`
	AFKTimeout    wire.Opt[int]    `json:"afk_timeout"`
	AFKChannel    wire.Opt[ID]     `json:"afk_channel_id"`
	System        wire.Opt[ID]     `json:"system_channel_id"`
	SystemFlags   wire.Opt[int]    `json:"system_channel_flags"`
	Rules         wire.Opt[ID]     `json:"rules_channel_id"`
	Updates       wire.Opt[ID]     `json:"public_updates_channel_id"`
	Alerts        wire.Opt[ID]     `json:"safety_alerts_channel_id"`
	ProgressBar   wire.Opt[bool]   `json:"premium_progress_bar_enabled"`
}

// EditGuild changes a guild; it needs MANAGE_GUILD.
func (w *World) EditGuild(a Actor, id ID, r GuildRequest) (wire.Guild, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, id)
	if err != nil {
		return wire.Guild{}, err
	}
	if err := w.needGuild(g, a, permission.ManageGuild); err != nil {
		return wire.Guild{}, err
	}
	next, err := g.changed(&r)
	if err != nil {
		return wire.Guild{}, err
	}
	icon := g.icon
	if r.Icon.Set {
		if icon, err = w.keepPicture(g.id, "icon", r.Icon.V); err != nil {
			return wire.Guild{}, err
		}
	}
	before := g.plain()
	g.settings, g.icon = next, icon
	if name := strings.TrimSpace(r.Name.Or("")); name != "" {
		g.name = name
	}
	if r.Locale.Set {
		g.locale = r.Locale.Or("en-US")
	}
	w.log(g, auditEntry{actor: a, action: auditGuildUpdate, target: g.id, changes: differences(before, g.plain())})
	w.dispatch(Dispatch{Type: "GUILD_UPDATE", Guild: g.id, Intents: intentGuilds, Data: encode(w.guildWire(g))})
	w.guildShown(g)
	return w.guildWire(g), nil
}

// changed gives the settings after a request; channels must be the guild's, of the right kind.
func (g *guild) changed(r *GuildRequest) (guildSettings, error) {
	s := g.settings
	if r.Description.Set {
		s.description = r.Description.V
	}
	if r.Verification.Set {
		s.verification = r.Verification.V
	}
	if r.Notifications.Set {
		s.notifications = r.Notifications.V
	}
	if r.Explicit.Set {
		s.explicit = r.Explicit.V
	}
	s.afkTimeout, s.systemFlags = r.AFKTimeout.Or(s.afkTimeout), r.SystemFlags.Or(s.systemFlags)
	s.progressBar = r.ProgressBar.Or(s.progressBar)
	for _, one := range []struct {
		field string
		want  wire.Opt[ID]
		at    *ID
		kind  int
	}{
		{"afk_channel_id", r.AFKChannel, &s.afkChannel, wire.ChannelVoice},
		{"system_channel_id", r.System, &s.system, wire.ChannelText},
		{"rules_channel_id", r.Rules, &s.rules, wire.ChannelText},
		{"public_updates_channel_id", r.Updates, &s.updates, wire.ChannelText},
		{"safety_alerts_channel_id", r.Alerts, &s.alerts, wire.ChannelText},
	} {
		if !one.want.Set {
			continue
		}
		if c := g.channels[one.want.V]; one.want.V != 0 && (c == nil || c.kind != one.kind) {
			return s, refusal.Field(one.field, "GUILD_CHANNEL_INVALID", "Must be a channel of this guild and of the right type")
		}
		*one.at = one.want.V
	}
	return s, nil
}

// GuildPreview is what anybody may see of a discoverable guild, and a member of its own (resources/guild).
type GuildPreview struct {
	ID              ID       `json:"id"`
	Name            string   `json:"name"`
	Icon            *string  `json:"icon"`
	Description     *string  `json:"description"`
	HomeHeader      *string  `json:"home_header"`
	Splash          *string  `json:"splash"`
	DiscoverySplash *string  `json:"discovery_splash"`
	Features        []string `json:"features"`
	Members         int      `json:"approximate_member_count"`
	Presences       int      `json:"approximate_presence_count"`
	Emojis          []any    `json:"emojis"`
	Stickers        []any    `json:"stickers"`
}

// Preview gives a guild's preview: of a guild that the actor is in, or that is discoverable.
func (w *World) Preview(a Actor, id ID) (GuildPreview, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guild(id)
	if err != nil {
		return GuildPreview{}, err
	}
	if g.members[a.User] == nil && !g.has("DISCOVERABLE") {
		return GuildPreview{}, refusal.Code(10004)
	}
	return GuildPreview{
		ID: g.id, Name: g.name, Icon: orNil(g.icon), Description: orNil(g.settings.description), Features: append([]string{}, g.features...),
		Members: len(g.members), Presences: len(g.members), Emojis: []any{}, Stickers: []any{},
	}, nil
}

func (g *guild) has(feature string) bool {
	for _, f := range g.features {
		if f == feature {
			return true
		}
	}
	return false
}

// RoleCounts tells how many members have each role, @everyone left out (GET /guilds/{g}/roles/member-counts).
func (w *World) RoleCounts(a Actor, id ID) (map[ID]int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	g, err := w.guildFor(a, id)
	if err != nil {
		return nil, err
	}
	out := map[ID]int{}
	for role := range g.roles {
		if role != g.id {
			out[role] = 0
		}
	}
	for _, m := range g.members {
		for _, role := range m.roles {
			out[role]++
		}
	}
	return out, nil
}
