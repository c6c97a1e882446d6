package integration

import (
	"context"
	"sync"
	"time"
)

// Logos keeps a user's rate of pictures (I-43): each that is saved stays on the disk, and each is fetched and drawn. next does the rest.
func (r *Resolver) Logos(next Logos) Logos {
	return &pacedLogos{resolver: r, next: next, users: newBuckets[string](r.tuning.LogoRate)}
}

type pacedLogos struct {
	resolver *Resolver
	next     Logos

	mu    sync.Mutex
	users *buckets[string]
}

// Keep implements Logos.
func (l *pacedLogos) Keep(ctx context.Context, key, url string) (string, error) {
	if delay := l.take(key); delay > 0 {
		return "", tooMany("logo_busy", "You saved many logos in the last hour, so this one was not fetched", delay)
	}
	return l.next.Keep(ctx, key, url)
}

// take lets one pass with 0, or says how long to wait.
func (l *pacedLogos) take(key string) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.resolver.now()
	if delay := l.users.delay(key, now); delay > 0 {
		return delay
	}
	l.users.at(key, now).tokens--
	return 0
}
