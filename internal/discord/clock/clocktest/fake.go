// Package clocktest is a clock that stands still until a test moves it. It is for tests only.
package clocktest

import (
	"sync"
	"time"

	"usher/internal/discord/clock"
)

// Fake is a clock.Clock under a test's control. The zero value is not usable; call New.
type Fake struct {
	mu      sync.Mutex
	now     time.Time
	pending map[*timer]struct{}
	changed chan struct{}
}

// New returns a fake clock standing at the given time.
func New(at time.Time) *Fake {
	return &Fake{now: at, pending: map[*timer]struct{}{}, changed: make(chan struct{})}
}

type timer struct {
	clock *Fake
	at    time.Time
	f     func()
}

var _ clock.Clock = (*Fake)(nil)

// Now is the time the clock stands at.
func (c *Fake) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// AfterFunc notes f for the time d from now. A call that is already due runs at once, on its own goroutine.
func (c *Fake) AfterFunc(d time.Duration, f func()) clock.Timer {
	c.mu.Lock()
	defer c.mu.Unlock()
	t := &timer{clock: c, at: c.now.Add(d), f: f}
	if d <= 0 {
		go f()
		return t
	}
	c.pending[t] = struct{}{}
	close(c.changed)
	c.changed = make(chan struct{})
	return t
}

// Stop prevents the call and reports whether it did.
func (t *timer) Stop() bool {
	t.clock.mu.Lock()
	defer t.clock.mu.Unlock()
	_, was := t.clock.pending[t]
	delete(t.clock.pending, t)
	return was
}

// Advance moves the clock on by d and runs, in this goroutine and in the order of their times, every call that falls due,
// including those that the calls themselves note. The clock reads each call's own time while it runs.
func (c *Fake) Advance(d time.Duration) {
	c.mu.Lock()
	end := c.now.Add(d)
	c.mu.Unlock()
	for {
		f := c.takeDue(end)
		if f == nil {
			return
		}
		f()
	}
}

func (c *Fake) takeDue(end time.Time) func() {
	c.mu.Lock()
	defer c.mu.Unlock()
	var next *timer
	for t := range c.pending {
		if !t.at.After(end) && (next == nil || t.at.Before(next.at)) {
			next = t
		}
	}
	if next == nil {
		c.now = end
		return nil
	}
	delete(c.pending, next)
	if next.at.After(c.now) {
		c.now = next.at
	}
	return next.f
}

// Pending is the number of calls that wait for their time.
func (c *Fake) Pending() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.pending)
}

// AwaitPending blocks until at least n calls wait, so that a test advances only after the code under test went to sleep.
// It gives up, returning false, after the given real time.
func (c *Fake) AwaitPending(n int, patience time.Duration) bool {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		c.mu.Lock()
		enough, changed := len(c.pending) >= n, c.changed
		c.mu.Unlock()
		if enough {
			return true
		}
		select {
		case <-changed:
		case <-deadline.C:
			return false
		}
	}
}
