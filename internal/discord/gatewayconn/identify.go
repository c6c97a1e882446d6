package gatewayconn

import (
	"context"
	"sync"
	"time"

	"github.com/disgoorg/disgo/gateway"

	"usher/internal/discord/clock"
)

// identifySpan is the time in which one shard per key may log in (Discord docs, "Gateway", max_concurrency).
const identifySpan = 5 * time.Second

// IdentifyLimiter spaces logins: of the shards with the same id modulo max_concurrency, one per five seconds.
// It implements gateway.IdentifyRateLimiter. disgo's own divides by a max_concurrency of zero.
type IdentifyLimiter struct {
	clock clock.Clock
	width int

	mu   sync.Mutex
	keys map[int]*identifyKey
}

type identifyKey struct {
	turn chan struct{} // holds a token while a shard logs in
	next time.Time
}

var _ gateway.IdentifyRateLimiter = (*IdentifyLimiter)(nil)

// NewIdentifyLimiter takes max_concurrency from GET /gateway/bot; anything below 1 counts as 1.
func NewIdentifyLimiter(c clock.Clock, maxConcurrency int) *IdentifyLimiter {
	return &IdentifyLimiter{clock: c, width: max(maxConcurrency, 1), keys: map[int]*identifyKey{}}
}

func (l *IdentifyLimiter) key(shardID int) *identifyKey {
	l.mu.Lock()
	defer l.mu.Unlock()
	k, ok := l.keys[shardID%l.width]
	if !ok {
		k = &identifyKey{turn: make(chan struct{}, 1)}
		l.keys[shardID%l.width] = k
	}
	return k
}

// Wait returns when the shard may log in. After nil, Unlock must be called once the login was sent or given up.
func (l *IdentifyLimiter) Wait(ctx context.Context, shardID int) error {
	k := l.key(shardID)
	select {
	case k.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if err := clock.Sleep(ctx, l.clock, k.next.Sub(l.clock.Now())); err != nil {
		<-k.turn
		return err
	}
	return nil
}

// Unlock starts the five seconds and lets the next shard wait for their end.
func (l *IdentifyLimiter) Unlock(shardID int) {
	k := l.key(shardID)
	k.next = l.clock.Now().Add(identifySpan)
	<-k.turn
}

// Close does nothing: whoever waits ends with its context.
func (l *IdentifyLimiter) Close(context.Context) {}
