package store

import (
	"context"

	"usher/internal/core/audit"
	"usher/internal/core/bloxlink"
	"usher/internal/core/fault"
	"usher/internal/core/snowflake"
)

// Bloxlink keeps the guilds' keys for Roblox values.
type Bloxlink struct{ db *DB }

var _ bloxlink.Store = (*Bloxlink)(nil)

// Bloxlink gives the port bloxlink.Store.
func (db *DB) Bloxlink() *Bloxlink { return &Bloxlink{db: db} }

var errNoBloxlinkKey = fault.New(fault.NotFound, "bloxlink_key_not_found", "This server has no Bloxlink key of its own.")

// BloxlinkKey implements bloxlink.Store.
func (s *Bloxlink) BloxlinkKey(ctx context.Context, g snowflake.Guild) (sealed []byte, err error) {
	err = s.db.look(ctx, "reading a Bloxlink key", answers{none: errNoBloxlinkKey}, func(ctx context.Context, q querier) error {
		return q.QueryRowContext(ctx, `SELECT sealed FROM bloxlink_keys WHERE guild_id = $1`, key(g)).Scan(&sealed)
	})
	return sealed, err
}

// SaveBloxlinkKey implements bloxlink.Store.
func (s *Bloxlink) SaveBloxlinkKey(ctx context.Context, g snowflake.Guild, sealed []byte, entries ...audit.Entry) error {
	return s.db.whole(ctx, "saving a Bloxlink key", answers{}, func(ctx context.Context, q querier) error {
		if err := must(ctx, q, `
			INSERT INTO bloxlink_keys (guild_id, sealed) VALUES ($1, $2)
			ON CONFLICT (guild_id) DO UPDATE SET sealed = excluded.sealed`, key(g), sealed); err != nil {
			return err
		}
		return writeAudit(ctx, q, entries...)
	})
}

// DeleteBloxlinkKey implements bloxlink.Store.
func (s *Bloxlink) DeleteBloxlinkKey(ctx context.Context, g snowflake.Guild, entries ...audit.Entry) error {
	return s.db.whole(ctx, "destroying a Bloxlink key", answers{none: errNoBloxlinkKey}, func(ctx context.Context, q querier) error {
		if err := must(ctx, q, `DELETE FROM bloxlink_keys WHERE guild_id = $1`, key(g)); err != nil {
			return err
		}
		return writeAudit(ctx, q, entries...)
	})
}
