package store

import (
	"context"
	"database/sql"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

// Integrations keeps integrations with their revisions; in activations.go, where they are active; in listing.go, their lists.
type Integrations struct{ db *DB }

var (
	_ integration.Store       = (*Integrations)(nil)
	_ integration.Activations = (*Integrations)(nil)
	_ integration.Listing     = (*Integrations)(nil)
)

var (
	errNoIntegration      = fault.New(fault.NotFound, "integration_not_found", "There is no such integration.")
	errNoRevision         = fault.New(fault.NotFound, "revision_not_found", "There is no such revision of this integration.")
	errIntegrationLimit   = fault.New(fault.Conflict, "integration_limit", "You have as many integrations as one person may have. Delete one first.")
	errIntegrationChanged = fault.New(fault.Conflict, "integration_changed", "The integration was changed in the meantime. Look at it as it is now and do it again.")
	errSigningChanged     = fault.New(fault.Conflict, "signing_changed", "The signing keys were changed in the meantime. Look at them and try again.")
	errIntegrationThere   = fault.New(fault.Conflict, "integration_exists", "This integration exists already.")
)

// recordColumns are what recordDest reads, of integrations i and integration_revisions r.
const recordColumns = `i.integration_id, i.owner_id, i.name, i.description, i.logo, i.logo_hash, i.privacy, i.placeholders, i.cache_seconds,
	i.version, i.newest, i.live, i.created_at, i.changed_at, i.signing_key, i.signing_key_before,
	r.revision, r.state, r.made_by, r.made_at, r.asked_at, r.decided_at, r.decided_by, r.reason, r.method, r.url, r.validation, r.secrets`

// counted are the columns beside recordColumns where no guild is meant.
const counted = `i.public, (SELECT COUNT(*) FROM activations c WHERE c.integration_id = i.integration_id), `

// recordsFrom reads each integration once for each header of the revision r, or once when it has none. One statement is one snapshot: a
// URL never meets the headers of another revision. A WHERE has to choose r.
const recordsFrom = `SELECT ` + counted + recordColumns + `, h.name, h.sealed
	FROM integrations i
	JOIN integration_revisions r ON r.integration_id = i.integration_id
	LEFT JOIN revision_headers h ON h.integration_id = r.integration_id AND h.revision = r.revision `

// CreateIntegration implements integration.Store. The owner's counter row serialises the owner's creations, so that the count of the
// second statement is true until the commit (see Tickets.Reserve).
func (s *Integrations) CreateIntegration(ctx context.Context, r integration.Record, limit int, told ...audit.Entry) error {
	placeholders, err := listJSON(r.Placeholders)
	if err != nil {
		return err
	}
	signing, err := signingColumns(r.Signing)
	if err != nil {
		return err
	}
	known := answers{none: errIntegrationLimit, unique: errIntegrationThere}
	return s.db.whole(ctx, "creating an integration", known, func(ctx context.Context, q querier) error {
		if err := must(ctx, q, `
			INSERT INTO integration_counters (owner_id, made) VALUES ($1, 1)
			ON CONFLICT (owner_id) DO UPDATE SET made = integration_counters.made + 1`, key(r.Owner)); err != nil {
			return err
		}
		if err := neverHadID(ctx, q, r.ID); err != nil {
			return err
		}
		if err := must(ctx, q, `
			INSERT INTO integrations (integration_id, owner_id, name, name_folded, description, logo, logo_hash, privacy, public, placeholders,
				cache_seconds, searched, version, newest, live, created_at, changed_at, signing_key, signing_key_before)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19
			WHERE (SELECT COUNT(*) FROM integrations WHERE owner_id = $2) < $20`,
			clean(string(r.ID)), key(r.Owner), clean(r.Name), fold(r.Name), clean(r.Description), clean(r.Logo), clean(r.LogoHash), clean(r.Privacy),
			r.Public, placeholders, int64(r.CacheSeconds), searched(r), r.Version, r.Newest, r.Live, millis(r.Created), millis(r.Changed),
			signing[0], signing[1], int64(limit)); err != nil {
			return err
		}
		if err := insertRevision(ctx, q, r); err != nil {
			return err
		}
		return writeAudit(ctx, q, told...)
	})
}

// neverHadID refuses the id of an integration that was deleted.
func neverHadID(ctx context.Context, q querier, id integration.ID) error {
	var n int64
	if err := q.QueryRowContext(ctx, `SELECT COUNT(*) FROM deleted_integrations WHERE integration_id = $1`, clean(string(id))).Scan(&n); err != nil {
		return err
	}
	if n > 0 {
		return errIntegrationThere
	}
	return nil
}

// searched is the text in which words of a query are looked for.
func searched(r integration.Record) string { return fold(r.Name + " " + r.Description) }

// insertRevision writes a new revision with its headers.
func insertRevision(ctx context.Context, q querier, r integration.Record) error {
	secrets, err := listJSON(r.Secrets)
	if err != nil {
		return err
	}
	differences, err := listJSON(r.Revision.Differences)
	if err != nil {
		return err
	}
	id, v := clean(string(r.ID)), r.Revision
	if err := must(ctx, q, `
		INSERT INTO integration_revisions (integration_id, revision, method, url, validation, secrets, state, made_by, made_at,
			asked_at, decided_at, decided_by, reason, differences)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)`,
		id, v.Number, clean(string(r.Method)), clean(r.URL), clean(r.Validation), secrets, string(v.State), key(v.By), millis(v.At),
		millis(v.Asked), millis(v.Decided), key(v.Decider), clean(v.Reason), differences); err != nil {
		return err
	}
	for place, header := range r.Sealed {
		if err := must(ctx, q, `
			INSERT INTO revision_headers (integration_id, revision, place, name, sealed) VALUES ($1, $2, $3, $4, $5)`,
			id, v.Number, int64(place), clean(header.Name), sealedBytes(header)); err != nil {
			return err
		}
	}
	return nil
}

// sealedBytes is never nil: the column knows no NULL.
func sealedBytes(s integration.Sealed) []byte { return append([]byte{}, s.Sealed...) }

// Integration implements integration.Store.
func (s *Integrations) Integration(ctx context.Context, id integration.ID) (integration.Record, error) {
	return s.one(ctx, errNoIntegration, `WHERE i.integration_id = $1 AND r.revision = i.newest ORDER BY h.place`, clean(string(id)))
}

// Revision implements integration.Store; fault.NotFound "revision_not_found".
func (s *Integrations) Revision(ctx context.Context, id integration.ID, number int64) (integration.Record, error) {
	return s.one(ctx, errNoRevision, `WHERE i.integration_id = $1 AND r.revision = $2 ORDER BY h.place`, clean(string(id)), number)
}

func (s *Integrations) one(ctx context.Context, none *fault.Error, where string, args ...any) (integration.Record, error) {
	var found []integration.Record
	err := s.db.look(ctx, "reading an integration", answers{none: none}, func(ctx context.Context, q querier) error {
		rows, err := collect(ctx, q, scanRecordRow, recordsFrom+where, args...)
		if err == nil && len(rows) == 0 {
			return sql.ErrNoRows
		}
		found = gather(rows)
		return err
	})
	if err != nil {
		return integration.Record{}, err
	}
	return found[0], nil
}

// Revisions implements integration.Store.
func (s *Integrations) Revisions(ctx context.Context, id integration.ID) (all []integration.Record, err error) {
	err = s.db.look(ctx, "listing revisions", answers{}, func(ctx context.Context, q querier) error {
		rows, err := collect(ctx, q, scanPastRow, `SELECT i.public,
				(SELECT COUNT(*) FROM activations c WHERE c.integration_id = i.integration_id AND c.revision = r.revision), `+recordColumns+`, r.differences, h.name
			FROM integrations i
			JOIN integration_revisions r ON r.integration_id = i.integration_id
			LEFT JOIN revision_headers h ON h.integration_id = r.integration_id AND h.revision = r.revision
			WHERE i.integration_id = $1 ORDER BY r.revision DESC, h.place`, clean(string(id)))
		all = gather(rows)
		return err
	})
	return all, err
}

// InUse implements integration.Store.
func (s *Integrations) InUse(ctx context.Context, id integration.ID) (all []int64, err error) {
	err = s.db.look(ctx, "listing the revisions in use", answers{}, func(ctx context.Context, q querier) error {
		all, err = collect(ctx, q, scanNumber, `
			SELECT DISTINCT revision FROM activations WHERE integration_id = $1 ORDER BY revision`, clean(string(id)))
		return err
	})
	return all, err
}

func scanNumber(row scanner) (n int64, err error) { return n, row.Scan(&n) }

// recordRow is one row of recordsFrom.
type recordRow struct {
	record integration.Record
	header sealedColumns
}

// sealedColumns are the columns of a sealed value on the outer side of a LEFT JOIN.
type sealedColumns struct {
	name   sql.Null[string]
	sealed []byte
}

// appendTo adds the value, if there is one.
func (c sealedColumns) appendTo(list []integration.Sealed) []integration.Sealed {
	if !c.name.Valid {
		return list
	}
	return append(list, integration.Sealed{Name: c.name.V, Sealed: c.sealed})
}

// recordDest lists where recordColumns are scanned to.
func recordDest(r *integration.Record) []any {
	v := &r.Revision
	return []any{
		&r.ID, &r.Owner, &r.Name, &r.Description, &r.Logo, &r.LogoHash, &r.Privacy,
		listFrom[integration.Placeholder]{&r.Placeholders},
		&r.CacheSeconds,
		&r.Version, &r.Newest, &r.Live,
		moment{&r.Created},
		moment{&r.Changed},
		sealedKey{&r.Signing},
		sealedKey{&r.Signing},
		&v.Number, &v.State, &v.By,
		moment{&v.At},
		moment{&v.Asked},
		moment{&v.Decided},
		&v.Decider, &v.Reason,
		&r.Method, &r.URL, &r.Validation,
		listFrom[integration.Secret]{&r.Secrets},
	}
}

// countedDest is recordDest after the columns of counted.
func countedDest(r *integration.Record) []any {
	return append([]any{&r.Public, &r.Guilds}, recordDest(r)...)
}

func scanRecord(row scanner) (r integration.Record, err error) {
	return r, row.Scan(countedDest(&r)...)
}

func scanRecordRow(row scanner) (recordRow, error) {
	var r recordRow
	return r, row.Scan(append(countedDest(&r.record), &r.header.name, &r.header.sealed)...)
}

// scanPastRow reads a row of the history: a header's name alone, and what the revision changed.
func scanPastRow(row scanner) (recordRow, error) {
	var r recordRow
	return r, row.Scan(append(countedDest(&r.record), listFrom[audit.Change]{&r.record.Revision.Differences}, &r.header.name)...)
}

// gather makes one record of the rows that follow each other with one id and revision.
func gather(rows []recordRow) []integration.Record {
	var all []integration.Record
	for _, row := range rows {
		if len(all) == 0 || all[len(all)-1].ID != row.record.ID || all[len(all)-1].Revision.Number != row.record.Revision.Number {
			all = append(all, row.record)
		}
		last := &all[len(all)-1]
		last.Sealed = row.header.appendTo(last.Sealed)
	}
	return all
}

// DeleteIntegration implements integration.Store. What belongs to it goes by foreign keys; SQLite overwrites the bytes.
func (s *Integrations) DeleteIntegration(ctx context.Context, owner snowflake.User, id integration.ID, gone audit.Entry, told ...audit.Entry) (guilds []snowflake.Guild, err error) {
	name := clean(string(id))
	err = s.db.whole(ctx, "deleting an integration", answers{none: errNoIntegration}, func(ctx context.Context, q querier) error {
		// The row is held from here on, so that no activation comes in between.
		if err := must(ctx, q, `UPDATE integrations SET version = version + 1 WHERE integration_id = $1 AND owner_id = $2`, name, key(owner)); err != nil {
			return err
		}
		if guilds, err = guildsOf(ctx, q, name); err != nil {
			return err
		}
		if err := writeAuditIn(ctx, q, gone, `SELECT guild_id FROM activations WHERE integration_id = $1`, name); err != nil {
			return err
		}
		if err := must(ctx, q, `INSERT INTO deleted_integrations (integration_id, deleted_at) VALUES ($1, $2)`, name, millis(gone.At)); err != nil {
			return err
		}
		if err := must(ctx, q, `DELETE FROM integrations WHERE integration_id = $1`, name); err != nil {
			return err
		}
		return writeAudit(ctx, q, told...)
	})
	return guilds, err
}

// guildsOf lists where an integration is active.
func guildsOf(ctx context.Context, q querier, id string) ([]snowflake.Guild, error) {
	return collect(ctx, q, scanGuildID, `SELECT guild_id FROM activations WHERE integration_id = $1 ORDER BY guild_id`, id)
}

func scanGuildID(row scanner) (g snowflake.Guild, err error) { return g, row.Scan(&g) }
