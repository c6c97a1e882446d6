package world

import (
	"cmp"
	"slices"
	"time"

	"usher/sandbox/internal/permission"
	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// guild is a server.
type guild struct {
	id       ID
	name     string
	owner    ID
	locale   string
	features []string
	icon     string
	roles    map[ID]*role
	members  map[ID]*member
	channels map[ID]*channel
	bots     []*app
	bans     map[ID]string
	commands map[ID]*wire.Command
	audit    []auditEntry
	settings guildSettings
	// rights say who may use which command (interactions/application-commands "Permissions").
	rights map[ID][]CommandRight
}

// role is a role of a guild; the one whose id is the guild's is @everyone.
type role struct {
	id          ID
	name        string
	grant       permission.Bits
	color       int
	hoist       bool
	mentionable bool
	managed     bool
	bot         ID
	position    int
	emoji       string
}

// member is a user in a guild.
type member struct {
	user    *user
	nick    string
	roles   []ID
	joined  time.Time
	timeout time.Time
	mute    bool
	deaf    bool
}

// enter makes somebody a member.
func (g *guild) enter(m *member) {
	g.members[m.user.ID] = m
	set(&m.user.guilds, g.id, true)
}

// exit ends a membership.
func (g *guild) exit(user ID) {
	if m := g.members[user]; m != nil {
		delete(m.user.guilds, g.id)
	}
	delete(g.members, user)
}

func (w *World) guild(id ID) (*guild, error) {
	g := w.guilds[id]
	if g == nil {
		return nil, refusal.Code(10004)
	}
	return g, nil
}

// guildFor gives the guild if the actor is in it; Discord tells a stranger 10004 for a guild that does not exist and
// 50001 for one that it is not in.
func (w *World) guildFor(a Actor, id ID) (*guild, error) {
	g, err := w.guild(id)
	if err != nil {
		return nil, err
	}
	if g.members[a.User] == nil {
		return nil, refusal.Code(50001)
	}
	return g, nil
}

// subject is a member as the permission arithmetic wants it.
func (w *World) subject(g *guild, m *member) permission.Member {
	s := permission.Member{
		UserID: uint64(m.user.ID), GuildID: uint64(g.id), Owner: g.owner == m.user.ID,
		TimedOut: m.timeout.After(w.now()), Everyone: g.roles[g.id].grant,
	}
	for _, id := range m.roles {
		if r := g.roles[id]; r != nil {
			s.Roles = append(s.Roles, permission.Role{ID: uint64(id), Grant: r.grant})
		}
	}
	return s
}

// inGuild is what the user may do in the guild at large.
func (w *World) inGuild(g *guild, user ID) permission.Bits {
	m := g.members[user]
	if m == nil {
		return 0
	}
	return permission.InGuild(w.subject(g, m))
}

// needGuild refuses with 50013 unless the actor has the permission in the guild.
func (w *World) needGuild(g *guild, a Actor, want permission.Bits) error {
	if !w.inGuild(g, a.User).Has(want) {
		return refusal.Code(50013)
	}
	return nil
}

// highest is the position of the member's highest role; the owner stands above all.
func (g *guild) highest(user ID) int {
	if g.owner == user {
		return 1 << 30
	}
	top := 0
	if m := g.members[user]; m != nil {
		for _, id := range m.roles {
			if r := g.roles[id]; r != nil {
				top = max(top, r.position)
			}
		}
	}
	return top
}

// sortedRoles lists the roles, @everyone first.
func (g *guild) sortedRoles() []*role {
	out := make([]*role, 0, len(g.roles))
	for _, r := range g.roles {
		out = append(out, r)
	}
	slices.SortFunc(out, func(a, b *role) int {
		return cmp.Or(cmp.Compare(a.position, b.position), cmp.Compare(a.id, b.id))
	})
	return out
}

// sortedMembers lists the members by id.
func (g *guild) sortedMembers() []*member {
	out := make([]*member, 0, len(g.members))
	for _, m := range g.members {
		out = append(out, m)
	}
	slices.SortFunc(out, func(a, b *member) int { return cmp.Compare(a.user.ID, b.user.ID) })
	return out
}

// sortedChannels lists channels (not threads) by position.
func (g *guild) sortedChannels() []*channel {
	out := make([]*channel, 0, len(g.channels))
	for _, c := range g.channels {
		if !c.isThread() {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b *channel) int {
		return cmp.Or(cmp.Compare(a.position, b.position), cmp.Compare(a.id, b.id))
	})
	return out
}

// sortedThreads lists threads that are not archived, newest first.
func (g *guild) sortedThreads() []*channel {
	var out []*channel
	for _, c := range g.channels {
		if c.isThread() && !c.archived {
			out = append(out, c)
		}
	}
	slices.SortFunc(out, func(a, b *channel) int { return cmp.Compare(b.id, a.id) })
	return out
}

func (r *role) wire() wire.Role {
	out := wire.Role{
		ID: r.id, Name: r.name, Color: r.color, Colors: wire.RoleColors{Primary: r.color}, Hoist: r.hoist,
		Position: r.position, Permissions: r.grant.String(), Managed: r.managed, Mentionable: r.mentionable,
		UnicodeEmoji: orNil(r.emoji),
	}
	if r.bot != 0 {
		out.Tags = &wire.RoleTags{BotID: r.bot}
	}
	return out
}

// wire gives the member with its user; inside messages the caller takes the user away.
func (m *member) wire() wire.Member {
	out := wire.Member{
		User: ptr(m.user.User), Nick: orNil(m.nick), Roles: append([]ID{}, m.roles...),
		JoinedAt: wire.At(m.joined), Mute: m.mute, Deaf: m.deaf,
	}
	if !m.timeout.IsZero() {
		out.CommunicationDisabledUntil = ptr(wire.At(m.timeout))
	}
	return out
}

func (w *World) guildWire(g *guild) wire.Guild {
	out := wire.Guild{
		ID: g.id, Name: g.name, Icon: orNil(g.icon), Features: append([]string{}, g.features...), OwnerID: g.owner,
		Region: "us-west", MaxMembers: 500000, MaxStageVideoUsers: 50, MaxVideoUsers: 25,
		PreferredLocale: g.locale, Emojis: []any{}, Stickers: []any{}, Roles: []wire.Role{},
	}
	g.settings.show(&out)
	for _, r := range g.sortedRoles() {
		out.Roles = append(out.Roles, r.wire())
	}
	return out
}
