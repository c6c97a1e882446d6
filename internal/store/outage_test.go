package store_test

import (
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"testing"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/core/snowflake"
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

// Under SERIALIZABLE PostgreSQL rolls back who waited for a rival, instead of letting them go on. It is done again and nobody hears.
func TestReserveUnderSerializableIsDoneAgain(t *testing.T) {
	t.Parallel()
	address, err := url.Parse(postgrestest.Open(t))
	if err != nil {
		t.Fatal(err)
	}
	query := address.Query()
	query.Set("default_transaction_isolation", "serializable")
	address.RawQuery = query.Encode()
	db := migrated(t, store.Config{URL: address.String()})
	ask := func(n snowflake.Interaction) ticket.Reservation {
		return ticket.Reservation{Ticket: ticket.Ticket{Guild: 1, Panel: "p", Interaction: n}, MaxOpen: 2}
	}
	if _, _, err := db.Tickets().Reserve(t.Context(), ask(1)); err != nil {
		t.Fatal(err)
	}
	rival, err := db.Tables().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := rival.ExecContext(t.Context(), "UPDATE ticket_counters SET last_number = 7"); err != nil {
		t.Fatal(err)
	}
	numbers := make(chan int64, 1)
	go func() {
		made, _, err := db.Tickets().Reserve(t.Context(), ask(2))
		if err != nil {
			t.Errorf("after the rival: %v", err)
		}
		numbers <- made.Number
	}()
	waitForLock(t, db)
	if err := rival.Commit(); err != nil {
		t.Fatal(err)
	}
	if n := <-numbers; n != 8 {
		t.Errorf("number %d, want the one after the rival's 7", n)
	}
}

// waitForLock returns once a statement in db's database waits for another's lock.
func waitForLock(t *testing.T, db *store.DB) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for {
		var waiting int64
		if err := db.Tables().QueryRowContext(ctx, `
			SELECT COUNT(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`).Scan(&waiting); err != nil {
			t.Fatalf("waiting for a statement to wait: %v", err)
		}
		if waiting > 0 {
			return
		}
	}
}

// A claim on PostgreSQL passes over the rows that another claim is taking, instead of waiting and then taking them too.
func TestClaimPassesOverRowsBeingClaimed(t *testing.T) {
	t.Parallel()
	db := engines()["postgres"](t)
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for n := range 4 {
		ask := ticket.Reservation{Ticket: ticket.Ticket{Guild: 1, Panel: "p", Interaction: snowflake.Interaction(n + 1), Created: now}, MaxOpen: 4, Now: now}
		if _, _, err := db.Tickets().Reserve(t.Context(), ask); err != nil {
			t.Fatal(err)
		}
	}
	rival, err := db.Tables().BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	later := now.Add(time.Hour)
	if _, err := rival.ExecContext(t.Context(), "UPDATE tickets SET claimed_until = $1 WHERE number <= 3", later.Add(time.Minute).UnixMilli()); err != nil {
		t.Fatal(err)
	}
	claimed, err := db.Tickets().Claim(t.Context(), later, later.Add(time.Minute), false, 10)
	if err != nil || len(claimed) != 1 || claimed[0].Number != 4 {
		t.Errorf("beside a rival's three: %+v, %v", claimed, err)
	}
	if err := rival.Commit(); err != nil {
		t.Fatal(err)
	}
	if claimed, err = db.Tickets().Claim(t.Context(), later, later.Add(time.Minute), false, 10); err != nil || len(claimed) != 0 {
		t.Errorf("after the rival: %+v, %v", claimed, err)
	}
}
