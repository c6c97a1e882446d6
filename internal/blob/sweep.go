package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
)

// sweptAtOnce is for how many names inUse is asked at once.
const sweptAtOnce = 100

// Sweep deletes what stands below a folder, was last put before a moment and is not in use any more, and drafts that a crash left. inUse
// gets up to 100 names and gives those of them that are in use. At most limit blobs are deleted at a time; it gives how many were. What is
// put meanwhile stays: whoever uses a blob puts it first, also where it is there already.
func (d *Directory) Sweep(ctx context.Context, folder string, before time.Time, limit int, inUse func(context.Context, []string) ([]string, error)) (deleted int, err error) {
	var old []string
	decide := func() error {
		used, err := inUse(ctx, old)
		if err != nil {
			return fmt.Errorf("asking which blobs are in use: %w", err)
		}
		for _, name := range old {
			if deleted < limit && !slices.Contains(used, name) {
				gone, err := d.discard(name, before)
				if err != nil {
					return fmt.Errorf("deleting a blob: %w", err)
				}
				deleted += gone
			}
		}
		old = nil
		return nil
	}
	err = fs.WalkDir(d.root.FS(), folder, func(name string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist): // deleted meanwhile, or nothing was ever put
			return nil
		case err != nil:
			return err
		case ctx.Err() != nil:
			return ctx.Err()
		case deleted >= limit:
			return fs.SkipAll
		case entry.IsDir() || !isOld(entry, before):
			return nil
		case strings.HasPrefix(path.Base(name), draftMark):
			return ignoreGone(d.root.Remove(name))
		case !d.name.MatchString(name): // not ours
			return nil
		}
		if old = append(old, name); len(old) < sweptAtOnce {
			return nil
		}
		return decide()
	})
	if err == nil && len(old) > 0 {
		err = decide()
	}
	if err != nil {
		return deleted, fmt.Errorf("sweeping %s: %w", folder, err)
	}
	return deleted, nil
}

func isOld(entry fs.DirEntry, before time.Time) bool {
	info, err := entry.Info()
	return err == nil && info.Mode().IsRegular() && info.ModTime().Before(before)
}

// discard deletes a blob, unless it was put again since it was looked at: it is taken out of everybody's reach first, and put back if it
// is new. It gives 1 where something was deleted.
func (d *Directory) discard(name string, before time.Time) (int, error) {
	away := path.Join(path.Dir(name), draftMark+strings.ToLower(rand.Text()))
	if err := d.root.Rename(name, away); err != nil {
		return 0, ignoreGone(err)
	}
	info, err := d.root.Lstat(away)
	if err != nil || !info.ModTime().Before(before) {
		return 0, errors.Join(err, d.root.Rename(away, name))
	}
	return 1, d.root.Remove(away)
}

func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
