package discord

import (
	"context"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"
	"github.com/disgoorg/disgo/rest"

	"usher/internal/core/message"
	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

// tagTime bounds the showing of one tag: the whole request of an integration, and the calls around it.
const tagTime = 15 * time.Second

// maxChoices is how many suggestions Discord shows.
// https://discord.com/developers/docs/interactions/application-commands#autocomplete
const maxChoices = 25

// command answers a slash command.
func (d *doorman) command(ctx context.Context, e *events.ApplicationCommandInteractionCreate) {
	data, ok := e.Data.(discord.SlashCommandInteractionData)
	if !ok || data.CommandName() != tagCommandName || e.GuildID() == nil || e.Member() == nil {
		d.log.LogAttrs(ctx, slog.LevelWarn, "unknown command used", slog.String("command", e.Data.CommandName()))
		return
	}
	r := tagRequest(e.ApplicationCommandInteraction, data.String(tagOption))
	d.beside(ctx, e.ApplicationCommandInteraction, func(ctx context.Context) {
		d.report(ctx, "a tag could not be shown", e.ApplicationCommandInteraction, d.showTag(ctx, e.ApplicationCommandInteraction, r))
	})
}

// suggest answers while the name of a tag is typed. What cannot be looked up in time is not suggested: it can be typed all the same.
func (d *doorman) suggest(ctx context.Context, e *events.AutocompleteInteractionCreate) {
	if e.Data.CommandName != tagCommandName || e.GuildID() == nil || e.Member() == nil {
		return
	}
	r := tagRequest(e.AutocompleteInteraction, e.Data.String(tagOption))
	d.beside(ctx, e.AutocompleteInteraction, func(ctx context.Context) {
		look, cancel := context.WithTimeout(ctx, askTime)
		defer cancel()
		names, err := d.desk.TagNames(look, r, maxChoices)
		choices := make([]discord.AutocompleteChoice, 0, len(names))
		for _, name := range names {
			choices = append(choices, discord.AutocompleteChoiceString{Name: name, Value: name})
		}
		if err == nil {
			err = answerFirst(ctx, d.rooms.rest, e.AutocompleteInteraction, discord.InteractionResponse{
				Type: discord.InteractionResponseTypeAutocompleteResult, Data: discord.AutocompleteResult{Choices: choices},
			})
		}
		d.report(ctx, "tags could not be suggested", e.AutocompleteInteraction, err)
	})
}

// tagRequest is what a member asks for.
func tagRequest(i discord.Interaction, name string) ticket.TagRequest {
	member := i.Member()
	return ticket.TagRequest{
		Guild: snowflake.Guild(*i.GuildID()), Channel: snowflake.Channel(i.Channel().ID()), Name: name,
		Roles: roles(member), Manager: member.Permissions.Has(discord.PermissionManageGuild),
	}
}

func roles(member *discord.ResolvedMember) []snowflake.Role {
	all := make([]snowflake.Role, 0, len(member.RoleIDs))
	for _, r := range member.RoleIDs {
		all = append(all, snowflake.Role(r))
	}
	return all
}

// beside does work beside the queue that the interaction came by, for a bounded time. A defect in it costs this interaction alone.
func (d *doorman) beside(ctx context.Context, i discord.Interaction, work func(ctx context.Context)) {
	d.busy.Go(func() {
		ctx, cancel := context.WithTimeout(ctx, tagTime)
		defer cancel()
		defer func() {
			if r := recover(); r != nil {
				d.log.LogAttrs(ctx, slog.LevelError, "panic", slog.String("interaction", i.ID().String()), slog.Any("error", r), slog.String("stack", string(debug.Stack())))
			}
		}()
		work(ctx)
	})
}

// showTag answers with the tag at once where nothing is awaited; else it says that it is coming, and edits that once. Whoever may not show
// it is told alone.
func (d *doorman) showTag(ctx context.Context, i discord.Interaction, r ticket.TagRequest) error {
	look, cancel := context.WithTimeout(ctx, askTime) // what is left for a first answer; what the tag fetches may take longer
	defer cancel()
	showing, err := d.desk.Tag(look, r)
	if err != nil {
		text := ticket.Sentence(err, ticket.Reference(snowflake.Interaction(i.ID())))
		told := answerFirst(ctx, d.rooms.rest, i, discord.InteractionResponse{
			Type: discord.InteractionResponseTypeCreateMessage,
			Data: discord.MessageCreate{Content: text, Flags: discord.MessageFlagEphemeral, AllowedMentions: nobody()},
		})
		if told != nil {
			return told
		}
		return err
	}
	showing.Begin(ctx)
	now, stop := context.WithCancel(ctx)
	stop()
	if showing.Wait(now) {
		return showing.Send(func(m message.Message) error {
			return answerFirst(ctx, d.rooms.rest, i, discord.InteractionResponse{
				Type: discord.InteractionResponseTypeCreateMessage,
				Data: discord.MessageCreate{Content: m.Content, Embeds: embeds(m), AllowedMentions: nobody()},
			})
		})
	}
	if err := answerFirst(ctx, d.rooms.rest, i, discord.InteractionResponse{Type: discord.InteractionResponseTypeDeferredCreateMessage}); err != nil {
		return err
	}
	showing.Wait(ctx)
	return showing.Send(func(m message.Message) error {
		all := embeds(m)
		_, err := d.rooms.rest.UpdateInteractionResponse(i.ApplicationID(), i.Token(), discord.MessageUpdate{
			Content: &m.Content, Embeds: &all, AllowedMentions: nobody(),
		}, rest.WithCtx(ctx))
		return asFault("showing a tag", err)
	})
}
