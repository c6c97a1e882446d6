package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// maxControl bounds the control frames waiting for a reader that does not read.
const maxControl = 256

// conn is one websocket connection. Its reader is the goroutine of ServeHTTP,
// its only writer is writeLoop.
type conn struct {
	hub      *Hub
	ws       *websocket.Conn
	out      *encoder
	wake     chan struct{}
	gone     chan struct{} // the reader has ended
	sends    sendWindow
	frame    []byte // belongs to the writer
	inflated bool   // IDENTIFY allowed packets to be compressed one by one

	mu       sync.Mutex
	control  [][]byte
	closing  *closing
	session  *session
	silent   bool
	lastBeat time.Time
	asked    bool // op 1 was sent since the last heartbeat
	timers   map[*connTimer]struct{}
}

// closing is how a connection is to end.
type closing struct {
	code   int
	reason string
	drop   bool // without a close frame
}

func (c closing) Error() string { return fmt.Sprintf("%d %s", c.code, c.reason) }

func newConn(h *Hub, ws *websocket.Conn, out *encoder) *conn {
	c := &conn{
		hub: h, ws: ws, out: out,
		wake:   make(chan struct{}, 1),
		gone:   make(chan struct{}),
		timers: map[*connTimer]struct{}{},
		sends:  newSendWindow(h.cfg.SendLimit, h.cfg.SendWindow),
	}
	ws.SetReadLimit(maxReadBytes)
	return c
}

// run serves the connection until it is closed.
func (c *conn) run(refusal *closing) {
	var writer sync.WaitGroup
	if refusal != nil {
		c.close(refusal.code, refusal.reason)
	} else {
		c.hello()
	}
	writer.Go(c.writeLoop)
	code := c.readLoop()
	close(c.gone)
	_ = c.ws.Close() // net/http does not close what was hijacked
	writer.Wait()
	c.leave(code)
}

// readLoop handles frames until the connection ends, and tells the close code
// that decides about the session: the server's own if it closed first.
func (c *conn) readLoop() int {
	for {
		kind, body, err := c.ws.ReadMessage()
		if err != nil {
			return c.endCode(err)
		}
		if c.isClosing() {
			continue
		}
		var bad *closing
		if kind != websocket.TextMessage {
			bad = &closing{code: closeDecode, reason: "Send JSON as text frames."}
		} else {
			bad = c.receive(body)
		}
		if bad != nil {
			c.hub.log.Warn("bot was disconnected for what it sent", slog.Int("close_code", bad.code), slog.String("reason", bad.reason))
			c.close(bad.code, bad.reason)
		}
	}
}

func (c *conn) endCode(err error) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing != nil && !c.closing.drop {
		return c.closing.code
	}
	var peer *websocket.CloseError
	if errors.As(err, &peer) {
		return peer.Code
	}
	return websocket.CloseAbnormalClosure
}

// receive handles one frame.
func (c *conn) receive(body []byte) *closing {
	if !c.sends.allow(c.hub.cfg.Clock.Now()) {
		return &closing{code: closeRateLimited, reason: "You are being rate limited."}
	}
	if len(body) > maxPayload {
		return &closing{code: closeDecode, reason: "Payload larger than 4096 bytes."}
	}
	var in incoming
	if err := json.Unmarshal(body, &in); err != nil || in.Op == nil {
		return &closing{code: closeDecode, reason: "Error while decoding payload."}
	}
	switch *in.Op {
	case opHeartbeat:
		return c.heartbeat(in.Data)
	case opIdentify:
		return c.identify(in.Data)
	case opResume:
		return c.resume(in.Data)
	case opPresence, opVoiceState, opRequestMembers, opSoundboardSounds, opChannelInfo:
		return c.request(*in.Op, in.Data)
	}
	return &closing{code: closeUnknownOpcode, reason: "Unknown opcode."}
}

// request handles the opcodes that need a session.
func (c *conn) request(op int, data json.RawMessage) *closing {
	s := c.current()
	if s == nil {
		return &closing{code: closeNotAuthenticated, reason: "Not authenticated."}
	}
	switch op {
	case opPresence:
		return checkPresence(data)
	case opRequestMembers:
		return c.requestMembers(s, data)
	case opChannelInfo:
		return c.requestChannelInfo(s, data)
	}
	c.hub.log.Info("ignored an opcode the sandbox has no use for", slog.Int("op", op))
	return nil
}

// current is the session of the connection, or nil.
func (c *conn) current() *session {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.session
}

// adopt makes s the connection's session.
func (c *conn) adopt(s *session) {
	c.mu.Lock()
	c.session = s
	c.mu.Unlock()
	c.signal()
}

// forget leaves the connection without a session, if s still is it.
func (c *conn) forget(s *session) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.session == s {
		c.session = nil
	}
}

// send queues a frame that is not a dispatch.
func (c *conn) send(frame []byte) {
	c.mu.Lock()
	switch {
	case c.closing != nil || c.silent:
	case len(c.control) >= maxControl:
		c.closing = &closing{drop: true}
	default:
		c.control = append(c.control, frame)
	}
	c.mu.Unlock()
	c.signal()
}

// close ends the connection with a close frame; the first call counts.
func (c *conn) close(code int, reason string) {
	c.end(closing{code: code, reason: reason})
}

// end asks the writer to end the connection; the first call counts.
func (c *conn) end(how closing) {
	c.mu.Lock()
	if c.closing == nil {
		c.closing = &how
		// A write in progress to a peer that does not read must not hold up
		// the close for long.
		_ = c.ws.NetConn().SetWriteDeadline(c.hub.cfg.Now().Add(c.hub.cfg.CloseTimeout))
	}
	c.mu.Unlock()
	c.signal()
}

func (c *conn) signal() {
	select {
	case c.wake <- struct{}{}:
	default: // already awake
	}
}

func (c *conn) isClosing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing != nil
}

func (c *conn) isSilent() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.silent
}

// silence stops all answers and dispatches of this connection.
func (c *conn) silence() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.silent, c.control = true, nil
}

// leave parts the connection from its session, which ends or waits to be
// resumed.
func (c *conn) leave(code int) {
	c.mu.Lock()
	for t := range c.timers {
		t.stop()
	}
	serverClosed := c.closing != nil
	s := c.session
	c.mu.Unlock()
	c.hub.forgetConn(c)
	if s == nil || !s.detach(c, code) {
		return
	}
	clientEnds := !serverClosed && (code == closeNormal || code == closeGoingAway)
	if clientEnds || serverClosed && endsSession(code) {
		c.hub.endSession(s, code)
		return
	}
	s.expireAfter(c.hub.cfg.Clock, c.hub.cfg.SessionTTL, func() { c.hub.expire(s) })
}
