package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"usher/internal/store"
	"usher/internal/store/postgrestest"
)

func TestADatabaseTellsWhatItIsAndHowLarge(t *testing.T) {
	t.Parallel()
	for engine, config := range map[string]func() store.Config{
		"SQLite":     func() store.Config { return store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "usher.db")} },
		"PostgreSQL": func() store.Config { return store.Config{URL: postgrestest.Open(t)} },
	} {
		t.Run(engine, func(t *testing.T) {
			t.Parallel()
			db := opened(t, config())
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if db.Engine() != engine {
				t.Errorf("it is told as %s", db.Engine())
			}
			bytes, err := db.Size(t.Context())
			if err != nil || bytes < 64<<10 { // so much take the tables alone
				t.Errorf("%d bytes, %v", bytes, err)
			}
			has, wants, err := db.Versions(t.Context())
			if err != nil || has != wants || has == 0 {
				t.Errorf("version %d of %d, %v", has, wants, err)
			}
			if engine == "PostgreSQL" {
				ended, cancel := context.WithCancel(t.Context())
				cancel()
				if _, err := db.Size(ended); !errors.Is(err, context.Canceled) {
					t.Errorf("a caller who went away: %v", err)
				}
			}
		})
	}
}
