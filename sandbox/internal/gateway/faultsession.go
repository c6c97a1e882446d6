package gateway

import (
	"time"
)

// lateRule is a fault that waits for the session's next event.
type lateRule struct {
	event string
	lose  bool
	// swap keeps the event in held until another one was dispatched.
	swap  bool
	held  *delivery
	delay time.Duration
	clock Clock
	stop  func() bool
}

// connection is the session's connection, or nil.
func (s *session) connection() *conn {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.conn
}

// inGuild says whether the guild is one of the session's.
func (s *session) inGuild(guild uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, in := s.guilds[guild]
	return in
}

// insert appends an entry made up by a fault.
func (s *session) insert(e entry) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.loading {
		return false
	}
	last := s.lastInteraction
	s.append(e)
	s.lastInteraction = last // what a fault made up is not to be replayed
	return true
}

// duplicateLast appends the newest event once more, READY and RESUMED apart.
func (s *session) duplicateLast() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	for seq := s.log.head; seq > 0 && seq >= s.log.oldest(); seq-- {
		if e := s.log.at(seq); e.kind != typeReady && e.kind != typeResumed {
			s.append(e)
			return true
		}
	}
	return false
}

// replayInteraction appends the newest interaction once more.
func (s *session) replayInteraction() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended || s.lastInteraction == nil {
		return false
	}
	s.append(entry{kind: typeInteraction, data: s.lastInteraction})
	return true
}

// rule adds a fault for the next event.
func (s *session) rule(r *lateRule) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	s.late = append(s.late, r)
	return true
}

// intercept applies the first waiting rule for the event and reports whether
// it took the event. The caller holds mu.
func (s *session) intercept(d delivery) bool {
	for i, r := range s.late {
		if r.stop != nil || r.held != nil || r.event != "" && r.event != d.kind {
			continue
		}
		if r.lose {
			s.late = append(s.late[:i:i], s.late[i+1:]...)
			return true
		}
		if r.swap {
			r.held = &d
			return true
		}
		r.stop = r.clock.AfterFunc(r.delay, func() { s.deliverLate(r, d) })
		return true
	}
	return false
}

// overtaken dispatches what was held back until another event went before it.
// The caller holds mu.
func (s *session) overtaken() {
	for i := 0; i < len(s.late); {
		r := s.late[i]
		if r.held == nil {
			i++
			continue
		}
		s.late = append(s.late[:i:i], s.late[i+1:]...)
		s.place(*r.held)
	}
}

// deliverLate delivers what a rule held back.
func (s *session) deliverLate(r *lateRule, d delivery) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return
	}
	for i, other := range s.late {
		if other == r {
			s.late = append(s.late[:i:i], s.late[i+1:]...)
			break
		}
	}
	s.place(d)
}

// stopLate forgets the rules. The caller holds mu.
func (s *session) stopLate() {
	for _, r := range s.late {
		if r.stop != nil {
			r.stop()
		}
	}
	s.late = nil
}
