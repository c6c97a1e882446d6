package gateway

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
)

func (b *bench) fault(f Fault) {
	b.t.Helper()
	if err := b.Fault(f); err != nil {
		b.t.Fatalf("fault %s: %v", f.Kind, err)
	}
}

func TestS10Reconnect(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(0, "")
	b.fault(Fault{Kind: FaultReconnect})
	c.wantOp(opReconnect, "null")
	b.clock.advance(42 * time.Second) // a bot that does not obey
	c.wantClose(closeUnknown)
	b.disconnected()
	r := b.connect()
	r.resume(c.id, c.seq)
	r.want(typeResumed)
}

func TestS10InvalidSession(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(0, "")
	b.fault(Fault{Kind: FaultInvalidSession})
	c.wantOp(opInvalidSession, "false")
	c.resume(c.id, c.seq)
	c.wantOp(opInvalidSession, "false")
	c.identify(0, "")
	c.ready()
}

func TestS10InvalidSessionResumable(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(IntentGuildMessages, "")
	b.fault(Fault{Kind: FaultInvalidSessionResumable})
	c.wantOp(opInvalidSession, "true")
	b.Publish(message(1))
	c.resume(c.id, c.seq)
	c.wantMessages(1, 1)
	c.want(typeResumed)
}

func TestS10SilenceThenResume(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(IntentGuildMessages, "")
	b.fault(Fault{Kind: FaultSilence})
	b.Publish(message(1))
	c.send(opHeartbeat, "1") // no ACK
	// The close is answered: TCP is alive. Nothing may come before it.
	if err := c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(4900, ""), time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	if f, err := c.next(); err == nil {
		t.Fatalf("a silent connection sent op %d %s", f.Op, f.Type)
	}
	b.disconnected()
	r := b.connect()
	r.resume(c.id, c.seq)
	r.wantMessages(1, 1)
	r.want(typeResumed)
}

func TestS10DropHasNoCloseFrame(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(0, "")
	b.fault(Fault{Kind: FaultDrop})
	c.wantClose(websocket.CloseAbnormalClosure)
	b.disconnected()
	r := b.connect()
	r.resume(c.id, c.seq)
	r.want(typeResumed)
}

func TestS10CloseCodes(t *testing.T) {
	for code, resumable := range map[int]bool{0: true, 4000: true, 4008: true, 1001: true, 4004: false, 4009: false, 4014: false} {
		b := newBench(t, newWorld(guildA), nil)
		c := b.login(0, "")
		b.fault(Fault{Kind: FaultClose, Code: code})
		if code == 0 {
			code = 4000
		}
		c.wantClose(code)
		b.disconnected()
		r := b.connect()
		r.resume(c.id, c.seq)
		if resumable {
			r.want(typeResumed)
		} else {
			r.wantOp(opInvalidSession, "false")
		}
	}
}

func TestS10EventFaults(t *testing.T) {
	interaction := func(id string) Event {
		return Event{Type: typeInteraction, GuildID: guildA, Apps: []uint64{botID}, Data: json.RawMessage(`{"id":"` + id + `"}`)}
	}
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(IntentGuildMessages, "")
	b.Publish(interaction("7"))
	b.Publish(message(1))
	c.want(typeInteraction)
	c.wantMessages(1, 1)

	b.fault(Fault{Kind: FaultDuplicateLast})
	c.wantMessages(1, 1)
	b.fault(Fault{Kind: FaultUnparseable})
	if f := c.want(typeInteraction); !strings.Contains(string(f.Data), `"type":"button"`) {
		t.Errorf("unparseable event is %s", f.Data)
	}
	b.fault(Fault{Kind: FaultReplayInteraction})
	if f := c.want(typeInteraction); string(f.Data) != `{"id":"7"}` {
		t.Errorf("replayed %s, want the real interaction", f.Data)
	}
	b.fault(Fault{Kind: FaultUnknownEvent})
	c.want("SANDBOX_UNKNOWN_EVENT")
	b.fault(Fault{Kind: FaultUnknownEvent, Event: "SOMETHING", Data: json.RawMessage(`{"a":1}`)})
	if f := c.want("SOMETHING"); string(f.Data) != `{"a":1}` {
		t.Errorf("unknown event has %s", f.Data)
	}

	b.fault(Fault{Kind: FaultLoseNext, Event: "MESSAGE_CREATE"})
	b.fault(Fault{Kind: FaultLateNext, Event: "MESSAGE_CREATE", Delay: time.Second})
	b.Publish(interaction("8"))
	for n := 2; n <= 4; n++ { // 2 is lost, 3 is late
		b.Publish(message(n))
	}
	c.want(typeInteraction)
	c.wantMessages(4, 4)
	c.fence()
	b.clock.advance(time.Second)
	c.wantMessages(3, 3)

	b.fault(Fault{Kind: FaultReorderNext, Event: "MESSAGE_CREATE"})
	b.fault(Fault{Kind: FaultReorderNext, Event: "MESSAGE_CREATE"})
	b.Publish(message(5))
	b.Publish(message(6))
	c.fence() // both wait for an event that goes before them
	b.Publish(interaction("9"))
	b.Publish(message(7))
	c.want(typeInteraction)
	c.wantMessages(5, 7)

	b.fault(Fault{Kind: FaultBrokenFrame})
	if _, err := c.next(); err == nil || !strings.Contains(err.Error(), `\"s\":`) {
		t.Errorf("broken frame gave %v, want text that is not JSON", err)
	}
	b.fault(Fault{Kind: FaultHeartbeat})
	c.wantOp(opHeartbeat, "null")
}

func TestS10FaultPicksBotAndShard(t *testing.T) {
	b := newBench(t, newWorld(), nil)
	zero, one := b.login(0, "[0,2]"), b.login(0, "[1,2]")
	shard := 1
	b.fault(Fault{Kind: FaultReconnect, App: botID, Shard: &shard})
	one.wantOp(opReconnect, "null")
	zero.fence()
}

func TestS10FaultErrors(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	if err := b.Fault(Fault{Kind: FaultDrop}); !errors.Is(err, ErrNoSession) {
		t.Errorf("without a session: %v, want ErrNoSession", err)
	}
	b.login(0, "")
	if err := b.Fault(Fault{Kind: FaultReplayInteraction}); !errors.Is(err, ErrNoSession) {
		t.Errorf("without an interaction: %v, want ErrNoSession", err)
	}
	for _, tt := range []struct {
		fault Fault
		want  string
	}{
		{Fault{Kind: "explode"}, "explode"},
		{Fault{Kind: FaultClose, Code: 1006}, "code"},
		{Fault{Kind: FaultLateNext}, "delay"},
		{Fault{Kind: FaultUnknownEvent, Data: json.RawMessage("{")}, "data"},
	} {
		if err := b.Fault(tt.fault); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%+v: %v, want an error naming %q", tt.fault, err, tt.want)
		}
	}
}
