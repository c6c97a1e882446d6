// Package account is who asks: people who signed in with Discord, the sessions of their browsers, the keys they gave to programs, and
// which servers they may manage.
//
// It knows no HTTP and no cookie: [SignIn] hands out tokens and takes them back. It never keeps a token that it handed out, only its
// SHA-256, so whoever reads the database cannot sign in with it.
package account

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"time"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Person is a Discord user, as Discord told us on signing in.
type Person struct {
	ID     snowflake.User
	Name   string // the unique user name
	Shown  string // the name that others see; the user name where there is none
	Avatar string // the picture's hash; empty: Discord's default picture
}

// Grant is what Discord gives for a person who signed in: a token that reads who they are and in which servers, and nothing else.
type Grant struct {
	Token   secret.Value
	Expires time.Time
}

// Guild is a server of a person, as Discord lists it.
// https://discord.com/developers/docs/resources/user#get-current-user-guilds
type Guild struct {
	ID          snowflake.Guild
	Name        string
	Icon        string // the picture's hash; empty: none
	Owner       bool
	Permissions uint64 // the person's own in the whole server
}

// Permissions that let somebody manage a server, and so Usher in it.
// https://discord.com/developers/docs/topics/permissions#permissions-bitwise-permission-flags
const (
	PermissionAdministrator uint64 = 1 << 3
	PermissionManageGuild   uint64 = 1 << 5
)

// Manages reports whether the person may manage the server.
func (g Guild) Manages() bool {
	return g.Owner || g.Permissions&(PermissionAdministrator|PermissionManageGuild) != 0
}

// Identity is Discord's sign-in (OAuth2 with PKCE).
// https://discord.com/developers/docs/topics/oauth2#authorization-code-grant
type Identity interface {
	// AuthorizeURL is where a browser is sent to ask the person; Discord sends it back to redirect with state and a code.
	AuthorizeURL(redirect, state, verifier string) string
	// Exchange gives the grant for a code. Errors: fault.Invalid "code_refused"; Unavailable.
	Exchange(ctx context.Context, redirect, code, verifier string) (Grant, error)
	// Me tells who the grant is of. Errors: fault.Forbidden "signed_out" when the grant has ended; Unavailable.
	Me(ctx context.Context, token secret.Value) (Person, error)
	// Guilds lists all servers of the person. Errors: those of Me.
	Guilds(ctx context.Context, token secret.Value) ([]Guild, error)
	// Revoke ends all grants of the person that the token is one of. Errors: Unavailable.
	Revoke(ctx context.Context, token secret.Value) error
}

// Presence is what our own bot sees.
type Presence interface {
	// Here reports whether the bot is in a server.
	Here(g snowflake.Guild) bool
	// MayManage reports whether a user is a member of the server and may manage it; false, too, where the bot is not there.
	// Errors: Unavailable.
	MayManage(ctx context.Context, g snowflake.Guild, user snowflake.User) (bool, error)
	// InviteURL is where a person adds the bot to a server.
	InviteURL(g snowflake.Guild) string
}

// Caller is who asks. The zero value is a stranger.
type Caller struct {
	Person   Person   // with a key: the id alone
	Session  *Session // where a browser asks
	Key      *Key     // where a program asks
	Operator bool     // of this instance
}

// Known reports whether this is no stranger.
func (c Caller) Known() bool { return c.Session != nil || c.Key != nil }

// Actor is the caller in the record of changes. Who is neither at a browser nor a program with a key runs the instance.
func (c Caller) Actor() audit.Actor {
	switch {
	case c.Key != nil:
		return audit.Actor{User: c.Person.ID, Via: audit.APIKey, Key: c.Key.Name}
	case c.Session != nil:
		return audit.Actor{User: c.Person.ID, Via: audit.Dashboard}
	default:
		return audit.Actor{User: c.Person.ID, Via: audit.SetupFile}
	}
}

// CodeSignedOut is the code of the fault.Forbidden that asks to sign in (again).
const CodeSignedOut = "signed_out"

// errSignedOut answers whoever has no valid token.
func errSignedOut() *fault.Error {
	return fault.New(fault.Forbidden, CodeSignedOut, "You are not signed in, or no longer. Please sign in.")
}

// tokenBytes is the length of the random part of every token: 256 bits.
const tokenBytes = 32

// newToken gives a random token that begins with prefix, in characters that need no quoting anywhere.
func newToken(random io.Reader, prefix string) (secret.Value, error) {
	text, err := randomText(random, tokenBytes)
	if err != nil {
		return secret.Value{}, err
	}
	return secret.New(prefix + text), nil
}

// randomText is n random bytes in base64url.
func randomText(random io.Reader, n int) (string, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("making a random text: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(b), nil
}

// hashOf is how a token is known in the database. The token is random in full, so a plain hash is enough.
func hashOf(token secret.Value) []byte {
	sum := sha256.Sum256([]byte(token.Reveal()))
	return sum[:]
}

// seenEvery is how often the moment of last use is written at most.
const seenEvery = time.Minute
