// Package clock is time as the Discord rooms see it: a reading and a timer, both replaceable in tests.
// It must never know what is being timed.
package clock

import (
	"context"
	"time"
)

// Clock tells the time and calls back later. Implementations are safe for concurrent use.
type Clock interface {
	// Now is the current time, with a monotonic reading where the system has one.
	Now() time.Time
	// AfterFunc calls f on its own goroutine once d has passed; d <= 0 calls it at once.
	AfterFunc(d time.Duration, f func()) Timer
}

// Timer is one pending call of AfterFunc.
type Timer interface {
	// Stop prevents the call and reports whether it did (false: it already ran or was stopped).
	Stop() bool
}

// System is the machine's clock. The reading is handed in because only the composing room may take time.Now.
func System(now func() time.Time) Clock { return system{now: now} }

type system struct{ now func() time.Time }

func (s system) Now() time.Time { return s.now() }

func (s system) AfterFunc(d time.Duration, f func()) Timer { return time.AfterFunc(d, f) }

// Sleep waits for d or for the end of ctx, whose error it returns. d <= 0 only asks ctx.
func Sleep(ctx context.Context, c Clock, d time.Duration) error {
	if d <= 0 {
		return ctx.Err()
	}
	done := make(chan struct{})
	timer := c.AfterFunc(d, func() { close(done) })
	select {
	case <-ctx.Done():
		timer.Stop()
		return ctx.Err()
	case <-done:
		return nil
	}
}
