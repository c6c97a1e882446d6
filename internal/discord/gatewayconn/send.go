package gatewayconn

import (
	"context"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/disgoorg/disgo/gateway"
	"github.com/gorilla/websocket"

	"usher/internal/discord/clock"
)

const (
	// Discord docs, "Gateway", rate limiting: 120 events per connection every 60 seconds, else close code 4008.
	sendsPerSpan = 120
	sendSpan     = 60 * time.Second
	// sendsReserved are kept for heartbeats and the login, which must never wait behind commands.
	sendsReserved = 10
	// maxPayload is Discord's bound on one message from us, else close code 4002.
	maxPayload = 4096
)

// sendLimit spaces what one connection sends. Its zero value is ready.
type sendLimit struct {
	mu   sync.Mutex
	sent []time.Time // of the last span, oldest first
}

// take books a message now, or says how long to wait before asking again. Urgent messages never wait.
func (l *sendLimit) take(now time.Time, urgent bool) time.Duration {
	l.mu.Lock()
	defer l.mu.Unlock()
	old := 0
	for old < len(l.sent) && now.Sub(l.sent[old]) >= sendSpan {
		old++
	}
	l.sent = append(l.sent[:0], l.sent[old:]...)
	if free := sendsPerSpan - sendsReserved; !urgent && len(l.sent) >= free {
		return l.sent[len(l.sent)-free].Add(sendSpan).Sub(now)
	}
	l.sent = append(l.sent, now)
	return 0
}

// send writes one message to the socket.
func (s *session) send(ctx context.Context, op gateway.Opcode, data gateway.MessageData, urgent bool) error {
	payload, err := json.Marshal(gateway.Message{Op: op, D: data})
	if err != nil {
		return fmt.Errorf("encoding gateway message: %w", err)
	}
	if len(payload) > maxPayload {
		return fmt.Errorf("%w: it has %d", ErrTooLarge, len(payload))
	}
	for {
		wait := s.sends.take(s.conn.opts.Clock.Now(), urgent)
		if wait == 0 {
			break
		}
		if err := clock.Sleep(ctx, s.conn.opts.Clock, wait); err != nil {
			return err
		}
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.socket.SetWriteDeadline(s.conn.opts.Clock.Now().Add(writeTimeout)); err != nil {
		return fmt.Errorf("writing to the gateway: %w", err)
	}
	if err := s.socket.WriteMessage(websocket.TextMessage, payload); err != nil {
		return fmt.Errorf("writing to the gateway: %w", err)
	}
	return nil
}
