package account

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Scope is what a key may be used for. A key never may more than the person who made it.
type Scope string

// The scopes.
const (
	Read         Scope = "read"         // see what the person may see
	Write        Scope = "write"        // change servers: settings, panels, forms, tags, tickets
	Integrations Scope = "integrations" // make and change the person's integrations, and switch integrations on and off in servers
	Operate      Scope = "operate"      // the work of an instance's operator, for operators alone
)

// Scopes lists all scopes.
func Scopes() []Scope { return []Scope{Read, Write, Integrations, Operate} }

// Limits of keys.
const (
	KeyPrefix  = "usk_" // every key begins so, that it is recognised where it leaks
	MaxKeys    = 25     // of one person
	MaxKeyName = 64     // characters
	MaxKeyLife = 366 * 24 * time.Hour
)

// Key lets a program act for a person.
type Key struct {
	ID      string // for lists and revoking; opens nothing
	User    snowflake.User
	Name    string // 1 to MaxKeyName characters
	Scopes  []Scope
	Guild   snowflake.Guild // zero: all servers of the person
	Created time.Time
	Expires time.Time
	Used    time.Time // last use, to the minute; zero: never
}

// May reports whether the key has a scope.
func (k Key) May(s Scope) bool { return slices.Contains(k.Scopes, s) }

// KeyRecord is a key as it is stored.
type KeyRecord struct {
	Key
	Hash []byte // SHA-256 of the token
}

// KeyStore keeps keys.
type KeyStore interface {
	// CreateKey writes a new one with what is recorded of it; fault.Conflict "key_limit" when the user has limit of them.
	CreateKey(ctx context.Context, r KeyRecord, limit int, e audit.Entry) error
	// KeyByHash gives the key of a token; fault.NotFound.
	KeyByHash(ctx context.Context, hash []byte) (Key, error)
	// TouchKey notes that it was used. One that is gone stays gone, and that is no error.
	TouchKey(ctx context.Context, id string, at time.Time) error
	// KeysOf lists a user's keys, the newest first.
	KeysOf(ctx context.Context, user snowflake.User) ([]Key, error)
	// DeleteKey removes one of the user's with what is recorded of it; fault.NotFound.
	DeleteKey(ctx context.Context, user snowflake.User, id string, e audit.Entry) error
}

// Keyring is the rule of keys.
type Keyring struct {
	Store  KeyStore
	Random io.Reader
	Now    func() time.Time
}

// Check tells everything that is wrong with a key to be made at now, as one Invalid fault.
func (k Key) Check(now time.Time, operator bool) error {
	var c fault.Checks
	n := utf8.RuneCountInString(strings.TrimSpace(k.Name))
	c.Require(n >= 1 && n <= MaxKeyName, "name", fmt.Sprintf("Give a name of 1 to %d characters, such as the program that will use the key.", MaxKeyName))
	placeholder.CheckName(&c, "name", k.Name)
	c.Require(len(k.Scopes) > 0, "scopes", "Choose at least one scope.")
	for i, s := range k.Scopes {
		path := fmt.Sprintf("scopes[%d]", i)
		c.Require(slices.Contains(Scopes(), s), path, "Choose read, write, integrations or operate.")
		c.Require(!slices.Contains(k.Scopes[:i], s), path, "Name each scope once.")
		c.Require(s != Operate || operator, path, "Only operators of this instance can make keys that operate it.")
		c.Require(s != Operate || k.Guild.IsZero(), path, "A key for one server cannot operate the instance.")
	}
	c.Require(k.Expires.After(now) && !k.Expires.After(now.Add(MaxKeyLife)), "expires", "Give a moment in the future, at most a year from now.")
	return c.Err("key_invalid", "This key cannot be made.")
}

// Create makes a key of the caller and gives its token, which is never shown again. Errors: Invalid with fields; Conflict "key_limit".
func (r *Keyring) Create(ctx context.Context, by Caller, k Key) (Key, secret.Value, error) {
	now := r.Now()
	if err := k.Check(now, by.Operator); err != nil {
		return Key{}, secret.Value{}, err
	}
	id, err := randomText(r.Random, 12)
	if err != nil {
		return Key{}, secret.Value{}, err
	}
	token, err := newToken(r.Random, KeyPrefix)
	if err != nil {
		return Key{}, secret.Value{}, err
	}
	k.ID, k.User, k.Created, k.Used, k.Name = id, by.Person.ID, now, time.Time{}, strings.TrimSpace(k.Name)
	e := r.entry(by, k, audit.APIKeyCreated)
	e.Detail = audit.Changed("scopes", "", join(k.Scopes))
	if err := r.Store.CreateKey(ctx, KeyRecord{Key: k, Hash: hashOf(token)}, MaxKeys, e); err != nil {
		return Key{}, secret.Value{}, fmt.Errorf("making a key: %w", err)
	}
	return k, token, nil
}

// Key gives the key of a token and notes that it was used. Errors: Forbidden "signed_out".
func (r *Keyring) Key(ctx context.Context, token secret.Value) (Key, error) {
	k, err := r.Store.KeyByHash(ctx, hashOf(token))
	now := r.Now()
	if fault.KindOf(err) == fault.NotFound || err == nil && !now.Before(k.Expires) {
		return Key{}, fault.New(fault.Forbidden, CodeSignedOut, "This API key is unknown, was revoked or has expired. Make another one.")
	}
	if err != nil {
		return Key{}, fmt.Errorf("looking for a key: %w", err)
	}
	if now.Sub(k.Used) >= seenEvery {
		if err := r.Store.TouchKey(ctx, k.ID, now); err != nil {
			return Key{}, fmt.Errorf("noting that a key was used: %w", err)
		}
		k.Used = now
	}
	return k, nil
}

// Keys lists a person's keys, the newest first, those that have expired too.
func (r *Keyring) Keys(ctx context.Context, user snowflake.User) ([]Key, error) {
	all, err := r.Store.KeysOf(ctx, user)
	if err != nil {
		return nil, fmt.Errorf("listing keys: %w", err)
	}
	return all, nil
}

// Revoke ends one of the caller's keys at once. Errors: NotFound.
func (r *Keyring) Revoke(ctx context.Context, by Caller, id string) error {
	all, err := r.Keys(ctx, by.Person.ID)
	if err != nil {
		return err
	}
	k := Key{ID: id}
	if at := slices.IndexFunc(all, func(k Key) bool { return k.ID == id }); at >= 0 {
		k = all[at]
	}
	if err := r.Store.DeleteKey(ctx, by.Person.ID, id, r.entry(by, k, audit.APIKeyRevoked)); err != nil {
		return fmt.Errorf("revoking a key: %w", err)
	}
	return nil
}

func (r *Keyring) entry(by Caller, k Key, action audit.Action) audit.Entry {
	return audit.Entry{Actor: by.Actor(), At: r.Now(), Action: action, Target: k.ID, Name: k.Name}
}

func join(scopes []Scope) string {
	texts := make([]string, len(scopes))
	for i, s := range scopes {
		texts[i] = string(s)
	}
	return strings.Join(texts, ", ")
}
