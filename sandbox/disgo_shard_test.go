//go:build !race

package sandbox_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/events"
	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/disgo/sharding"
	"github.com/disgoorg/snowflake/v2"

	"usher/sandbox"
)

// TestS13DisgoShards runs disgo's shard manager with one, two and eight shards: each guild's events arrive at exactly
// its shard, direct messages at shard 0, and a shard resumes alone.
func TestS13DisgoShards(t *testing.T) {
	t.Parallel()
	for _, shards := range []int{1, 2, 8} {
		t.Run(fmt.Sprint(shards, " shards"), func(t *testing.T) {
			t.Parallel()
			judgeShards(t, shards, 40)
		})
	}
}

func shardIDs(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func judgeShards(t *testing.T, shards, guilds int) {
	seed := sandbox.GeneratedGuilds(guilds)
	s := start(t, sandbox.Config{Seed: seed, RateLimits: sandbox.RateLimits{Off: true}, IdentifyWindow: -1})
	j := newJudgeOn(t, s, seed.Applications[0].BotToken, bot.WithShardManagerConfigOpts(
		sharding.WithShardCount(shards), sharding.WithShardIDs(shardIDs(shards)...), sharding.WithIdentifyRateLimiter(gateway.NewNoopIdentifyRateLimiter()),
		sharding.WithGatewayConfigOpts(gateway.WithURL(s.GatewayURL()), gateway.WithIntents(gateway.IntentsAll)),
	))
	j.ok("opening the shards", j.client.OpenShardManager(t.Context()))
	at := map[snowflake.ID]int{}
	for range guilds {
		e := next[*events.GuildReady](j)
		if _, twice := at[e.GuildID]; twice {
			t.Errorf("guild %s arrived twice", e.GuildID)
		}
		at[e.GuildID] = e.ShardID()
		same(j, "the shard of a guild", e.ShardID(), int(uint64(e.GuildID)>>22%uint64(shards)))
	}
	member := s.Client().User(seed.Users[1].ID)
	for _, g := range seed.Guilds {
		got(member.Send(t.Context(), g.Channels[1].ID, g.ID.String()))(j, "writing")
	}
	dm := got(j.rest.CreateDMChannel(snowflake.ID(seed.Users[1].ID)))(j, "opening a direct message")
	got(j.rest.CreateMessage(dm.ID(), discord.MessageCreate{Content: "hello"}))(j, "writing directly")
	j.shardsHear(at, guilds)

	last := shards - 1
	j.ok("dropping one shard", s.Client().DisturbGateway(t.Context(), sandbox.GatewayFault{Do: "drop", Shard: &last}))
	for _, g := range seed.Guilds {
		got(member.Send(t.Context(), g.Channels[1].ID, g.ID.String()))(j, "writing")
	}
	got(j.rest.CreateMessage(dm.ID(), discord.MessageCreate{Content: "hello"}))(j, "writing directly")
	j.shardsHear(at, guilds)
	sessions := got(s.Client().GatewaySessions(t.Context()))(j, "asking for sessions")
	same(j, "the number of sessions", len(sessions), shards)
	for _, one := range sessions {
		want := 0
		if one.Shard[0] == last {
			want = 1
		}
		same(j, fmt.Sprint("resumes of shard ", one.Shard[0]), one.Resumes, want)
	}
	noFindings(t, s)
}

// shardsHear wants one message of each guild at its shard, and the direct message at shard 0.
func (j *judge) shardsHear(at map[snowflake.ID]int, guilds int) {
	j.t.Helper()
	heard := map[snowflake.ID]bool{}
	direct := false
	deadline := time.After(20 * time.Second)
	for len(heard) < guilds || !direct {
		select {
		case e := <-j.events:
			switch e := e.(type) {
			case *events.GuildMessageCreate:
				same(j, "the shard of a message", e.ShardID(), at[e.GuildID])
				if heard[e.GuildID] {
					j.t.Errorf("the message of guild %s arrived twice", e.GuildID)
				}
				heard[e.GuildID] = true
			case *events.DMMessageCreate:
				direct = true
				same(j, "the shard of a direct message", e.ShardID(), 0)
			}
		case <-deadline:
			j.t.Fatalf("%d of %d messages arrived, the direct one: %v", len(heard), guilds, direct)
		}
	}
}
