package blob_test

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"usher/internal/blob"
	"usher/internal/core/fault"
)

func open(t *testing.T) (*blob.Directory, string) {
	t.Helper()
	folder := filepath.Join(t.TempDir(), "new", "folder")
	d, err := blob.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d, folder
}

func TestPutAndGet(t *testing.T) {
	t.Parallel()
	d, folder := open(t)
	for _, text := range []string{"one", "", "another\x00\xff"} {
		if err := d.Put(t.Context(), "logos/ab/ab-64.png", []byte(text)); err != nil {
			t.Fatal(err)
		}
		got, err := d.Get(t.Context(), "logos/ab/ab-64.png")
		if err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	if _, err := d.Get(t.Context(), "logos/ab/cd-64.png"); fault.KindOf(err) != fault.NotFound {
		t.Errorf("missing: %v", err)
	}
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 {
			t.Errorf("%s has mode %o: others can look into it", path, mode)
		}
		if strings.Contains(path, "draft") {
			t.Errorf("%s was left", path)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestNothingIsHalfWritten: a reader sees one of the whole texts, whatever is being written.
func TestNothingIsHalfWritten(t *testing.T) {
	t.Parallel()
	d, _ := open(t)
	texts := [][]byte{bytes.Repeat([]byte("a"), 100_000), bytes.Repeat([]byte("b"), 50_000)}
	if err := d.Put(t.Context(), "x", texts[0]); err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for i := range 4 {
		wait.Go(func() {
			for range 10 {
				if err := d.Put(t.Context(), "x", texts[i%2]); err != nil {
					t.Error(err)
				}
			}
		})
		wait.Go(func() {
			for range 40 {
				got, err := d.Get(t.Context(), "x")
				if err != nil || !bytes.Equal(got, texts[0]) && !bytes.Equal(got, texts[1]) {
					t.Errorf("%d bytes, %v", len(got), err)
				}
			}
		})
	}
	wait.Wait()
}

func TestNamesStayInTheFolder(t *testing.T) {
	t.Parallel()
	d, folder := open(t)
	outside := filepath.Join(filepath.Dir(folder), "secret")
	if err := os.WriteFile(outside, []byte("s"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("..", filepath.Join(folder, "up")); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "/", "/etc/passwd", "../secret", "a/../../secret", "a//b", "a/", ".hidden", "a/.draft-x", "A", "a\x00", "a\\b", "up/secret", "C:x", strings.Repeat("a", 201)} {
		if err := d.Put(t.Context(), name, []byte("x")); err == nil {
			t.Errorf("put under %q", name)
		}
		if got, err := d.Get(t.Context(), name); err == nil {
			t.Errorf("got %q of %q", got, name)
		}
	}
	if text, err := os.ReadFile(outside); err != nil || string(text) != "s" {
		t.Errorf("outside: %q, %v", text, err)
	}
}

func TestErrors(t *testing.T) {
	t.Parallel()
	d, folder := open(t)
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if err := d.Put(gone, "a", nil); !errors.Is(err, context.Canceled) {
		t.Errorf("put: %v", err)
	}
	if _, err := d.Get(gone, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("get: %v", err)
	}
	if err := d.Put(t.Context(), "folder/a", nil); err != nil {
		t.Fatal(err)
	}
	if err := d.Put(t.Context(), "folder", []byte("x")); err == nil {
		t.Error("a folder was replaced")
	}
	if left, err := filepath.Glob(filepath.Join(folder, ".draft-*")); err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
	if _, err := d.Get(t.Context(), "folder"); err == nil || fault.KindOf(err) == fault.NotFound {
		t.Errorf("a folder was read: %v", err)
	}
	file := filepath.Join(folder, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := blob.Open(filepath.Join(file, "x")); fault.CodeOf(err) != "blob_folder" {
		t.Errorf("open: %v", err)
	}
}
