package httpapi

import (
	"net/http"
	"sync"
	"time"

	"usher/internal/core/snowflake"
)

// How many changes one person may ask for, over all their browsers and keys: far more than anybody clicks. Each leaves an entry in the
// record of changes, and some ask servers elsewhere, so that without a bound one person could keep the database busy for all (I-43).
const (
	writesAtOnce    = 120
	writesPerSecond = 2
	writersKept     = 10_000
)

// writes holds the rate of each person's changes. The zero value is ready. It is safe for concurrent use.
type writes struct {
	mu      sync.Mutex
	persons map[snowflake.User]allowance
}

// allowance is how many changes a person had left at a moment.
type allowance struct {
	left float64
	at   time.Time
}

func (a allowance) now(now time.Time) float64 {
	return min(writesAtOnce, a.left+max(0, now.Sub(a.at).Seconds())*writesPerSecond)
}

// take lets one change pass, or says that it may not.
func (w *writes) take(person snowflake.User, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	left := float64(writesAtOnce)
	if known, ok := w.persons[person]; ok {
		left = known.now(now)
	} else {
		w.room(now)
	}
	if left < 1 {
		return false
	}
	w.persons[person] = allowance{left: left - 1, at: now}
	return true
}

// room forgets who has all of it again, and where that is not enough, any. Called with the lock held.
func (w *writes) room(now time.Time) {
	if w.persons == nil {
		w.persons = map[snowflake.User]allowance{}
	}
	if len(w.persons) < writersKept {
		return
	}
	for person, a := range w.persons {
		if a.now(now) >= writesAtOnce {
			delete(w.persons, person)
		}
	}
	for person := range w.persons {
		if len(w.persons) < writersKept {
			return
		}
		delete(w.persons, person)
	}
}

// isWrite reports whether a method changes something.
func isWrite(method string) bool { return method != http.MethodGet && method != http.MethodHead }

func errTooManyWrites() error {
	p := newProblem(http.StatusTooManyRequests, "too_many_changes", "You asked for many changes in a short time. Go on in a minute.")
	p.retry = time.Minute
	return p
}
