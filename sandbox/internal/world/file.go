package world

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	_ "image/gif"  // sizes of pictures
	_ "image/jpeg" // sizes of pictures
	_ "image/png"  // sizes of pictures
	"mime"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/sandbox/internal/refusal"
	"usher/sandbox/internal/wire"
)

// file is an attachment's content.
type file struct {
	id          ID
	channel     ID
	name        string
	title       string
	description string
	kind        string
	data        []byte
	width       int
	height      int
	ephemeral   bool
	expired     bool
	spoiler     bool
}

var badInName = regexp.MustCompile(`[^A-Za-z0-9._-]+`)

// store keeps uploaded files, named and described by refs.
func (w *World) store(c *channel, files []File, refs []AttachmentRef) ([]*file, error) {
	total := 0
	var out []*file
	for _, f := range files {
		total += len(f.Data)
		if len(f.Data) > maxFile {
			return nil, refusal.Code(50045)
		}
		made := &file{id: w.newID(), channel: c.id, name: f.Name, kind: f.ContentType, data: f.Data}
		for _, ref := range refs {
			if ref.ID == ID(f.Number) {
				made.describe(ref)
			}
		}
		made.finish()
		out = append(out, made)
	}
	if total > maxUpload {
		return nil, refusal.Code(40005)
	}
	for _, f := range out {
		w.files[f.id] = f
	}
	return out, nil
}

func (f *file) describe(ref AttachmentRef) {
	f.description, f.title, f.spoiler = ref.Description, ref.Title, ref.IsSpoiler
	if ref.Filename != "" {
		f.name = ref.Filename
	}
}

func (f *file) finish() {
	f.name = strings.Trim(badInName.ReplaceAllString(path.Base(strings.ReplaceAll(f.name, `\`, "/")), "_"), "_")
	if f.name == "" || f.name == "." {
		f.name = "unknown"
	}
	f.spoiler = f.spoiler || strings.HasPrefix(f.name, "SPOILER_")
	if f.kind == "" || f.kind == "application/octet-stream" {
		f.kind = mime.TypeByExtension(path.Ext(f.name))
	}
	if f.kind == "" {
		f.kind = http.DetectContentType(f.data)
	}
	if cfg, _, err := image.DecodeConfig(bytes.NewReader(f.data)); err == nil {
		f.width, f.height = cfg.Width, cfg.Height
	}
}

func (w *World) attachmentWire(f *file) wire.Attachment {
	address := w.fileURL(f)
	out := wire.Attachment{
		ID: f.id, Filename: f.name, Title: f.title, Description: f.description, ContentType: f.kind, Size: len(f.data),
		URL: address, ProxyURL: address, Ephemeral: f.ephemeral,
	}
	if f.width > 0 {
		out.Width, out.Height = wire.Some(f.width), wire.Some(f.height)
	}
	if f.spoiler {
		out.Flags = wire.AttachmentSpoiler
	}
	return out
}

// path is the beginning of every address of the file.
func (f *file) path() string { return fmt.Sprintf("/attachments/%s/%s/", f.channel, f.id) }

// fileURL is signed and expires, as Discord's are (reference "Signed Attachment CDN URLs").
func (w *World) fileURL(f *file) string {
	now := w.now().Truncate(time.Minute)
	p := f.path() + url.PathEscape(f.name)
	ex := strconv.FormatInt(now.Add(w.cfg.AttachmentTTL).Unix(), 16)
	is := strconv.FormatInt(now.Unix(), 16)
	return w.cfg.BaseURL() + p + "?ex=" + ex + "&is=" + is + "&hm=" + w.sign(f.id, ex, is)
}

func (w *World) sign(id ID, ex, is string) string {
	mac := hmac.New(sha256.New, w.key[:])
	_, _ = fmt.Fprintf(mac, "%s|%s|%s", id, ex, is)
	return hex.EncodeToString(mac.Sum(nil))
}

// Attachment gives a file for its signed address; ok is false when the signature is wrong, the time is over or the
// file does not exist. The CDN answers 404 to all three.
func (w *World) Attachment(id ID, query url.Values) (data []byte, contentType string, ok bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.files[id]
	ex, is := query.Get("ex"), query.Get("is")
	if f == nil || f.expired || !hmac.Equal([]byte(w.sign(id, ex, is)), []byte(query.Get("hm"))) {
		return nil, "", false
	}
	until, err := strconv.ParseInt(ex, 16, 64)
	if err != nil || w.now().Unix() > until {
		return nil, "", false
	}
	return slices.Clone(f.data), f.kind, true
}

// isoTime writes any accepted time as Discord sends it back.
func isoTime(s string) string {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC().Format("2006-01-02T15:04:05.000000-07:00")
		}
	}
	return s
}
