package store

import "context"

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
