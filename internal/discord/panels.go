package discord

import (
	"context"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/rest"
	disgo "github.com/disgoorg/snowflake/v2"

	"usher/internal/core/fault"
	"usher/internal/core/panel"
	"usher/internal/core/placeholder"
	"usher/internal/core/snowflake"
)

// PostPanel posts a panel's message to its channel, or edits it where it stands already, and gives the message.
// Errors: fault.NotFound when the channel is gone; Forbidden; Unavailable.
func (r *Rooms) PostPanel(ctx context.Context, p panel.Panel) (snowflake.Message, error) {
	m := p.Post.Fill(func(string) (placeholder.Value, bool) { return placeholder.Value{}, false })
	all, buttons := embeds(m), panelButton(p)
	if !p.Message.IsZero() {
		_, err := r.rest.UpdateMessage(disgo.ID(p.Channel), disgo.ID(p.Message), discord.MessageUpdate{
			Content: &m.Content, Embeds: &all, Components: &buttons, AllowedMentions: nobody(),
		}, rest.WithCtx(ctx))
		if err := asFault("editing the panel's message", err); fault.KindOf(err) != fault.NotFound {
			return p.Message, err
		}
	}
	made, err := r.rest.CreateMessage(disgo.ID(p.Channel), discord.MessageCreate{
		Content: m.Content, Embeds: all, Components: buttons, AllowedMentions: nobody(),
	}, rest.WithCtx(ctx))
	if err != nil {
		return 0, asFault("posting the panel", err)
	}
	return snowflake.Message(made.ID), nil
}

// TakeDownPanel implements panel.Poster.
func (r *Rooms) TakeDownPanel(ctx context.Context, p panel.Panel) error {
	err := asFault("deleting the panel's message", r.rest.DeleteMessage(disgo.ID(p.Channel), disgo.ID(p.Message), rest.WithCtx(ctx)))
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	return err
}
