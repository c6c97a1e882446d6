package gatewayconn_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/disgoorg/disgo/gateway"
	"github.com/gorilla/websocket"

	"usher/internal/discord/clock"
	"usher/internal/discord/gatewayconn"
)

const patience = 10 * time.Second

// fakeGateway is Discord's side: the n-th connection is served by the n-th script. A connection too many fails the test.
type fakeGateway struct {
	t       *testing.T
	url     string
	mu      sync.Mutex
	scripts []func(*peer)
	peers   []*peer
	served  chan struct{} // one value per script that has ended
}

func newFakeGateway(t *testing.T, scripts ...func(*peer)) *fakeGateway {
	t.Helper()
	g := &fakeGateway{t: t, scripts: scripts, served: make(chan struct{}, 64)}
	upgrader := websocket.Upgrader{}
	var connections sync.WaitGroup
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		connections.Add(1)
		defer connections.Done()
		socket, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			t.Errorf("upgrading: %v", err)
			return
		}
		defer socket.Close()
		socket.SetCloseHandler(func(int, string) error { return nil })
		p := &peer{t: t, socket: socket, query: r.URL.Query().Encode()}
		g.mu.Lock()
		n := len(g.peers)
		g.peers = append(g.peers, p)
		g.mu.Unlock()
		if n >= len(g.scripts) {
			t.Errorf("connection %d was not expected", n+1)
			return
		}
		g.scripts[n](p)
		g.served <- struct{}{}
	}))
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		g.mu.Lock()
		for _, p := range g.peers {
			p.socket.Close()
		}
		g.mu.Unlock()
		connections.Wait()
	})
	g.url = "ws" + strings.TrimPrefix(server.URL, "http")
	return g
}

// peer is one connection as the server sees it.
type peer struct {
	t       *testing.T
	socket  *websocket.Conn
	query   string
	writing sync.Mutex
	deaf    bool // does not acknowledge heartbeats
	zlib    *zlib.Writer
	zbuf    bytes.Buffer
}

type message struct {
	Op gateway.Opcode  `json:"op"`
	D  json.RawMessage `json:"d"`
}

func (p *peer) write(data string) {
	p.writing.Lock()
	defer p.writing.Unlock()
	if p.zlib == nil {
		_ = p.socket.WriteMessage(websocket.TextMessage, []byte(data))
		return
	}
	_, _ = p.zlib.Write([]byte(data))
	_ = p.zlib.Flush()
	_ = p.socket.WriteMessage(websocket.BinaryMessage, p.zbuf.Bytes())
	p.zbuf.Reset()
}

func (p *peer) hello(interval time.Duration) {
	p.write(fmt.Sprintf(`{"op":10,"d":{"heartbeat_interval":%d}}`, interval.Milliseconds()))
}

func (p *peer) event(seq int, kind, data string) {
	p.write(fmt.Sprintf(`{"op":0,"s":%d,"t":%q,"d":%s}`, seq, kind, data))
}

func (p *peer) message(seq int, content string) {
	p.event(seq, "MESSAGE_CREATE", fmt.Sprintf(`{"id":"%d","channel_id":"5","content":%q,"author":{"id":"6","username":"u"}}`, 1000+seq, content))
}

func (p *peer) ready(session string) {
	p.event(1, "READY", fmt.Sprintf(`{"v":10,"user":{"id":"1","username":"bot"},"guilds":[],"session_id":%q,"application":{"id":"1"}}`, session))
}

// next is the next message that is no heartbeat; heartbeats are acknowledged. nil when the client is gone.
func (p *peer) next() *message {
	for {
		_, data, err := p.socket.ReadMessage()
		if err != nil {
			return nil
		}
		var m message
		if err := json.Unmarshal(data, &m); err != nil {
			p.t.Errorf("client sent %q: %v", data, err)
			return nil
		}
		if m.Op != gateway.OpcodeHeartbeat {
			return &m
		}
		if !p.deaf {
			p.write(`{"op":11}`)
		}
	}
}

// expect reads the next message, which must have the op, and decodes it into d.
func (p *peer) expect(op gateway.Opcode, d any) bool {
	m := p.next()
	if m == nil || m.Op != op {
		p.t.Errorf("got %+v, want op %d", m, op)
		return false
	}
	if d != nil {
		if err := json.Unmarshal(m.D, d); err != nil {
			p.t.Errorf("op %d: %v", op, err)
			return false
		}
	}
	return true
}

// login plays HELLO, IDENTIFY, READY.
func (p *peer) login(session string) {
	p.hello(time.Minute)
	if p.expect(gateway.OpcodeIdentify, nil) {
		p.ready(session)
	}
}

// resumed plays HELLO, RESUME and checks what is resumed; the caller replays and sends RESUMED.
func (p *peer) resumed(session string, seq int) {
	p.hello(time.Minute)
	var r gateway.MessageDataResume
	if p.expect(gateway.OpcodeResume, &r) && (r.SessionID != session || r.Seq != seq || r.Token != "token") {
		p.t.Errorf("resumed %+v, want session %s at %d", r, session, seq)
	}
}

// closeWith sends Discord's close code.
func (p *peer) closeWith(code int) {
	_ = p.socket.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, "test"), time.Now().Add(time.Second))
}

// gone reads until the client has left and returns its close code, 0 if it sent none.
func (p *peer) gone() int {
	for {
		_, data, err := p.socket.ReadMessage()
		if err == nil {
			if bytes.HasPrefix(data, []byte(`{"op":1,`)) && !p.deaf {
				p.write(`{"op":11}`)
			}
			continue
		}
		var closed *websocket.CloseError
		if errors.As(err, &closed) && closed.Code != websocket.CloseAbnormalClosure {
			return closed.Code
		}
		return 0
	}
}

// received is one event as the handler saw it.
type received struct {
	kind gateway.EventType
	seq  int
	data gateway.EventData
}

// client is a connection under test with what it reported.
type client struct {
	t        *testing.T
	conn     *gatewayconn.Conn
	events   chan received
	statuses chan gatewayconn.StatusChange
	fatal    chan error
	logs     *syncBuffer
	ctx      context.Context
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(b)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func newClient(t *testing.T, g *fakeGateway, change func(*gatewayconn.Options, *gatewayconn.Shard), handler gateway.EventHandlerFunc) *client {
	t.Helper()
	c := &client{t: t, events: make(chan received, 1000), statuses: make(chan gatewayconn.StatusChange, 1000), fatal: make(chan error, 1), logs: &syncBuffer{}}
	opts := gatewayconn.Options{
		URL: g.url, Clock: clock.System(time.Now), Rand: func() float64 { return 0.5 }, Logger: slog.New(slog.NewTextHandler(c.logs, nil)),
		BackoffMin: time.Millisecond, BackoffMax: 5 * time.Millisecond, FreshMin: time.Millisecond, FreshMax: 2 * time.Millisecond,
		OnStatus: func(s gatewayconn.StatusChange) { c.statuses <- s }, OnFatal: func(_ int, err error) { c.fatal <- err },
	}
	shard := gatewayconn.Shard{Count: 1, Intents: gateway.IntentGuildMessages | gateway.IntentMessageContent}
	if change != nil {
		change(&opts, &shard)
	}
	if handler == nil {
		handler = func(_ gateway.Gateway, kind gateway.EventType, seq int, data gateway.EventData) {
			c.events <- received{kind, seq, data}
		}
	}
	c.conn = gatewayconn.New("token", handler, opts, shard)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	c.ctx = ctx
	t.Cleanup(func() { c.conn.Close(ctx); cancel() })
	return c
}

func (c *client) open() {
	c.t.Helper()
	if err := c.conn.Open(c.ctx); err != nil {
		c.t.Fatalf("opening: %v", err)
	}
}

// event waits for the next event, which must be of the kind and number.
func (c *client) event(kind gateway.EventType, seq int) gateway.EventData {
	c.t.Helper()
	select {
	case e := <-c.events:
		if e.kind != kind || e.seq != seq {
			c.t.Fatalf("got event %s %d, want %s %d", e.kind, e.seq, kind, seq)
		}
		return e.data
	case <-time.After(patience):
		c.t.Fatalf("event %s %d did not come; log:\n%s", kind, seq, c.logs)
		return nil
	}
}

func (c *client) status(want gateway.Status) gatewayconn.StatusChange {
	c.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case s := <-c.statuses:
			if s.Status == want {
				return s
			}
		case <-deadline:
			c.t.Fatalf("status %s did not come", want)
		}
	}
}

func receive[T any](t *testing.T, c <-chan T, what string) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(patience):
		t.Fatalf("%s did not come", what)
		panic("unreachable")
	}
}
