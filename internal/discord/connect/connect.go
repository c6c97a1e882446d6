package connect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/disgoorg/disgo"
	"github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/cache"
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/disgo/rest"
	"github.com/disgoorg/disgo/sharding"

	"usher/internal/discord/dispatch"
	"usher/internal/discord/gatewayconn"
	"usher/internal/discord/ratelimit"
)

// Connection is a client of Discord with its parts. It is made by New and must be closed.
type Connection struct {
	// Client is disgo's client, for REST calls, caches and listeners. Open and close the connection, not the client.
	Client *bot.Client
	// Limiter and Dispatcher are the parts inside Client, for their Stats.
	Limiter    *ratelimit.Limiter
	Dispatcher *dispatch.Dispatcher

	log      *slog.Logger
	shards   []int // of this process
	count    int   // of the bot
	sessions map[int]gatewayconn.State
}

// New checks the options, asks the API for the gateway's address and builds the client. Nothing is logged in before Open.
// Errors: *TokenError, *UnreachableError, *LoginsSpentError, ctx's, or a sentence about the options.
func New(ctx context.Context, o Options) (*Connection, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	c := &Connection{log: o.Logger.With(slog.String("part", "discord_connection")), sessions: o.Sessions}
	o.Limits.Clock, o.Limits.Logger = o.Clock, o.Logger
	c.Limiter = ratelimit.New(o.Limits)
	api := newAPI(o, c.Limiter)
	entry, err := c.enter(ctx, api, &o)
	if err != nil {
		return nil, err
	}
	o.Dispatch.Clock, o.Dispatch.Logger = o.Clock, o.Logger
	if o.Room != nil {
		o.Dispatch.Room = o.Room
	}
	c.Dispatcher = dispatch.New(o.Dispatch, o.Listeners...)
	parts := append(c.gatewayParts(o, entry),
		bot.WithLogger(floored(o.Logger)), bot.WithRestClient(api), bot.WithEventManager(c.Dispatcher),
		bot.WithRestConfigOpts(rest.WithDefaultAllowedMentions(NoMentions())))
	// disgo reads the bot's own id from the token, which is where it is before the first event.
	var client *bot.Client
	onlySelf := func(m discord.Member) bool { return client != nil && m.User.ID == client.ApplicationID }
	parts = append(parts, bot.WithCacheConfigOpts(cache.WithCaches(o.Caches), cache.WithMemberCachePolicy(onlySelf)))
	if client, err = disgo.New(o.Token.Reveal(), parts...); err != nil {
		return nil, fmt.Errorf("building the discord client: %w", err)
	}
	c.Client = client
	c.Dispatcher.Bind(client)
	return c, nil
}

// newAPI is disgo's REST client on our limiter and transport. Its own logging is off: it quotes bodies and tokens in addresses.
func newAPI(o Options, limiter *ratelimit.Limiter) rest.Client {
	next := o.Transport
	if next == nil {
		next = defaultTransport(o.RESTTimeout)
	}
	agent := o.UserAgent
	if agent == "" {
		agent = fmt.Sprintf("DiscordBot (%s, %s)", disgo.GitHub, disgo.Version)
	}
	return rest.NewClient(o.Token.Reveal(), rest.WithURL(o.APIURL), rest.WithRateLimiter(limiter), rest.WithUserAgent(agent),
		rest.WithLogger(slog.New(slog.DiscardHandler)),
		rest.WithHTTPClient(&http.Client{
			Timeout:   o.RESTTimeout,
			Transport: &retrier{next: next, clock: o.Clock, rand: o.Rand, log: o.Logger.With(slog.String("part", "rest"))},
			// Discord's API does not redirect, and a redirect must not carry the token elsewhere.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		}))
}

// enter asks GET /gateway/bot and settles the shards.
func (c *Connection) enter(ctx context.Context, api rest.Client, o *Options) (*discord.GatewayBot, error) {
	host := hostOf(o.APIURL)
	entry, err := rest.NewGateway(api).GetGatewayBot(rest.WithCtx(ctx))
	if err != nil {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("asking %s for the gateway: %w", host, ctx.Err())
		}
		return nil, explain(host, err)
	}
	if o.GatewayURL != "" {
		entry.URL = o.GatewayURL
	}
	if u, err := url.Parse(entry.URL); err != nil || u.Host == "" {
		return nil, &UnreachableError{Host: host, cause: errors.New("its answer names no gateway, so it is not Discord's API")}
	}
	if o.Shards <= 0 {
		o.Shards = max(entry.Shards, 1)
	}
	c.shards, c.count = slices.Clone(o.ShardIDs), o.Shards
	if len(c.shards) == 0 {
		for id := range o.Shards {
			c.shards = append(c.shards, id)
		}
	}
	return entry, c.checkLogins(entry.SessionStartLimit)
}

// checkLogins holds the bot back when Discord would reset its token for one login more (Discord docs, "Gateway", session start limit).
func (c *Connection) checkLogins(limit discord.SessionStartLimit) error {
	needed := 0
	for _, id := range c.shards {
		if !c.sessions[id].Resumable() {
			needed++
		}
	}
	if limit.MaxConcurrency < 1 {
		c.log.Warn("discord named no max_concurrency, shards log in one at a time")
	}
	if limit.Total <= 0 || needed == 0 {
		return nil
	}
	if limit.Remaining < needed {
		return &LoginsSpentError{Wait: time.Duration(limit.ResetAfter) * time.Millisecond}
	}
	if limit.Remaining < limit.Total/10 {
		c.log.Warn("few logins are left today", slog.Int("remaining", limit.Remaining), slog.Int("total", limit.Total))
	}
	return nil
}

// gatewayParts is one connection of our own, or disgo's shard manager with ours inside.
func (c *Connection) gatewayParts(o Options, entry *discord.GatewayBot) []bot.ConfigOpt {
	g := o.Gateway
	g.URL, g.Clock, g.Logger, g.Rand = entry.URL, o.Clock, o.Logger, o.Rand
	if g.Identify == nil {
		g.Identify = gatewayconn.NewIdentifyLimiter(o.Clock, entry.SessionStartLimit.MaxConcurrency)
	}
	g.Compress = g.Compress || o.Compress
	if o.OnStatus != nil {
		g.OnStatus = o.OnStatus
	}
	if o.OnFatal != nil {
		g.OnFatal = func(shardID int, err error) { o.OnFatal(shardID, explainOpen(err)) }
	}
	if o.Shards == 1 {
		shard := gatewayconn.Shard{Count: 1, Intents: o.Intents, State: o.Sessions[0]}
		if len(o.Presence) > 0 {
			shard.Presence = &gateway.MessageDataPresenceUpdate{}
			for _, opt := range o.Presence {
				opt(shard.Presence)
			}
		}
		return []bot.ConfigOpt{bot.WithGateway(gatewayconn.New(o.Token.Reveal(), c.Dispatcher.HandleGatewayEvent, g, shard))}
	}
	shardOpts := []gateway.ConfigOpt{gateway.WithIntents(o.Intents), gateway.WithLogger(slog.New(slog.DiscardHandler))}
	if len(o.Presence) > 0 {
		shardOpts = append(shardOpts, gateway.WithPresenceOpts(o.Presence...))
	}
	return []bot.ConfigOpt{bot.WithShardManager(sharding.New(o.Token.Reveal(), c.Dispatcher.HandleGatewayEvent,
		sharding.WithShardCount(o.Shards), sharding.WithShardIDs(c.shards...), sharding.WithGatewayCreateFunc(gatewayconn.Create(g)),
		sharding.WithIdentifyRateLimiter(g.Identify), sharding.WithGatewayConfigOpts(shardOpts...),
		// What it logs, the connections log as well, without session ids.
		sharding.WithLogger(slog.New(slog.DiscardHandler))))}
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return u.Host
}
