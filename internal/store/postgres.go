package store

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"usher/internal/core/fault"
)

// Connections are renewed now and then, so that a failover or a new address of the server is noticed.
const (
	connectionLife = 30 * time.Minute
	connectionIdle = 5 * time.Minute
)

// SQLSTATE codes that are told apart. https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	pgUniqueViolation     = "23505"
	pgForeignKeyViolation = "23503"
	pgSerialization       = "40001"
	pgDeadlock            = "40P01"
	pgLockNotAvailable    = "55P03"
	pgWrongPassword       = "28P01"
	pgNotAuthorized       = "28000"
	pgNoDatabase          = "3D000"
	pgNoPrivilege         = "42501"
	pgReadOnly            = "25006"
)

func openPostgres(ctx context.Context, config *pgx.ConnConfig, c Config) (*DB, error) {
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "usher"
	}
	pool := stdlib.OpenDB(*config)
	pool.SetMaxOpenConns(c.Connections)
	pool.SetMaxIdleConns(c.Connections)
	pool.SetConnMaxLifetime(connectionLife)
	pool.SetConnMaxIdleTime(connectionIdle)
	db := &DB{writer: pool, reader: pool, dialect: postgresDialect(), log: c.Logger, timeout: c.Timeout}
	if err := checkPostgres(ctx, pool, config); err != nil {
		_ = db.Close() // the reason why opening failed says more
		return nil, err
	}
	return db, nil
}

func checkPostgres(ctx context.Context, pool *sql.DB, config *pgx.ConnConfig) error {
	var encoding string
	if err := pool.QueryRowContext(ctx, "SHOW server_encoding").Scan(&encoding); err != nil {
		return explainPostgres(config, err)
	}
	if !strings.EqualFold(encoding, "UTF8") {
		return refuse(fault.Invalid, "store_encoding", fmt.Sprintf(
			"The database %q is encoded as %s and could not hold an emoji: create it with CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0.",
			config.Database, encoding), nil)
	}
	return nil
}

// explainPostgres makes a sentence of why a server could not be used. It names user, host and database, never the password.
func explainPostgres(config *pgx.ConnConfig, err error) error {
	where := net.JoinHostPort(config.Host, strconv.Itoa(int(config.Port)))
	if strings.HasPrefix(config.Host, "/") {
		where = config.Host
	}
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		return explainAnswer(config, where, answer, err)
	}
	var (
		unknown x509.UnknownAuthorityError
		verify  *tls.CertificateVerificationError
	)
	if errors.As(err, &unknown) || errors.As(err, &verify) {
		return refuse(fault.Unavailable, "store_refused", fmt.Sprintf("The certificate of PostgreSQL at %s cannot be trusted: set sslrootcert in the database URL.", where), err)
	}
	return refuse(fault.Unavailable, "store_unreachable", fmt.Sprintf("No PostgreSQL answers at %s: check host, port and sslmode in the database URL, and whether the server runs.", where), err)
}

func explainAnswer(config *pgx.ConnConfig, where string, answer *pgconn.PgError, err error) error {
	switch answer.Code {
	case pgWrongPassword, pgNotAuthorized:
		return refuse(fault.Invalid, "store_password", fmt.Sprintf("PostgreSQL at %s refuses user %q: check user and password in the database URL, and the server's pg_hba.conf.", where, config.User), err)
	case pgNoDatabase:
		return refuse(fault.Invalid, "store_missing", fmt.Sprintf("PostgreSQL at %s has no database %q: create it, or correct the name in the database URL.", where, config.Database), err)
	default:
		return refuse(fault.Unavailable, "store_refused", fmt.Sprintf("PostgreSQL at %s refuses to work for user %q on database %q (%s).", where, config.User, config.Database, answer.Code), err)
	}
}

// postgresDialect is what is particular to PostgreSQL.
func postgresDialect() dialect {
	return dialect{name: "postgres", goose: goose.DialectPostgres, classify: classifyPostgres, skipLocked: " FOR UPDATE SKIP LOCKED"}
}

func classifyPostgres(err error) class {
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		return classifySQLState(answer.Code)
	}
	var network net.Error
	if errors.Is(err, driver.ErrBadConn) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, io.EOF) || errors.As(err, &network) || pgconn.SafeToRetry(err) {
		return classGone
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		return classGone
	}
	return classUnknown
}

func classifySQLState(code string) class {
	switch code {
	case pgUniqueViolation:
		return classUnique
	case pgForeignKeyViolation:
		return classForeign
	case pgSerialization, pgDeadlock, pgLockNotAvailable:
		return classBusy
	case pgReadOnly: // a standby after a failover
		return classGone
	}
	// 08 connection, 53 resources, 57P operator intervention (shutdown, starting up), 58 system, 28 and 3D while connecting anew.
	for _, prefix := range []string{"08", "53", "57P", "58", "28", "3D"} {
		if strings.HasPrefix(code, prefix) {
			return classGone
		}
	}
	return classUnknown
}
