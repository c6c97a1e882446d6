package gateway

import (
	"crypto/rand"
	"encoding/json"
	"io"
	"log/slog"
	"time"
)

// App is a bot as the gateway sees it.
type App struct {
	// ID is the application's id.
	ID uint64
	// PrivilegedIntents are those of the privileged intents that the
	// application has switched on; asking for another closes with 4014.
	PrivilegedIntents uint64
	// MaxConcurrency is how many IDENTIFYs may be made per window, one for each
	// key shard_id % MaxConcurrency; 0 means 1.
	MaxConcurrency int
	// SessionStarts is how many IDENTIFYs it may make in 24 hours; 0 means
	// Config.SessionStarts.
	SessionStarts int
}

// Directory is what the gateway asks of the world. Its methods are called from
// many goroutines, and never while the gateway holds a lock.
type Directory interface {
	// App authenticates a token as sent in IDENTIFY and RESUME.
	App(token string) (App, bool)
	// Ready gives READY's user and application objects.
	Ready(app uint64) (user, application json.RawMessage)
	// Guilds lists the guilds the app is in.
	Guilds(app uint64) []uint64
	// GuildCreate gives the data of GUILD_CREATE as that receiver sees the
	// guild, or nil if its app is not (any longer) in it.
	GuildCreate(r Receiver, guild uint64) json.RawMessage
}

// Receiver is a session for which GUILD_CREATE is made.
type Receiver struct {
	App     uint64
	Intents uint64
	// LargeThreshold is how many members a guild may have to be sent whole;
	// what IDENTIFY said, or 50.
	LargeThreshold int
}

// MemberLister is implemented by a Directory that answers op 8 (Request Guild
// Members). Without it such requests are answered with an empty chunk.
type MemberLister interface {
	Members(app uint64, r MembersRequest) []Member
}

// Config is everything a Hub depends on. Directory, URL and Now are required;
// a zero value elsewhere means what the field's comment says.
type Config struct {
	Directory Directory
	// URL gives the websocket address told to bots, without a query.
	URL func() string
	// Now is the machine's time. Deadlines on connections are counted from it,
	// since the machine's network enforces them.
	Now func() time.Time
	// Clock is the machine's clock, as Now tells it, if nil.
	Clock Clock
	// Rand is where session ids come from; crypto/rand if nil.
	Rand io.Reader
	// Logger receives what a bot did wrong; nothing is logged if nil.
	Logger *slog.Logger

	// HeartbeatInterval is told in HELLO; 41.25 s if 0. A connection that sent
	// no heartbeat for twice as long is closed with 4009.
	HeartbeatInterval time.Duration
	// ReplayBuffer is how many events of a session can be replayed; 4096 if 0.
	ReplayBuffer int
	// Backlog is how many events may wait for a slow reader before it is
	// closed with 4000, to resume later; half of ReplayBuffer if 0.
	Backlog int
	// SessionTTL is how long a session without a connection can be resumed;
	// 5 minutes if 0 (Discord says "a few minutes").
	SessionTTL time.Duration
	// IdentifyWindow is the window of max_concurrency; 5 s if 0, none if
	// negative.
	IdentifyWindow time.Duration
	// SessionStarts is how many IDENTIFYs an app may make in 24 hours unless
	// the App says otherwise; 1000 if 0.
	SessionStarts int
	// SendLimit is how many payloads a connection may send in SendWindow
	// before it is closed with 4008; 120 in 60 s if 0, no limit if negative.
	SendLimit  int
	SendWindow time.Duration
	// MaxGuildsPerShard is how many guilds a shard may have before IDENTIFY is
	// closed with 4011; 2500 if 0.
	MaxGuildsPerShard int
	// WriteTimeout bounds a single write to a connection (10 s if 0), and
	// CloseTimeout the wait for the peer's half of a close handshake (2 s if 0).
	WriteTimeout time.Duration
	CloseTimeout time.Duration
	// StartsSpent is told when an app used up its session starts; Discord
	// resets the token then. May be nil.
	StartsSpent func(app uint64)
}

func (c Config) withDefaults() Config {
	orDuration := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	orInt := func(n *int, v int) {
		if *n == 0 {
			*n = v
		}
	}
	orDuration(&c.HeartbeatInterval, 41250*time.Millisecond)
	orDuration(&c.SessionTTL, 5*time.Minute)
	orDuration(&c.IdentifyWindow, 5*time.Second)
	orDuration(&c.SendWindow, time.Minute)
	orDuration(&c.WriteTimeout, 10*time.Second)
	orDuration(&c.CloseTimeout, 2*time.Second)
	orInt(&c.ReplayBuffer, 4096)
	orInt(&c.Backlog, max(1, c.ReplayBuffer/2))
	orInt(&c.SessionStarts, 1000)
	orInt(&c.SendLimit, 120)
	orInt(&c.MaxGuildsPerShard, 2500)
	if c.Clock == nil {
		c.Clock = systemClock{now: c.Now}
	}
	if c.Rand == nil {
		c.Rand = rand.Reader
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}
