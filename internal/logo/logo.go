// Package logo keeps the pictures that authors give their integrations, so that a viewer's browser never asks an author's host (I-42).
// A logo is fetched once, when it is saved; its bytes must decode as a picture; it is drawn again as PNG in two sizes, which leaves
// nothing of the file that came; and it is served by the hash of what was drawn, from an address without cookies.
//
// It must never know integrations, guilds or the way out: bytes come through [Fetcher], pictures are kept by [Blobs]. So fetching and
// decoding can run in a process that holds nothing else.
package logo

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"strconv"
	"strings"
	"time"

	"usher/internal/core/fault"
)

// MaxFile is how large the file of a logo may be, in bytes; who fetches stops there.
const MaxFile = 2 << 20

// timeLimit bounds fetching, drawing and keeping one logo.
const timeLimit = 15 * time.Second

// Sizes are the widths and heights in which a logo is kept and served, in pixels: for lists, and for pages.
func Sizes() []int { return []int{64, 256} }

// File is what a logo's address gave.
type File struct {
	Type string // the Content-Type field; empty where there was none
	Body []byte // at most MaxFile bytes
}

// Fetcher gets a file through the guarded way out. key says for whom, so that nobody can take all of the way out. Errors are faults: a
// sentence for the author of the address.
type Fetcher interface {
	Fetch(ctx context.Context, key, url string) (File, error)
}

// Blobs keeps bytes under names. A name is given the same bytes whenever it is put.
type Blobs interface {
	// Put writes whole or not at all.
	Put(ctx context.Context, name string, data []byte) error
	// Get reads; fault.NotFound.
	Get(ctx context.Context, name string) ([]byte, error)
}

// Keeper fetches and keeps logos. It is safe for concurrent use.
type Keeper struct {
	fetch Fetcher
	blobs Blobs
	// turn is held while a picture is drawn: the largest that is allowed needs about 350 MiB while it is decoded, so one at a time.
	turn chan struct{}
}

// NewKeeper makes a keeper.
func NewKeeper(fetch Fetcher, blobs Blobs) *Keeper {
	return &Keeper{fetch: fetch, blobs: blobs, turn: make(chan struct{}, 1)}
}

// Keep fetches the logo at url for key and keeps it. It gives the hash by which it is served ([Path]), 64 hexadecimal digits. What cannot
// be a logo is fault.Invalid "logo_invalid" with a sentence in the field "logo"; a server or an Usher that is too busy or too slow is
// fault.Unavailable "logo_unavailable". After an error nothing of the file is kept.
func (k *Keeper) Keep(ctx context.Context, key, url string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, timeLimit)
	defer cancel()
	file, err := k.fetch.Fetch(ctx, key, url)
	if err != nil {
		return "", refusal(err)
	}
	if err := checkType(file.Type); err != nil {
		return "", err
	}
	pictures, err := k.draw(ctx, file.Body)
	if err != nil {
		return "", err
	}
	hash := hashOf(pictures)
	for i, size := range Sizes() {
		if err := k.blobs.Put(ctx, blobName(hash, size), pictures[i]); err != nil {
			return "", fmt.Errorf("keeping a logo: %w", err)
		}
	}
	return hash, nil
}

func (k *Keeper) draw(ctx context.Context, data []byte) ([][]byte, error) {
	select {
	case k.turn <- struct{}{}:
		defer func() { <-k.turn }()
		return Draw(data)
	case <-ctx.Done():
		return nil, fault.New(fault.Unavailable, "logo_unavailable", "Too many logos are being saved at this moment: try again in a minute.").Because(ctx.Err())
	}
}

// refusal puts the sentence of a fetch that failed to the field it is about.
func refusal(err error) error {
	var said *fault.Error
	if errors.As(err, &said) && said.Kind == fault.Invalid {
		return invalid(said.Text)
	}
	if errors.As(err, &said) {
		return err
	}
	return fmt.Errorf("fetching a logo: %w", err)
}

// checkType refuses what its server does not call a picture. What it is, its bytes say: the type is not trusted further.
func checkType(field string) error {
	if field == "" {
		return nil
	}
	kind, _, err := mime.ParseMediaType(field)
	if err != nil || !strings.HasPrefix(kind, "image/") && kind != "application/octet-stream" && kind != "binary/octet-stream" {
		return invalid("The logo's server does not call it a picture: its Content-Type must be image/png, image/jpeg, image/gif or image/webp.")
	}
	return nil
}

// invalid is the error of a logo that cannot be used.
func invalid(text string) error {
	var c fault.Checks
	c.Add("logo", text)
	return c.Err("logo_invalid", "The logo cannot be used.")
}

// hashOf names pictures by all that is served of them. A PNG ends itself, so one text of them all has one meaning.
func hashOf(pictures [][]byte) string {
	h := sha256.New()
	for _, p := range pictures {
		_, _ = h.Write(p) // never fails
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Path is where a kept logo is served, below the address of the program; size is one of [Sizes].
func Path(hash string, size int) string { return "/logos/" + fileName(hash, size) }

func fileName(hash string, size int) string { return hash + "-" + strconv.Itoa(size) + ".png" }

// blobName spreads logos over folders, as file systems like it.
func blobName(hash string, size int) string {
	return folder + "/" + hash[:2] + "/" + fileName(hash, size)
}

// folder is where logos are among the blobs.
const folder = "logos"
