// Package secret holds values that must not be seen: tokens, keys, what guilds enter for an integration. A [Value] can be passed
// around and compared, but every way of printing it gives a mask. It knows nothing of how secrets are stored or sent.
package secret

import (
	"context"
	"crypto/subtle"
	"fmt"
	"log/slog"
)

// Mask is what every print of a Value shows, whatever its length.
const Mask = "[secret]"

// Value is a secret text. It is a pointer box: a string type with its own String method still prints its bytes inside an unexported
// field, under %x, or through reflection-based printers; a pointer prints an address at worst. The pointer is to a string, not to a
// struct, because fmt follows a pointer to a struct when it reports a wrong verb.
type Value struct {
	box *string
}

// New wraps text.
func New(text string) Value { return Value{box: &text} }

// Reveal gives the clear text. Each call is a place to look at in a review.
func (v Value) Reveal() string {
	if v.box == nil {
		return ""
	}
	return *v.box
}

// Empty reports whether there is no text.
func (v Value) Empty() bool { return v.box == nil || *v.box == "" }

// Equal compares in constant time.
func (v Value) Equal(w Value) bool {
	return subtle.ConstantTimeCompare([]byte(v.Reveal()), []byte(w.Reveal())) == 1
}

// String implements fmt.Stringer with the mask.
func (Value) String() string { return Mask }

// GoString implements fmt.GoStringer with the mask.
func (Value) GoString() string { return Mask }

// Format implements fmt.Formatter, so that no verb (%x, %q, %d) looks inside.
func (Value) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(Mask)) }

// LogValue implements slog.LogValuer with the mask.
func (Value) LogValue() slog.Value { return slog.StringValue(Mask) }

// MarshalText implements encoding.TextMarshaler (and so JSON) with the mask.
func (Value) MarshalText() ([]byte, error) { return []byte(Mask), nil }

// UnmarshalText implements encoding.TextUnmarshaler: a secret can be read from configuration.
func (v *Value) UnmarshalText(text []byte) error {
	*v = New(string(text))
	return nil
}

// Purpose binds a sealed value to the one place where it may be opened (I-25): a row copied elsewhere does not open.
type Purpose struct {
	Kind   string   // what it is: "integration_secret", "reply_token"
	Bounds []string // whose it is, in order: guild, integration, name…
}

// Sealer seals secrets for storage. Implementations keep the key outside the database.
type Sealer interface {
	// Seal encrypts v for purpose.
	Seal(ctx context.Context, purpose Purpose, v Value) ([]byte, error)
	// Open decrypts what Seal made for the same purpose; any other purpose is an error.
	Open(ctx context.Context, purpose Purpose, sealed []byte) (Value, error)
}
