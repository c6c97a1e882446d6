// Package cdn serves the pictures and files that Discord's CDN serves (S-4; reference "CDN Endpoints"): attachments under
// signed addresses that end, uploaded avatars and icons, and a drawn picture for everything else. It keeps nothing.
package cdn

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"

	"usher/sandbox/internal/wire"
)

// Store is where files and pictures are.
type Store interface {
	// Attachment gives a file for its signed address.
	Attachment(id wire.ID, query url.Values) (data []byte, contentType string, ok bool)
	// Picture gives an uploaded avatar or icon of a user, guild or application by its hash.
	Picture(owner wire.ID, hash string) (data []byte, contentType string, ok bool)
}

// Server is an http.Handler for the paths of which Owns tells.
type Server struct{ Store Store }

// Owns tells that a path belongs to the CDN.
func Owns(path string) bool {
	for _, prefix := range []string{"/attachments/", "/avatars/", "/icons/", "/embed/avatars/", "/emojis/", "/guilds/", "/banners/"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return false
}

// ServeHTTP serves attachments and uploaded pictures and draws every other one. An attachment that is unknown, over or
// wrongly signed is a 404 with the sentence of Discord's CDN.
func (s Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "sandbox; default-src 'none'")
	if parts[0] != "attachments" {
		s.picture(w, parts)
		return
	}
	var data []byte
	kind, ok := "", false
	if len(parts) == 4 {
		if id, err := wire.ParseID(parts[2]); err == nil {
			data, kind, ok = s.Store.Attachment(id, r.URL.Query())
		}
	}
	if !ok {
		w.Header().Set("Content-Type", "text/plain;charset=UTF-8")
		w.WriteHeader(http.StatusNotFound)
		_, _ = w.Write([]byte("This content is no longer available."))
		return
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data) //nolint:gosec // a sandboxed, never sniffed file
}

// picture serves what was uploaded, whatever size and format the address asks for, or else draws something.
func (s Server) picture(w http.ResponseWriter, parts []string) {
	last := parts[len(parts)-1]
	if parts[0] == "embed" {
		// These are told apart by their number alone.
		draw(w, strings.TrimSuffix(strings.Join(parts, "/"), path.Ext(last)))
		return
	}
	if len(parts) >= 3 {
		owner, err := wire.ParseID(parts[len(parts)-2])
		if data, kind, ok := s.Store.Picture(owner, strings.TrimSuffix(last, path.Ext(last))); err == nil && ok {
			w.Header().Set("Content-Type", kind)
			w.Header().Set("Cache-Control", "public, max-age=31536000")
			_, _ = w.Write(data) //nolint:gosec // a sandboxed, never sniffed picture
			return
		}
	}
	draw(w, strings.Join(parts[:len(parts)-1], "/"))
}

// draw makes a square in a colour that follows from the name, so that people can be told apart.
func draw(w http.ResponseWriter, name string) {
	var sum uint32 = 2166136261
	for _, b := range []byte(name) {
		sum = (sum ^ uint32(b)) * 16777619
	}
	img := image.NewPaletted(image.Rect(0, 0, 64, 64), color.Palette{
		color.RGBA{R: byte(sum)/2 + 64, G: byte(sum>>8)/2 + 64, B: byte(sum>>16)/2 + 64, A: 255}, color.White,
	})
	for i := range 25 {
		if x, y := i%5, i/5; sum>>(uint(min(x, 4-x)*5+y)%32)&1 == 1 {
			square(img, 7+x*10, 7+y*10)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "image/png")
	w.Header().Set("Cache-Control", "public, max-age=31536000")
	_, _ = w.Write(b.Bytes())
}

func square(img *image.Paletted, x, y int) {
	for dx := range 10 {
		for dy := range 10 {
			img.SetColorIndex(x+dx, y+dy, 1)
		}
	}
}
