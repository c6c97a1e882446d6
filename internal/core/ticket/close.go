package ticket

import (
	"context"
	"fmt"
	"log/slog"
	"time"
	"unicode/utf8"

	"usher/internal/core/fault"
	"usher/internal/core/snowflake"
)

// Close closes the ticket of a channel: its opener or staff may. The channel is deleted, and the opener told why.
// Errors: NotFound when the channel is no ticket; Forbidden; Conflict when it is being opened or closed; Invalid for a long reason.
func (d *Desk) Close(ctx context.Context, c CloseRequest) error {
	ctx, cancel := context.WithTimeout(ctx, d.Patience)
	defer cancel()
	if utf8.RuneCountInString(c.Reason) > MaxReason {
		var checks fault.Checks
		checks.Add("reason", fmt.Sprintf("Use at most %d characters.", MaxReason))
		return checks.Err("reason_too_long", fmt.Sprintf("The reason may have at most %d characters.", MaxReason))
	}
	t, err := d.opened(ctx, c.Guild, c.Channel)
	if err != nil {
		return err
	}
	if err := d.mayClose(ctx, c, t); err != nil {
		return err
	}
	if t, err = d.Store.SetClosing(ctx, c, t.Number, d.claim(), d.Now()); err != nil {
		return fmt.Errorf("closing ticket: %w", err)
	}
	return d.finishClosing(ctx, t)
}

// A ticket that awaits its last values is open within six seconds: the limit of one request and a little.
const (
	openingTurn  = 100 * time.Millisecond
	openingTurns = 60
)

// opened gives the ticket of a channel. One that is still being opened is waited for: its buttons may be seen before its row says so.
func (d *Desk) opened(ctx context.Context, g snowflake.Guild, channel snowflake.Channel) (Ticket, error) {
	for n := 0; ; n++ {
		t, err := d.Store.ByChannel(ctx, g, channel)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			return t, fault.New(fault.NotFound, "not_a_ticket", "This channel is not a ticket of mine.").Because(err)
		case err != nil:
			return t, fmt.Errorf("looking for the ticket of a channel: %w", err)
		case t.State == Open:
			return t, nil
		case t.State != Opening:
			return t, fault.New(fault.Conflict, "closed_already", "This ticket is being closed already.")
		case n == openingTurns:
			return t, fault.New(fault.Conflict, "still_opening", "This ticket is still being opened. Try again in a moment.")
		}
		if err := d.Wait(ctx, openingTurn); err != nil {
			return t, err
		}
	}
}

func (d *Desk) mayClose(ctx context.Context, c CloseRequest, t Ticket) error {
	if c.Manager || c.By == t.Opener.ID {
		return nil
	}
	snapshot, err := d.Guilds.Get(ctx, c.Guild)
	if err != nil {
		return fmt.Errorf("reading the server's settings: %w", err)
	}
	if snapshot.works(t.Panel, c.Roles) {
		return nil
	}
	return fault.New(fault.Forbidden, "not_yours_to_close", "Only the member who opened this ticket and the server's staff may close it.")
}

// finishClosing does what is left of closing; a sweep calls it again after a crash or a failure.
func (d *Desk) finishClosing(ctx context.Context, t Ticket) error {
	words := d.prepare(ctx, t)
	kept := d.Rooms.Delete(ctx, t.Channel, fmt.Sprintf("Ticket %d was closed", t.Number))
	if kept != nil && fault.KindOf(kept) != fault.Forbidden {
		return fmt.Errorf("deleting the channel of ticket %d: %w", t.Number, kept)
	}
	if err := d.Store.SetClosed(ctx, t.Guild, t.Number, d.Now()); err != nil {
		return fmt.Errorf("noting that ticket %d is closed: %w", t.Number, err)
	}
	d.bidFarewell(ctx, t, words)
	if kept != nil {
		return fault.New(fault.Forbidden, "channel_kept", "The ticket is closed, but I may not delete this channel: please delete it, and give me the permission Manage Channels.").Because(kept)
	}
	return nil
}

// Gone notes that a channel was deleted by somebody else; a channel that is no open ticket is none of our business.
func (d *Desk) Gone(ctx context.Context, g snowflake.Guild, channel snowflake.Channel) error {
	t, err := d.Store.ByChannel(ctx, g, channel)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking for the ticket of a deleted channel: %w", err)
	}
	if t.State == Opening { // its last steps need no channel, so nobody else would notice
		if t, err = d.opened(ctx, g, channel); err != nil {
			return ignoreOutcome(err)
		}
	}
	switch t.State {
	case Open:
		c := CloseRequest{Guild: g, Channel: channel, Reason: "The channel was deleted."}
		if _, err := d.Store.SetClosing(ctx, c, t.Number, d.claim(), d.Now()); err != nil {
			return ignoreOutcome(err)
		}
		return ignoreOutcome(d.Store.SetClosed(ctx, g, t.Number, d.Now()))
	case Closing, Opening, Closed, Failed: // whoever works on it finds out
	}
	return nil
}

// isGone reports whether an open ticket's channel is no longer there (it was deleted while nobody listened), and notes it.
func (d *Desk) isGone(ctx context.Context, t Ticket) bool {
	if t.Channel.IsZero() {
		return false // it is being made
	}
	if _, err := d.Rooms.Welcome(ctx, t.Channel); fault.KindOf(err) != fault.NotFound {
		return false
	}
	if err := d.Gone(ctx, t.Guild, t.Channel); err != nil {
		d.Log.LogAttrs(ctx, slog.LevelWarn, "a ticket without a channel could not be closed", slog.String("guild", t.Guild.String()), slog.Int64("ticket", t.Number), slog.Any("error", err))
		return false
	}
	return true
}
