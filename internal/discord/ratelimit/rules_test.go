package ratelimit_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/disgoorg/disgo/rest"
	"github.com/google/go-cmp/cmp"

	"usher/internal/discord/ratelimit"
)

func TestGlobalLimitAndPriorities(t *testing.T) {
	var mu sync.Mutex
	var order []string
	b := newBench(t, ratelimit.Options{Global: 1}, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		order = append(order, r.Method+" "+r.URL.Path)
		mu.Unlock()
		answer(w, 200, headers{"Via": "1.1 google"}, `{}`)
	})
	b.must(rest.GetGuild.Compile(nil, 1)) // takes the only place of this second
	waiting := 0
	start := func(ctx context.Context, e *rest.CompiledEndpoint) <-chan error {
		d := b.do(ctx, e)
		waiting++
		<-b.settled(waiting)
		return d
	}
	all := []<-chan error{
		start(b.ctx, rest.SendTyping.Compile(nil, 1)),
		start(ratelimit.WithPriority(b.ctx, ratelimit.Low), b.message(2)), // a log line
		start(b.ctx, rest.GetGuild.Compile(nil, 2)),
		start(b.ctx, rest.CreateGuildChannel.Compile(nil, 3)),
	}
	b.must(rest.CreateInteractionResponse.Compile(nil, 1, "t")) // exempt
	b.must(rest.CreateFollowupMessage.Compile(nil, 1, "t"))     // exempt
	for left := 3; left >= 0; left-- {
		b.clock.Advance(1100 * time.Millisecond)
		if left > 0 {
			<-b.settled(left)
		}
	}
	for _, d := range all {
		b.end(d, nil)
	}
	want := []string{
		"GET /guilds/1", "POST /interactions/1/t/callback", "POST /webhooks/1/t",
		"POST /guilds/3/channels", "GET /guilds/2", "POST /channels/1/typing", "POST /channels/2/messages",
	}
	if diff := cmp.Diff(want, order); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}

func TestWaitBeyondTheDeadlineFailsAtOnce(t *testing.T) {
	b := newBench(t, ratelimit.Options{MaxWait: 3 * time.Second}, reply(200, bucketHeaders("h", 1, 0, "30"), `{}`))
	b.must(b.message(1))
	short, cancel := context.WithDeadline(b.ctx, b.clock.Now().Add(10*time.Second))
	defer cancel()
	b.tooLong(<-b.do(short, b.message(1)), ratelimit.ScopeBucket)
	b.tooLong(<-b.do(context.Background(), b.message(1)), ratelimit.ScopeBucket) // no deadline: MaxWait
	// With one before it, the next free window is the one after.
	held := b.do(b.ctx, b.message(1))
	<-b.settled(1)
	medium, cancel2 := context.WithDeadline(b.ctx, b.clock.Now().Add(40*time.Second))
	defer cancel2()
	b.tooLong(<-b.do(medium, b.message(1)), ratelimit.ScopeBucket)
	b.clock.Advance(30 * time.Second)
	b.end(held, nil)
}

func TestSharedScopeIsNotInvalid(t *testing.T) {
	shared := bucketHeaders("h", 5, 0, "1")
	shared["X-RateLimit-Scope"], shared["Retry-After"] = "shared", "1"
	handler, _ := script(reply(429, shared, `{}`), reply(200, bucketHeaders("h", 5, 4, "1"), `{}`))
	b := newBench(t, ratelimit.Options{}, handler)
	done := b.do(b.ctx, b.message(1))
	b.asleep(1)
	if n := b.limiter.Stats().Invalid; n != 0 {
		t.Errorf("a shared 429 counted as %d invalid requests", n)
	}
	b.clock.Advance(time.Second)
	b.end(done, nil)
}

func TestSubLimitHoldsOnlyTheRequestItself(t *testing.T) {
	limited := bucketHeaders("h", 5, 3, "5") // room in the bucket, and yet 429: the rename limit
	limited["Retry-After"], limited["X-RateLimit-Scope"] = "600", "user"
	handler, _ := script(reply(200, bucketHeaders("h", 5, 4, "5"), `{}`), reply(429, limited, `{}`), reply(200, bucketHeaders("h", 5, 2, "5"), `{}`))
	b := newBench(t, ratelimit.Options{}, handler)
	edit := func() *rest.CompiledEndpoint { return rest.UpdateChannel.Compile(nil, 1) }
	b.must(edit())
	short, cancel := context.WithDeadline(b.ctx, b.clock.Now().Add(time.Minute))
	defer cancel()
	b.tooLong(<-b.do(short, edit()), ratelimit.ScopeSubLimit)
	b.must(edit()) // another edit of the channel is not held for ten minutes
}

func TestInvalidRequestsSlowDownThenStop(t *testing.T) {
	b := newBench(t, ratelimit.Options{Global: 50, InvalidLimit: 20}, reply(401, headers{"Via": "1.1 google", "Content-Type": "application/json"}, `{"code":0}`))
	send := func() error {
		ctx, cancel := context.WithDeadline(b.ctx, b.clock.Now().Add(5*time.Second))
		defer cancel()
		return <-b.do(ctx, rest.GetCurrentUser.Compile(nil))
	}
	for i := range 18 {
		if i >= 10 {
			b.clock.Advance(2 * time.Second) // slowed down, but going
		}
		var apiErr *rest.Error
		if err := send(); !errors.As(err, &apiErr) {
			t.Fatalf("request %d: %v, want Discord's 401", i, err)
		}
	}
	b.tooLong(send(), ratelimit.ScopeInvalid)
	for _, want := range []string{"many invalid discord requests", "slowing down", "requests_per_second=5", "requests_per_second=0"} {
		if !strings.Contains(b.logs.String(), want) {
			t.Errorf("log lacks %q:\n%s", want, b.logs)
		}
	}
	b.clock.Advance(11 * time.Minute)
	if n := b.limiter.Stats().Invalid; n != 0 {
		t.Errorf("%d invalid requests remembered after eleven minutes", n)
	}
	var apiErr *rest.Error
	if err := send(); !errors.As(err, &apiErr) {
		t.Errorf("after the ten minutes: %v, want Discord's 401", err)
	}
}

func TestRetriesAreBounded(t *testing.T) {
	handler, count := script(reply(429, headers{"Via": "1.1 google", "Retry-After": "1"}, `{}`))
	b := newBench(t, ratelimit.Options{Tries: 3}, handler)
	done := b.do(b.ctx, b.message(1))
	for range 2 {
		b.asleep(1)
		b.clock.Advance(time.Second)
	}
	var apiErr *rest.Error
	select {
	case err := <-done:
		if !errors.As(err, &apiErr) || apiErr.Response.StatusCode != http.StatusTooManyRequests {
			t.Fatalf("got %v, want Discord's 429", err)
		}
	case <-time.After(patience):
		t.Fatal("retries did not end")
	}
	if count() != 3 {
		t.Errorf("%d tries, want 3", count())
	}
}

func TestSilentProbeLetsOthersFollow(t *testing.T) {
	release := make(chan struct{})
	arrived := make(chan struct{}, 3)
	b := newBench(t, ratelimit.Options{ProbePatience: time.Second}, func(w http.ResponseWriter, _ *http.Request) {
		arrived <- struct{}{}
		<-release
		answer(w, 200, bucketHeaders("h", 5, 2, "5"), `{}`)
	})
	first := b.do(b.ctx, b.message(1))
	<-arrived
	second := b.do(b.ctx, b.message(1))
	b.asleep(1)
	b.clock.Advance(time.Second)
	<-arrived
	close(release)
	b.end(first, nil)
	b.end(second, nil)
}

func TestFailedRequestGivesItsPlaceBack(t *testing.T) {
	var broken sync.Once
	b := newBench(t, ratelimit.Options{}, func(w http.ResponseWriter, _ *http.Request) {
		fail := false
		broken.Do(func() { fail = true })
		if fail {
			panic(http.ErrAbortHandler)
		}
		answer(w, 200, bucketHeaders("h", 5, 2, "5"), `{}`)
	})
	if err := <-b.do(b.ctx, b.message(1)); err == nil {
		t.Fatal("the broken connection was not reported")
	}
	b.must(b.message(1))
	if s := b.limiter.Stats(); s.InFlight != 0 || s.Waiting != 0 {
		t.Errorf("left over: %+v", s)
	}
}

func TestCancelledWaiterLeavesNothing(t *testing.T) {
	b := newBench(t, ratelimit.Options{}, reply(200, bucketHeaders("h", 1, 0, "30"), `{}`))
	b.must(b.message(1))
	ctx, cancel := context.WithCancel(b.ctx)
	gone := b.do(ctx, b.message(1))
	<-b.settled(1)
	stays := b.do(b.ctx, b.message(1))
	<-b.settled(2)
	cancel()
	b.end(gone, context.Canceled)
	b.clock.Advance(30 * time.Second)
	b.end(stays, nil)
	if s := b.limiter.Stats(); s.InFlight != 0 || s.Waiting != 0 {
		t.Errorf("left over: %+v", s)
	}
}

func TestCloseRefusesAndWaitsForTheRest(t *testing.T) {
	release, arrived := make(chan struct{}), make(chan struct{}, 1)
	b := newBench(t, ratelimit.Options{}, func(w http.ResponseWriter, _ *http.Request) {
		arrived <- struct{}{}
		<-release
		answer(w, 200, headers{}, `{}`)
	})
	flying := b.do(b.ctx, b.message(1))
	<-arrived
	waiting := b.do(b.ctx, b.message(1))
	<-b.waitingIs(1)
	closed := make(chan struct{})
	go func() { b.limiter.Close(b.ctx); close(closed) }()
	b.end(waiting, ratelimit.ErrClosed)
	select {
	case <-closed:
		t.Fatal("Close did not wait for the request in flight")
	default:
	}
	close(release)
	b.end(flying, nil)
	<-closed
	b.end(b.do(b.ctx, b.message(1)), ratelimit.ErrClosed)
}

func (b *bench) waitingIs(n int) <-chan struct{} {
	return b.until(func(s ratelimit.Stats) bool { return s.Waiting == n })
}

func TestResetLetsWaitersGo(t *testing.T) {
	b := newBench(t, ratelimit.Options{}, reply(200, bucketHeaders("h", 1, 0, "30"), `{}`))
	b.must(b.message(1))
	held := b.do(b.ctx, b.message(1))
	<-b.settled(1)
	b.limiter.Reset()
	b.end(held, nil)
}

func TestIdleBucketsAreForgotten(t *testing.T) {
	b := newBench(t, ratelimit.Options{IdleAfter: time.Minute}, reply(200, headers{}, `{}`))
	for i := range 50 {
		b.must(rest.CreateInteractionResponse.Compile(nil, i, fmt.Sprint("token", i)))
	}
	if n := b.limiter.Stats().Buckets; n < 50 {
		t.Fatalf("%d buckets, want 50", n)
	}
	b.clock.Advance(2 * time.Minute)
	b.must(b.message(1))
	if n := b.limiter.Stats().Buckets; n != 1 {
		t.Errorf("%d buckets remembered after they were idle, want 1", n)
	}
}

func TestNoTokenIsLogged(t *testing.T) {
	handler, _ := script(reply(429, headers{"Via": "1.1 google", "Retry-After": "1"}, `{}`), reply(200, headers{}, `{}`))
	b := newBench(t, ratelimit.Options{}, handler)
	done := b.do(b.ctx, rest.CreateFollowupMessage.Compile(nil, 5, "verysecret"))
	b.asleep(1)
	b.clock.Advance(time.Second)
	b.end(done, nil)
	if out := b.logs.String(); !strings.Contains(out, "rate limited") || strings.Contains(out, "verysecret") {
		t.Errorf("log must name the limit and not the token:\n%s", out)
	}
}

func TestRouteFollowsItsBucketWhenDiscordRenamesIt(t *testing.T) {
	var mu sync.Mutex
	hash, remaining := "old", 1
	b := newBench(t, ratelimit.Options{}, func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		answer(w, 200, bucketHeaders(hash, 2, remaining, "20"), `{}`)
	})
	b.must(b.message(1))
	mu.Lock()
	hash, remaining = "new", 0
	mu.Unlock()
	b.must(b.message(1)) // Discord now counts it in another bucket, which is spent
	held := b.do(b.ctx, b.message(1))
	<-b.settled(1)
	mu.Lock()
	remaining = 1
	mu.Unlock()
	b.clock.Advance(20 * time.Second)
	b.end(held, nil)
}

func TestResetAsATimeIsReadAgainstDiscordsClock(t *testing.T) {
	discordNow := time.Now().Add(3 * time.Hour).Truncate(time.Second) // their clock, or ours, is three hours off
	h := bucketHeaders("h", 1, 0, "")
	delete(h, "X-RateLimit-Reset-After")
	h["X-RateLimit-Reset"] = fmt.Sprintf("%d.250", discordNow.Add(7*time.Second).Unix())
	h["Date"] = discordNow.UTC().Format(http.TimeFormat)
	b := newBench(t, ratelimit.Options{}, reply(200, h, `{}`))
	b.must(b.message(1))
	held := b.do(b.ctx, b.message(1))
	<-b.settled(1)
	b.clock.Advance(7*time.Second + 249*time.Millisecond)
	select {
	case err := <-held:
		t.Fatalf("sent before Discord's reset (%v)", err)
	default:
	}
	b.clock.Advance(2 * time.Millisecond)
	b.end(held, nil)
}

func TestPriorityOfRoutes(t *testing.T) {
	// The order in which a spent global limit lets these go is their priority; equal ones keep their order.
	routes := []*rest.CompiledEndpoint{
		rest.AddReaction.Compile(nil, 1, 2, "x"), rest.GetAuditLogs.Compile(nil, 1), rest.PinMessage.Compile(nil, 1, 2), rest.UpdateMessage.Compile(nil, 1, 2),
		rest.DeleteChannel.Compile(nil, 1), rest.CreateThread.Compile(nil, 1), rest.UpdatePermissionOverwrite.Compile(nil, 1, 2),
	}
	want := []string{
		"POST /channels/1/threads", "PUT /channels/1/permissions/2", "PATCH /channels/1/messages/2", "DELETE /channels/1",
		"PUT /channels/1/messages/2/reactions/x/@me", "GET /guilds/1/audit-logs", "PUT /channels/1/messages/pins/2",
	}
	var mu sync.Mutex
	var got []string
	b := newBench(t, ratelimit.Options{Global: 1}, func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		got = append(got, r.Method+" "+r.URL.Path)
		mu.Unlock()
		answer(w, 200, headers{}, `{}`)
	})
	b.must(rest.GetGuild.Compile(nil, 1))
	for i, e := range routes {
		b.do(b.ctx, e)
		<-b.settled(i + 1)
	}
	for left := len(routes) - 1; left >= 0; left-- {
		b.clock.Advance(1100 * time.Millisecond)
		<-b.until(func(s ratelimit.Stats) bool { return s.InFlight == 0 && s.Waiting == left })
	}
	mu.Lock()
	defer mu.Unlock()
	if diff := cmp.Diff(want, got[1:]); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
}
