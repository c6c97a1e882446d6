package ratelimit

import (
	"log/slog"
	"net/http"
	"time"

	"github.com/disgoorg/disgo/rest"
)

// Everything here runs under the limiter's mutex.

// routeOf names a route as Discord's limits see it. It contains no parameter, so it may be logged.
func routeOf(e *rest.CompiledEndpoint) string { return e.Endpoint.Method + " " + e.Endpoint.Route }

func identity(e *rest.CompiledEndpoint) string { return routeOf(e) + "\x00" + e.MajorParams }

// bucketFor finds or makes the bucket of a route for its major parameters.
func (l *Limiter) bucketFor(e *rest.CompiledEndpoint, id string) *bucket {
	if b, ok := l.buckets[id]; ok {
		return b
	}
	p := l.profiles[routeOf(e)]
	if p.hash != "" {
		if b, ok := l.shared[p.hash+"\x00"+e.MajorParams]; ok {
			l.buckets[id] = b
			return b
		}
	}
	b := &bucket{major: e.MajorParams, unlimited: p.unlimited}
	if p.hash != "" {
		// Nothing is spent yet on this channel or guild, and the limit is the route's.
		b.hash, b.known, b.limit, b.remaining = p.hash, true, p.limit, p.limit
		l.shared[p.hash+"\x00"+e.MajorParams] = b
	}
	l.buckets[id] = b
	return b
}

// note takes over an answer and returns the bucket that Discord says the request belongs to.
func (l *Limiter) note(e *rest.CompiledEndpoint, b *bucket, gen uint64, a answer, now time.Time) *bucket {
	if a.invalid() {
		l.noteInvalid(now)
	}
	if a.hash != "" && a.hash != b.hash {
		b = l.adopt(e, b, a.hash)
		gen = b.gen
	}
	switch {
	case a.cloudflare:
		l.noteBan(a, now)
	case a.limited && a.global:
		l.notePause(e, a, now)
	case a.limited:
		l.noteLimited(e, b, a, now)
	case a.hash != "" && a.counted:
		b.learn(a, gen, now)
		l.profiles[routeOf(e)] = profile{hash: b.hash, limit: b.limit}
	case a.hash == "" && !b.known && a.status < http.StatusMultipleChoices:
		b.unlimited = true
		l.profiles[routeOf(e)] = profile{unlimited: true}
	default:
		b.spend(gen, now)
	}
	return b
}

// adopt moves a route to the bucket that Discord named, with those that wait for it.
func (l *Limiter) adopt(e *rest.CompiledEndpoint, from *bucket, hash string) *bucket {
	key, id := hash+"\x00"+e.MajorParams, identity(e)
	to, ok := l.shared[key]
	switch {
	case !ok && from.hash == "":
		from.hash = hash
		l.shared[key] = from
		return from
	case !ok:
		to = &bucket{hash: hash, major: e.MajorParams}
		l.shared[key] = to
	}
	l.buckets[id] = to
	for _, w := range from.waiting.all() {
		if w.id == id {
			from.waiting.remove(w)
			w.bucket = to
			to.waiting.push(w)
		}
	}
	return to
}

// noteLimited is a 429 of a bucket, of a shared resource, or of a limit beneath the bucket.
func (l *Limiter) noteLimited(e *rest.CompiledEndpoint, b *bucket, a answer, now time.Time) {
	scope := ScopeBucket
	switch {
	case a.shared:
		scope = ScopeShared
	case a.counted && a.remaining > 0:
		// The bucket has room, so what ran out is a limit on what the request does (renaming a channel: twice in ten minutes).
		// Only this request waits: holding the bucket would hold other edits of the channel for minutes.
		scope = ScopeSubLimit
	}
	l.log.Warn("rate limited", slog.String("route", routeOf(e)), slog.String("scope", string(scope)), slog.Duration("retry_after", a.retryAfter))
	if scope == ScopeSubLimit {
		l.penalties[e] = now.Add(a.retryAfter)
		return
	}
	if a.limit > 0 && !b.known {
		b.known, b.unlimited, b.limit = true, false, a.limit
		l.profiles[routeOf(e)] = profile{hash: b.hash, limit: b.limit}
	}
	b.block(now.Add(a.retryAfter), scope)
	l.review(b, now)
}

func (l *Limiter) notePause(e *rest.CompiledEndpoint, a answer, now time.Time) {
	until := now.Add(a.retryAfter)
	if until.After(l.gate.pausedUntil) {
		l.gate.pausedUntil = until
	}
	l.log.Warn("global rate limit hit, pausing all requests", slog.String("route", routeOf(e)), slog.Duration("retry_after", a.retryAfter))
	l.reviewAll(now)
}

func (l *Limiter) noteBan(a answer, now time.Time) {
	until := now.Add(a.retryAfter)
	if until.After(l.gate.bannedUntil) {
		l.gate.bannedUntil = until
	}
	l.log.Error("cloudflare has banned this address from discord, all requests stop",
		slog.Int("status", a.status), slog.Duration("retry_after", a.retryAfter), slog.Int("invalid_in_ten_minutes", l.invalid.count(now)))
	l.reviewAll(now)
}

// noteInvalid counts an answer toward Discord's limit and says so before it is near.
func (l *Limiter) noteInvalid(now time.Time) {
	n := l.invalid.add(now)
	tenths := n * 10 / l.opts.InvalidLimit
	if tenths < l.alarmed {
		l.alarmed = tenths
	}
	if tenths <= l.alarmed {
		return
	}
	l.alarmed = tenths
	attrs := []any{slog.Int("invalid_in_ten_minutes", n), slog.Int("limit", l.opts.InvalidLimit)}
	if rate := l.rate(now); rate < l.opts.Global {
		l.log.Error("too many invalid discord requests, slowing down", append(attrs, slog.Int("requests_per_second", rate))...)
		return
	}
	l.log.Warn("many invalid discord requests", attrs...)
}

func (l *Limiter) distinctBuckets() []*bucket {
	seen := make(map[*bucket]struct{}, len(l.buckets))
	out := make([]*bucket, 0, len(l.buckets))
	add := func(b *bucket) {
		if _, dup := seen[b]; !dup {
			seen[b] = struct{}{}
			out = append(out, b)
		}
	}
	for _, b := range l.buckets {
		add(b)
	}
	for _, b := range l.shared {
		add(b)
	}
	return out
}

// sweep forgets what has not been used for long: channels and interaction tokens come and go for ever.
func (l *Limiter) sweep(now time.Time) {
	if now.Sub(l.sweptAt) < l.opts.IdleAfter/2 {
		return
	}
	l.sweptAt = now
	for id, b := range l.buckets {
		if b.idle(now, l.opts.IdleAfter) {
			delete(l.buckets, id)
		}
	}
	for key, b := range l.shared {
		if b.idle(now, l.opts.IdleAfter) {
			delete(l.shared, key)
		}
	}
	for e, until := range l.penalties {
		if !until.After(now) {
			delete(l.penalties, e)
		}
	}
}
