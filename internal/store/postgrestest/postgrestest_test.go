//go:build unix

package postgrestest

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
)

// holdServer makes this test binary start a server, print its folder and wait
// to be killed.
const holdServer = "USHER_TEST_HOLD_POSTGRES"

func TestMain(m *testing.M) {
	if os.Getenv(holdServer) == "" {
		os.Exit(Main(m))
	}
	server, err := start()
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	fmt.Println(server.folder)
	select {}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatalf("connecting to the test's database: %v", err)
	}
	t.Cleanup(func() {
		if err := conn.Close(context.Background()); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return conn
}

func TestEachTestHasItsOwnDatabase(t *testing.T) {
	t.Parallel()
	for i := range 4 {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			conn := connect(t, Open(t))
			// The same names in four databases at once: a shared one would refuse.
			if _, err := conn.Exec(t.Context(), "CREATE TABLE ticket (id bigint PRIMARY KEY)"); err != nil {
				t.Fatal(err)
			}
			if _, err := conn.Exec(t.Context(), "INSERT INTO ticket VALUES ($1)", i); err != nil {
				t.Fatal(err)
			}
			var count, id int
			if err := conn.QueryRow(t.Context(), "SELECT count(*), min(id) FROM ticket").Scan(&count, &id); err != nil {
				t.Fatal(err)
			}
			if count != 1 || id != i {
				t.Errorf("the database holds %d rows, the first is %d; want only row %d", count, id, i)
			}
			var locked bool
			if err := conn.QueryRow(t.Context(), "SELECT pg_try_advisory_lock(1)").Scan(&locked); err != nil {
				t.Fatal(err)
			}
			if !locked {
				t.Error("another test's advisory lock is seen here")
			}
		})
	}
}

func TestDatabaseIsDroppedUnderOpenConnections(t *testing.T) {
	t.Parallel()
	var own string
	t.Run("the test that leaves a connection", func(t *testing.T) {
		own = Open(t)
		conn, err := pgx.Connect(t.Context(), own)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn // left open on purpose
	})
	if own == "" {
		t.Skip("no PostgreSQL, see the test within")
	}
	conn, err := pgx.Connect(t.Context(), own)
	if err == nil {
		_ = conn.Close(t.Context())
		t.Fatal("the database is still there after its test")
	}
	if !strings.Contains(err.Error(), "3D000") {
		t.Errorf("connecting: %v; want the error for a database that does not exist", err)
	}
}

// The default order must not be that of bytes, or a query without COLLATE "C"
// would sort as on SQLite here and differently at somebody's home.
func TestDefaultOrderIsALanguages(t *testing.T) {
	t.Parallel()
	if os.Getenv(EnvURL) != "" && !strings.Contains(os.Getenv(EnvURL), "usher-postgres-") {
		t.Skip("a server of somebody else may sort as it likes")
	}
	conn := connect(t, Open(t))
	var less bool
	if err := conn.QueryRow(t.Context(), "SELECT 'a' < 'B'").Scan(&less); err != nil {
		t.Fatal(err)
	}
	if !less {
		t.Error("'a' sorts after 'B': the database orders by bytes")
	}
}

func TestKilledProcessLeavesNothing(t *testing.T) {
	t.Parallel()
	if _, err := findBinaries(); err != nil {
		missing(t)
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.CommandContext(t.Context(), self)
	child.Env = append(os.Environ(), holdServer+"=1")
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatalf("the child said %q: %v", line, err)
	}
	folder := strings.TrimSpace(line)
	pid := firstLine(t, filepath.Join(folder, "data", "postmaster.pid"))
	if !running(pid) {
		t.Fatalf("no PostgreSQL with process id %q while its user lives", pid)
	}

	if err := child.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_, _ = io.Copy(io.Discard, stdout)
	if err := child.Wait(); err == nil {
		t.Fatal("the child ended by itself")
	}

	within(t, 20*time.Second, "the server's folder is gone", func() bool {
		_, err := os.Stat(folder)
		return errors.Is(err, os.ErrNotExist)
	})
	if running(pid) {
		t.Errorf("PostgreSQL %s outlived the process that used it", pid)
	}
}

func firstLine(t *testing.T, path string) string {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(content), "\n")
	return line
}

func running(pid string) bool {
	return exec.Command("/bin/kill", "-0", pid).Run() == nil
}

// within polls for what another process does and cannot tell us.
func within(t *testing.T, limit time.Duration, what string, done func() bool) {
	t.Helper()
	deadline := time.After(limit)
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-deadline:
			t.Fatalf("not within %s: %s", limit, what)
		case <-tick.C:
		}
	}
}

func TestUnstartableServerTellsWhy(t *testing.T) {
	t.Parallel()
	binaries, folder := t.TempDir(), t.TempDir()
	writeScript(t, binaries, "initdb", "echo no room left; exit 1")
	_, err := keep(binaries, folder, nil)
	if err == nil || !strings.Contains(err.Error(), "no room left") {
		t.Errorf("error %v; want initdb's own words in it", err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
}

func TestServerThatDiesAtStartTellsWhy(t *testing.T) {
	t.Parallel()
	binaries, folder := t.TempDir(), t.TempDir()
	writeScript(t, binaries, "initdb", "exit 0")
	writeScript(t, binaries, "postgres", "echo shared memory is full; exit 1")
	_, err := keep(binaries, folder, nil)
	if err == nil || !strings.Contains(err.Error(), "shared memory is full") {
		t.Errorf("error %v; want the server's own words in it", err)
	}
}

func TestNewestBinariesAreTaken(t *testing.T) {
	t.Parallel()
	debian, path := t.TempDir(), t.TempDir()
	install := func(folder string, names ...string) {
		for _, name := range names {
			writeScript(t, folder, name, "exit 0")
		}
	}
	tests := []struct {
		name string
		add  func()
		want string
	}{
		{"nothing", func() {}, ""},
		{"too old", func() { install(filepath.Join(debian, "14", "bin"), "initdb", "postgres") }, ""},
		{"half", func() { install(filepath.Join(debian, "17", "bin"), "initdb") }, ""},
		{"on the path", func() { install(path, "initdb", "postgres") }, path},
		{"9 is older than 15", func() {
			install(filepath.Join(debian, "9", "bin"), "initdb", "postgres")
			install(filepath.Join(debian, "15", "bin"), "initdb", "postgres")
		}, filepath.Join(debian, "15", "bin")},
		{"newer", func() { install(filepath.Join(debian, "16", "bin"), "initdb", "postgres") }, filepath.Join(debian, "16", "bin")},
	}
	for _, tt := range tests {
		tt.add()
		got, err := newestBinaries(debian, path)
		if got != tt.want || errors.Is(err, ErrNoBinaries) != (tt.want == "") {
			t.Errorf("%s: newestBinaries = %q, %v; want %q", tt.name, got, err, tt.want)
		}
	}
}

func writeScript(t *testing.T, folder, name, body string) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name), []byte("#!/bin/sh\n"+body+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
}

// verdict is a testing.TB that only remembers how a test would have ended.
type verdict struct {
	testing.TB
	ended, words string
}

func (*verdict) Helper() {}

func (v *verdict) Skipf(format string, args ...any) {
	v.ended, v.words = "skipped", fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (v *verdict) Fatalf(format string, args ...any) {
	v.ended, v.words = "failed", fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (v *verdict) of(test func(testing.TB)) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(v)
	}()
	<-done
}

func TestMissingPostgreSQL(t *testing.T) {
	tests := []struct{ name, ci, require, want string }{
		{"at somebody's desk", "", "", "skipped"},
		{"under CI", "true", "", "failed"},
		{"asked for", "", "1", "failed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("CI", tt.ci)
			t.Setenv(EnvRequire, tt.require)
			var v verdict
			v.of(func(tb testing.TB) { tb.Helper(); absent(tb, ErrNoBinaries) })
			if v.ended != tt.want {
				t.Errorf("the test %s (%s); want %s", v.ended, v.words, tt.want)
			}
			if !strings.Contains(v.words, "install the package postgresql") {
				t.Errorf("%q does not say what to do", v.words)
			}
		})
	}
}

func TestUnusableAddressIsNamedWithoutItsPassword(t *testing.T) {
	for _, address := range []string{"postgres://usher:hunter2@[::1/x", "mysql://usher:hunter2@localhost/x"} {
		t.Setenv(EnvURL, address)
		var v verdict
		v.of(func(tb testing.TB) { tb.Helper(); Open(tb) })
		if v.ended != "failed" || !strings.Contains(v.words, EnvURL) {
			t.Errorf("the test %s with %q; want a failure that names %s", v.ended, v.words, EnvURL)
		}
		if strings.Contains(v.words, "hunter2") {
			t.Errorf("%q shows the password", v.words)
		}
	}
}

func TestDatabaseInURL(t *testing.T) {
	t.Parallel()
	got, err := withDatabase("postgres://usher:pass@db.example:5433/postgres?sslmode=require", "test_X")
	if err != nil {
		t.Fatal(err)
	}
	want := "postgres://usher:pass@db.example:5433/test_X?sslmode=require"
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}
