package app

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"usher/internal/core/bloxlink"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/ticket"
	"usher/internal/egress"
)

// bloxlinkWay is the way out as the built-in Roblox values see it.
type bloxlinkWay struct{ client *egress.Client }

var _ bloxlink.Fetcher = bloxlinkWay{}

// Get implements bloxlink.Fetcher.
func (b bloxlinkWay) Get(ctx context.Context, r bloxlink.Request) (bloxlink.Answer, error) {
	target, err := egress.ParseURL(r.URL)
	if err != nil {
		return bloxlink.Answer{}, err
	}
	request := egress.Request{Method: http.MethodGet, URL: target, Header: []egress.Header{{Name: "Accept", Value: secret.New("application/json")}}}
	if !r.Key.Empty() {
		request.Confidential = true
		request.Header = append(request.Header, egress.Header{Name: "Authorization", Value: r.Key})
	}
	response, err := b.client.Do(ctx, egress.Key{Guild: r.Guild.String(), Integration: bloxlink.Slug}, request)
	if err != nil {
		return bloxlink.Answer{}, err
	}
	return bloxlink.Answer{Status: response.Status, Body: response.Body, RetryAfter: retryAfter(response.Header)}, nil
}

// retryAfter reads the field in its form of seconds (RFC 9110, 10.2.3).
func retryAfter(h http.Header) time.Duration {
	seconds, err := strconv.Atoi(h.Get("Retry-After"))
	if err != nil || seconds < 0 || seconds > int(time.Hour/time.Second) {
		return 0
	}
	return time.Duration(seconds) * time.Second
}

// withBloxlink adds the built-in Roblox values to those of the active integrations, which go before them (I-21).
type withBloxlink struct {
	integrations ticket.Values
	source       *bloxlink.Source
}

var _ ticket.Values = withBloxlink{}

// Begin implements ticket.Values. A name that an integration gives is not asked for: Bloxlink need not be contacted for it.
func (w withBloxlink) Begin(ctx context.Context, t ticket.Ticket, u ticket.Use, names []string) ticket.Fetching {
	live := w.integrations.Begin(ctx, t, u, names)
	given := live.Values()
	var left []string
	for _, name := range bloxlink.Wanted(names) {
		if _, ok := given[name]; !ok {
			left = append(left, name)
		}
	}
	if len(left) == 0 {
		return live
	}
	return bothValues{Fetching: live, roblox: w.source.Begin(ctx, t.Guild, t.Opener.ID, left)}
}

// bothValues is the fetching from both sources.
type bothValues struct {
	ticket.Fetching

	roblox *bloxlink.Run
}

// Wait implements ticket.Fetching.
func (b bothValues) Wait(ctx context.Context) bool { return b.Fetching.Wait(ctx) && b.roblox.Wait(ctx) }

// Values implements ticket.Fetching.
func (b bothValues) Values() map[string]placeholder.Value {
	all := b.Fetching.Values()
	for name, v := range b.roblox.Values() {
		all[name] = v
	}
	return all
}

// Why implements ticket.Explaining.
func (b bothValues) Why() map[string]ticket.Lacking {
	why := map[string]ticket.Lacking{}
	if e, ok := b.Fetching.(ticket.Explaining); ok {
		why = e.Why()
	}
	for name := range b.roblox.Values() {
		why[name] = ticket.Lacking{Source: "Bloxlink", Class: b.roblox.Class()}
	}
	return why
}

// Contacts implements ticket.Fetching.
func (b bothValues) Contacts() []ticket.Contact {
	one := ticket.Contact{Source: bloxlink.Slug, Name: "Bloxlink", BuiltIn: true}
	if o, known := b.roblox.Outcome(); known {
		one.Class, one.At, one.Took, one.Cached = o.Class, o.At, o.Took, !o.Asked && o.Class == ""
	} else {
		one.Pending = true
	}
	own := map[string]placeholder.Value{} // once, where the message says %roblox_id% and %bloxlink.roblox_id%
	for called, v := range b.roblox.Values() {
		own[strings.TrimPrefix(called, bloxlink.Slug+".")] = v
	}
	for _, name := range slices.Sorted(maps.Keys(own)) {
		one.Given = append(one.Given, ticket.NewGiven(name, own[name]))
	}
	return append(b.Fetching.Contacts(), one)
}

// builtIn are the unambiguous names of all built-in placeholders: who activates an integration is warned of the plain ones (I-21).
func builtIn() []string {
	var names []string
	for _, name := range ticket.BuiltIn() {
		names = append(names, "ticket."+name)
	}
	for _, name := range bloxlink.Names() {
		names = append(names, bloxlink.Slug+"."+name)
	}
	return names
}
