package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"usher/internal/core/fault"
)

// Migrations go forward only: a release that must go back restores the backup made before.
//
//go:embed migrations
var migrations embed.FS

// While one process migrates a PostgreSQL database, others ask each second, for five minutes, whether it is their turn.
const (
	lockEverySeconds = 1
	lockAttempts     = 300
)

// Migrate brings the tables to the form that this program needs; where they have it already it changes nothing. Processes that
// migrate one database at the same time take turns (PostgreSQL), or all but one are refused with "store_in_use" (SQLite).
//
// Faults: "store_newer" when a later release made the tables, "store_in_use", "store_privilege" when the user may not make tables,
// "store_unavailable".
func (db *DB) Migrate(ctx context.Context) error {
	provider, err := db.provider()
	if err != nil {
		return err
	}
	has, wants, err := provider.GetVersions(ctx)
	if err != nil {
		return db.explainMigration(ctx, err)
	}
	if has > wants {
		return refuse(fault.Invalid, "store_newer", fmt.Sprintf(
			"The database was made by a later release (its tables have version %d, this program knows %d): install that release, or restore a backup.", has, wants), nil)
	}
	if has == wants {
		return nil
	}
	if db.path != "" && db.lock == nil {
		held, err := lockFile(db.path)
		if err != nil {
			return err
		}
		defer func() { _ = held.release() }() // the file closes with the process at the latest
	}
	results, err := provider.Up(ctx)
	for _, r := range results {
		db.log.InfoContext(ctx, "migrated the database", slog.Int64("version", r.Source.Version), slog.Duration("took", r.Duration))
	}
	return db.explainMigration(ctx, err)
}

func (db *DB) provider() (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/"+db.dialect.name)
	if err != nil {
		return nil, fmt.Errorf("finding the migrations: %w", err)
	}
	options := []goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithTableName("migrations")}
	if db.path == "" {
		locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(lockEverySeconds, lockAttempts))
		if err != nil {
			return nil, fmt.Errorf("preparing the migration lock: %w", err)
		}
		options = append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(db.dialect.goose, db.writer, files, options...)
	if err != nil {
		return nil, fmt.Errorf("preparing the migrations: %w", err)
	}
	return provider, nil
}

func (db *DB) explainMigration(ctx context.Context, err error) error {
	var answer *pgconn.PgError
	if errors.As(err, &answer) && answer.Code == pgNoPrivilege {
		return refuse(fault.Invalid, "store_privilege",
			"The database user may not make tables: grant it CREATE on the schema, or migrate as the schema's owner.", err)
	}
	return db.explain(ctx, "migrating the database", err, answers{})
}
