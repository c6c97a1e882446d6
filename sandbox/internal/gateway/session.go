package gateway

import (
	"encoding/json"
	"sync"
	"time"
)

// batchSize is how many events a writer takes from its session at once.
const batchSize = 64

// session is what IDENTIFY opens and what outlives connections: the log of
// dispatched events, which is both the queue of the connection's writer and the
// replay buffer.
type session struct {
	id      string
	key     key
	intents uint64
	// threshold is IDENTIFY's large_threshold.
	threshold int
	openedAt  time.Time
	backlog   int

	mu sync.Mutex
	// loading holds back everything in early until the app's guilds are known.
	loading bool
	early   []delivery
	log     ring
	guilds  map[uint64]struct{}
	// todo are the guilds whose GUILD_CREATE is still to be sent; events of
	// such a guild wait in waiting until then.
	todo    []uint64
	waiting map[uint64][]entry
	held    int

	conn *conn
	// cursor is the last sequence number taken by conn. Up to caughtUp the
	// backlog is a replay, for which a slow reader is not to blame.
	cursor, caughtUp, resumedAt uint64
	resumes, identifies         int
	closeCode                   int
	ended                       bool
	stopExpiry                  func() bool
	lastInteraction             json.RawMessage
	late                        []*lateRule
}

// receiver is the session as GUILD_CREATE is made for it.
func (s *session) receiver() Receiver {
	return Receiver{App: s.key.app, Intents: s.intents, LargeThreshold: s.threshold}
}

// delivery is an event shaped for one session.
type delivery struct {
	kind   string
	guild  uint64
	named  bool // the event named its apps, so membership is not asked
	leaves bool
	data   json.RawMessage
}

// wants says whether an event of a guild would be delivered; only needed to
// spare the shaping of an event that would not.
func (s *session) wants(e Event) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	if s.loading || e.GuildID == 0 || e.Apps != nil {
		return true
	}
	_, in := s.guilds[e.GuildID]
	return in
}

// offer delivers the event or keeps it until it can be.
func (s *session) offer(d delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended:
	case s.loading:
		s.early = append(s.early, d)
	default:
		s.deliver(d)
	}
}

// deliver appends the event to the log, or to the events of a guild that has
// not been announced yet. The caller holds mu.
func (s *session) deliver(d delivery) {
	if d.guild != 0 {
		if d.kind == typeGuildCreate {
			s.guilds[d.guild] = struct{}{}
		}
		if _, in := s.guilds[d.guild]; !in && !d.named {
			return
		}
		if d.leaves {
			delete(s.guilds, d.guild)
		}
	}
	if s.intercept(d) {
		return
	}
	s.place(d)
	s.overtaken()
}

// place puts the event where it belongs. The caller holds mu.
func (s *session) place(d delivery) {
	e := entry{kind: d.kind, data: d.data}
	held, announced := s.waiting[d.guild]
	if d.guild == 0 || !announced {
		s.append(e)
		return
	}
	s.waiting[d.guild] = append(held, e)
	s.held++
	if s.held > s.log.size && s.conn != nil {
		s.conn.close(closeUnknown, "Too many events while guilds were being sent.")
	}
}

// append gives the entry its number and wakes the writer. The caller holds mu.
func (s *session) append(e entry) {
	head := s.log.add(e)
	if e.kind == typeInteraction && e.raw == nil {
		s.lastInteraction = e.data
	}
	if s.conn == nil {
		return
	}
	if head-min(head, max(s.cursor, s.caughtUp)) > uint64(s.backlog) && !s.conn.isSilent() {
		s.conn.close(closeUnknown, "Reading too slowly.")
	}
	s.conn.signal()
}

// start ends the loading: READY becomes the first event, the guilds are to be
// announced if announce, and what happened meanwhile follows.
func (s *session) start(ready json.RawMessage, guilds []uint64, announce bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.append(entry{kind: typeReady, data: ready})
	for _, g := range guilds {
		s.guilds[g] = struct{}{}
		if announce {
			s.todo = append(s.todo, g)
			s.waiting[g] = nil
		}
	}
	s.loading = false
	for _, d := range s.early {
		s.deliver(d)
	}
	s.early = nil
}

// attach makes c the session's connection, reading after seq. An earlier
// connection is closed. The caller holds mu.
func (s *session) attach(c *conn, seq uint64) {
	if old := s.conn; old != nil && old != c {
		s.part()
		old.close(closeUnknown, "The session was resumed by another connection.")
	}
	if s.stopExpiry != nil {
		s.stopExpiry()
		s.stopExpiry = nil
	}
	s.conn, s.cursor, s.caughtUp, s.closeCode = c, seq, s.log.head, 0
	c.adopt(s)
}

// part undoes attach and returns the connection, if there was one. The caller
// holds mu.
func (s *session) part() *conn {
	c := s.conn
	if c != nil {
		s.conn = nil
		c.forget(s)
	}
	return c
}

// resume continues the session on c after seq. It reports false if the events
// since cannot be replayed, and ahead if seq was never reached.
func (s *session) resume(c *conn, seq uint64) (ok, ahead bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.ended, s.loading:
		return false, false
	case seq > s.log.head:
		return false, true
	case seq+1 < s.log.oldest():
		return false, false
	}
	s.resumes++
	s.attach(c, seq)
	s.resumedAt = s.log.add(entry{kind: typeResumed, data: json.RawMessage(`{"_trace":["sandbox"]}`)})
	s.caughtUp = s.resumedAt
	return true, false
}

// take moves c's cursor over the next events and returns them. guild is set if
// a GUILD_CREATE is due besides; lost if events to be sent were forgotten.
func (s *session) take(c *conn, batch []entry) (out []entry, guild uint64, lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != c || s.loading {
		return batch, 0, false
	}
	if s.cursor+1 < s.log.oldest() {
		return batch, 0, true
	}
	for len(batch) < batchSize && s.cursor < s.log.head {
		s.cursor++
		e := s.log.at(s.cursor)
		if e.kind == typeResumed && e.seq != s.resumedAt {
			continue // told at the time, to another connection
		}
		batch = append(batch, e)
	}
	if len(s.todo) > 0 {
		guild = s.todo[0]
	}
	return batch, guild, false
}

// announce appends the GUILD_CREATE that take asked for, and the events that
// waited for it. Without data the guild is gone and only they follow.
func (s *session) announce(c *conn, guild uint64, data json.RawMessage) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != c || len(s.todo) == 0 || s.todo[0] != guild {
		return // another connection took over and announces it
	}
	s.todo = s.todo[1:]
	held := s.waiting[guild]
	delete(s.waiting, guild)
	s.held -= len(held)
	if data != nil {
		s.append(entry{kind: typeGuildCreate, data: data})
	}
	for _, e := range held {
		s.append(e)
	}
}

// detach parts the session from c and reports whether it was attached.
func (s *session) detach(c *conn, code int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.conn != c {
		return false
	}
	s.part()
	s.closeCode = code
	return true
}

// expireAfter calls end unless the session is resumed within ttl.
func (s *session) expireAfter(clock Clock, ttl time.Duration, end func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.conn != nil {
		return
	}
	s.stopExpiry = clock.AfterFunc(ttl, end)
}

// finish marks the session as ended; idle says to spare it if it was resumed
// meanwhile. It returns the connection it was parted from, and false if there
// was nothing to end.
func (s *session) finish(code int, idle bool) (*conn, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || idle && s.conn != nil {
		return nil, false
	}
	s.ended = true
	if code != 0 {
		s.closeCode = code
	}
	if s.stopExpiry != nil {
		s.stopExpiry()
	}
	s.stopLate()
	return s.part(), true
}

func (s *session) info() SessionInfo {
	s.mu.Lock()
	defer s.mu.Unlock()
	return SessionInfo{
		ID: s.id, App: s.key.app, Shard: [2]int{s.key.shard, s.key.shards}, Intents: s.intents,
		Connected: s.conn != nil, Ended: s.ended, OpenedAt: s.openedAt, Resumes: s.resumes,
		Identifies: s.identifies, LastSequence: s.log.head, CloseCode: s.closeCode,
	}
}
