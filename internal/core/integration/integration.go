// Package integration is the heart of the product: a described HTTP request whose JSON answer gives values to placeholders.
// It holds the rules of an integration (what may be saved), of its request (what is sent) and of its answer (which value a
// path gives).
//
// It knows no HTTP client, no database and no Discord: the answer comes through [Fetcher], rows through [Store], clear secrets
// through [secret.Sealer].
package integration

import (
	"context"
	"time"

	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// ID is an integration's own id: 1 to 32 characters of [a-z0-9], made once, never used again.
type ID string

// Integration is what its author describes (I-1).
type Integration struct {
	ID           ID
	Owner        snowflake.User
	Name         string // 1 to 32 characters
	Description  string // 1 to 255 characters
	Logo         string // https URL, optional
	Privacy      string // https URL of the privacy policy, optional
	Method       Method
	URL          string // a template with request variables (I-3, I-6)
	Headers      []Header
	Secrets      []Secret
	Placeholders []Placeholder
	CacheSeconds int  // how long a good answer may be used again, 0 to MaxCacheSeconds; 0: not at all (I-14)
	Public       bool // listed for everybody; a public one never gets form answers (I-8)
	Created      time.Time
	Changed      time.Time
}

// Method is GET or POST.
type Method string

// The methods of a request (I-1).
const (
	GET  Method = "GET"
	POST Method = "POST"
)

// Header is one header of the request; its value is a template with request variables and often holds a key, so it is a secret.
type Header struct {
	Name  string
	Value secret.Value
}

// Secret is a value that every guild gives on activation (I-24).
type Secret struct {
	Name        string `json:"name"` // see I-2
	Description string `json:"description,omitempty"`
}

// Placeholder maps a name in templates to a place in the JSON answer (I-16).
type Placeholder struct {
	Name     string             `json:"name"` // see I-2
	Path     string             `json:"path"`
	Fallback string             `json:"fallback,omitempty"` // empty: N/A (I-20)
	Format   placeholder.Format `json:"format,omitempty"`   // empty: Text; Trusted is refused (I-22)
}

// Record is an integration as it is stored: header values are sealed.
type Record struct {
	Integration          // with no Headers
	Sealed      []Sealed // the headers, in order
	Signing     [][]byte // the sealed signing keys (I-13): the newest, then the one before while it is rotated; none before first use
}

// Sealed is a named value that only a secret.Sealer can open.
type Sealed struct {
	Name   string
	Sealed []byte
}

// Activation is an integration in use by a guild, with the guild's secret values.
type Activation struct {
	Guild   snowflake.Guild
	By      snowflake.User
	At      time.Time
	Record  Record
	Secrets []Sealed // one for each of Record.Secrets that the guild gave
}

// Store keeps integrations and activations.
type Store interface {
	// CreateIntegration writes a new integration; fault.Conflict "integration_limit" when the owner has limit of them already
	// (counted and written in one step).
	CreateIntegration(ctx context.Context, r Record, limit int) error
	// UpdateIntegration replaces all of an integration but its id, owner, creation time and signing keys; fault.NotFound for another
	// owner's.
	UpdateIntegration(ctx context.Context, r Record) error
	// SaveSigning writes an integration's sealed signing keys, at most two, if those that are stored are still was; fault.Conflict
	// "signing_changed" where they are not, or the integration is gone.
	SaveSigning(ctx context.Context, id ID, was, keys [][]byte) error
	// Integration gives one by id; fault.NotFound.
	Integration(ctx context.Context, id ID) (Record, error)
	// Owned lists a user's integrations by name.
	Owned(ctx context.Context, owner snowflake.User) ([]Record, error)
	// Activate writes the activation of a.Record.ID in a.Guild with its secrets; a second activation replaces the secrets and keeps
	// the first one's place in the order. fault.Conflict "activation_limit" when the guild has limit other ones already.
	Activate(ctx context.Context, a Activation, limit int) error
	// Deactivate ends it and destroys the guild's secrets (I-32); fault.NotFound.
	Deactivate(ctx context.Context, g snowflake.Guild, id ID) error
	// Active lists a guild's activations with all they need, in the order in which they were first activated (I-21).
	Active(ctx context.Context, g snowflake.Guild) ([]Activation, error)
}
