package discord

import (
	"context"
	"fmt"
	"strings"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"
	disgo "github.com/disgoorg/snowflake/v2"

	"usher/internal/core/fault"
	"usher/internal/core/message"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

// Rooms makes and removes tickets' channels and messages.
type Rooms struct {
	rest        rest.Rest
	self        func() disgo.ID // our bot's user
	permissions func(guild disgo.ID) (discord.Permissions, bool)
	channel     func(id disgo.ID) (discord.GuildChannel, bool) // from the cache
	acks        *acknowledgements
}

var _ ticket.Rooms = (*Rooms)(nil)

// maxTopic is the length of a channel's topic, in characters.
// https://discord.com/developers/docs/resources/channel#modify-channel
const maxTopic = 1024

// refMark begins the mark in a topic by which a channel is found again.
const refMark = " · ref "

// Permissions in a ticket's channel. Nobody else sees it: @everyone is denied to view.
// https://discord.com/developers/docs/topics/permissions#permission-overwrites
const (
	memberPermissions = discord.PermissionViewChannel | discord.PermissionSendMessages | discord.PermissionReadMessageHistory |
		discord.PermissionAttachFiles | discord.PermissionEmbedLinks | discord.PermissionAddReactions
	botPermissions = memberPermissions | discord.PermissionManageChannels | discord.PermissionManageMessages
)

// Create implements ticket.Rooms.
func (r *Rooms) Create(ctx context.Context, p ticket.RoomPlan) (snowflake.Channel, error) {
	made, err := r.rest.CreateGuildChannel(disgo.ID(p.Guild), discord.GuildTextChannelCreate{
		Name: p.Name, Topic: placeholder.Cut(p.Topic, maxTopic-len(refMark)-16) + refMark + p.Ref,
		ParentID: disgo.ID(p.Category), PermissionOverwrites: r.overwrites(p),
	}, rest.WithCtx(ctx), rest.WithReason("Ticket opened by user "+p.Opener.String()))
	if err != nil {
		return 0, asFault("making a channel", err)
	}
	return snowflake.Channel(made.ID()), nil
}

// overwrites grants only what our bot has itself: Discord refuses more (50013). What makes the channel private and seen by those two who
// must is asked for in any case: where our bot lacks it there shall be a refusal and no channel.
func (r *Rooms) overwrites(p ticket.RoomPlan) []discord.PermissionOverwrite {
	own, known := r.permissions(disgo.ID(p.Guild))
	grant := func(wanted discord.Permissions) discord.Permissions {
		if !known || own.Has(discord.PermissionAdministrator) {
			return wanted
		}
		return wanted&own | discord.PermissionViewChannel
	}
	all := []discord.PermissionOverwrite{
		discord.RolePermissionOverwrite{RoleID: disgo.ID(p.Guild), Deny: discord.PermissionViewChannel},
		discord.MemberPermissionOverwrite{UserID: disgo.ID(p.Opener), Allow: grant(memberPermissions)},
		discord.MemberPermissionOverwrite{UserID: r.self(), Allow: grant(botPermissions)},
	}
	for _, role := range p.Staff {
		all = append(all, discord.RolePermissionOverwrite{RoleID: disgo.ID(role), Allow: grant(memberPermissions)})
	}
	return all
}

// isTicket reports, from the cache alone, whether a channel is a ticket's.
func (r *Rooms) isTicket(channel disgo.ID) bool {
	c, _ := r.channel(channel)
	text, ok := c.(discord.GuildTextChannel)
	return ok && text.Topic() != nil && strings.Contains(*text.Topic(), refMark)
}

// InGuild reports whether a channel is there, in this server, for our bot to see. Errors: Unavailable.
func (r *Rooms) InGuild(ctx context.Context, g snowflake.Guild, channel snowflake.Channel) (bool, error) {
	found, err := r.rest.GetChannel(disgo.ID(channel), rest.WithCtx(ctx))
	err = asFault("looking for a channel", err)
	if kind := fault.KindOf(err); kind == fault.NotFound || kind == fault.Forbidden {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	in, ok := found.(discord.GuildChannel)
	return ok && in.GuildID() == disgo.ID(g), nil
}

// Find implements ticket.Rooms.
func (r *Rooms) Find(ctx context.Context, g snowflake.Guild, ref string) (snowflake.Channel, error) {
	channels, err := r.rest.GetGuildChannels(disgo.ID(g), rest.WithCtx(ctx))
	if err != nil {
		return 0, asFault("listing the channels", err)
	}
	for _, c := range channels {
		if text, ok := c.(discord.GuildTextChannel); ok && text.Topic() != nil && strings.HasSuffix(*text.Topic(), refMark+ref) {
			return snowflake.Channel(c.ID()), nil
		}
	}
	return 0, nil
}

// Welcome implements ticket.Rooms: the welcome message is the one of ours with the close button.
func (r *Rooms) Welcome(ctx context.Context, channel snowflake.Channel) (snowflake.Message, error) {
	first, err := r.rest.GetMessages(disgo.ID(channel), 0, 0, 1, 100, rest.WithCtx(ctx))
	if err != nil {
		return 0, asFault("reading the ticket's messages", err)
	}
	for _, m := range first {
		if m.Author.ID == r.self() && hasButton(m, closeID) {
			return snowflake.Message(m.ID), nil
		}
	}
	return 0, nil
}

func hasButton(m discord.Message, id string) bool {
	for c := range m.AllComponents() {
		if b, ok := c.(discord.ButtonComponent); ok && b.CustomID == id {
			return true
		}
	}
	return false
}

// Post implements ticket.Rooms. Discord itself recognises a second try of the same message by its nonce.
// https://discord.com/developers/docs/resources/message#create-message
func (r *Rooms) Post(ctx context.Context, channel snowflake.Channel, ref string, m message.Message) (snowflake.Message, error) {
	made, err := r.rest.CreateMessage(disgo.ID(channel), discord.MessageCreate{
		Content: m.Content, Embeds: embeds(m), Components: ticketButtons(), AllowedMentions: nobody(), Nonce: "w" + ref, EnforceNonce: true,
	}, rest.WithCtx(ctx))
	if err != nil {
		return 0, asFault("posting the welcome message", err)
	}
	return snowflake.Message(made.ID), nil
}

// Edit implements ticket.Rooms.
func (r *Rooms) Edit(ctx context.Context, channel snowflake.Channel, id snowflake.Message, m message.Message) error {
	all := embeds(m)
	_, err := r.rest.UpdateMessage(disgo.ID(channel), disgo.ID(id), discord.MessageUpdate{
		Content: &m.Content, Embeds: &all, AllowedMentions: nobody(),
	}, rest.WithCtx(ctx))
	return asFault("editing the welcome message", err)
}

// Delete implements ticket.Rooms.
func (r *Rooms) Delete(ctx context.Context, channel snowflake.Channel, reason string) error {
	err := asFault("deleting a channel", r.rest.DeleteChannel(disgo.ID(channel), rest.WithCtx(ctx), rest.WithReason(reason)))
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}

// Tell implements ticket.Rooms. It waits for the acknowledgement of the interaction, if that is under way in this process.
func (r *Rooms) Tell(ctx context.Context, app snowflake.Application, token secret.Value, text string) error {
	if err := r.acks.wait(ctx, token.Reveal()); err != nil {
		return fmt.Errorf("waiting for the interaction to be acknowledged: %w", err)
	}
	_, err := r.rest.UpdateInteractionResponse(disgo.ID(app), token.Reveal(), discord.MessageUpdate{Content: &text, AllowedMentions: nobody()}, rest.WithCtx(ctx))
	return asFault("answering the member", err)
}

// Notify implements ticket.Rooms.
func (r *Rooms) Notify(ctx context.Context, user snowflake.User, m message.Message) error {
	direct, err := r.rest.CreateDMChannel(disgo.ID(user), rest.WithCtx(ctx))
	if err != nil {
		return asFault("opening a direct channel", err)
	}
	_, err = r.rest.CreateMessage(direct.ID(), discord.MessageCreate{Content: m.Content, Embeds: embeds(m), AllowedMentions: nobody()}, rest.WithCtx(ctx))
	return asFault("writing a direct message", err)
}
