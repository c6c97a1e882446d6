package discord

import (
	"github.com/disgoorg/disgo/gateway"

	"usher/internal/core/health"
)

// Shards tells how this process is connected to Discord, with the shards that were not opened yet.
func (b *Bot) Shards() []health.Shard {
	mine, count := b.connection.Numbers()
	guilds := map[int]int{}
	for g := range b.connection.Client.Caches.Guilds() {
		guilds[int(uint64(g.ID)>>22%uint64(max(count, 1)))]++ //nolint:gosec // below the number of shards
	}
	at := map[int]health.Shard{}
	for _, s := range b.connection.Shards() {
		stats := s.Stats()
		at[s.ShardID()] = health.Shard{
			State: stateOf(s.Status()), Since: s.Since(), Latency: s.Latency(), Logins: stats.Identified, Resumes: stats.Resumed, Losses: stats.Lost,
		}
	}
	all := make([]health.Shard, 0, len(mine))
	for _, id := range mine {
		s, opened := at[id]
		if !opened {
			s.State = health.Disconnected
		}
		s.ID, s.Count, s.Guilds = id, count, guilds[id]
		all = append(all, s)
	}
	return all
}

// stateOf is a connection's status for people who operate.
func stateOf(s gateway.Status) health.ShardState {
	switch s {
	case gateway.StatusReady:
		return health.Ready
	case gateway.StatusResuming:
		return health.Resuming
	case gateway.StatusUnconnected, gateway.StatusDisconnected:
		return health.Disconnected
	default:
		return health.Connecting
	}
}
