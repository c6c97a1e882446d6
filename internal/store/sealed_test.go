package store_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/store"
)

// TestI25EveryColumnOfBytesIsInTheRotation: bytes are what is sealed. A new column of them has to be named in sealedPlaces, or `usher keys
// retire` would make its values unreadable.
func TestI25EveryColumnOfBytesIsInTheRotation(t *testing.T) {
	t.Parallel()
	for engine, query := range map[string]string{"sqlite": sqliteColumns, "postgres": postgresColumns} {
		var found []string
		for _, c := range columns(t, engines()[engine](t), query) {
			if c.Type == "bytes" {
				found = append(found, c.Table+"."+c.Name)
			}
		}
		want := store.SealedColumns()
		slices.Sort(want)
		if diff := cmp.Diff(want, found); diff != "" {
			t.Errorf("%s: columns of bytes (-rotated +there):\n%s", engine, diff)
		}
	}
}
