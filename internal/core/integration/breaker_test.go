package integration_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/integration"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// failing is an office whose one integration answers as fail says; ask asks once for a user that nobody asked for before.
type failing struct {
	*office
	made  integration.Integration
	reply integration.Reply
	err   error
	asked int
}

func newFailing(t *testing.T) *failing {
	t.Helper()
	f := &failing{office: newOffice(), err: &integration.Failure{Class: "policy", Text: "unreachable", Shown: "connect"}}
	f.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return f.reply, f.err }
	i := lookup()
	i.Secrets = []integration.Secret{{Name: "key"}}
	f.made = f.add(t, i, map[string]secret.Value{"key": secret.New("v")})
	return f
}

func (f *failing) ask(t *testing.T, g snowflake.Guild) map[string]string {
	t.Helper()
	f.asked++
	s := subject()
	s.Guild, s.User = g, snowflake.User(f.asked)
	return f.resolve(t, s, "username")
}

// wantSent demands that asking sends a request, or that it does not.
func (f *failing) wantSent(t *testing.T, sent bool, why string) {
	t.Helper()
	before := len(f.world.seen())
	f.ask(t, arcade)
	if got := len(f.world.seen()) > before; got != sent {
		t.Errorf("%s: sent is %v", why, got)
	}
}

// breakIt lets it fail until it is left alone.
func (f *failing) breakIt(t *testing.T) {
	t.Helper()
	for n := range 5 {
		f.wantSent(t, true, fmt.Sprint("failure ", n))
	}
}

func TestI15AFailingIntegrationIsLeftAlone(t *testing.T) {
	f := newFailing(t)
	if h := f.resolver.Health(arcade); len(h) != 0 {
		t.Errorf("without trouble: %+v", h)
	}
	start := f.clock.now()
	f.wantSent(t, true, "first")
	f.clock.add(time.Minute)
	want := integration.Health{Integration: f.made.ID, State: integration.Closed, Since: start, Failures: 1, Class: "connect"}
	if diff := cmp.Diff([]integration.Health{want}, f.resolver.Health(arcade)); diff != "" {
		t.Error(diff)
	}
	for range 4 {
		f.wantSent(t, true, "until the fifth")
	}
	f.wantSent(t, false, "after five failures")
	now := f.clock.now()
	want = integration.Health{Integration: f.made.ID, State: integration.Open, Since: now, Failures: 5, Class: "connect", Retry: now.Add(30 * time.Second)}
	if diff := cmp.Diff([]integration.Health{want}, f.resolver.Health(arcade)); diff != "" {
		t.Error(diff)
	}
	deliveries := f.written(t)
	if last := deliveries[len(deliveries)-1]; last.Class != "open" || last.Status != 0 {
		t.Errorf("delivery %+v", last)
	}
	f.clock.add(30*time.Second - 1)
	f.wantSent(t, false, "a moment too early")
	f.clock.add(1)
	if h := f.resolver.Health(arcade); h[0].State != integration.HalfOpen || !h[0].Since.Equal(now.Add(30*time.Second)) {
		t.Errorf("%+v", h)
	}
	f.err, f.reply = nil, integration.Reply{Status: 200, Body: []byte(guide)}
	f.wantSent(t, true, "the probe")
	f.wantSent(t, true, "after a good probe")
	if h := f.resolver.Health(arcade); len(h) != 0 {
		t.Errorf("well again: %+v", h)
	}
}

func TestI15EachFailedProbeDoublesTheRest(t *testing.T) {
	f := newFailing(t)
	f.breakIt(t)
	for _, rest := range []string{"30s", "1m", "2m", "4m", "5m", "5m"} {
		d, err := time.ParseDuration(rest)
		if err != nil {
			t.Fatal(err)
		}
		f.clock.add(d - 1)
		f.wantSent(t, false, fmt.Sprint("within ", rest))
		f.clock.add(1)
		f.wantSent(t, true, fmt.Sprint("after ", rest))
	}
}

func TestI15OneProbeAtATime(t *testing.T) {
	f := newFailing(t)
	f.breakIt(t)
	f.clock.add(time.Minute)
	let := make(chan struct{})
	f.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { <-let; return ok(guide) }
	before := len(f.world.seen())
	s := subject()
	s.User = 1
	probe := f.resolver.Begin(t.Context(), s, []string{"username"})
	waitFor(t, func() bool { return len(f.world.seen()) > before })
	f.wantSent(t, false, "beside the probe")
	close(let)
	probe.Wait(t.Context())
	f.wantSent(t, true, "after the probe")
}

func TestI15AProbeThatIsGivenUpMakesRoomForAnother(t *testing.T) {
	f := newFailing(t)
	f.breakIt(t)
	f.clock.add(time.Minute)
	f.err = &integration.Failure{Class: "egress", Text: "given up"}
	f.wantSent(t, true, "the probe")
	f.err = &integration.Failure{Class: "connect", Text: "unreachable"}
	f.wantSent(t, true, "the next probe")
	f.wantSent(t, false, "after a failed probe")
}

// Case tenant-02: whatever a guild's secrets and values do harms no other guild.
func TestI15OneGuildsFailuresOpenOnlyItsOwn(t *testing.T) {
	f := newFailing(t)
	if err := f.catalog.Activate(t.Context(), byAuthor(), abroad, f.made.ID, 1, map[string]secret.Value{"key": secret.New("w")}); err != nil {
		t.Fatal(err)
	}
	f.breakIt(t)
	f.wantSent(t, false, "at home")
	before := len(f.world.seen())
	f.ask(t, abroad)
	if len(f.world.seen()) == before {
		t.Error("another guild's request was not sent")
	}
	if h := f.resolver.Health(abroad); len(h) != 1 || h[0].State != integration.Closed || h[0].Failures != 1 {
		t.Errorf("%+v", h)
	}
}

func TestI15AChangeOfWhatIsRequestedStartsAnew(t *testing.T) {
	for name, change := range map[string]func(*failing){
		"the guild gives its secrets again": func(f *failing) {
			if err := f.catalog.Activate(t.Context(), byAuthor(), arcade, f.made.ID, 1, map[string]secret.Value{"key": secret.New("other")}); err != nil {
				t.Fatal(err)
			}
		},
		"the author mends the URL": func(f *failing) {
			f.made.URL += "&v=2"
			if _, err := f.catalog.Update(t.Context(), byAuthor(), f.made); err != nil {
				t.Fatal(err)
			}
			f.catalog.Changed(arcade)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFailing(t)
			f.breakIt(t)
			f.wantSent(t, false, "before")
			change(f)
			f.wantSent(t, true, "after")
			if h := f.resolver.Health(arcade); len(h) != 1 || h[0].Failures != 1 {
				t.Errorf("%+v", h)
			}
		})
	}
}

func TestI15WhatCountsAsAFailure(t *testing.T) {
	reply := func(status int, body string) func(*failing) {
		return func(f *failing) { f.err, f.reply = nil, integration.Reply{Status: status, Body: []byte(body)} }
	}
	class := func(class string) func(*failing) {
		return func(f *failing) { f.err = &integration.Failure{Class: class, Text: "x"} }
	}
	for name, c := range map[string]struct {
		make   func(*failing)
		counts bool
	}{
		"500": {reply(500, ""), true}, "502": {reply(502, guide), true}, "503": {reply(503, ""), true}, "429": {reply(429, ""), true},
		"401": {reply(401, ""), true}, "403": {reply(403, ""), true}, "HTML": {reply(200, "<html>"), true}, "array": {reply(200, "[]"), true},
		"404": {reply(404, "{}"), false}, "400": {reply(400, ""), false}, "410": {reply(410, ""), false}, "422": {reply(422, ""), false},
		"nothing found": {reply(200, "{}"), false}, "timeout": {class("timeout"), true}, "tls": {class("tls"), true}, "connect": {class("connect"), true},
		"redirect": {class("redirect"), true}, "too large": {class("too_large"), true}, "encoding": {class("encoding"), true}, "resolve": {class("resolve"), true},
		"our slots": {class("busy"), false}, "given up": {class("egress"), false}, "this one's URL": {class("url"), false},
	} {
		f := newFailing(t)
		c.make(f)
		for range 20 { // within the burst of the rates
			f.ask(t, arcade)
		}
		if sent := len(f.world.seen()); c.counts != (sent == 5) || !c.counts && sent != 20 {
			t.Errorf("%s: %d requests of 20 were sent", name, sent)
		}
	}
}

func TestI15AServerThatAsksForRestGetsIt(t *testing.T) {
	for after, rest := range map[string]time.Duration{"7": 30 * time.Second, "100": 100 * time.Second, "86400": 5 * time.Minute} {
		f := newFailing(t)
		f.err, f.reply = nil, integration.Reply{Status: 429, Headers: []integration.ReplyHeader{{Name: "retry-after", Value: after}}}
		f.wantSent(t, true, "first")
		f.clock.add(rest - 1)
		f.wantSent(t, false, "within the rest of "+after)
		f.clock.add(1)
		f.wantSent(t, true, "after the rest of "+after)
	}
}

func TestI15ASuccessForgivesFailures(t *testing.T) {
	f := newFailing(t)
	down := f.err
	for range 10 {
		f.err = down
		for range 4 {
			f.wantSent(t, true, "four failures")
		}
		f.err, f.reply = nil, integration.Reply{Status: 200, Body: []byte(guide)}
		f.wantSent(t, true, "a success")
	}
}

func TestI15PausedIntegrationsAreCounted(t *testing.T) {
	f := newFailing(t)
	want := func(integrations, guilds int) {
		t.Helper()
		if i, g := f.resolver.Paused(); i != integrations || g != guilds {
			t.Errorf("%d integrations in %d guilds, want %d in %d", i, g, integrations, guilds)
		}
	}
	want(0, 0)
	f.ask(t, arcade)
	want(0, 0)
	for range 4 {
		f.ask(t, arcade)
	}
	want(1, 1)
	f.clock.add(time.Hour) // the next one is a try
	want(0, 0)
}
