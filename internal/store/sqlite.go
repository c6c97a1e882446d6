package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/pressly/goose/v3"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"usher/internal/core/fault"
)

// busyMilliseconds is how long SQLite itself waits for another process's write before it says busy.
const busyMilliseconds = "5000"

// openSQLite makes the file if there is none, readable by its owner alone, and opens one writer and several readers on it: with one
// writer nobody waits in SQLite's unfair busy loop, and readers never wait for the writer (WAL).
func openSQLite(ctx context.Context, path string, c Config) (*DB, error) {
	path, err := prepareFile(path)
	if err != nil {
		return nil, err
	}
	db := &DB{dialect: sqliteDialect(), path: path, log: c.Logger, timeout: c.Timeout}
	if c.Exclusive {
		if db.lock, err = lockFile(path); err != nil {
			return nil, err
		}
	}
	if err := db.connectSQLite(ctx, c.Connections); err != nil {
		_ = db.Close() // the reason why opening failed says more
		return nil, err
	}
	return db, nil
}

func (db *DB) connectSQLite(ctx context.Context, readers int) error {
	var err error
	if db.writer, err = sql.Open("sqlite", sqliteDSN(db.path, url.Values{
		// A transaction that reads first and then writes would fail, not wait, when another process wrote in between.
		"_txlock": {"immediate"},
		// FULL: a ticket's row must survive a power cut, for its channel at Discord does.
		"_pragma": {
			"busy_timeout(" + busyMilliseconds + ")", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)",
			"secure_delete(1)", // what was deleted, secrets above all, is overwritten
		},
	})); err != nil {
		return fmt.Errorf("preparing the SQLite writer: %w", err)
	}
	db.writer.SetMaxOpenConns(1)
	if db.reader, err = sql.Open("sqlite", sqliteDSN(db.path, url.Values{
		"_pragma": {"busy_timeout(" + busyMilliseconds + ")", "query_only(1)"},
	})); err != nil {
		return fmt.Errorf("preparing the SQLite readers: %w", err)
	}
	db.reader.SetMaxOpenConns(readers)
	db.reader.SetMaxIdleConns(min(readers, max(2, runtime.NumCPU())))
	// The writer first: it alone may turn a new file to WAL.
	for _, pool := range []*sql.DB{db.writer, db.reader} {
		var tables int64
		if err := pool.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_schema").Scan(&tables); err != nil {
			return explainSQLite(db.path, err)
		}
	}
	return nil
}

// sqliteDSN writes the path so that no character of it is taken for a parameter.
func sqliteDSN(path string, parameters url.Values) string {
	escaped := (&url.URL{Path: filepath.ToSlash(path)}).EscapedPath()
	return "file:" + escaped + "?" + parameters.Encode()
}

// prepareFile proves that path is, or can become, a file that we may write, and gives it absolute and without symbolic links: two
// names of one file must lead to one lock.
func prepareFile(path string) (string, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) //nolint:gosec // the operator names it
	if err != nil {
		return "", explainFile(path, err)
	}
	info, err := file.Stat()
	if err = errors.Join(err, file.Close()); err != nil {
		return "", explainFile(path, err)
	}
	if !info.Mode().IsRegular() {
		return "", refuse(fault.Invalid, "store_path", fmt.Sprintf("%s is not a file: give the path of the database file.", path), nil)
	}
	absolute, err := filepath.Abs(path)
	if err != nil {
		return "", explainFile(path, err)
	}
	real, err := filepath.EvalSymlinks(absolute)
	if err != nil {
		return "", explainFile(path, err)
	}
	return real, nil
}

func explainFile(path string, err error) error {
	if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
		return refuse(fault.Invalid, "store_path", fmt.Sprintf("%s is a folder: give the path of a file in it, such as %s.", path, filepath.Join(path, "usher.db")), err)
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refuse(fault.Invalid, "store_path", fmt.Sprintf("The folder %s of the database does not exist: create it.", filepath.Dir(path)), err)
	case errors.Is(err, fs.ErrPermission):
		return refuse(fault.Invalid, "store_path", fmt.Sprintf("The database %s cannot be written: give the user that runs Usher the right to write it and its folder.", path), err)
	default:
		return refuse(fault.Invalid, "store_path", fmt.Sprintf("The database %s cannot be opened: check the path.", path), err)
	}
}

func explainSQLite(path string, err error) error {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CORRUPT:
		return refuse(fault.Invalid, "store_not_a_database", fmt.Sprintf("%s is not an SQLite database, or it is damaged: give another path, or restore a backup.", path), err)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return refuse(fault.Invalid, "store_path", fmt.Sprintf("The database %s cannot be written: SQLite needs to write the file and to make others beside it in %s.", path, filepath.Dir(path)), err)
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return refuse(fault.Unavailable, "store_in_use", fmt.Sprintf("Another process holds %s locked: stop it, then try again.", path), err)
	default:
		return refuse(fault.Unavailable, "store_path", fmt.Sprintf("The database %s cannot be used.", path), err)
	}
}

// sqliteDialect is what is particular to SQLite.
func sqliteDialect() dialect {
	return dialect{name: "sqlite", goose: goose.DialectSQLite3, classify: classifySQLite}
}

// sqliteCode is the primary result code of a driver's error, 0 for other errors. https://www.sqlite.org/rescode.html
func sqliteCode(err error) int {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return 0
	}
	return e.Code() & 0xff
}

func classifySQLite(err error) class {
	var e *sqlite.Error
	if !errors.As(err, &e) {
		return classUnknown
	}
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return classUnique
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return classForeign
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return classBusy
	case sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY:
		return classGone
	default:
		return classUnknown
	}
}
