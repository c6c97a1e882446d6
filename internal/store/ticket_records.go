package store

import (
	"context"
	"math"

	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

var _ ticket.Records = (*Tickets)(nil)

// Ticket implements ticket.Records.
func (s *Tickets) Ticket(ctx context.Context, g snowflake.Guild, number int64) (found ticket.Ticket, err error) {
	err = s.db.look(ctx, "reading a ticket", answers{none: errNoTicket}, func(ctx context.Context, q querier) (err error) {
		found, err = scanTicket(q.QueryRowContext(ctx, `SELECT `+ticketColumns+` FROM tickets WHERE guild_id = $1 AND number = $2`, key(g), number))
		return err
	})
	return found, err
}

// List implements ticket.Records. The states stand in the text as they stand in the index that holds the few tickets at hand.
func (s *Tickets) List(ctx context.Context, query ticket.RecordQuery) (all []ticket.Ticket, err error) {
	states := `state IN ('opening', 'open', 'closing')`
	if query.Ended {
		states = `state IN ('closed', 'failed')`
	}
	before := query.Before
	if before == 0 {
		before = math.MaxInt64
	}
	err = s.db.look(ctx, "listing tickets", answers{}, func(ctx context.Context, q querier) (err error) {
		all, err = collect(ctx, q, scanTicket, `
			SELECT `+ticketColumns+` FROM tickets
			WHERE guild_id = $1 AND `+states+` AND number < $2
				AND (opener_id = $3 OR $3 = 0) AND (panel_id = $4 OR $4 = '') AND (number = $5 OR $5 = 0)
			ORDER BY number DESC LIMIT $6`,
			key(query.Guild), before, key(query.Opener), clean(string(query.Panel)), query.Number, int64(query.Limit))
		return err
	})
	return all, err
}
