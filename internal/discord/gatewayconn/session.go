package gatewayconn

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/disgoorg/disgo/gateway"
	"github.com/gorilla/websocket"
)

// closeKeepingSession is the code with which we leave a connection we mean to resume. Any code but 1000 and 1001 keeps the session.
const closeKeepingSession = 4000

// writeTimeout bounds one write to the socket.
const writeTimeout = 10 * time.Second

// session is one websocket connection, from dialling to its end.
type session struct {
	conn *Conn
	run  *run

	writing sync.Mutex
	socket  *websocket.Conn // set before the session is visible to others
	sends   sendLimit
	inflate *inflater

	fail    context.CancelCauseFunc
	ended   chan struct{} // closed when reading has stopped
	leaving atomic.Bool
	open    atomic.Bool
	ready   atomic.Bool
	greeted bool // by HELLO; only the reader uses it
	beats   heartbeats
}

func newSession(c *Conn, r *run) *session {
	return &session{conn: c, run: r, ended: make(chan struct{})}
}

func (s *session) wasReady() bool { return s.ready.Load() }

func (s *session) dialled() bool { return s.open.Load() }

// serve connects, logs in and reads until the connection ends; the error says why.
func (s *session) serve(ctx context.Context) error {
	ctx, fail := context.WithCancelCause(ctx)
	s.fail = fail
	defer fail(nil)
	s.conn.setStatus(gateway.StatusConnecting, nil)
	resuming := s.conn.resumable()
	release, err := s.awaitTurn(ctx, resuming)
	if err != nil {
		return err
	}
	defer release()
	if err := s.dial(ctx); err != nil {
		return err
	}
	defer s.hangUp()
	s.conn.mu.Lock()
	s.conn.session = s
	s.conn.mu.Unlock()
	// Whatever ends ctx ends a read that would block for ever.
	defer context.AfterFunc(ctx, func() { _ = s.socket.Close() })()
	s.conn.setStatus(gateway.StatusWaitingForHello, nil)
	hello := s.conn.opts.Clock.AfterFunc(s.conn.opts.ConnectTimeout, func() { fail(errNoHello) })
	defer hello.Stop()
	err = s.read(ctx, func(interval time.Duration) error {
		hello.Stop()
		err := s.login(ctx, interval, resuming)
		release()
		return err
	})
	return s.reason(ctx, err)
}

// awaitTurn waits until this shard may log in. Resuming needs no turn. The returned function gives the turn on, and can be called twice.
func (s *session) awaitTurn(ctx context.Context, resuming bool) (func(), error) {
	limiter := s.conn.opts.Identify
	if resuming || limiter == nil {
		return func() {}, nil
	}
	if err := limiter.Wait(ctx, s.conn.shard.ID); err != nil {
		return nil, fmt.Errorf("waiting to identify: %w", err)
	}
	return sync.OnceFunc(func() { limiter.Unlock(s.conn.shard.ID) }), nil
}

func (s *session) dial(ctx context.Context) error {
	opts := s.conn.opts
	address, err := url.Parse(s.conn.address())
	if err != nil {
		return fmt.Errorf("reading the gateway address: %w", err)
	}
	query := address.Query()
	query.Set("v", strconv.Itoa(gateway.Version))
	query.Set("encoding", "json")
	if opts.Compress {
		query.Set("compress", string(gateway.CompressionZlibStream))
		s.inflate = &inflater{limit: opts.ReadLimit}
	}
	address.RawQuery = query.Encode()
	if address.Path == "" {
		address.Path = "/"
	}
	ctx, cancel := context.WithTimeout(ctx, opts.ConnectTimeout)
	defer cancel()
	socket, rs, err := opts.Dialer.DialContext(ctx, address.String(), nil)
	if err != nil {
		if rs != nil {
			return fmt.Errorf("connecting to gateway %s: answered %s: %w", address.Host, rs.Status, err)
		}
		return fmt.Errorf("connecting to gateway %s: %w", address.Host, err)
	}
	socket.SetReadLimit(opts.ReadLimit)
	// The default handler would echo Discord's code; reading reports it, and hanging up is ours.
	socket.SetCloseHandler(func(int, string) error { return nil })
	s.socket = socket
	s.open.Store(true)
	return nil
}

// hangUp ends the connection such that the session lives on, unless it was left on purpose.
func (s *session) hangUp() {
	s.conn.mu.Lock()
	if s.conn.session == s {
		s.conn.session = nil
	}
	s.conn.mu.Unlock()
	if !s.leaving.Load() {
		s.writeClose(closeKeepingSession, "reconnecting")
	}
	_ = s.socket.Close()
	close(s.ended)
}

// leave says goodbye with a code and waits until Discord has hung up or ctx ends. Events that still arrive are dropped.
func (s *session) leave(ctx context.Context, code int, message string) {
	s.leaving.Store(true)
	s.writeClose(code, message)
	select {
	case <-s.ended:
	case <-ctx.Done():
	}
}

func (s *session) writeClose(code int, message string) {
	deadline := s.conn.opts.Clock.Now().Add(s.conn.opts.CloseGrace)
	_ = s.socket.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, message), deadline) // it may be gone already
}

// reason prefers what a watcher said over the read error that it caused.
func (s *session) reason(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.Canceled) {
		return cause
	}
	return err
}

// login answers HELLO and starts the heartbeat.
func (s *session) login(ctx context.Context, interval time.Duration, resuming bool) error {
	c := s.conn
	go s.beat(ctx, interval)
	// Nothing may be awaited for ever: a server can acknowledge heartbeats and never say ready.
	timer := c.opts.Clock.AfterFunc(c.opts.ReadyTimeout, func() {
		if !s.ready.Load() {
			s.fail(errNotReady)
		}
	})
	context.AfterFunc(ctx, func() { timer.Stop() })
	if resuming {
		c.setStatus(gateway.StatusResuming, nil)
		c.mu.Lock()
		resume := gateway.MessageDataResume{Token: c.token, SessionID: c.sessionID, Seq: c.received}
		c.mu.Unlock()
		return s.send(ctx, gateway.OpcodeResume, resume, true)
	}
	c.setStatus(gateway.StatusIdentifying, nil)
	identify := gateway.MessageDataIdentify{
		Token:          c.token,
		Properties:     gateway.IdentifyCommandDataProperties{OS: runtime.GOOS, Browser: "usher", Device: "usher"},
		LargeThreshold: 50, // the least Discord takes: offline members of large guilds are not needed
		Intents:        c.shard.Intents,
		Presence:       c.Presence(),
		Shard:          &[2]int{c.shard.ID, c.shard.Count},
	}
	if err := s.send(ctx, gateway.OpcodeIdentify, identify, true); err != nil {
		return err
	}
	c.setStatus(gateway.StatusWaitingForReady, nil)
	return nil
}
