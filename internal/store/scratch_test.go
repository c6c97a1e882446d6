package store_test

import (
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"

	"usher/internal/core/fault"
	"usher/internal/store"
	"usher/internal/store/postgrestest"
)

// Two schemas of one database hold a world each, and nothing is left of either.
func TestScratchSchemasAreApartAndLeaveNothing(t *testing.T) {
	t.Parallel()
	database := postgrestest.Open(t)
	connection, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close(t.Context()) }()
	tables := func() (n int) {
		t.Helper()
		if err := connection.QueryRow(t.Context(), "SELECT count(*) FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := 0
	for range 2 {
		own, drop, err := store.Scratch(t.Context(), database)
		if err != nil {
			t.Fatal(err)
		}
		defer func() {
			if err := drop(t.Context()); err != nil {
				t.Error(err)
			}
			if now := tables(); now >= before {
				t.Errorf("%d tables after dropping a schema of %d", now, before)
			} else {
				before = now
			}
		}()
		db := opened(t, store.Config{URL: own})
		if err := db.Migrate(t.Context()); err != nil {
			t.Fatalf("a second schema must be empty: %v", err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		if now := tables(); now <= before {
			t.Errorf("%d tables after migrating, %d before", now, before)
		} else {
			before = now
		}
	}
}

func TestScratchRefusesWhatIsNoPostgreSQL(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "sqlite:x.db", "x.db", "mysql://u:" + password + "@h/d"} {
		_, _, err := store.Scratch(t.Context(), text)
		var said *fault.Error
		if !errors.As(err, &said) || said.Kind != fault.Invalid || said.Code != "store_url" {
			t.Errorf("%q: %v", text, err)
		}
	}
}
