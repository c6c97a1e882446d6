package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/core/ticket"
	"usher/internal/store"
	"usher/internal/store/postgrestest"
)

// A server that drops its connections, as in a restart, costs no more than an Unavailable, and no process needs a restart for it.
func TestPostgresConnectionsAreMadeAnew(t *testing.T) {
	t.Parallel()
	address := postgrestest.Open(t)
	db := migrated(t, store.Config{URL: address})
	other := opened(t, store.Config{URL: address})
	for range 5 {
		if _, err := other.Tables().ExecContext(t.Context(), `
			SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`); err != nil {
			t.Fatal(err)
		}
		err := db.Guilds().SaveGuild(t.Context(), guild.Settings{ID: 1})
		if err != nil && (fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "store_unavailable") {
			t.Fatalf("after the server dropped the connection: %v", err)
		}
		if err := db.Ping(t.Context()); err != nil {
			t.Fatalf("the next call: %v", err)
		}
	}
}

// What another holds locked for longer than a call may take is Unavailable in the end, and the caller's own deadline stays that.
func TestCallsEndWhenTheDatabaseIsHeldUp(t *testing.T) {
	t.Parallel()
	address := postgrestest.Open(t)
	db := migrated(t, store.Config{URL: address, Timeout: 300 * time.Millisecond})
	ask := ticket.Reservation{Ticket: ticket.Ticket{Guild: 1, Panel: "p", Interaction: 1}, MaxOpen: 1}
	holder := opened(t, store.Config{URL: address})
	tx, err := holder.Tables().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(t.Context(), "LOCK TABLE ticket_counters"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := db.Tickets().Reserve(t.Context(), ask); fault.CodeOf(err) != "store_unavailable" {
		t.Errorf("while the table is locked: %v", err)
	}
	short, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, _, err := db.Tickets().Reserve(short, ask); !errors.Is(err, context.DeadlineExceeded) || fault.KindOf(err) != fault.Internal {
		t.Errorf("the caller's own deadline: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	made, fresh, err := db.Tickets().Reserve(t.Context(), ask)
	if err != nil || !fresh || made.Number != 1 {
		t.Errorf("after the lock: %+v, %v, %v", made, fresh, err)
	}
}

// Two processes on one SQLite file take turns. A tool that holds its write for longer than the call may take is waited for in vain.
func TestSQLiteWriteOfAnotherProcessIsWaitedFor(t *testing.T) {
	t.Parallel()
	address := "sqlite:" + filepath.Join(t.TempDir(), "usher.db")
	db := migrated(t, store.Config{URL: address, Timeout: 300 * time.Millisecond})
	tool := opened(t, store.Config{URL: address})
	tx, err := tool.Tables().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	err = db.Guilds().SaveGuild(t.Context(), guild.Settings{ID: 1})
	if fault.KindOf(err) != fault.Unavailable {
		t.Errorf("while another process writes: %v", err)
	}
	if _, err := db.Guilds().Guild(t.Context(), 1); fault.KindOf(err) != fault.NotFound { // readers wait for nobody
		t.Errorf("reading while another process writes: %v", err)
	}
	if err := tx.Rollback(); err != nil {
		t.Fatal(err)
	}
	if err := db.Guilds().SaveGuild(t.Context(), guild.Settings{ID: 1}); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}

// Under SERIALIZABLE PostgreSQL rolls rivals back instead of letting them wait; they are done again and nobody hears of it.
func TestReserveUnderSerializableIsDoneAgain(t *testing.T) {
	t.Parallel()
	address := postgrestest.Open(t)
	glue := "?"
	if strings.Contains(address, "?") {
		glue = "&"
	}
	db := migrated(t, store.Config{URL: address + glue + "default_transaction_isolation=serializable"})
	const rivals = 4
	errs := make(chan error, rivals)
	for range rivals {
		go func() {
			_, _, err := db.Tickets().Reserve(t.Context(), ticket.Reservation{Ticket: ticket.Ticket{Guild: 1, Panel: "p", Interaction: 1}, MaxOpen: 1})
			errs <- err
		}()
	}
	for range rivals {
		if err := <-errs; err != nil {
			t.Errorf("a rival failed: %v", err)
		}
	}
}
