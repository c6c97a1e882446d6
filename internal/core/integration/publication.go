package integration

import (
	"context"
	"fmt"
	"slices"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
)

// MaxReason is the longest reason of a rejection, in characters.
const MaxReason = 500

// RequestPublication asks the operator to list an integration for everybody, or to approve the newest revision of one that is listed
// (I-29). revision is the newest as its author saw it. Asking for what waits already changes nothing.
// Errors: NotFound for another user's; Conflict "integration_changed" when there is a newer revision, "revision_approved".
func (c *Catalog) RequestPublication(ctx context.Context, by audit.Actor, id ID, revision int64) error {
	r, i, err := c.mine(ctx, by, id)
	if err != nil {
		return err
	}
	switch {
	case r.Revision.Number != revision:
		return changed()
	case r.Revision.State == Pending:
		return nil
	case r.Revision.State == Approved && r.Public:
		return revisionApproved()
	}
	now, was := c.Now(), r.Live
	state := Revision{Number: r.Revision.Number, State: Pending, By: r.Revision.By, At: r.Revision.At, Asked: now, Differences: r.Revision.Differences}
	if r.Revision.State == Approved { // once listed, taken from the list by its author, and nothing of the request changed since
		state = r.Revision
		r.Public = true
	}
	r.Revision, r.Changed = state, now
	told := entry(by, i, audit.IntegrationPublicationRequested, now)
	told.Detail = audit.Changed("revision", "", fmt.Sprint(revision))
	return c.save(ctx, Edit{Record: r, Told: []audit.Entry{told}}, was, i)
}

// WithdrawRequest takes back what waits for the operator; where nothing waits, nothing is done. Errors: NotFound for another user's;
// Conflict "integration_changed".
func (c *Catalog) WithdrawRequest(ctx context.Context, by audit.Actor, id ID) error {
	r, i, err := c.mine(ctx, by, id)
	if err != nil || r.Revision.State != Pending {
		return err
	}
	r.Revision.State, r.Changed = Draft, c.Now()
	return c.save(ctx, Edit{Record: r, Told: []audit.Entry{entry(by, i, audit.IntegrationPublicationWithdrawn, r.Changed)}}, r.Live, i)
}

// Unpublish takes an integration from the list: it is private again. Guilds that have it go on with the revision that was approved,
// whatever its author does next. Errors: NotFound for another user's; Conflict "integration_changed", "integration_private".
func (c *Catalog) Unpublish(ctx context.Context, by audit.Actor, id ID) error {
	r, i, err := c.mine(ctx, by, id)
	if err != nil {
		return err
	}
	if !r.Public {
		return errPrivate()
	}
	was := r.Live
	r.Public, r.Live, r.Changed = false, r.Newest, c.Now()
	if r.Revision.State == Pending {
		r.Revision.State = Draft
	}
	return c.save(ctx, Edit{Record: r, Told: []audit.Entry{entry(by, i, audit.IntegrationUnpublished, r.Changed)}}, was, i)
}

// Review is what the operator sees of a revision that waits: all that the integration does, without any header's value (I-29).
type Review struct {
	Integration                // without header values
	Revision    Revision       // Approve and Reject name its number
	Guilds      int64          //
	Hosts       []string       // every host that is sent something: of the requests, then of the validation where it is another
	Headers     []HeaderSketch // what is sent beside the body
	Approved    *Revision      // the last one that was approved; nil for a first publication
	Differences []audit.Change // of the request against Approved; none for a first publication
}

// Queue lists what waits for the operator, the longest waiting first. Errors: Invalid "page_invalid".
func (c *Catalog) Queue(ctx context.Context, q Query) (Page[Review], error) {
	page, err := listed(ctx, q, c.Listing.PendingPage)
	if err != nil {
		return Page[Review]{}, err
	}
	reviews := Page[Review]{Next: page.Next}
	for _, r := range page.Items {
		review, err := c.review(ctx, r.ID)
		if fault.KindOf(err) == fault.NotFound { // deleted since
			continue
		}
		if err != nil {
			return Page[Review]{}, err
		}
		reviews.Items = append(reviews.Items, review)
	}
	return reviews, nil
}

// Waiting counts what waits for the operator.
func (c *Catalog) Waiting(ctx context.Context) (int64, error) {
	n, err := c.Listing.PendingCount(ctx)
	if err != nil {
		return 0, fmt.Errorf("counting what waits for approval: %w", err)
	}
	return n, nil
}

// Review gives one of the queue. Errors: NotFound, also where nothing waits.
func (c *Catalog) Review(ctx context.Context, id ID) (Review, error) {
	review, err := c.review(ctx, id)
	if err == nil && review.Revision.State != Pending {
		return Review{}, notFound()
	}
	return review, err
}

func (c *Catalog) review(ctx context.Context, id ID) (Review, error) {
	r, i, err := c.any(ctx, id)
	if err != nil {
		return Review{}, err
	}
	w, err := i.ways()
	if err != nil {
		return Review{}, fmt.Errorf("reading the request of integration %s: %w", id, err)
	}
	headers, err := i.sketches()
	if err != nil {
		return Review{}, err
	}
	review := Review{Integration: r.Integration, Revision: r.Revision, Guilds: r.Guilds, Hosts: []string{w.origin.Host.String()}, Headers: headers}
	if i.Validation != "" && w.validation.Host != w.origin.Host {
		review.Hosts = append(review.Hosts, w.validation.Host.String())
	}
	before, found, err := c.approved(ctx, r)
	if err != nil || !found {
		return review, err
	}
	_, old, err := c.revision(ctx, id, before.Number)
	if err != nil {
		return Review{}, err
	}
	review.Approved, review.Differences = &before, requestChanges(old, i)
	return review, nil
}

// approved finds the last revision before r's that was approved.
func (c *Catalog) approved(ctx context.Context, r Record) (Revision, bool, error) {
	all, err := c.Store.Revisions(ctx, r.ID)
	if err != nil {
		return Revision{}, false, fmt.Errorf("listing the revisions of integration %s: %w", r.ID, err)
	}
	for _, one := range all {
		if one.Revision.Number < r.Revision.Number && one.Revision.State == Approved {
			return one.Revision, true, nil
		}
	}
	return Revision{}, false, nil
}

// any reads an integration for the operator, with clear header values, which do not leave this package.
func (c *Catalog) any(ctx context.Context, id ID) (Record, Integration, error) {
	r, err := c.Store.Integration(ctx, id)
	if err != nil {
		return r, Integration{}, fmt.Errorf("looking for the integration: %w", err)
	}
	i, err := openRecord(ctx, c.Sealer, r)
	if err != nil {
		return r, i, fmt.Errorf("opening the headers of integration %s: %w", id, err)
	}
	return r, i, nil
}

// Approve lets every guild use a revision, by the operator by. It names the revision that the operator looked at: a newer one is another
// request, and is not approved with it (I-30). Guilds go on with it if it asks nothing new of their secrets; the others keep what they
// have until they confirm. Errors: NotFound; Conflict "revision_approved", "revision_rejected", "integration_changed" when the revision does
// not wait.
func (c *Catalog) Approve(ctx context.Context, by audit.Actor, id ID, revision int64) error {
	return c.decide(ctx, by, id, revision, audit.IntegrationApproved, func(r *Record) {
		r.Revision.State, r.Revision.Reason = Approved, ""
		r.Public, r.Live = true, r.Revision.Number
	})
}

// Reject refuses a revision, with a reason that its author reads. Guilds go on with what they have. Errors: Invalid; NotFound; Conflict
// as of Approve.
func (c *Catalog) Reject(ctx context.Context, by audit.Actor, id ID, revision int64, reason string) error {
	if err := checkReason(reason); err != nil {
		return err
	}
	return c.decide(ctx, by, id, revision, audit.IntegrationRejected, func(r *Record) {
		r.Revision.State, r.Revision.Reason = Rejected, reason
	})
}

// Revoke takes an integration from the list and out of every server in which its author did not activate it, by the operator by: for one
// that does harm. The servers' values are destroyed and their audit logs say why; a new approval is needed before anybody can add it
// again. Errors: Invalid; NotFound; Conflict "integration_private" where it is not public.
func (c *Catalog) Revoke(ctx context.Context, by audit.Actor, id ID, reason string) error {
	if err := checkReason(reason); err != nil {
		return err
	}
	var err error
	for range attempts {
		var r Record
		var i Integration
		if r, i, err = c.any(ctx, id); err != nil {
			return err
		}
		if !r.Public {
			return errPrivate()
		}
		was := r.Live
		r.Public, r.Live, r.Changed = false, r.Newest, c.Now()
		r.Revision.State, r.Revision.Reason, r.Revision.Decided, r.Revision.Decider = Rejected, reason, r.Changed, by.User
		told := entry(by, i, audit.IntegrationRevoked, r.Changed)
		told.Detail = audit.Changed("reason", "", reason)
		there := told
		there.Actor = unnamed()
		if err = c.save(ctx, Edit{Record: r, End: true, Ended: there, Told: []audit.Entry{told}}, was, i); fault.CodeOf(err) != "integration_changed" {
			return err
		}
	}
	return err
}

func errPrivate() error {
	return fault.New(fault.Conflict, "integration_private", "The integration is private already.")
}

func checkReason(reason string) error {
	var checks fault.Checks
	checks.Require(within(reason, 1, MaxReason), "reason", fmt.Sprintf("Give a reason of 1 to %d characters.", MaxReason))
	placeholder.CheckText(&checks, "reason", reason)
	return checks.Err("reason_invalid", "A reason is needed.")
}

// waits says whether a revision of r can be decided on. Where it was decided already, somebody else did, or a press came twice.
func (r Record) waits(revision int64) error {
	switch {
	case r.Revision.Number != revision:
		return changed()
	case r.Revision.State == Approved:
		return revisionApproved()
	case r.Revision.State == Rejected:
		return fault.New(fault.Conflict, "revision_rejected", "This revision is rejected already.")
	case r.Revision.State != Pending:
		return changed()
	}
	return nil
}

func revisionApproved() error {
	return fault.New(fault.Conflict, "revision_approved", "This revision is approved already.")
}

// attempts is how often a decision is made anew because something else of the integration changed at the same moment.
const attempts = 4

func (c *Catalog) decide(ctx context.Context, by audit.Actor, id ID, revision int64, action audit.Action, apply func(r *Record)) error {
	var err error
	for range attempts {
		var r Record
		var i Integration
		if r, i, err = c.any(ctx, id); err != nil {
			return err
		}
		if err := r.waits(revision); err != nil {
			return err
		}
		was := r.Live
		r.Changed = c.Now()
		r.Revision.Decided, r.Revision.Decider = r.Changed, by.User
		apply(&r)
		told := entry(by, i, action, r.Changed)
		told.Detail = slices.Concat(audit.Changed("revision", "", fmt.Sprint(revision)), audit.Changed("reason", "", r.Revision.Reason))
		if err = c.save(ctx, Edit{Record: r, Told: []audit.Entry{told}}, was, i); fault.CodeOf(err) != "integration_changed" {
			return err
		}
	}
	return err
}

// Revisions lists the revisions of an author's integration that are kept, the newest first, each with the names of its headers and the
// number of guilds that use it. Errors: NotFound for another user's.
func (c *Catalog) Revisions(ctx context.Context, by audit.Actor, id ID) ([]Record, error) {
	if _, err := c.own(ctx, by.User, id); err != nil {
		return nil, err
	}
	all, err := c.Store.Revisions(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("listing the revisions of integration %s: %w", id, err)
	}
	for n := range len(all) - 1 {
		now, before := &all[n], all[n+1]
		if len(now.Revision.Differences) == 0 && now.Revision.Number == before.Revision.Number+1 {
			// Made by a release that did not keep them: all but headers, whose values may be gone.
			now.Revision.Differences = requestChanges(before.Integration, now.Integration)
		}
	}
	return all, nil
}
