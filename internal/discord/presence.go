package discord

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/disgoorg/disgo/cache"
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"
	disgo "github.com/disgoorg/snowflake/v2"

	"usher/internal/core/account"
	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/core/snowflake"
)

// Presence is what our bot sees of the servers that it is in: from what the gateway told it, and of members by asking.
type Presence struct {
	rest   rest.Rest
	caches cache.Caches
	self   disgo.ID
	site   string // where people see Discord: the API's address before /api
}

var (
	_ account.Presence = (*Presence)(nil)
	_ guild.Directory  = (*Presence)(nil)
)

// Presence gives what the bot sees.
func (b *Bot) Presence() *Presence {
	client := b.connection.Client
	return &Presence{rest: client.Rest, caches: client.Caches, self: client.ApplicationID, site: b.site}
}

// Application is the id of the bot's application, which signing in needs too.
func (b *Bot) Application() snowflake.Application {
	return snowflake.Application(b.connection.Client.ApplicationID)
}

// Here implements account.Presence.
func (p *Presence) Here(g snowflake.Guild) bool {
	_, ok := p.caches.Guild(disgo.ID(g))
	return ok
}

// MayManage implements account.Presence.
func (p *Presence) MayManage(ctx context.Context, g snowflake.Guild, user snowflake.User) (bool, error) {
	at, ok := p.caches.Guild(disgo.ID(g))
	if !ok {
		return false, nil
	}
	member, err := p.rest.GetMember(at.ID, disgo.ID(user), rest.WithCtx(ctx))
	if err = asFault("looking at a member", err); err != nil {
		if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Forbidden {
			return false, nil
		}
		return false, err
	}
	member.GuildID = at.ID
	permissions := p.caches.MemberPermissions(*member)
	return permissions.Has(discord.PermissionAdministrator) || permissions.Has(discord.PermissionManageGuild), nil
}

// InviteURL implements account.Presence.
func (p *Presence) InviteURL(g snowflake.Guild) string {
	return inviteURL(p.site, snowflake.Application(p.self), g)
}

// Server implements guild.Directory.
func (p *Presence) Server(g snowflake.Guild) (guild.Server, error) {
	found, ok := p.caches.Guild(disgo.ID(g))
	if !ok {
		return guild.Server{}, errNotHere()
	}
	s := guild.Server{Name: found.Name, Owner: snowflake.User(found.OwnerID)}
	if found.Icon != nil {
		s.Icon = *found.Icon
	}
	return s, nil
}

// Channels implements guild.Directory.
func (p *Presence) Channels(g snowflake.Guild) ([]guild.Channel, error) {
	if !p.Here(g) {
		return nil, errNotHere()
	}
	var all []guild.Channel
	for c := range p.caches.ChannelsForGuild(disgo.ID(g)) {
		kind, ok := kindOf(c.Type())
		if !ok {
			continue
		}
		one := guild.Channel{ID: snowflake.Channel(c.ID()), Name: c.Name(), Kind: kind, Position: c.Position()}
		if parent := c.ParentID(); parent != nil {
			one.Category = snowflake.Channel(*parent)
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b guild.Channel) int {
		return cmp.Or(cmp.Compare(a.Position, b.Position), cmp.Compare(a.ID, b.ID))
	})
	return all, nil
}

// kindOf tells which of the channels that Usher can use a channel is; false for the others.
func kindOf(t discord.ChannelType) (guild.ChannelKind, bool) {
	switch t {
	case discord.ChannelTypeGuildText:
		return guild.Text, true
	case discord.ChannelTypeGuildNews:
		return guild.Announcements, true
	case discord.ChannelTypeGuildCategory:
		return guild.Category, true
	default:
		return "", false
	}
}

// Roles implements guild.Directory.
func (p *Presence) Roles(g snowflake.Guild) ([]guild.Role, error) {
	if !p.Here(g) {
		return nil, errNotHere()
	}
	var all []guild.Role
	for r := range p.caches.Roles(disgo.ID(g)) {
		all = append(all, guild.Role{
			ID: snowflake.Role(r.ID), Name: r.Name, Colour: r.Color, Position: r.Position, Managed: r.Managed, Everyone: r.ID == disgo.ID(g),
		})
	}
	slices.SortFunc(all, func(a, b guild.Role) int { return cmp.Or(cmp.Compare(b.Position, a.Position), cmp.Compare(a.ID, b.ID)) })
	return all, nil
}

// Members implements guild.Directory.
// https://discord.com/developers/docs/resources/guild#search-guild-members
func (p *Presence) Members(ctx context.Context, g snowflake.Guild, begins string, limit int) ([]guild.Member, error) {
	if !p.Here(g) {
		return nil, errNotHere()
	}
	found, err := p.rest.SearchMembers(disgo.ID(g), strings.TrimSpace(begins), limit, rest.WithCtx(ctx))
	if err != nil {
		return nil, asFault("searching members", err)
	}
	all := make([]guild.Member, 0, len(found))
	for _, m := range found {
		all = append(all, memberOf(m))
	}
	return all, nil
}

// Member implements guild.Directory.
// https://discord.com/developers/docs/resources/guild#get-guild-member
func (p *Presence) Member(ctx context.Context, g snowflake.Guild, user snowflake.User) (guild.Member, error) {
	if !p.Here(g) {
		return guild.Member{}, errNotHere()
	}
	found, err := p.rest.GetMember(disgo.ID(g), disgo.ID(user), rest.WithCtx(ctx))
	err = asFault("looking at a member", err)
	if fault.KindOf(err) == fault.NotFound {
		return guild.Member{}, fault.New(fault.NotFound, "member_not_found", "This person is not in the server any more. Choose another member.")
	}
	if err != nil {
		return guild.Member{}, err
	}
	return memberOf(*found), nil
}

// User implements guild.Directory.
// https://discord.com/developers/docs/resources/user#get-user
func (p *Presence) User(ctx context.Context, user snowflake.User) (guild.Member, error) {
	found, err := p.rest.GetUser(disgo.ID(user), rest.WithCtx(ctx))
	err = asFault("looking at a user", err)
	if fault.KindOf(err) == fault.NotFound {
		return guild.Member{}, fault.New(fault.NotFound, "user_not_found", "Discord knows nobody with this id.")
	}
	if err != nil {
		return guild.Member{}, err
	}
	return memberOf(discord.Member{User: *found}), nil
}

// ChannelURL implements guild.Directory.
func (p *Presence) ChannelURL(g snowflake.Guild, channel snowflake.Channel) string {
	return p.site + "/channels/" + g.String() + "/" + channel.String()
}

func memberOf(m discord.Member) guild.Member {
	one := guild.Member{ID: snowflake.User(m.User.ID), Name: m.User.Username, Shown: m.EffectiveName(), Bot: m.User.Bot}
	if m.User.Avatar != nil {
		one.Avatar = *m.User.Avatar
	}
	return one
}

func errNotHere() error {
	return fault.New(fault.Conflict, "bot_not_here", "The bot is not in this server. Add it first.")
}
