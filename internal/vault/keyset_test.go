package vault

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"usher/internal/core/fault"
	"usher/internal/core/secret"
)

func TestFileIsMadeOnceAndReadAgain(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keyset")
	first, created, err := LoadOrCreate(path, noon())
	if err != nil || !created {
		t.Fatalf("created %v, %v", created, err)
	}
	sealed := seal(t, first, purpose("1"), "x")
	second, created, err := LoadOrCreate(path, noon())
	if err != nil || created {
		t.Fatalf("created %v, %v", created, err)
	}
	third, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range []*Vault{second, third} {
		if got, err := v.Open(t.Context(), purpose("1"), sealed); err != nil || got.Reveal() != "x" {
			t.Errorf("%v", err)
		}
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 1 {
		t.Errorf("beside the keyset: %v, %v", left, err)
	}
}

func TestManyFirstStartsMakeOneKeyset(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "keyset")
	const processes = 8
	vaults, made := make([]*Vault, processes), make([]bool, processes)
	var wait sync.WaitGroup
	for i := range processes {
		wait.Go(func() {
			var err error
			if vaults[i], made[i], err = LoadOrCreate(path, noon()); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if t.Failed() {
		return
	}
	makers := 0
	sealed := seal(t, vaults[0], purpose(), "x")
	for i, v := range vaults {
		if made[i] {
			makers++
		}
		if _, err := v.Open(t.Context(), purpose(), sealed); err != nil {
			t.Errorf("process %d has another keyset: %v", i, err)
		}
	}
	if makers != 1 {
		t.Errorf("%d processes say that they made the keyset", makers)
	}
}

func wantFault(t *testing.T, err error, code, says string) {
	t.Helper()
	var said *fault.Error
	if !errors.As(err, &said) || said.Kind != fault.Invalid || said.Code != code {
		t.Fatalf("error is %v, want %q", err, code)
	}
	if !strings.Contains(said.Text, says) || strings.Contains(err.Error(), "\n") {
		t.Errorf("the error does not say %q on one line: %q", says, err)
	}
}

func TestFileThatOthersMayReadIsRefused(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("no such modes on Windows")
	}
	path := filepath.Join(t.TempDir(), "keyset")
	if _, _, err := LoadOrCreate(path, noon()); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []os.FileMode{0o640, 0o604, 0o660, 0o644, 0o610, 0o602} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		_, err := Load(path)
		wantFault(t, err, "keyset_mode", "chmod 600 "+path)
		_, _, err = LoadOrCreate(path, noon())
		wantFault(t, err, "keyset_mode", "chmod 600 "+path)
	}
	for _, mode := range []os.FileMode{0o600, 0o400} {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := Load(path); err != nil {
			t.Errorf("mode %o: %v", mode, err)
		}
	}
}

func TestFilesThatAreNoKeyset(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	_, err := Load(filepath.Join(folder, "none"))
	wantFault(t, err, "keyset_missing", "restore it from your backup")
	_, err = Load(folder)
	wantFault(t, err, "keyset_path", "not a file")
	_, _, err = LoadOrCreate(filepath.Join(folder, "none", "keyset"), noon())
	wantFault(t, err, "keyset_path", filepath.Join(folder, "none"))
	empty := filepath.Join(folder, "empty")
	if err := os.WriteFile(empty, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, created, err := LoadOrCreate(empty, noon()) // never in place of a file that is there
	wantFault(t, err, "keyset_unreadable", empty)
	if created {
		t.Error("created")
	}
}

func TestTextsThatAreNoKeyset(t *testing.T) {
	t.Parallel()
	_, text := fresh(t)
	whole := text.Reveal()
	for _, bad := range []string{
		"", "not base64!", base64.StdEncoding.EncodeToString([]byte("hunter2-hunter2")), whole[:len(whole)/2], whole[4:], strings.ToLower(whole),
		base64.StdEncoding.EncodeToString([]byte(`{"primaryKeyId":1}`)), whole + whole,
	} {
		v, err := FromText(secret.New(bad))
		wantFault(t, err, "keyset_unreadable", "base64")
		if v != nil {
			t.Error("a vault beside an error")
		}
		if len(bad) > 8 && strings.Contains(err.Error(), bad[:8]) {
			t.Errorf("the error quotes the text: %v", err)
		}
	}
	if _, err := FromText(secret.New(" " + whole[:20] + "\n" + whole[20:] + "\r\n")); err != nil {
		t.Errorf("white space: %v", err)
	}
}
