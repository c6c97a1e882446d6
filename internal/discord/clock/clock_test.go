package clock_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"usher/internal/discord/clock"
	"usher/internal/discord/clock/clocktest"
)

const patience = 10 * time.Second

func TestSleepEndsWithItsTime(t *testing.T) {
	fake := clocktest.New(time.Now())
	done := make(chan error, 1)
	go func() { done <- clock.Sleep(t.Context(), fake, time.Hour) }()
	if !fake.AwaitPending(1, patience) {
		t.Fatal("Sleep set no timer")
	}
	fake.Advance(time.Hour - 1)
	select {
	case err := <-done:
		t.Fatalf("woke too early (%v)", err)
	default:
	}
	fake.Advance(1)
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	fake := clocktest.New(time.Now())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, d := range []time.Duration{time.Hour, 0, -1} {
		if err := clock.Sleep(ctx, fake, d); !errors.Is(err, context.Canceled) {
			t.Errorf("Sleep(%s) = %v", d, err)
		}
	}
	if n := fake.Pending(); n != 0 {
		t.Errorf("%d timers left behind", n)
	}
}

func TestSystemClock(t *testing.T) {
	at := time.Unix(5, 0)
	c := clock.System(func() time.Time { return at })
	if !c.Now().Equal(at) {
		t.Errorf("Now() = %s", c.Now())
	}
	fired := make(chan struct{})
	c.AfterFunc(0, func() { close(fired) })
	<-fired
	if !c.AfterFunc(time.Hour, func() { t.Error("a stopped timer fired") }).Stop() {
		t.Error("Stop did not prevent the call")
	}
}

func TestFakeRunsCallsInTheOrderOfTheirTimes(t *testing.T) {
	start := time.Now()
	fake := clocktest.New(start)
	var got []time.Duration
	note := func() { got = append(got, fake.Now().Sub(start)) }
	fake.AfterFunc(3*time.Second, note)
	fake.AfterFunc(time.Second, func() { note(); fake.AfterFunc(time.Second, note) })
	fake.Advance(10 * time.Second)
	if len(got) != 3 || got[0] != time.Second || got[1] != 2*time.Second || got[2] != 3*time.Second {
		t.Errorf("calls at %v", got)
	}
	if d := fake.Now().Sub(start); d != 10*time.Second {
		t.Errorf("the clock stands at %s", d)
	}
}
