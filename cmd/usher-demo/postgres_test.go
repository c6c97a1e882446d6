package main

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"usher/internal/store/postgrestest"
)

func TestMain(m *testing.M) { os.Exit(postgrestest.Main(m)) }

// The demo in somebody's PostgreSQL makes a schema of its own, and takes it away when it ends.
func TestADemoInPostgreSQLLeavesNothing(t *testing.T) {
	t.Parallel()
	database := postgrestest.Open(t)
	connection, err := pgx.Connect(t.Context(), database)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close(t.Context()) }()
	schemas := func() (n int) {
		t.Helper()
		if err := connection.QueryRow(t.Context(), "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'scratch\\_%'").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	t.Run("while it runs", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		startDemo(ctx, t, database).waitFor(t, "export DISCORD=")
		if n := schemas(); n != 1 {
			t.Errorf("%d schemas of a demo while it runs, want 1", n)
		}
	})
	if n := schemas(); n != 0 {
		t.Errorf("%d schemas are left", n)
	}
}

func TestADemoRefusesADatabaseOfAnotherKind(t *testing.T) {
	t.Parallel()
	var errs strings.Builder
	if code := run([]string{"-ephemeral-ports", "-database-url", "mysql://demo:hunter2@h/d"}, &errs, &errs); code != 1 {
		t.Errorf("exit code %d, want 1", code)
	}
	if said := errs.String(); !strings.Contains(said, "--database-url") || !strings.Contains(said, "postgres://") || strings.Contains(said, "hunter2") {
		t.Errorf("it says %q", said)
	}
}
