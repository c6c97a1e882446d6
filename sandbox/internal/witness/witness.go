// Package witness remembers what the sandbox saw: calls, notifications, interactions and findings, so that tests and
// benchmarks measure outside the bot (S-11). It judges nothing and holds no token.
package witness

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// memory is how many entries of each kind are kept.
const memory = 10_000

// Call is one REST call.
type Call struct {
	Seq        uint64          `json:"seq"`
	ReceivedAt time.Time       `json:"received_at"`
	AnsweredAt time.Time       `json:"answered_at"`
	DurationUS int64           `json:"duration_us"`
	Bot        string          `json:"bot"`
	Method     string          `json:"method"`
	Route      string          `json:"route"`
	Path       string          `json:"path"`
	Body       json.RawMessage `json:"body,omitempty"`
	Status     int             `json:"status"`
	Code       int             `json:"code,omitempty"`
	Bucket     string          `json:"bucket,omitempty"`
	InFlight   int64           `json:"in_flight"`
	Fault      string          `json:"fault,omitempty"`
}

// Finding is something that the sandbox did not know, or that a bot got wrong.
type Finding struct {
	Seq      uint64 `json:"seq"`
	Severity string `json:"severity"`
	Kind     string `json:"kind"`
	Route    string `json:"route"`
	Text     string `json:"text"`
}

// Kinds of findings.
const (
	UnknownRoute   = "unknown_route"
	UnknownField   = "unknown_field"
	SchemaRequest  = "schema_request"
	SchemaResponse = "schema_response"
	Rule           = "rule"
)

// log keeps the newest entries of one kind, in order of arrival.
type log[T any] struct {
	entries []T
	// gone is how many were dropped: the number of the first entry.
	gone int
}

// add keeps v and gives its number. A quarter more than what is kept is dropped at once, so that adding costs little.
func (l *log[T]) add(v T) int {
	if len(l.entries) >= memory+memory/4 {
		drop := len(l.entries) - memory
		l.entries = append(l.entries[:0:0], l.entries[drop:]...)
		l.gone += drop
	}
	l.entries = append(l.entries, v)
	return l.gone + len(l.entries) - 1
}

// at gives the place of the entry with this number, nil when it was dropped.
func (l *log[T]) at(number int) *T {
	if number < l.gone || number >= l.gone+len(l.entries) {
		return nil
	}
	return &l.entries[number-l.gone]
}

// last gives the entries that are promised to be kept.
func (l *log[T]) last() []T { return l.entries[max(0, len(l.entries)-memory):] }

// bodyMemory is how many bytes of bodies are kept; beyond that the oldest calls lose theirs.
const bodyMemory = 64 << 20

// Witness is safe for concurrent use. P and I are the records of notifications and interactions.
type Witness[P any, I any] struct {
	inFlight atomic.Int64

	mu           sync.Mutex
	seq          uint64
	calls        log[*Call]
	open         map[*Call]bool
	bodies       bodies
	pings        log[P]
	findings     log[Finding]
	interactions map[string]int
	order        log[I]
}

// bodies are the calls that have one, oldest first, and how large these are together.
type bodies struct {
	calls []*Call
	size  int
}

// keep counts a body and takes those of the oldest calls away when there is too much. A newest body stays, however large.
func (b *bodies) keep(c *Call) {
	if len(c.Body) == 0 {
		return
	}
	b.calls, b.size = append(b.calls, c), b.size+len(c.Body)
	for len(b.calls) > 1 && (b.size > bodyMemory || len(b.calls) > memory+memory/4) {
		b.size -= len(b.calls[0].Body)
		b.calls[0].Body, b.calls[0] = nil, nil
		b.calls = b.calls[1:]
	}
}

// New makes a witness that has seen nothing.
func New[P any, I any]() *Witness[P, I] {
	return &Witness[P, I]{open: map[*Call]bool{}, interactions: map[string]int{}}
}

// Begin notes a call that has just been received. Fill in what is learned and hand it to End.
func (w *Witness[P, I]) Begin(at time.Time, method, route, path string) *Call {
	c := &Call{ReceivedAt: at, Method: method, Route: route, Path: path, InFlight: w.inFlight.Add(1)}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seq++
	c.Seq = w.seq
	w.open[c] = true
	w.calls.add(c)
	return c
}

// End notes the answer of a call: change is made under the witness's lock.
func (w *Witness[P, I]) End(c *Call, at time.Time, change func(*Call)) {
	w.inFlight.Add(-1)
	w.mu.Lock()
	defer w.mu.Unlock()
	change(c)
	w.bodies.keep(c)
	c.AnsweredAt = at
	c.DurationUS = at.Sub(c.ReceivedAt).Microseconds()
	delete(w.open, c)
}

// Filter chooses calls; empty fields match everything.
type Filter struct {
	After              uint64
	Method, Route, Bot string
	Limit              int
	// Answered leaves out calls that still wait for their answer.
	Answered bool
}

// SameRoute compares templates; names of parameters do not matter and * is any route.
func SameRoute(a, b string) bool {
	if a == "*" || a == b {
		return true
	}
	for {
		left, restA, moreA := strings.Cut(a, "/")
		right, restB, moreB := strings.Cut(b, "/")
		if left != right && (!strings.HasPrefix(left, "{") || !strings.HasPrefix(right, "{")) || moreA != moreB {
			return false
		}
		if !moreA {
			return true
		}
		a, b = restA, restB
	}
}

func (f Filter) matches(c *Call) bool {
	return (f.Method == "" || f.Method == c.Method) && (f.Route == "" || SameRoute(f.Route, c.Route)) && (f.Bot == "" || f.Bot == c.Bot)
}

// Calls lists calls in order of arrival; with a limit, the first ones that match.
func (w *Witness[P, I]) Calls(f Filter) []Call {
	w.mu.Lock()
	defer w.mu.Unlock()
	out := []Call{}
	all := w.calls.last()
	start, _ := slices.BinarySearchFunc(all, f.After+1, func(c *Call, seq uint64) int { return cmp.Compare(c.Seq, seq) })
	for _, c := range all[start:] {
		if f.Limit > 0 && len(out) >= f.Limit {
			break
		}
		if f.matches(c) && (!f.Answered || !w.open[c]) {
			out = append(out, *c)
		}
	}
	return out
}

// InFlight tells how many calls are being answered.
func (w *Witness[P, I]) InFlight() int64 { return w.inFlight.Load() }

// Pinged notes a notification.
func (w *Witness[P, I]) Pinged(p P) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.pings.add(p)
}

// Pings lists notifications.
func (w *Witness[P, I]) Pings() []P {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]P{}, w.pings.last()...)
}

// Find notes a finding.
func (w *Witness[P, I]) Find(severity, kind, route, text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seq++
	w.findings.add(Finding{Seq: w.seq, Severity: severity, Kind: kind, Route: route, Text: text})
}

// Findings lists findings.
func (w *Witness[P, I]) Findings() []Finding {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]Finding{}, w.findings.last()...)
}

// Interaction notes an interaction's state under its id.
func (w *Witness[P, I]) Interaction(id string, record I) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if n, known := w.interactions[id]; known {
		if place := w.order.at(n); place != nil {
			*place = record
		}
		return
	}
	gone := w.order.gone
	w.interactions[id] = w.order.add(record)
	if w.order.gone != gone {
		maps.DeleteFunc(w.interactions, func(_ string, n int) bool { return n < w.order.gone })
	}
}

// Interactions lists interactions in the order in which they were begun.
func (w *Witness[P, I]) Interactions() []I {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]I{}, w.order.last()...)
}

// Forget forgets everything; numbering goes on.
func (w *Witness[P, I]) Forget() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls, w.bodies, w.pings, w.findings = log[*Call]{}, bodies{}, log[P]{}, log[Finding]{}
	w.order, w.interactions = log[I]{}, map[string]int{}
}
