// Package store keeps everything that must survive a restart in SQLite or PostgreSQL, behind one SQL text. It is the only room that
// knows SQL; each noun of core that has a port is a type here: [Guilds], [Panels], [Integrations], [Tickets].
//
// It must never know a rule: what may be saved and who may do it is decided in core. It never sees a clear secret, only sealed ones.
//
// What callers can rely on:
//   - a driver's error never leaves unexplained: what a person or a caller can act on is a [fault.Error], the caller's own cancelled or
//     expired context comes back as the context's error, and the rest is Internal;
//   - every statement is bound to its guild by its own WHERE, so another guild's row is NotFound;
//   - texts come back as they went in, but NUL and invalid UTF-8, which become U+FFFD; moments come back in UTC, to the millisecond;
//   - an empty list comes back as nil.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"usher/internal/core/fault"
)

// Config says which database to open and how.
type Config struct {
	// URL is "sqlite:PATH", a bare path that ends in .db, .sqlite or .sqlite3, or "postgres://user:password@host:5432/database".
	URL string
	// Logger hears of applied migrations and of repeated transactions. Nil is silence.
	Logger *slog.Logger
	// Exclusive makes this the only process that serves an SQLite file: a second exclusive Open fails at once with the code
	// "store_in_use". Tools that read beside a running server leave it false. PostgreSQL ignores it.
	Exclusive bool
	// Connections bounds the connections to PostgreSQL and the readers of SQLite, which has one writer in any case. Zero: 10.
	Connections int
	// Timeout bounds each call of a port, and opening. Zero: 10 seconds.
	Timeout time.Duration
}

// Defaults of [Config].
const (
	defaultConnections = 10
	defaultTimeout     = 10 * time.Second
)

// DB is an open database. It is safe for concurrent use.
type DB struct {
	writer  *sql.DB
	reader  *sql.DB // the same as writer on PostgreSQL
	dialect dialect
	path    string    // of the SQLite file, else empty
	lock    *fileLock // held by an exclusive open of an SQLite file, else nil
	log     *slog.Logger
	timeout time.Duration
	closed  atomic.Bool
}

// Open connects to a database and proves that it can be used. It changes no table: see [DB.Migrate].
//
// Errors are a fault.Error of kind Invalid or Unavailable with one sentence that says what to do; neither the sentence nor its cause
// holds the password of the URL. Codes: store_url, store_path, store_not_a_database, store_in_use, store_password, store_missing,
// store_refused, store_unreachable, store_encoding.
func Open(ctx context.Context, c Config) (*DB, error) {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.Connections <= 0 {
		c.Connections = defaultConnections
	}
	if c.Timeout <= 0 {
		c.Timeout = defaultTimeout
	}
	target, err := parseURL(c.URL)
	if err != nil {
		return nil, err
	}
	bounded, cancel := context.WithTimeout(ctx, c.Timeout)
	defer cancel()
	var db *DB
	if target.path != "" {
		db, err = openSQLite(bounded, target.path, c)
	} else {
		db, err = openPostgres(bounded, target.postgres, c)
	}
	if err != nil && ctx.Err() != nil {
		return nil, fmt.Errorf("opening the database: %w", ctx.Err())
	}
	return db, err
}

// Guilds gives the port guild.Store.
func (db *DB) Guilds() *Guilds { return &Guilds{db: db} }

// Panels gives the port panel.Store.
func (db *DB) Panels() *Panels { return &Panels{db: db} }

// Integrations gives the port integration.Store.
func (db *DB) Integrations() *Integrations { return &Integrations{db: db} }

// Tickets gives the port ticket.Store.
func (db *DB) Tickets() *Tickets { return &Tickets{db: db} }

// Alone reports whether no other process can serve this database: an SQLite file that was opened exclusively.
func (db *DB) Alone() bool { return db.lock != nil }

// Ping asks the database for an answer; fault.Unavailable when there is none.
func (db *DB) Ping(ctx context.Context) error {
	return db.look(ctx, "asking the database for an answer", answers{}, func(ctx context.Context, q querier) error {
		var one int64
		return q.QueryRowContext(ctx, "SELECT 1").Scan(&one)
	})
}

// Close ends all connections and gives the SQLite file free. Calls under way end with fault.Unavailable. A second Close does nothing.
func (db *DB) Close() error {
	if db.closed.Swap(true) {
		return nil
	}
	var problems []error
	if db.reader != db.writer {
		problems = append(problems, db.reader.Close())
	}
	problems = append(problems, db.writer.Close())
	if db.lock != nil {
		problems = append(problems, db.lock.release())
	}
	if err := errors.Join(problems...); err != nil {
		return fmt.Errorf("closing the database: %w", err)
	}
	return nil
}

// refuse makes the error of an Open that cannot succeed. The cause goes to the log; it is kept on one line, as drivers like to use many.
func refuse(kind fault.Kind, code, text string, cause error) error {
	refusal := fault.New(kind, code, text)
	if cause == nil {
		return refusal
	}
	return refusal.Because(flatError{cause})
}
