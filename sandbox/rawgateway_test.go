package sandbox_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

// session is a gateway session without a library.
type session struct {
	t      *testing.T
	events chan event
	// ops are the frames that are no events, as far as there is room.
	ops chan event
	ws  *websocket.Conn
}

type event struct {
	Op   int             `json:"op"`
	Type string          `json:"t"`
	Data json.RawMessage `json:"d"`
}

// allIntents is every intent there is.
const allIntents = (1<<26 - 1) &^ (1<<17 | 1<<18 | 1<<19 | 1<<22 | 1<<23)

// connect logs the bot in and waits for its guilds.
func (b *rawBot) connect(intents int) *session {
	b.t.Helper()
	ws, res, err := websocket.DefaultDialer.DialContext(b.t.Context(), b.s.GatewayURL()+"?v=10&encoding=json", nil)
	if err != nil {
		b.t.Fatalf("connecting: %v", err)
	}
	_ = res.Body.Close()
	s := &session{t: b.t, events: make(chan event, 1024), ops: make(chan event, 64), ws: ws}
	b.t.Cleanup(func() { _ = ws.Close() })
	if err := ws.WriteJSON(object{"op": 2, "d": object{
		"token": b.token, "intents": intents, "properties": object{"os": "test", "browser": "test", "device": "test"},
	}}); err != nil {
		b.t.Fatalf("identifying: %v", err)
	}
	go func() {
		defer close(s.ops)
		defer close(s.events)
		for {
			var e event
			if ws.ReadJSON(&e) != nil {
				return
			}
			if e.Op == 0 {
				s.events <- e
				continue
			}
			select {
			case s.ops <- e:
			default:
			}
		}
	}()
	s.next("GUILD_CREATE")
	return s
}

// next waits for the next event of this type and gives its data.
func (s *session) next(kind string) answer {
	s.t.Helper()
	deadline := time.After(10 * time.Second)
	for {
		select {
		case e, ok := <-s.events:
			if !ok {
				s.t.Fatalf("the gateway closed while waiting for %s", kind)
			}
			if e.Type == kind {
				out := answer{raw: string(e.Data)}
				_ = json.Unmarshal(e.Data, &out.body)
				return out
			}
		case <-deadline:
			s.t.Fatalf("no %s within ten seconds", kind)
		}
	}
}
