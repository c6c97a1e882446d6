package integration

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"usher/internal/core/snowflake"
)

// Condition is how a guild's requests to an integration are dealt with (I-15).
type Condition string

// The conditions of a breaker.
const (
	Closed   Condition = "closed"    // requests are sent; some of the latest failed
	Open     Condition = "open"      // none is sent: too many failed one after another
	HalfOpen Condition = "half_open" // the next one is sent to see whether it is well again
)

// Health is the trouble that a guild has with an integration. One without trouble has none.
type Health struct {
	Integration ID
	State       Condition
	Since       time.Time // since when it is in this state; while closed, of the first failure
	Failures    int       // one after another
	Class       string    // of the last one, as people outside may see it
	Retry       time.Time // when open: from when on a request is sent again
}

// breakerKey is whose breaker it is: a fault in one guild's secrets or values opens no other's (I-15).
type breakerKey struct {
	guild       snowflake.Guild
	integration ID
}

// breaker counts failures in a row.
type breaker struct {
	version  uint64 // of the request that failed: another one deserves another try
	failures int
	class    string
	first    time.Time // failure of the row
	opened   time.Time // zero while closed
	until    time.Time // when open: then one request is tried
	rest     time.Duration
	probing  bool
}

// breakers keep integrations that fail from being hammered. They are safe for concurrent use. State is this process's own: another one
// learns by its own failures.
type breakers struct {
	after       int           // failures in a row until it opens
	first, most time.Duration // how long it stays open: doubled from first to most while trying fails
	now         func() time.Time
	mu          sync.Mutex
	failing     *recent[breakerKey, *breaker] // those with a failure, and no other
}

// maxBreakers bounds how many integrations in trouble are remembered.
const maxBreakers = 10_000

func newBreakers(t Tuning, now func() time.Time) *breakers {
	return &breakers{after: t.BreakAfter, first: t.BreakFirst, most: t.BreakMost, now: now, failing: newRecent[breakerKey, *breaker](maxBreakers)}
}

// allow says whether a request may be sent now. Each one that may has to be settled.
func (b *breakers) allow(key breakerKey, version uint64) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	br, failing := b.failing.get(key)
	if !failing || br.version != version || br.opened.IsZero() {
		return true
	}
	if br.probing || b.now().Before(br.until) {
		return false
	}
	br.probing = true
	return true
}

// verdict is what a request taught about the integration's health.
type verdict struct {
	class string        // of the failure; empty: it is well
	none  bool          // nothing was learned
	rest  time.Duration // how long the server itself asks to be left alone
}

// settle takes in how a request ended that allow let pass.
func (b *breakers) settle(key breakerKey, version uint64, v verdict) {
	b.mu.Lock()
	defer b.mu.Unlock()
	br, failing := b.failing.get(key)
	same := failing && br.version == version
	switch {
	case v.none:
		if same {
			br.probing = false // the next one may try
		}
		return
	case v.class == "":
		b.failing.drop(key)
		return
	case !same:
		br = &breaker{version: version, first: b.now()}
		b.failing.put(key, br, 1)
	}
	br.failures++
	br.class = v.class
	if br.probing || br.failures >= b.after || v.rest > 0 {
		b.trip(br, v.rest)
	}
}

// trip begins a rest, twice as long as the one before. Called with the lock held.
func (b *breakers) trip(br *breaker, asked time.Duration) {
	now := b.now()
	if !br.opened.IsZero() && now.Before(br.until) {
		return // one that was on its way when the others failed
	}
	br.rest = min(max(b.first, 2*br.rest), b.most)
	br.opened, br.until, br.probing = now, now.Add(min(max(br.rest, asked), b.most)), false
}

// of lists a guild's integrations in trouble, by id.
func (b *breakers) of(g snowflake.Guild) []Health {
	b.mu.Lock()
	defer b.mu.Unlock()
	var all []Health
	b.failing.all(func(key breakerKey, br *breaker) {
		if key.guild == g {
			all = append(all, br.health(key.integration, b.now()))
		}
	})
	slices.SortFunc(all, func(a, c Health) int { return cmp.Or(strings.Compare(string(a.Integration), string(c.Integration))) })
	return all
}

// open counts the integrations whose breakers are open, and their guilds.
func (b *breakers) open() (integrations, guilds int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	those, theirs := map[ID]bool{}, map[snowflake.Guild]bool{}
	b.failing.all(func(key breakerKey, br *breaker) {
		if br.health(key.integration, b.now()).State == Open {
			those[key.integration], theirs[key.guild] = true, true
		}
	})
	return len(those), len(theirs)
}

func (br *breaker) health(id ID, now time.Time) Health {
	h := Health{Integration: id, State: Closed, Since: br.first, Failures: br.failures, Class: br.class}
	switch {
	case br.opened.IsZero():
	case now.Before(br.until):
		h.State, h.Since, h.Retry = Open, br.opened, br.until
	default:
		h.State, h.Since = HalfOpen, br.until
	}
	return h
}
