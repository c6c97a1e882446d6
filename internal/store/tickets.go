package store

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/panel"
	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

// Tickets keeps tickets.
type Tickets struct{ db *DB }

var (
	_ ticket.Store    = (*Tickets)(nil)
	_ ticket.Holdings = (*Tickets)(nil)
)

var (
	errNoTicket     = fault.New(fault.NotFound, "ticket_not_found", "There is no such ticket in this server.")
	errTicketState  = fault.New(fault.Conflict, "ticket_state", "The ticket has changed in the meantime. Look at it again.")
	errChannelTaken = fault.New(fault.Conflict, "ticket_channel_taken", "This channel belongs to another ticket.")
)

const ticketColumns = `guild_id, number, panel_id, opener_id, opener_name, opener_shown, opener_locale, interaction_id, application_id,
	reply, state, channel_id, message_id, created_at, opened_at, closed_at, closed_by, reason, answers`

func scanTicket(row scanner) (ticket.Ticket, error) {
	var t ticket.Ticket
	err := row.Scan(&t.Guild, &t.Number, &t.Panel, &t.Opener.ID, &t.Opener.Name, &t.Opener.Shown, &t.Opener.Locale, &t.Interaction,
		&t.Application, &t.Reply, &t.State, &t.Channel, &t.Message, moment{&t.Created}, moment{&t.OpenedAt}, moment{&t.ClosedAt},
		&t.ClosedBy, &t.Reason, listFrom[form.Answer]{&t.Answers})
	if err != nil {
		return ticket.Ticket{}, err
	}
	return t, nil
}

// SetChannel implements ticket.Store. A channel that another ticket of the guild has is fault.Conflict "ticket_channel_taken".
func (s *Tickets) SetChannel(ctx context.Context, g snowflake.Guild, number int64, channel snowflake.Channel) error {
	_, err := s.move(ctx, "noting a ticket's channel", g, number, `
		UPDATE tickets SET channel_id = $3
		WHERE guild_id = $1 AND number = $2 AND state = 'opening'`, key(channel))
	return err
}

// SetOpen implements ticket.Store. The reply token is forgotten: the ticket needs no sweep from here on, and a token is not kept
// longer than it may be needed.
func (s *Tickets) SetOpen(ctx context.Context, g snowflake.Guild, number int64, message snowflake.Message, at time.Time) error {
	_, err := s.move(ctx, "noting that a ticket is open", g, number, `
		UPDATE tickets SET state = 'open', message_id = $3, opened_at = $4, reply = NULL, claimed_until = 0
		WHERE guild_id = $1 AND number = $2 AND state = 'opening'`, key(message), millis(at))
	return err
}

// SetFailed implements ticket.Store. The moment is kept as ClosedAt.
func (s *Tickets) SetFailed(ctx context.Context, g snowflake.Guild, number int64, reason string, at time.Time) error {
	_, err := s.move(ctx, "noting that a ticket failed", g, number, `
		UPDATE tickets SET state = 'failed', reason = $3, closed_at = $4, reply = NULL, claimed_until = 0
		WHERE guild_id = $1 AND number = $2 AND state = 'opening'`, clean(reason), millis(at))
	return err
}

// SetClosing implements ticket.Store.
func (s *Tickets) SetClosing(ctx context.Context, c ticket.CloseRequest, number int64, claim time.Duration, at time.Time) (ticket.Ticket, error) {
	return s.move(ctx, "noting that a ticket is closing", c.Guild, number, `
		UPDATE tickets SET state = 'closing', closed_by = $3, reason = $4, claimed_until = $5
		WHERE guild_id = $1 AND number = $2 AND state = 'open'`, key(c.By), clean(c.Reason), millis(at.Add(claim)))
}

// SetClosed implements ticket.Store.
func (s *Tickets) SetClosed(ctx context.Context, g snowflake.Guild, number int64, at time.Time) error {
	_, err := s.move(ctx, "noting that a ticket is closed", g, number, `
		UPDATE tickets SET state = 'closed', closed_at = $3, claimed_until = 0
		WHERE guild_id = $1 AND number = $2 AND state = 'closing'`, millis(at))
	return err
}

// move runs one guarded UPDATE of a ticket; $1 and $2 are guild and number. Where the guard held it back, it tells why.
func (s *Tickets) move(ctx context.Context, doing string, g snowflake.Guild, number int64, update string, rest ...any) (moved ticket.Ticket, err error) {
	args := append([]any{key(g), number}, rest...)
	err = s.db.step(ctx, doing, answers{none: errNoTicket, unique: errChannelTaken}, func(ctx context.Context, q querier) (err error) {
		moved, err = scanTicket(q.QueryRowContext(ctx, update+` RETURNING `+ticketColumns, args...))
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		var state string
		err = q.QueryRowContext(ctx, `SELECT state FROM tickets WHERE guild_id = $1 AND number = $2`, key(g), number).Scan(&state)
		if err != nil {
			return err
		}
		return errTicketState
	})
	return moved, err
}

// Held implements ticket.Holdings.
func (s *Tickets) Held(ctx context.Context, g snowflake.Guild, p panel.ID, opener snowflake.User) (held []ticket.Ticket, err error) {
	err = s.db.look(ctx, "listing a member's tickets", answers{}, func(ctx context.Context, q querier) (err error) {
		held, err = collect(ctx, q, scanTicket, `
			SELECT `+ticketColumns+` FROM tickets
			WHERE guild_id = $1 AND opener_id = $2 AND panel_id = $3 AND state IN ('opening', 'open')
			ORDER BY number DESC`, key(g), key(opener), clean(string(p)))
		return err
	})
	return held, err
}

// ByChannel implements ticket.Store.
func (s *Tickets) ByChannel(ctx context.Context, g snowflake.Guild, channel snowflake.Channel) (found ticket.Ticket, err error) {
	err = s.db.look(ctx, "reading a channel's ticket", answers{none: errNoTicket}, func(ctx context.Context, q querier) (err error) {
		found, err = scanTicket(q.QueryRowContext(ctx, `
			SELECT `+ticketColumns+` FROM tickets
			WHERE guild_id = $1 AND channel_id = $2 AND channel_id <> 0`, key(g), key(channel)))
		return err
	})
	return found, err
}
