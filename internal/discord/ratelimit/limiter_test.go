package ratelimit_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/disgoorg/disgo/rest"

	"usher/internal/discord/clock/clocktest"
	"usher/internal/discord/ratelimit"
)

// patience is how long a test waits for something that must happen; it is never waited for in a test that passes.
const patience = 10 * time.Second

// bench is disgo's own REST client with our limiter before a server of the test.
type bench struct {
	t       *testing.T
	clock   *clocktest.Fake
	limiter *ratelimit.Limiter
	client  rest.Client
	ctx     context.Context
	logs    *syncBuffer
}

func newBench(t *testing.T, opts ratelimit.Options, handler http.HandlerFunc) *bench {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	b := &bench{t: t, clock: clocktest.New(time.Now()), logs: &syncBuffer{}}
	opts.Clock, opts.Logger = b.clock, slog.New(slog.NewTextHandler(b.logs, nil))
	b.limiter = ratelimit.New(opts)
	b.client = rest.NewClient("token", rest.WithURL(server.URL), rest.WithRateLimiter(b.limiter),
		rest.WithHTTPClient(server.Client()), rest.WithLogger(slog.New(slog.DiscardHandler)))
	ctx, cancel := context.WithTimeout(context.Background(), time.Hour)
	t.Cleanup(cancel)
	b.ctx = ctx
	return b
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (b *bench) message(channel int) *rest.CompiledEndpoint {
	return rest.CreateMessage.Compile(nil, channel)
}

// do sends in the background.
func (b *bench) do(ctx context.Context, e *rest.CompiledEndpoint) <-chan error {
	done := make(chan error, 1)
	go func() { done <- b.client.Do(e, nil, nil, rest.WithCtx(ctx)) }()
	return done
}

// must sends and fails the test if it does not succeed.
func (b *bench) must(e *rest.CompiledEndpoint) {
	b.t.Helper()
	b.end(b.do(b.ctx, e), nil)
}

// end waits for the outcome of do and compares it.
func (b *bench) end(done <-chan error, want error) {
	b.t.Helper()
	select {
	case err := <-done:
		if !errors.Is(err, want) {
			b.t.Fatalf("request ended with %v, want %v", err, want)
		}
	case <-time.After(patience):
		b.t.Fatal("request did not end")
	}
}

// asleep waits until n timers are set, that is until so much of the limiter waits for the clock.
func (b *bench) asleep(n int) {
	b.t.Helper()
	if !b.clock.AwaitPending(n, patience) {
		b.t.Fatalf("nothing waits for the clock, want %d timers", n)
	}
}

func (b *bench) tooLong(err error, scope ratelimit.Scope) {
	b.t.Helper()
	var long *ratelimit.TooLong
	if !errors.As(err, &long) || long.Scope != scope {
		b.t.Fatalf("got %v, want TooLong for %s", err, scope)
	}
}

type headers map[string]string

func answer(w http.ResponseWriter, status int, h headers, body string) {
	for k, v := range h {
		w.Header().Set(k, v)
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

func bucketHeaders(hash string, limit, remaining int, resetAfter string) headers {
	return headers{
		"Via": "1.1 google", "Content-Type": "application/json", "X-RateLimit-Bucket": hash, "X-RateLimit-Limit": strconv.Itoa(limit),
		"X-RateLimit-Remaining": strconv.Itoa(remaining), "X-RateLimit-Reset-After": resetAfter,
	}
}

// script answers the n-th request with the n-th function, and later ones with the last.
func script(answers ...http.HandlerFunc) (http.HandlerFunc, func() int) {
	var mu sync.Mutex
	n := 0
	return func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			f := answers[min(n, len(answers)-1)]
			n++
			mu.Unlock()
			f(w, r)
		}, func() int {
			mu.Lock()
			defer mu.Unlock()
			return n
		}
}

func reply(status int, h headers, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { answer(w, status, h, body) }
}

func TestDefect1GlobalLimitWithoutBucketHeaderIsHonoured(t *testing.T) {
	handler, count := script(
		reply(429, headers{"Via": "1.1 google", "Content-Type": "application/json", "Retry-After": "6", "X-RateLimit-Global": "true", "X-RateLimit-Scope": "global"},
			`{"message":"You are being rate limited.","retry_after":5.5,"global":true}`),
		reply(200, bucketHeaders("h", 5, 4, "1"), `{}`))
	b := newBench(t, ratelimit.Options{}, handler)
	first := b.do(b.ctx, b.message(1))
	b.asleep(1)
	other := b.do(b.ctx, rest.GetGuild.Compile(nil, 9))
	short, cancel := context.WithDeadline(b.ctx, b.clock.Now().Add(3*time.Second))
	defer cancel()
	b.tooLong(<-b.do(short, b.message(2)), ratelimit.ScopeGlobal)
	// Interaction answers are exempt from the global limit.
	b.must(rest.CreateInteractionResponse.Compile(nil, 1, "tok"))
	b.clock.Advance(6*time.Second - time.Millisecond)
	if got := count(); got != 2 {
		t.Fatalf("%d requests sent during the pause, want only the limited one and the exempt one", got)
	}
	b.clock.Advance(time.Millisecond)
	b.end(first, nil)
	b.end(other, nil)
}

func TestDefect2OnlyCloudflareStopsEverything(t *testing.T) {
	t.Run("429 with JSON and without Via is the bucket's", func(t *testing.T) {
		handler, _ := script(
			reply(429, headers{"Content-Type": "application/json", "Retry-After": "3"}, `{"retry_after":3}`),
			reply(200, headers{"Via": "1.1 google"}, `{}`))
		b := newBench(t, ratelimit.Options{}, handler)
		limited := b.do(b.ctx, b.message(1))
		b.asleep(1)
		b.must(b.message(2))
		b.clock.Advance(3 * time.Second)
		b.end(limited, nil)
	})
	for _, status := range []int{403, 429} {
		t.Run(fmt.Sprintf("%d as a page without Via is a ban", status), func(t *testing.T) {
			handler, _ := script(
				reply(status, headers{"Content-Type": "text/html", "Retry-After": "90"}, `<html>error 1015</html>`),
				reply(200, headers{"Via": "1.1 google"}, `{}`))
			b := newBench(t, ratelimit.Options{Tries: 1}, handler)
			if err := <-b.do(b.ctx, b.message(1)); err == nil {
				t.Fatal("the banned request succeeded")
			}
			short, cancel := context.WithDeadline(b.ctx, b.clock.Now().Add(time.Minute))
			defer cancel()
			b.tooLong(<-b.do(short, rest.CreateInteractionResponse.Compile(nil, 1, "secrettoken")), ratelimit.ScopeCloudflare)
			if out := b.logs.String(); !strings.Contains(out, "level=ERROR") || !strings.Contains(out, "banned") {
				t.Errorf("the ban is not logged loudly:\n%s", out)
			}
			waiting := b.do(b.ctx, b.message(2))
			b.asleep(1)
			b.clock.Advance(90 * time.Second)
			b.end(waiting, nil)
		})
	}
}

func TestDefect3StrangeHeadersNeverFailARequest(t *testing.T) {
	cases := map[string]struct {
		first headers
		body  string
		wait  time.Duration
	}{
		"fractional Retry-After":              {headers{"Retry-After": "1.5"}, `{}`, 1500 * time.Millisecond},
		"Retry-After only in the body":        {headers{}, `{"retry_after":2.25}`, 2250 * time.Millisecond},
		"no Retry-After at all":               {headers{}, `{}`, time.Second},
		"Retry-After that is no number":       {headers{"Retry-After": "soon"}, `{"retry_after":0.5}`, 500 * time.Millisecond},
		"Retry-After is negative":             {headers{"Retry-After": "-4"}, `{}`, time.Second},
		"only Reset-After with a broken body": {headers{"X-RateLimit-Reset-After": "0.75", "X-RateLimit-Bucket": "h"}, `{`, 750 * time.Millisecond},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			c.first["Via"] = "1.1 google"
			handler, count := script(reply(429, c.first, c.body), reply(200, headers{"Via": "1.1 google"}, `{}`))
			b := newBench(t, ratelimit.Options{}, handler)
			done := b.do(b.ctx, b.message(1))
			b.asleep(1)
			b.clock.Advance(c.wait - time.Millisecond)
			if count() != 1 {
				t.Fatalf("retried before %s", c.wait)
			}
			b.clock.Advance(time.Millisecond)
			b.end(done, nil)
		})
	}
	for name, h := range map[string]headers{
		"bucket without reset":          {"X-RateLimit-Bucket": "h", "X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "1"},
		"bucket without anything":       {"X-RateLimit-Bucket": "h"},
		"numbers that are none":         {"X-RateLimit-Bucket": "h", "X-RateLimit-Remaining": "many", "X-RateLimit-Limit": "", "X-RateLimit-Reset": "NaN"},
		"reset by a wrong clock's time": {"X-RateLimit-Bucket": "h", "X-RateLimit-Remaining": "0", "X-RateLimit-Limit": "1", "X-RateLimit-Reset": "1"},
	} {
		t.Run(name, func(t *testing.T) {
			h["Via"] = "1.1 google"
			b := newBench(t, ratelimit.Options{}, reply(200, h, `{}`))
			b.must(b.message(1))
			second := b.do(b.ctx, b.message(1))
			select {
			case err := <-second:
				if err != nil {
					t.Fatal(err)
				}
			case <-b.due():
				b.clock.Advance(time.Second)
				b.end(second, nil)
			}
		})
	}
}

// due tells when something waits for the clock.
func (b *bench) due() <-chan struct{} {
	c := make(chan struct{})
	go func() {
		if b.clock.AwaitPending(1, patience) {
			close(c)
		}
	}()
	return c
}

// barrier answers nobody until n requests are in at the same time.
type barrier struct {
	t    *testing.T
	mu   sync.Mutex
	left int
	all  chan struct{}
}

func newBarrier(t *testing.T, n int) *barrier {
	return &barrier{t: t, left: n, all: make(chan struct{})}
}

func (g *barrier) wait() {
	g.mu.Lock()
	g.left--
	if g.left == 0 {
		close(g.all)
	}
	g.mu.Unlock()
	select {
	case <-g.all:
	case <-time.After(patience):
		g.t.Error("the requests of the burst did not arrive together")
	}
}

func TestDefect4BurstFliesTogether(t *testing.T) {
	const burst = 20
	together := newBarrier(t, burst-1)
	var mu sync.Mutex
	n := 0
	b := newBench(t, ratelimit.Options{}, func(w http.ResponseWriter, _ *http.Request) {
		mu.Lock()
		n++
		mine := n
		mu.Unlock()
		if mine > 1 { // all but the probe
			together.wait()
		}
		answer(w, 200, bucketHeaders("h", 50, 50-mine, "10"), `{}`)
	})
	done := make([]<-chan error, burst)
	for i := range done {
		done[i] = b.do(b.ctx, rest.CreateGuildChannel.Compile(nil, 1))
	}
	for _, d := range done {
		b.end(d, nil)
	}
}

func TestDefect4KnownRouteNeedsNoProbeForANewChannel(t *testing.T) {
	together := newBarrier(t, 5)
	b := newBench(t, ratelimit.Options{}, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/channels/2/") {
			together.wait()
		}
		answer(w, 200, bucketHeaders("h", 5, 4, "10"), `{}`)
	})
	b.must(b.message(1))
	var done []<-chan error
	for range 5 {
		done = append(done, b.do(b.ctx, b.message(2)))
	}
	for _, d := range done {
		b.end(d, nil)
	}
}

func TestDefect4BucketHashIsSharedBetweenRoutes(t *testing.T) {
	b := newBench(t, ratelimit.Options{}, func(w http.ResponseWriter, r *http.Request) {
		remaining := 3
		if r.Method == http.MethodDelete {
			remaining = 0
		}
		answer(w, 200, bucketHeaders("same", 5, remaining, "4"), `{}`)
	})
	b.must(b.message(1))
	b.must(rest.DeleteMessage.Compile(nil, 1, 77)) // spends the bucket that the first route uses too
	held := b.do(b.ctx, b.message(1))
	b.asleep(1)
	b.must(b.message(2)) // another channel is another bucket
	b.clock.Advance(4 * time.Second)
	b.end(held, nil)
}

// window is Discord's side of one bucket, on the test's clock.
type window struct {
	mu            sync.Mutex
	clock         *clocktest.Fake
	limit         int
	span          time.Duration
	used, refused int
	ends          time.Time
}

func (s *window) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	if !now.Before(s.ends) {
		s.used, s.ends = 0, now.Add(s.span)
	}
	s.used++
	after := fmt.Sprintf("%.3f", s.ends.Sub(now).Seconds())
	if s.used > s.limit {
		s.refused++
		h := bucketHeaders("h", s.limit, 0, after)
		h["Retry-After"] = after
		answer(w, 429, h, `{}`)
		return
	}
	answer(w, 200, bucketHeaders("h", s.limit, s.limit-s.used, after), `{}`)
}

func TestFreshBucketBurstIsNoStorm(t *testing.T) {
	s := &window{limit: 5, span: 5 * time.Second}
	b := newBench(t, ratelimit.Options{}, s.ServeHTTP)
	s.clock = b.clock
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() { b.end(b.do(b.ctx, b.message(1)), nil) })
	}
	finished := make(chan struct{})
	go func() { wg.Wait(); close(finished) }()
	for windows := 0; ; windows++ {
		select {
		case <-finished:
			if windows < 3 || windows > 4 {
				t.Errorf("20 requests at 5 per window took %d more windows, want 3", windows)
			}
			if s.refused > 0 {
				t.Errorf("%d requests were answered 429, want none", s.refused)
			}
			return
		case <-b.settled(15 - 5*windows):
			b.clock.Advance(5 * time.Second)
		}
	}
}

// settled tells when exactly so many requests wait and nothing is in flight.
func (b *bench) settled(waiting int) <-chan struct{} {
	return b.until(func(s ratelimit.Stats) bool { return s.InFlight == 0 && s.Waiting == waiting && waiting > 0 })
}

// until tells when the limiter's reading is as wanted. It polls, because nothing else tells that an answer was taken in.
func (b *bench) until(wanted func(ratelimit.Stats) bool) <-chan struct{} {
	c := make(chan struct{})
	go func() {
		tick := time.NewTicker(time.Millisecond)
		defer tick.Stop()
		for range int(patience / time.Millisecond) {
			if wanted(b.limiter.Stats()) {
				close(c)
				return
			}
			<-tick.C
		}
	}()
	return c
}
