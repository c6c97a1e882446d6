package app

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"usher/internal/blob"
	"usher/internal/config"
	"usher/internal/core/health"
	"usher/internal/core/keyring"
	"usher/internal/core/secret"
	"usher/internal/egress"
	"usher/internal/store"
)

// wants wants a verdict, what to do unless it is ok, and that the text says something.
func wants(t *testing.T, f health.Finding, verdict health.Verdict, says string) {
	t.Helper()
	if f.Verdict != verdict || !strings.Contains(f.Text, says) || f.Verdict != health.Ok && f.Advice == "" {
		t.Errorf("want %s that says %q: %+v", verdict, says, f)
	}
}

// bunch is a keyset whose values begin with five bytes, the last of which is the key's id.
type bunch []keyring.Key

func (bunch) Seal(context.Context, secret.Purpose, secret.Value) ([]byte, error) {
	return nil, errors.ErrUnsupported
}

func (bunch) Open(context.Context, secret.Purpose, []byte) (secret.Value, error) {
	return secret.Value{}, errors.ErrUnsupported // nothing is opened to look at keys
}
func (b bunch) Keys() []keyring.Key { return b }
func (bunch) SealedWith(sealed []byte) (keyring.KeyID, bool) {
	return keyring.KeyID(sealed[4]), true
}

// heads counts values by their key.
type heads struct {
	keyring.Store

	counts map[byte]int
	err    error
}

func (heads) Kinds() []string { return []string{"integration_secret"} }

func (h heads) Heads(context.Context, string, int) (all []keyring.Head, err error) {
	for id, n := range h.counts {
		all = append(all, keyring.Head{Bytes: []byte{1, 0, 0, 0, id}, Count: n})
	}
	return all, h.err
}

func TestI25KeysAreJudgedByAgeAndByWhatTheySeal(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	young, old := now.Add(-12*24*time.Hour), now.Add(-400*24*time.Hour)
	keys := func(made time.Time) bunch {
		return bunch{{ID: 1, State: keyring.Ready}, {ID: 2, State: keyring.Primary, Made: made}, {ID: 3, State: keyring.Disabled}}
	}
	for _, c := range []struct {
		keys    bunch
		kept    keyring.Store
		verdict health.Verdict
		says    string
	}{
		{keys(young), heads{counts: map[byte]int{2: 9}}, health.Ok, "The key 2 seals, made on 2026-11-17; rotate it by 2027-11-17. Everything sealed is under it."},
		{keys(young), nil, health.Ok, "Readable; 3 in all."},
		{keys(time.Time{}), heads{}, health.Ok, "Readable; 3 in all. Everything"},
		{keys(old), heads{counts: map[byte]int{2: 9}}, health.Look, "rotate it by 2026-10-25"},
		{keys(young), heads{counts: map[byte]int{2: 9, 1: 4}}, health.Look, "Values that are still under an older key: 4."},
		{keys(young), heads{counts: map[byte]int{2: 9, 1: 4, 3: 2, 7: 1}}, health.Wrong, "sealed with a key which is not here: 3."},
		{bunch{{ID: 1, State: keyring.Ready}}, heads{}, health.Wrong, "No key seals."},
	} {
		wants(t, lookAtKeys(t.Context(), c.keys, c.kept, now), c.verdict, c.says)
	}
	if f := lookAtKeys(t.Context(), keys(young), heads{err: errors.New("disk")}, now); f.Verdict != health.Wrong || !strings.Contains(f.Text, "disk") {
		t.Errorf("%+v", f)
	}
}

func TestTheWayOutIsJudgedByWhatCameOfRequests(t *testing.T) {
	t.Parallel()
	client, err := egress.New(egress.Config{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	seen := &outcomes{}
	look := func() health.Finding { return lookAtWayOut(t.Context(), client, config.WayDirect, seen) }
	at := time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	wants(t, look(), health.Ok, "Requests leave from this machine (direct).")
	seen.note(at, "")
	wants(t, look(), health.Ok, "The last request, at 2026-11-29 12:00:00 UTC, got an answer.")
	for range manyFailures - 1 {
		seen.note(at, "connect")
	}
	wants(t, look(), health.Ok, "failed (connect).")
	seen.note(at, "timeout")
	wants(t, look(), health.Look, "failed (timeout). So did all of the last 10.")
	seen.note(at, "")
	wants(t, look(), health.Ok, "got an answer")

	through, err := egress.New(egress.Config{Now: time.Now, Proxy: &egress.Proxy{URL: "http://127.0.0.1:9", Credentials: secret.New("usher:sesame")}})
	if err != nil {
		t.Fatal(err)
	}
	f := lookAtWayOut(t.Context(), through, config.WayProxy, nil)
	wants(t, f, health.Wrong, "The proxy cannot be used: ")
	if strings.Contains(f.Text+f.Advice, "sesame") {
		t.Errorf("a secret is told: %+v", f)
	}
}

func TestADatabaseIsJudged(t *testing.T) {
	t.Parallel()
	db, err := store.Open(t.Context(), store.Config{URL: "sqlite:" + filepath.Join(t.TempDir(), "usher.sqlite")})
	if err != nil {
		t.Fatal(err)
	}
	f, current := lookAtDatabase(t.Context(), db)
	wants(t, f, health.Ok, "its tables have version 0, the next start brings them to ")
	if current {
		t.Error("an empty database is told as current")
	}
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if f, current = lookAtDatabase(t.Context(), db); !current || !strings.Contains(f.Text, "KiB; its tables") {
		t.Errorf("%+v", f)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if f, current = lookAtDatabase(t.Context(), db); current || f.Verdict == health.Ok || f.Text == "" {
		t.Errorf("a closed one: %+v", f)
	}
}

func TestTheFolderOfLogosIsJudged(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	blobs, err := blob.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = blobs.Close() })
	wants(t, lookAtFiles(t.Context(), blobs, "data/files"), health.Ok, "data/files can be written.")
	if left, err := os.ReadDir(folder); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if runtime.GOOS == "windows" {
		return // an open folder cannot be taken away there
	}
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	wants(t, lookAtFiles(t.Context(), blobs, "data/files"), health.Wrong, "data/files: Nothing can be written")
}

func TestSizesAreWrittenForPeople(t *testing.T) {
	t.Parallel()
	for bytes, want := range map[int64]string{0: "0 bytes", 1023: "1023 bytes", 1536: "1.5 KiB", 5 << 20: "5.0 MiB", 3 << 40: "3.0 TiB", 1 << 60: "1048576.0 TiB"} {
		if got := binarySize(bytes); got != want {
			t.Errorf("%d: %s, want %s", bytes, got, want)
		}
	}
}
