package gateway

import "time"

// Clock tells the time and runs timers. It is the machine's clock in a running
// sandbox and a hand-driven one in tests. A sandbox's virtual clock should not
// be given here: moving it by minutes would time out every connection.
type Clock interface {
	Now() time.Time
	// AfterFunc runs f in its own goroutine after d; stop prevents it and
	// reports whether it came in time.
	AfterFunc(d time.Duration, f func()) (stop func() bool)
}

// systemClock is the machine's clock.
type systemClock struct{ now func() time.Time }

func (c systemClock) Now() time.Time { return c.now() }

func (systemClock) AfterFunc(d time.Duration, f func()) func() bool {
	return time.AfterFunc(d, f).Stop
}
