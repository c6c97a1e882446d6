package integration

import (
	"context"
	"sync"

	"usher/internal/core/fault"
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
	if !l.take(key) {
		return "", fault.New(fault.Unavailable, "logo_unavailable", "You have saved many logos in the last hour: leave it out, or try again in a few minutes.")
	}
	return l.next.Keep(ctx, key, url)
}

func (l *pacedLogos) take(key string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.users.at(key, l.resolver.now())
	if b.tokens < 1 {
		return false
	}
	b.tokens--
	return true
}
