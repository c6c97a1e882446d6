package gateway

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gorilla/websocket"
)

const (
	guildA uint64 = 10 << 22 // shard 0 of 2
	guildB uint64 = 11 << 22 // shard 1 of 2
)

const msgIntents = IntentGuilds | IntentGuildMessages

func TestS2LoginSendsHelloReadyAndGuilds(t *testing.T) {
	b := newBench(t, newWorld(guildA, guildB), nil)
	c := b.dial("v=10&encoding=json")
	if f := c.read(); f.Op != opHello || !strings.Contains(string(f.Data), `"heartbeat_interval":41250`) {
		t.Fatalf("got %d %s, want HELLO with the interval", f.Op, f.Data)
	}
	c.identify(IntentGuilds, "[0,1]")
	f := c.ready()
	var got map[string]any
	if err := json.Unmarshal(f.Data, &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"v": 10.0, "session_id": c.id, "resume_gateway_url": b.url, "session_type": "normal",
		"shard":       []any{0.0, 1.0},
		"user":        map[string]any{"id": "1000", "username": "bot", "discriminator": "0", "bot": true},
		"application": map[string]any{"id": "1000", "flags": 0.0},
		"guilds": []any{
			map[string]any{"id": "41943040", "unavailable": true},
			map[string]any{"id": "46137344", "unavailable": true},
		},
		"private_channels": []any{}, "relationships": []any{}, "presences": []any{},
		"guild_join_requests": []any{}, "geo_ordered_rtc_regions": []any{},
		"user_settings": map[string]any{}, "auth": map[string]any{}, "_trace": []any{"sandbox"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("READY (-want +got):\n%s", diff)
	}
	if len(c.id) != 32 {
		t.Errorf("session id %q is not 32 characters", c.id)
	}
	for i, id := range []string{"41943040", "46137344"} {
		g := c.want(typeGuildCreate)
		if !strings.Contains(string(g.Data), id) || g.Seq != uint64(i+2) {
			t.Errorf("got s %d %s, want guild %s as number %d", g.Seq, g.Data, id, i+2)
		}
	}
	c.fence()
}

func TestS2WithoutGuildsIntentNoGuildCreate(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(IntentGuildMessages, "")
	b.Publish(message(1))
	c.wantMessages(1, 1)
}

func TestS2CloseCodes(t *testing.T) {
	few := func(c *Config) { c.MaxGuildsPerShard = 1 }
	tests := []struct {
		name   string
		change func(*Config)
		query  string
		login  bool
		send   []string
		code   int
	}{
		{name: "unknown opcode", send: []string{`{"op":99,"d":null}`}, code: 4001},
		{name: "opcode only a server sends", send: []string{`{"op":0,"d":null}`}, code: 4001},
		{name: "not JSON", send: []string{`{`}, code: 4002},
		{name: "no opcode", send: []string{`{"d":1}`}, code: 4002},
		{name: "larger than 4096 bytes", send: []string{`{"op":1,"d":null,"x":"` + strings.Repeat("x", 4096) + `"}`}, code: 4002},
		{name: "heartbeat with a text", send: []string{`{"op":1,"d":"x"}`}, code: 4002},
		{name: "identify without properties", send: []string{`{"op":2,"d":{"token":"x","intents":1}}`}, code: 4002},
		{name: "identify without token", send: []string{`{"op":2,"d":{"properties":{},"intents":1}}`}, code: 4002},
		{name: "resume without seq", send: []string{`{"op":6,"d":{"token":"x","session_id":"y"}}`}, code: 4002},
		{name: "presence before identify", send: []string{`{"op":3,"d":{}}`}, code: 4003},
		{name: "members before identify", send: []string{`{"op":8,"d":{}}`}, code: 4003},
		{name: "unknown token", send: []string{`{"op":2,"d":` + identifyJSON("wrong", 1, "") + `}`}, code: 4004},
		{name: "resume with unknown token", send: []string{`{"op":6,"d":{"token":"x","session_id":"y","seq":1}}`}, code: 4004},
		{name: "identify twice", login: true, send: []string{`{"op":2,"d":` + identifyJSON(botToken, 1, "") + `}`}, code: 4005},
		{name: "resume after identify", login: true, send: []string{`{"op":6,"d":{"token":"x","session_id":"y","seq":1}}`}, code: 4005},
		{name: "shard not below count", send: []string{`{"op":2,"d":` + identifyJSON(botToken, 1, "[2,2]") + `}`}, code: 4010},
		{name: "shard of one number", send: []string{`{"op":2,"d":` + identifyJSON(botToken, 1, "[0]") + `}`}, code: 4010},
		{name: "negative shard", send: []string{`{"op":2,"d":` + identifyJSON(botToken, 1, "[-1,2]") + `}`}, code: 4010},
		{name: "too many guilds", change: few, send: []string{`{"op":2,"d":` + identifyJSON(botToken, 1, "") + `}`}, code: 4011},
		{name: "old version", query: "v=9&encoding=json", code: 4012},
		{name: "no version", query: "encoding=json", code: 4012},
		{name: "other encoding", query: "v=10&encoding=etf", code: 4002},
		{name: "other compression", query: "v=10&compress=brotli", code: 4002},
		{name: "intent that is none", send: []string{`{"op":2,"d":` + identifyJSON(botToken, 1<<30, "") + `}`}, code: 4013},
		{name: "no intents", send: []string{`{"op":2,"d":{"token":"` + botToken + `","properties":{}}}`}, code: 4013},
		{name: "privileged intent not granted", send: []string{`{"op":2,"d":` + identifyJSON("MjAwMA.a.b", 1<<15, "") + `}`}, code: 4014},
		{name: "presence with unknown status", login: true, send: []string{`{"op":3,"d":{"status":"asleep"}}`}, code: 4002},
		{name: "members without guild", login: true, send: []string{`{"op":8,"d":{"query":""}}`}, code: 4002},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(guildA, guildB)
			w.apps["MjAwMA.a.b"] = App{ID: 2000}
			b := newBench(t, w, tt.change)
			var c *bot
			switch {
			case tt.query != "":
				c = b.dial(tt.query)
			case tt.login:
				c = b.login(0, "")
			default:
				c = b.connect()
			}
			for _, s := range tt.send {
				c.raw(s)
			}
			c.wantClose(tt.code)
		})
	}
}

func TestS2SendLimit4008(t *testing.T) {
	b := newBench(t, newWorld(guildA), func(c *Config) { c.HeartbeatInterval = time.Hour })
	c := b.connect()
	for range 120 {
		c.fence()
	}
	b.clock.advance(61 * time.Second) // a minute later the count is empty
	for range 120 {
		c.fence()
	}
	c.send(opHeartbeat, "null")
	c.wantClose(closeRateLimited)
}

func TestS2BinaryFrameIsADecodeError(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.connect()
	if err := c.ws.WriteMessage(websocket.BinaryMessage, []byte(`{"op":1,"d":null}`)); err != nil {
		t.Fatal(err)
	}
	c.wantClose(closeDecode)
}

// Node's ws waits 30 s for the TCP connection to end after the handshake.
func TestS2ServerClosesTCPAfterHandshake(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(IntentGuilds, "")
	c.leave(4900)
	raw := c.ws.NetConn()
	_ = raw.SetReadDeadline(time.Now().Add(patience))
	n, err := raw.Read(make([]byte, 1))
	if n != 0 || err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("read after the handshake gave %d, %v; want the end of the connection", n, err)
	}
}

func TestS2SilentPeerIsClosedDespiteNoAnswer(t *testing.T) {
	b := newBench(t, newWorld(guildA), func(c *Config) { c.CloseTimeout = 10 * time.Millisecond })
	c := b.login(IntentGuilds, "")
	c.ws.SetCloseHandler(func(int, string) error { return nil }) // never answers the close
	if err := b.Fault(Fault{Kind: FaultClose, Code: 4000}); err != nil {
		t.Fatal(err)
	}
	b.disconnected()
}

func TestS2Heartbeats(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.connect()
	c.fence()
	b.clock.advance(41250 * time.Millisecond)
	c.fence()
	b.clock.advance(45 * time.Second) // late
	c.fence()
	b.clock.advance(52 * time.Second) // so late that it is asked for
	c.wantOp(opHeartbeat, "null")
	c.fence()
	b.clock.advance(52 * time.Second)
	c.wantOp(opHeartbeat, "null")
	b.clock.advance(42 * time.Second)
	c.wantClose(closeSessionTimedOut)
}

func TestS2TimedOutSessionCannotBeResumed(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(0, "")
	id := c.id
	b.clock.advance(52 * time.Second)
	b.clock.advance(52 * time.Second)
	c.wantClose(closeSessionTimedOut)
	b.disconnected()
	c = b.connect()
	c.resume(id, 1)
	c.wantOp(opInvalidSession, "false")
}

func TestS2PresenceAndVoiceStateAreTaken(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	c := b.login(0, "")
	c.send(opPresence, `{"since":null,"activities":[{"name":"tickets","type":3}],"status":"online","afk":false}`)
	c.send(opVoiceState, `{"guild_id":"1","channel_id":null,"self_mute":false,"self_deaf":false}`)
	c.fence()
}

func TestS2CompressedTransports(t *testing.T) {
	for _, name := range []string{"zlib-stream", "zstd-stream"} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, newWorld(guildA), nil)
			c := b.dial("v=10&encoding=json&compress=" + name)
			c.inflate = zlibStream()
			if name == "zstd-stream" {
				c.inflate = zstdStream(t)
			}
			c.hello()
			c.identify(msgIntents, "")
			c.ready()
			c.want(typeGuildCreate)
			for n := range 50 {
				b.Publish(message(n))
			}
			c.wantMessages(0, 49)
			if err := b.Fault(Fault{Kind: FaultClose, Code: 4000}); err != nil {
				t.Fatal(err)
			}
			c.wantClose(4000)
		})
	}
}

func TestS2PacketCompressionOnlyIfAllowed(t *testing.T) {
	b := newBench(t, newWorld(guildA), nil)
	big := message(1)
	big.Data = json.RawMessage(`"` + strings.Repeat("x", 2*packetThreshold) + `"`)
	for _, compress := range []bool{true, false} {
		c := b.connect()
		data := identifyJSON(botToken, IntentGuildMessages, "")
		if compress {
			data = strings.Replace(data, "{", `{"compress":true,`, 1)
		}
		c.send(opIdentify, data)
		c.ready()
		used := false
		c.inflate = func(p []byte) ([]byte, error) {
			used = true
			return zlibStream()(p)
		}
		b.Publish(big)
		if f := c.want("MESSAGE_CREATE"); string(f.Data) != string(big.Data) {
			t.Errorf("compress %v: the data changed", compress)
		}
		if used != compress {
			t.Errorf("compress %v: packet compressed: %v", compress, used)
		}
	}
}
