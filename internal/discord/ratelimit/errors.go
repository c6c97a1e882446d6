package ratelimit

import (
	"errors"
	"fmt"
	"time"
)

// ErrClosed is returned by Wait once Close was called.
var ErrClosed = errors.New("the rate limiter is closed")

// Scope says which limit made a request wait.
type Scope string

// The limits a request can wait for.
const (
	// ScopeBucket is the limit of a route for one channel, guild or webhook.
	ScopeBucket Scope = "bucket"
	// ScopeShared is a limit on a resource that other bots use as well (X-RateLimit-Scope: shared).
	ScopeShared Scope = "shared"
	// ScopeSubLimit is a limit on what the request does rather than on its route, such as two channel renames in ten minutes.
	ScopeSubLimit Scope = "sub_limit"
	// ScopeGlobal is the limit of the whole bot, 50 requests per second.
	ScopeGlobal Scope = "global"
	// ScopeCloudflare is a ban of the address by Discord's front.
	ScopeCloudflare Scope = "cloudflare"
	// ScopeInvalid is our own brake before too many invalid requests would get the address banned.
	ScopeInvalid Scope = "invalid_requests"
)

// TooLong is returned by Wait, at once, when a request cannot be sent before its context's deadline (or MaxWait without one).
// Nothing was sent.
type TooLong struct {
	// Wait is how long the request would have to wait at least.
	Wait time.Duration
	// Scope is the limit it would wait for.
	Scope Scope
}

// Error says how long and for what.
func (e *TooLong) Error() string {
	return fmt.Sprintf("discord's %s rate limit asks to wait %s, longer than this request may take", e.Scope, e.Wait.Round(time.Millisecond))
}
