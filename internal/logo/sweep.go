package logo

import (
	"context"
	"fmt"
	"regexp"
	"time"
)

// SpareTime is for how long a logo is kept that nothing names: it may be about to be saved with its integration.
const SpareTime = time.Hour

// maxSwept is how many files one sweep deletes; the next one goes on.
const maxSwept = 10_000

// Users know which logos are in use.
type Users interface {
	// LogosInUse gives those of up to 200 hashes that something names.
	LogosInUse(ctx context.Context, hashes []string) ([]string, error)
}

// Sweepable are blobs that can be deleted together.
type Sweepable interface {
	// Sweep deletes up to limit blobs below a folder that were last put before a moment and are none of those that inUse gives of some
	// names. It gives how many.
	Sweep(ctx context.Context, folder string, before time.Time, limit int, inUse func(context.Context, []string) ([]string, error)) (int, error)
}

// Sweep deletes the files of logos that nobody uses any more and that were not saved within SpareTime before now. It gives how many.
func Sweep(ctx context.Context, blobs Sweepable, users Users, now time.Time) (int, error) {
	isLogo := regexp.MustCompile(`^` + folder + `/[0-9a-f]{2}/([0-9a-f]{64})-[0-9]{1,4}\.png$`)
	deleted, err := blobs.Sweep(ctx, folder, now.Add(-SpareTime), maxSwept, func(ctx context.Context, names []string) ([]string, error) {
		var hashes, keep []string
		files := map[string][]string{} // by hash
		for _, name := range names {
			found := isLogo.FindStringSubmatch(name)
			if found == nil { // not ours to delete
				keep = append(keep, name)
				continue
			}
			if files[found[1]] == nil {
				hashes = append(hashes, found[1])
			}
			files[found[1]] = append(files[found[1]], name)
		}
		used, err := users.LogosInUse(ctx, hashes)
		for _, hash := range used {
			keep = append(keep, files[hash]...)
		}
		return keep, err
	})
	if err != nil {
		return deleted, fmt.Errorf("deleting logos that nobody uses: %w", err)
	}
	return deleted, nil
}
