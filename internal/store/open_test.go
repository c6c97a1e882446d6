package store_test

import (
	"errors"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/store"
	"usher/internal/store/postgrestest"
)

// password must be in no error.
const password = "correct-horse-battery"

// refused opens what cannot be opened and holds the error to its form: typed, one line, helpful, without the password.
func refused(t *testing.T, c store.Config, kind fault.Kind, code, says string) {
	t.Helper()
	db, err := store.Open(t.Context(), c)
	if err == nil {
		_ = db.Close()
		t.Fatalf("%s opened", c.URL)
	}
	var said *fault.Error
	if !errors.As(err, &said) || said.Kind != kind || said.Code != code {
		t.Fatalf("error is %v, want %v %q", err, kind, code)
	}
	if !strings.Contains(said.Text, says) {
		t.Errorf("the sentence %q does not say %q", said.Text, says)
	}
	if text := err.Error(); strings.Contains(text, password) || strings.ContainsAny(text, "\r\n") {
		t.Errorf("the error holds the password or several lines: %q", text)
	}
}

func TestOpenRefusesURLsThatNameNoDatabase(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "usher", "sqlite:", "sqlite::memory:", "sqlite:file:x?mode=memory", "sqlite:a\x00b", "mysql://u:" + password + "@h/d", "postgres:",
		"postgres://", "postgres://u:" + password + "@h:port/d", "postgres://u:" + password + "@h/d?sslmode=perhaps", "host=h password=" + password,
		"postgres://u:100%" + password + "@h/d",
	} {
		refused(t, store.Config{URL: text}, fault.Invalid, "store_url", "postgres://user:password@host:5432/database")
	}
}

func TestOpenTakesEveryFormOfAPath(t *testing.T) {
	folder := t.TempDir()
	t.Chdir(folder)
	for _, text := range []string{
		"sqlite:" + filepath.Join(folder, "a.db"), "sqlite://" + filepath.Join(folder, "b"), "c.db", "./d.SQLite", "sqlite:e ?x=1&y#%41ü.db", "sqlite://f.db",
	} {
		db := opened(t, store.Config{URL: text})
		if err := db.Ping(t.Context()); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
	for _, name := range []string{"a.db", "b", "c.db", "d.SQLite", "e ?x=1&y#%41ü.db", "f.db"} {
		info, err := os.Stat(filepath.Join(folder, name))
		if err != nil {
			t.Error(err)
			continue
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s can be read by others: %v", name, info.Mode())
		}
	}
}

func TestOpenExplainsFilesThatCannotServe(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	text := filepath.Join(folder, "letter.db")
	if err := os.WriteFile(text, []byte(strings.Repeat("Dear Sir or Madam, ", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	refused(t, store.Config{URL: "sqlite:" + text}, fault.Invalid, "store_not_a_database", "not an SQLite database")
	refused(t, store.Config{URL: "sqlite:" + folder}, fault.Invalid, "store_path", "is a folder")
	refused(t, store.Config{URL: "sqlite:" + filepath.Join(folder, "none", "usher.db")}, fault.Invalid, "store_path", "create it")
	refused(t, store.Config{URL: "sqlite:" + filepath.Join(text, "usher.db")}, fault.Invalid, "store_path", "")
	if letter, err := os.ReadFile(text); err != nil || !strings.HasPrefix(string(letter), "Dear") {
		t.Errorf("the letter was changed: %v", err)
	}
}

func TestOpenExplainsAPathThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		// Root may write everywhere but here.
		refused(t, store.Config{URL: "sqlite:/proc/usher.db"}, fault.Invalid, "store_path", "/proc")
		return
	}
	folder := t.TempDir()
	if err := os.Chmod(folder, 0o500); err != nil {
		t.Fatal(err)
	}
	refused(t, store.Config{URL: "sqlite:" + filepath.Join(folder, "usher.db")}, fault.Invalid, "store_path", "cannot be written")
}

func TestExclusiveOpenKeepsOthersOut(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "usher.db")
	first, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + path, Exclusive: true})
	if err != nil {
		t.Fatal(err)
	}
	if !first.Alone() {
		t.Error("an exclusive open is not alone")
	}
	refused(t, store.Config{URL: "sqlite:" + path, Exclusive: true}, fault.Unavailable, "store_in_use", "already serves")
	alias := filepath.Join(folder, "alias.db")
	if err := os.Symlink(path, alias); err != nil {
		t.Fatal(err)
	}
	refused(t, store.Config{URL: "sqlite:" + alias, Exclusive: true}, fault.Unavailable, "store_in_use", "already serves")
	tool := opened(t, store.Config{URL: "sqlite:" + path})
	if tool.Alone() {
		t.Error("a tool beside a server thinks that it is alone")
	}
	if code := fault.CodeOf(tool.Migrate(t.Context())); code != "store_in_use" {
		t.Errorf("a tool that would migrate under a server: %q", code)
	}
	if err := first.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := tool.Migrate(t.Context()); err != nil { // nothing left to do
		t.Errorf("a tool with nothing to migrate: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	opened(t, store.Config{URL: "sqlite:" + path, Exclusive: true})
}

func TestOpenExplainsPostgresThatRefuses(t *testing.T) {
	t.Parallel()
	server, err := url.Parse(postgrestest.Open(t))
	if err != nil {
		t.Fatal(err)
	}
	missing := *server
	missing.Path = "/none"
	missing.User = url.UserPassword(server.User.Username(), password)
	refused(t, store.Config{URL: missing.String()}, fault.Invalid, "store_missing", `has no database "none"`)
	stranger := *server
	stranger.User = url.UserPassword("stranger", password)
	refused(t, store.Config{URL: stranger.String()}, fault.Invalid, "store_password", `refuses user "stranger"`)
}

func TestOpenExplainsPostgresThatTakesAnotherPassword(t *testing.T) {
	t.Parallel()
	server := fakePostgres(t, []byte("E\x00\x00\x00\x23SFATAL\x00C28P01\x00Mwrong password\x00\x00"))
	refused(t, store.Config{URL: "postgres://usher:" + password + "@" + server + "/usher?sslmode=disable"},
		fault.Invalid, "store_password", "check user and password")
}

func TestOpenExplainsAServerThatDoesNotAnswer(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := closed.Addr().String()
	if err := closed.Close(); err != nil {
		t.Fatal(err)
	}
	to := func(address, mode string) string {
		return "postgres://usher:" + password + "@" + address + "/usher?sslmode=" + mode
	}
	refused(t, store.Config{URL: to(address, "disable")}, fault.Unavailable, "store_unreachable", address)
	refused(t, store.Config{URL: to(address, "prefer")}, fault.Unavailable, "store_unreachable", address)
	refused(t, store.Config{URL: to(fakePostgres(t, []byte("HTTP/1.1 400 Bad Request\r\n\r\n")), "disable")}, fault.Unavailable, "store_unreachable", "127.0.0.1")
	refused(t, store.Config{URL: to(fakePostgres(t, nil), "disable"), Timeout: 200 * time.Millisecond}, fault.Unavailable, "store_unreachable", "127.0.0.1")
}

func TestOpenRefusesADatabaseThatCannotHoldUnicode(t *testing.T) {
	t.Parallel()
	server := postgrestest.Open(t)
	admin := opened(t, store.Config{URL: server})
	const name = "usher_ascii"
	if _, err := admin.Tables().ExecContext(t.Context(), "CREATE DATABASE "+name+" ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C' TEMPLATE template0"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := admin.Tables().Exec("DROP DATABASE " + name); err != nil { // the test's context is over
			t.Error(err)
		}
	})
	at, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	at.Path = "/" + name
	refused(t, store.Config{URL: at.String()}, fault.Invalid, "store_encoding", "ENCODING 'UTF8'")
}

// fakePostgres answers the first bytes of each connection with reply, or never when reply is nil, and gives its address.
func fakePostgres(t *testing.T, reply []byte) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { _ = conn.Close() })
			if _, err := conn.Read(make([]byte, 1024)); err == nil && reply != nil {
				_, _ = conn.Write(reply)
				_ = conn.Close()
			}
		}
	}()
	return listener.Addr().String()
}

func TestPostgresIsNeverAlone(t *testing.T) {
	t.Parallel()
	url := postgrestest.Open(t)
	for range 2 {
		if opened(t, store.Config{URL: url, Exclusive: true}).Alone() {
			t.Error("a process on PostgreSQL thinks that it is alone")
		}
	}
}

// engines opens a migrated database of each kind.
func engines() map[string]func(testing.TB) *store.DB {
	return map[string]func(testing.TB) *store.DB{
		"sqlite": func(tb testing.TB) *store.DB {
			tb.Helper()
			return migrated(tb, store.Config{URL: "sqlite:" + filepath.Join(tb.TempDir(), "usher.db"), Exclusive: true})
		},
		"postgres": func(tb testing.TB) *store.DB {
			tb.Helper()
			return migrated(tb, store.Config{URL: postgrestest.Open(tb)})
		},
	}
}

func TestCallsAfterCloseAreUnavailable(t *testing.T) {
	t.Parallel()
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			for range 2 {
				if err := db.Close(); err != nil {
					t.Fatal(err)
				}
			}
			_, err := db.Guilds().Guild(t.Context(), 1)
			for _, err := range []error{err, db.Ping(t.Context()), db.Guilds().SaveGuild(t.Context(), guild.Settings{ID: 1})} {
				if fault.KindOf(err) != fault.Unavailable || fault.CodeOf(err) != "store_unavailable" {
					t.Errorf("after Close: %v", err)
				}
			}
		})
	}
}

// Without its tables a store is broken, and nobody outside can mend that: Internal, with what was tried.
func TestCallsWithoutTablesAreInternal(t *testing.T) {
	t.Parallel()
	db := opened(t, store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "usher.db")})
	_, err := db.Guilds().Guild(t.Context(), 1)
	if err == nil || fault.KindOf(err) != fault.Internal || !strings.HasPrefix(err.Error(), "reading a guild: ") {
		t.Errorf("error = %v", err)
	}
}
