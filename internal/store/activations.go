package store

import (
	"context"
	"database/sql"
	"errors"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

var (
	errActivationChanged = fault.New(fault.Conflict, "activation_changed", "The integration was changed or deactivated in this server in the meantime. Look at it as it is now and do it again.")
	errNoActivation      = fault.New(fault.NotFound, "activation_not_found", "This integration is not active in this server.")
	errActivationLimit   = fault.New(fault.Conflict, "activation_limit", "This server has as many active integrations as it may have. Deactivate one first.")
)

// Activate implements integration.Activations. By and At become those of the latest activation. The integration's row is held first, so
// that its live revision cannot change meanwhile; then the guild's counter row, which serialises the guild's activations (see
// Tickets.Reserve).
func (s *Integrations) Activate(ctx context.Context, a integration.Activation, limit int, told ...audit.Entry) error {
	return s.db.whole(ctx, "activating an integration", answers{none: errActivationLimit}, func(ctx context.Context, q querier) error {
		if err := holdLive(ctx, q, a); err != nil {
			return err
		}
		guild, id := key(a.Guild), clean(string(a.Record.ID))
		var place int64
		if err := q.QueryRowContext(ctx, `
			INSERT INTO activation_counters (guild_id, last_place) VALUES ($1, 1)
			ON CONFLICT (guild_id) DO UPDATE SET last_place = activation_counters.last_place + 1
			RETURNING last_place`, guild).Scan(&place); err != nil {
			return err
		}
		taken, err := collect(ctx, q, scanSlug, `SELECT slug FROM activations WHERE guild_id = $1 AND integration_id <> $2`, guild, id)
		if err != nil {
			return err
		}
		if err := must(ctx, q, `
			INSERT INTO activations (guild_id, integration_id, place, activated_by, activated_at, revision, version, slug)
			SELECT $1, $2, $3, $4, $5, $6, 1, $8
			WHERE (SELECT COUNT(*) FROM activations WHERE guild_id = $1 AND integration_id <> $2) < $7
			ON CONFLICT (guild_id, integration_id) DO UPDATE SET
				activated_by = excluded.activated_by,
				activated_at = excluded.activated_at,
				revision = excluded.revision,
				version = activations.version + 1`,
			guild, id, place, key(a.By), millis(a.At), a.Record.Revision.Number, int64(limit), integration.FreeSlug(clean(a.Record.Name), taken)); err != nil {
			return err
		}
		if err := replaceSecrets(ctx, q, a); err != nil {
			return err
		}
		return writeAudit(ctx, q, told...)
	})
}

func scanSlug(row scanner) (slug string, err error) { return slug, row.Scan(&slug) }

// holdLive keeps an integration as it is until the end of the transaction, if its live revision is the activation's and the one who
// activates it may use it: no private revision comes to a guild but by its author.
func holdLive(ctx context.Context, q querier, a integration.Activation) error {
	id := clean(string(a.Record.ID))
	// Only what is asked after the row is held is sure to be of now: PostgreSQL looks at other tables as they were before it waited.
	if err := must(ctx, q, `UPDATE integrations SET live = live WHERE integration_id = $1`, id); errors.Is(err, sql.ErrNoRows) {
		return errNoIntegration
	} else if err != nil {
		return err
	}
	var live int64
	err := q.QueryRowContext(ctx, `
		SELECT i.live FROM integrations i JOIN integration_revisions v ON v.integration_id = i.integration_id AND v.revision = i.live
		WHERE i.integration_id = $1 AND (i.owner_id = $2 OR i.public AND v.state = 'approved')`, id, key(a.By)).Scan(&live)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return errNoIntegration
	case err == nil && live != a.Record.Revision.Number:
		return errIntegrationChanged
	}
	return err
}

// ReplaceSecrets implements integration.Activations.
func (s *Integrations) ReplaceSecrets(ctx context.Context, a integration.Activation, told ...audit.Entry) error {
	return s.db.whole(ctx, "replacing the secrets of an integration", answers{none: errActivationChanged}, func(ctx context.Context, q querier) error {
		if err := must(ctx, q, `
			UPDATE activations SET version = version + 1
			WHERE guild_id = $1 AND integration_id = $2 AND version = $3 AND revision = $4`,
			key(a.Guild), clean(string(a.Record.ID)), a.Version, a.Record.Revision.Number); err != nil {
			return err
		}
		if err := replaceSecrets(ctx, q, a); err != nil {
			return err
		}
		return writeAudit(ctx, q, told...)
	})
}

// replaceSecrets writes a guild's secrets in place of those that were there.
func replaceSecrets(ctx context.Context, q querier, a integration.Activation) error {
	guild, id := key(a.Guild), clean(string(a.Record.ID))
	if _, err := affected(ctx, q, `DELETE FROM activation_secrets WHERE guild_id = $1 AND integration_id = $2`, guild, id); err != nil {
		return err
	}
	for place, secret := range a.Secrets {
		if err := must(ctx, q, `
			INSERT INTO activation_secrets (guild_id, integration_id, place, name, sealed) VALUES ($1, $2, $3, $4, $5)`,
			guild, id, int64(place), clean(secret.Name), sealedBytes(secret)); err != nil {
			return err
		}
	}
	return nil
}

// Deactivate implements integration.Activations. The secrets go with the activation by their foreign key; SQLite overwrites their bytes.
func (s *Integrations) Deactivate(ctx context.Context, g snowflake.Guild, id integration.ID, told ...audit.Entry) error {
	return s.db.whole(ctx, "deactivating an integration", answers{none: errNoActivation}, func(ctx context.Context, q querier) error {
		if err := must(ctx, q, `DELETE FROM activations WHERE guild_id = $1 AND integration_id = $2`, key(g), clean(string(id))); err != nil {
			return err
		}
		return writeAudit(ctx, q, told...)
	})
}

// Guilds implements integration.Activations.
func (s *Integrations) Guilds(ctx context.Context, id integration.ID) (all []snowflake.Guild, err error) {
	err = s.db.look(ctx, "listing an integration's guilds", answers{}, func(ctx context.Context, q querier) error {
		all, err = guildsOf(ctx, q, clean(string(id)))
		return err
	})
	return all, err
}

// activeRows reads each activation of a guild with its record once for each header, or once when there is none (part 'h'), and then
// once for each secret with an empty record (part 's'). One statement is one snapshot: neither an update nor a deactivation between
// two reads can send the secrets of one version to the URL of another.
const activeRows = `
	SELECT a.place AS place, 'h' AS part, h.place AS part_place, h.name AS part_name, h.sealed AS sealed,
		a.activated_by, a.activated_at, a.slug, a.version AS done, (i.public OR r.state = 'approved'), ` + recordColumns + `
	FROM activations a
	JOIN integrations i ON i.integration_id = a.integration_id
	JOIN integration_revisions r ON r.integration_id = a.integration_id AND r.revision = a.revision
	LEFT JOIN revision_headers h ON h.integration_id = r.integration_id AND h.revision = r.revision
	WHERE a.guild_id = $1
	UNION ALL
	SELECT a.place, 's', s.place, s.name, s.sealed, 0, 0, '', 0, FALSE,
		'', 0, '', '', '', '', '', '[]', 0, 0, 0, 0, 0, 0, NULL, NULL, 0, '', 0, 0, 0, 0, 0, '', '', '', '', '[]'
	FROM activations a
	JOIN activation_secrets s ON s.guild_id = a.guild_id AND s.integration_id = a.integration_id
	WHERE a.guild_id = $1
	ORDER BY place, part, part_place`

// activeRow is one row of activeRows.
type activeRow struct {
	place      int64
	part       string
	sealed     sealedColumns
	activation integration.Activation
}

func scanActiveRow(row scanner) (activeRow, error) {
	var (
		r         activeRow
		partPlace any // only sorted by
	)
	dest := []any{&r.place, &r.part, &partPlace, &r.sealed.name, &r.sealed.sealed, &r.activation.By, moment{&r.activation.At}, &r.activation.Slug, &r.activation.Version, &r.activation.Record.Public}
	return r, row.Scan(append(dest, recordDest(&r.activation.Record)...)...)
}

// Active implements integration.Activations.
func (s *Integrations) Active(ctx context.Context, g snowflake.Guild) (all []integration.Activation, err error) {
	err = s.db.look(ctx, "listing a guild's active integrations", answers{}, func(ctx context.Context, q querier) error {
		rows, err := collect(ctx, q, scanActiveRow, activeRows, key(g))
		all = gatherActive(g, rows)
		return err
	})
	return all, err
}

// gatherActive makes one activation of the rows with one place, which follow each other, headers first.
func gatherActive(g snowflake.Guild, rows []activeRow) []integration.Activation {
	var (
		all  []integration.Activation
		last int64
	)
	for _, row := range rows {
		if len(all) == 0 || row.place != last {
			row.activation.Guild = g
			all, last = append(all, row.activation), row.place
		}
		a := &all[len(all)-1]
		if row.part == "h" {
			a.Record.Sealed = row.sealed.appendTo(a.Record.Sealed)
		} else {
			a.Secrets = row.sealed.appendTo(a.Secrets)
		}
	}
	return all
}
