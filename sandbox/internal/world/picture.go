package world

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"slices"
	"strings"

	"usher/sandbox/internal/refusal"
)

// picture is an uploaded avatar, banner or icon.
type picture struct {
	data []byte
	kind string
}

// pictureKey names a picture: the hash is in the address, as on Discord's CDN.
type pictureKey struct {
	owner ID
	hash  string
}

// hashLength is that of Discord's image hashes, in hexadecimal digits.
const hashLength = 32

// keepPicture reads image data (reference "Image Data": data:image/png;base64,…) and gives its hash; "" for none.
func (w *World) keepPicture(owner ID, field, text string) (string, error) {
	if text == "" {
		return "", nil
	}
	head, body, found := strings.Cut(text, ",")
	data, err := base64.StdEncoding.DecodeString(body)
	kind := http.DetectContentType(data)
	switch {
	case !found || !strings.HasPrefix(head, "data:image/") || !strings.HasSuffix(head, ";base64") || err != nil:
		return "", refusal.Field(field, "BASE_TYPE_BASE64_DATA_URI", "Must be an image as data:image/png;base64,…")
	case !slices.Contains([]string{"image/png", "image/jpeg", "image/gif", "image/webp"}, kind):
		return "", refusal.Field(field, "IMAGE_INVALID", "Invalid image data")
	}
	sum := sha256.Sum256(data)
	hash := hex.EncodeToString(sum[:])[:hashLength]
	if kind == "image/gif" {
		hash = "a_" + hash
	}
	w.pictures[pictureKey{owner, hash}] = picture{data: data, kind: kind}
	return hash, nil
}

// Picture gives an uploaded picture by its owner and hash.
func (w *World) Picture(owner ID, hash string) (data []byte, contentType string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	p, ok := w.pictures[pictureKey{owner, hash}]
	return p.data, p.kind, ok
}
