package store

import (
	"context"
	"time"

	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

var _ ticket.Contacts = (*Tickets)(nil)

// SaveContacts implements ticket.Contacts. What was given is stored as the answers to forms are, readable: whoever reads this database
// reads the tickets themselves. See docs/adr/0009-values-kept-with-tickets.md.
func (s *Tickets) SaveContacts(ctx context.Context, g snowflake.Guild, number int64, all []ticket.Contact) error {
	given := make([]string, len(all))
	for i, c := range all {
		var err error
		if given[i], err = listJSON(c.Given); err != nil {
			return err
		}
	}
	return s.db.whole(ctx, "keeping what integrations gave", answers{none: errNoTicket, foreign: errNoTicket}, func(ctx context.Context, q querier) error {
		// The ticket's row serialises those who save for it.
		if err := must(ctx, q, `UPDATE tickets SET claimed_until = claimed_until WHERE guild_id = $1 AND number = $2`, key(g), number); err != nil {
			return err
		}
		if _, err := affected(ctx, q, `DELETE FROM ticket_contacts WHERE guild_id = $1 AND number = $2`, key(g), number); err != nil {
			return err
		}
		for i, c := range all {
			if err := must(ctx, q, `
				INSERT INTO ticket_contacts (guild_id, number, place, source, name, built_in, pending, class, cached, at, took, given)
				VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
				key(g), number, int64(i+1), clean(c.Source), clean(c.Name), c.BuiltIn, c.Pending, clean(c.Class), c.Cached, millis(c.At),
				c.Took.Milliseconds(), given[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// Contacts implements ticket.Records.
func (s *Tickets) Contacts(ctx context.Context, g snowflake.Guild, number int64) (all []ticket.Contact, err error) {
	err = s.db.look(ctx, "reading what integrations gave", answers{}, func(ctx context.Context, q querier) error {
		all, err = collect(ctx, q, scanContact, `
			SELECT source, name, built_in, pending, class, cached, at, took, given FROM ticket_contacts
			WHERE guild_id = $1 AND number = $2 ORDER BY place`, key(g), number)
		return err
	})
	return all, err
}

func scanContact(row scanner) (ticket.Contact, error) {
	var c ticket.Contact
	var took int64
	err := row.Scan(&c.Source, &c.Name, &c.BuiltIn, &c.Pending, &c.Class, &c.Cached, moment{&c.At}, &took, listFrom[ticket.Given]{&c.Given})
	c.Took = time.Duration(took) * time.Millisecond
	return c, err
}
