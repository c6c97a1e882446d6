package store

import (
	"context"
	"database/sql"
	"log/slog"
	"math/rand/v2"
	"time"

	"github.com/pressly/goose/v3"
)

// dialect is all that differs between the databases, but opening them.
type dialect struct {
	name       string            // also the folder of its migrations
	goose      goose.Dialect     //
	classify   func(error) class // what a driver's error means
	skipLocked string            // how a SELECT passes over rows that another transaction works on; empty where writers are one
}

// querier is what *sql.DB and *sql.Tx have in common.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Attempts at one piece of work that the database rolls back because of others, and the longest first pause between two of them;
// each further pause may be twice as long.
const (
	maxAttempts = 6
	firstPause  = 10 * time.Millisecond
)

// look runs statements that only read.
func (db *DB) look(ctx context.Context, doing string, known answers, work func(context.Context, querier) error) error {
	return db.run(ctx, doing, known, func(ctx context.Context) error { return work(ctx, db.reader) })
}

// step runs one statement that writes and is a transaction by itself.
func (db *DB) step(ctx context.Context, doing string, known answers, work func(context.Context, querier) error) error {
	return db.run(ctx, doing, known, func(ctx context.Context) error { return work(ctx, db.writer) })
}

// whole runs several statements that happen together or not at all. When work fails, nothing of it stays.
func (db *DB) whole(ctx context.Context, doing string, known answers, work func(context.Context, querier) error) error {
	return db.run(ctx, doing, known, func(ctx context.Context) error {
		tx, err := db.writer.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // after a commit this is a no-op, and before it the first error says more
		if err := work(ctx, tx); err != nil {
			return err
		}
		return tx.Commit()
	})
}

// run bounds work in time, repeats it while the database rolled it back because of others, and explains how it ended.
func (db *DB) run(ctx context.Context, doing string, known answers, work func(context.Context) error) error {
	bounded, cancel := context.WithTimeout(ctx, db.timeout)
	defer cancel()
	for attempt := 1; ; attempt++ {
		err := work(bounded)
		if err == nil {
			return nil
		}
		if attempt == maxAttempts || db.dialect.classify(err) != classBusy || !pause(bounded, firstPause<<(attempt-1)) {
			return db.explain(ctx, doing, err, known)
		}
		db.log.DebugContext(ctx, "doing it again, the database rolled it back", slog.String("doing", doing), slog.Int("attempt", attempt), slog.Any("error", err))
	}
}

// pause waits for a random part of longest, so that rivals part ways; false when ctx ended first.
func pause(ctx context.Context, longest time.Duration) bool {
	timer := time.NewTimer(rand.N(longest) + 1) //nolint:gosec // no secret depends on it
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// scanner is what *sql.Row and *sql.Rows have in common.
type scanner interface {
	Scan(dest ...any) error
}

// collect reads all rows of a query.
func collect[T any](ctx context.Context, q querier, scan func(scanner) (T, error), query string, args ...any) (all []T, err error) {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // rows.Err tells what matters
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// affected runs a statement and tells how many rows it touched.
func affected(ctx context.Context, q querier, query string, args ...any) (int64, error) {
	result, err := q.ExecContext(ctx, query, args...)
	if err != nil {
		return 0, err
	}
	return result.RowsAffected()
}

// must runs a statement that has to touch a row; sql.ErrNoRows when it touched none.
func must(ctx context.Context, q querier, query string, args ...any) error {
	n, err := affected(ctx, q, query, args...)
	if err == nil && n == 0 {
		return sql.ErrNoRows
	}
	return err
}
