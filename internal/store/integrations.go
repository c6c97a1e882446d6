package store

import (
	"context"
	"database/sql"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

// Integrations keeps integrations and, in activations.go, where they are active.
type Integrations struct{ db *DB }

var _ integration.Store = (*Integrations)(nil)

var (
	errNoIntegration    = fault.New(fault.NotFound, "integration_not_found", "There is no such integration.")
	errIntegrationLimit = fault.New(fault.Conflict, "integration_limit", "You have as many integrations as one person may have. Delete one first.")
	errSigningChanged   = fault.New(fault.Conflict, "signing_changed", "The signing keys were changed in the meantime. Look at them and try again.")
	errIntegrationThere = fault.New(fault.Conflict, "integration_exists", "This integration exists already.")
)

// recordColumns are what recordRow reads, of integrations i and integration_requests r.
const recordColumns = `i.integration_id, i.owner_id, i.name, i.description, i.logo, i.privacy, i.public, i.placeholders,
	i.created_at, i.changed_at, i.signing_key, i.signing_key_before, r.method, r.url, r.secrets, i.cache_seconds`

// recordsFrom reads each integration once for each of its headers, or once when it has none. One statement is one snapshot: a URL
// never meets the headers of another version.
const recordsFrom = `SELECT ` + recordColumns + `, h.name, h.sealed
	FROM integrations i
	JOIN integration_requests r ON r.integration_id = i.integration_id
	LEFT JOIN integration_headers h ON h.integration_id = i.integration_id `

// CreateIntegration implements integration.Store. The owner's counter row serialises the owner's creations, so that the count of the
// second statement is true until the commit (see Tickets.Reserve).
func (s *Integrations) CreateIntegration(ctx context.Context, r integration.Record, limit int) error {
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
		if err := must(ctx, q, `
			INSERT INTO integrations (integration_id, owner_id, name, name_folded, description, logo, privacy, public, placeholders,
				created_at, changed_at, signing_key, signing_key_before, cache_seconds)
			SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14
			WHERE (SELECT COUNT(*) FROM integrations WHERE owner_id = $2) < $15`,
			clean(string(r.ID)), key(r.Owner), clean(r.Name), fold(r.Name), clean(r.Description), clean(r.Logo), clean(r.Privacy),
			r.Public, placeholders, millis(r.Created), millis(r.Changed), signing[0], signing[1], int64(r.CacheSeconds), int64(limit)); err != nil {
			return err
		}
		return saveRequest(ctx, q, r)
	})
}

// UpdateIntegration implements integration.Store.
func (s *Integrations) UpdateIntegration(ctx context.Context, r integration.Record) error {
	placeholders, err := listJSON(r.Placeholders)
	if err != nil {
		return err
	}
	return s.db.whole(ctx, "changing an integration", answers{none: errNoIntegration}, func(ctx context.Context, q querier) error {
		if err := must(ctx, q, `
			UPDATE integrations SET name = $3, name_folded = $4, description = $5, logo = $6, privacy = $7, public = $8,
				placeholders = $9, changed_at = $10, cache_seconds = $11
			WHERE integration_id = $1 AND owner_id = $2`,
			clean(string(r.ID)), key(r.Owner), clean(r.Name), fold(r.Name), clean(r.Description), clean(r.Logo), clean(r.Privacy),
			r.Public, placeholders, millis(r.Changed), int64(r.CacheSeconds)); err != nil {
			return err
		}
		return saveRequest(ctx, q, r)
	})
}

// saveRequest writes what an integration requests, in place of what was there.
func saveRequest(ctx context.Context, q querier, r integration.Record) error {
	secrets, err := listJSON(r.Secrets)
	if err != nil {
		return err
	}
	id := clean(string(r.ID))
	if err := must(ctx, q, `
		INSERT INTO integration_requests (integration_id, method, url, secrets) VALUES ($1, $2, $3, $4)
		ON CONFLICT (integration_id) DO UPDATE SET method = excluded.method, url = excluded.url, secrets = excluded.secrets`,
		id, clean(string(r.Method)), clean(r.URL), secrets); err != nil {
		return err
	}
	if _, err := affected(ctx, q, `DELETE FROM integration_headers WHERE integration_id = $1`, id); err != nil {
		return err
	}
	for place, header := range r.Sealed {
		if err := must(ctx, q, `
			INSERT INTO integration_headers (integration_id, place, name, sealed) VALUES ($1, $2, $3, $4)`,
			id, int64(place), clean(header.Name), sealedBytes(header)); err != nil {
			return err
		}
	}
	return nil
}

// sealedBytes is never nil: the column knows no NULL.
func sealedBytes(s integration.Sealed) []byte { return append([]byte{}, s.Sealed...) }

// Integration implements integration.Store.
func (s *Integrations) Integration(ctx context.Context, id integration.ID) (integration.Record, error) {
	var found []integration.Record
	err := s.db.look(ctx, "reading an integration", answers{none: errNoIntegration}, func(ctx context.Context, q querier) error {
		rows, err := collect(ctx, q, scanRecordRow, recordsFrom+`WHERE i.integration_id = $1 ORDER BY h.place`, clean(string(id)))
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

// Owned implements integration.Store.
func (s *Integrations) Owned(ctx context.Context, owner snowflake.User) (all []integration.Record, err error) {
	err = s.db.look(ctx, "listing a user's integrations", answers{}, func(ctx context.Context, q querier) error {
		rows, err := collect(ctx, q, scanRecordRow, recordsFrom+`
			WHERE i.owner_id = $1 ORDER BY i.name_folded, i.integration_id, h.place`, key(owner))
		all = gather(rows)
		return err
	})
	return all, err
}

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
	return []any{
		&r.ID, &r.Owner, &r.Name, &r.Description, &r.Logo, &r.Privacy, &r.Public,
		listFrom[integration.Placeholder]{&r.Placeholders},
		moment{&r.Created},
		moment{&r.Changed},
		sealedKey{&r.Signing},
		sealedKey{&r.Signing},
		&r.Method, &r.URL,
		listFrom[integration.Secret]{&r.Secrets},
		&r.CacheSeconds,
	}
}

func scanRecordRow(row scanner) (recordRow, error) {
	var r recordRow
	return r, row.Scan(append(recordDest(&r.record), &r.header.name, &r.header.sealed)...)
}

// gather makes one record of the rows that follow each other with one id.
func gather(rows []recordRow) []integration.Record {
	var all []integration.Record
	for _, row := range rows {
		if len(all) == 0 || all[len(all)-1].ID != row.record.ID {
			all = append(all, row.record)
		}
		last := &all[len(all)-1]
		last.Sealed = row.header.appendTo(last.Sealed)
	}
	return all
}
