package gatewayconn

import (
	"log/slog"
	"time"

	"github.com/disgoorg/disgo/gateway"
	"github.com/gorilla/websocket"

	"usher/internal/discord/clock"
)

// Options are what all shards of a bot have in common. URL, Clock, Rand and Logger are required; zero values of the others mean the default.
type Options struct {
	// URL is the gateway address of GET /gateway/bot, without query.
	URL    string
	Clock  clock.Clock
	Logger *slog.Logger
	// Rand gives numbers in [0,1) for jitter. It is called from several goroutines.
	Rand func() float64
	// Dialer opens websockets. Default: the system's proxy settings and ConnectTimeout for the handshake.
	Dialer *websocket.Dialer
	// Identify spaces the logins of a bot's shards (max_concurrency). Default: none.
	Identify gateway.IdentifyRateLimiter
	// OnStatus is called at every change of a shard's status, in order. It must not block.
	OnStatus func(StatusChange)
	// OnFatal is called once when a shard that had been open gives up. It must not block. Open returns the error of a shard that never was.
	OnFatal func(shardID int, err error)
	// Compress asks for zlib-stream transport compression.
	Compress bool
	// ConnectTimeout bounds dialling, and waiting for HELLO. Default 15 seconds.
	ConnectTimeout time.Duration
	// ReadyTimeout bounds the time from HELLO to READY or RESUMED, replayed events included. Default one minute.
	ReadyTimeout time.Duration
	// ReadLimit bounds one message in bytes, decompressed. Default 32 MiB.
	ReadLimit int64
	// BackoffMin and BackoffMax bound the wait before another try after the first. Default 1 and 60 seconds.
	BackoffMin, BackoffMax time.Duration
	// Steady is how long a connection must have been ready for the next loss to count as the first. Default 10 seconds.
	Steady time.Duration
	// FreshMin and FreshMax bound the random wait before a new login after an invalid session. Default 1 and 5 seconds (Discord docs).
	FreshMin, FreshMax time.Duration
	// CloseGrace bounds how long a close waits for Discord's side. Default 2 seconds.
	CloseGrace time.Duration
}

func (o Options) withDefaults() Options {
	setDefault(&o.ConnectTimeout, 15*time.Second)
	setDefault(&o.ReadyTimeout, time.Minute)
	setDefault(&o.BackoffMin, time.Second)
	setDefault(&o.BackoffMax, time.Minute)
	setDefault(&o.Steady, 10*time.Second)
	setDefault(&o.FreshMin, time.Second)
	setDefault(&o.FreshMax, 5*time.Second)
	setDefault(&o.CloseGrace, 2*time.Second)
	if o.ReadLimit <= 0 {
		o.ReadLimit = 32 << 20
	}
	if o.Dialer == nil {
		dialer := *websocket.DefaultDialer
		dialer.HandshakeTimeout = o.ConnectTimeout
		o.Dialer = &dialer
	}
	if o.OnStatus == nil {
		o.OnStatus = func(StatusChange) {}
	}
	if o.OnFatal == nil {
		o.OnFatal = func(int, error) {}
	}
	return o
}

func setDefault(d *time.Duration, value time.Duration) {
	if *d <= 0 {
		*d = value
	}
}

// Shard is what one connection is for.
type Shard struct {
	// ID is below Count; Count is at least 1.
	ID, Count int
	Intents   gateway.Intents
	// Presence is shown from the login on; nil shows the bot online.
	Presence *gateway.MessageDataPresenceUpdate
	// State is a saved session to resume; the zero value starts a new one.
	State State
}

// State is what another process needs to take a session over.
type State struct {
	SessionID string
	ResumeURL string
	// Sequence is the number up to which every event was handled.
	Sequence int
}

// Resumable reports whether the state names a session.
func (s State) Resumable() bool { return s.SessionID != "" && s.Sequence > 0 }

// StatusChange is one step of a shard's life.
type StatusChange struct {
	ShardID int
	Status  gateway.Status
	// Err is why the connection was lost or given up; nil otherwise.
	Err error
}

// Stats counts what a shard has seen since it was made.
type Stats struct {
	// Events were handed to the handler; Unparseable could not be; Unknown are of a type that disgo does not know.
	Events, Unparseable, Unknown int
	// Identified and Resumed count logins; Lost counts connections that ended by themselves.
	Identified, Resumed, Lost int
}
