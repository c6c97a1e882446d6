// Package clock is the sandbox's time: the real one plus an offset that a test may push forward. Timers follow the
// virtual time, so that "advance 15 minutes" fires what was due (S-10). It knows nothing of Discord.
package clock

import (
	"container/heap"
	"sync"
	"time"
)

// Clock is a real clock with an offset. The zero value is not usable; see New.
type Clock struct {
	mu     sync.Mutex
	real   func() time.Time
	offset time.Duration
	timers timers
	wake   *time.Timer
	closed bool
}

// Timer is a function waiting for its moment.
type Timer struct {
	at    time.Time
	run   func()
	index int
	clock *Clock
}

// New makes a clock that follows real (time.Now when nil).
func New(real func() time.Time) *Clock {
	if real == nil {
		real = time.Now //nolint:forbidigo // the sandbox's time starts here
	}
	return &Clock{real: real}
}

// Real is the time that the clock follows, without the offset.
func (c *Clock) Real() time.Time { return c.real() }

// Now is the virtual time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now()
}

func (c *Clock) now() time.Time { return c.real().Add(c.offset) }

// AfterFunc runs f in its own goroutine when d of virtual time has passed.
func (c *Clock) AfterFunc(d time.Duration, f func()) *Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &Timer{at: c.now().Add(d), run: f, clock: c}
	if !c.closed {
		heap.Push(&c.timers, t)
		c.schedule()
	}
	return t
}

// Stop forgets the timer; false when it already fired or was stopped.
func (t *Timer) Stop() bool {
	if t == nil {
		return false
	}
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	if t.index < 0 || t.index >= len(t.clock.timers) || t.clock.timers[t.index] != t {
		return false
	}
	heap.Remove(&t.clock.timers, t.index)
	return true
}

// Advance pushes the virtual time forward by d (nothing when d is negative) and runs, one after the other in the
// order of their moments, every timer that became due, before it returns.
func (c *Clock) Advance(d time.Duration) {
	if d <= 0 {
		return
	}
	c.mu.Lock()
	c.offset += d
	due := c.takeDue()
	c.schedule()
	c.mu.Unlock()
	for _, t := range due {
		t.run()
	}
}

// Close stops all timers; none fires afterwards.
func (c *Clock) Close() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.closed = true
	c.timers = nil
	if c.wake != nil {
		c.wake.Stop()
	}
}

func (c *Clock) takeDue() []*Timer {
	var due []*Timer
	now := c.now()
	for len(c.timers) > 0 && !c.timers[0].at.After(now) {
		due = append(due, c.timers[0])
		heap.Remove(&c.timers, 0)
	}
	return due
}

// schedule arms the one real timer for the earliest virtual one.
func (c *Clock) schedule() {
	if len(c.timers) == 0 || c.closed {
		return
	}
	wait := max(c.timers[0].at.Sub(c.now()), 0)
	if c.wake == nil {
		c.wake = time.AfterFunc(wait, c.fire)
		return
	}
	c.wake.Reset(wait)
}

func (c *Clock) fire() {
	c.mu.Lock()
	due := c.takeDue()
	c.schedule()
	c.mu.Unlock()
	for _, t := range due {
		go t.run()
	}
}

// timers is the heap of what waits, earliest first.
type timers []*Timer

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].at.Before(t[j].at) }
func (t timers) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].index, t[j].index = i, j
}

// Push implements heap.Interface.
func (t *timers) Push(x any) {
	timer, ok := x.(*Timer)
	if !ok {
		return
	}
	timer.index = len(*t)
	*t = append(*t, timer)
}

// Pop implements heap.Interface.
func (t *timers) Pop() any {
	old := *t
	last := old[len(old)-1]
	*t = old[:len(old)-1]
	last.index = -1
	return last
}
