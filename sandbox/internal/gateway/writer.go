package gateway

import (
	"log/slog"

	"github.com/gorilla/websocket"
)

// work is what a writer finds to do.
type work struct {
	control [][]byte
	closing *closing
	session *session
	silent  bool
}

func (c *conn) pending() work {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := work{control: c.control, closing: c.closing, session: c.session, silent: c.silent}
	c.control = nil
	return w
}

// writeLoop writes everything that goes to the bot until the connection ends.
func (c *conn) writeLoop() {
	defer c.out.close()
	batch := make([]entry, 0, batchSize)
	for {
		busy, ok := c.step(c.pending(), batch)
		switch {
		case !ok:
			return
		case busy:
			continue
		}
		select {
		case <-c.wake:
		case <-c.gone:
			return
		}
	}
}

// step does the work found. It reports whether there was any, and false in ok
// if the connection is over.
func (c *conn) step(w work, batch []entry) (busy, ok bool) {
	for _, frame := range w.control {
		if !c.write(frame) {
			return false, false
		}
	}
	if w.closing != nil {
		c.farewell(*w.closing)
		return false, false
	}
	busy = len(w.control) > 0
	if w.session == nil || w.silent {
		return busy, true
	}
	more, ok := c.pump(w.session, batch)
	return busy || more, ok
}

// pump writes what the session has for this connection. It reports whether
// there was anything, and false in ok if the connection broke.
func (c *conn) pump(s *session, batch []entry) (more, ok bool) {
	batch, guild, lost := s.take(c, batch[:0])
	if lost {
		c.close(closeUnknown, "Events to be replayed were lost.")
		return true, true
	}
	for i := range batch {
		c.frame = appendDispatch(c.frame[:0], batch[i])
		if !c.write(c.frame) {
			return false, false
		}
		batch[i] = entry{} // the log alone decides how long data lives
	}
	if guild != 0 {
		s.announce(c, guild, c.hub.cfg.Directory.GuildCreate(s.receiver(), guild))
	}
	return len(batch) > 0 || guild != 0, true
}

// write sends one frame; a failure breaks the connection, which ends the reader.
func (c *conn) write(frame []byte) bool {
	_ = c.ws.SetWriteDeadline(c.hub.cfg.Now().Add(c.hub.cfg.WriteTimeout))
	kind, body, err := c.out.encode(frame, c.deflates())
	if err == nil {
		err = c.ws.WriteMessage(kind, body)
	}
	if err != nil {
		c.hub.log.Info("connection broke while writing", slog.Any("error", err))
		_ = c.ws.Close()
		return false
	}
	return true
}

// deflates says whether the bot takes single packets compressed.
func (c *conn) deflates() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.inflated
}

// farewell ends the connection: with a close frame and time for the peer's
// answer, or at once.
func (c *conn) farewell(how closing) {
	if how.drop {
		_ = c.ws.Close()
		return
	}
	deadline := c.hub.cfg.Now().Add(c.hub.cfg.CloseTimeout)
	message := websocket.FormatCloseMessage(how.code, how.reason)
	if err := c.ws.WriteControl(websocket.CloseMessage, message, deadline); err != nil {
		_ = c.ws.Close()
		return
	}
	_ = c.ws.SetReadDeadline(deadline)
}
