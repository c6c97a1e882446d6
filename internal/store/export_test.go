package store

import (
	"context"
	"database/sql"
)

// Tables gives tests a look at the tables behind the ports.
func (db *DB) Tables() *sql.DB { return db.writer }

// SealedColumns lists the columns that a rotation of keys knows.
func SealedColumns() (columns []string) {
	for _, p := range sealedPlaces() {
		columns = append(columns, p.table+"."+p.column)
	}
	return columns
}

// MigrateTo brings the tables to the form of an earlier release.
func (db *DB) MigrateTo(ctx context.Context, version int64) error {
	provider, err := db.provider()
	if err != nil {
		return err
	}
	_, err = provider.UpTo(ctx, version)
	return err
}
