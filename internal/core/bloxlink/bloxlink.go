// Package bloxlink is the built-in source of Roblox values (I-37): which Roblox account belongs to a Discord user, and what Roblox says
// of it. It is on in every guild; all it needs is a key of Bloxlink's, the guild's own or the operator's.
//
// It knows no HTTP client and no database: answers come through [Fetcher], a guild's key is kept by [Store].
package bloxlink

import (
	"context"
	"log/slog"
	"slices"
	"strings"
	"time"

	"usher/internal/core/audit"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Slug is what stands before the dot of the unambiguous names: %bloxlink.roblox_id% (I-21).
const Slug = "bloxlink"

// The placeholders (I-37).
const (
	username       = "roblox_username"
	robloxID       = "roblox_id"
	displayName    = "roblox_display_name"
	profileURL     = "roblox_profile_url"
	accountAge     = "roblox_account_age"     // "3 years ago"
	accountCreated = "roblox_account_created" // a date
)

// Names are the placeholders, by their plain names.
func Names() []string {
	return []string{username, robloxID, displayName, profileURL, accountAge, accountCreated}
}

// Wanted picks those of folded names that this source gives, plain or unambiguous.
func Wanted(names []string) []string {
	var wanted []string
	for _, name := range names {
		if slices.Contains(Names(), strings.TrimPrefix(name, Slug+".")) {
			wanted = append(wanted, name)
		}
	}
	return wanted
}

// Request is a GET of JSON.
type Request struct {
	Guild snowflake.Guild // for whom
	URL   string
	Key   secret.Value // sent as Authorization; empty: none is sent
}

// Answer is a whole answer of any status.
type Answer struct {
	Status     int
	Body       []byte
	RetryAfter time.Duration // zero where it was not said
}

// Fetcher goes out through the guarded way. An error is that there was no answer; it holds no key.
type Fetcher interface {
	Get(ctx context.Context, r Request) (Answer, error)
}

// Store keeps the guilds' own keys, sealed.
type Store interface {
	// BloxlinkKey gives a guild's sealed key; fault.NotFound "bloxlink_key_not_found".
	BloxlinkKey(ctx context.Context, g snowflake.Guild) ([]byte, error)
	// SaveBloxlinkKey writes or replaces it.
	SaveBloxlinkKey(ctx context.Context, g snowflake.Guild, sealed []byte, entries ...audit.Entry) error
	// DeleteBloxlinkKey destroys it; fault.NotFound "bloxlink_key_not_found".
	DeleteBloxlinkKey(ctx context.Context, g snowflake.Guild, entries ...audit.Entry) error
}

// Addresses are where the two services are, without a slash at the end. The zero value is the real ones; tests have their own.
type Addresses struct {
	Bloxlink string
	Roblox   string
}

// Parts are what a Source works with. All but Operator and Addresses are needed.
type Parts struct {
	Fetcher   Fetcher
	Store     Store
	Sealer    secret.Sealer
	Operator  secret.Value // the operator's key; empty: there is none
	Addresses Addresses
	Now       func() time.Time
	Log       *slog.Logger
}

// How long and how much is remembered. An account takes less than 1 KiB.
const (
	accountLife  = 24 * time.Hour // of an account, and of "not linked" (I-37)
	accountCount = 20_000
	troubleCount = 10_000
)

// Source gives the values. It is safe for concurrent use.
type Source struct {
	parts    Parts
	accounts *shelf[asked, account]
	profiles *shelf[string, account] // by Roblox id
	troubles *shelf[keyOf, Trouble]
}

// asked is what an account was asked for: the guild is zero where the operator's key was used, whose answers hold everywhere.
type asked struct {
	guild snowflake.Guild
	user  snowflake.User
}

// account is what is known of a Discord user.
type account struct {
	id      string // of Roblox, in decimal digits; empty: not linked
	name    string // empty: Roblox has no such account any more
	display string
	created time.Time
}

// New makes a source.
func New(p Parts) *Source {
	if p.Addresses.Bloxlink == "" {
		p.Addresses.Bloxlink = "https://api.blox.link"
	}
	if p.Addresses.Roblox == "" {
		p.Addresses.Roblox = "https://users.roblox.com"
	}
	return &Source{
		parts: p, accounts: newShelf[asked, account](accountCount, p.Now), profiles: newShelf[string, account](accountCount, p.Now),
		troubles: newShelf[keyOf, Trouble](troubleCount, p.Now),
	}
}

// values are the placeholders of an account.
func (a account) values() map[string]placeholder.Value {
	values := missing()
	if a.id == "" {
		return values
	}
	values[robloxID] = placeholder.Value{Text: a.id}
	values[profileURL] = placeholder.Value{Text: "https://www.roblox.com/users/" + a.id + "/profile", Format: placeholder.URL}
	if a.name == "" {
		return values
	}
	values[username], values[displayName] = placeholder.Value{Text: a.name}, placeholder.Value{Text: a.display}
	if !a.created.IsZero() {
		values[accountAge] = placeholder.Value{Text: a.created.Format(time.RFC3339), Format: placeholder.Timestamp}
		values[accountCreated] = placeholder.Value{Text: a.created.Format(time.DateOnly)}
	}
	return values
}

func missing() map[string]placeholder.Value {
	values := map[string]placeholder.Value{}
	for _, name := range Names() {
		values[name] = placeholder.Value{Missing: true}
	}
	return values
}
