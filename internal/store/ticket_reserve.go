package store

import (
	"context"
	"database/sql"
	"errors"

	"usher/internal/core/fault"
	"usher/internal/core/ticket"
)

var errTicketLimit = fault.New(fault.Conflict, "ticket_limit", "You have as many open tickets as this panel allows. Close one first.")

// reserveTurns is how often Reserve looks again after the ticket that stood in its way was gone before it could be read.
const reserveTurns = 3

// Reserve implements ticket.Store. It is two statements in one transaction. The first takes the guild's counter row, so that
// reservations of one guild go one after the other; the second counts and writes. PostgreSQL gives each statement of a READ COMMITTED
// transaction a new snapshot, so the second sees the row of whoever held the counter before; under a stricter level the
// transaction fails and is done again.
func (s *Tickets) Reserve(ctx context.Context, r ticket.Reservation) (t ticket.Ticket, fresh bool, err error) {
	for range reserveTurns {
		t, err = s.insert(ctx, r)
		if !errors.Is(err, errStoodAside) {
			return t, err == nil, err
		}
		t, err = s.rival(ctx, r)
		if !errors.Is(err, errStoodAside) {
			return t, false, err
		}
	}
	return ticket.Ticket{}, false, errBusy
}

// errStoodAside says that the row was not written, or that the ticket for which it was not is gone again.
var errStoodAside = fault.New(fault.Conflict, "ticket_stood_aside", "Another ticket stands in the way.")

// insert writes the row with the guild's next number, or nothing at all and errStoodAside.
func (s *Tickets) insert(ctx context.Context, r ticket.Reservation) (made ticket.Ticket, err error) {
	t := r.Ticket
	answered, err := listJSON(t.Answers)
	if err != nil {
		return made, err
	}
	err = s.db.whole(ctx, "reserving a ticket", answers{none: errStoodAside}, func(ctx context.Context, q querier) error {
		var number int64
		err := q.QueryRowContext(ctx, `
			INSERT INTO ticket_counters (guild_id, last_number) VALUES ($1, 1)
			ON CONFLICT (guild_id) DO UPDATE SET last_number = ticket_counters.last_number + 1
			RETURNING last_number`, key(t.Guild)).Scan(&number)
		if err != nil {
			return err
		}
		made, err = scanTicket(q.QueryRowContext(ctx, `
			INSERT INTO tickets (`+ticketColumns+`, claimed_until)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 'opening', 0, 0, $11, 0, 0, 0, '', $14, $12
			WHERE (
				SELECT COUNT(*) FROM tickets
				WHERE guild_id = $1 AND opener_id = $4 AND panel_id = $3 AND state IN ('opening', 'open')
			) < $13
			ON CONFLICT (guild_id, interaction_id) DO NOTHING
			RETURNING `+ticketColumns,
			key(t.Guild), number, clean(string(t.Panel)), key(t.Opener.ID), clean(t.Opener.Name), clean(t.Opener.Shown),
			clean(t.Opener.Locale), key(t.Interaction), key(t.Application), blob(t.Reply), millis(t.Created),
			millis(r.Now.Add(r.Claim)), int64(r.MaxOpen), answered))
		return err // sql.ErrNoRows rolls the counter back: no number is used up
	})
	return made, err
}

// rival finds the ticket for which a row was not written: that of the same interaction (no error), else the newest one that fills
// the limit ("ticket_limit"). errStoodAside when it is gone.
func (s *Tickets) rival(ctx context.Context, r ticket.Reservation) (found ticket.Ticket, err error) {
	t := r.Ticket
	err = s.db.look(ctx, "reading the ticket that is there", answers{none: errStoodAside}, func(ctx context.Context, q querier) error {
		found, err = scanTicket(q.QueryRowContext(ctx, `
			SELECT `+ticketColumns+` FROM tickets WHERE guild_id = $1 AND interaction_id = $2`, key(t.Guild), key(t.Interaction)))
		if !errors.Is(err, sql.ErrNoRows) {
			return err
		}
		atHand, err := collect(ctx, q, scanTicket, `
			SELECT `+ticketColumns+` FROM tickets
			WHERE guild_id = $1 AND opener_id = $2 AND panel_id = $3 AND state IN ('opening', 'open')
			ORDER BY number DESC`, key(t.Guild), key(t.Opener.ID), clean(string(t.Panel)))
		if err != nil {
			return err
		}
		if len(atHand) < r.MaxOpen {
			return errStoodAside
		}
		if len(atHand) > 0 {
			found = atHand[0]
		}
		return errTicketLimit
	})
	return found, err
}
