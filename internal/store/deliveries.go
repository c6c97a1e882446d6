package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
	"strings"
	"time"

	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

// Deliveries keeps what became of integrations' requests.
type Deliveries struct{ db *DB }

var _ integration.Deliveries = (*Deliveries)(nil)

// Deliveries gives the port integration.Deliveries.
func (db *DB) Deliveries() *Deliveries { return &Deliveries{db: db} }

// Append implements integration.Deliveries. Counter rows are taken in one order, so that writers wait for each other and never in a
// circle.
func (s *Deliveries) Append(ctx context.Context, all []integration.Delivery) error {
	if len(all) == 0 {
		return nil
	}
	groups := slices.Clone(all)
	slices.SortStableFunc(groups, compareOwners)
	return s.db.whole(ctx, "writing deliveries", answers{foreign: errNoIntegration}, func(ctx context.Context, q querier) error {
		for rest := groups; len(rest) > 0; {
			n := 1
			for n < len(rest) && compareOwners(rest[0], rest[n]) == 0 {
				n++
			}
			if err := appendDeliveries(ctx, q, rest[:n]); err != nil {
				return err
			}
			rest = rest[n:]
		}
		return nil
	})
}

// compareOwners orders deliveries by guild and integration.
func compareOwners(a, b integration.Delivery) int {
	return cmp.Or(cmp.Compare(a.Guild, b.Guild), strings.Compare(string(a.Integration), string(b.Integration)))
}

// appendDeliveries writes those of one guild and integration, and prunes what there are too many of.
func appendDeliveries(ctx context.Context, q querier, all []integration.Delivery) error {
	guild, id := key(all[0].Guild), clean(string(all[0].Integration))
	var last int64
	err := q.QueryRowContext(ctx, `
		INSERT INTO delivery_counters (guild_id, integration_id, last_delivery, alias)
		SELECT $1, integration_id, $3, $4 FROM integrations WHERE integration_id = $2
		ON CONFLICT (guild_id, integration_id) DO UPDATE SET last_delivery = delivery_counters.last_delivery + $3
		RETURNING last_delivery`, guild, id, int64(len(all)), clean(all[0].Alias)).Scan(&last)
	if errors.Is(err, sql.ErrNoRows) {
		return nil // the integration is not stored
	}
	if err != nil {
		return err
	}
	first := last - int64(len(all)) + 1
	for i, d := range all {
		missing, err := listJSON(d.Missing)
		if err != nil {
			return err
		}
		if err := must(ctx, q, `
			INSERT INTO deliveries (guild_id, integration_id, delivery_id, at, cause, status, took, size, class, missing, cached)
			VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
			guild, id, first+int64(i), millis(d.At), clean(string(d.Trigger)), int64(d.Status), d.Took.Milliseconds(), int64(d.Size),
			clean(d.Class), missing, d.Cached); err != nil {
			return err
		}
	}
	_, err = affected(ctx, q, `DELETE FROM deliveries WHERE guild_id = $1 AND integration_id = $2 AND delivery_id <= $3`,
		guild, id, last-integration.MaxDeliveries)
	return err
}

// deliveryColumns are what scanDelivery reads, of deliveries d.
const deliveryColumns = `d.integration_id, d.at, d.cause, d.status, d.took, d.size, d.class, d.missing, d.cached`

// OfGuild implements integration.Deliveries.
func (s *Deliveries) OfGuild(ctx context.Context, g snowflake.Guild, id integration.ID) (all []integration.Delivery, err error) {
	err = s.db.look(ctx, "listing a guild's deliveries", answers{}, func(ctx context.Context, q querier) error {
		all, err = collect(ctx, q, func(row scanner) (integration.Delivery, error) {
			d := integration.Delivery{Guild: g}
			return d, scanDelivery(row, &d)
		}, `
			SELECT `+deliveryColumns+` FROM deliveries d
			WHERE d.guild_id = $1 AND d.integration_id = $2
			ORDER BY d.delivery_id DESC LIMIT $3`, key(g), clean(string(id)), int64(integration.MaxDeliveries))
		return err
	})
	return all, err
}

// OfAuthor implements integration.Deliveries.
func (s *Deliveries) OfAuthor(ctx context.Context, owner snowflake.User, id integration.ID) (all []integration.Delivery, err error) {
	err = s.db.look(ctx, "listing an integration's deliveries", answers{none: errNoIntegration}, func(ctx context.Context, q querier) error {
		var one int64
		if err := q.QueryRowContext(ctx, `SELECT 1 FROM integrations WHERE integration_id = $1 AND owner_id = $2`,
			clean(string(id)), key(owner)).Scan(&one); err != nil {
			return err
		}
		all, err = collect(ctx, q, func(row scanner) (integration.Delivery, error) {
			var d integration.Delivery
			return d, scanDelivery(row, &d, &d.Alias)
		}, `
			SELECT `+deliveryColumns+`, c.alias FROM deliveries d
			JOIN delivery_counters c ON c.guild_id = d.guild_id AND c.integration_id = d.integration_id
			WHERE d.integration_id = $1
			ORDER BY d.at DESC, d.guild_id, d.delivery_id DESC LIMIT $2`, clean(string(id)), int64(integration.MaxDeliveries))
		return err
	})
	return all, err
}

// scanDelivery reads deliveryColumns, and then more.
func scanDelivery(row scanner, d *integration.Delivery, more ...any) error {
	var took int64
	err := row.Scan(append([]any{
		&d.Integration, moment{&d.At}, &d.Trigger, &d.Status, &took, &d.Size, &d.Class, listFrom[string]{&d.Missing}, &d.Cached,
	}, more...)...)
	d.Took = time.Duration(took) * time.Millisecond
	return err
}
