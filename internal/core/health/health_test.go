package health_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"usher/internal/core/health"
)

// clock is moved by tests alone.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

type shards []health.Shard

func (s shards) Shards() []health.Shard { return s }

func watch(checks ...health.Check) (*health.Watch, *clock) {
	c := &clock{at: time.Unix(1e9, 0)}
	return &health.Watch{Checks: checks, Limit: time.Minute, Gateway: shards{}, Now: c.now, Version: "1", Started: c.at}, c
}

func well(context.Context) health.Finding { return health.Finding{Verdict: health.Ok, Text: "well"} }

func TestABrokenCheckHidesNoOther(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		w, _ := watch(
			health.Check{Name: "hangs", Run: func(context.Context) health.Finding { <-release; return health.Finding{} }},
			health.Check{Name: "panics", Run: func(context.Context) health.Finding { panic("sesame") }},
			health.Check{Name: "well", Run: well},
		)
		for range 2 { // the second time the first one still hangs
			got := w.Report(t.Context()).Findings
			for n, want := range []health.Finding{
				{Name: "gateway", Verdict: health.Wrong},
				{Name: "hangs", Verdict: health.Look, Text: "did not answer within 1m0s"},
				{Name: "panics", Verdict: health.Look, Text: "check itself failed"},
				{Name: "well", Verdict: health.Ok, Text: "well"},
			} {
				if got[n].Name != want.Name || got[n].Verdict != want.Verdict || !strings.Contains(got[n].Text, want.Text) || strings.Contains(got[n].Text, "sesame") || got[n].At.IsZero() {
					t.Errorf("got %+v, want %+v", got[n], want)
				}
				if got[n].Verdict != health.Ok && got[n].Advice == "" {
					t.Errorf("nobody says what to do: %+v", got[n])
				}
			}
		}
	})
}

func TestWhatHangsIsNotStartedAgain(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		started, release := 0, make(chan struct{})
		w, _ := watch(health.Check{Name: "slow", Run: func(ctx context.Context) health.Finding { started++; <-release; return well(ctx) }})
		for range 5 {
			w.Report(t.Context())
		}
		done := make(chan health.Report, 1)
		go func() { done <- w.Report(t.Context()) }()
		synctest.Wait()
		close(release)
		if got := (<-done).Findings[1]; got.Verdict != health.Ok || started != 1 {
			t.Errorf("started %d times: %+v", started, got)
		}
	})
}

func TestAFreshFindingIsGivenAgain(t *testing.T) {
	t.Parallel()
	looks := 0
	w, c := watch(health.Check{Name: "dear", Fresh: time.Minute, Run: func(context.Context) health.Finding { looks++; return health.Finding{Verdict: health.Ok} }})
	first := w.Report(t.Context()).Findings[1]
	c.pass(time.Minute - 1)
	if again := w.Report(t.Context()).Findings[1]; again.At != first.At || looks != 1 {
		t.Errorf("%d looks, the last at %s", looks, again.At)
	}
	c.pass(1)
	if w.Report(t.Context()); looks != 2 {
		t.Errorf("%d looks", looks)
	}
}

// Who closes the page takes nothing from others, and leaves no half finding behind.
func TestAReaderWhoGoesAwayChangesNothing(t *testing.T) {
	t.Parallel()
	w, _ := watch(health.Check{Name: "asks", Fresh: time.Hour, Run: func(ctx context.Context) health.Finding {
		if ctx.Err() != nil {
			return health.Finding{Verdict: health.Wrong}
		}
		return well(ctx)
	}})
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if got := w.Report(gone).Findings[1]; got.Verdict != health.Ok {
		t.Errorf("%+v", got)
	}
}

func TestShardsAreJudged(t *testing.T) {
	t.Parallel()
	now := time.Unix(1e9, 0)
	at := func(state health.ShardState, since, latency time.Duration) health.Shard {
		return health.Shard{State: state, Since: now.Add(-since), Latency: latency, Guilds: 3}
	}
	fine := at(health.Ready, time.Hour, 40*time.Millisecond)
	for _, c := range []struct {
		all  []health.Shard
		want health.Verdict
		says string
	}{
		{nil, health.Wrong, "0 of 0"},
		{[]health.Shard{fine}, health.Ok, "3 servers by 1 connection."},
		{[]health.Shard{fine, fine}, health.Ok, "6 servers by 2 connections."},
		{[]health.Shard{fine, at(health.Resuming, time.Second, 0)}, health.Look, "1 of 2 connections to Discord are being made again"},
		{[]health.Shard{fine, at(health.Disconnected, 2*time.Minute, 0)}, health.Wrong, "1 of 2 connections to Discord are lost"},
		{[]health.Shard{fine, {State: health.Disconnected}}, health.Wrong, "1 of 2"}, // never opened
		{[]health.Shard{fine, at(health.Ready, time.Hour, 2*time.Second)}, health.Look, "slow"},
	} {
		if got := health.OfShards(c.all, now); got.Verdict != c.want || !strings.Contains(got.Text, c.says) || (got.Verdict != health.Ok) != (got.Advice != "") {
			t.Errorf("%+v: %+v", c.all, got)
		}
	}
}
