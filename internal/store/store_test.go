package store_test

import (
	"context"
	"os"
	"testing"

	"usher/internal/store"
	"usher/internal/store/postgrestest"
	"usher/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m)) }

// The suite runs on both databases with the same text.
func TestConformanceOnSQLite(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Ports {
		t.Helper()
		return ports(engines()["sqlite"](t))
	})
}

func TestConformanceOnPostgres(t *testing.T) {
	t.Parallel()
	storetest.Run(t, func(t *testing.T) storetest.Ports {
		t.Helper()
		return ports(engines()["postgres"](t))
	})
}

// opened opens a database for the life of a test.
func opened(tb testing.TB, c store.Config) *store.DB {
	tb.Helper()
	db, err := store.Open(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := db.Close(); err != nil {
			tb.Errorf("closing: %v", err)
		}
	})
	return db
}

func migrated(tb testing.TB, c store.Config) *store.DB {
	tb.Helper()
	db := opened(tb, c)
	if err := db.Migrate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return db
}

func ports(db *store.DB) storetest.Ports {
	return storetest.Ports{
		Guilds: db.Guilds(), Panels: db.Panels(), Forms: db.Forms(), Tags: db.Tags(), Integrations: db.Integrations(), Activations: db.Integrations(), Listing: db.Integrations(), Tickets: db.Tickets(), Holdings: db.Tickets(), Contacts: db.Tickets(), Records: db.Tickets(), Audit: db.Audit(), Sealed: db.Sealed(), Bloxlink: db.Bloxlink(),
		Deliveries: db.Deliveries(),
		Sessions:   db.Sessions(), Keys: db.Keys(),
		Count: func(ctx context.Context, query string) (n int64, err error) {
			err = db.Tables().QueryRowContext(ctx, query).Scan(&n)
			return n, err
		},
	}
}
