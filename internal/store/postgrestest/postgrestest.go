// Package postgrestest gives tests a real PostgreSQL that nobody has to prepare.
//
// [Main] starts a throw-away server from the machine's own PostgreSQL binaries
// for the life of one test process; [Open] gives each test an empty database on
// it. Tests that run at the same time never see each other: rows, advisory
// locks and notifications all end at the border of a database.
//
// The package must never know the product's tables, migrations or queries, and
// nothing outside tests may import it.
package postgrestest

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	// EnvURL names a PostgreSQL to use instead of a throw-away one. Its user
	// must be allowed to create and drop databases.
	EnvURL = "USHER_TEST_DATABASE_URL"
	// EnvRequire set to 1 makes a missing PostgreSQL a failure, as CI=true does.
	EnvRequire = "USHER_TEST_REQUIRE_POSTGRES"
)

// adminTimeout bounds creating or dropping one database.
const adminTimeout = 30 * time.Second

// ErrNoBinaries says that no usable PostgreSQL is installed on this machine.
var ErrNoBinaries = errors.New("no PostgreSQL 15 or newer found (initdb, postgres): install the package postgresql, or set " +
	EnvURL + " to a server whose user may create databases")

// Main runs the tests of a package with a PostgreSQL beside them and returns the
// exit code. Call it from TestMain:
//
//	func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m)) }
//
// The server's address is put into [EnvURL] of this process, so programs that a
// test starts find it too. A server named there already is used as it is. When
// the machine has no PostgreSQL the tests run all the same and [Open] decides.
func Main(m interface{ Run() int }) int {
	if os.Getenv(EnvURL) != "" {
		return m.Run()
	}
	server, err := start()
	if errors.Is(err, ErrNoBinaries) {
		return m.Run()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "postgrestest:", err)
		return 1
	}
	defer server.stop()
	if err := os.Setenv(EnvURL, server.url()); err != nil {
		fmt.Fprintln(os.Stderr, "postgrestest: publishing the server's address:", err)
		return 1
	}
	return m.Run()
}

// Open creates an empty database for one test and returns its URL, in the form
// that pgx and DATABASE_URL take. The database is dropped when the test ends,
// also under connections that are still open. It is safe in parallel tests.
//
// Without a PostgreSQL the test is skipped with the reason, or fails when
// CI=true or USHER_TEST_REQUIRE_POSTGRES=1 says that it must not be missing.
func Open(tb testing.TB) string {
	tb.Helper()
	server := os.Getenv(EnvURL)
	if server == "" {
		missing(tb)
		return ""
	}
	name := "test_" + rand.Text()
	own, err := withDatabase(server, name)
	if err != nil {
		tb.Fatalf("reading %s: %v", EnvURL, err)
		return ""
	}
	if err := admin(server, "CREATE DATABASE "+pgx.Identifier{name}.Sanitize()+" TEMPLATE template0"); err != nil {
		tb.Fatalf("creating a database for the test: %v", err)
		return ""
	}
	tb.Cleanup(func() {
		if err := admin(server, "DROP DATABASE "+pgx.Identifier{name}.Sanitize()+" WITH (FORCE)"); err != nil {
			tb.Errorf("dropping the test's database: %v", err)
		}
	})
	return own
}

// missing ends a test that found no server.
func missing(tb testing.TB) {
	tb.Helper()
	if _, err := findBinaries(); err != nil {
		absent(tb, err)
		return
	}
	tb.Fatal("PostgreSQL is installed but was not started: call postgrestest.Main from TestMain")
}

// absent ends a test on a machine without PostgreSQL.
func absent(tb testing.TB, err error) {
	tb.Helper()
	if required() {
		tb.Fatalf("%v (required by CI=true or %s=1)", err, EnvRequire)
		return
	}
	tb.Skipf("SKIPPED, nothing was tested on PostgreSQL: %v", err)
}

func required() bool {
	yes := []string{"1", "true"}
	return slices.Contains(yes, os.Getenv("CI")) || slices.Contains(yes, os.Getenv(EnvRequire))
}

// withDatabase returns the server's URL with another database in it.
func withDatabase(server, name string) (string, error) {
	u, err := url.Parse(server)
	if err != nil {
		// The parser's own message would repeat the URL, password included.
		return "", errors.New("it is not a URL like postgres://user@host/database")
	}
	if u.Scheme != "postgres" && u.Scheme != "postgresql" {
		return "", errors.New("it must start with postgres:// or postgresql://")
	}
	u.Path = "/" + name
	return u.String(), nil
}

// admin runs one statement on a connection of its own.
func admin(server, statement string) error {
	// Not the test's context: that one is over when the cleanup runs.
	ctx, cancel := context.WithTimeout(context.Background(), adminTimeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	_, err = conn.Exec(ctx, statement)
	return errors.Join(err, conn.Close(ctx))
}
