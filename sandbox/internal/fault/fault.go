// Package fault decides which REST calls go wrong, and how (S-10). It knows calls by method, route and text; it carries
// nothing out itself but waiting.
package fault

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"usher/sandbox/internal/witness"
)

// Duration is a time.Duration written like "100ms".
type Duration time.Duration

// MarshalJSON writes "100ms".
func (d Duration) MarshalJSON() ([]byte, error) { return json.Marshal(time.Duration(d).String()) }

// UnmarshalJSON reads "100ms".
func (d *Duration) UnmarshalJSON(b []byte) error {
	var s string
	if err := json.Unmarshal(b, &s); err != nil {
		return fmt.Errorf("want a duration such as \"100ms\", not %s", b)
	}
	v, err := time.ParseDuration(s)
	if err != nil || v < 0 {
		return fmt.Errorf("%q is no duration; write for instance \"100ms\"", s)
	}
	*d = Duration(v)
	return nil
}

// Match chooses calls; empty fields match everything.
type Match struct {
	Method string `json:"method,omitempty"`
	// Route is Discord's template, * for all.
	Route string `json:"route,omitempty"`
	Bot   string `json:"bot,omitempty"`
	// Contains is text in the path or the body.
	Contains string `json:"contains,omitempty"`
}

// Do is what happens to a matching call.
type Do struct {
	Delay  Duration `json:"delay,omitempty"`
	Jitter Duration `json:"jitter,omitempty"`
	// When is "before" (also when empty) or "after" the call is carried out.
	When    string            `json:"when,omitempty"`
	Status  int               `json:"status,omitempty"`
	Code    int               `json:"code,omitempty"`
	Message string            `json:"message,omitempty"`
	Headers map[string]string `json:"headers,omitempty"`
	// HTML answers Status with a page instead of Discord's JSON, as the proxy before Discord does when Discord is not there.
	HTML      bool   `json:"html,omitempty"`
	Drop      bool   `json:"drop,omitempty"`
	Hold      bool   `json:"hold,omitempty"`
	RateLimit string `json:"rate_limit,omitempty"`
}

// Fault is a rule.
type Fault struct {
	Match Match `json:"match"`
	// Skip lets this many matching calls pass first; Times is how many it then strikes, 0 for all.
	Skip  int `json:"skip,omitempty"`
	Times int `json:"times,omitempty"`
	// Probability is the chance of each; nil is 1.
	Probability *float64 `json:"probability,omitempty"`
	Do          Do       `json:"do"`
}

// Status is a fault with its history.
type Status struct {
	ID string `json:"id"`
	Fault
	Struck  int `json:"struck"`
	Waiting int `json:"waiting"`
}

// Invalid names what is wrong with a fault.
type Invalid struct{ Field, Text string }

// Error gives the sentence.
func (e *Invalid) Error() string { return e.Field + ": " + e.Text }

func (f Fault) validate() error {
	d := f.Do
	switch {
	case d.When != "" && d.When != "before" && d.When != "after":
		return &Invalid{"do.when", "is \"before\" or \"after\""}
	case d.Status != 0 && (d.Status < 200 || d.Status > 599):
		return &Invalid{"do.status", "is an HTTP status from 200 to 599"}
	case d.RateLimit != "" && !slices.Contains([]string{"user", "shared", "global", "ban"}, d.RateLimit):
		return &Invalid{"do.rate_limit", "is user, shared, global or ban"}
	case d.Status != 0 && d.RateLimit != "", d.Drop && (d.Status != 0 || d.RateLimit != ""):
		return &Invalid{"do", "ends the call in one way: status, rate_limit or drop"}
	case d.HTML && d.Status == 0:
		return &Invalid{"do.html", "needs a status to answer with"}
	case f.Probability != nil && (*f.Probability < 0 || *f.Probability > 1):
		return &Invalid{"probability", "is from 0 to 1"}
	case f.Skip < 0 || f.Times < 0:
		return &Invalid{"skip", "skip and times are not negative"}
	case d.Delay == 0 && d.Jitter == 0 && d.Status == 0 && !d.Drop && !d.Hold && d.RateLimit == "":
		return &Invalid{"do", "says nothing to do; give delay, status, drop, hold or rate_limit"}
	}
	return nil
}

type rule struct {
	id       string
	rand     *rand.Rand
	fault    Fault
	seen     int
	struck   int
	waiting  int
	released chan struct{}
}

// Board holds the faults. It is safe for concurrent use.
type Board struct {
	mu    sync.Mutex
	seed  uint64
	last  int
	rules []*rule
}

// NewBoard makes an empty board; its chances follow from the seed.
func NewBoard(seed uint64) *Board { return &Board{seed: seed} }

// Add puts a fault up and gives its id.
func (b *Board) Add(f Fault) (string, error) {
	if err := f.validate(); err != nil {
		return "", err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.last++
	r := &rule{id: strconv.Itoa(b.last), fault: f, released: make(chan struct{})}
	// Chances of its own: those of one fault do not follow from how calls of others arrive.
	r.rand = rand.New(rand.NewPCG(b.seed, uint64(b.last))) //nolint:gosec // the same calls must meet the same faults
	b.rules = append(b.rules, r)
	return r.id, nil
}

// List gives all faults with how often each struck.
func (b *Board) List() []Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := []Status{}
	for _, r := range b.rules {
		out = append(out, Status{ID: r.id, Fault: r.fault, Struck: r.struck, Waiting: r.waiting})
	}
	return out
}

// Remove takes a fault down and lets go the calls that it delays or holds; false when there is none of that id.
func (b *Board) Remove(id string) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i, r := range b.rules {
		if r.id == id {
			close(r.released)
			b.rules = slices.Delete(b.rules, i, i+1)
			return true
		}
	}
	return false
}

// Clear takes all faults down.
func (b *Board) Clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.rules {
		close(r.released)
	}
	b.rules = nil
}

// Call is what faults look at.
type Call struct {
	Method, Route, Bot, Path string
	Body                     []byte
}

// Strike is a fault that hit a call.
type Strike struct {
	// ID names the fault, Do says what happens.
	ID    string
	Do    Do
	delay time.Duration
	rule  *rule
	board *Board
}

// Empty tells quickly that there is nothing to ask.
func (b *Board) Empty() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.rules) == 0
}

// Hit finds all faults that strike the call. At most one of them ends the call (status, drop, rate limit): the first.
func (b *Board) Hit(c Call) []Strike {
	b.mu.Lock()
	defer b.mu.Unlock()
	var out []Strike
	ended := false
	for _, r := range b.rules {
		d := r.fault.Do
		ends := d.Status != 0 || d.Drop || d.RateLimit != ""
		if !r.fault.Match.matches(c) || ends && ended || !r.draw() {
			continue
		}
		ended = ended || ends
		s := Strike{ID: r.id, Do: d, delay: time.Duration(d.Delay), rule: r, board: b}
		if d.Jitter > 0 {
			s.delay += time.Duration(r.rand.Int64N(int64(d.Jitter)))
		}
		out = append(out, s)
	}
	return out
}

// draw counts a matching call and decides whether it is struck.
func (r *rule) draw() bool {
	r.seen++
	if r.seen <= r.fault.Skip || r.fault.Times > 0 && r.struck >= r.fault.Times {
		return false
	}
	if p := r.fault.Probability; p != nil && r.rand.Float64() >= *p {
		return false
	}
	r.struck++
	return true
}

func (m Match) matches(c Call) bool {
	return (m.Method == "" || strings.EqualFold(m.Method, c.Method)) && (m.Bot == "" || m.Bot == c.Bot) &&
		(m.Route == "" || witness.SameRoute(m.Route, c.Route)) &&
		(m.Contains == "" || strings.Contains(c.Path, m.Contains) || strings.Contains(string(c.Body), m.Contains))
}

// After tells that the fault belongs to the time after the call was carried out.
func (s Strike) After() bool { return s.Do.When == "after" }

// Wait keeps the call for the fault's delay and, when it holds, until the fault is removed, which ends a delay too. It
// ends early with ctx.
func (s Strike) Wait(ctx context.Context) error {
	if s.delay > 0 {
		t := time.NewTimer(s.delay)
		defer t.Stop()
		if err := s.pause(ctx, t.C); err != nil {
			return err
		}
	}
	if !s.Do.Hold {
		return nil
	}
	s.count(1)
	defer s.count(-1)
	return s.pause(ctx, nil)
}

// pause waits until enough comes, or the fault is removed. What is removed is let go even when ctx ends as well.
func (s Strike) pause(ctx context.Context, enough <-chan time.Time) error {
	select {
	case <-enough:
		return nil
	case <-s.rule.released:
		return nil
	case <-ctx.Done():
	}
	select {
	case <-s.rule.released:
		return nil
	default:
		return ctx.Err()
	}
}

func (s Strike) count(n int) {
	s.board.mu.Lock()
	defer s.board.mu.Unlock()
	s.rule.waiting += n
}
