// Package sandbox is a local Discord for tests, demos and benchmarks: REST v10, the gateway, people who act through a
// control API, and a small web client, on one loopback port and in memory. A bot cannot tell it from Discord; a
// mistake that Discord would refuse is refused here.
//
// It stands alone and must never know the bots that are run on it.
package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"usher/sandbox/internal/cdn"
	"usher/sandbox/internal/clock"
	"usher/sandbox/internal/control"
	"usher/sandbox/internal/fault"
	"usher/sandbox/internal/gateway"
	"usher/sandbox/internal/oauth"
	"usher/sandbox/internal/openapi"
	"usher/sandbox/internal/ratelimit"
	"usher/sandbox/internal/rest"
	"usher/sandbox/internal/stream"
	"usher/sandbox/internal/wire"
	"usher/sandbox/internal/witness"
	"usher/sandbox/internal/world"
)

// Config is how a sandbox is started. The zero value is a sandbox with the demo's world on a free loopback port.
type Config struct {
	// Addr is where it listens; "127.0.0.1:0" (a free port) when empty.
	Addr string
	// Seed is the world at the start; DefaultSeed when it has no users, applications and guilds.
	Seed Seed
	// Logger receives what happens; nothing is logged when nil.
	Logger *slog.Logger
	// OpenAPI is Discord's openapi.json. With it every request and answer is checked (S-9).
	OpenAPI []byte
	// RandSeed makes tokens, chances of faults and jitter repeatable.
	RandSeed uint64
	// RateLimits says how strict rate limits are; the zero value is as strict as Discord is assumed to be.
	RateLimits RateLimits
	// AllowNonLoopback lets it listen on an address that others can reach. Whoever reaches it is everybody in it.
	AllowNonLoopback bool
	// AttachmentTTL is how long addresses of attachments work; 24 hours when 0.
	AttachmentTTL time.Duration
	// HeartbeatInterval of the gateway; 41.25 s when 0.
	HeartbeatInterval time.Duration
	// IdentifyWindow of the gateway's max_concurrency; 5 s when 0, none when negative.
	IdentifyWindow time.Duration
	// GuildsPerShard is how many servers a shard may have before the gateway closes with 4011; 2,500 when 0, as on Discord.
	GuildsPerShard int
}

// RateLimits says how strict rate limits are (S-8).
type RateLimits struct {
	// Off switches buckets, the global limit and the invalid-request ban off; not for benchmarks of a real bot.
	Off bool
	// Global is how many calls a bot may make in a second; 50 when 0, no limit when negative.
	Global int
	// Invalid is how many calls answered with 401, 403 or 429 an address may make in ten minutes before it is banned for an
	// hour; 10,000 when 0, never banned when negative.
	Invalid int
	// Rules come before the default buckets.
	Rules []RateLimitRule
}

// RateLimitRule is a bucket: see the fields.
type RateLimitRule = ratelimit.Rule

// Server is a running sandbox.
type Server struct {
	cfg      Config
	log      *slog.Logger
	listener net.Listener
	http     *http.Server
	hub      *gateway.Hub
	world    *world.World
	clock    *clock.Clock
	faults   *fault.Board
	witness  *rest.Witness
	streams  *stream.Log[wire.ID]
	limits   *ratelimit.Limiter
	oauth    *oauth.Server
	unasked  *unasked
	stopping chan struct{}
	// letGo ends what calls wait for: the delay of a fault, a bot's answer.
	letGo  context.CancelFunc
	once   sync.Once
	served chan error
}

// Start listens and serves until Close is called or ctx ends. Errors: an address that is taken or not a loopback
// address (S-12), a seed or description that cannot be used.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	s := build(cfg)
	var err error
	if s.listener, err = listen(ctx, s.cfg); err != nil {
		return nil, err
	}
	if err := s.world.Load(s.cfg.Seed); err != nil {
		_ = s.listener.Close()
		return nil, err
	}
	handler, err := s.handler() //nolint:contextcheck // requests bring their own
	if err != nil {
		_ = s.listener.Close()
		return nil, err
	}
	// The server outlives ctx a little, to end in good order: see closeWith.
	base, letGo := context.WithCancel(context.WithoutCancel(ctx))
	s.letGo = letGo
	s.http = &http.Server{
		Handler: handler, ReadHeaderTimeout: 10 * time.Second, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
		ConnState: s.unasked.watch, BaseContext: func(net.Listener) context.Context { return base },
	}
	go func() { s.served <- s.http.Serve(s.listener) }()
	go s.closeWith(ctx)
	s.log.Info("sandbox listening", slog.String("url", s.URL()))
	return s, nil
}

// build makes the parts that need no address.
func build(cfg Config) *Server {
	if cfg.Addr == "" {
		cfg.Addr = "127.0.0.1:0"
	}
	if cfg.Logger == nil {
		cfg.Logger = slog.New(slog.DiscardHandler)
	}
	if cfg.Seed.Users == nil && cfg.Seed.Applications == nil && cfg.Seed.Guilds == nil {
		cfg.Seed = DefaultSeed()
	}
	s := &Server{
		cfg: cfg, log: cfg.Logger, clock: clock.New(nil), faults: fault.NewBoard(cfg.RandSeed),
		witness: witness.New[world.Ping, world.InteractionRecord](), streams: stream.New[wire.ID](),
		unasked: &unasked{conns: map[net.Conn]struct{}{}}, stopping: make(chan struct{}), served: make(chan error, 1),
	}
	s.limits = ratelimit.New(limiterConfig(cfg.RateLimits, s.clock))
	s.world = world.New(world.Config{
		Clock: s.clock, Output: (*output)(s), Logger: s.log, BaseURL: s.URL, RandSeed: cfg.RandSeed, AttachmentTTL: cfg.AttachmentTTL,
	})
	s.oauth = oauth.New(oauth.Config{World: s.world, Logger: s.log, Now: s.clock.Now, RandSeed: cfg.RandSeed})
	s.hub = gateway.NewHub(gateway.Config{
		Directory: (*directory)(s), URL: s.GatewayURL, Now: s.clock.Real, Logger: s.log, HeartbeatInterval: cfg.HeartbeatInterval,
		IdentifyWindow: cfg.IdentifyWindow, MaxGuildsPerShard: cfg.GuildsPerShard,
	})
	return s
}

func limiterConfig(r RateLimits, c *clock.Clock) ratelimit.Config {
	out := ratelimit.Config{Now: c.Now, Rules: r.Rules, Global: r.Global, InvalidLimit: r.Invalid}
	if r.Off {
		out.Rules, out.Global, out.InvalidLimit = append(out.Rules, ratelimit.NoBuckets()), -1, -1
	}
	return out
}

// listen holds that only this machine can reach the sandbox, unless it is told otherwise.
func listen(ctx context.Context, cfg Config) (net.Listener, error) {
	addr, err := net.ResolveTCPAddr("tcp", cfg.Addr)
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", cfg.Addr, err)
	}
	if !cfg.AllowNonLoopback && !addr.IP.IsLoopback() {
		return nil, fmt.Errorf("listening on %s: the sandbox has no passwords and listens on loopback addresses only; use 127.0.0.1, or AllowNonLoopback", cfg.Addr)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr.String())
	if err != nil {
		return nil, fmt.Errorf("listening on %s: %w", cfg.Addr, err)
	}
	return l, nil
}

// handler puts the parts under their paths.
func (s *Server) handler() (http.Handler, error) {
	cfg := rest.Config{
		World: s.world, Witness: s.witness, Faults: s.faults, Limits: s.limits, OAuth: s.oauth, Logger: s.log, Now: s.clock.Real,
		GatewayURL: s.GatewayURL, GatewayInfo: s.gatewayInfo,
	}
	if len(s.cfg.OpenAPI) > 0 {
		judge, err := openapi.Load(s.cfg.OpenAPI)
		if err != nil {
			return nil, fmt.Errorf("reading Discord's OpenAPI description: %w", err)
		}
		cfg.Judge = judge
	}
	api := rest.New(cfg)
	return &front{
		api: api, hub: s.hub, cdn: cdn.Server{Store: s.world}, consent: s.oauth.Handler(), web: webPages(), control: control.New(control.Config{
			World: s.world, Streams: s.streams, Faults: s.faults, Witness: s.witness, Gateway: (*sessions)(s), Clock: s.clock, OAuth: s.oauth,
			Logger: s.log, Seed: s.cfg.Seed, Reset: s.reset, Routes: api.Routes(), Stopping: s.stopping,
		}),
	}, nil
}

func (s *Server) gatewayInfo(l world.Login) any {
	info := s.hub.BotInfo(gatewayApp(l))
	info.Shards = max(info.Shards, l.Shards)
	return info
}

// reset puts the world back to the seed and cuts every gateway session.
func (s *Server) reset() error {
	s.faults.Clear()
	if err := s.world.Load(s.cfg.Seed); err != nil {
		return err
	}
	s.witness.Forget()
	s.limits.Reset()
	s.oauth.Reset()
	if err := s.hub.Fault(gateway.Fault{Kind: gateway.FaultInvalidSession}); err != nil && !errors.Is(err, gateway.ErrNoSession) {
		return fmt.Errorf("ending gateway sessions: %w", err)
	}
	s.streams.ResetAll()
	return nil
}

// URL is http://127.0.0.1:PORT.
func (s *Server) URL() string { return "http://" + s.listener.Addr().String() }

// APIURL is the base of the REST API for a bot library: URL and "/api/v10".
func (s *Server) APIURL() string { return s.URL() + "/api/v10" }

// GatewayURL is the gateway's address, ws://127.0.0.1:PORT/gateway. A websocket at any other path is taken too.
func (s *Server) GatewayURL() string { return "ws://" + s.listener.Addr().String() + "/gateway" }

// Client gives a client of this sandbox's control API.
func (s *Server) Client() *Client { return NewClient(s.URL()) }

// closeWith stops the server when its context ends.
func (s *Server) closeWith(ctx context.Context) {
	select {
	case <-ctx.Done():
		stop, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		if err := s.Close(stop); err != nil {
			s.log.Warn("stopping with the context", slog.Any("error", err))
		}
	case <-s.stopping:
	}
}

// Close ends all gateway sessions and streams, lets go all calls that a fault delays or holds or that wait for a bot,
// waits for their answers as long as ctx allows, and stops. Connections on which nothing was asked are cut.
func (s *Server) Close(ctx context.Context) error {
	var err error
	s.once.Do(func() {
		close(s.stopping)
		s.faults.Clear()
		gatewayErr := s.hub.Close(ctx)
		s.letGo()
		s.http.SetKeepAlivesEnabled(false)
		s.unasked.cut()
		err = s.http.Shutdown(ctx)
		if err != nil {
			_ = s.http.Close()
		}
		if served := <-s.served; !errors.Is(served, http.ErrServerClosed) {
			err = errors.Join(err, served)
		}
		s.clock.Close()
		err = errors.Join(err, gatewayErr)
	})
	if err != nil {
		return fmt.Errorf("stopping the sandbox: %w", err)
	}
	return nil
}
