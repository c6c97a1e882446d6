// Package webhooksignature signs outgoing requests by Standard Webhooks v1, so that their receiver can tell with any of its libraries
// that a request is real, unchanged and new (I-13).
//
// It knows no request and no integration, and keeps no key.
package webhooksignature

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"usher/internal/core/secret"
)

// The names of the headers that Standard Webhooks defines.
const (
	HeaderID        = "webhook-id"
	HeaderTimestamp = "webhook-timestamp"
	HeaderSignature = "webhook-signature"
)

const (
	keyPrefix = "whsec_"
	idPrefix  = "msg_"
	keyBytes  = 32
	idBytes   = 16
	// The sizes of keys that Standard Webhooks allows, in bytes.
	minKey = 24
	maxKey = 64
)

// ErrKey says that a text is no signing key; it never quotes the text.
var ErrKey = errors.New("a signing key is whsec_ and the base64 of 24 to 64 bytes")

// Key is a key that signs. It prints as a mask.
type Key struct{ raw secret.Value }

// Format implements fmt.Formatter with the mask.
func (Key) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(secret.Mask)) }

// LogValue implements slog.LogValuer with the mask.
func (Key) LogValue() slog.Value { return slog.StringValue(secret.Mask) }

// NewKey makes a key in the form in which the receiver's libraries take it: whsec_ and the base64 of 32 bytes of random.
func NewKey(random io.Reader) (secret.Value, error) {
	var raw [keyBytes]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return secret.Value{}, fmt.Errorf("making a signing key: %w", err)
	}
	return secret.New(keyPrefix + base64.StdEncoding.EncodeToString(raw[:])), nil
}

// ParseKey reads what NewKey made. Error: [ErrKey], also for an empty text and for a key so short that it could be guessed.
func ParseKey(text secret.Value) (Key, error) {
	encoded, prefixed := strings.CutPrefix(text.Reveal(), keyPrefix)
	raw, err := base64.StdEncoding.Strict().DecodeString(encoded)
	if err != nil || !prefixed || len(raw) < minKey || len(raw) > maxKey {
		return Key{}, ErrKey
	}
	return Key{secret.New(string(raw))}, nil
}

// NewID makes the id of one request: msg_ and 26 characters of [a-z2-7]. It holds no dot, which divides what is signed.
func NewID(random io.Reader) (string, error) {
	var raw [idBytes]byte
	if _, err := io.ReadFull(random, raw[:]); err != nil {
		return "", fmt.Errorf("making a request's id: %w", err)
	}
	return idPrefix + strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw[:])), nil
}

// Timestamp is the header's text for a moment: whole seconds since 1970.
func Timestamp(at time.Time) string { return strconv.FormatInt(at.Unix(), 10) }

// Sign gives the signature header: one signature for each key, with spaces between them, so that a receiver who knows any of the keys
// is satisfied. A request without a body is signed over the empty one.
func Sign(keys []Key, id string, at time.Time, body []byte) string {
	signatures := make([]string, len(keys))
	for i, key := range keys {
		mac := hmac.New(sha256.New, []byte(key.raw.Reveal()))
		_, _ = fmt.Fprintf(mac, "%s.%s.", id, Timestamp(at)) // a hash takes everything
		_, _ = mac.Write(body)
		signatures[i] = "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	}
	return strings.Join(signatures, " ")
}
