package store

import (
	"context"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/core/snowflake"
)

// Guilds keeps the settings of guilds.
type Guilds struct{ db *DB }

var _ guild.Store = (*Guilds)(nil)

var errGuildChanged = guild.Outdated()

var errNoGuild = fault.New(fault.NotFound, "guild_not_found", "This server has no settings yet. Save them first.")

// Guild implements guild.Store.
func (s *Guilds) Guild(ctx context.Context, id snowflake.Guild) (guild.Settings, error) {
	found := guild.Settings{ID: id}
	err := s.db.look(ctx, "reading a guild", answers{none: errNoGuild}, func(ctx context.Context, q querier) error {
		return q.QueryRowContext(ctx, `
			SELECT staff_roles, category_id, overflow_category_id, close_message, revision
			FROM guilds WHERE guild_id = $1`, key(id)).
			Scan(listFrom[snowflake.Role]{&found.StaffRoles}, &found.Category, &found.OverflowCategory, fromJSON{&found.CloseMessage}, &found.Revision)
	})
	if err != nil {
		return guild.Settings{}, err
	}
	return found, nil
}

// SaveGuild implements guild.Store.
func (s *Guilds) SaveGuild(ctx context.Context, g guild.Settings, entries ...audit.Entry) error {
	roles, err := listJSON(g.StaffRoles)
	if err != nil {
		return err
	}
	closing, err := asJSON(g.CloseMessage)
	if err != nil {
		return err
	}
	return s.db.whole(ctx, "saving a guild", answers{none: errGuildChanged}, func(ctx context.Context, q querier) error {
		step := int64(1)
		if g.Revision > 0 { // the row is locked, so that what follows meets no other change
			step = 0
			if err := must(ctx, q, `UPDATE guilds SET revision = revision + 1 WHERE guild_id = $1 AND revision = $2`, key(g.ID), g.Revision); err != nil {
				return err
			}
		}
		if err := must(ctx, q, `
			INSERT INTO guilds (guild_id, staff_roles, category_id, overflow_category_id, close_message)
			VALUES ($1, $2, $3, $4, $5)
			ON CONFLICT (guild_id) DO UPDATE SET
				staff_roles = excluded.staff_roles,
				category_id = excluded.category_id,
				overflow_category_id = excluded.overflow_category_id,
				close_message = excluded.close_message,
				revision = guilds.revision + $6`,
			key(g.ID), roles, key(g.Category), key(g.OverflowCategory), closing, step); err != nil {
			return err
		}
		return writeAudit(ctx, q, entries...)
	})
}
