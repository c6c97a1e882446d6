package httpapi

import (
	"context"
	"errors"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
)

// each turns a list of one kind into a list of another; it is never nil.
func each[A, B any](all []A, turn func(A) B) []B {
	out := make([]B, 0, len(all))
	for _, one := range all {
		out = append(out, turn(one))
	}
	return out
}

// optional is a moment that may not be there.
func optional(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func asFault(err error) (*fault.Error, bool) {
	var told *fault.Error
	ok := errors.As(err, &told)
	return told, ok
}

// integration is the draft in core's terms.
func (d IntegrationDraft) integration() integration.Integration {
	i := integration.Integration{
		Name: d.Name, Description: d.Description, Logo: d.Logo, Privacy: d.Privacy, Method: d.Method, URL: d.URL, Validation: d.Validation, CacheSeconds: d.CacheSeconds,
		Secrets:      each(d.Secrets, func(s SecretField) integration.Secret { return integration.Secret(s) }),
		Placeholders: each(d.Placeholders, func(p Placeholder) integration.Placeholder { return integration.Placeholder(p) }),
	}
	for _, h := range d.Headers {
		header := integration.Header{Name: h.Name}
		if h.Value != nil {
			header.Value = *h.Value
		}
		i.Headers = append(i.Headers, header)
	}
	return i
}

// own shows an author's integration, without header values.
func (a *api) own(o integration.Own) OwnIntegration {
	return OwnIntegration{
		ID: o.ID, IntegrationDraft: IntegrationDraft{
			Name: o.Name, Description: o.Description, Logo: o.Logo, Privacy: o.Privacy, Method: o.Method, URL: o.URL, Validation: o.Validation,
			Headers: each(o.Headers, func(h integration.Header) Header { return Header{Name: h.Name} }),
			Secrets: each(o.Secrets, secretField), Placeholders: each(o.Placeholders, placeholderOf), CacheSeconds: o.CacheSeconds,
		},
		LogoPicture: a.logo(o.LogoHash), Public: o.Public, Version: o.Version, Revision: revision(o.Revision), Live: o.Live, Guilds: o.Guilds,
		Created: o.Created, Changed: o.Changed,
	}
}

func secretField(s integration.Secret) SecretField { return SecretField(s) }

func placeholderOf(p integration.Placeholder) Placeholder { return Placeholder(p) }

func headerLine(h integration.ReplyHeader) HeaderLine { return HeaderLine(h) }

func revision(r integration.Revision) Revision {
	return Revision{Number: r.Number, State: r.State, At: r.At, Asked: optional(r.Asked), Decided: optional(r.Decided), Reason: r.Reason}
}

// logo is the path of a kept picture; empty where there is none.
func (a *api) logo(hash string) string {
	const size = 256
	if hash == "" {
		return ""
	}
	return a.LogoPath(hash, size)
}

// cardFor shows cards to whoever asks.
func (a *api) cardFor(ctx context.Context) func(integration.Card) Card {
	return func(c integration.Card) Card { return a.card(ctx, c) }
}

// card shows an integration to whoever asks.
func (a *api) card(ctx context.Context, c integration.Card) Card {
	return Card{
		ID: c.ID, Name: c.Name, Description: c.Description, LogoPicture: a.logo(c.LogoHash), Privacy: c.Privacy, Host: c.Host, Revision: c.Revision,
		Secrets: each(c.Secrets, secretField), Placeholders: each(c.Placeholders, func(o integration.Offer) Offer { return Offer(o) }),
		Public: c.Public, Mine: c.Owner == callerOf(ctx).Person.ID, Guilds: c.Guilds,
	}
}

func pastRevision(r integration.Record) PastRevision {
	return PastRevision{
		Revision: revision(r.Revision), By: r.Revision.By, Live: r.Revision.Number == r.Live, Guilds: r.Guilds, Differences: r.Revision.Differences,
		Method: r.Method, URL: r.URL, Validation: r.Validation,
		Headers: each(r.Sealed, func(s integration.Sealed) string { return s.Name }), Secrets: each(r.Secrets, secretField),
	}
}

func (a *api) review(r integration.Review) Review {
	out := Review{
		ID: r.ID, Owner: r.Owner, Name: r.Name, Description: r.Description, LogoPicture: a.logo(r.LogoHash), Privacy: r.Privacy, Method: r.Method, URL: r.URL,
		Validation: r.Validation, Hosts: r.Hosts, Headers: each(r.Headers, func(h integration.HeaderSketch) ReviewHeader { return ReviewHeader(h) }),
		Secrets: each(r.Secrets, secretField), Placeholders: each(r.Placeholders, placeholderOf), CacheSeconds: r.CacheSeconds, Guilds: r.Guilds,
		Revision: revision(r.Revision), Differences: r.Differences,
	}
	if r.Approved != nil {
		before := revision(*r.Approved)
		out.Approved = &before
	}
	return out
}

func delivery(d integration.Delivery) Delivery {
	return Delivery{
		At: d.At, Server: d.Alias, Trigger: d.Trigger, Status: d.Status, Millis: d.Took.Milliseconds(), Size: d.Size, Class: d.Class, Missing: d.Missing, Cached: d.Cached,
	}
}
