package bloxlink

import (
	"context"
	"fmt"
	"strings"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/keyring"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// maxKey is how long a key may be, in bytes; Bloxlink's are UUIDs.
const maxKey = 255

// KeySource says whose key a guild is served with.
type KeySource string

// The sources.
const (
	NoKeyAtAll   KeySource = "none"
	OperatorsKey KeySource = "operator"
	GuildsKey    KeySource = "guild"
)

// Status is how a guild is served.
type Status struct {
	Key     KeySource
	Trouble *Trouble // nil: nothing is known to be wrong
}

// Status says whose key a guild is served with and what is wrong, as far as this process has seen: why placeholders show their fallback.
func (s *Source) Status(ctx context.Context, g snowflake.Guild) (Status, error) {
	status := Status{Key: GuildsKey}
	of := keyOf{guild: g}
	_, err := s.parts.Store.BloxlinkKey(ctx, g)
	switch {
	case err == nil:
	case fault.KindOf(err) != fault.NotFound:
		return Status{}, fmt.Errorf("reading the Bloxlink key of guild %s: %w", g, err)
	case s.parts.Operator.Empty():
		none := trouble(NoKey)
		return Status{Key: NoKeyAtAll, Trouble: &none}, nil
	default:
		status.Key, of = OperatorsKey, keyOf{}
	}
	for _, one := range []keyOf{of, {roblox: true}} {
		if t, ok := s.troubles.get(one); ok {
			status.Trouble = &t
			break
		}
	}
	return status, nil
}

// SetKey gives a guild a key of its own, in place of the one before; it is kept only if Bloxlink takes it, and can never be read back. by
// must have the right to manage the guild; that is the caller's to check. Errors: Invalid with the field "key"; Unavailable
// "bloxlink_unavailable" when Bloxlink could not be asked.
func (s *Source) SetKey(ctx context.Context, g snowflake.Guild, by audit.Actor, key secret.Value) error {
	if err := checkKey(key); err != nil {
		return err
	}
	url := s.parts.Addresses.Bloxlink + "/v4/public/guilds/" + g.String() + "/discord-to-roblox/" + by.User.String()
	answer, err := s.parts.Fetcher.Get(ctx, Request{Guild: g, URL: url, Key: key})
	switch {
	case err == nil && (answer.Status == statusUnauthorized || answer.Status == statusForbidden):
		return invalidKey("Bloxlink does not accept this key for this server. Make one at https://blox.link/dashboard/user/developer.")
	case err != nil || answer.Status != statusNotFound && (answer.Status < 200 || answer.Status > 299):
		return fault.New(fault.Unavailable, "bloxlink_unavailable", "Bloxlink could not be asked whether the key is right, so it was not saved. Try again in a minute.").Because(err)
	}
	sealed, err := s.parts.Sealer.Seal(ctx, keyPurpose(g), key)
	if err != nil {
		return fmt.Errorf("sealing a Bloxlink key: %w", err)
	}
	if err := s.parts.Store.SaveBloxlinkKey(ctx, g, sealed, s.entry(g, by, audit.BloxlinkKeySet)); err != nil {
		return fmt.Errorf("saving a Bloxlink key: %w", err)
	}
	s.troubles.drop(keyOf{guild: g})
	return nil
}

// RemoveKey destroys a guild's own key. Errors: NotFound "bloxlink_key_not_found".
func (s *Source) RemoveKey(ctx context.Context, g snowflake.Guild, by audit.Actor) error {
	if err := s.parts.Store.DeleteBloxlinkKey(ctx, g, s.entry(g, by, audit.BloxlinkKeyRemoved)); err != nil {
		return fmt.Errorf("removing a Bloxlink key: %w", err)
	}
	s.troubles.drop(keyOf{guild: g})
	return nil
}

func (s *Source) entry(g snowflake.Guild, by audit.Actor, action audit.Action) audit.Entry {
	return audit.Entry{Guild: g, Actor: by, At: s.parts.Now(), Action: action, Target: Slug, Name: "Bloxlink"}
}

func checkKey(key secret.Value) error {
	text := key.Reveal()
	outside := func(r rune) bool { return r <= ' ' || r > '~' }
	if text == "" || len(text) > maxKey || strings.ContainsFunc(text, outside) {
		return invalidKey("Give the key as Bloxlink shows it, without spaces.")
	}
	return nil
}

func invalidKey(text string) error {
	var c fault.Checks
	c.Add("key", text)
	return c.Err("bloxlink_key_invalid", "The Bloxlink key cannot be saved.")
}

// keyPurpose binds a key to its guild.
func keyPurpose(g snowflake.Guild) secret.Purpose {
	return secret.Purpose{Kind: "bloxlink_key", Bounds: []string{g.String()}}
}

// SealedPurposes tells what the sealed values of this package are bound to, for their rotation. The bound of a "bloxlink_key" is its guild.
func SealedPurposes() keyring.Purposes {
	return keyring.Purposes{"bloxlink_key": func(bounds []string) (secret.Purpose, error) {
		if len(bounds) != 1 {
			return secret.Purpose{}, fmt.Errorf("%d bounds of a Bloxlink key, want 1", len(bounds))
		}
		g, err := snowflake.Parse[snowflake.Guild](bounds[0])
		if err != nil {
			return secret.Purpose{}, fmt.Errorf("reading a guild's id: %w", err)
		}
		return keyPurpose(g), nil
	}}
}
