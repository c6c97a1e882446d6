package clock_test

import (
	"slices"
	"testing"
	"time"

	"usher/sandbox/internal/clock"
)

// hand is a real clock that stands still.
func hand() func() time.Time {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return func() time.Time { return at }
}

// TestS10AdvanceFiresInOrder: timers fire by their moment, before Advance returns, and only those that are due.
func TestS10AdvanceFiresInOrder(t *testing.T) {
	t.Parallel()
	c := clock.New(hand())
	defer c.Close()
	var fired []int
	for _, minutes := range []int{15, 3, 9} {
		c.AfterFunc(time.Duration(minutes)*time.Minute, func() { fired = append(fired, minutes) })
	}
	c.Advance(10 * time.Minute)
	if !slices.Equal(fired, []int{3, 9}) {
		t.Errorf("after ten minutes %v fired", fired)
	}
	c.Advance(-time.Hour)
	c.Advance(5 * time.Minute)
	if !slices.Equal(fired, []int{3, 9, 15}) {
		t.Errorf("after fifteen minutes %v fired", fired)
	}
	if got, want := c.Now(), hand()().Add(15*time.Minute); !got.Equal(want) {
		t.Errorf("it is %v, want %v", got, want)
	}
}

// TestS10StoppedTimers: a stopped timer does not fire, a second stop and a late one say so.
func TestS10StoppedTimers(t *testing.T) {
	t.Parallel()
	c := clock.New(hand())
	defer c.Close()
	fired := 0
	first := c.AfterFunc(time.Minute, func() { fired++ })
	second := c.AfterFunc(2*time.Minute, func() { fired += 10 })
	if !first.Stop() || first.Stop() {
		t.Error("the first stop must succeed, the second must not")
	}
	c.Advance(time.Hour)
	if fired != 10 || second.Stop() {
		t.Errorf("fired %d", fired)
	}
	var none *clock.Timer
	if none.Stop() {
		t.Error("no timer was stopped")
	}
}

// TestS10RealTimeFiresToo: without Advance, timers follow the real clock.
func TestS10RealTimeFiresToo(t *testing.T) {
	t.Parallel()
	c := clock.New(nil)
	defer c.Close()
	done := make(chan struct{})
	c.AfterFunc(time.Millisecond, func() { close(done) })
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("the timer did not fire")
	}
}
