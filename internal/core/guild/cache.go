package guild

import (
	"context"
	"sync"
	"time"

	"usher/internal/core/snowflake"
)

// Cache keeps one value per guild for a short while, so that the way of a ticket needs no look-ups. A write in this process calls
// Forget; a write in another process is seen after Config.TTL. Loads of one guild at one moment happen once.
type Cache[T any] struct {
	load    func(ctx context.Context, g snowflake.Guild) (T, error)
	now     func() time.Time
	ttl     time.Duration
	most    int
	mu      sync.Mutex
	entries map[snowflake.Guild]*entry[T]
}

type entry[T any] struct {
	ready   chan struct{} // closed when value and err are set
	value   T
	err     error
	expires time.Time
}

// NewCache makes a cache of at most most guilds over load.
func NewCache[T any](load func(ctx context.Context, g snowflake.Guild) (T, error), now func() time.Time, ttl time.Duration, most int) *Cache[T] {
	return &Cache[T]{load: load, now: now, ttl: ttl, most: most, entries: map[snowflake.Guild]*entry[T]{}}
}

// Get gives the guild's value. An error is not kept: the next call loads again.
func (c *Cache[T]) Get(ctx context.Context, g snowflake.Guild) (T, error) {
	c.mu.Lock()
	e := c.entries[g]
	if e == nil || e.expired(c.now()) {
		e = &entry[T]{ready: make(chan struct{})}
		c.room()
		c.entries[g] = e
		c.mu.Unlock()
		return c.fill(ctx, g, e)
	}
	c.mu.Unlock()
	select {
	case <-e.ready:
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
	if e.err != nil {
		return c.load(ctx, g) // the other's error may be of its own context
	}
	return e.value, nil
}

func (c *Cache[T]) fill(ctx context.Context, g snowflake.Guild, e *entry[T]) (T, error) {
	value, err := c.load(ctx, g)
	c.mu.Lock()
	e.value, e.err, e.expires = value, err, c.now().Add(c.ttl)
	if err != nil && c.entries[g] == e {
		delete(c.entries, g)
	}
	c.mu.Unlock()
	close(e.ready)
	return value, err
}

// expired reports whether a loaded entry is too old. Called with the lock held.
func (e *entry[T]) expired(now time.Time) bool {
	return !e.expires.IsZero() && now.After(e.expires)
}

// room makes place for one more by dropping any; the cache is far larger than what is used at one moment. Called with the lock held.
func (c *Cache[T]) room() {
	for g := range c.entries {
		if len(c.entries) < c.most {
			return
		}
		delete(c.entries, g)
	}
}

// Forget drops a guild's value after a write. A load that began before the write is dropped too.
func (c *Cache[T]) Forget(g snowflake.Guild) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.entries, g)
}
