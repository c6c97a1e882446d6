package store

import (
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"usher/internal/core/fault"
)

// target is what a database URL names: a file or a server.
type target struct {
	path     string
	postgres *pgx.ConnConfig
}

//nolint:gosec // an example
const urlHelp = "Write sqlite:PATH for a file, or postgres://user:password@host:5432/database for a PostgreSQL server."

// parseURL reads Config.URL. No error repeats the URL, for it may hold a password.
func parseURL(text string) (target, error) {
	bad := func(problem string) (target, error) {
		return target{}, refuse(fault.Invalid, "store_url", problem+" "+urlHelp, nil)
	}
	if text == "" {
		return bad("No database is named.")
	}
	if rest, ok := strings.CutPrefix(text, "sqlite:"); ok {
		path := strings.TrimPrefix(rest, "//")
		if path == "" || path == ":memory:" || strings.HasPrefix(path, "file:") || strings.ContainsRune(path, 0) {
			return bad("The database URL names no SQLite file.")
		}
		return target{path: path}, nil
	}
	scheme, _, hasScheme := strings.Cut(text, "://")
	if !hasScheme && slices.Contains([]string{".db", ".sqlite", ".sqlite3"}, strings.ToLower(filepath.Ext(text))) {
		return target{path: text}, nil
	}
	if !hasScheme || (scheme != "postgres" && scheme != "postgresql") {
		return bad("The database URL has an unknown form.")
	}
	// The parser below would take host and user of a URL without them from the environment of the process.
	if u, err := url.Parse(text); err != nil || (u.Host == "" && u.Query().Get("host") == "") {
		return bad("The PostgreSQL URL cannot be read (special characters in a password are written as %40 for @ and so on).")
	}
	config, err := pgx.ParseConfig(text)
	if err != nil {
		return bad("The PostgreSQL URL cannot be read, or one of its parameters is wrong.")
	}
	return target{postgres: config}, nil
}
