// Package wire holds the JSON shapes of Discord's API v10 as the sandbox sends and reads them: ids, users, guilds,
// channels, messages, components, interactions. It knows shapes only: no rule, no state, no transport.
package wire

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Epoch is the millisecond from which snowflakes count (Discord, reference "Snowflakes").
const Epoch = 1420070400000

// ID is a snowflake. In JSON it is written as a decimal string and read from a string or a number; null is zero.
type ID uint64

// String gives the decimal form.
func (id ID) String() string { return strconv.FormatUint(uint64(id), 10) }

// Time is the moment that the snowflake carries.
func (id ID) Time() time.Time { return time.UnixMilli(int64(id>>22) + Epoch).UTC() }

// ParseID reads the decimal form; zero and anything that is not a number are errors.
func ParseID(s string) (ID, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || n == 0 {
		return 0, fmt.Errorf("%q is not a snowflake", s)
	}
	return ID(n), nil
}

// UnmarshalJSON accepts a string, a number and null.
func (id *ID) UnmarshalJSON(b []byte) error {
	s := strings.Trim(string(b), `"`)
	if s == "null" || s == "" {
		*id = 0
		return nil
	}
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil {
		return fmt.Errorf("%s is not a snowflake", b)
	}
	*id = ID(n)
	return nil
}

// MarshalText writes the decimal form: encoding/json puts it in quotes, as a value and as the key of an object. (A
// MarshalJSON would be checked and copied again for each of the many ids.)
func (id ID) MarshalText() ([]byte, error) { return strconv.AppendUint(nil, uint64(id), 10), nil }

// UnmarshalText reads the key of a JSON object.
func (id *ID) UnmarshalText(b []byte) error {
	n, err := strconv.ParseUint(string(b), 10, 64)
	*id = ID(n)
	return err
}

// Time is a moment as Discord writes it: microseconds and an offset.
type Time struct{ time.Time }

// At wraps t, in UTC.
func At(t time.Time) Time { return Time{t.UTC()} }

// MarshalJSON writes "2006-01-02T15:04:05.000000+00:00".
func (t Time) MarshalJSON() ([]byte, error) {
	return []byte(t.UTC().Format(`"2006-01-02T15:04:05.000000-07:00"`)), nil
}

// Opt is a field that may be absent, null or a value: three different things in a PATCH body and in an answer.
// Use it with the tag option omitzero.
type Opt[T any] struct {
	// Set tells that the field is present, Null that it is present and null.
	Set, Null bool
	// V is the value when Set and not Null.
	V T
}

// Some is a present value.
func Some[T any](v T) Opt[T] { return Opt[T]{Set: true, V: v} }

// Null is a present null.
func Null[T any]() Opt[T] { return Opt[T]{Set: true, Null: true} }

// SomeOrNull is v, or null when v is its type's zero.
func SomeOrNull[T comparable](v T) Opt[T] {
	var zero T
	if v == zero {
		return Null[T]()
	}
	return Some(v)
}

// Has tells that there is a value.
func (o Opt[T]) Has() bool { return o.Set && !o.Null }

// Or gives the value, or other when there is none.
func (o Opt[T]) Or(other T) T {
	if o.Has() {
		return o.V
	}
	return other
}

// IsZero makes omitzero leave out an absent field.
func (o Opt[T]) IsZero() bool { return !o.Set }

// MarshalJSON writes the value or null.
func (o Opt[T]) MarshalJSON() ([]byte, error) {
	if !o.Has() {
		return []byte("null"), nil
	}
	return json.Marshal(o.V)
}

// UnmarshalJSON reads a present field.
func (o *Opt[T]) UnmarshalJSON(b []byte) error {
	o.Set = true
	if string(b) == "null" {
		o.Null = true
		return nil
	}
	return json.Unmarshal(b, &o.V)
}
