package discord

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"

	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/panel"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

// Desk is what members' and staff's actions become.
type Desk interface {
	Ask(ctx context.Context, o ticket.OpenRequest) (form.Form, bool, error)
	Open(ctx context.Context, o ticket.OpenRequest) error
	Close(ctx context.Context, c ticket.CloseRequest) error
	Tag(ctx context.Context, r ticket.TagRequest) (*ticket.Showing, error)
	TagNames(ctx context.Context, r ticket.TagRequest, limit int) ([]string, error)
	Gone(ctx context.Context, g snowflake.Guild, channel snowflake.Channel) error
}

// doorman hears what happens at Discord and calls the desk.
type doorman struct {
	desk  Desk
	rooms *Rooms
	log   *slog.Logger
	work  func() context.Context // lives as long as accepted work may take
	slots chan struct{}          // bounds the work under way
	lanes *lanes                 // bounds each guild's part of it
	busy  sync.WaitGroup
}

// workers is how many openings and closings one process works on at a time.
const workers = 256

// start acknowledges an interaction and does the work beside the queue it came by: the member's next press has to be acknowledged within
// three seconds, however long this one takes.
func (d *doorman) start(ctx context.Context, i discord.Interaction, what string, work func() error) {
	d.rooms.acks.start(ctx, d.rooms.rest, i, d.log)
	leave, ok := d.lanes.enter(*i.GuildID())
	d.busy.Go(func() {
		if !ok {
			d.report(ctx, what, i, d.answer(ctx, i, fault.New(fault.Unavailable, "server_busy", "Very many tickets are being opened in this server at the moment. Please try again in a minute.")))
			return
		}
		defer leave()
		d.report(ctx, what, i, d.guarded(ctx, i, work))
	})
}

// guarded does the work when it is its turn. A defect in it costs this interaction and not the process.
func (d *doorman) guarded(ctx context.Context, i discord.Interaction, work func() error) (err error) {
	lane := d.lanes.of(*i.GuildID())
	for _, slots := range []chan struct{}{lane, d.slots} {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-ctx.Done():
			return fmt.Errorf("waiting for its turn: %w", ctx.Err())
		}
	}
	defer func() {
		if r := recover(); r != nil {
			err = d.answer(ctx, i, fmt.Errorf("panic: %v\n%s", r, debug.Stack()))
		}
	}()
	return work()
}

// answer tells the member why something was not done, and gives the reason back for the log.
func (d *doorman) answer(ctx context.Context, i discord.Interaction, why error) error {
	text := ticket.Sentence(why, ticket.Reference(snowflake.Interaction(i.ID())))
	if err := d.rooms.Tell(ctx, snowflake.Application(i.ApplicationID()), secret.New(i.Token()), text); err != nil {
		return fmt.Errorf("telling the member (%w): %w", err, why)
	}
	return why
}

// OnEvent implements bot.EventListener.
func (d *doorman) OnEvent(event bot.Event) {
	ctx := d.work()
	switch e := event.(type) {
	case *events.ComponentInteractionCreate:
		d.component(ctx, e)
	case *events.ModalSubmitInteractionCreate:
		d.modal(ctx, e)
	case *events.ApplicationCommandInteractionCreate:
		d.command(ctx, e)
	case *events.AutocompleteInteractionCreate:
		d.suggest(ctx, e)
	case *events.GuildChannelDelete:
		if err := d.desk.Gone(ctx, snowflake.Guild(e.GuildID), snowflake.Channel(e.ChannelID)); err != nil {
			d.log.LogAttrs(ctx, slog.LevelError, "a channel's deletion could not be noted", slog.String("guild", e.GuildID.String()), slog.Any("error", err))
		}
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
	o := opening(e.ComponentInteraction, id)
	d.busy.Go(func() {
		f, asks, err := d.ask(ctx, o)
		switch {
		case err != nil:
			d.start(ctx, e.ComponentInteraction, "a ticket could not be opened", func() error { return d.answer(ctx, e.ComponentInteraction, err) })
		case asks:
			err := answerFirst(ctx, d.rooms.rest, e.ComponentInteraction, discord.InteractionResponse{Type: discord.InteractionResponseTypeModal, Data: modal(id, f)})
			d.report(ctx, "a form could not be shown", e.ComponentInteraction, err)
		default:
			d.start(ctx, e.ComponentInteraction, "a ticket could not be opened", func() error { return d.desk.Open(ctx, o) })
		}
	})
}

// askTime bounds what is looked up before the first answer, which has to come within three seconds: a form is one, and nothing may be
// answered before it.
const askTime = 1500 * time.Millisecond

func (d *doorman) ask(ctx context.Context, o ticket.OpenRequest) (form.Form, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return d.desk.Ask(ctx, o)
}

// opening is what an interaction asks for.
func opening(i discord.Interaction, id panel.ID) ticket.OpenRequest {
	user := i.User()
	return ticket.OpenRequest{
		Guild: snowflake.Guild(*i.GuildID()), Panel: id,
		By:          ticket.Member{ID: snowflake.User(user.ID), Name: user.Username, Shown: i.Member().EffectiveName(), Locale: i.Locale().Code()},
		Interaction: snowflake.Interaction(i.ID()), Application: snowflake.Application(i.ApplicationID()), Reply: secret.New(i.Token()),
	}
}

// submit opens a ticket with the answers to a panel's form.
func (d *doorman) submit(ctx context.Context, e *events.ModalSubmitInteractionCreate) {
	id, submission, ok := parseFormID(e.Data.CustomID)
	if !ok {
		d.log.LogAttrs(ctx, slog.LevelWarn, "unknown form sent", slog.String("custom_id", e.Data.CustomID))
		return
	}
	fill(&submission, e.Data)
	o := opening(e.ModalSubmitInteraction, id)
	o.Submission = &submission
	d.start(ctx, e.ModalSubmitInteraction, "a ticket could not be opened", func() error { return d.desk.Open(ctx, o) })
}

// close closes the ticket of the channel in which the interaction happened.
func (d *doorman) close(ctx context.Context, i discord.Interaction, reason string) {
	member := i.Member()
	c := ticket.CloseRequest{
		Guild: snowflake.Guild(*i.GuildID()), Channel: snowflake.Channel(i.Channel().ID()), By: snowflake.User(i.User().ID), Roles: roles(member),
		Manager: member.Permissions.Has(discord.PermissionManageGuild), Reason: reason,
	}
	d.start(ctx, i, "a ticket could not be closed", func() error {
		if err := d.desk.Close(ctx, c); err != nil {
			return d.answer(ctx, i, err)
		}
		return nil // the channel is gone, and the answer with it
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
	d.busy.Go(func() {
		err := answerFirst(ctx, d.rooms.rest, e.ComponentInteraction, discord.InteractionResponse{Type: discord.InteractionResponseTypeModal, Data: form})
		d.report(ctx, "the form for a reason could not be shown", e.ComponentInteraction, err)
	})
}

func (d *doorman) modal(ctx context.Context, e *events.ModalSubmitInteractionCreate) {
	switch {
	case e.GuildID() == nil || e.Member() == nil:
	case e.Data.CustomID == reasonForm:
		d.close(ctx, e.ModalSubmitInteraction, strings.TrimSpace(e.Data.Text(reasonInput)))
	case strings.HasPrefix(e.Data.CustomID, formPrefix):
		d.submit(ctx, e)
	}
}

// report logs an error once, here at the edge, under the reference that the member may have been told.
func (d *doorman) report(ctx context.Context, what string, i discord.Interaction, err error) {
	if err == nil {
		return
	}
	level := slog.LevelError
	if isExpected(err) {
		level = slog.LevelInfo
	}
	d.log.LogAttrs(ctx, level, "not done", slog.String("what", what), slog.String("guild", i.GuildID().String()),
		slog.String("reference", ticket.Reference(snowflake.Interaction(i.ID()))), slog.Any("error", err))
}
