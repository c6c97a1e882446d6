package gatewayconn

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/disgoorg/disgo/discord"
	"github.com/disgoorg/disgo/gateway"
	"github.com/gorilla/websocket"
)

// Conn is one shard. It is safe for concurrent use.
type Conn struct {
	opts    Options
	shard   Shard
	token   string
	handler gateway.EventHandlerFunc
	log     *slog.Logger

	mu        sync.Mutex
	status    gateway.Status
	since     time.Time // of status
	sessionID string
	resumeURL string
	received  int
	progress  *progress
	presence  *gateway.MessageDataPresenceUpdate
	latency   time.Duration
	stats     Stats
	run       *run
	session   *session

	// failedResumes counts logins with the present session that led nowhere, failedDials connections that were not even made.
	failedResumes, failedDials int
}

// run is the life between Open and Close.
type run struct {
	cancel context.CancelFunc
	ready  chan struct{} // closed at the first READY or RESUMED
	once   sync.Once
	done   chan struct{} // closed when the loop has ended
	err    error         // why it ended by itself; read after done
	last   error         // why the latest connection ended; guarded by Conn.mu
}

var _ gateway.Gateway = (*Conn)(nil)

// New makes a shard that is not connected yet. handler is called for one event after the other and should return soon:
// while it runs, nothing else is read.
func New(token string, handler gateway.EventHandlerFunc, opts Options, shard Shard) *Conn {
	shard.Count = max(shard.Count, 1)
	c := &Conn{
		opts: opts.withDefaults(), shard: shard, token: token, handler: handler, presence: shard.Presence, progress: &progress{},
		log: opts.Logger.With(slog.String("part", "gateway"), slog.Int("shard_id", shard.ID), slog.Int("shard_count", max(shard.Count, 1))),
	}
	if shard.State.Resumable() {
		c.sessionID, c.resumeURL, c.received = shard.State.SessionID, shard.State.ResumeURL, shard.State.Sequence
		c.progress = &progress{handled: shard.State.Sequence}
	}
	return c
}

// Create makes a gateway.CreateFunc for disgo's shard manager. Of disgo's options it takes over the shard, the session to resume, the
// intents and the presence; the others cannot be read from outside disgo and are set by opts. In particular disgo's close handler is not
// called, so its automatic re-sharding does not work: use OnFatal.
func Create(opts Options) gateway.CreateFunc {
	return func(token string, handler gateway.EventHandlerFunc, disgoOpts ...gateway.ConfigOpt) gateway.Gateway {
		asked := gateway.New(token, handler, disgoOpts...) // never opened: the only reader of disgo's options
		shard := Shard{ID: asked.ShardID(), Count: asked.ShardCount(), Intents: asked.Intents(), Presence: asked.Presence()}
		if id, seq := asked.SessionID(), asked.LastSequenceReceived(); id != nil && seq != nil {
			shard.State = State{SessionID: *id, Sequence: *seq}
			if url := asked.ResumeURL(); url != nil {
				shard.State.ResumeURL = *url
			}
		}
		return New(token, handler, opts, shard)
	}
}

// ShardID is the shard's number.
func (c *Conn) ShardID() int { return c.shard.ID }

// ShardCount is the number of shards of the bot.
func (c *Conn) ShardCount() int { return c.shard.Count }

// Intents are the intents asked for.
func (c *Conn) Intents() gateway.Intents { return c.shard.Intents }

// SessionID is the session's id, nil without a session.
func (c *Conn) SessionID() *string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return optional(c.sessionID)
}

// ResumeURL is where the session is resumed, nil without a session.
func (c *Conn) ResumeURL() *string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return optional(c.resumeURL)
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// LastSequenceReceived is the number of the last event received, handled or not; nil without a session. Save State, not this.
func (c *Conn) LastSequenceReceived() *int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sessionID == "" {
		return nil
	}
	seq := c.received
	return &seq
}

// State is what another process needs to go on where this one's handlers are. It is zero without a session.
func (c *Conn) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.sessionID == "" {
		return State{}
	}
	return State{SessionID: c.sessionID, ResumeURL: c.resumeURL, Sequence: c.progress.upTo()}
}

// Hold keeps the event with the given sequence number from counting as handled until release is called, which may be done once or
// never: an event never released is replayed to whoever resumes from State. It must be called before the handler has returned.
func (c *Conn) Hold(sequence int) (release func()) {
	c.mu.Lock()
	p := c.progress
	c.mu.Unlock()
	return p.hold(sequence)
}

// Status is how far the connection is.
func (c *Conn) Status() gateway.Status {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.status
}

// Since is since when the status is what it is; zero before the first Open.
func (c *Conn) Since() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.since
}

// Latency is the time between the last acknowledged heartbeat and its ACK; zero before the first.
func (c *Conn) Latency() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.latency
}

// Presence is a copy of what the bot shows, nil if nothing was set.
func (c *Conn) Presence() *gateway.MessageDataPresenceUpdate {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.presence == nil {
		return nil
	}
	presence := *c.presence
	return &presence
}

// Stats reads the counters.
func (c *Conn) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.stats
}

// Open connects and returns when Discord has accepted the login. It tries again until ctx ends; from then on the connection looks after
// itself until Close. Errors: discord.ErrGatewayAlreadyConnected, *FatalError, or ctx's with the reason of the last failure.
func (c *Conn) Open(ctx context.Context) error {
	c.mu.Lock()
	if c.run != nil {
		c.mu.Unlock()
		return discord.ErrGatewayAlreadyConnected
	}
	// The connection outlives the call that opens it; Close ends it.
	runCtx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	r := &run{cancel: cancel, ready: make(chan struct{}), done: make(chan struct{})}
	c.run = r
	c.mu.Unlock()
	go c.loop(runCtx, r)
	select {
	case <-r.ready:
		return nil
	case <-r.done:
		return r.err
	case <-ctx.Done():
		c.CloseWithCode(context.WithoutCancel(ctx), websocket.CloseServiceRestart, "login given up")
		c.mu.Lock()
		last := r.last
		c.mu.Unlock()
		return fmt.Errorf("opening shard %d: %w", c.shard.ID, errors.Join(ctx.Err(), last))
	}
}

// Close ends the connection and the session: Discord forgets it, State is empty.
func (c *Conn) Close(ctx context.Context) {
	c.CloseWithCode(ctx, websocket.CloseNormalClosure, "shutting down")
}

// CloseWithCode ends the connection. Codes 1000 and 1001 end the session too; any other leaves it to be resumed from State.
// Events that arrive after the call are dropped unseen, so whoever resumes gets them. When ctx ends the connection is cut.
func (c *Conn) CloseWithCode(ctx context.Context, code int, message string) {
	c.mu.Lock()
	r, s := c.run, c.session
	c.mu.Unlock()
	if r != nil {
		ctx, cancel := context.WithTimeout(ctx, c.opts.CloseGrace)
		defer cancel()
		if s != nil {
			s.leave(ctx, code, message)
		}
		r.cancel()
		select {
		case <-r.done:
		case <-ctx.Done():
		}
	}
	c.mu.Lock()
	if c.run == r {
		c.run = nil
	}
	if code == websocket.CloseNormalClosure || code == websocket.CloseGoingAway {
		c.forgetSession()
	}
	c.mu.Unlock()
	c.setStatus(gateway.StatusDisconnected, nil)
}

// forgetSession runs under the mutex.
func (c *Conn) forgetSession() {
	c.sessionID, c.resumeURL, c.received, c.progress = "", "", 0, &progress{}
	c.failedResumes, c.failedDials = 0, 0
}

// Send sends a command. It waits for Discord's limit of 120 messages per minute as long as ctx allows.
// Errors: discord.ErrShardNotReady, ErrTooLarge, ctx's, or that of the connection.
func (c *Conn) Send(ctx context.Context, op gateway.Opcode, data gateway.MessageData) error {
	c.mu.Lock()
	s, ready := c.session, c.status == gateway.StatusReady
	c.mu.Unlock()
	if s == nil || !ready {
		return discord.ErrShardNotReady
	}
	if err := s.send(ctx, op, data, false); err != nil {
		return fmt.Errorf("sending gateway command %d: %w", op, err)
	}
	if presence, ok := data.(gateway.MessageDataPresenceUpdate); ok {
		c.mu.Lock()
		c.presence = &presence // a later login must show the same
		c.mu.Unlock()
	}
	return nil
}

func (c *Conn) setStatus(status gateway.Status, err error) {
	c.mu.Lock()
	changed := c.status != status
	if c.status = status; changed {
		c.since = c.opts.Clock.Now()
	}
	c.mu.Unlock()
	if changed || err != nil {
		c.opts.OnStatus(StatusChange{ShardID: c.shard.ID, Status: status, Err: err})
	}
}
