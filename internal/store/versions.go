package store

import (
	"context"
	"os"
)

// Versions gives the version that the tables have, 0 in an empty database, and the one that this program needs. It changes none of them; an
// empty database gets the table that keeps the versions.
// Errors: those of Migrate.
func (db *DB) Versions(ctx context.Context) (has, wants int64, err error) {
	provider, err := db.provider()
	if err != nil {
		return 0, 0, err
	}
	has, wants, err = provider.GetVersions(ctx)
	return has, wants, db.explainMigration(ctx, err)
}

// Engine is the database's name for people: SQLite or PostgreSQL.
func (db *DB) Engine() string {
	if db.path != "" {
		return "SQLite"
	}
	return "PostgreSQL"
}

// Size is how many bytes the database takes on its disk: of SQLite the file and what is not written into it yet, of PostgreSQL the one
// database of its server.
func (db *DB) Size(ctx context.Context) (bytes int64, err error) {
	if db.path == "" {
		err = db.look(ctx, "measuring the database", answers{}, func(ctx context.Context, q querier) error {
			return q.QueryRowContext(ctx, "SELECT pg_database_size(current_database())").Scan(&bytes)
		})
		return bytes, err
	}
	for _, name := range []string{db.path, db.path + "-wal"} {
		info, err := os.Stat(name)
		switch {
		case err == nil:
			bytes += info.Size()
		case !os.IsNotExist(err):
			return 0, explainFile(db.path, err)
		}
	}
	return bytes, nil
}
