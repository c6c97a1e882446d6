package integration

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// Catalog is where integrations are written down, changed, published and switched on: the rules behind every door (dashboard, API,
// set-up file). Whether somebody may manage a guild, or is the instance's operator, is the caller's to check.
type Catalog struct {
	Store       Store
	Activations Activations
	Listing     Listing
	Sealer      secret.Sealer
	Signer      *Signer
	Fetcher     Fetcher // for the validation of secrets (I-26)
	Guard       Guard
	Logos       Logos // nil: logos are not fetched
	Limits      Limits
	BuiltIn     []string // the placeholders that every message knows, by their unambiguous names such as ticket.username
	NewID       func() ID
	Now         func() time.Time
	Changed     func(g snowflake.Guild) // told after what a guild's activations use has changed
}

// Own is an integration as its author sees it: with the newest revision of its request and clear header values.
type Own struct {
	Integration
	Revision Revision
	Live     int64 // number of the revision that new activations get; another than Revision.Number while that one is not approved
	Guilds   int64
}

// Create saves a new integration of by.User, private as all are at first (I-28). Its id, version and times are given here.
// Errors: Invalid with fields; Conflict "integration_limit"; Unavailable "logo_unavailable"; Limited "logo_busy".
func (c *Catalog) Create(ctx context.Context, by audit.Actor, i Integration) (Own, error) {
	i.Owner = by.User
	i = i.tidied()
	if err := i.Check(c.Limits, c.Guard); err != nil {
		return Own{}, err
	}
	if err := c.checkReach(ctx, i); err != nil {
		return Own{}, err
	}
	i.ID, i.Public, i.Version, i.Created = c.NewID(), false, 1, c.Now()
	i.Changed = i.Created
	if err := c.keepLogo(ctx, &i, Integration{}); err != nil {
		return Own{}, err
	}
	record := Record{Integration: i, Revision: Revision{Number: 1, State: Draft, By: by.User, At: i.Created}, Newest: 1, Live: 1}
	if err := c.seal(ctx, &record); err != nil {
		return Own{}, err
	}
	key, err := c.Signer.newKey(ctx, i.ID)
	if err != nil {
		return Own{}, err
	}
	record.Signing = [][]byte{key}
	if err := c.Store.CreateIntegration(ctx, record, c.Limits.Owned, entry(by, i, audit.IntegrationCreated, c.Now())); err != nil {
		return Own{}, fmt.Errorf("creating an integration: %w", err)
	}
	return record.own(i), nil
}

// Own gives an author's integration, whole. Errors: NotFound for another user's.
func (c *Catalog) Own(ctx context.Context, by audit.Actor, id ID) (Own, error) {
	record, i, err := c.mine(ctx, by, id)
	if err != nil {
		return Own{}, err
	}
	return record.own(i), nil
}

// Update makes of an integration what i says; its version, i.Version, must still be the one that was read. A header without a value
// keeps the one that it has. Where nothing differs, nothing is done.
//
// A change of the request (method, URL, validation URL, headers, secrets) is a new revision (I-30). A private integration's is live at
// once. A public one's waits for approval, while guilds go on with the approved one. What else changes is there at once.
//
// Errors: Invalid with fields; NotFound for another user's; Conflict "integration_changed"; Unavailable "logo_unavailable"; Limited "logo_busy".
func (c *Catalog) Update(ctx context.Context, by audit.Actor, i Integration) (Own, error) {
	record, old, err := c.mine(ctx, by, i.ID)
	if err != nil {
		return Own{}, err
	}
	if i.Version != old.Version {
		return Own{}, changed()
	}
	i = i.onto(old).tidied()
	if err := i.Check(c.Limits, c.Guard); err != nil {
		return Own{}, err
	}
	if len(requestChanges(old, i)) > 0 {
		if err := c.checkReach(ctx, i); err != nil {
			return Own{}, err
		}
	}
	if err := c.keepLogo(ctx, &i, old); err != nil {
		return Own{}, err
	}
	request := requestChanges(old, i)
	differences := slices.Concat(identityChanges(old, i), request)
	if len(differences) == 0 {
		return record.own(old), nil
	}
	i.Changed = c.Now()
	told := entry(by, i, audit.IntegrationChanged, i.Changed)
	told.Detail = audit.Shortened(differences)
	record.Integration = i
	edit, was := Edit{Record: record, Told: []audit.Entry{told}}, record.Live
	if len(request) > 0 {
		edit.revise(by.User, i.Changed, request)
	}
	if err := c.seal(ctx, &edit.Record); err != nil {
		return Own{}, err
	}
	if err := c.save(ctx, edit, was, i); err != nil {
		return Own{}, err
	}
	edit.Record.Version++
	i.Version++
	return edit.Record.own(i), nil
}

// onto takes from the stored integration what an author cannot change, and the values of headers that were left out.
func (i Integration) onto(old Integration) Integration {
	i.Owner, i.Public, i.Created, i.Changed, i.LogoHash = old.Owner, old.Public, old.Created, old.Changed, old.LogoHash
	i.Headers = slices.Clone(i.Headers)
	for n, h := range i.Headers {
		at := slices.IndexFunc(old.Headers, func(o Header) bool { return strings.EqualFold(o.Name, h.Name) })
		if h.Value.Empty() && at >= 0 {
			i.Headers[n].Value = old.Headers[at].Value
		}
	}
	return i
}

// revise makes the edit's request a new revision, which differs from the newest so far.
func (e *Edit) revise(by snowflake.User, at time.Time, differences []audit.Change) {
	r := &e.Record
	state := Draft
	var asked time.Time
	if r.Public || r.Revision.State == Pending {
		state, asked = Pending, at
	}
	e.New = true
	r.Newest++
	r.Revision = Revision{Number: r.Newest, State: state, By: by, At: at, Asked: asked, Differences: differences}
	if !r.Public {
		r.Live = r.Newest
	}
}

// save writes an edit of what was read when was was live. newest is its request with clear header values; if that is live now, the guilds
// that need not be asked go on with it.
func (c *Catalog) save(ctx context.Context, e Edit, was int64, newest Integration) error {
	if e.Record.Live == e.Record.Revision.Number {
		var err error
		if e.Move, err = c.movable(ctx, e.Record, was, newest); err != nil {
			return err
		}
	}
	e.Moved = entry(unnamed(), e.Record.Integration, audit.IntegrationUpdated, e.Record.Changed)
	e.Moved.Detail = audit.Changed("revision", "", fmt.Sprint(e.Record.Live))
	guilds, err := c.Store.SaveIntegration(ctx, e)
	if err != nil {
		return fmt.Errorf("changing an integration: %w", err)
	}
	c.tell(guilds)
	return nil
}

// movable lists the revisions from which guilds can go on with the live one without being asked: of those in use, and of the one that was
// live, which a guild may begin to use at this moment.
func (c *Catalog) movable(ctx context.Context, r Record, was int64, live Integration) ([]int64, error) {
	used, err := c.Store.InUse(ctx, r.ID)
	if err != nil {
		return nil, fmt.Errorf("looking for the revisions in use: %w", err)
	}
	if !slices.Contains(used, was) {
		used = append(used, was)
	}
	var can []int64
	for _, number := range used {
		if number == r.Live {
			continue
		}
		_, from, err := c.revision(ctx, r.ID, number)
		if err != nil {
			return nil, err
		}
		asked, err := needs(from, live)
		if err != nil {
			return nil, fmt.Errorf("comparing revisions of integration %s: %w", r.ID, err)
		}
		if len(asked) == 0 {
			can = append(can, number)
		}
	}
	return can, nil
}

// revision reads one with clear header values. Where they are destroyed, nobody uses it any more since its number was read: Conflict
// "integration_changed".
func (c *Catalog) revision(ctx context.Context, id ID, number int64) (Record, Integration, error) {
	r, err := c.Store.Revision(ctx, id, number)
	if err != nil {
		return r, r.Integration, fmt.Errorf("reading revision %d of integration %s: %w", number, id, err)
	}
	if r.emptied() {
		return r, r.Integration, changed()
	}
	i, err := openRecord(ctx, c.Sealer, r)
	if err != nil {
		return r, i, fmt.Errorf("opening the headers of revision %d of integration %s: %w", number, id, err)
	}
	return r, i, nil
}

// Delete ends an integration for its author and for every guild that has it, and destroys all secret values, header values and keys
// (I-31). Each guild's audit log tells what went. Errors: NotFound for another user's.
func (c *Catalog) Delete(ctx context.Context, by audit.Actor, id ID) error {
	r, err := c.own(ctx, by.User, id)
	if err != nil {
		return err
	}
	gone := entry(by, r.Integration, audit.IntegrationDeleted, c.Now())
	there := gone
	there.Actor = unnamed()
	guilds, err := c.Store.DeleteIntegration(ctx, by.User, id, there, gone)
	if err != nil {
		return fmt.Errorf("deleting an integration: %w", err)
	}
	c.tell(guilds)
	return nil
}

// Owned lists all integrations of a user by name, with clear header values: they are the author's own.
func (c *Catalog) Owned(ctx context.Context, owner snowflake.User) ([]Own, error) {
	records, err := c.Listing.Owned(ctx, owner)
	if err != nil {
		return nil, fmt.Errorf("listing integrations: %w", err)
	}
	owned := make([]Own, 0, len(records))
	for _, r := range records {
		i, err := openRecord(ctx, c.Sealer, r)
		if err != nil {
			return nil, fmt.Errorf("opening the headers of integration %s: %w", r.ID, err)
		}
		owned = append(owned, r.own(i))
	}
	return owned, nil
}

// tell says that what guilds use has changed.
func (c *Catalog) tell(guilds []snowflake.Guild) {
	for _, g := range guilds {
		c.Changed(g)
	}
}

// own reads an integration of its owner; NotFound for another user's.
func (c *Catalog) own(ctx context.Context, owner snowflake.User, id ID) (Record, error) {
	r, err := c.Store.Integration(ctx, id)
	if err != nil {
		return Record{}, fmt.Errorf("looking for the integration: %w", err)
	}
	if r.Owner != owner {
		return Record{}, notFound()
	}
	return r, nil
}

// mine is own with clear header values beside it.
func (c *Catalog) mine(ctx context.Context, by audit.Actor, id ID) (Record, Integration, error) {
	r, err := c.own(ctx, by.User, id)
	if err != nil {
		return Record{}, Integration{}, err
	}
	i, err := openRecord(ctx, c.Sealer, r)
	if err != nil {
		return Record{}, Integration{}, fmt.Errorf("opening the headers of integration %s: %w", id, err)
	}
	return r, i, nil
}

func (r Record) own(clear Integration) Own {
	return Own{Integration: clear, Revision: r.Revision, Live: r.Live, Guilds: r.Guilds}
}

// keepLogo fetches the picture of a logo that is new (I-42).
func (c *Catalog) keepLogo(ctx context.Context, i *Integration, old Integration) error {
	if i.Logo == "" || c.Logos == nil {
		i.LogoHash = ""
		return nil
	}
	if i.Logo == old.Logo && old.LogoHash != "" {
		i.LogoHash = old.LogoHash
		return nil
	}
	hash, err := c.Logos.Keep(ctx, i.Owner.String(), i.Logo)
	if err != nil {
		return fmt.Errorf("keeping the logo: %w", err)
	}
	i.LogoHash = hash
	return nil
}

func notFound() error {
	return fault.New(fault.NotFound, "integration_not_found", "There is no such integration, or it is another author's private one.")
}

func changed() error {
	return fault.New(fault.Conflict, "integration_changed", "The integration was changed in the meantime. Look at it as it is now and do it again.")
}

// entry begins an entry of the audit log about an integration; it is about no guild until one is put in.
// unnamed is who changed an integration, as the servers that use it read it: who its author or the instance's operator is, is not theirs
// to know.
func unnamed() audit.Actor { return audit.Actor{Via: audit.Program} }

func entry(by audit.Actor, i Integration, action audit.Action, at time.Time) audit.Entry {
	return audit.Entry{Actor: by, At: at, Action: action, Target: string(i.ID), Name: i.Name}
}

// seal moves the record's header values to where they are sealed.
func (c *Catalog) seal(ctx context.Context, r *Record) error {
	headers := r.Headers
	r.Headers, r.Sealed = nil, nil
	for n, h := range headers {
		sealed, err := c.Sealer.Seal(ctx, headerPurpose(r.ID, n, h.Name), h.Value)
		if err != nil {
			return fmt.Errorf("sealing the header %s: %w", h.Name, err)
		}
		r.Sealed = append(r.Sealed, Sealed{Name: h.Name, Sealed: sealed})
	}
	return nil
}

func openRecord(ctx context.Context, sealer secret.Sealer, r Record) (Integration, error) {
	i := r.Integration
	i.Headers = nil
	for n, s := range r.Sealed {
		v, err := sealer.Open(ctx, headerPurpose(i.ID, n, s.Name), s.Sealed)
		if err != nil {
			return i, err
		}
		i.Headers = append(i.Headers, Header{Name: s.Name, Value: v})
	}
	return i, nil
}

// headerPurpose binds a header value to its place in its integration.
func headerPurpose(id ID, n int, name string) secret.Purpose {
	return secret.Purpose{Kind: "integration_header", Bounds: []string{string(id), fmt.Sprint(n), name}}
}
