package integration

import (
	"sync"
	"time"

	"usher/internal/core/snowflake"
)

// Rate bounds how often something may happen (I-43): Burst times at once, and PerMinute times a minute in the long run.
type Rate struct {
	PerMinute int
	Burst     int
}

// pace holds the rates of guilds and of integrations. It is safe for concurrent use. Whoever has been idle for longest is
// forgotten first, and by then most often has its whole burst again.
type pace struct {
	now    func() time.Time
	mu     sync.Mutex
	guilds *buckets[snowflake.Guild]
	whole  *buckets[ID] // of an integration, over all guilds
}

// maxBuckets bounds how many guilds and integrations are remembered, of each.
const maxBuckets = 20_000

func newPace(t Tuning, now func() time.Time) *pace {
	return &pace{
		now:    now,
		guilds: newBuckets[snowflake.Guild](t.GuildRate), whole: newBuckets[ID](t.IntegrationRate),
	}
}

// take lets one request of a guild to an integration pass, or says that it may not. One that may not costs nothing.
func (p *pace) take(g snowflake.Guild, id ID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	guild, whole := p.guilds.at(g, now), p.whole.at(id, now)
	if guild.tokens < 1 || whole.tokens < 1 {
		return false
	}
	guild.tokens--
	whole.tokens--
	return true
}

// delay is how long take would have to wait.
func (p *pace) delay(g snowflake.Guild, id ID) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	return max(p.guilds.delay(g, now), p.whole.delay(id, now))
}

// buckets are token buckets with one rate.
type buckets[K comparable] struct {
	rate Rate
	all  *recent[K, *bucket]
}

type bucket struct {
	tokens float64
	at     time.Time // when tokens was right
}

func newBuckets[K comparable](rate Rate) *buckets[K] {
	return &buckets[K]{rate: rate, all: newRecent[K, *bucket](maxBuckets)}
}

// at gives a bucket with the tokens that it has now.
func (b *buckets[K]) at(key K, now time.Time) *bucket {
	found, there := b.all.get(key)
	if !there {
		found = &bucket{tokens: float64(b.rate.Burst), at: now}
		b.all.put(key, found, 1)
		return found
	}
	if passed := now.Sub(found.at); passed > 0 {
		found.tokens = min(float64(b.rate.Burst), found.tokens+passed.Minutes()*float64(b.rate.PerMinute))
		found.at = now
	}
	return found
}

// delay is how long it takes until there is a token.
func (b *buckets[K]) delay(key K, now time.Time) time.Duration {
	lacks := 1 - b.at(key, now).tokens
	if lacks <= 0 {
		return 0
	}
	return time.Duration(lacks / float64(max(1, b.rate.PerMinute)) * float64(time.Minute))
}
