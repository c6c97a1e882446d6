package vault

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/insecurecleartextkeyset"
	"github.com/tink-crypto/tink-go/v2/keyset"

	"usher/internal/core/fault"
	"usher/internal/core/keyring"
	"usher/internal/core/secret"
)

// A keyset is written as the base64 of Tink's binary keyset, on one line, in a file as in the environment. It holds any number of
// keys, of which one is primary and seals; Tink's own tools read and extend it. Behind it may stand when each key was made, as words
// that begin with #.

// maxFile bounds what is read of a keyset file: hundreds of keys.
const maxFile = 64 << 10

// New makes a keyset with one fresh key, as text for [FromText] or a file.
func New(now time.Time) (secret.Value, error) {
	// XChaCha20-Poly1305: its nonces are long enough to be random for as many secrets as there will ever be.
	handle, err := keyset.NewHandle(aead.XChaCha20Poly1305KeyTemplate())
	if err != nil {
		return secret.Value{}, fmt.Errorf("making a key: %w", err)
	}
	return textOf(handle, map[keyring.KeyID]time.Time{keyring.KeyID(handle.KeysetInfo().GetPrimaryKeyId()): now})
}

func textOf(handle *keyset.Handle, made map[keyring.KeyID]time.Time) (secret.Value, error) {
	var binary bytes.Buffer
	if err := insecurecleartextkeyset.Write(handle, keyset.NewBinaryWriter(&binary)); err != nil {
		return secret.Value{}, fmt.Errorf("writing a keyset: %w", err)
	}
	k := &keys{handle: handle, made: made}
	return secret.New(base64.StdEncoding.EncodeToString(binary.Bytes()) + string(k.notes())), nil
}

// FromText opens a vault with a keyset in base64; white space around and in it does not matter. fault.Invalid "keyset_unreadable" for
// anything else; the error holds nothing of the text.
func FromText(text secret.Value) (*Vault, error) {
	k, err := parse(text, "The keyset")
	if err != nil {
		return nil, err
	}
	return &Vault{ring: &ring{now: k}}, nil
}

func parse(text secret.Value, what string) (*keys, error) {
	unreadable := fault.New(fault.Invalid, "keyset_unreadable",
		what+" cannot be read: give it as it was made, one line of base64. If it is lost, what was sealed with it is lost too.")
	var encoded strings.Builder
	made := map[keyring.KeyID]time.Time{}
	for _, word := range strings.Fields(text.Reveal()) {
		if strings.HasPrefix(word, "#") {
			if !readNote(word, made) {
				return nil, unreadable
			}
			continue
		}
		encoded.WriteString(word)
	}
	binary, err := base64.StdEncoding.DecodeString(encoded.String())
	if err != nil {
		return nil, unreadable
	}
	handle, err := insecurecleartextkeyset.Read(keyset.NewBinaryReader(bytes.NewReader(binary)))
	if err != nil {
		return nil, unreadable // a parser's error may quote what it parsed
	}
	k, err := newKeys(handle, made)
	if err != nil {
		return nil, unreadable
	}
	return k, nil
}

// Load opens a vault with the keyset in a file that nobody but its owner may read. Faults, all Invalid: "keyset_missing",
// "keyset_mode" (others may read it), "keyset_path", "keyset_unreadable".
func Load(path string) (*Vault, error) {
	k, info, err := readFile(path)
	if err != nil {
		return nil, err
	}
	return &Vault{ring: &ring{path: path, now: k, seen: info}}, nil
}

func readFile(path string) (*keys, os.FileInfo, error) {
	file, err := os.Open(path) //nolint:gosec // the operator names it
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fault.New(fault.Invalid, "keyset_missing",
			fmt.Sprintf("There is no keyset file %s: restore it from your backup, or correct the path.", path)).Because(err)
	}
	if err != nil {
		return nil, nil, unopened(path, err)
	}
	defer func() { _ = file.Close() }() // only read
	info, err := file.Stat()
	if err != nil {
		return nil, nil, unopened(path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fault.New(fault.Invalid, "keyset_path", fmt.Sprintf("%s is not a file: give the path of the keyset file.", path))
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, nil, fault.New(fault.Invalid, "keyset_mode",
			fmt.Sprintf("Others than its owner may read or write the keyset file %s (its mode is %04o): run chmod 600 %s.", path, mode, path))
	}
	text, err := io.ReadAll(io.LimitReader(file, maxFile))
	if err != nil {
		return nil, nil, unopened(path, err)
	}
	k, err := parse(secret.New(string(text)), "The keyset in "+path)
	return k, info, err
}

func unopened(path string, err error) error {
	return fault.New(fault.Invalid, "keyset_path",
		fmt.Sprintf("The keyset file %s cannot be opened: give the user that runs Usher the right to read it.", path)).Because(err)
}

// LoadOrCreate is Load, but makes the file with a fresh keyset where there is none; created tells. Of several processes that start
// at once one makes it and all use it. Who has sealed values already must not call it: their keys are lost, not missing.
func LoadOrCreate(path string, now time.Time) (v *Vault, created bool, err error) {
	v, err = Load(path)
	if fault.CodeOf(err) != "keyset_missing" {
		return v, false, err
	}
	text, err := New(now)
	if err != nil {
		return nil, false, err
	}
	err = create(path, text)
	created = err == nil
	if err != nil && fault.CodeOf(err) != "keyset_exists" {
		return nil, false, err
	}
	v, err = Load(path)
	return v, created && err == nil, err
}

// create writes a keyset file that is not there yet. Faults: Conflict "keyset_exists", Invalid "keyset_path".
func create(path string, text secret.Value) error {
	err := write(path, text)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrExist):
		return fault.New(fault.Conflict, "keyset_exists", fmt.Sprintf("There is a keyset file %s already: it is left as it is.", path))
	default:
		return fault.New(fault.Invalid, "keyset_path",
			fmt.Sprintf("The keyset file %s cannot be made: give the user that runs Usher the right to write the folder %s.", path, filepath.Dir(path))).Because(err)
	}
}

// write makes the file whole or not at all, and never in place of another: fs.ErrExist.
func write(path string, text secret.Value) error {
	draft, err := os.CreateTemp(filepath.Dir(path), ".keyset-*") // mode 0600
	if err != nil {
		return fmt.Errorf("making a draft: %w", err)
	}
	defer func() { _ = os.Remove(draft.Name()) }() // what matters has its second name by then
	_, err = draft.WriteString(text.Reveal() + "\n")
	if err = errors.Join(err, draft.Sync(), draft.Close()); err != nil {
		return fmt.Errorf("writing the draft: %w", err)
	}
	if err := os.Link(draft.Name(), path); err != nil {
		return fmt.Errorf("naming the draft: %w", err)
	}
	return nil
}
