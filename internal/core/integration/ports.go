package integration

import (
	"context"

	"usher/internal/core/audit"
	"usher/internal/core/requesttemplate"
	"usher/internal/core/snowflake"
)

// Store keeps integrations and the revisions of their requests. Entries of the audit log are written with the change or not at all.
type Store interface {
	// CreateIntegration writes a new integration with its first revision; fault.Conflict "integration_limit" when the owner has limit
	// of them already (counted and written in one step), "integration_exists" when the id is taken or was, by one that is deleted.
	CreateIntegration(ctx context.Context, r Record, limit int, told ...audit.Entry) error
	// SaveIntegration makes one change and gives the guilds in which the integration is active. fault.Conflict "integration_changed"
	// when it is gone or no longer the version that was read: then nothing of the change is written.
	SaveIntegration(ctx context.Context, e Edit) ([]snowflake.Guild, error)
	// DeleteIntegration ends all activations and destroys all secrets, header values and keys (I-31); it gives the guilds that had it.
	// Each of them gets the entry gone, with its own id in place of Guild. fault.NotFound for another owner's.
	DeleteIntegration(ctx context.Context, owner snowflake.User, id ID, gone audit.Entry, told ...audit.Entry) ([]snowflake.Guild, error)
	// SaveSigning writes an integration's sealed signing keys, at most two, if those that are stored are still was; fault.Conflict
	// "signing_changed" where they are not, or the integration is gone.
	SaveSigning(ctx context.Context, id ID, was, keys [][]byte, told ...audit.Entry) error
	// Integration gives one by id, with the request of its newest revision; fault.NotFound.
	Integration(ctx context.Context, id ID) (Record, error)
	// Revision gives one with the request of a revision; fault.NotFound. Header values of a revision that nobody needs are gone: see
	// [Edit].
	Revision(ctx context.Context, id ID, number int64) (Record, error)
	// Revisions gives one with each of the revisions that are kept, the newest first, with the names of its headers and without their
	// values; Guilds counts those that use that revision. None is no error.
	Revisions(ctx context.Context, id ID) ([]Record, error)
	// InUse lists the numbers of the revisions that guilds use, in order.
	InUse(ctx context.Context, id ID) ([]int64, error)
}

// Edit is one change of an integration, written whole or not at all.
//
// Whatever the change, the store then destroys the header values of the revisions that are neither the newest nor the live nor the last
// approved one and in no guild's use, and forgets all but the last KeptRevisions of those.
type Edit struct {
	// Record is the integration as it shall be. Its Version is that of the record that was read; the store writes one more. Its owner,
	// creation and signing keys are not written.
	Record Record
	// New says that Record's request is a new revision, the newest. Those before it that were not approved become Superseded. Else only
	// what Revision says of its state is written, to the revision of its number.
	New bool
	// Move lists revisions whose guilds go on with the live revision, without being asked. The store moves only guilds that may use
	// it: an approved one all, another one those where the owner activated it. A moved guild keeps the values of the secrets that the
	// live revision declares; the others are destroyed.
	Move []int64
	// Moved is the entry that each moved guild gets, with its own id in place of Guild.
	Moved audit.Entry
	// End ends the activations of all guilds but those where the owner activated it, and destroys their secrets; each gets the entry Ended.
	End   bool
	Ended audit.Entry
	Told  []audit.Entry
}

// KeptRevisions is how many revisions that nobody uses are remembered of one integration, as a history without header values.
const KeptRevisions = 20

// Activations keeps which integrations are active where, with the guilds' secret values.
type Activations interface {
	// Activate writes the activation of revision a.Record.Revision of a.Record.ID in a.Guild with its secrets. A second activation
	// replaces the first one's revision and secrets and keeps its place in the order and its slug, which the first one gets by FreeSlug. fault.NotFound "integration_not_found" when the
	// integration is gone, or is not public and a.By not its owner; fault.Conflict "integration_changed" when the revision is not the
	// live one, "activation_limit" when the guild has limit other ones already.
	Activate(ctx context.Context, a Activation, limit int, told ...audit.Entry) error
	// ReplaceSecrets writes a.Secrets in place of those of the activation that was read: fault.Conflict "activation_changed" when it
	// is gone, or has another version or revision by now.
	ReplaceSecrets(ctx context.Context, a Activation, told ...audit.Entry) error
	// Deactivate ends it and destroys the guild's secrets (I-32); fault.NotFound.
	Deactivate(ctx context.Context, g snowflake.Guild, id ID, told ...audit.Entry) error
	// Active lists a guild's activations with all they need, in the order in which they were first activated (I-21).
	Active(ctx context.Context, g snowflake.Guild) ([]Activation, error)
	// Guilds lists where an integration is active.
	Guilds(ctx context.Context, id ID) ([]snowflake.Guild, error)
}

// Listing reads integrations in pages. Records have no header values.
type Listing interface {
	// Owned lists all of a user's integrations by name, with their newest revisions and header values.
	Owned(ctx context.Context, owner snowflake.User) ([]Record, error)
	// OwnedPage lists a user's integrations by name, with their newest revisions.
	OwnedPage(ctx context.Context, owner snowflake.User, q Query) (Page[Record], error)
	// PublicPage lists the public integrations by name, with their live revisions.
	PublicPage(ctx context.Context, q Query) (Page[Record], error)
	// LogosInUse gives those of some hashes, at most MaxHashes, that are the LogoHash of an integration.
	LogosInUse(ctx context.Context, hashes []string) ([]string, error)
	// PendingPage lists the integrations whose newest revision waits for the operator, with that revision, the longest waiting first.
	PendingPage(ctx context.Context, q Query) (Page[Record], error)
	// PendingCount counts them.
	PendingCount(ctx context.Context) (int64, error)
}

// MaxHashes is for how many logos one may ask at once.
const MaxHashes = 200

// Query asks for a page of a list.
type Query struct {
	Search string // words that name or description hold, in whatever case; empty: all
	After  string // Next of the page before; empty: the first page. What is none is fault.Invalid "page_invalid"
	Limit  int    // 1 to MaxPage
}

// MaxPage is the size of the largest page.
const MaxPage = 100

// Page is a part of a list.
type Page[T any] struct {
	Items []T
	Next  string // the Query.After of the next page; empty where there is none
}

// Guard is the way out's judgement of where requests go, before anything is sent.
type Guard interface {
	// CheckTarget judges a URL. confidential says that a secret or a header value goes along. The error is an Invalid fault.
	CheckTarget(t requesttemplate.Template, confidential bool) error
	// CheckReach judges what CheckTarget let pass by what is known of the URL's host, for the moment in which it is saved. It may take
	// some seconds. The error is an Invalid fault, or that of ctx.
	CheckReach(ctx context.Context, t requesttemplate.Template, confidential bool) error
	// SameSite reports whether two hosts are one registrable domain by the public suffix list, or one address (I-4).
	SameSite(a, b requesttemplate.Host) bool
}

// Logos fetches and keeps the pictures of integrations (I-42).
type Logos interface {
	// Keep fetches the picture at url for key and gives the hash by which it is served. The error is an Invalid fault with the field
	// "logo", or Unavailable.
	Keep(ctx context.Context, key, url string) (string, error)
}
