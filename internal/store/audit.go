package store

import (
	"context"
	"unicode/utf8"

	"usher/internal/core/audit"
)

// Audit reads the record of changes. Entries are written beside what they tell of: see writeAudit.
type Audit struct{ db *DB }

var _ audit.Log = (*Audit)(nil)

// Audit gives the port audit.Log.
func (db *DB) Audit() *Audit { return &Audit{db: db} }

// writeAudit writes entries in the transaction of the changes that they tell of.
func writeAudit(ctx context.Context, q querier, entries ...audit.Entry) error {
	for _, e := range entries {
		detail, err := listJSON(e.Detail)
		if err != nil {
			return err
		}
		var id int64
		if err := q.QueryRowContext(ctx, `
			INSERT INTO audit_counters (guild_id, last_entry) VALUES ($1, 1)
			ON CONFLICT (guild_id) DO UPDATE SET last_entry = audit_counters.last_entry + 1
			RETURNING last_entry`, key(e.Guild)).Scan(&id); err != nil {
			return err
		}
		if err := must(ctx, q, `
			INSERT INTO audit_entries (guild_id, entry_id, user_id, via, key_name, at, action, target, name, detail)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
			key(e.Guild), id, key(e.Actor.User), string(e.Actor.Via), clean(e.Actor.Key), millis(e.At), clean(string(e.Action)), clean(e.Target), clean(e.Name), detail); err != nil {
			return err
		}
	}
	return nil
}

// Append implements audit.Log.
func (s *Audit) Append(ctx context.Context, entries ...audit.Entry) error {
	return s.db.whole(ctx, "writing audit entries", answers{}, func(ctx context.Context, q querier) error {
		return writeAudit(ctx, q, entries...)
	})
}

// Entries implements audit.Log.
func (s *Audit) Entries(ctx context.Context, query audit.Query) (all []audit.Entry, err error) {
	noun := clean(query.Noun)
	if noun != "" {
		noun += "."
	}
	err = s.db.look(ctx, "listing audit entries", answers{}, func(ctx context.Context, q querier) error {
		all, err = collect(ctx, q, scanEntry, `
			SELECT guild_id, entry_id, user_id, via, key_name, at, action, target, name, detail FROM audit_entries
			WHERE guild_id = $1 AND ($2 = 0 OR entry_id < $2) AND (user_id = $3 OR $3 = 0) AND ($4 = '' OR substr(action, 1, $5) = $4)
			ORDER BY entry_id DESC LIMIT $6`,
			key(query.Guild), query.Before, key(query.User), noun, int64(utf8.RuneCountInString(noun)), int64(query.Limit))
		return err
	})
	return all, err
}

func scanEntry(row scanner) (audit.Entry, error) {
	var e audit.Entry
	return e, row.Scan(&e.Guild, &e.ID, &e.Actor.User, &e.Actor.Via, &e.Actor.Key, moment{&e.At}, &e.Action, &e.Target, &e.Name, listFrom[audit.Change]{&e.Detail})
}
