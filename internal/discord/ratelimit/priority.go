package ratelimit

import (
	"context"
	"net/http"
	"strings"

	"github.com/disgoorg/disgo/rest"
)

// Priority orders requests that wait for the same limit: a lower value goes first, equal values in order of arrival.
type Priority int

// The priorities, from the one a member looks at to the one nobody waits for.
const (
	// High is for what a member sees next: creating a channel or thread, its permissions, a message.
	High Priority = iota
	// Normal is for everything else.
	Normal
	// Low is for pins, typing, reactions, logs and notices.
	Low

	priorities = 3
)

type priorityKey struct{}

// WithPriority makes requests under ctx wait with priority p instead of the one their route gives: a ticket log is a message like any
// other to the limiter, so the caller says Low.
func WithPriority(ctx context.Context, p Priority) context.Context {
	return context.WithValue(ctx, priorityKey{}, min(max(p, High), Low))
}

func priorityOf(ctx context.Context, e *rest.Endpoint) Priority {
	if p, ok := ctx.Value(priorityKey{}).(Priority); ok {
		return p
	}
	switch {
	case strings.Contains(e.Route, "/pins"), strings.Contains(e.Route, "/reactions"),
		strings.HasSuffix(e.Route, "/typing"), strings.HasSuffix(e.Route, "/audit-logs"):
		return Low
	case e.Method == http.MethodPost && (strings.HasSuffix(e.Route, "/channels") || strings.HasSuffix(e.Route, "/messages") ||
		strings.HasSuffix(e.Route, "/threads")):
		return High
	case strings.Contains(e.Route, "/permissions/"):
		return High
	default:
		return Normal
	}
}

// exempt reports whether a route is outside the bot's global limit: Discord docs, "Rate Limits": interaction endpoints are not bound to
// it, and routes that carry a webhook's or interaction's own token do not act as the bot.
func exempt(e *rest.Endpoint) bool {
	return strings.HasPrefix(e.Route, "/interactions/") || (strings.HasPrefix(e.Route, "/webhooks/") && strings.Contains(e.Route, "token}"))
}
