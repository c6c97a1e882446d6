package vault

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"usher/internal/core/fault"
	"usher/internal/core/keyring"
	"usher/internal/core/secret"
)

// Change is one step of a rotation. It gives the key that it was about. Errors are faults: NotFound "key_unknown", Conflict
// "key_primary" or "key_disabled".
type Change func(m *manager, k *keys) (keyring.KeyID, error)

type manager = keyset.Manager

// Add gives the keyset a fresh key that opens and does not yet seal, so that every process can learn of it before it is used.
func Add(now time.Time) Change {
	return func(m *manager, k *keys) (keyring.KeyID, error) {
		id, err := m.Add(aead.XChaCha20Poly1305KeyTemplate())
		if err != nil {
			return 0, fmt.Errorf("making a key: %w", err)
		}
		k.made[keyring.KeyID(id)] = now
		return keyring.KeyID(id), nil
	}
}

// Promote makes a key the one that seals. The others go on opening.
func Promote(id keyring.KeyID) Change {
	return func(m *manager, k *keys) (keyring.KeyID, error) {
		key, err := k.find(id)
		switch {
		case err != nil:
			return 0, err
		case key.State == keyring.Disabled:
			return 0, fault.New(fault.Conflict, "key_disabled", fmt.Sprintf("The key %s is disabled: enable it with Tink's tools, or add a fresh one.", id))
		}
		return id, m.SetPrimary(uint32(id))
	}
}

// Retire takes a key out of the keyset for good: what is sealed with it can never be opened again. That nothing is, the caller has seen.
func Retire(id keyring.KeyID) Change {
	return func(m *manager, k *keys) (keyring.KeyID, error) {
		key, err := k.find(id)
		switch {
		case err != nil:
			return 0, err
		case key.State == keyring.Primary:
			return 0, fault.New(fault.Conflict, "key_primary", fmt.Sprintf("The key %s is the one that seals: promote another first.", id))
		}
		delete(k.made, id)
		return id, m.Delete(uint32(id))
	}
}

func (k *keys) find(id keyring.KeyID) (keyring.Key, error) {
	for _, key := range k.list() {
		if key.ID == id {
			return key, nil
		}
	}
	return keyring.Key{}, fault.New(fault.NotFound, "key_unknown", fmt.Sprintf("The keyset has no key %s: run \"usher keys list\" to see those it has.", id))
}

// apply gives the text of the keyset after a change.
func (k *keys) apply(change Change) (secret.Value, keyring.KeyID, error) {
	manager := keyset.NewManagerFromHandle(k.handle)
	id, err := change(manager, k)
	if err != nil {
		return secret.Value{}, 0, err
	}
	handle, err := manager.Handle()
	if err != nil {
		return secret.Value{}, 0, fmt.Errorf("changing the keyset: %w", err)
	}
	text, err := textOf(handle, k.made)
	return text, id, err
}

// ChangeText gives the text of a keyset after a change; the errors are those of [FromText] and of the change.
func ChangeText(text secret.Value, change Change) (secret.Value, keyring.KeyID, error) {
	k, err := parse(text, "The keyset")
	if err != nil {
		return secret.Value{}, 0, err
	}
	return k.apply(change)
}

// ChangeFile changes the keyset in a file: whole or not at all, with the file's owner and mode kept. Programs that use the file see the
// change at once. Two changes at one moment must not be made; the errors are those of [Load] and of the change, and Conflict
// "keyset_changed" where another change was noticed.
func ChangeFile(path string, change Change) (keyring.KeyID, error) {
	k, info, err := readFile(path)
	if err != nil {
		return 0, err
	}
	text, id, err := k.apply(change)
	if err != nil {
		return 0, err
	}
	if err := replace(path, text, info); err != nil {
		return 0, err
	}
	return id, nil
}

// replace puts a keyset into the place of the one that was read as was.
func replace(path string, text secret.Value, was os.FileInfo) error {
	place, err := filepath.EvalSymlinks(path) // a rename would put a file in the place of a link
	if err != nil {
		return unopened(path, err)
	}
	draft, err := os.CreateTemp(filepath.Dir(place), ".keyset-*") // mode 0600
	if err != nil {
		return unchanged(path, err)
	}
	defer func() { _ = os.Remove(draft.Name()) }() // what matters has another name by then
	_, err = draft.WriteString(text.Reveal() + "\n")
	err = errors.Join(err, draft.Chmod(was.Mode().Perm()), keepOwner(draft, was), draft.Sync(), draft.Close())
	if err != nil {
		return unchanged(path, err)
	}
	if info, err := os.Stat(place); err != nil || !sameFile(info, was) {
		return fault.New(fault.Conflict, "keyset_changed", fmt.Sprintf("The keyset file %s was changed by somebody else at this moment: look at it and try again.", path))
	}
	if err := os.Rename(draft.Name(), place); err != nil {
		return unchanged(path, err)
	}
	return nil
}

func unchanged(path string, err error) error {
	return fault.New(fault.Invalid, "keyset_path",
		fmt.Sprintf("The keyset file %s cannot be replaced: run this as its owner, who must be allowed to write its folder.", path)).Because(err)
}

// Make makes a keyset file with a fresh key where there is none; Conflict "keyset_exists" where there is one.
func Make(path string, now time.Time) (keyring.KeyID, error) {
	text, err := New(now)
	if err != nil {
		return 0, err
	}
	if err := create(path, text); err != nil {
		return 0, err
	}
	v, err := Load(path)
	if err != nil {
		return 0, err
	}
	return v.Keys()[0].ID, nil
}

// notes writes when the keys of a keyset were made, in its order.
func (k *keys) notes() []byte {
	var b bytes.Buffer
	for _, key := range k.list() {
		if !key.Made.IsZero() {
			b.WriteString(" " + note(key.ID, key.Made))
		}
	}
	return b.Bytes()
}
