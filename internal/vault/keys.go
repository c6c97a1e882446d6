package vault

import (
	"encoding/binary"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/keyset"
	tinkpb "github.com/tink-crypto/tink-go/v2/proto/tink_go_proto"
	"github.com/tink-crypto/tink-go/v2/tink"

	"usher/internal/core/keyring"
)

// keys is a keyset ready for use, and when its keys were made as far as that is noted: Tink's own form has no place for it.
type keys struct {
	handle *keyset.Handle
	aead   tink.AEAD
	made   map[keyring.KeyID]time.Time
}

func newKeys(handle *keyset.Handle, made map[keyring.KeyID]time.Time) (*keys, error) {
	primitive, err := aead.New(handle)
	if err != nil {
		return nil, fmt.Errorf("using the keyset: %w", err)
	}
	return &keys{handle: handle, aead: primitive, made: made}, nil
}

// list describes the keys, in the order of the keyset.
func (k *keys) list() []keyring.Key {
	info := k.handle.KeysetInfo()
	all := make([]keyring.Key, 0, len(info.GetKeyInfo()))
	for _, one := range info.GetKeyInfo() {
		id := keyring.KeyID(one.GetKeyId())
		state := keyring.Disabled
		switch {
		case one.GetKeyId() == info.GetPrimaryKeyId():
			state = keyring.Primary
		case one.GetStatus() == tinkpb.KeyStatusType_ENABLED:
			state = keyring.Ready
		}
		all = append(all, keyring.Key{ID: id, State: state, Made: k.made[id]})
	}
	return all
}

// ring is the keyset in use. One from a file follows the file: an operator changes it while programs run.
type ring struct {
	path string // empty where the keys came as text

	mu  sync.Mutex
	now *keys
	// before is what the file held before its last change. What was read from the database a moment ago may be sealed with a key that
	// is no longer in the file.
	before *keys
	seen   os.FileInfo // of the file that now was read from
}

// current gives the keys to use, and those from before for opening, nil where there are none. A file that cannot be read just now
// changes nothing: work goes on with the keys that are known.
func (r *ring) current() (now, before *keys) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.path == "" {
		return r.now, nil
	}
	info, err := os.Stat(r.path)
	if err != nil || sameFile(info, r.seen) {
		return r.now, r.before
	}
	fresh, info, err := readFile(r.path)
	if err == nil {
		r.now, r.before, r.seen = fresh, r.now, info
	}
	return r.now, r.before
}

func sameFile(a, b os.FileInfo) bool {
	return os.SameFile(a, b) && a.ModTime().Equal(b.ModTime()) && a.Size() == b.Size()
}

// Keys describes the keys: the one that seals and those that only open.
func (v *Vault) Keys() []keyring.Key {
	now, _ := v.ring.current()
	return now.list()
}

// SealedWith gives the id of the key that a value was sealed with; false for what Seal did not make.
func (v *Vault) SealedWith(sealed []byte) (keyring.KeyID, bool) {
	const tinkPrefix = 1 // then the key's id, big-endian: https://developers.google.com/tink/wire-format
	if len(sealed) < 5 || sealed[0] != tinkPrefix {
		return 0, false
	}
	return keyring.KeyID(binary.BigEndian.Uint32(sealed[1:])), true
}

// note is how the text of a keyset says when a key was made: a word of its own behind the base64.
func note(id keyring.KeyID, made time.Time) string {
	return fmt.Sprintf("#%s=%s", id, made.UTC().Format(time.RFC3339))
}

// readNote reads what note wrote; false for anything else.
func readNote(word string, made map[keyring.KeyID]time.Time) bool {
	key, moment, _ := strings.Cut(strings.TrimPrefix(word, "#"), "=")
	id, errID := keyring.ParseKeyID(key)
	at, errAt := time.Parse(time.RFC3339, moment)
	if errID != nil || errAt != nil {
		return false
	}
	made[id] = at
	return true
}
