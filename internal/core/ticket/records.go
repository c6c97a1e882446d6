package ticket

import (
	"context"

	"usher/internal/core/panel"
	"usher/internal/core/snowflake"
)

// Records reads tickets for people who look back, and changes nothing.
type Records interface {
	// Ticket gives one ticket; fault.NotFound "ticket_not_found".
	Ticket(ctx context.Context, g snowflake.Guild, number int64) (Ticket, error)
	// Contacts lists what was kept of who gave a ticket's values, in the order in which it was saved; none is no error, nor is no ticket.
	Contacts(ctx context.Context, g snowflake.Guild, number int64) ([]Contact, error)
	// List lists a guild's tickets by number, the highest first; none is no error.
	List(ctx context.Context, q RecordQuery) ([]Ticket, error)
}

// RecordQuery asks for a part of a guild's tickets.
type RecordQuery struct {
	Guild  snowflake.Guild
	Ended  bool           // those closed or failed; else those that are opening, open or closing
	Opener snowflake.User // zero: of everybody
	Panel  panel.ID       // empty: of every panel
	Number int64          // zero: every number
	Before int64          // smaller numbers alone; zero: from the highest
	Limit  int            // at most; 1 or more
}
