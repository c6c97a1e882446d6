package ratelimit

import (
	"context"
	"time"

	"usher/internal/discord/clock"
)

// Everything here runs under the limiter's mutex.

// pump lets go of what the bucket has room for: exempt requests leave, the others join the global queue holding their place.
func (l *Limiter) pump(b *bucket, now time.Time) {
	if l.closed {
		return
	}
	if now.Before(l.gate.bannedUntil) {
		l.armBucket(b, l.gate.bannedUntil, now)
		return
	}
	moved := false
	for b.room(now, l.opts.ProbePatience) > 0 {
		w := b.waiting.pop()
		if w == nil {
			break
		}
		b.leave(w, now)
		if w.exempt {
			l.grant(w)
			continue
		}
		l.gate.waiting.push(w)
		moved = true
	}
	if b.waiting.size() > 0 {
		l.armBucket(b, b.next(now, l.opts.ProbePatience), now)
	}
	if moved {
		l.pumpGate(now)
	}
}

// pumpGate grants from the global queue while the bot's limit allows.
func (l *Limiter) pumpGate(now time.Time) {
	if l.closed {
		return
	}
	for l.gate.waiting.size() > 0 {
		at, _ := l.globalNext(now)
		if at.After(now) {
			stop(&l.gate.timer)
			l.gate.timer = l.opts.Clock.AfterFunc(at.Sub(now), l.wakeGate)
			return
		}
		l.gate.sent = append(l.gate.sent, now)
		l.grant(l.gate.waiting.pop())
	}
}

func (l *Limiter) wakeGate() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pumpGate(l.opts.Clock.Now())
}

func (l *Limiter) armBucket(b *bucket, at, now time.Time) {
	stop(&b.timer)
	if at.IsZero() || b.waiting.size() == 0 {
		return
	}
	b.timer = l.opts.Clock.AfterFunc(at.Sub(now), func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.pump(b, l.opts.Clock.Now())
	})
}

func stop(t *clock.Timer) {
	if *t != nil {
		(*t).Stop()
		*t = nil
	}
}

func (l *Limiter) grant(w *waiter) {
	l.permits[w.endpoint] = append(l.permits[w.endpoint], permit{bucket: w.bucket, gen: w.gen})
	l.inFlight++
	w.settle(nil)
}

// refuse takes a waiter out of whatever queue it is in and fails it.
func (l *Limiter) refuse(w *waiter, err error) {
	if w.settled {
		return
	}
	if w.queue != nil {
		w.queue.remove(w)
	}
	if w.reserved {
		w.bucket.inFlight--
		w.reserved = false
	}
	w.settle(err)
}

// abandon is for a caller that stopped waiting. If its permit came at the same moment it is given back unused.
func (l *Limiter) abandon(w *waiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.opts.Clock.Now()
	if w.granted {
		if p, ok := l.takePermit(w.endpoint); ok {
			p.bucket.inFlight--
			l.pump(p.bucket, now)
		}
		return
	}
	l.refuse(w, context.Canceled)
	l.pump(w.bucket, now)
}

// expire fails a waiter without a deadline of its own that has waited MaxWait.
func (l *Limiter) expire(w *waiter) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.refuse(w, &TooLong{Wait: l.opts.MaxWait, Scope: ScopeBucket})
	l.pump(w.bucket, l.opts.Clock.Now())
}

// review fails the waiters of b that a new block made hopeless.
func (l *Limiter) review(b *bucket, now time.Time) {
	for i, w := range b.waiting.all() {
		if err := l.hopeless(w, i, now); err != nil {
			l.refuse(w, err)
		}
	}
}

// reviewAll is review after something that concerns every request.
func (l *Limiter) reviewAll(now time.Time) {
	for _, b := range l.distinctBuckets() {
		l.review(b, now)
		l.pump(b, now)
	}
	for i, w := range l.gate.waiting.all() {
		if at, scope := l.globalEarliest(now, i); at.After(w.deadline) {
			l.refuse(w, &TooLong{Wait: at.Sub(now), Scope: scope})
			l.pump(w.bucket, now)
		}
	}
}

// rate is how many requests per second the bot may send at present: fewer, then none, as invalid answers pile up.
func (l *Limiter) rate(now time.Time) int {
	switch n := l.invalid.count(now); {
	case n*10 >= l.opts.InvalidLimit*9:
		return 0
	case n*2 >= l.opts.InvalidLimit:
		return max(l.opts.Global/10, 1)
	default:
		return l.opts.Global
	}
}

func (l *Limiter) globalNext(now time.Time) (time.Time, Scope) {
	rate := l.rate(now)
	if rate == 0 {
		return l.invalid.relief(now), ScopeInvalid
	}
	return l.gate.next(now, rate)
}

func (l *Limiter) globalEarliest(now time.Time, ahead int) (time.Time, Scope) {
	rate := l.rate(now)
	if rate == 0 {
		return l.invalid.relief(now), ScopeInvalid
	}
	return l.gate.earliest(now, rate, ahead)
}
