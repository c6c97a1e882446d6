// Package integration is the heart of the product: a described HTTP request whose JSON answer gives values to placeholders.
// It holds the rules of an integration (what may be saved), of its request (what is sent) and of its answer (which value a
// path gives).
//
// It knows no HTTP client, no database and no Discord: the answer comes through [Fetcher], rows through [Store], [Activations] and [Listing], clear secrets
// through [secret.Sealer].
package integration

import (
	"time"

	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// ID is an integration's own id: 1 to 32 characters of [a-z0-9], made once, never used again.
type ID string

// Integration is what its author describes (I-1). Method, URL, Validation, Headers and Secrets are its request: of them it has numbered
// revisions (I-30). The rest is its identity, which changes at once and for everybody.
type Integration struct {
	ID           ID
	Owner        snowflake.User
	Name         string // 1 to 32 characters
	Description  string // 1 to 255 characters
	Logo         string // https URL, optional
	LogoHash     string // by which the kept picture of Logo is served (I-42); empty where there is none
	Privacy      string // https URL of the privacy policy, optional
	Method       Method
	URL          string // a template with request variables (I-3, I-6)
	Validation   string // https URL that judges a guild's secrets before they are saved (I-26), optional
	Headers      []Header
	Secrets      []Secret
	Placeholders []Placeholder
	CacheSeconds int // how long a good answer may be used again, 0 to MaxCacheSeconds; 0: not at all (I-14)
	// Public says that it is listed for everybody; a public one never gets form answers (I-8). In an Activation it is also true where
	// the revision in use was once approved, whatever became of the integration since.
	Public  bool
	Version int64 // 1, 2, 3… counts every change, so that an edit of what has changed since is told
	Created time.Time
	Changed time.Time
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
	Sample   string             `json:"sample,omitempty"`   // a value as its author shows it to everybody, see Example; one line
}

// Record is an integration as it is stored, with the request of one revision: header values are sealed.
type Record struct {
	Integration          // with no Headers
	Revision    Revision // of the request above
	Newest      int64    // number of the newest revision: the one that its author edits
	Live        int64    // number of the revision that new activations get
	Guilds      int64    // in how many guilds it is active; not counted in an Activation
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
	Slug    string   // %slug.name% is always this integration's here (I-21); the store gives it, by FreeSlug
	Version int64    // counts what was done to it
	Record  Record   // with the request of the revision that this guild uses
	Secrets []Sealed // one for each of Record.Secrets that the guild gave
}
