package ratelimit

import (
	"container/list"
	"time"

	"github.com/disgoorg/disgo/rest"
)

// waiter is one call of Wait. Its fields are guarded by the limiter's mutex.
type waiter struct {
	endpoint *rest.CompiledEndpoint
	id       string // method and route and major parameters
	priority Priority
	exempt   bool
	deadline time.Time
	bucket   *bucket
	gen      uint64
	reserved bool // holds a place of its bucket while it waits for the global limit
	settled  bool // granted or refused: result was written
	granted  bool
	result   chan error
	queue    *queue
	element  *list.Element
}

func (w *waiter) settle(err error) {
	w.settled, w.granted = true, err == nil
	w.result <- err
}

// queue holds waiters by priority, then by arrival.
type queue struct {
	classes [priorities]list.List
}

func (q *queue) push(w *waiter) {
	w.queue, w.element = q, q.classes[w.priority].PushBack(w)
}

func (q *queue) remove(w *waiter) {
	q.classes[w.priority].Remove(w.element)
	w.queue, w.element = nil, nil
}

func (q *queue) pop() *waiter {
	for i := range q.classes {
		if e := q.classes[i].Front(); e != nil {
			w, _ := e.Value.(*waiter)
			q.remove(w)
			return w
		}
	}
	return nil
}

func (q *queue) size() int {
	n := 0
	for i := range q.classes {
		n += q.classes[i].Len()
	}
	return n
}

// ahead counts the waiters that go before a newcomer of the given priority.
func (q *queue) ahead(p Priority) int {
	n := 0
	for i := Priority(0); i <= p; i++ {
		n += q.classes[i].Len()
	}
	return n
}

// all lists the waiters in the order they go.
func (q *queue) all() []*waiter {
	out := make([]*waiter, 0, q.size())
	for i := range q.classes {
		for e := q.classes[i].Front(); e != nil; e = e.Next() {
			w, _ := e.Value.(*waiter)
			out = append(out, w)
		}
	}
	return out
}
