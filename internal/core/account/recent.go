package account

import (
	"context"
	"errors"
	"sync"
	"time"
)

// recent remembers one value per key for a short while. Loads of one key at one moment happen once; errors are not remembered.
type recent[K comparable, V any] struct {
	now     func() time.Time
	life    time.Duration
	most    int
	mu      sync.Mutex
	entries map[K]*remembered[V]
}

type remembered[V any] struct {
	ready   chan struct{} // closed when value, err and expires are set
	value   V
	err     error
	expires time.Time
}

func newRecent[K comparable, V any](now func() time.Time, life time.Duration, most int) *recent[K, V] {
	return &recent[K, V]{now: now, life: life, most: most, entries: map[K]*remembered[V]{}}
}

// get gives what is remembered, or what load says now. The life of a value begins before it is loaded, so that it is never older.
func (r *recent[K, V]) get(ctx context.Context, key K, load func(context.Context) (V, error)) (V, error) {
	for {
		r.mu.Lock()
		e := r.entries[key]
		if e == nil || e.over(r.now()) {
			e = &remembered[V]{ready: make(chan struct{}), expires: r.now().Add(r.life)}
			r.room()
			r.entries[key] = e
			r.mu.Unlock()
			return r.fill(ctx, key, e, load)
		}
		r.mu.Unlock()
		select {
		case <-e.ready:
		case <-ctx.Done():
			var none V
			return none, ctx.Err()
		}
		if e.err == nil {
			return e.value, nil
		}
		if ctx.Err() == nil && isContext(e.err) {
			continue // the other's request ended; ours has not
		}
		return e.value, e.err
	}
}

func (r *recent[K, V]) fill(ctx context.Context, key K, e *remembered[V], load func(context.Context) (V, error)) (V, error) {
	e.err = context.Canceled // where load panics, whoever waits tries again
	defer func() {
		if e.err != nil {
			r.mu.Lock()
			if r.entries[key] == e {
				delete(r.entries, key)
			}
			r.mu.Unlock()
		}
		close(e.ready)
	}()
	e.value, e.err = load(ctx)
	return e.value, e.err
}

// over reports whether a value that is there is too old.
func (e *remembered[V]) over(now time.Time) bool {
	select {
	case <-e.ready:
		return now.After(e.expires)
	default:
		return false
	}
}

// room drops any, as the memory is far larger than what is used at one moment. Called with the lock held.
func (r *recent[K, V]) room() {
	for key := range r.entries {
		if len(r.entries) < r.most {
			return
		}
		delete(r.entries, key)
	}
}

// forget drops what is remembered of a key.
func (r *recent[K, V]) forget(key K) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.entries, key)
}

// isContext reports whether a load ended because whoever asked for it went away.
func isContext(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
