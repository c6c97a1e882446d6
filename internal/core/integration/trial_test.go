package integration_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

func trial(i integration.Integration) integration.Trial {
	return integration.Trial{By: author, Draft: i, Subject: subject()}
}

func (o *office) answers(status int, body string) {
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
		o.clock.add(80 * time.Millisecond)
		return integration.Reply{Status: status, Body: []byte(body)}, nil
	}
}

func (o *office) try(t *testing.T, about integration.Trial) integration.Tried {
	t.Helper()
	result, err := o.resolver.Try(t.Context(), about)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestI34ATestRequestTellsEverything(t *testing.T) {
	o := newOffice()
	o.answers(200, guide)
	result := o.try(t, trial(lookup()))
	want := []integration.Yield{
		{Name: "online_status", Path: "online_status", Text: "Online", Shown: "Online"},
		{Name: "username", Path: "user.username", Text: "Ryan", Shown: "Ryan"},
		{Name: "high_score", Path: "user.scores.high_score", Text: "3000", Shown: "3000"},
		{Name: "clan", Path: "user.clan", Missing: true, Shown: "no clan", Why: `There is no key "clan" in "user"; capital and small letters differ.`},
	}
	if diff := cmp.Diff(want, result.Yields); diff != "" {
		t.Error(diff)
	}
	if result.Failure != nil || result.Status != 200 || result.Took != 80*time.Millisecond || result.Size != len(guide) || string(result.JSON) != guide || result.Text != "" {
		t.Errorf("%+v", result)
	}
	if result.Request.Method != integration.GET || result.Request.URL != "https://game.example.com/lookup?user=585576154958921739" || len(result.Request.Headers) != 3 {
		t.Errorf("request %+v", result.Request)
	}
	if len(o.shelf.rows) != 0 {
		t.Error("a test request saved something")
	}
}

func TestI34APostIsSentAsATagWouldSendIt(t *testing.T) {
	o := newOffice()
	o.answers(200, guide)
	i := lookup()
	i.Method, i.Public = integration.POST, true // nobody can make a draft public
	about := trial(i)
	about.Subject.Channel, about.Subject.Answers = 42, []integration.Answer{{Question: "What?", Text: "XYZ"}}
	result := o.try(t, about)
	want := `{"guild_id":"100","user_id":"585576154958921739","ticket_id":30,"ticket_channel_id":"42","is_new_ticket":false,"form_data":{"What?":"XYZ"}}`
	if got := string(o.world.seen()[0].Body); got != want || result.Request.Body != want {
		t.Errorf("body %s\nshown %s\nwant %s", got, result.Request.Body, want)
	}
}

// Case secret-17, for test requests: what the server echoes is masked wherever it stands.
func TestI34NoSecretIsInTheResult(t *testing.T) {
	o := newOffice()
	o.world.answer = echo
	i := lookup()
	i.Secrets = []integration.Secret{{Name: "key"}, {Name: "pin"}}
	i.URL = "https://echo.example.com/%pin%?k=%key%"
	i.Headers = []integration.Header{{Name: "Authorization", Value: secret.New("Bearer %key%")}}
	i.Placeholders = []integration.Placeholder{{Name: "header", Path: "headers.Authorization"}, {Name: "args", Path: "args"}, {Name: "number", Path: "pin"}}
	about := trial(i)
	about.Secrets = map[string]secret.Value{"key": secret.New("s&same/ 1"), "pin": secret.New("42")}
	result := o.try(t, about)
	call := o.world.seen()[0]
	if call.URL.Reveal() != "https://echo.example.com/42?k=s%26same%2F%201" || call.Headers[0].Value.Reveal() != "Bearer s&same/ 1" {
		t.Fatalf("not sent as a real request: %s", call.URL.Reveal())
	}
	shown := fmt.Sprintf("%+v %s", result, result.JSON)
	for _, hidden := range []string{"s&same", `s\u0026same`, "s%26same"} {
		if strings.Contains(shown, hidden) {
			t.Errorf("%q is in %s", hidden, shown)
		}
	}
	if result.Request.URL != "https://echo.example.com/SECRET?k=SECRET" || result.Request.Headers[0].Value != "Bearer SECRET" || result.Headers[0].Value != "[secret]" {
		t.Errorf("%+v", result)
	}
	if want := `"pin":"[secret]"`; !strings.Contains(string(result.JSON), want) {
		t.Errorf("JSON %s", result.JSON)
	}
	if got := []string{result.Yields[0].Text, result.Yields[1].Text, result.Yields[2].Text}; !cmp.Equal(got, []string{"Bearer [secret]", "[secret]", "[secret]"}) {
		t.Errorf("%q", got)
	}
	if log := o.log.String(); log != "" {
		t.Errorf("log %s", log)
	}
}

func TestI34JSONIsShownDigitForDigitAndBounded(t *testing.T) {
	deep := func(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }
	for body, want := range map[string]string{
		`{"a":0.10,"b":1e999999999,"c":12345678901234567890,"a":2}`: `{"a":0.10,"b":1e999999999,"c":12345678901234567890,"a":2}`,
		` [ 1 , null ] `:   `[1,null]`,
		`"x"`:              `"x"`,
		"{\"a\":\"\xff\"}": "{\"a\":\"\ufffd\"}",
		deep(64):           deep(64),
		deep(65):           "",
		`{"a":1}{}`:        "",
		`{"a":1`:           "",
		"":                 "",
		"<html>":           "",
		`{"a":"` + strings.Repeat("x", 600_000) + `"}`: "",
	} {
		o := newOffice()
		o.answers(200, body)
		if got := string(o.try(t, trial(lookup())).JSON); got != want {
			t.Errorf("%.60q shows %.60q, want %.60q", body, got, want)
		}
	}
}

func TestI34WhatIsNotJSONIsShownInPart(t *testing.T) {
	o := newOffice()
	o.answers(502, "<html>"+strings.Repeat("é", 5000))
	result := o.try(t, trial(lookup()))
	if result.JSON != nil || !result.Cut || len([]rune(result.Text)) != 4096 || !strings.HasPrefix(result.Text, "<html>é") {
		t.Errorf("cut %v, %d characters", result.Cut, len([]rune(result.Text)))
	}
	if result.Failure == nil || result.Failure.Class != "status" || result.Status != 502 || result.Yields[0].Why != "The request failed." || result.Yields[3].Shown != "no clan" {
		t.Errorf("%+v", result)
	}
}

func TestI34WhyAPlaceholderHasNoValue(t *testing.T) {
	const body = `{"n":null,"o":{"k":1},"e":[],"l":["x"],"m":["x",null],"s":"text"}`
	for path, want := range map[string]string{
		"n": "is null", "n.x": "is null: there is nothing inside", "o": "is an object", "o.K": `no key "K" in "o"`, "x": `no key "x" in the answer`,
		"e": "an empty list", "l.1": "is a list of 1", "l.first": "is a list: its elements are numbered", "l.01": "is a list: its elements are numbered",
		"m": "holds objects, lists or null", "s.x": "is a single value", "$.x": "selects nothing", "$.o": "is an object", "$..*": "several values",
	} {
		o := newOffice()
		o.answers(200, body)
		i := lookup()
		i.Placeholders = []integration.Placeholder{{Name: "p", Path: path}}
		if y := o.try(t, trial(i)).Yields[0]; !y.Missing || y.Shown != "N/A" || !strings.Contains(y.Why, want) {
			t.Errorf("%s: %+v, want %q", path, y, want)
		}
	}
}

func TestI34AValueThatIsNotOfItsFormatIsTold(t *testing.T) {
	o := newOffice()
	o.answers(200, `{"a":"no address","t":"1700000000","u":"https://example.com/x"}`)
	i := lookup()
	i.Placeholders = []integration.Placeholder{
		{Name: "a", Path: "a", Format: placeholder.URL, Fallback: "none"},
		{Name: "b", Path: "a", Format: placeholder.Timestamp},
		{Name: "t", Path: "t", Format: placeholder.Timestamp},
		{Name: "u", Path: "u", Format: placeholder.URL},
	}
	y := o.try(t, trial(i)).Yields
	if y[0].Missing || y[0].Shown != "none" || !strings.Contains(y[0].Why, "no http or https address") || y[1].Shown != "N/A" || !strings.Contains(y[1].Why, "no moment") {
		t.Errorf("%+v", y[:2])
	}
	if y[2].Shown != "<t:1700000000:R>" || y[2].Why != "" || y[3].Shown != "https://example.com/x" || y[3].Why != "" {
		t.Errorf("%+v", y[2:])
	}
}

// Cases oracle-01 to oracle-03: policy, resolve and connect look alike, in words and in time.
func TestI34WhatStandsInTheWayLooksAlike(t *testing.T) {
	var seen []integration.Tried
	for class, took := range map[string]time.Duration{"policy": 0, "resolve": 30 * time.Millisecond, "connect": 2 * time.Second} {
		o := newOffice()
		o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
			o.clock.add(took)
			return integration.Reply{}, &integration.Failure{Class: class, Text: "The server could not be reached.", Shown: "connect"}
		}
		start := o.clock.now()
		result := o.try(t, trial(lookup()))
		if passed := o.clock.now().Sub(start); passed != 4*time.Second {
			t.Errorf("%s took %v", class, passed)
		}
		result.Request.Headers = nil // signatures
		seen = append(seen, result)
	}
	for _, other := range seen[1:] {
		if diff := cmp.Diff(seen[0], other); diff != "" {
			t.Error(diff)
		}
	}
	if seen[0].Failure.Class != "connect" || seen[0].Took != 0 || seen[0].Status != 0 {
		t.Errorf("%+v", seen[0])
	}
}

func TestI34OnlyASoundDraftIsSent(t *testing.T) {
	o := newOffice()
	o.answers(200, guide)
	for want, edit := range map[string]func(*integration.Trial){
		"url: ": func(a *integration.Trial) { a.Draft.URL = "http://127.0.0.1/%nobody%" },
		"headers[0].name:": func(a *integration.Trial) {
			a.Draft.Headers = []integration.Header{{Name: "Host", Value: secret.New("x")}}
		},
		"name: ":        func(a *integration.Trial) { a.Draft.Name = "" },
		"secrets.key":   func(a *integration.Trial) { a.Draft.Secrets = []integration.Secret{{Name: "key"}} },
		"secrets.other": func(a *integration.Trial) { a.Secrets = map[string]secret.Value{"other": secret.New("x")} },
	} {
		about := trial(lookup())
		edit(&about)
		if _, err := o.resolver.Try(t.Context(), about); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
	about := trial(lookup())
	about.Draft.ID = "nothing"
	if _, err := o.resolver.Try(t.Context(), about); fault.KindOf(err) != fault.NotFound {
		t.Errorf("no such integration: %v", err)
	}
	o.wantCalls(t, 0, "unsound drafts")
}

func TestI34ARequestThatItsValuesSpoilIsToldAsOne(t *testing.T) {
	o := newOffice()
	o.answers(200, guide)
	i := lookup()
	i.URL = "https://game.example.com/%username%"
	about := trial(i)
	about.Subject.Name = ".."
	result := o.try(t, about)
	if result.Failure == nil || result.Failure.Class != "request" || !strings.Contains(result.Failure.Text, "username") {
		t.Errorf("%+v", result.Failure)
	}
	o.wantCalls(t, 0, "a request that cannot be built")
}

func TestI34ASavedIntegrationIsTriedWithItsOwnKeyAndHeaders(t *testing.T) {
	o := newOffice()
	o.answers(200, guide)
	i := lookup()
	i.Headers = []integration.Header{{Name: "Authorization", Value: secret.New("Bearer stored")}}
	made := o.add(t, i, nil)
	made.Headers = []integration.Header{{Name: "authorization"}}
	made.URL += "&edited=1"
	o.try(t, trial(made))
	call := o.world.seen()[0]
	if err := verify(t, call, o.keys(t, made.ID)[0]); err != nil {
		t.Errorf("signature: %v", err)
	}
	if call.Headers[0].Value.Reveal() != "Bearer stored" || !strings.HasSuffix(call.URL.Reveal(), "&edited=1") {
		t.Errorf("call %s", call.URL.Reveal())
	}
	if all := o.written(t); len(all) != 1 || all[0].Trigger != "test" || all[0].Integration != made.ID || !cmp.Equal(all[0].Missing, []string{"clan"}) {
		t.Errorf("deliveries %+v", all)
	}
	about := trial(made)
	about.By = 2
	if _, err := o.resolver.Try(t.Context(), about); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a stranger: %v", err)
	}
}

func TestI34NeitherCacheNorBreakerStandsBetween(t *testing.T) {
	f := newFailing(t)
	f.breakIt(t)
	f.made.CacheSeconds = 60
	f.err, f.reply = nil, integration.Reply{Status: 200, Body: []byte(guide)}
	about := trial(f.made)
	about.Secrets = map[string]secret.Value{"key": secret.New("v")}
	before := len(f.world.seen())
	for range 2 {
		if result := f.try(t, about); result.Failure != nil {
			t.Errorf("%+v", result.Failure)
		}
	}
	f.wantCalls(t, before+2, "two test requests")
	if h := f.resolver.Health(arcade); h[0].State != integration.Open {
		t.Errorf("a test request changed the breaker: %+v", h)
	}
}

// Case oracle-04.
func TestI34TestRequestsHaveARateOfTheirOwn(t *testing.T) {
	o := newOffice()
	o.answers(200, guide)
	try := func(by snowflake.User) error {
		about := trial(lookup())
		about.By = by
		_, err := o.resolver.Try(t.Context(), about)
		return err
	}
	sent := 0
	for range 1000 {
		if err := try(author); err == nil {
			sent++
		} else if fault.CodeOf(err) != "trial_busy" || fault.KindOf(err) != fault.Limited {
			t.Fatal(err)
		}
		o.clock.add(time.Millisecond)
	}
	if sent > 6 {
		t.Errorf("%d of 1000 were sent", sent)
	}
	var told *fault.Error
	if err := try(author); !errors.As(err, &told) || told.Retry < time.Second || told.Retry > 6*time.Second {
		t.Errorf("when to go on: %v", err)
	} else if o.clock.add(told.Retry); try(author) != nil {
		t.Errorf("%s later still too many", told.Retry)
	}
	if err := o.resolver.TakePreview(arcade, author); err != nil {
		t.Errorf("a preview beside them: %v", err)
	}
	if err := try(2); err != nil {
		t.Errorf("another author: %v", err)
	}
}
