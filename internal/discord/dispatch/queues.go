package dispatch

import (
	"container/list"
	"log/slog"
	"sync"
	"time"

	"github.com/disgoorg/disgo/bot"
)

// item is one gateway event's worth of work.
type item struct {
	events      []bot.Event
	run         func() // instead of events
	interaction bool
	release     func() // tells the gateway that the event is handled
	at          time.Time

	lane   *lane
	inLane *list.Element
	inShed *list.Element // nil for an interaction
}

// lane is the queue of one key. At most one worker is in it.
type lane struct {
	key    key
	items  list.List
	active bool // a worker is in it, or it waits for one
}

func (l *lane) urgent() bool {
	first, ok := l.items.Front().Value.(*item)
	return ok && first.interaction
}

// shedLogEvery spaces the log lines about shed events: under overload there are many.
const shedLogEvery = 10 * time.Second

// queues holds all lanes and the workers that empty them. Workers are started when there is work and end when there is none.
type queues struct {
	opts Options
	log  *slog.Logger
	call func(*item)

	mu        sync.Mutex
	lanes     map[key]*lane
	urgent    list.List // lanes that wait for a worker with an interaction first
	ordinary  list.List // the other lanes that wait for a worker
	sheddable list.List // items that are no interactions, oldest first
	queued    int
	workers   int
	running   int
	busy      int // workers on what is no interaction
	closed    bool
	idle      chan struct{}
	count     Stats
	shedLogAt time.Time
}

func (q *queues) init(opts Options, log *slog.Logger, call func(*item)) {
	q.opts, q.log, q.call = opts, log, call
	q.lanes, q.idle = map[key]*lane{}, make(chan struct{})
}

// add queues work and reports whether it found a place. It never waits.
func (q *queues) add(k key, work *item) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		// Not released: the event was not handled, and whoever resumes the session shall get it.
		q.count.Refused++
		return false
	}
	l, ok := q.lanes[k]
	if !ok {
		l = &lane{key: k}
		q.lanes[k] = l
	}
	if !q.makeRoom(l, work) {
		q.forget(l)
		work.release()
		return false
	}
	work.lane = l
	work.inLane = l.items.PushBack(work)
	if !work.interaction {
		work.inShed = q.sheddable.PushBack(work)
	}
	q.queued++
	q.schedule(l)
	return true
}

// makeRoom sheds what must go for work to fit, and reports whether it fits then.
func (q *queues) makeRoom(l *lane, work *item) bool {
	for _, bound := range []struct {
		used   func() int
		limit  int
		oldest func() *item
	}{
		{l.items.Len, q.opts.PerKey, func() *item { return oldestIn(l) }},
		{func() int { return q.queued }, q.opts.Total, q.oldestOfAll},
	} {
		if bound.used() < bound.limit {
			continue
		}
		switch old := bound.oldest(); {
		case old != nil:
			q.remove(old)
			q.forget(old.lane)
			old.release()
			q.noteShed()
		case !work.interaction:
			q.noteShed()
			return false
		case bound.used() >= 2*bound.limit:
			q.count.Refused++
			q.log.Error("interaction refused because too many wait", slog.Int("queued", q.queued), slog.Int("queued_for_key", l.items.Len()))
			return false
		}
	}
	// Making room in all may have emptied and forgotten the lane itself.
	q.lanes[l.key] = l
	return true
}

func oldestIn(l *lane) *item {
	for e := l.items.Front(); e != nil; e = e.Next() {
		if i, ok := e.Value.(*item); ok && !i.interaction {
			return i
		}
	}
	return nil
}

func (q *queues) oldestOfAll() *item {
	if e := q.sheddable.Front(); e != nil {
		i, _ := e.Value.(*item)
		return i
	}
	return nil
}

func (q *queues) noteShed() {
	q.count.Shed++
	now := q.opts.Clock.Now()
	if now.Sub(q.shedLogAt) < shedLogEvery {
		return
	}
	q.shedLogAt = now
	q.log.Warn("too many discord events wait, the oldest are dropped", slog.Int("dropped_since_start", q.count.Shed), slog.Int("queued", q.queued))
}

// remove takes an item out of its lane.
func (q *queues) remove(i *item) {
	i.lane.items.Remove(i.inLane)
	if i.inShed != nil {
		q.sheddable.Remove(i.inShed)
	}
	q.queued--
}

// forget drops a lane that nobody needs.
func (q *queues) forget(l *lane) {
	if l.items.Len() == 0 && !l.active {
		delete(q.lanes, l.key)
	}
}

// schedule puts a lane with work in line for a worker, and starts one if there may be more.
func (q *queues) schedule(l *lane) {
	if !l.active {
		l.active = true
		if l.urgent() {
			q.urgent.PushBack(l)
		} else {
			q.ordinary.PushBack(l)
		}
	}
	if q.workers < q.opts.Workers && (q.urgent.Len() > 0 || q.busy < q.ordinaryWorkers()) {
		q.workers++
		go q.work()
	}
}

// ordinaryWorkers is how many workers may be on what is no interaction.
func (q *queues) ordinaryWorkers() int { return q.opts.Workers - q.opts.Workers/4 }

func (q *queues) work() {
	for {
		i := q.take()
		if i == nil {
			return
		}
		q.call(i)
		q.done(i)
	}
}

// take gives a worker its next item; nil ends it.
func (q *queues) take() *item {
	q.mu.Lock()
	defer q.mu.Unlock()
	for {
		line := &q.urgent
		if line.Len() == 0 && q.busy < q.ordinaryWorkers() {
			line = &q.ordinary
		}
		first := line.Front()
		if first == nil {
			q.workers--
			return nil
		}
		line.Remove(first)
		l, _ := first.Value.(*lane)
		if l.items.Len() == 0 { // everything was shed meanwhile
			l.active = false
			q.forget(l)
			continue
		}
		i, _ := l.items.Front().Value.(*item)
		q.remove(i)
		q.running++
		if !i.interaction {
			q.busy++
		}
		return i
	}
}

// done says that the listeners are through with an item; its lane goes to the end of the line.
func (q *queues) done(i *item) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.count.Handled++
	q.running--
	if !i.interaction {
		q.busy--
	}
	i.lane.active = false
	if i.lane.items.Len() > 0 {
		q.schedule(i.lane)
	}
	q.forget(i.lane)
	q.noteIdle()
}

func (q *queues) noteIdle() {
	if q.closed && q.queued == 0 && q.running == 0 {
		select {
		case <-q.idle:
		default:
			close(q.idle)
		}
	}
}

// close takes nothing more; the channel is closed when everything is handled.
func (q *queues) close() <-chan struct{} {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.noteIdle()
	return q.idle
}

// drop empties the queues without handling or releasing what is in them.
func (q *queues) drop() (queued, running int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	queued, running = q.queued, q.running
	for _, l := range q.lanes {
		l.items.Init()
	}
	q.sheddable.Init()
	q.queued = 0
	return queued, running
}

func (q *queues) stats() Stats {
	q.mu.Lock()
	defer q.mu.Unlock()
	s := q.count
	s.Queued, s.Running, s.Keys = q.queued, q.running, len(q.lanes)
	return s
}
