// Package vault seals secrets at rest with Tink's AEAD, under a keyset that the operator holds outside the database: in a file or in
// a text from the environment.
//
// It must never know what it seals or where the result is stored. Nothing here prints a key or a secret, and a value that does not
// open does not tell why.
package vault

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"

	"usher/internal/core/keyring"
	"usher/internal/core/secret"
)

// Vault seals and opens secrets. A sealed value begins with the id of its key, so a keyset may hold older keys beside the one that
// seals. One whose keys are in a file follows the file. It is safe for concurrent use.
type Vault struct{ ring *ring }

var (
	_ secret.Sealer = (*Vault)(nil)
	_ keyring.Ring  = (*Vault)(nil)
)

// ErrSealed is what Open answers to everything that it does not open.
var ErrSealed = errors.New("a sealed value does not open: it was sealed for another purpose or under another keyset, or it is damaged")

var errNoPurpose = errors.New("sealing without a purpose")

// bindingVersion begins all associated data. A new form of binding gets a new version, so that no value opens under two forms.
const bindingVersion = "usher-1"

// Seal implements secret.Sealer. A purpose without a kind is an error.
func (v *Vault) Seal(_ context.Context, purpose secret.Purpose, value secret.Value) ([]byte, error) {
	if purpose.Kind == "" {
		return nil, errNoPurpose
	}
	now, _ := v.ring.current()
	sealed, err := now.aead.Encrypt([]byte(value.Reveal()), binding(purpose))
	if err != nil {
		return nil, fmt.Errorf("sealing a %s: %w", purpose.Kind, err)
	}
	return sealed, nil
}

// Open implements secret.Sealer; ErrSealed for all that Seal did not make for this purpose under a key of this keyset.
func (v *Vault) Open(_ context.Context, purpose secret.Purpose, sealed []byte) (secret.Value, error) {
	if purpose.Kind == "" {
		return secret.Value{}, errNoPurpose
	}
	now, before := v.ring.current()
	clear, err := now.aead.Decrypt(sealed, binding(purpose))
	if err != nil && before != nil {
		clear, err = before.aead.Decrypt(sealed, binding(purpose))
	}
	if err != nil {
		return secret.Value{}, ErrSealed
	}
	return secret.New(string(clear)), nil
}

// binding is the associated data of a purpose. Each part carries its length: no two purposes have the same binding, however their
// parts are cut.
func binding(p secret.Purpose) []byte {
	parts := append([]string{bindingVersion, p.Kind}, p.Bounds...)
	var bound []byte
	for _, part := range parts {
		bound = binary.AppendUvarint(bound, uint64(len(part)))
		bound = append(bound, part...)
	}
	return bound
}

// Format implements fmt.Formatter: no verb looks inside.
func (Vault) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("[vault]")) }

// LogValue implements slog.LogValuer.
func (Vault) LogValue() slog.Value { return slog.StringValue("[vault]") }
