package ticket

import (
	"context"
	"fmt"
	"log/slog"

	"usher/internal/core/message"
	"usher/internal/core/placeholder"
)

// farewell is what a closed ticket's opener is written, with its values under way.
type farewell struct {
	text message.Template
	live Fetching
}

// prepare begins what the close message needs, so that it is fetched beside the channel's deletion; nil where nothing is to be said: to
// openers who closed the ticket themselves, without a reason, in a server without a message of its own.
func (d *Desk) prepare(ctx context.Context, t Ticket) *farewell {
	snapshot, err := d.Guilds.Get(ctx, t.Guild)
	if err != nil {
		d.Log.LogAttrs(ctx, slog.LevelWarn, "the close message could not be read", slog.String("guild", t.Guild.String()), slog.Any("error", err))
	}
	text := snapshot.Settings.CloseMessage
	if text.IsZero() {
		if t.ClosedBy == t.Opener.ID && t.Reason == "" {
			return nil
		}
		text.Content = t.plainFarewell()
	}
	f := &farewell{text: text, live: d.Values.Begin(ctx, t, ForClosing, text.Names())}
	f.live.Channel(t.Channel)
	return f
}

// plainFarewell is what is said where the server has no message of its own.
func (t Ticket) plainFarewell() string {
	text := "Your ticket %ticket.ticket_id% was closed."
	if !t.ClosedBy.IsZero() {
		text = "Your ticket %ticket.ticket_id% was closed by %ticket.closed_by%."
	}
	if t.Reason != "" {
		text += "\nReason: %ticket.reason%"
	}
	return text
}

// closing are the values that close messages know besides the others.
func (t Ticket) closing() map[string]placeholder.Value {
	plain := map[string]placeholder.Value{"closed_by": {Missing: true}, "reason": {Text: t.Reason, Missing: t.Reason == ""}}
	if !t.ClosedBy.IsZero() {
		plain["closed_by"] = placeholder.Value{Text: fmt.Sprintf("<@%s>", t.ClosedBy), Format: placeholder.Trusted}
	}
	values := map[string]placeholder.Value{}
	for name, v := range plain {
		values[name], values["ticket."+name] = v, v
	}
	return values
}

// bidFarewell writes to the opener when all values are in: nobody waits for it.
func (d *Desk) bidFarewell(ctx context.Context, t Ticket, f *farewell) {
	if f == nil {
		return
	}
	f.live.Wait(ctx)
	render := func(values map[string]placeholder.Value) message.Message {
		ours, other := t.closing(), t.lookup(nil)
		m := f.text.Fill(func(name string) (placeholder.Value, bool) {
			if v, ok := values[name]; ok {
				return v, true
			}
			if v, ok := ours[name]; ok {
				return v, true
			}
			return other(name)
		})
		if m.Empty() {
			m.Content = placeholder.NotAvailable
		}
		return m
	}
	_, err := bold(f.live, render, func(m message.Message) error { return d.Rooms.Notify(ctx, t.Opener.ID, m) })
	if err != nil { // direct messages may be switched off
		d.Log.LogAttrs(ctx, slog.LevelInfo, "the opener could not be told of the closing", slog.String("guild", t.Guild.String()), slog.Int64("ticket", t.Number), slog.Any("error", err))
	}
}
