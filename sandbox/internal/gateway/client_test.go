package gateway

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/klauspost/compress/zstd"
)

const (
	botID    = 1000
	botToken = "MTAwMA.a.b"
	// patience bounds every wait of a test; it is only spent on failure.
	patience = 10 * time.Second
)

// world is a Directory in memory.
type world struct {
	mu     sync.Mutex
	apps   map[string]App
	guilds map[uint64][]uint64
	// onCreate is called before a guild is shown, to let things happen between.
	onCreate func(guild uint64)
	members  []Member
	request  MembersRequest
}

func newWorld(guilds ...uint64) *world {
	return &world{
		apps:   map[string]App{botToken: {ID: botID, PrivilegedIntents: PrivilegedIntents}},
		guilds: map[uint64][]uint64{botID: guilds},
	}
}

func (w *world) App(token string) (App, bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	a, ok := w.apps[token]
	return a, ok
}

func (w *world) Ready(app uint64) (user, application json.RawMessage) {
	return json.RawMessage(fmt.Sprintf(`{"id":"%d","username":"bot","discriminator":"0","bot":true}`, app)),
		json.RawMessage(fmt.Sprintf(`{"id":"%d","flags":0}`, app))
}

func (w *world) Guilds(app uint64) []uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]uint64(nil), w.guilds[app]...)
}

func (w *world) GuildCreate(_ Receiver, guild uint64) json.RawMessage {
	if w.onCreate != nil {
		w.onCreate(guild)
	}
	return json.RawMessage(fmt.Sprintf(`{"id":"%d","name":"guild"}`, guild))
}

func (w *world) Members(_ uint64, r MembersRequest) []Member {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.request = r
	return w.members
}

// asked is the last request for members.
func (w *world) asked() MembersRequest {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.request
}

// bench is a hub behind a server.
type bench struct {
	*Hub
	t     testing.TB
	url   string
	clock *handClock
}

func newBench(tb testing.TB, w *world, change func(*Config)) *bench {
	tb.Helper()
	b := &bench{t: tb, clock: newHandClock()}
	cfg := Config{Directory: w, Now: time.Now, Clock: b.clock, URL: func() string { return b.url }, IdentifyWindow: -1}
	if change != nil {
		change(&cfg)
	}
	b.Hub = NewHub(cfg)
	server := httptest.NewServer(b.Hub)
	b.url = "ws" + strings.TrimPrefix(server.URL, "http")
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), patience)
		defer cancel()
		if err := b.Close(ctx); err != nil {
			tb.Errorf("closing the hub: %v", err)
		}
		server.Close()
	})
	return b
}

// frame is what a bot receives.
type frame struct {
	Op   int             `json:"op"`
	Type string          `json:"t"`
	Seq  uint64          `json:"s"`
	Data json.RawMessage `json:"d"`
}

// bot is a raw websocket client.
type bot struct {
	t       testing.TB
	ws      *websocket.Conn
	inflate func([]byte) ([]byte, error)
	seq     uint64
	id      string
}

func (b *bench) dial(query string) *bot {
	b.t.Helper()
	ws, res, err := websocket.DefaultDialer.Dial(b.url+"/?"+query, nil)
	if err != nil {
		b.t.Fatalf("dialling: %v", err)
	}
	_ = res.Body.Close()
	c := &bot{t: b.t, ws: ws}
	b.t.Cleanup(func() { _ = ws.Close() })
	return c
}

// connect dials and reads HELLO.
func (b *bench) connect() *bot {
	b.t.Helper()
	c := b.dial("v=10&encoding=json")
	c.hello()
	return c
}

func (c *bot) hello() {
	c.t.Helper()
	if f := c.read(); f.Op != opHello {
		c.t.Fatalf("first frame has op %d, want HELLO", f.Op)
	}
}

// login connects and identifies, and reads up to READY.
func (b *bench) login(intents uint64, shard string) *bot {
	b.t.Helper()
	c := b.connect()
	c.identify(intents, shard)
	c.ready()
	return c
}

func (c *bot) identify(intents uint64, shard string) {
	c.t.Helper()
	c.send(opIdentify, identifyJSON(botToken, intents, shard))
}

func identifyJSON(token string, intents uint64, shard string) string {
	if shard != "" {
		shard = `,"shard":` + shard
	}
	return fmt.Sprintf(`{"token":%q,"intents":%d,"properties":{"os":"linux","browser":"test","device":"test"}%s}`,
		token, intents, shard)
}

func (c *bot) ready() frame {
	c.t.Helper()
	f := c.want(typeReady)
	var d struct {
		SessionID string `json:"session_id"`
	}
	if err := json.Unmarshal(f.Data, &d); err != nil {
		c.t.Fatalf("READY: %v", err)
	}
	c.id = d.SessionID
	return f
}

func (c *bot) resume(id string, seq uint64) {
	c.t.Helper()
	c.send(opResume, fmt.Sprintf(`{"token":%q,"session_id":%q,"seq":%d}`, botToken, id, seq))
}

func (c *bot) send(op int, data string) {
	c.t.Helper()
	c.raw(fmt.Sprintf(`{"op":%d,"d":%s}`, op, data))
}

func (c *bot) raw(text string) {
	c.t.Helper()
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		c.t.Fatalf("sending: %v", err)
	}
}

// next reads a frame, or the error that ended the connection.
func (c *bot) next() (frame, error) {
	_ = c.ws.SetReadDeadline(time.Now().Add(patience))
	kind, body, err := c.ws.ReadMessage()
	if err != nil {
		return frame{}, err
	}
	if kind == websocket.BinaryMessage {
		if c.inflate == nil {
			return frame{}, errors.New("unexpected compressed message")
		}
		if body, err = c.inflate(body); err != nil {
			return frame{}, fmt.Errorf("decompressing: %w", err)
		}
	}
	var f frame
	if err := json.Unmarshal(body, &f); err != nil {
		return frame{}, fmt.Errorf("frame %q: %w", body, err)
	}
	if f.Op == opDispatch {
		c.seq = f.Seq
	}
	return f, nil
}

func (c *bot) read() frame {
	c.t.Helper()
	f, err := c.next()
	if err != nil {
		c.t.Fatalf("reading: %v", err)
	}
	return f
}

// want reads the next frame, which must be this event.
func (c *bot) want(event string) frame {
	c.t.Helper()
	f := c.read()
	if f.Op != opDispatch || f.Type != event {
		c.t.Fatalf("got op %d %s %s, want %s", f.Op, f.Type, f.Data, event)
	}
	return f
}

// wantOp reads the next frame, which must have this opcode and data.
func (c *bot) wantOp(op int, data string) {
	c.t.Helper()
	if f := c.read(); f.Op != op || string(f.Data) != data {
		c.t.Fatalf("got op %d %s %s, want op %d with %s", f.Op, f.Type, f.Data, op, data)
	}
}

// wantClose reads until the connection ends, which must be with this code.
func (c *bot) wantClose(code int) {
	c.t.Helper()
	for {
		_, err := c.next()
		if err == nil {
			continue
		}
		var closed *websocket.CloseError
		if !errors.As(err, &closed) || closed.Code != code {
			c.t.Fatalf("connection ended with %v, want close code %d", err, code)
		}
		return
	}
}

// fence proves that nothing else was sent: the answer to a heartbeat must be
// the next frame.
func (c *bot) fence() {
	c.t.Helper()
	c.send(opHeartbeat, strconv.FormatUint(c.seq, 10))
	c.wantOp(opHeartbeatACK, "null")
}

// leave closes with a code and waits for the server's answer.
func (c *bot) leave(code int) {
	c.t.Helper()
	message := websocket.FormatCloseMessage(code, "")
	if err := c.ws.WriteControl(websocket.CloseMessage, message, time.Now().Add(patience)); err != nil {
		c.t.Fatalf("closing: %v", err)
	}
	c.wantClose(code)
}

// eventually waits until what the witness tells fulfils the condition.
func (b *bench) eventually(what string, ok func([]SessionInfo) bool) {
	b.t.Helper()
	poll := time.NewTicker(time.Millisecond) // the witness has nothing to wait on
	defer poll.Stop()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-poll.C {
		if ok(b.Sessions()) {
			return
		}
	}
	b.t.Fatalf("never came true: %s; sessions: %+v", what, b.Sessions())
}

// disconnected waits until the only session has lost its connection.
func (b *bench) disconnected() {
	b.t.Helper()
	b.eventually("session disconnected", func(s []SessionInfo) bool {
		return len(s) == 1 && !s[0].Connected
	})
}

func message(n int) Event {
	return Event{
		Type: "MESSAGE_CREATE", GuildID: guildA, Intents: IntentGuildMessages,
		Data: json.RawMessage(fmt.Sprintf(`{"n":%d}`, n)),
	}
}

// wantMessages reads the messages numbered first to last, in order.
func (c *bot) wantMessages(first, last int) {
	c.t.Helper()
	for n := first; n <= last; n++ {
		if f := c.want("MESSAGE_CREATE"); string(f.Data) != fmt.Sprintf(`{"n":%d}`, n) {
			c.t.Fatalf("got message %s, want number %d", f.Data, n)
		}
	}
}

// zlibStream inflates messages of one zlib stream.
func zlibStream() func([]byte) ([]byte, error) {
	var in bytes.Buffer
	var z io.Reader
	return func(b []byte) ([]byte, error) {
		in.Write(b)
		if z == nil {
			r, err := zlib.NewReader(&in)
			if err != nil {
				return nil, err
			}
			z = r
		}
		return readJSON(z)
	}
}

// zstdStream decompresses messages of one zstd stream.
func zstdStream(tb testing.TB) func([]byte) ([]byte, error) {
	r, w := io.Pipe()
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		_ = w.Close()
		z.Close()
	})
	dec := json.NewDecoder(z)
	return func(b []byte) ([]byte, error) {
		go func() { _, _ = w.Write(b) }()
		var raw json.RawMessage
		err := dec.Decode(&raw)
		return raw, err
	}
}

// readJSON reads from a stream that pauses between messages, one byte at a
// time so as not to read beyond this one.
func readJSON(r io.Reader) ([]byte, error) {
	var out []byte
	one := make([]byte, 1)
	for {
		if _, err := io.ReadFull(r, one); err != nil {
			return nil, err
		}
		out = append(out, one[0])
		if one[0] == '}' && json.Valid(out) {
			return out, nil
		}
	}
}

// connectAgain dials without reading HELLO: the connection may be cut at any
// moment.
func (b *bench) connectAgain() *bot {
	b.t.Helper()
	return b.dial("v=10&encoding=json")
}

func resumeFrame(id string, seq uint64) []byte {
	return fmt.Appendf(nil, `{"op":6,"d":{"token":%q,"session_id":%q,"seq":%d}}`, botToken, id, seq)
}
