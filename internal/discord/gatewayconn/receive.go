package gatewayconn

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/disgoorg/disgo/gateway"
	"github.com/gorilla/websocket"
)

// envelope is the outside of every gateway message.
type envelope struct {
	Op gateway.Opcode    `json:"op"`
	S  int               `json:"s"`
	T  gateway.EventType `json:"t"`
	D  json.RawMessage   `json:"d"`
}

// read takes messages until the connection ends. onHello is called with the heartbeat interval.
func (s *session) read(ctx context.Context, onHello func(time.Duration) error) error {
	for {
		kind, data, err := s.socket.ReadMessage()
		if err != nil {
			return fmt.Errorf("reading from the gateway: %w", err)
		}
		if kind == websocket.BinaryMessage && s.inflate != nil {
			if data, err = s.inflate.add(data); err != nil {
				return err
			}
			if data == nil {
				continue
			}
		}
		var e envelope
		if err := json.Unmarshal(data, &e); err != nil {
			s.conn.noteUnparseable(e, len(data), err)
			continue
		}
		if err := s.receive(ctx, e, onHello); err != nil {
			return err
		}
	}
}

func (s *session) receive(ctx context.Context, e envelope, onHello func(time.Duration) error) error {
	switch e.Op {
	case gateway.OpcodeDispatch:
		return s.dispatch(e)
	case gateway.OpcodeHello:
		if s.greeted {
			return nil
		}
		s.greeted = true
		var hello gateway.MessageDataHello
		if err := json.Unmarshal(e.D, &hello); err != nil || hello.HeartbeatInterval <= 0 {
			return fmt.Errorf("discord's hello has no heartbeat interval: %w", errors.Join(errNoHello, err))
		}
		return onHello(time.Duration(hello.HeartbeatInterval) * time.Millisecond)
	case gateway.OpcodeHeartbeat:
		return s.sendHeartbeat(ctx)
	case gateway.OpcodeHeartbeatACK:
		s.noteACK()
		return nil
	case gateway.OpcodeReconnect:
		return errReconnectAsked
	case gateway.OpcodeInvalidSession:
		var resumable bool
		if err := json.Unmarshal(e.D, &resumable); err == nil && resumable {
			return errResumeAsked
		}
		return errInvalidSession
	default:
		s.conn.log.Debug("unknown gateway opcode", slog.Int("opcode", int(e.Op)))
		return nil
	}
}

// dispatch takes one event: the sequence goes on whatever becomes of the event itself.
func (s *session) dispatch(e envelope) error {
	if s.leaving.Load() {
		return nil
	}
	c := s.conn
	switch e.T {
	case gateway.EventTypeReady:
		if err := c.beginSession(e); err != nil {
			return err
		}
		s.becomeReady(func(st *Stats) { st.Identified++ })
	case gateway.EventTypeResumed:
		s.becomeReady(func(st *Stats) { st.Resumed++ })
	default:
	}
	c.mu.Lock()
	c.received = max(c.received, e.S)
	p := c.progress
	c.mu.Unlock()
	p.start(e.S)
	defer p.end(e.S)
	data, err := parseEvent(e)
	if err != nil {
		c.noteUnparseable(e, len(e.D), err)
		return nil
	}
	if _, unknown := data.(gateway.EventUnknown); unknown {
		c.count(func(st *Stats) { st.Unknown++ })
		c.log.Debug("unknown gateway event", slog.String("event", string(e.T)))
		return nil
	}
	c.count(func(st *Stats) { st.Events++ })
	c.deliver(e, data)
	return nil
}

// beginSession reads what a session needs from READY by itself: READY can hold something disgo cannot parse.
func (c *Conn) beginSession(e envelope) error {
	var ready struct {
		SessionID string `json:"session_id"`
		ResumeURL string `json:"resume_gateway_url"`
	}
	if err := json.Unmarshal(e.D, &ready); err != nil || ready.SessionID == "" {
		return fmt.Errorf("discord's READY names no session: %w", errors.Join(errNotReady, err))
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sessionID, c.resumeURL, c.received, c.progress = ready.SessionID, ready.ResumeURL, 0, &progress{}
	return nil
}

func (s *session) becomeReady(note func(*Stats)) {
	s.conn.mu.Lock()
	s.conn.failedResumes, s.conn.failedDials = 0, 0
	note(&s.conn.stats)
	s.conn.mu.Unlock()
	s.ready.Store(true)
	s.conn.setStatus(gateway.StatusReady, nil)
	s.run.once.Do(func() { close(s.run.ready) })
}

// parseEvent turns panics of disgo's parser into errors: it asserts types that Discord does not promise.
func parseEvent(e envelope) (data gateway.EventData, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the parser panicked: %v", r)
		}
	}()
	data, err = gateway.UnmarshalEventData(e.D, e.T)
	if inner := errors.Unwrap(err); inner != nil {
		err = inner // disgo's own text quotes the whole event
	}
	return data, err
}

// deliver hands an event to the handler; its panic must not end the connection.
func (c *Conn) deliver(e envelope, data gateway.EventData) {
	defer func() {
		if r := recover(); r != nil {
			c.log.Error("gateway event handler panicked", slog.String("event", string(e.T)), slog.Int("sequence", e.S),
				slog.Any("panic", r), slog.String("stack", string(debug.Stack())))
		}
	}()
	c.handler(c, e.T, e.S, data)
}

// maxErrorText bounds what is logged of a parse error.
const maxErrorText = 200

func (c *Conn) noteUnparseable(e envelope, size int, err error) {
	c.count(func(st *Stats) { st.Unparseable++ })
	text := err.Error()
	if len(text) > maxErrorText {
		text = text[:maxErrorText]
	}
	c.log.Error("gateway event could not be parsed and was skipped", slog.String("event", string(e.T)), slog.Int("sequence", e.S),
		slog.Int("bytes", size), slog.String("error", text))
}

func (c *Conn) count(f func(*Stats)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f(&c.stats)
}
