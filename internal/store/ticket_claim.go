package store

import (
	"cmp"
	"context"
	"slices"
	"time"

	"usher/internal/core/ticket"
)

// Claim implements ticket.Store. It is one statement. On SQLite writers are one, so two claims never overlap; on PostgreSQL the inner
// SELECT passes over rows that another claim is taking. MATERIALIZED: the planner may otherwise run the SELECT again for each row
// and take more than limit.
func (s *Tickets) Claim(ctx context.Context, now, until time.Time, all bool, limit int) (claimed []ticket.Ticket, err error) {
	err = s.db.step(ctx, "claiming tickets to finish", answers{}, func(ctx context.Context, q querier) (err error) {
		claimed, err = collect(ctx, q, scanTicket, `
			WITH due AS MATERIALIZED (
				SELECT guild_id, number FROM tickets
				WHERE state IN ('opening', 'closing') AND (claimed_until < $1 OR $2)
				ORDER BY created_at, guild_id, number
				LIMIT $3`+s.db.dialect.skipLocked+`
			)
			UPDATE tickets SET claimed_until = $4
			WHERE (guild_id, number) IN (SELECT guild_id, number FROM due)
			RETURNING `+ticketColumns, millis(now), all, int64(max(limit, 0)), millis(until))
		return err
	})
	// RETURNING promises no order.
	slices.SortFunc(claimed, func(a, b ticket.Ticket) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.Guild, b.Guild), cmp.Compare(a.Number, b.Number))
	})
	return claimed, err
}
