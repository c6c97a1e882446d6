package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// The kinds of gateway faults (rule S-10).
const (
	// FaultReconnect sends op 7.
	FaultReconnect = "reconnect"
	// FaultInvalidSession sends op 9 with d false and ends the session.
	FaultInvalidSession = "invalid_session"
	// FaultInvalidSessionResumable sends op 9 with d true; the session waits.
	FaultInvalidSessionResumable = "invalid_session_resumable"
	// FaultSilence stops every answer and event of the connection, which stays
	// open: a dead peer behind a living TCP connection.
	FaultSilence = "silence"
	// FaultDrop cuts the TCP connection without a close frame.
	FaultDrop = "drop"
	// FaultClose closes with Code, 4000 if 0.
	FaultClose = "close"
	// FaultHeartbeat sends op 1, which the bot must answer at once.
	FaultHeartbeat = "request_heartbeat"
	// FaultUnparseable dispatches an event whose data no library can read: an
	// INTERACTION_CREATE with wrong types unless Event and Data say otherwise.
	FaultUnparseable = "unparseable"
	// FaultBrokenFrame sends a numbered event that is not JSON at all.
	FaultBrokenFrame = "broken_frame"
	// FaultUnknownEvent dispatches an event nobody knows.
	FaultUnknownEvent = "unknown_event"
	// FaultDuplicateLast dispatches the last event once more.
	FaultDuplicateLast = "duplicate_last"
	// FaultReplayInteraction dispatches the last INTERACTION_CREATE once more.
	FaultReplayInteraction = "replay_interaction"
	// FaultLateNext holds the next event (of type Event, if set) back for
	// Delay, while others overtake it.
	FaultLateNext = "late_next"
	// FaultReorderNext holds the next event (of type Event, if set) back until
	// the event after it was dispatched: the two change places.
	FaultReorderNext = "reorder_next"
	// FaultLoseNext loses the next event (of type Event, if set) for good.
	FaultLoseNext = "lose_next"
)

// ErrNoSession is returned by Fault when no session matched.
var ErrNoSession = errors.New("no such gateway session is open")

// Fault is one thing to go wrong.
type Fault struct {
	// App is the bot it happens to; 0 is every bot.
	App uint64
	// Shard limits it to a shard; nil is every shard.
	Shard *int
	// Kind is one of the constants.
	Kind string
	// Code is FaultClose's close code, from 1000 to 4999.
	Code int
	// Event and Data are for the kinds that speak of events.
	Event string
	Data  json.RawMessage
	// Delay is FaultLateNext's.
	Delay time.Duration
}

// Fault makes something go wrong in every session that matches. The error is
// ErrNoSession, or says what is wrong with the fault.
func (h *Hub) Fault(f Fault) error {
	strike, err := h.strike(f)
	if err != nil {
		return err
	}
	struck := false
	for _, s := range h.matching(f) {
		struck = strike(s) || struck
	}
	if !struck {
		return fmt.Errorf("fault %q: %w", f.Kind, ErrNoSession)
	}
	return nil
}

func (h *Hub) matching(f Fault) []*session {
	var apps []uint64
	if f.App != 0 {
		apps = []uint64{f.App}
	}
	var found []*session
	for _, s := range h.audience(apps) {
		if f.Shard == nil || *f.Shard == s.key.shard {
			found = append(found, s)
		}
	}
	return found
}

// strike gives the function that applies the fault to a session and reports
// whether it could.
func (h *Hub) strike(f Fault) (func(*session) bool, error) {
	switch f.Kind {
	case FaultInvalidSession:
		return h.invalidate, nil
	case FaultInvalidSessionResumable:
		return h.suspend, nil
	case FaultReconnect:
		return onConn(h.reconnect), nil
	case FaultHeartbeat:
		return onConn(func(c *conn) { c.send(control(opHeartbeat, "null")) }), nil
	case FaultSilence:
		return onConn((*conn).silence), nil
	case FaultDrop:
		return onConn(func(c *conn) { c.end(closing{drop: true}) }), nil
	case FaultClose:
		return closeFault(f.Code)
	}
	return eventFault(f, h.cfg.Clock)
}

func closeFault(code int) (func(*session) bool, error) {
	if code == 0 {
		code = closeUnknown
	}
	if code < 1000 || code > 4999 || code == 1005 || code == 1006 || code == 1015 {
		return nil, fmt.Errorf("code: %d cannot be sent as a websocket close code; use 1000 or one from 4000 to 4999", code)
	}
	return onConn(func(c *conn) { c.close(code, "A fault was asked for.") }), nil
}

func onConn(do func(*conn)) func(*session) bool {
	return func(s *session) bool {
		c := s.connection()
		if c != nil {
			do(c)
		}
		return c != nil
	}
}

// eventFault covers the faults in the stream of events.
func eventFault(f Fault, clock Clock) (func(*session) bool, error) {
	if len(f.Data) > 0 && !json.Valid(f.Data) {
		return nil, errors.New("data: must be JSON; use broken_frame for a frame that is not")
	}
	add := func(e entry) func(*session) bool {
		if f.Event != "" {
			e.kind = f.Event
		}
		if len(f.Data) > 0 {
			e.data = f.Data
		}
		return func(s *session) bool { return s.insert(e) }
	}
	switch f.Kind {
	case FaultUnparseable:
		return add(entry{kind: typeInteraction, data: json.RawMessage(`{"id":{"not":"an id"},"type":"button","token":7}`)}), nil
	case FaultUnknownEvent:
		return add(entry{kind: "SANDBOX_UNKNOWN_EVENT", data: json.RawMessage(`{"sandbox":true}`)}), nil
	case FaultBrokenFrame:
		return add(entry{kind: "MESSAGE_CREATE", raw: []byte(`{"t":"MESSAGE_CREATE","s":`)}), nil
	case FaultDuplicateLast:
		return (*session).duplicateLast, nil
	case FaultReplayInteraction:
		return (*session).replayInteraction, nil
	case FaultLoseNext:
		return func(s *session) bool { return s.rule(&lateRule{event: f.Event, lose: true}) }, nil
	case FaultReorderNext:
		return func(s *session) bool { return s.rule(&lateRule{event: f.Event, swap: true}) }, nil
	case FaultLateNext:
		if f.Delay <= 0 {
			return nil, errors.New("delay: late_next needs how long the event is held back")
		}
		return func(s *session) bool { return s.rule(&lateRule{event: f.Event, delay: f.Delay, clock: clock}) }, nil
	}
	return nil, fmt.Errorf("do: unknown gateway fault %q", f.Kind)
}

// invalidate ends the session, of which its connection is told.
func (h *Hub) invalidate(s *session) bool {
	h.endSession(s, 0)
	return true
}

// suspend parts the session from its connection, which may resume it.
func (h *Hub) suspend(s *session) bool {
	c := s.connection()
	if c == nil || !s.detach(c, 0) {
		return false
	}
	s.expireAfter(h.cfg.Clock, h.cfg.SessionTTL, func() { h.expire(s) })
	c.send(control(opInvalidSession, "true"))
	return true
}

// reconnect asks the bot to reconnect, and closes the connection of a bot that
// has not after a heartbeat's interval.
func (h *Hub) reconnect(c *conn) {
	c.send(control(opReconnect, "null"))
	c.later(h.cfg.HeartbeatInterval, func() { c.close(closeUnknown, "The bot was asked to reconnect.") })
}
