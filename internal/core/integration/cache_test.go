package integration_test

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"usher/internal/core/integration"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// cached is an office with one integration whose answers may be used again for a minute.
func cached(t *testing.T, edit func(*integration.Integration)) *office {
	t.Helper()
	o := newOffice()
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return ok(guide) }
	i := lookup()
	i.CacheSeconds = 60
	if edit != nil {
		edit(&i)
	}
	o.add(t, i, nil)
	return o
}

func (o *office) wantCalls(t *testing.T, want int, why string) {
	t.Helper()
	if got := len(o.world.seen()); got != want {
		t.Errorf("%s: %d calls, want %d", why, got, want)
	}
}

func TestI14AnswersAreUsedAgainUntilTheyAreOld(t *testing.T) {
	o := cached(t, nil)
	for range 3 {
		if got := o.resolve(t, subject(), "username"); got["username"] != "Ryan" {
			t.Errorf("values %v", got)
		}
	}
	o.clock.add(59 * time.Second)
	if got := o.resolve(t, subject(), "high_score", "clan"); got["high_score"] != "3000" || got["clan"] != "—no clan" {
		t.Errorf("other placeholders of a kept answer: %v", got)
	}
	o.wantCalls(t, 1, "within the minute")
	o.clock.add(time.Second)
	o.resolve(t, subject(), "username")
	o.wantCalls(t, 2, "after the minute")
}

func TestI14WithoutTheAuthorsWishNothingIsKept(t *testing.T) {
	o := cached(t, func(i *integration.Integration) { i.CacheSeconds = 0 })
	o.resolve(t, subject(), "username")
	o.resolve(t, subject(), "username")
	o.wantCalls(t, 2, "no cache")
}

func TestI14EverythingInARequestIsPartOfTheKey(t *testing.T) {
	for name, change := range map[string]func(t *testing.T, o *office, made *integration.Integration, s *integration.Subject){
		"another user in the URL":    func(_ *testing.T, _ *office, _ *integration.Integration, s *integration.Subject) { s.User++ },
		"another locale in a header": func(_ *testing.T, _ *office, _ *integration.Integration, s *integration.Subject) { s.Locale = "de" },
		"another path":               func(_ *testing.T, _ *office, i *integration.Integration, _ *integration.Subject) { i.URL += "&x=1" },
		"a header moved to its end": func(_ *testing.T, _ *office, i *integration.Integration, _ *integration.Subject) {
			i.Headers[0].Name += "l"
		},
		"another header value": func(_ *testing.T, _ *office, i *integration.Integration, _ *integration.Subject) {
			i.Headers[0].Value = secret.New("y")
		},
		"another method": func(_ *testing.T, _ *office, i *integration.Integration, _ *integration.Subject) {
			i.Method = integration.POST
		},
		"another life": func(_ *testing.T, _ *office, i *integration.Integration, _ *integration.Subject) { i.CacheSeconds = 61 },
		"another answer of the opener": func(_ *testing.T, _ *office, _ *integration.Integration, s *integration.Subject) {
			s.Answers = []integration.Answer{{Question: "q", Text: "a"}}
		},
		"a secret given anew": func(t *testing.T, o *office, i *integration.Integration, _ *integration.Subject) {
			if err := o.catalog.Activate(t.Context(), byAuthor(), arcade, i.ID, 1, map[string]secret.Value{"key": secret.New("w")}); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice()
			o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return ok(guide) }
			i := lookup()
			i.CacheSeconds, i.Secrets = 60, []integration.Secret{{Name: "key"}}
			i.Headers = []integration.Header{{Name: "X-Locale", Value: secret.New("%locale%")}}
			if name == "another answer of the opener" {
				i.Method = integration.POST
			}
			made := o.add(t, i, map[string]secret.Value{"key": secret.New("v")})
			s := subject()
			o.resolve(t, s, "username")
			o.resolve(t, s, "username")
			o.wantCalls(t, 1, "alike")
			was := made
			was.Headers = append([]integration.Header(nil), made.Headers...)
			change(t, o, &made, &s)
			if fmt.Sprint(was) != fmt.Sprint(made) || was.Headers[0] != made.Headers[0] {
				if _, err := o.catalog.Update(t.Context(), byAuthor(), made); err != nil {
					t.Fatal(err)
				}
				o.catalog.Changed(arcade)
			}
			o.resolve(t, s, "username")
			o.wantCalls(t, 2, "not alike")
		})
	}
}

// Case tenant-04: what one guild was answered is never shown in another, though everything sent is the same.
func TestI14GuildsShareNoAnswer(t *testing.T) {
	o := cached(t, nil)
	owned, err := o.catalog.Owned(t.Context(), author)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.catalog.Activate(t.Context(), byAuthor(), abroad, owned[0].ID, 1, nil); err != nil {
		t.Fatal(err)
	}
	o.resolve(t, subject(), "username")
	s := subject()
	s.Guild = abroad
	o.resolve(t, s, "username")
	o.wantCalls(t, 2, "two guilds")
}

func TestI14TheAuthorsCacheControlWins(t *testing.T) {
	for _, c := range []struct {
		lines []string
		keeps time.Duration
	}{
		{nil, 60 * time.Second},
		{[]string{"no-store"}, 0},
		{[]string{"NO-STORE"}, 0},
		{[]string{"max-age=600, no-store"}, 0},
		{[]string{"max-age=600", "no-store"}, 0},
		{[]string{`no-cache="Set-Cookie"`}, 0},
		{[]string{"no-cache"}, 0},
		{[]string{"private, max-age=600"}, 0},
		{[]string{"max-age=0"}, 0},
		{[]string{"max-age=-1"}, 0},
		{[]string{"max-age"}, 0},
		{[]string{"max-age=soon"}, 0},
		{[]string{"max-age=10"}, 10 * time.Second},
		{[]string{`max-age="10"`}, 10 * time.Second},
		{[]string{"max-age=10, max-age=20"}, 10 * time.Second},
		{[]string{"public, max-age=600"}, 60 * time.Second},
		{[]string{"max-age=99999999999999999999"}, 60 * time.Second},
		{[]string{"max-age=10, s-maxage=20"}, 20 * time.Second},
		{[]string{"s-maxage=0, max-age=20"}, 0},
		{[]string{"public, must-revalidate,, immutable, x-no-store-y"}, 60 * time.Second},
	} {
		o := cached(t, nil)
		o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
			reply := integration.Reply{Status: 200, Body: []byte(guide), Headers: []integration.ReplyHeader{{Name: "Content-Type", Value: "no-store"}}}
			for _, line := range c.lines {
				reply.Headers = append(reply.Headers, integration.ReplyHeader{Name: "cache-control", Value: line})
			}
			return reply, nil
		}
		o.resolve(t, subject(), "username")
		want := 1
		if c.keeps > 0 {
			o.clock.add(c.keeps - 1)
			o.resolve(t, subject(), "username")
			o.clock.add(1)
		}
		o.wantCalls(t, want, fmt.Sprint("kept ", c.lines))
		o.resolve(t, subject(), "username")
		o.wantCalls(t, want+1, fmt.Sprint("too old ", c.lines))
	}
}

func TestI14OnlyGoodAnswersAreKept(t *testing.T) {
	for _, bad := range []integration.Reply{
		{Status: 500, Body: []byte(guide)}, {Status: 404, Body: []byte(`{}`)}, {Status: 200, Body: []byte("<html>")}, {Status: 200, Body: []byte("[]")},
	} {
		o := cached(t, nil)
		good := o.world.answer
		o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return bad, nil }
		o.resolve(t, subject(), "username")
		o.world.answer = good
		if got := o.resolve(t, subject(), "username"); got["username"] != "Ryan" {
			t.Errorf("after %d %s: %v", bad.Status, bad.Body, got)
		}
	}
}

func TestI14TheCacheIsBoundedInBytes(t *testing.T) {
	o := tunedOffice(func(tuning *integration.Tuning) { tuning.CacheBytes = 10_000 })
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
		return ok(`{"online_status":"` + strings.Repeat("x", 3000) + `"}`)
	}
	i := lookup()
	i.CacheSeconds = 60
	o.add(t, i, nil)
	ask := func(n int) {
		s := subject()
		s.User = snowflake.User(n)
		o.resolve(t, s, "online_status")
	}
	for _, n := range []int{1, 2, 1, 3} { // two fit; 1 was used last
		ask(n)
	}
	o.wantCalls(t, 3, "1 from the cache")
	ask(1)
	o.wantCalls(t, 3, "1 is still there")
	ask(2)
	o.wantCalls(t, 4, "2 made room")
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
		return ok(`{"online_status":"` + strings.Repeat("x", 20_000) + `"}`)
	}
	ask(4)
	ask(4)
	o.wantCalls(t, 6, "more than the whole cache is not kept")
}

// waitFor turns until the condition holds; the test's own time limit ends it otherwise.
func waitFor(t *testing.T, condition func() bool) {
	t.Helper()
	for !condition() {
		if t.Context().Err() != nil {
			t.Fatal("it never came about")
		}
		runtime.Gosched()
	}
}

func TestI14RequestsAlikeAtOneMomentAreSentOnce(t *testing.T) {
	o := cached(t, func(i *integration.Integration) { i.CacheSeconds = 0 })
	let := make(chan struct{})
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { <-let; return ok(guide) }
	var group sync.WaitGroup
	var ready, good atomic.Int32
	for n := range 20 {
		group.Go(func() {
			name, want := "username", "Ryan"
			if n%2 == 1 {
				name, want = "high_score", "3000"
			}
			run := o.resolver.Begin(t.Context(), subject(), []string{name})
			ready.Add(1)
			run.Wait(t.Context())
			if v := run.Values()[name]; v.Text == want {
				good.Add(1)
			}
		})
	}
	waitFor(t, func() bool { return ready.Load() == 20 && len(o.world.seen()) > 0 })
	for range 1000 { // time for a second request, were there one
		runtime.Gosched()
	}
	close(let)
	group.Wait()
	if good.Load() != 20 {
		t.Errorf("%d of 20 have their value", good.Load())
	}
	// A straggler may come after the first answer is in and be sent by itself; it never comes to one request for each.
	if n := len(o.world.seen()); n > 3 {
		t.Errorf("%d calls", n)
	}
	shared := 0
	for _, d := range o.written(t) {
		if d.Cached {
			shared++
		}
	}
	if shared < 17 {
		t.Errorf("%d deliveries are told to be another's", shared)
	}
}

func TestI14WhoGivesUpLeavesTheOthersToTheAnswer(t *testing.T) {
	o := cached(t, nil)
	let := make(chan struct{})
	cancelled := make(chan struct{}, 1)
	o.world.answer = func(ctx context.Context, _ integration.Call) (integration.Reply, error) {
		select {
		case <-let:
			return ok(guide)
		case <-ctx.Done():
			cancelled <- struct{}{}
			return integration.Reply{}, &integration.Failure{Class: "egress", Text: "given up"}
		}
	}
	impatient, giveUp := context.WithCancel(t.Context())
	first := o.resolver.Begin(impatient, subject(), []string{"username"})
	waitFor(t, func() bool { return len(o.world.seen()) == 1 })
	second := o.resolver.Begin(t.Context(), subject(), []string{"username"})
	waitFor(t, func() bool { return o.resolver.Waiting() == 2 })
	giveUp()
	if !first.Wait(t.Context()) || !first.Values()["username"].Missing {
		t.Error("the first one did not give up")
	}
	close(let)
	if !second.Wait(t.Context()) || second.Values()["username"].Text != "Ryan" {
		t.Errorf("the second one has %+v", second.Values())
	}
	select {
	case <-cancelled:
		t.Error("the request was cancelled although somebody waited")
	default:
	}
	o.wantCalls(t, 1, "both")
}

func TestI14WhenAllGaveUpTheRequestIsCancelledAndTheNextIsSentAnew(t *testing.T) {
	o := cached(t, nil)
	ended := make(chan struct{})
	var calls atomic.Int32
	o.world.answer = func(ctx context.Context, _ integration.Call) (integration.Reply, error) {
		if calls.Add(1) > 1 {
			return ok(guide)
		}
		<-ctx.Done()
		<-ended // it takes its time to end: the next one must not join it
		return integration.Reply{}, &integration.Failure{Class: "egress", Text: "given up"}
	}
	impatient, giveUp := context.WithCancel(t.Context())
	run := o.resolver.Begin(impatient, subject(), []string{"username"})
	waitFor(t, func() bool { return calls.Load() == 1 })
	giveUp()
	run.Wait(t.Context())
	if got := o.resolve(t, subject(), "username"); got["username"] != "Ryan" {
		t.Errorf("values %v", got)
	}
	close(ended)
}

func TestI10APanicOfTheWayOutCostsItsOwnValuesOnly(t *testing.T) {
	o := cached(t, nil)
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { panic("a defect") }
	if got := o.resolve(t, subject(), "username"); got["username"] != "—" {
		t.Errorf("values %v", got)
	}
	if !strings.Contains(o.log.String(), "class=internal") {
		t.Errorf("log %s", o.log)
	}
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return ok(guide) }
	if got := o.resolve(t, subject(), "username"); got["username"] != "Ryan" {
		t.Errorf("after the panic: %v", got)
	}
}
