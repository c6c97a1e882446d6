// Package stream keeps, for each person who is watched, the events that this person saw, numbered, and hands them to
// those who read along (S-5). It carries events and does not look into them.
package stream

import (
	"encoding/json"
	"slices"
	"strconv"
	"sync"
)

// memory is how many events of a person are kept for those who come back.
const memory = 1000

// Event is one thing that a person saw.
type Event struct {
	// ID counts the person's events from 1.
	ID   uint64
	Name string
	Data json.RawMessage
}

type person struct {
	last    uint64
	events  []Event
	readers map[chan struct{}]bool
}

// Log holds the streams of all people. It is safe for concurrent use; K identifies a person.
type Log[K comparable] struct {
	mu     sync.Mutex
	people map[K]*person
	list   []K
}

// New makes a log that watches nobody.
func New[K comparable]() *Log[K] { return &Log[K]{people: map[K]*person{}} }

// Watch starts keeping events for this person and gives the id of the last one, "0" at first.
func (l *Log[K]) Watch(who K) string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strconv.FormatUint(l.watch(who).last, 10)
}

func (l *Log[K]) watch(who K) *person {
	p := l.people[who]
	if p == nil {
		p = &person{readers: map[chan struct{}]bool{}}
		l.people[who] = p
		l.list = append(slices.Clip(l.list), who)
	}
	return p
}

// Watched lists everybody whose events are kept. The slice must not be changed.
func (l *Log[K]) Watched() []K {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.list
}

// Show adds an event for a person; without effect when the person is not watched.
func (l *Log[K]) Show(who K, name string, data any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.people[who]
	if p == nil {
		return
	}
	raw, err := json.Marshal(data)
	if err != nil {
		raw = json.RawMessage(`{}`)
	}
	p.last++
	if len(p.events) >= memory {
		p.events = slices.Delete(p.events, 0, len(p.events)-memory+1)
	}
	p.events = append(p.events, Event{ID: p.last, Name: name, Data: raw})
	for reader := range p.readers {
		select {
		case reader <- struct{}{}:
		default:
		}
	}
}

// ResetAll tells every reader to fetch everything anew: what was kept is forgotten.
func (l *Log[K]) ResetAll() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, p := range l.people {
		// A gap in the numbers makes every reader lost.
		p.last += 2
		p.events = nil
		for reader := range p.readers {
			select {
			case reader <- struct{}{}:
			default:
			}
		}
	}
}

// Reader follows one person's events.
type Reader[K comparable] struct {
	// C receives when there may be something to read.
	C    chan struct{}
	log  *Log[K]
	who  K
	seen uint64
}

// Read starts following after the event with this id; fromNow starts at the newest.
func (l *Log[K]) Read(who K, after uint64, fromNow bool) *Reader[K] {
	l.mu.Lock()
	defer l.mu.Unlock()
	p := l.watch(who)
	r := &Reader[K]{C: make(chan struct{}, 1), log: l, who: who, seen: after}
	if fromNow {
		r.seen = p.last
	}
	p.readers[r.C] = true
	r.C <- struct{}{}
	return r
}

// Next gives the events since the last call. lost tells that some are no longer kept, or that the reader counted from
// another log: everything must be fetched anew.
func (r *Reader[K]) Next() (events []Event, lost bool) {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	p := r.log.people[r.who]
	oldest := p.last + 1 - uint64(len(p.events))
	if r.seen > p.last || r.seen+1 < oldest {
		r.seen = p.last
		return nil, true
	}
	events = slices.Clone(p.events[r.seen+1-oldest:])
	r.seen = p.last
	return events, false
}

// Last is the id of the newest event handed out.
func (r *Reader[K]) Last() uint64 { return r.seen }

// Close stops following.
func (r *Reader[K]) Close() {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	delete(r.log.people[r.who].readers, r.C)
}
