package blob_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"usher/internal/blob"
	"usher/internal/core/fault"
)

// shelf is a folder with blobs of two ages.
type shelf struct {
	*testing.T

	blobs  *blob.Directory
	folder string
	now    time.Time
}

func (s shelf) put(name string, age time.Duration) {
	s.Helper()
	if err := s.blobs.Put(s.Context(), name, []byte(name)); err != nil {
		s.Fatal(err)
	}
	s.age(name, age)
}

func (s shelf) age(name string, age time.Duration) {
	s.Helper()
	if err := os.Chtimes(filepath.Join(s.folder, name), time.Time{}, s.now.Add(-age)); err != nil {
		s.Fatal(err)
	}
}

func (s shelf) there(name string) bool {
	s.Helper()
	_, err := s.blobs.Get(s.Context(), name)
	if err != nil && fault.KindOf(err) != fault.NotFound {
		s.Error(err)
	}
	return err == nil
}

func newShelf(t *testing.T) shelf {
	t.Helper()
	d, folder := open(t)
	return shelf{T: t, blobs: d, folder: folder, now: time.Unix(1_700_000_000, 0)}
}

func nothing(context.Context, []string) ([]string, error) { return nil, nil }

func TestSweepDeletesWhatIsOldAndUnused(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	before := s.now.Add(-time.Hour)
	if n, err := s.blobs.Sweep(t.Context(), "logos", before, 10, nothing); n != 0 || err != nil {
		t.Errorf("an empty folder: %d, %v", n, err)
	}
	s.put("logos/ab/old", 2*time.Hour)
	s.put("logos/ab/used", 2*time.Hour)
	s.put("logos/cd/new", time.Minute)
	s.put("other/old", 2*time.Hour)
	draft := filepath.Join("logos", "ab", ".draft-x")
	foreign := filepath.Join("logos", "ab", "Thumbs.db")
	for _, name := range []string{draft, foreign} {
		if err := os.WriteFile(filepath.Join(s.folder, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		s.age(name, 2*time.Hour)
	}
	var asked []string
	n, err := s.blobs.Sweep(t.Context(), "logos", before, 10, func(_ context.Context, names []string) ([]string, error) {
		asked = append(asked, names...)
		return []string{"logos/ab/used"}, nil
	})
	if n != 1 || err != nil || !slices.Equal(asked, []string{"logos/ab/old", "logos/ab/used"}) {
		t.Errorf("%d, %v, asked for %q", n, err, asked)
	}
	for name, want := range map[string]bool{"logos/ab/old": false, "logos/ab/used": true, "logos/cd/new": true, "other/old": true} {
		if s.there(name) != want {
			t.Errorf("%s is there: %v", name, !want)
		}
	}
	left, err := os.ReadDir(filepath.Join(s.folder, "logos", "ab"))
	if err != nil || len(left) != 2 || left[0].Name() != "Thumbs.db" {
		t.Errorf("left are %v, %v", left, err)
	}
}

// What is put again while the sweep asks is about to be used.
func TestSweepSparesWhatIsPutMeanwhile(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.put("logos/ab/a", 2*time.Hour)
	n, err := s.blobs.Sweep(t.Context(), "logos", s.now.Add(-time.Hour), 10, func(ctx context.Context, _ []string) ([]string, error) {
		return nil, s.blobs.Put(ctx, "logos/ab/a", []byte("again"))
	})
	if n != 0 || err != nil || !s.there("logos/ab/a") {
		t.Errorf("%d, %v", n, err)
	}
}

func TestSweepIsBoundedAndGoesOn(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	const all, limit = 250, 120
	for n := range all {
		s.put("logos/ab/"+string(rune('a'+n%26))+string(rune('a'+n/26)), 2*time.Hour)
	}
	for _, want := range []int{limit, limit, all - 2*limit, 0} {
		n, err := s.blobs.Sweep(t.Context(), "logos", s.now, limit, func(_ context.Context, names []string) ([]string, error) {
			if len(names) > 100 {
				t.Errorf("%d names at once", len(names))
			}
			return nil, nil
		})
		if n != want || err != nil {
			t.Errorf("%d deleted, want %d: %v", n, want, err)
		}
	}
}

func TestSweepDeletesNothingWhereItIsNotKnownWhatIsUsed(t *testing.T) {
	t.Parallel()
	s := newShelf(t)
	s.put("logos/ab/a", 2*time.Hour)
	silent := errors.New("no database")
	if n, err := s.blobs.Sweep(t.Context(), "logos", s.now, 10, func(context.Context, []string) ([]string, error) { return nil, silent }); n != 0 || !errors.Is(err, silent) {
		t.Errorf("%d, %v", n, err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if n, err := s.blobs.Sweep(ended, "logos", s.now, 10, nothing); n != 0 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d, %v", n, err)
	}
	if !s.there("logos/ab/a") {
		t.Error("it is gone")
	}
}
