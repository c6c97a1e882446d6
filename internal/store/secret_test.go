package store_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"usher/internal/core/integration"
	"usher/internal/store"
)

// I-32: SQLite leaves deleted bytes in its file unless told otherwise.
func TestI32DeletedSecretsAreNotLeftInTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "usher.db")
	db := migrated(t, store.Config{URL: "sqlite:" + path})
	sealed := bytes.Repeat([]byte("sealed-bytes-of-a-guild "), 8)
	r := integration.Record{Integration: integration.Integration{ID: "i", Owner: 1, Name: "n", Version: 1}, Revision: integration.Revision{Number: 1, State: integration.Draft}, Newest: 1, Live: 1}
	if err := db.Integrations().CreateIntegration(t.Context(), r, 1); err != nil {
		t.Fatal(err)
	}
	if err := db.Integrations().Activate(t.Context(), integration.Activation{
		Guild: 1, By: 1, Record: r, Secrets: []integration.Sealed{{Name: "s", Sealed: sealed}},
	}, 1); err != nil {
		t.Fatal(err)
	}
	found := func() bool {
		if _, err := db.Tables().ExecContext(t.Context(), "PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
			t.Fatal(err)
		}
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Contains(file, sealed)
	}
	if !found() {
		t.Fatal("the secret is not where the test looks for it")
	}
	if err := db.Integrations().Deactivate(t.Context(), 1, "i"); err != nil {
		t.Fatal(err)
	}
	if found() {
		t.Error("a destroyed secret is still in the file")
	}
}
