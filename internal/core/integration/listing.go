package integration

import (
	"context"
	"fmt"
	"time"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
	"usher/internal/core/requesttemplate"
	"usher/internal/core/snowflake"
)

// Card is an integration as everybody may see it: of its request the host alone (I-29).
type Card struct {
	ID           ID
	Owner        snowflake.User
	Name         string
	Description  string
	Logo         string // the author's address; show it to the author alone, others get LogoHash (I-42)
	LogoHash     string
	Privacy      string
	Host         string // of the requests
	Revision     int64  // which one this is about; Activate names it
	Secrets      []Secret
	Placeholders []Offer
	Public       bool
	Guilds       int64
}

// Offer is a placeholder as everybody may see it: its path stays its author's.
type Offer struct {
	Name     string
	Fallback string
	Format   placeholder.Format // empty: Text
	Sample   string             // how a value may look; never empty
}

// InUse is an integration that is active in a guild.
type InUse struct {
	Card     // of the revision that this guild uses
	By       snowflake.User
	At       time.Time
	Slug     string   // %slug.name% is always this integration's (I-21)
	Waiting  *Waiting // nil: it uses the live revision, or no other one is for it
	Missing  []string // names of secrets without a value
	Unlisted bool     // its author took it from the list: it stays as it is
}

// Waiting is a revision with which a guild does not go on before it is asked (I-27).
type Waiting struct {
	Revision int64
	Host     string // where its requests go
	Secrets  []Secret
	Needs    []Need
}

// Available lists the public integrations by name. Errors: Invalid "page_invalid".
func (c *Catalog) Available(ctx context.Context, q Query) (Page[Card], error) {
	page, err := listed(ctx, q, c.Listing.PublicPage)
	if err != nil {
		return Page[Card]{}, err
	}
	cards := Page[Card]{Next: page.Next}
	for _, r := range page.Items {
		cards.Items = append(cards.Items, r.card())
	}
	return cards, nil
}

// Mine lists a user's own integrations by name, with their newest revisions, without header values. Errors: Invalid "page_invalid".
func (c *Catalog) Mine(ctx context.Context, by audit.Actor, q Query) (Page[Own], error) {
	page, err := listed(ctx, q, func(ctx context.Context, q Query) (Page[Record], error) {
		return c.Listing.OwnedPage(ctx, by.User, q)
	})
	if err != nil {
		return Page[Own]{}, err
	}
	own := Page[Own]{Next: page.Next}
	for _, r := range page.Items {
		own.Items = append(own.Items, r.own(r.Integration))
	}
	return own, nil
}

// Show gives the card of a public integration, or of the viewer's own, with the live revision. Errors: NotFound.
func (c *Catalog) Show(ctx context.Context, viewer snowflake.User, id ID) (Card, error) {
	r, err := c.Store.Integration(ctx, id)
	if err == nil && r.Live != r.Revision.Number {
		r, err = c.Store.Revision(ctx, id, r.Live)
	}
	if err != nil {
		return Card{}, fmt.Errorf("looking for the integration: %w", err)
	}
	if !r.Public && r.Owner != viewer {
		return Card{}, notFound()
	}
	return r.card(), nil
}

// ActiveIn lists all that is active in a guild, in the order of activation, for everybody who may manage it: also what is another
// administrator's private one.
func (c *Catalog) ActiveIn(ctx context.Context, g snowflake.Guild) ([]InUse, error) {
	all, err := c.Activations.Active(ctx, g)
	if err != nil {
		return nil, fmt.Errorf("listing the active integrations: %w", err)
	}
	slugs := slugs(all)
	var list []InUse
	for n, a := range all {
		u := InUse{Card: a.Record.card(), By: a.By, At: a.At, Slug: slugs[n], Missing: a.missing()}
		listed, err := c.waiting(ctx, a, &u)
		if fault.KindOf(err) == fault.NotFound { // deleted since
			continue
		}
		if err != nil {
			return nil, err
		}
		u.Public, u.Unlisted = listed, a.Record.Revision.State == Approved && !listed
		list = append(list, u)
	}
	return list, nil
}

// missing names the secrets for which the guild has no value.
func (a Activation) missing() []string {
	given := map[string]bool{}
	for _, s := range a.Secrets {
		given[s.Name] = true
	}
	var names []string
	for _, s := range a.Record.Secrets {
		if !given[s.Name] {
			names = append(names, s.Name)
		}
	}
	return names
}

// waiting fills in the live revision if the guild uses another one and may have it. It gives whether the integration is listed.
func (c *Catalog) waiting(ctx context.Context, a Activation, u *InUse) (bool, error) {
	now, to, err := c.live(ctx, a.Record.ID)
	if err != nil {
		return false, err
	}
	u.Guilds = now.Guilds
	if now.Revision.Number == a.Record.Revision.Number || now.Revision.State != Approved && a.By != now.Owner {
		return now.Public, nil
	}
	from, err := openRecord(ctx, c.Sealer, a.Record)
	if err != nil {
		return false, fmt.Errorf("opening the headers of integration %s: %w", a.Record.ID, err)
	}
	asked, err := needs(from, to)
	if err != nil {
		return false, fmt.Errorf("comparing revisions of integration %s: %w", a.Record.ID, err)
	}
	u.Waiting = &Waiting{Revision: now.Revision.Number, Host: to.host(), Secrets: to.Secrets, Needs: asked}
	return now.Public, nil
}

func (r Record) card() Card {
	card := Card{
		ID: r.ID, Owner: r.Owner, Name: r.Name, Description: r.Description, Logo: r.Logo, LogoHash: r.LogoHash, Privacy: r.Privacy,
		Host: r.host(), Revision: r.Revision.Number, Secrets: r.Secrets, Public: r.Public, Guilds: r.Guilds,
	}
	for _, p := range r.Placeholders {
		card.Placeholders = append(card.Placeholders, Offer{Name: p.Name, Fallback: p.Fallback, Format: p.Format, Sample: p.Example()})
	}
	return card
}

// host is where the requests go, without scheme and port; empty where the URL cannot be read.
func (i Integration) host() string {
	t, err := requesttemplate.Parse(i.URL, i.variables()...)
	if err != nil {
		return ""
	}
	return t.Origin().Host.String()
}

// listed asks for a page of 1 to MaxPage.
func listed(ctx context.Context, q Query, list func(context.Context, Query) (Page[Record], error)) (Page[Record], error) {
	if q.Limit < 1 || q.Limit > MaxPage {
		return Page[Record]{}, &fault.Error{
			Kind: fault.Invalid, Code: "page_invalid", Text: "The page cannot be given.",
			Fields: []fault.Field{{Path: "limit", Text: fmt.Sprintf("Ask for 1 to %d at a time.", MaxPage)}},
		}
	}
	page, err := list(ctx, q)
	if err != nil {
		return page, fmt.Errorf("listing integrations: %w", err)
	}
	return page, nil
}
