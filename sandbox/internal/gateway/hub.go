package gateway

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// maxEnded is how many ended sessions the witness remembers.
const maxEnded = 1000

// SessionInfo is what the witness tells of a session.
type SessionInfo struct {
	ID        string
	App       uint64
	Shard     [2]int
	Intents   uint64
	Connected bool
	// Ended sessions cannot be resumed any more.
	Ended    bool
	OpenedAt time.Time
	Resumes  int
	// Identifies is how often this shard of the app had identified when the
	// session was opened, itself included.
	Identifies   int
	LastSequence uint64
	// CloseCode is how the last connection ended; 0 while connected.
	CloseCode int
}

// Hub is the gateway: an http.Handler for connections, and the sessions.
type Hub struct {
	cfg    Config
	log    *slog.Logger
	starts *starts
	randMu sync.Mutex
	up     websocket.Upgrader
	wg     sync.WaitGroup

	mu     sync.RWMutex
	closed bool
	conns  map[*conn]struct{}
	byID   map[string]*session
	// byApp's slices are replaced, never changed, so that Publish may walk
	// them without the lock.
	byApp map[uint64][]*session
	ended []SessionInfo
}

// NewHub makes a gateway. It panics if Directory, URL or Now is missing,
// which is a mistake of the program and not of its input.
func NewHub(cfg Config) *Hub {
	if cfg.Directory == nil || cfg.URL == nil || cfg.Now == nil {
		panic("gateway.NewHub: Config needs Directory, URL and Now")
	}
	cfg = cfg.withDefaults()
	return &Hub{
		cfg: cfg, log: cfg.Logger, starts: newStarts(),
		up:    websocket.Upgrader{CheckOrigin: func(*http.Request) bool { return true }},
		conns: map[*conn]struct{}{}, byID: map[string]*session{}, byApp: map[uint64][]*session{},
	}
}

// ServeHTTP upgrades to a websocket and serves it until it is closed. The
// query has v (10), encoding (json, the default) and compress (zlib-stream or
// zstd-stream, optional).
func (h *Hub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !h.enter() {
		http.Error(w, "the gateway is shutting down", http.StatusServiceUnavailable)
		return
	}
	defer h.wg.Done()
	ws, err := h.up.Upgrade(w, r, nil)
	if err != nil {
		h.log.Info("request was not a websocket handshake", slog.Any("error", err))
		return
	}
	q := r.URL.Query()
	out, err := newEncoder(q.Get("compress"))
	var refusal *closing
	switch {
	case q.Get("v") != "10":
		refusal = &closing{code: closeInvalidVersion, reason: "The sandbox speaks v=10 only."}
	case q.Get("encoding") != "" && q.Get("encoding") != "json":
		refusal = &closing{code: closeDecode, reason: "The sandbox speaks encoding=json only."}
	case err != nil:
		refusal = &closing{code: closeDecode, reason: err.Error()}
	}
	if out == nil {
		out = &encoder{}
	}
	c := newConn(h, ws, out)
	if !h.remember(c) {
		refusal = &closing{code: closeGoingAway, reason: "Shutting down."}
	}
	c.run(refusal)
}

// enter counts a connection unless the hub is closed.
func (h *Hub) enter() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed {
		return false
	}
	h.wg.Add(1)
	return true
}

func (h *Hub) remember(c *conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.conns[c] = struct{}{}
	return !h.closed
}

func (h *Hub) forgetConn(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.conns, c)
}

// Publish hands the event to every session it is for. Events published one
// after the other arrive in that order. It never waits for a connection and
// never calls the Directory.
func (h *Hub) Publish(e Event) {
	leaves := e.leaves()
	for _, s := range h.audience(e.Apps) {
		if !e.reaches(s.key, s.intents) {
			continue
		}
		data := e.Data
		if e.Shape != nil {
			if !s.wants(e) {
				continue
			}
			if data = e.Shape(s.key.app, s.intents); data == nil {
				continue
			}
		}
		s.offer(delivery{kind: e.Type, guild: e.GuildID, named: e.Apps != nil, leaves: leaves, data: data})
	}
}

// audience gives the sessions of the apps, or all if apps is nil.
func (h *Hub) audience(apps []uint64) []*session {
	h.mu.RLock()
	defer h.mu.RUnlock()
	if len(apps) == 1 {
		return h.byApp[apps[0]]
	}
	var all []*session
	if apps != nil {
		for _, app := range apps {
			all = append(all, h.byApp[app]...)
		}
		return all
	}
	for _, sessions := range h.byApp {
		if len(h.byApp) == 1 {
			return sessions
		}
		all = append(all, sessions...)
	}
	return all
}

func (h *Hub) newSession(id string, k key, in identifyData) *session {
	return &session{
		id: id, key: k, intents: uint64(*in.Intents), threshold: in.threshold(), openedAt: h.cfg.Clock.Now(), backlog: h.cfg.Backlog,
		loading: true, log: ring{size: h.cfg.ReplayBuffer}, guilds: map[uint64]struct{}{},
		waiting: map[uint64][]entry{}, identifies: h.starts.identifies(k),
	}
}

func (h *Hub) register(s *session) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.byID[s.id] = s
	h.byApp[s.key.app] = append(slices.Clone(h.byApp[s.key.app]), s)
}

func (h *Hub) session(id string) *session {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.byID[id]
}

// endSession makes a session unresumable. code 0 keeps the last close code. A
// connection it still had is told by op 9 and may identify anew.
func (h *Hub) endSession(s *session, code int) {
	h.finish(s, code, false)
}

// expire ends a session that nobody resumed.
func (h *Hub) expire(s *session) {
	h.finish(s, 0, true)
}

func (h *Hub) finish(s *session, code int, idle bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	c, ended := s.finish(code, idle)
	if !ended {
		return
	}
	if c != nil {
		c.send(control(opInvalidSession, "false"))
	}
	delete(h.byID, s.id)
	left := slices.DeleteFunc(slices.Clone(h.byApp[s.key.app]), func(o *session) bool { return o == s })
	if len(left) == 0 {
		delete(h.byApp, s.key.app)
	} else {
		h.byApp[s.key.app] = left
	}
	if len(h.ended) == maxEnded {
		h.ended = h.ended[1:]
	}
	h.ended = append(h.ended, s.info())
}

// spent ends all sessions of an app that used up its session starts, as
// Discord does.
func (h *Hub) spent(app uint64) {
	h.log.Error("bot used up its session starts of the day", slog.Uint64("app", app))
	for _, s := range h.audience([]uint64{app}) {
		if c := s.connection(); c != nil {
			c.close(closeAuthFailed, "All session starts of the day are spent.")
		}
		h.endSession(s, closeAuthFailed)
	}
	if h.cfg.StartsSpent != nil {
		h.cfg.StartsSpent(app)
	}
}

// Sessions tells of all sessions: the last 1000 that ended in the order of
// their end, then the others in the order of opening.
func (h *Hub) Sessions() []SessionInfo {
	h.mu.RLock()
	infos := slices.Clone(h.ended)
	live := make([]*session, 0, len(h.byID))
	for _, s := range h.byID {
		live = append(live, s)
	}
	h.mu.RUnlock()
	slices.SortFunc(live, func(a, b *session) int {
		if c := a.openedAt.Compare(b.openedAt); c != 0 {
			return c
		}
		return a.key.shard - b.key.shard
	})
	for _, s := range live {
		infos = append(infos, s.info())
	}
	return infos
}

// ForgetEnded makes Sessions forget the sessions that ended.
func (h *Hub) ForgetEnded() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.ended = nil
}

// Close closes every connection with 1001 and waits for them, or for ctx, at
// whose end they are cut.
func (h *Hub) Close(ctx context.Context) error {
	h.mu.Lock()
	h.closed = true
	for c := range h.conns {
		c.close(closeGoingAway, "Shutting down.")
	}
	h.mu.Unlock()
	done := make(chan struct{})
	go func() {
		h.wg.Wait()
		close(done)
	}()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = fmt.Errorf("closing gateway connections: %w", ctx.Err())
		h.cut()
		<-done
	}
	for _, s := range h.audience(nil) {
		h.endSession(s, 0)
	}
	return err
}

// cut ends the TCP connections under all websockets.
func (h *Hub) cut() {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for c := range h.conns {
		_ = c.ws.Close()
	}
}
