package gateway

import (
	"encoding/json"
	"fmt"
	"time"
)

// hello greets a new connection and starts watching its heartbeats.
func (c *conn) hello() {
	interval := c.hub.cfg.HeartbeatInterval
	c.send(control(opHello, fmt.Sprintf(`{"heartbeat_interval":%d,"_trace":["sandbox"]}`, interval.Milliseconds())))
	c.mu.Lock()
	c.lastBeat = c.hub.cfg.Clock.Now()
	c.mu.Unlock()
	c.later(interval+interval/4, c.watch)
}

// heartbeat answers a bot's op 1.
func (c *conn) heartbeat(data json.RawMessage) *closing {
	var seq *uint64
	if len(data) > 0 {
		if err := json.Unmarshal(data, &seq); err != nil {
			return &closing{code: closeDecode, reason: "A heartbeat's d is a sequence number or null."}
		}
	}
	c.mu.Lock()
	c.lastBeat, c.asked = c.hub.cfg.Clock.Now(), false
	c.mu.Unlock()
	c.send(control(opHeartbeatACK, "null"))
	return nil
}

// watch asks for a heartbeat that is late, and gives up on a connection whose
// heartbeat is missing for twice the interval.
func (c *conn) watch() {
	interval := c.hub.cfg.HeartbeatInterval
	c.mu.Lock()
	quiet := c.hub.cfg.Clock.Now().Sub(c.lastBeat)
	late := quiet >= interval+interval/4
	ask := late && !c.asked
	c.asked = late
	c.mu.Unlock()
	switch {
	case quiet >= 2*interval:
		c.close(closeSessionTimedOut, "Session timed out.")
	case ask:
		c.send(control(opHeartbeat, "null"))
		fallthrough
	case late:
		c.later(2*interval-quiet, c.watch)
	default:
		c.later(interval+interval/4-quiet, c.watch)
	}
}

// connTimer is a timer that ends with its connection.
type connTimer struct{ stop func() bool }

// later runs f after d unless the connection is gone by then.
func (c *conn) later(d time.Duration, f func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.gone:
		return
	default:
	}
	t := &connTimer{}
	c.timers[t] = struct{}{}
	t.stop = c.hub.cfg.Clock.AfterFunc(d, func() {
		c.mu.Lock()
		delete(c.timers, t)
		c.mu.Unlock()
		f()
	})
}
