package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/guild"
	"usher/internal/core/integration"
	"usher/internal/core/panel"
	"usher/internal/core/requesttemplate"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
	"usher/internal/egress"
)

// wayOut is the egress as integrations see it.
type wayOut struct {
	client *egress.Client
	seen   *outcomes
}

var (
	_ integration.Fetcher = wayOut{}
	_ integration.Guard   = wayOut{}
)

// Fetch implements integration.Fetcher.
func (w wayOut) Fetch(ctx context.Context, c integration.Call) (integration.Reply, error) {
	target, err := egress.ParseURL(c.URL.Reveal())
	if err != nil {
		return integration.Reply{}, asFailure(err)
	}
	request := egress.Request{Method: string(c.Method), URL: target, Body: c.Body, Confidential: c.Confidential}
	for _, h := range c.Headers {
		request.Header = append(request.Header, egress.Header(h))
	}
	if c.Body != nil {
		request.Header = append(request.Header, egress.Header{Name: "Content-Type", Value: secret.New("application/json")}) // I-8
	}
	response, err := w.client.Do(ctx, egress.Key{Guild: c.Guild.String(), Integration: string(c.Integration)}, request)
	w.note(err)
	if err != nil {
		return integration.Reply{}, asFailure(err)
	}
	reply := integration.Reply{Status: response.Status, Body: response.Body, Elapsed: response.Duration}
	for _, name := range slices.Sorted(maps.Keys(response.Header)) {
		for _, value := range response.Header[name] {
			reply.Headers = append(reply.Headers, integration.ReplyHeader{Name: name, Value: value})
		}
	}
	return reply, nil
}

// note remembers for the operator whether a request found a server; nothing where none was sent because of what it was.
func (w wayOut) note(err error) {
	var f *egress.Failure
	if !errors.As(err, &f) {
		w.seen.note(time.Now(), "")
		return
	}
	switch f.Class {
	case egress.ClassURL, egress.ClassPolicy, egress.ClassBusy:
	case egress.ClassResolve, egress.ClassConnect, egress.ClassTimeout, egress.ClassEgress:
		w.seen.note(time.Now(), string(f.Class))
	default: // a server answered, if not as it should
		w.seen.note(time.Now(), "")
	}
}

func asFailure(err error) error {
	var f *egress.Failure
	if errors.As(err, &f) {
		return &integration.Failure{Class: string(f.Class), Text: f.Text, Shown: string(f.Public())}
	}
	return err
}

// CheckTarget implements integration.Guard: the same judgement as when sending, on the template with sample values.
func (w wayOut) CheckTarget(t requesttemplate.Template, confidential bool) error {
	return refusedURL(w.client.Check(t.Sample(), confidential))
}

// CheckReach implements integration.Guard.
func (w wayOut) CheckReach(ctx context.Context, t requesttemplate.Template, confidential bool) error {
	return refusedURL(w.client.Foresee(ctx, t.Sample(), confidential))
}

func refusedURL(err error) error {
	var f *egress.Failure
	if errors.As(err, &f) {
		return fault.New(fault.Invalid, "url_refused", f.Text)
	} else if err != nil {
		return fmt.Errorf("judging the URL: %w", err)
	}
	return nil
}

// SameSite implements integration.Guard.
func (w wayOut) SameSite(a, b requesttemplate.Host) bool { return egress.SameSite(a, b) }

// liveValues is the resolver as tickets see it.
type liveValues struct{ resolver *integration.Resolver }

var _ ticket.Values = liveValues{}

// Begin implements ticket.Values.
func (l liveValues) Begin(ctx context.Context, t ticket.Ticket, u ticket.Use, names []string) ticket.Fetching {
	s := integration.Subject{
		Guild: t.Guild, User: t.Opener.ID, Name: t.Opener.Name, Locale: t.Opener.Locale, Ticket: t.Number, Channel: t.Channel,
		IsNew: u == ticket.ForWelcome, Trigger: triggerOf(u),
	}
	for _, a := range t.Answers {
		s.Answers = append(s.Answers, integration.Answer{Question: a.Label, Text: a.Text()})
	}
	return explained{l.resolver.Begin(ctx, s, names)}
}

// explained is the resolver's run that tells why values are missing.
type explained struct{ *integration.Run }

var _ ticket.Explaining = explained{}

// Why implements ticket.Explaining.
func (e explained) Why() map[string]ticket.Lacking {
	why := map[string]ticket.Lacking{}
	for name, l := range e.Lacks() {
		why[name] = ticket.Lacking{Source: l.Source, Class: l.Class}
	}
	return why
}

// Contacts implements ticket.Fetching.
func (e explained) Contacts() []ticket.Contact {
	var all []ticket.Contact
	for _, c := range e.Run.Contacts() {
		one := ticket.Contact{Source: string(c.Integration), Name: c.Name, Pending: c.Delivery == nil}
		if d := c.Delivery; d != nil {
			one.Class, one.Cached, one.At, one.Took = d.Class, d.Cached, d.At, d.Took
		}
		for _, g := range c.Values {
			one.Given = append(one.Given, ticket.NewGiven(g.Name, g.Value))
		}
		all = append(all, one)
	}
	return all
}

// triggerOf is the use as the delivery log tells it.
func triggerOf(u ticket.Use) integration.Trigger {
	switch u {
	case ticket.ForTag:
		return integration.ForTag
	case ticket.ForClosing:
		return integration.ForClose
	case ticket.ForWelcome:
		return integration.ForWelcome
	default:
		return integration.Trigger(u)
	}
}

// snapshots loads what opening a ticket needs to know of a guild.
func snapshots(guilds guild.Store, panels panel.Store, forms form.Store) func(context.Context, snowflake.Guild) (ticket.Snapshot, error) {
	return func(ctx context.Context, g snowflake.Guild) (ticket.Snapshot, error) {
		settings, err := guilds.Guild(ctx, g)
		if fault.KindOf(err) == fault.NotFound { // panels can be there before the server's settings are
			settings, err = guild.Settings{ID: g}, nil
		}
		if err != nil {
			return ticket.Snapshot{}, fmt.Errorf("loading the settings of guild %s: %w", g, err)
		}
		all, err := panels.Panels(ctx, g)
		if err != nil {
			return ticket.Snapshot{}, fmt.Errorf("loading the panels of guild %s: %w", g, err)
		}
		asked, err := forms.Forms(ctx, g)
		if err != nil {
			return ticket.Snapshot{}, fmt.Errorf("loading the forms of guild %s: %w", g, err)
		}
		asked = slices.DeleteFunc(asked, func(f form.Form) bool {
			return !slices.ContainsFunc(all, func(p panel.Panel) bool { return p.Form == f.ID })
		})
		return ticket.Snapshot{Settings: settings, Panels: all, Forms: asked}, nil
	}
}
