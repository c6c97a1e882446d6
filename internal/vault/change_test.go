package vault

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/keyring"
	"usher/internal/core/secret"
)

func noon() time.Time { return time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC) }

// keyFile makes a keyset file with one key.
func keyFile(t *testing.T) (path string, first keyring.KeyID) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "keyset")
	first, err := Make(path, noon())
	if err != nil {
		t.Fatal(err)
	}
	return path, first
}

func change(t *testing.T, path string, c Change) keyring.KeyID {
	t.Helper()
	id, err := ChangeFile(path, c)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestI25ARunningProgramFollowsTheFile goes through a rotation with one vault that stays open, as a program's does.
func TestI25ARunningProgramFollowsTheFile(t *testing.T) {
	t.Parallel()
	path, first := keyFile(t)
	running, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	wantKeys := func(want ...keyring.Key) {
		t.Helper()
		if diff := cmp.Diff(want, running.Keys()); diff != "" {
			t.Errorf("keys (-want +got):\n%s", diff)
		}
	}
	sealedBy := func(sealed []byte, want keyring.KeyID) {
		t.Helper()
		if id, ok := running.SealedWith(sealed); !ok || id != want {
			t.Errorf("sealed with %s, want %s", id, want)
		}
	}
	wantKeys(keyring.Key{ID: first, State: keyring.Primary, Made: noon()})
	old := seal(t, running, purpose("1"), "x")
	sealedBy(old, first)
	later := noon().Add(time.Hour)
	second := change(t, path, Add(later))
	wantKeys(keyring.Key{ID: first, State: keyring.Primary, Made: noon()}, keyring.Key{ID: second, State: keyring.Ready, Made: later})
	sealedBy(seal(t, running, purpose("1"), "x"), first)
	change(t, path, Promote(second))
	fresh := seal(t, running, purpose("1"), "x")
	sealedBy(fresh, second)
	change(t, path, Retire(first))
	wantKeys(keyring.Key{ID: second, State: keyring.Primary, Made: later})
	for _, sealed := range [][]byte{old, fresh} { // the old one was read from the database a moment ago
		if v, err := running.Open(t.Context(), purpose("1"), sealed); err != nil || v.Reveal() != "x" {
			t.Errorf("%v", err)
		}
	}
	restarted, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := restarted.Open(t.Context(), purpose("1"), old); !errors.Is(err, ErrSealed) {
		t.Errorf("a retired key opens: %v", err)
	}
	if v, err := restarted.Open(t.Context(), purpose("1"), fresh); err != nil || v.Reveal() != "x" {
		t.Error(err)
	}
}

// A file that is gone or broken for a while stops nobody.
func TestARunningProgramGoesOnWithoutItsFile(t *testing.T) {
	t.Parallel()
	path, first := keyFile(t)
	running, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, harm := range []func() error{
		func() error { return os.WriteFile(path, []byte("half"), 0o600) },
		func() error { return os.Chmod(path, 0o644) },
		func() error { return os.Remove(path) },
	} {
		if err := harm(); err != nil {
			t.Fatal(err)
		}
		if id, _ := running.SealedWith(seal(t, running, purpose(), "x")); id != first {
			t.Errorf("sealed with %s", id)
		}
	}
}

func TestChangesKeepTheFilesModeAndLeaveNothing(t *testing.T) {
	t.Parallel()
	path, _ := keyFile(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := errors.Join(os.Chmod(path, 0o400), os.Symlink(path, link)); err != nil {
		t.Fatal(err)
	}
	change(t, link, Add(noon()))
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info.Mode(), err)
	}
	info, err = os.Lstat(path)
	if err != nil || info.Mode() != 0o400 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("beside the keyset: %v, %v", left, err)
	}
	v, err := Load(path)
	if err != nil || len(v.Keys()) != 2 {
		t.Errorf("%v", err)
	}
}

func TestChangesThatCannotBeMade(t *testing.T) {
	t.Parallel()
	path, first := keyFile(t)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for code, c := range map[string]Change{"key_primary": Retire(first), "key_unknown": Promote(first + 1)} {
		if _, err := ChangeFile(path, c); fault.CodeOf(err) != code {
			t.Errorf("%s: %v", code, err)
		}
	}
	if _, err := ChangeFile(path, Retire(first+1)); fault.CodeOf(err) != "key_unknown" {
		t.Errorf("unknown: %v", err)
	}
	if _, err := Make(path, noon()); fault.CodeOf(err) != "keyset_exists" {
		t.Errorf("exists: %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || string(after) != string(before) {
		t.Errorf("the file was changed, %v", err)
	}
	if _, err := ChangeFile(path+"-none", Add(noon())); fault.CodeOf(err) != "keyset_missing" {
		t.Errorf("missing: %v", err)
	}
}

// Of changes at one moment none is lost without a word.
func TestChangesAtOnceAreNoticed(t *testing.T) {
	t.Parallel()
	path, _ := keyFile(t)
	other := func(c Change) Change { // somebody changes the file while c is being made
		return func(m *manager, k *keys) (keyring.KeyID, error) {
			var wait sync.WaitGroup
			wait.Go(func() { _, err := ChangeFile(path, Add(noon())); noError(t, err) })
			wait.Wait()
			return c(m, k)
		}
	}
	if _, err := ChangeFile(path, other(Add(noon()))); fault.CodeOf(err) != "keyset_changed" {
		t.Errorf("%v", err)
	}
	if v, err := Load(path); err != nil || len(v.Keys()) != 2 {
		t.Errorf("%v", err)
	}
}

func noError(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Error(err)
	}
}

func TestTextsAreChangedAsFilesAre(t *testing.T) {
	t.Parallel()
	text, err := New(noon())
	if err != nil {
		t.Fatal(err)
	}
	if strings.ContainsAny(text.Reveal(), "\n\"'$\\") {
		t.Error("the text is not fit for an environment")
	}
	text, second, err := ChangeText(text, Add(noon()))
	if err != nil {
		t.Fatal(err)
	}
	text, _, err = ChangeText(text, Promote(second))
	if err != nil {
		t.Fatal(err)
	}
	v, err := FromText(text)
	if err != nil {
		t.Fatal(err)
	}
	if keys := v.Keys(); len(keys) != 2 || keys[1] != (keyring.Key{ID: second, State: keyring.Primary, Made: noon()}) {
		t.Errorf("%v", keys)
	}
}

// A keyset from before there were notes, and notes of other keys; what only looks like a note is refused with the rest.
func TestKeysOfUnknownAge(t *testing.T) {
	t.Parallel()
	text, err := New(noon())
	if err != nil {
		t.Fatal(err)
	}
	encoded, _, _ := strings.Cut(text.Reveal(), " ")
	for _, other := range []string{"", "\n#7=2026-03-29T12:00:00Z\n"} {
		v, err := FromText(secret.New(encoded + other))
		if err != nil {
			t.Errorf("%q: %v", other, err)
			continue
		}
		if keys := v.Keys(); len(keys) != 1 || !keys[0].Made.IsZero() {
			t.Errorf("%q: %v", other, keys)
		}
	}
	for _, remark := range []string{" #", " #remark", " #=", " #12=yesterday", " #99999999999=2026-03-29T12:00:00Z"} {
		if _, err := FromText(secret.New(encoded + remark)); fault.CodeOf(err) != "keyset_unreadable" {
			t.Errorf("%q: %v", remark, err)
		}
	}
}

func TestSealedWithTellsGarbage(t *testing.T) {
	t.Parallel()
	v, _ := fresh(t)
	for _, garbage := range [][]byte{nil, {1}, {1, 2, 3, 4}, {0, 1, 2, 3, 4, 5}, []byte("hello")} {
		if id, ok := v.SealedWith(garbage); ok {
			t.Errorf("%q: %s", garbage, id)
		}
	}
}
