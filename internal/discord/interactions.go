package discord

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"

	"github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"
	"github.com/disgoorg/disgo/rest"

	"usher/internal/core/panel"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

// Desk is what members' and staff's actions become.
type Desk interface {
	Open(ctx context.Context, o ticket.OpenRequest) error
	Close(ctx context.Context, c ticket.CloseRequest) error
	Gone(ctx context.Context, g snowflake.Guild, channel snowflake.Channel) error
}

// doorman hears what happens at Discord and calls the desk.
type doorman struct {
	desk  Desk
	rooms *Rooms
	log   *slog.Logger
	work  func() context.Context // lives as long as accepted work may take
	slots chan struct{}          // bounds the work under way
	busy  sync.WaitGroup
}

// workers is how many openings and closings one process works on at a time; more wait in the dispatcher's queues.
const workers = 256

// start acknowledges an interaction and does the work beside the queue it came by: the member's next press has to be acknowledged within
// three seconds, however long this one takes.
func (d *doorman) start(ctx context.Context, i discord.Interaction, what string, work func() error) {
	d.rooms.acks.start(ctx, d.rooms.rest, i, d.log)
	select {
	case d.slots <- struct{}{}:
	case <-ctx.Done():
		return
	}
	d.busy.Go(func() {
		defer func() { <-d.slots }()
		d.report(ctx, what, i.GuildID(), work())
	})
}

var _ bot.EventListener = (*doorman)(nil)

// OnEvent implements bot.EventListener.
func (d *doorman) OnEvent(event bot.Event) {
	ctx := d.work()
	switch e := event.(type) {
	case *events.ComponentInteractionCreate:
		d.component(ctx, e)
	case *events.ModalSubmitInteractionCreate:
		d.modal(ctx, e)
	case *events.GuildChannelDelete:
		d.report(ctx, "a channel's deletion could not be noted", e.GuildID, d.desk.Gone(ctx, snowflake.Guild(e.GuildID), snowflake.Channel(e.ChannelID)))
	}
}

func (d *doorman) component(ctx context.Context, e *events.ComponentInteractionCreate) {
	if e.GuildID() == nil || e.Member() == nil {
		return // our components stand in servers only
	}
	id := e.Data.CustomID()
	switch {
	case strings.HasPrefix(id, openPrefix):
		d.open(ctx, e, panel.ID(strings.TrimPrefix(id, openPrefix)))
	case id == closeID:
		d.close(ctx, e.ComponentInteraction, "")
	case id == reasonID:
		d.askReason(ctx, e)
	default:
		d.log.LogAttrs(ctx, slog.LevelWarn, "unknown component pressed", slog.String("custom_id", id))
	}
}

func (d *doorman) open(ctx context.Context, e *events.ComponentInteractionCreate, id panel.ID) {
	user := e.User()
	o := ticket.OpenRequest{
		Guild: snowflake.Guild(*e.GuildID()), Panel: id,
		By:          ticket.Member{ID: snowflake.User(user.ID), Name: user.Username, Shown: e.Member().EffectiveName(), Locale: e.Locale().Code()},
		Interaction: snowflake.Interaction(e.ID()), Application: snowflake.Application(e.ApplicationID()), Reply: secret.New(e.Token()),
	}
	d.start(ctx, e.ComponentInteraction, "a ticket could not be opened", func() error { return d.desk.Open(ctx, o) })
}

// close closes the ticket of the channel in which the interaction happened.
func (d *doorman) close(ctx context.Context, i discord.Interaction, reason string) {
	member := i.Member()
	roles := make([]snowflake.Role, 0, len(member.RoleIDs))
	for _, r := range member.RoleIDs {
		roles = append(roles, snowflake.Role(r))
	}
	c := ticket.CloseRequest{
		Guild: snowflake.Guild(*i.GuildID()), Channel: snowflake.Channel(i.Channel().ID()), By: snowflake.User(i.User().ID), Roles: roles,
		Manager: member.Permissions.Has(discord.PermissionManageGuild), Reason: reason,
	}
	d.start(ctx, i, "a ticket could not be closed", func() error {
		err := d.desk.Close(ctx, c)
		if err == nil {
			return nil // the channel is gone, and the answer with it
		}
		if told := d.rooms.Tell(ctx, snowflake.Application(i.ApplicationID()), secret.New(i.Token()), ticket.Sentence(err)); told != nil {
			return fmt.Errorf("telling the member (%w): %w", told, err)
		}
		return err
	})
}

// askReason answers with a form; that is the first answer already, so nothing is deferred.
func (d *doorman) askReason(ctx context.Context, e *events.ComponentInteractionCreate) {
	form := discord.ModalCreate{CustomID: reasonForm, Title: "Close this ticket", Components: []discord.LayoutComponent{
		discord.NewLabel("Reason", discord.TextInputComponent{
			CustomID: reasonInput, Style: discord.TextInputStyleParagraph, MinLength: nil, MaxLength: ticket.MaxReason, Required: true,
			Placeholder: "What the member reads, such as: Solved, your account is active again.",
		}),
	}}
	err := e.Modal(form, rest.WithCtx(ctx))
	d.report(ctx, "the form for a reason could not be shown", e.GuildID(), asFault("showing a form", err))
}

func (d *doorman) modal(ctx context.Context, e *events.ModalSubmitInteractionCreate) {
	if e.GuildID() == nil || e.Member() == nil || e.Data.CustomID != reasonForm {
		return
	}
	d.close(ctx, e.ModalSubmitInteraction, strings.TrimSpace(e.Data.Text(reasonInput)))
}

// report logs an error once, here at the edge.
func (d *doorman) report(ctx context.Context, what string, guild fmt.Stringer, err error) {
	if err == nil {
		return
	}
	level := slog.LevelError
	if isExpected(err) {
		level = slog.LevelInfo
	}
	d.log.LogAttrs(ctx, level, "not done", slog.String("what", what), slog.String("guild", guild.String()), slog.Any("error", err))
}
