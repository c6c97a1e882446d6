package store

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/jackc/pgx/v5"

	"usher/internal/core/fault"
)

// Scratch makes an empty schema of its own in a PostgreSQL database, for what must leave nothing behind. own is the database's URL with
// that schema in it, for [Open]; drop takes the schema and all that was kept in it away. Other schemas of the database are not touched.
//
// Errors are those of [Open]; a URL of an SQLite file is one of kind Invalid.
func Scratch(ctx context.Context, database string) (own string, drop func(context.Context) error, err error) {
	target, err := parseURL(database)
	if err != nil {
		return "", nil, err
	}
	if target.postgres == nil {
		return "", nil, refuse(fault.Invalid, "store_url", "A schema of its own is made on PostgreSQL only. "+urlHelp, nil)
	}
	u, err := url.Parse(database)
	if err != nil { // parseURL took it: it cannot happen, and the parser's own words would repeat the password
		return "", nil, refuse(fault.Invalid, "store_url", "The PostgreSQL URL cannot be read. "+urlHelp, nil)
	}
	name := "scratch_" + strings.ToLower(rand.Text())
	if err := once(ctx, target.postgres, "CREATE SCHEMA "+pgx.Identifier{name}.Sanitize()); err != nil {
		return "", nil, err
	}
	query := u.Query()
	query.Set("search_path", name)
	u.RawQuery = query.Encode()
	return u.String(), func(ctx context.Context) error {
		if err := once(ctx, target.postgres, "DROP SCHEMA "+pgx.Identifier{name}.Sanitize()+" CASCADE"); err != nil {
			return fmt.Errorf("dropping the schema %s: %w", name, err)
		}
		return nil
	}, nil
}

// once runs a statement on a connection of its own.
func once(ctx context.Context, config *pgx.ConnConfig, statement string) error {
	ctx, cancel := context.WithTimeout(ctx, defaultTimeout)
	defer cancel()
	connection, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return explainPostgres(config, err)
	}
	if _, err := connection.Exec(ctx, statement); err != nil {
		return errors.Join(explainPostgres(config, err), connection.Close(ctx))
	}
	if err := connection.Close(ctx); err != nil {
		return fmt.Errorf("closing the connection: %w", err)
	}
	return nil
}
