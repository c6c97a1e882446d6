package gateway

import (
	"sync"
	"time"
)

// sendWindow counts what a connection sends, at most limit in any window. It
// is used by the connection's reader alone.
type sendWindow struct {
	window time.Duration
	times  []time.Time
	next   int
}

func newSendWindow(limit int, window time.Duration) sendWindow {
	return sendWindow{window: window, times: make([]time.Time, max(0, limit))}
}

func (w *sendWindow) allow(now time.Time) bool {
	if len(w.times) == 0 {
		return true
	}
	if oldest := w.times[w.next]; !oldest.IsZero() && now.Sub(oldest) < w.window {
		return false
	}
	w.times[w.next] = now
	w.next = (w.next + 1) % len(w.times)
	return true
}

// identifyTolerance forgives the difference between the bot's five seconds and
// the sandbox's.
const identifyTolerance = 100 * time.Millisecond

// startWindow is the time in which session starts are counted.
const startWindow = 24 * time.Hour

// verdict on an IDENTIFY.
type verdict int

const (
	startAllowed verdict = iota
	startTooSoon
	startsSpent
)

// starts limits IDENTIFYs: by max_concurrency in a window, and in a day.
type starts struct {
	mu   sync.Mutex
	last map[[2]uint64]time.Time
	used map[uint64]*startBudget
	all  map[key]int
}

type startBudget struct {
	since time.Time
	used  int
}

func newStarts() *starts {
	return &starts{
		last: map[[2]uint64]time.Time{},
		used: map[uint64]*startBudget{},
		all:  map[key]int{},
	}
}

// take decides about one IDENTIFY and counts it if it is allowed.
func (s *starts) take(app App, k key, limit int, window time.Duration, now time.Time) verdict {
	s.mu.Lock()
	defer s.mu.Unlock()
	slot := [2]uint64{app.ID, uint64(k.shard % max(1, app.MaxConcurrency))}
	if last, ok := s.last[slot]; ok && window > 0 && now.Sub(last) < window-identifyTolerance {
		return startTooSoon
	}
	b := s.budget(app.ID, now)
	if b.used >= limit {
		return startsSpent
	}
	b.used++
	s.last[slot] = now
	s.all[k]++
	return startAllowed
}

// budget is the app's count of the current day. The caller holds mu.
func (s *starts) budget(app uint64, now time.Time) *startBudget {
	b := s.used[app]
	if b == nil || now.Sub(b.since) >= startWindow {
		b = &startBudget{since: now}
		s.used[app] = b
	}
	return b
}

// left tells how many of limit remain, and when the count starts anew.
func (s *starts) left(app uint64, limit int, now time.Time) (remaining int, reset time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.budget(app, now)
	if b.used == 0 {
		return limit, 0
	}
	return max(0, limit-b.used), startWindow - now.Sub(b.since)
}

// identifies tells how often the shard has identified.
func (s *starts) identifies(k key) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[k]
}
