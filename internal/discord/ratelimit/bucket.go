package ratelimit

import (
	"math"
	"time"

	"usher/internal/discord/clock"
)

const (
	// fallbackReset is assumed when Discord says that a bucket is empty but not until when.
	fallbackReset = time.Second
	// maxProbes bounds how many requests may be out on a bucket that has never answered.
	maxProbes = 5
)

// bucket is what is known of one Discord rate limit bucket. Guarded by the limiter's mutex.
type bucket struct {
	hash, major string

	known     bool // limit and remaining are Discord's
	unlimited bool // Discord answered without a bucket: only the global limit holds
	limit     int
	remaining int           // of the present window, not counting what is in flight
	resetAt   time.Time     // end of the present window; zero until an answer tells
	window    time.Duration // the longest window seen
	gen       uint64        // number of the present window

	blockedUntil time.Time // a 429 said so
	blockScope   Scope

	inFlight   int
	probeSince time.Time
	waiting    queue
	timer      clock.Timer
	lastUsed   time.Time
}

// room is how many more requests may leave now.
func (b *bucket) room(now time.Time, patience time.Duration) int {
	if now.Before(b.blockedUntil) {
		return 0
	}
	if b.unlimited {
		return math.MaxInt32
	}
	if !b.known {
		return b.probes(now, patience) - b.inFlight
	}
	b.roll(now)
	return b.remaining - b.inFlight
}

// probes is how many requests may be out on a bucket whose limit is unknown: one, and one more for each patience the first is silent.
func (b *bucket) probes(now time.Time, patience time.Duration) int {
	if b.inFlight == 0 {
		return 1
	}
	return min(1+int(now.Sub(b.probeSince)/patience), maxProbes)
}

// roll opens a new window when the present one is over.
func (b *bucket) roll(now time.Time) {
	if b.resetAt.IsZero() || now.Before(b.resetAt) {
		return
	}
	b.gen++
	b.remaining = b.limit
	b.resetAt = time.Time{}
}

// leave notes that a request of w takes its place.
func (b *bucket) leave(w *waiter, now time.Time) {
	if b.inFlight == 0 {
		b.probeSince = now
	}
	b.inFlight++
	b.lastUsed = now
	w.gen, w.reserved = b.gen, true
}

// next is when room may change without an answer; zero if only an answer can change it.
func (b *bucket) next(now time.Time, patience time.Duration) time.Time {
	switch {
	case now.Before(b.blockedUntil):
		return b.blockedUntil
	case b.known:
		return b.resetAt
	case b.inFlight > 0 && b.inFlight < maxProbes:
		return b.probeSince.Add(time.Duration(b.probes(now, patience)) * patience)
	default:
		return time.Time{}
	}
}

// earliest is the soonest time at which a request behind ahead others can leave, and the limit that says so.
// It never guesses too late as long as those ahead do not give up.
func (b *bucket) earliest(now time.Time, ahead int) (time.Time, Scope) {
	if now.Before(b.blockedUntil) {
		return b.blockedUntil, b.blockScope
	}
	if !b.known || b.unlimited {
		return now, ScopeBucket
	}
	b.roll(now)
	behind := ahead - (b.remaining - b.inFlight)
	if behind < 0 || b.resetAt.IsZero() || b.limit <= 0 {
		return now, ScopeBucket
	}
	return b.resetAt.Add(time.Duration(behind/b.limit) * b.window), ScopeBucket
}

// learn takes over what an answer to a request of window gen says.
func (b *bucket) learn(a answer, gen uint64, now time.Time) {
	b.unlimited = false
	fresh := !b.known
	if a.limit > 0 {
		b.limit = a.limit
	}
	b.limit = max(b.limit, a.remaining, 1)
	b.known = true
	if gen != b.gen && !fresh {
		return // an answer to the window before: its count is spent
	}
	if fresh {
		b.remaining = a.remaining
	} else {
		// Answers overtake each other; within one window the count only falls.
		b.remaining = min(b.remaining, a.remaining)
	}
	switch {
	case a.resetKnown:
		if at := now.Add(a.resetAfter); at.After(b.resetAt) {
			b.resetAt = at
		}
		b.window = max(b.window, a.resetAfter)
	case b.resetAt.IsZero() && b.remaining <= 0:
		b.resetAt = now.Add(fallbackReset)
	}
}

// spend counts a request of window gen that left but whose answer said nothing about the bucket: it may have been counted.
func (b *bucket) spend(gen uint64, now time.Time) {
	if !b.known || b.unlimited || gen != b.gen {
		return
	}
	b.remaining--
	if b.remaining <= 0 && b.resetAt.IsZero() {
		b.resetAt = now.Add(fallbackReset)
	}
}

// block keeps everything back until the given time.
func (b *bucket) block(until time.Time, scope Scope) {
	if !until.After(b.blockedUntil) {
		return
	}
	b.blockedUntil, b.blockScope = until, scope
	if b.known {
		b.remaining = 0
		b.resetAt = until
	}
}

// idle reports whether the bucket can be forgotten.
func (b *bucket) idle(now time.Time, after time.Duration) bool {
	return b.inFlight == 0 && b.waiting.size() == 0 && now.Sub(b.lastUsed) >= after && !now.Before(b.resetAt) && !now.Before(b.blockedUntil)
}
