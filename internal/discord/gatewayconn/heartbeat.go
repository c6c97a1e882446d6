package gatewayconn

import (
	"context"
	"sync"
	"time"

	"github.com/disgoorg/disgo/gateway"

	"usher/internal/discord/clock"
)

// minInterval keeps a nonsensical HELLO from turning the heartbeat into a busy loop.
const minInterval = 10 * time.Millisecond

// heartbeats remembers the heartbeat that waits for its ACK.
type heartbeats struct {
	mu      sync.Mutex
	pending bool
	sentAt  time.Time
}

// sent notes a heartbeat; false means that the one before was never acknowledged.
func (h *heartbeats) sent(now time.Time) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.pending {
		return false
	}
	h.pending, h.sentAt = true, now
	return true
}

func (h *heartbeats) acked(now time.Time) (time.Duration, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.pending {
		return 0, false
	}
	h.pending = false
	return now.Sub(h.sentAt), true
}

// beat sends heartbeats until ctx ends: the first after a random part of the interval, so that all bots do not beat together after an outage.
func (s *session) beat(ctx context.Context, interval time.Duration) {
	interval = max(interval, minInterval)
	wait := time.Duration(s.conn.opts.Rand() * float64(interval))
	for {
		if clock.Sleep(ctx, s.conn.opts.Clock, wait) != nil {
			return
		}
		if !s.beats.sent(s.conn.opts.Clock.Now()) {
			s.giveUpOn(errZombie)
			return
		}
		if err := s.sendHeartbeat(ctx); err != nil {
			s.giveUpOn(err)
			return
		}
		wait = interval
	}
}

func (s *session) sendHeartbeat(ctx context.Context) error {
	s.conn.mu.Lock()
	seq := s.conn.received
	s.conn.mu.Unlock()
	return s.send(ctx, gateway.OpcodeHeartbeat, gateway.MessageDataHeartbeat(seq), true)
}

// giveUpOn ends the connection with a code that keeps the session.
func (s *session) giveUpOn(err error) {
	if !s.leaving.Load() {
		s.writeClose(closeKeepingSession, "connection given up")
	}
	s.fail(err)
}

func (s *session) noteACK() {
	if d, ok := s.beats.acked(s.conn.opts.Clock.Now()); ok {
		s.conn.mu.Lock()
		s.conn.latency = d
		s.conn.mu.Unlock()
	}
}
