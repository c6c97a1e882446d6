package sandbox_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"time"

	"usher/sandbox"
)

// TestS10StatusFault: a status before the call is carried out, and one after it.
func TestS10StatusFault(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	c := s.Client()
	if _, err := c.FailNext(t.Context(), "POST", "/channels/{id}/messages", 1, 503, 130000); err != nil {
		t.Fatalf("putting up a fault: %v", err)
	}
	b.call("POST", supportPath+"/messages", object{"content": "x"}).refused(t, 503, 130000)
	b.must("POST", supportPath+"/messages", object{"content": "x"})
	f := sandbox.Fault{Match: sandbox.FaultMatch{Contains: "needle"}, Skip: 1, Times: 1, Do: sandbox.FaultDo{Status: 500, When: "after", Headers: map[string]string{"X-Fault": "yes"}}}
	if _, err := c.AddFault(t.Context(), f); err != nil {
		t.Fatalf("putting up a fault: %v", err)
	}
	b.must("POST", supportPath+"/messages", object{"content": "needle 1"})
	if got := b.call("POST", supportPath+"/messages", object{"content": "needle 2"}); got.status != 500 || got.header.Get("X-Fault") != "yes" {
		t.Errorf("answered %d %s", got.status, got.raw)
	}
	b.must("POST", supportPath+"/messages", object{"content": "needle 3"})
	list, _ := c.User(sandbox.DemoRyanID).Messages(t.Context(), sandbox.DemoSupportID, 10)
	if len(list) != 4 {
		t.Errorf("%d messages were written, want 4: the second needle was carried out", len(list))
	}
	faults, err := c.Faults(t.Context())
	if err != nil || len(faults) != 2 || faults[0].Struck != 1 || faults[1].Struck != 1 {
		t.Errorf("faults: %+v, %v", faults, err)
	}
	calls, _ := c.Calls(t.Context(), sandbox.CallFilter{Method: "POST"})
	if calls[0].Fault != "1" || calls[0].Status != 503 || calls[0].Code != 130000 || calls[1].Fault != "" {
		t.Errorf("the witness tells %+v", calls[:2])
	}
}

// TestS10DropFault: the connection closes without an answer.
func TestS10DropFault(t *testing.T) {
	t.Parallel()
	s, _ := quick(t)
	_, err := s.Client().AddFault(t.Context(), sandbox.Fault{Match: sandbox.FaultMatch{Route: "/gateway"}, Do: sandbox.FaultDo{Drop: true}})
	if err != nil {
		t.Fatalf("putting up a fault: %v", err)
	}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, s.APIURL()+"/gateway", nil)
	req.Method = http.MethodGet
	req.Header.Set("User-Agent", "DiscordBot (x, 1)")
	res, err := http.DefaultClient.Do(req)
	if err == nil {
		res.Body.Close()
		t.Fatalf("answered %d", res.StatusCode)
	}
	if !errors.Is(err, io.EOF) {
		t.Logf("the error is %v", err)
	}
}

// TestS10HoldFault: a call waits until it is let go; an interaction that is held too long is dead.
func TestS10HoldFault(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	c := s.Client()
	id, release, err := c.Hold(t.Context(), "POST", "/channels/{channel_id}/messages", true)
	if err != nil {
		t.Fatalf("holding: %v", err)
	}
	done := make(chan answer, 1)
	go func() { done <- b.call("POST", supportPath+"/messages", object{"content": "held"}) }()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := c.WaitHeld(ctx, id, 1); err != nil {
		t.Fatalf("waiting: %v", err)
	}
	list, _ := c.User(sandbox.DemoRyanID).Messages(t.Context(), sandbox.DemoSupportID, 10)
	if len(list) != 1 {
		t.Errorf("a call held after being carried out wrote %d messages", len(list))
	}
	select {
	case got := <-done:
		t.Fatalf("answered %d before it was let go", got.status)
	default:
	}
	if err := release(t.Context()); err != nil {
		t.Fatalf("letting go: %v", err)
	}
	if got := <-done; got.status != http.StatusOK {
		t.Errorf("answered %d %s", got.status, got.raw)
	}
}

// TestS10DelayIsMeasuredByTheWitness: the delay lies between receiving and answering.
func TestS10DelayIsMeasuredByTheWitness(t *testing.T) {
	t.Parallel()
	s, b := quick(t)
	if _, err := s.Client().Delay(t.Context(), "GET", "*", 30*time.Millisecond); err != nil {
		t.Fatalf("delaying: %v", err)
	}
	b.must("GET", "/users/@me", nil)
	calls, err := s.Client().Calls(t.Context(), sandbox.CallFilter{Route: "/users/@me", Answered: true})
	if err != nil || len(calls) != 1 || calls[0].DurationUS < 30_000 {
		t.Errorf("the witness tells %+v, %v", calls, err)
	}
}

// TestS10RateLimitFaults: 429 with the headers of each scope.
func TestS10RateLimitFaults(t *testing.T) {
	t.Parallel()
	for _, scope := range []string{"user", "shared", "global"} {
		t.Run(scope, func(t *testing.T) {
			s, b := quick(t)
			_, err := s.Client().AddFault(t.Context(), sandbox.Fault{Times: 1, Do: sandbox.FaultDo{RateLimit: scope}})
			if err != nil {
				t.Fatalf("putting up a fault: %v", err)
			}
			got := b.call("GET", "/users/@me", nil)
			if got.status != 429 || got.header.Get("X-RateLimit-Scope") != scope || got.header.Get("Retry-After") == "" || got.at("retry_after") == nil {
				t.Errorf("answered %d %v %s", got.status, got.header, got.raw)
			}
			if global := got.header.Get("X-RateLimit-Global") == "true"; global != (scope == "global") || got.at("global") != (scope == "global") {
				t.Errorf("global: header %v, body %v", global, got.at("global"))
			}
			b.must("GET", "/users/@me", nil)
		})
	}
}

// TestS8BucketsAreOnByDefault: the sixth message in five seconds is refused, and moving the clock lets it pass.
func TestS8BucketsAreOnByDefault(t *testing.T) {
	t.Parallel()
	s := start(t, sandbox.Config{})
	b := newRawBot(t, s)
	for range 5 {
		b.must("POST", supportPath+"/messages", object{"content": "x"})
	}
	got := b.call("POST", supportPath+"/messages", object{"content": "x"})
	if got.status != 429 || got.header.Get("X-RateLimit-Bucket") == "" {
		t.Errorf("the sixth message answered %d %s", got.status, got.raw)
	}
	if err := s.Client().Advance(t.Context(), 6*time.Second); err != nil {
		t.Fatal(err)
	}
	b.must("POST", supportPath+"/messages", object{"content": "x"})
}

// TestS10BadFaults: what is wrong is named.
func TestS10BadFaults(t *testing.T) {
	t.Parallel()
	s, _ := quick(t)
	for field, f := range map[string]sandbox.Fault{
		"do": {}, "do.when": {Do: sandbox.FaultDo{Status: 500, When: "later"}}, "do.status": {Do: sandbox.FaultDo{Status: 99}},
		"match.route": {Match: sandbox.FaultMatch{Route: "/chanels/{id}"}, Do: sandbox.FaultDo{Drop: true}}, "match.method": {Match: sandbox.FaultMatch{Method: "POTS"}, Do: sandbox.FaultDo{Drop: true}},
		"do.rate_limit": {Do: sandbox.FaultDo{RateLimit: "me"}}, "skip": {Skip: -1, Do: sandbox.FaultDo{Drop: true}},
	} {
		_, err := s.Client().AddFault(t.Context(), f)
		var refused *sandbox.Refused
		if !errors.As(err, &refused) || refused.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	for _, do := range []sandbox.FaultDo{{Drop: true, Status: 500}, {Status: 500, RateLimit: "user"}} {
		if _, err := s.Client().AddFault(t.Context(), sandbox.Fault{Do: do}); !sandbox.IsRefused(err, http.StatusBadRequest) {
			t.Errorf("two ends of a call: %v", err)
		}
	}
	if err := s.Client().RemoveFault(t.Context(), "77"); !sandbox.IsRefused(err, http.StatusNotFound) {
		t.Errorf("removing nothing: %v", err)
	}
}

// TestS10ChanceIsTheSameAgain: two sandboxes of one seed meet the same faults.
func TestS10ChanceIsTheSameAgain(t *testing.T) {
	t.Parallel()
	draw := func(seed uint64) (out string) {
		s := start(t, sandbox.Config{RandSeed: seed, RateLimits: sandbox.RateLimits{Off: true}})
		b, half := newRawBot(t, s), 0.5
		if _, err := s.Client().AddFault(t.Context(), sandbox.Fault{Probability: &half, Do: sandbox.FaultDo{Status: 500}}); err != nil {
			t.Fatal(err)
		}
		for range 40 {
			out += string(rune('0' + b.call("GET", "/users/@me", nil).status/100))
		}
		return out
	}
	first := draw(7)
	if second := draw(7); first != second {
		t.Errorf("%s and %s", first, second)
	}
	if other := draw(8); first == other {
		t.Errorf("another seed gives the same chances: %s", other)
	}
}
