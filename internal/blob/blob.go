// Package blob keeps named bytes (logos, transcripts) in a folder of this machine.
//
// It must never know what the bytes are. Whoever puts them names them; two names never share a file.
package blob

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"

	"usher/internal/core/fault"
)

// Directory keeps blobs as files of one folder, which nothing in a name can leave. It is safe for concurrent use, by several processes too.
type Directory struct {
	root *os.Root
	name *regexp.Regexp
}

// maxName is the longest name, in bytes.
const maxName = 200

// draftMark begins the name of a file that is not whole, or not to be found any more; no blob's name does.
const draftMark = ".draft-"

var errName = errors.New("a blob's name is parts of a-z, 0-9, '-', '_' and '.' with / between them; no part begins with a dot")

// Open opens the folder, and makes it for this user alone where there is none. fault.Invalid "blob_folder" says what is wrong with it.
func Open(folder string) (*Directory, error) {
	err := os.MkdirAll(folder, 0o700)
	if err == nil {
		var root *os.Root
		if root, err = os.OpenRoot(folder); err == nil {
			return &Directory{root: root, name: regexp.MustCompile(`^[a-z0-9_-][a-z0-9._-]*(/[a-z0-9_-][a-z0-9._-]*)*$`)}, nil
		}
	}
	return nil, fault.New(fault.Invalid, "blob_folder",
		fmt.Sprintf("The folder %s cannot be used: make it, writable for the user that runs Usher, or choose another.", folder)).Because(err)
}

// Close gives the folder back.
func (d *Directory) Close() error { return d.root.Close() }

// Put writes data under name, whole or not at all, in place of what was there.
func (d *Directory) Put(ctx context.Context, name string, data []byte) error {
	if err := d.check(ctx, name); err != nil {
		return err
	}
	folder := path.Dir(name)
	if err := d.root.MkdirAll(folder, 0o700); err != nil {
		return fmt.Errorf("making a folder for a blob: %w", err)
	}
	draft := path.Join(folder, draftMark+strings.ToLower(rand.Text()))
	if err := d.write(draft, data); err != nil {
		_ = d.root.Remove(draft) // the first error says more
		return fmt.Errorf("writing a blob: %w", err)
	}
	if err := d.root.Rename(draft, name); err != nil {
		_ = d.root.Remove(draft)
		return fmt.Errorf("naming a blob: %w", err)
	}
	return nil
}

// write makes a new file and sees it on the disk.
func (d *Directory) write(name string, data []byte) error {
	file, err := d.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(data)
	return errors.Join(err, file.Sync(), file.Close())
}

// Get reads the bytes under name; fault.NotFound "blob_not_found".
func (d *Directory) Get(ctx context.Context, name string) ([]byte, error) {
	if err := d.check(ctx, name); err != nil {
		return nil, err
	}
	data, err := d.root.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.NotFound, "blob_not_found", "There is no such file.").Because(err)
	}
	if err != nil {
		return nil, fmt.Errorf("reading a blob: %w", err)
	}
	return data, nil
}

// Probe says whether blobs can be written, by writing a file and taking it away again.
func (d *Directory) Probe(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	draft := ".draft-" + strings.ToLower(rand.Text())
	err := d.write(draft, []byte("probe"))
	if removed := d.root.Remove(draft); err == nil {
		err = removed
	}
	if err != nil {
		return fault.New(fault.Invalid, "blob_folder", "Nothing can be written to the folder: give the user that runs Usher the right to, and look whether its disk is full.").Because(err)
	}
	return nil
}

func (d *Directory) check(ctx context.Context, name string) error {
	if len(name) > maxName || !d.name.MatchString(name) {
		return errName
	}
	return ctx.Err()
}
