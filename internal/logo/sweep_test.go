package logo_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"usher/internal/blob"
	"usher/internal/logo"
)

// users name logos.
type users []string

func (u users) LogosInUse(_ context.Context, hashes []string) ([]string, error) {
	return slices.DeleteFunc(slices.Clone(hashes), func(h string) bool { return !slices.Contains(u, h) }), nil
}

func TestI42LogosThatNothingNamesAreDeleted(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	blobs, err := blob.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := blobs.Close(); err != nil {
			t.Error(err)
		}
	})
	now := time.Unix(1_700_000_000, 0)
	put := func(hash string, age time.Duration) (names []string) {
		for _, size := range logo.Sizes() {
			name := "logos/" + hash[:2] + strings.TrimPrefix(logo.Path(hash, size), "/logos")
			if err := blobs.Put(t.Context(), name, []byte("x")); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(filepath.Join(folder, name), time.Time{}, now.Add(-age)); err != nil {
				t.Fatal(err)
			}
			names = append(names, name)
		}
		return names
	}
	used, unused, fresh := strings.Repeat("a", 64), strings.Repeat("b", 64), strings.Repeat("c", 64)
	want := map[string]bool{}
	for hash, kept := range map[string]bool{used: true, unused: false, fresh: true} {
		age := 2 * logo.SpareTime
		if hash == fresh {
			age = logo.SpareTime - time.Minute
		}
		for _, name := range put(hash, age) {
			want[name] = kept
		}
	}
	if n, err := logo.Sweep(t.Context(), blobs, users{used}, now); n != len(logo.Sizes()) || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	for name, kept := range want {
		if _, err := blobs.Get(t.Context(), name); (err == nil) != kept {
			t.Errorf("%s is there: %v", name, err == nil)
		}
	}
}
