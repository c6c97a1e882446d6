package connect

import (
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/disgoorg/disgo/bot"
	"github.com/disgoorg/disgo/cache"
	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/gateway"
	"github.com/disgoorg/snowflake/v2"

	"usher/internal/core/secret"
	"usher/internal/discord/clock"
	"usher/internal/discord/dispatch"
	"usher/internal/discord/gatewayconn"
	"usher/internal/discord/ratelimit"
)

// DefaultAPI is Discord's own address.
const DefaultAPI = "https://discord.com/api/v10"

// Options say how to connect. Token, Clock, Rand and Logger are required; zero values of the others mean the default named with each.
type Options struct {
	Token  secret.Value
	Clock  clock.Clock
	Logger *slog.Logger
	// Rand gives numbers in [0,1) for jitter. It is called from several goroutines.
	Rand func() float64

	// APIURL is Discord's API, or something that speaks it. /api/v10 is added when the path is missing. Default DefaultAPI.
	APIURL string
	// GatewayURL replaces the address that the API names for the gateway.
	GatewayURL string
	// UserAgent must have Discord's form "DiscordBot (url, version)". Default: disgo's.
	UserAgent string
	// RESTTimeout bounds one REST request, retries after server errors included. Default 15 seconds.
	RESTTimeout time.Duration
	// Transport carries the REST requests. Default: the system's proxy settings and connections enough for bursts.
	Transport http.RoundTripper

	Intents gateway.Intents
	// Presence is what the bot shows. Default: online.
	Presence []gateway.PresenceOpt
	// Caches is what is kept in memory of the guilds. Members keeps the bot itself only. Default DefaultCaches.
	Caches cache.Flags
	// Listeners get the events, in the order of the dispatcher.
	Listeners []bot.EventListener
	// Room reports whether a channel or thread is a ticket, for the dispatcher's queues. It must not block.
	Room func(channel snowflake.ID) bool

	// Shards is how many shards the bot has in all. 0 takes what Discord recommends.
	Shards int
	// ShardIDs are the shards of this process. Default: all.
	ShardIDs []int
	// Sessions are saved states to resume, by shard.
	Sessions map[int]gatewayconn.State
	// Compress asks the gateway for zlib-stream compression.
	Compress bool

	// OnStatus is told of every change of a shard's status. It must not block.
	OnStatus func(gatewayconn.StatusChange)
	// OnFatal is told when a shard that was open can never be opened again. It must not block.
	OnFatal func(shardID int, err error)

	// Limits, Gateway and Dispatch refine the parts; their clocks, loggers and what is named above are filled in.
	Limits   ratelimit.Options
	Gateway  gatewayconn.Options
	Dispatch dispatch.Options
}

// DefaultCaches are the caches a ticket bot needs.
const DefaultCaches = cache.FlagGuilds | cache.FlagChannels | cache.FlagRoles | cache.FlagMembers

var apiVersion = regexp.MustCompile(`/v\d+$`)

func (o Options) withDefaults() (Options, error) {
	if o.Token.Empty() || o.Clock == nil || o.Logger == nil || o.Rand == nil {
		return o, errors.New("connecting to discord: Token, Clock, Logger and Rand are required")
	}
	if err := CheckToken(o.Token.Reveal()); err != nil {
		return o, err
	}
	if o.RESTTimeout <= 0 {
		o.RESTTimeout = 15 * time.Second
	}
	if o.Caches == cache.FlagsNone {
		o.Caches = DefaultCaches
	}
	api, err := apiAddress(o.APIURL)
	if err != nil {
		return o, err
	}
	o.APIURL = api
	for _, id := range o.ShardIDs {
		if id < 0 || (o.Shards > 0 && id >= o.Shards) {
			return o, fmt.Errorf("connecting to discord: shard %d does not exist among %d shards (they are numbered from 0)", id, o.Shards)
		}
	}
	return o, nil
}

// CheckToken finds what cannot be a token before it is sent anywhere: its first part is the bot's id in base64. The error is a *TokenError.
func CheckToken(token string) error {
	first, _, _ := strings.Cut(token, ".")
	id, err := base64.RawStdEncoding.DecodeString(first)
	if err != nil {
		return &TokenError{cause: errors.New("its first part is not base64")}
	}
	if _, err := strconv.ParseUint(string(id), 10, 64); err != nil {
		return &TokenError{cause: errors.New("its first part is not an id")}
	}
	return nil
}

// apiAddress completes an API address to what disgo expects.
func apiAddress(address string) (string, error) {
	if address == "" {
		return DefaultAPI, nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || (u.Scheme != "http" && u.Scheme != "https") {
		return "", fmt.Errorf("the API address %q is not an http or https address; Discord's is %s", address, DefaultAPI)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	if u.Path == "" {
		u.Path = "/api"
	}
	if !apiVersion.MatchString(u.Path) {
		u.Path += fmt.Sprintf("/v%d", gateway.Version)
	}
	u.RawQuery, u.Fragment = "", ""
	return u.String(), nil
}

// NoMentions is the explicit "ping nobody" for a message. It is the default of every message that Connect's client sends without
// AllowedMentions of its own; disgo's default would let text from a form ping @everyone.
func NoMentions() discord.AllowedMentions {
	return discord.AllowedMentions{Parse: []discord.AllowedMentionType{}, Roles: []snowflake.ID{}, Users: []snowflake.ID{}}
}
