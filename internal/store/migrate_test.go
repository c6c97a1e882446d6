package store_test

import (
	"bufio"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/guild"
	"usher/internal/store"
	"usher/internal/store/postgrestest"
)

// column is what both databases must agree on.
type column struct {
	Table, Name, Type string
	Nullable          bool
	Key               int64 // place in the primary key, from 1; 0: not in it
}

// Types that mean the same. A bool is an INTEGER in SQLite.
func common(kind string) string {
	switch strings.ToLower(kind) {
	case "bigint", "boolean", "integer":
		return "integer"
	case "bytea", "blob":
		return "bytes"
	default:
		return strings.ToLower(kind)
	}
}

const (
	sqliteColumns = `SELECT t.name, c.name, c.type, c."notnull" = 0, c.pk
		FROM sqlite_schema t, pragma_table_info(t.name) c
		WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite%' AND t.name <> 'migrations'`
	postgresColumns = `SELECT c.table_name, c.column_name, c.data_type, c.is_nullable = 'YES', COALESCE(k.ordinal_position, 0)
		FROM information_schema.columns c
		LEFT JOIN information_schema.table_constraints p
			ON p.table_schema = c.table_schema AND p.table_name = c.table_name AND p.constraint_type = 'PRIMARY KEY'
		LEFT JOIN information_schema.key_column_usage k
			ON k.constraint_schema = p.constraint_schema AND k.constraint_name = p.constraint_name AND k.column_name = c.column_name
		WHERE c.table_schema = 'public' AND c.table_name <> 'migrations'`
	sqliteIndexes   = `SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name`
	postgresIndexes = `SELECT i.relname FROM pg_index x JOIN pg_class i ON i.oid = x.indexrelid JOIN pg_class t ON t.oid = x.indrelid
		WHERE i.relnamespace = 'public'::regnamespace AND t.relname <> 'migrations'
			AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.oid) ORDER BY i.relname COLLATE "C"`
	// How many things of a kind hold a table together: unique keys beside the primary one, references.
	sqliteUniques    = `SELECT COUNT(*) FROM sqlite_schema t, pragma_index_list(t.name) l WHERE t.type = 'table' AND l.origin = 'u'`
	postgresUniques  = `SELECT COUNT(*) FROM information_schema.table_constraints WHERE table_schema = 'public' AND constraint_type = 'UNIQUE'`
	sqliteForeigns   = `SELECT COUNT(*) FROM sqlite_schema t, pragma_foreign_key_list(t.name) f WHERE t.type = 'table' AND f.seq = 0 AND f.on_delete = 'CASCADE'`
	postgresForeigns = `SELECT COUNT(*) FROM information_schema.referential_constraints WHERE constraint_schema = 'public' AND delete_rule = 'CASCADE'`
	sqliteLoose      = `SELECT COUNT(*) FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND NOT strict AND name NOT LIKE 'sqlite%' AND name <> 'migrations'`
)

func columns(t *testing.T, db *store.DB, query string) []column {
	t.Helper()
	rows, err := db.Tables().QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []column
	for rows.Next() {
		var c column
		if err := rows.Scan(&c.Table, &c.Name, &c.Type, &c.Nullable, &c.Key); err != nil {
			t.Fatal(err)
		}
		c.Type = common(c.Type)
		all = append(all, c)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.SortFunc(all, func(a, b column) int { return strings.Compare(a.Table+" "+a.Name, b.Table+" "+b.Name) })
	return all
}

func names(t *testing.T, db *store.DB, query string) []string {
	t.Helper()
	rows, err := db.Tables().QueryContext(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = rows.Close() }()
	var all []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			t.Fatal(err)
		}
		all = append(all, name)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestBothMigrationSetsMakeTheSameTables(t *testing.T) {
	t.Parallel()
	lite := migrated(t, store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "usher.db")})
	post := migrated(t, store.Config{URL: postgrestest.Open(t)})
	want, got := columns(t, lite, sqliteColumns), columns(t, post, postgresColumns)
	if len(want) < 50 {
		t.Fatalf("only %d columns were found", len(want))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("columns differ (-sqlite +postgres):\n%s", diff)
	}
	if diff := cmp.Diff(names(t, lite, sqliteIndexes), names(t, post, postgresIndexes)); diff != "" {
		t.Errorf("indexes differ (-sqlite +postgres):\n%s", diff)
	}
	for _, pair := range [][2]string{{sqliteUniques, postgresUniques}, {sqliteForeigns, postgresForeigns}} {
		if diff := cmp.Diff(names(t, lite, pair[0]), names(t, post, pair[1])); diff != "" {
			t.Errorf("%s (-sqlite +postgres):\n%s", pair[0], diff)
		}
	}
	if loose := names(t, lite, sqliteLoose); loose[0] != "0" {
		t.Errorf("%s tables of SQLite are not STRICT", loose[0])
	}
}

func TestBothMigrationSetsHaveTheSameFileNames(t *testing.T) {
	t.Parallel()
	list := func(dialect string) []string {
		files, err := filepath.Glob(filepath.Join("migrations", dialect, "*"))
		if err != nil {
			t.Fatal(err)
		}
		for i := range files {
			files[i] = filepath.Base(files[i])
		}
		return files
	}
	lite := list("sqlite")
	if diff := cmp.Diff(lite, list("postgres")); diff != "" {
		t.Errorf("file names differ (-sqlite +postgres):\n%s", diff)
	}
	form := regexp.MustCompile(`^\d{5}_[a-z_]+\.sql$`)
	last := ""
	for _, name := range lite { // numbers may be left out: they are given before the migrations are written
		if !form.MatchString(name) || name[:5] == last {
			t.Errorf("%s has not the form 00001_name.sql, or its number is taken", name)
		}
		last = name[:5]
	}
}

// In PostgreSQL a text that is a key or sorted by must compare by bytes, as in SQLite.
func TestKeysOfPostgresCompareByBytes(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("migrations/postgres/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatalf("%v, %v", files, err)
	}
	text := regexp.MustCompile(`^\s+(\w+(?:_id|_folded)|state)\s+TEXT\b(.*)`)
	found := 0
	for _, name := range files {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(file)
		for lines.Scan() {
			if m := text.FindStringSubmatch(lines.Text()); m != nil {
				found++
				if !strings.Contains(m[2], `COLLATE "C"`) {
					t.Errorf("%s: %s has no COLLATE \"C\"", name, m[1])
				}
			}
		}
		if err := file.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if found < 8 {
		t.Errorf("only %d such columns were found", found)
	}
}

func TestMigrateTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			if err := db.Guilds().SaveGuild(t.Context(), guild.Settings{ID: 1, Category: 2}); err != nil {
				t.Fatal(err)
			}
			if err := db.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			if g, err := db.Guilds().Guild(t.Context(), 1); err != nil || g.Category != 2 {
				t.Errorf("%+v, %v", g, err)
			}
		})
	}
}

func TestMigrateRefusesTheTablesOfALaterRelease(t *testing.T) {
	t.Parallel()
	for name, open := range engines() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			if _, err := db.Tables().ExecContext(t.Context(), "INSERT INTO migrations (version_id, is_applied) VALUES (99999, TRUE)"); err != nil {
				t.Fatal(err)
			}
			err := db.Migrate(t.Context())
			if fault.KindOf(err) != fault.Invalid || fault.CodeOf(err) != "store_newer" || !strings.Contains(err.Error(), "99999") {
				t.Errorf("error = %v", err)
			}
		})
	}
}

func TestMigrateByFourAtOnceOnPostgres(t *testing.T) {
	t.Parallel()
	url := postgrestest.Open(t)
	const processes = 4
	errs := make(chan error, processes)
	for range processes {
		db := opened(t, store.Config{URL: url})
		go func() { errs <- db.Migrate(t.Context()) }()
	}
	for range processes {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
	if applied := names(t, opened(t, store.Config{URL: url}), "SELECT COUNT(*) FROM migrations WHERE version_id = 1"); applied[0] != "1" {
		t.Errorf("the first migration was applied %s times", applied[0])
	}
}

func TestMigrateByFourAtOnceOnSQLite(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "usher.db")
	const processes = 4
	errs := make(chan error, processes)
	for range processes {
		db := opened(t, store.Config{URL: "sqlite:" + path})
		go func() { errs <- db.Migrate(t.Context()) }()
	}
	done := 0
	for range processes {
		if err := <-errs; err == nil {
			done++
		} else if fault.CodeOf(err) != "store_in_use" {
			t.Errorf("a migration that came too late: %v", err)
		}
	}
	if done == 0 {
		t.Error("nobody migrated")
	}
	db := opened(t, store.Config{URL: "sqlite:" + path})
	if err := db.Migrate(t.Context()); err != nil {
		t.Error(err)
	}
	if applied := names(t, db, "SELECT COUNT(*) FROM migrations WHERE version_id = 1"); applied[0] != "1" {
		t.Errorf("the first migration was applied %s times", applied[0])
	}
}

func TestMigrateTellsWhoMayNotMakeTables(t *testing.T) {
	t.Parallel()
	url := postgrestest.Open(t)
	admin := opened(t, store.Config{URL: url})
	exec := func(ctx context.Context, statement string) {
		if _, err := admin.Tables().ExecContext(ctx, statement); err != nil {
			t.Error(err)
		}
	}
	exec(t.Context(), "REVOKE CREATE ON SCHEMA public FROM PUBLIC")
	exec(t.Context(), "CREATE ROLE usher_weak_role")
	t.Cleanup(func() { exec(context.Background(), "DROP ROLE usher_weak_role") })
	glue := "?"
	if strings.Contains(url, "?") {
		glue = "&"
	}
	weak := opened(t, store.Config{URL: url + glue + "role=usher_weak_role"})
	err := weak.Migrate(t.Context())
	if fault.CodeOf(err) != "store_privilege" {
		t.Errorf("error = %v", err)
	}
}
