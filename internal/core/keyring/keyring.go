// Package keyring is what an operator does with the keys that seal secrets in the database: look at them, bring everything that is
// sealed under the newest one, and see that nothing needs an old one any more (I-25). The steps of a rotation are: add a key, promote it,
// reseal, retire the old one.
//
// It knows no key, no database and no noun: keys are behind [Ring], rows behind [Store], and what a row's value is bound to is told by
// the noun whose row it is, in [Purposes].
package keyring

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/secret"
)

// KeyID is the public name of a key; it stands in all that the key sealed.
type KeyID uint32

// String gives the id in decimal digits.
func (id KeyID) String() string { return strconv.FormatUint(uint64(id), 10) }

// ParseKeyID reads what String wrote; fault.Invalid "key_id".
func ParseKeyID(text string) (KeyID, error) {
	n, err := strconv.ParseUint(text, 10, 32)
	if err != nil {
		return 0, fault.New(fault.Invalid, "key_id", fmt.Sprintf("%q is no id of a key: copy one from \"usher keys list\".", text))
	}
	return KeyID(n), nil
}

// State is what a key does.
type State string

// The states.
const (
	Primary  State = "primary"  // seals, and opens
	Ready    State = "ready"    // opens
	Disabled State = "disabled" // does nothing
)

// Key describes a key, never its material.
type Key struct {
	ID    KeyID
	State State
	Made  time.Time // zero where it is not known
}

// Ring is the keyset.
type Ring interface {
	secret.Sealer
	// Keys describes all keys.
	Keys() []Key
	// SealedWith gives the key by which a value was sealed; false for what is no sealed value.
	SealedWith(sealed []byte) (KeyID, bool)
}

// Kept is a sealed value where it is stored.
type Kept struct {
	Kind   string   // which of Store.Kinds
	Row    []string // the key of its row, as the store gave it
	Bounds []string // what the store knows of what it is bound to, for [Purposes]
	Sealed []byte
}

// Head is the beginning that Count values have in common.
type Head struct {
	Bytes []byte
	Count int
}

// Change is a sealed value and what to put in its place.
type Change struct {
	Kept
	New []byte
}

// Store walks over everything that is sealed in the database.
type Store interface {
	// Kinds names all kinds of sealed values.
	Kinds() []string
	// Kept gives up to limit values of a kind, in the order of their rows, from behind the row after; nil: from the first.
	Kept(ctx context.Context, kind string, after []string, limit int) ([]Kept, error)
	// Heads counts the values of a kind by their first size bytes, in the order of these.
	Heads(ctx context.Context, kind string, size int) ([]Head, error)
	// Replace makes the changes, all together or none, where Sealed is still stored, and tells how many that were: what somebody else
	// changed or deleted in the meantime stays as it is.
	Replace(ctx context.Context, changes []Change) (int, error)
}

// Purposes tells for each kind what a value is bound to.
type Purposes map[string]func(bounds []string) (secret.Purpose, error)
