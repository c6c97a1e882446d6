package integration_test

import (
	"context"
	"fmt"
	"net/url"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/placeholder"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

func (o *office) add(t *testing.T, i integration.Integration, secrets map[string]secret.Value) integration.Integration {
	t.Helper()
	made, err := o.catalog.Create(t.Context(), byAuthor(), i)
	if err != nil {
		t.Fatal(err)
	}
	if err := o.catalog.Activate(t.Context(), byAuthor(), arcade, made.ID, made.Live, secrets); err != nil {
		t.Fatal(err)
	}
	return made.Integration
}

func subject() integration.Subject {
	return integration.Subject{Guild: arcade, User: ryan, Name: "ryan", Locale: "en-US", Ticket: 30, IsNew: true}
}

// resolve runs to the end and gives every value as text, "—" where it is missing.
func (o *office) resolve(t *testing.T, s integration.Subject, names ...string) map[string]string {
	t.Helper()
	run := o.resolver.Begin(t.Context(), s, names)
	run.Channel(508392988985262090)
	if !run.Wait(t.Context()) {
		t.Fatal("not all answers came")
	}
	texts := map[string]string{}
	for name, v := range run.Values() {
		texts[name] = v.Text
		if v.Missing {
			texts[name] = "—" + v.Fallback
		}
	}
	return texts
}

func TestI6OnlyIntegrationsInUseAreAsked(t *testing.T) {
	o := newOffice()
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return ok(guide) }
	o.add(t, lookup(), nil)
	other := lookup()
	other.Name, other.URL, other.Placeholders = "Other", "https://other.example.com/", []integration.Placeholder{{Name: "other", Path: "x"}}
	o.add(t, other, nil)
	if got := o.resolve(t, subject(), "nothing", "user"); len(got) != 0 || len(o.world.seen()) != 0 {
		t.Errorf("values %v, %d calls", got, len(o.world.seen()))
	}
	got := o.resolve(t, subject(), "high_score", "clan", "nothing")
	if diff := cmp.Diff(map[string]string{"high_score": "3000", "clan": "—no clan"}, got); diff != "" {
		t.Error(diff)
	}
	calls := o.world.seen()
	if len(calls) != 1 || calls[0].URL.Reveal() != "https://game.example.com/lookup?user=585576154958921739" || calls[0].Method != integration.GET || calls[0].Body != nil {
		t.Errorf("calls %+v", calls)
	}
}

func TestI6I7RequestVariablesAndSecrets(t *testing.T) {
	o := newOffice()
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return ok(`{"a":1}`) }
	i := lookup()
	i.URL = "https://game.example.com/%guild_id%/%username%?k=%api_key%&t=%ticket_id%&c=%channel_id%&l=%locale%"
	i.Secrets = []integration.Secret{{Name: "api_key"}}
	i.Headers = []integration.Header{{Name: "Authorization", Value: secret.New("Bearer %api_key% for %user_id%")}}
	i.Placeholders = []integration.Placeholder{{Name: "a", Path: "a"}}
	o.add(t, i, map[string]secret.Value{"api_key": secret.New("s&cret/%user_id%")})
	s := subject()
	s.Name = "a/b c"
	o.resolve(t, s, "a")
	call := o.world.seen()[0]
	if got, want := call.URL.Reveal(), "https://game.example.com/100/a%2Fb%20c?k=s%26cret%2F%25user_id%25&t=30&c=508392988985262090&l=en-US"; got != want {
		t.Errorf("url %s, want %s", got, want)
	}
	if len(call.Headers) != 4 || call.Headers[0].Value.Reveal() != "Bearer s&cret/%user_id% for 585576154958921739" || !call.Confidential {
		t.Errorf("headers %v", call.Headers)
	}
}

func TestI8I9BodyOfAPost(t *testing.T) {
	for _, c := range []struct {
		public bool
		isNew  bool
		forms  []integration.Answer
		want   string
	}{
		{false, true, []integration.Answer{{Question: "What?", Text: "XYZ"}}, `{"guild_id":"100","user_id":"585576154958921739","ticket_id":30,"ticket_channel_id":"508392988985262090","is_new_ticket":true,"form_data":{"What?":"XYZ"}}`},
		{false, false, nil, `{"guild_id":"100","user_id":"585576154958921739","ticket_id":30,"ticket_channel_id":"508392988985262090","is_new_ticket":false,"form_data":{}}`},
		{true, true, []integration.Answer{{Question: "What?", Text: "XYZ"}}, `{"guild_id":"100","user_id":"585576154958921739","ticket_id":30,"ticket_channel_id":"508392988985262090","is_new_ticket":true}`},
	} {
		o := newOffice()
		o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return ok(guide) }
		i := lookup()
		i.Method = integration.POST
		made := o.add(t, i, nil)
		row := o.shelf.rows[made.ID]
		row.Public = c.public
		o.shelf.rows[made.ID] = row
		s := subject()
		s.Answers, s.IsNew = c.forms, c.isNew
		o.resolve(t, s, "username")
		if got := string(o.world.seen()[0].Body); got != c.want {
			t.Errorf("body %s\nwant %s", got, c.want)
		}
	}
}

func TestI11AGetFliesBeforeTheChannelExistsAndAPostAfter(t *testing.T) {
	o := newOffice()
	asked := make(chan integration.Call, 2)
	o.world.answer = func(_ context.Context, c integration.Call) (integration.Reply, error) { asked <- c; return ok(guide) }
	post := lookup()
	post.Name, post.Method, post.Placeholders = "Post", integration.POST, []integration.Placeholder{{Name: "p", Path: "online_status"}}
	o.add(t, lookup(), nil)
	o.add(t, post, nil)
	run := o.resolver.Begin(t.Context(), subject(), []string{"username", "p"})
	if first := <-asked; first.Method != integration.GET {
		t.Fatal("the POST flew before the channel existed")
	}
	run.Channel(42)
	if second := <-asked; second.Method != integration.POST || !strings.Contains(string(second.Body), `"ticket_channel_id":"42"`) {
		t.Errorf("second %s", second.Body)
	}
	run.Wait(t.Context())
}

func TestI10OneFailureTouchesNoOther(t *testing.T) {
	bad := map[string]func() (integration.Reply, error){
		"status 500 with JSON": func() (integration.Reply, error) { return integration.Reply{Status: 500, Body: []byte(guide)}, nil },
		"status 404":           func() (integration.Reply, error) { return integration.Reply{Status: 404, Body: []byte(`{}`)}, nil },
		"HTML":                 func() (integration.Reply, error) { return ok("<html>") },
		"an array":             func() (integration.Reply, error) { return ok(`[1]`) },
		"refused": func() (integration.Reply, error) {
			return integration.Reply{}, &integration.Failure{Class: "connect", Text: "the server could not be reached"}
		},
	}
	for name, answer := range bad {
		t.Run(name, func(t *testing.T) {
			o := newOffice()
			o.world.answer = func(_ context.Context, c integration.Call) (integration.Reply, error) {
				if u, _ := url.Parse(c.URL.Reveal()); u.Host == "bad.example.com" {
					return answer()
				}
				return ok(guide)
			}
			broken := lookup()
			broken.Name, broken.URL = "Broken", "https://bad.example.com/?key=sesame"
			broken.Placeholders = []integration.Placeholder{{Name: "b", Path: "online_status"}, {Name: "c", Path: "x", Fallback: "none"}}
			o.add(t, lookup(), nil)
			o.add(t, broken, nil)
			got := o.resolve(t, subject(), "b", "c", "username")
			if diff := cmp.Diff(map[string]string{"b": "—", "c": "—none", "username": "Ryan"}, got); diff != "" {
				t.Error(diff)
			}
			if log := o.log.String(); !strings.Contains(log, "integration failed") || !strings.Contains(log, "name=Broken") || !strings.Contains(log, "class=") || strings.Contains(log, "sesame") {
				t.Errorf("log %s", log)
			}
		})
	}
}

func TestASilentIntegrationIsPendingUntilTheEnd(t *testing.T) {
	o := newOffice()
	o.world.answer = func(ctx context.Context, c integration.Call) (integration.Reply, error) {
		if strings.Contains(c.URL.Reveal(), "silent") {
			<-ctx.Done()
			return integration.Reply{}, &integration.Failure{Class: "timeout", Text: "no answer in time"}
		}
		return ok(guide)
	}
	silent := lookup()
	silent.Name, silent.URL, silent.Placeholders = "Silent", "https://silent.example.com/", []integration.Placeholder{{Name: "s", Path: "x"}}
	o.add(t, lookup(), nil)
	o.add(t, silent, nil)
	ctx, cancel := context.WithCancel(t.Context())
	run := o.resolver.Begin(ctx, subject(), []string{"username", "s"})
	for run.Values()["username"].Pending {
		runtime.Gosched()
	}
	grace, stop := context.WithCancel(t.Context())
	stop()
	if run.Wait(grace) || !run.Values()["s"].Pending || run.Values()["username"].Text != "Ryan" {
		t.Errorf("values %+v", run.Values())
	}
	cancel()
	if !run.Wait(t.Context()) || !run.Values()["s"].Missing {
		t.Errorf("values %+v", run.Values())
	}
}

func TestI21CollisionsAndUnambiguousNames(t *testing.T) {
	o := newOffice()
	o.world.answer = func(_ context.Context, c integration.Call) (integration.Reply, error) {
		if strings.Contains(c.URL.Reveal(), "second") {
			return ok(`{"online_status":"2"}`)
		}
		return ok(`{"online_status":"1"}`)
	}
	second := lookup()
	second.URL = "https://second.example.com/"
	o.add(t, lookup(), nil)
	o.add(t, second, nil)
	got := o.resolve(t, subject(), "online_status", "game-lookup.online_status", "game-lookup-2.online_status")
	want := map[string]string{"online_status": "1", "game-lookup.online_status": "1", "game-lookup-2.online_status": "2"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestI25I41ASecretIsBoundToTheHost(t *testing.T) {
	o := newOffice()
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return ok(guide) }
	i := lookup()
	i.Secrets = []integration.Secret{{Name: "key"}}
	i.URL = "https://game.example.com/?k=%key%"
	made := o.add(t, i, map[string]secret.Value{"key": secret.New("sesame")})
	row := o.shelf.rows[made.ID]
	row.URL = "https://evil.example.com/?k=%key%"
	o.shelf.rows[made.ID] = row // whoever can write to the database cannot move a secret either
	o.catalog.Changed(arcade)
	if got := o.resolve(t, subject(), "username"); got["username"] != "—" || len(o.world.seen()) != 0 {
		t.Errorf("the secret went to another host: %v, %d calls", got, len(o.world.seen()))
	}
	if !strings.Contains(o.log.String(), "class=secret") {
		t.Errorf("log %s", o.log)
	}
}

func TestFormatsTravelWithValues(t *testing.T) {
	o := newOffice()
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) {
		return ok(`{"u":"https://x.example"}`)
	}
	i := lookup()
	i.Placeholders = []integration.Placeholder{{Name: "u", Path: "u", Format: placeholder.URL}}
	o.add(t, i, nil)
	run := o.resolver.Begin(t.Context(), subject(), []string{"u"})
	run.Wait(t.Context())
	if v := run.Values()["u"]; v.Format != placeholder.URL {
		t.Errorf("%+v", v)
	}
}

func TestCatalogRefusesWhatCannotBeSaved(t *testing.T) {
	long := func(n int) string { return strings.Repeat("x", n) }
	for want, edit := range map[string]func(*integration.Integration){
		"name: ":           func(i *integration.Integration) { i.Name = long(33) },
		"description: ":    func(i *integration.Integration) { i.Description = " " },
		"logo: ":           func(i *integration.Integration) { i.Logo = "http://x.example/a.png" },
		"privacy: ":        func(i *integration.Integration) { i.Privacy = "javascript:alert(1)" },
		"method: ":         func(i *integration.Integration) { i.Method = "PUT" },
		"cache_seconds: ":  func(i *integration.Integration) { i.CacheSeconds = 86_401 },
		"url: ":            func(i *integration.Integration) { i.URL = "https://%user_id%.example.com/" },
		"url: The URL has": func(i *integration.Integration) { i.URL = "https://x.example.com/" + long(255) },
		"url: Use https": func(i *integration.Integration) {
			i.URL = "http://x.example.com/"
			i.Secrets = []integration.Secret{{Name: "a"}}
		},
		"secrets: ":                  func(i *integration.Integration) { i.Secrets = make([]integration.Secret, 6) },
		"secrets[0].name: %User_ID%": func(i *integration.Integration) { i.Secrets = []integration.Secret{{Name: "User_ID"}} },
		"secrets[1].name: ":          func(i *integration.Integration) { i.Secrets = []integration.Secret{{Name: "a"}, {Name: "A"}} },
		"secrets[0].description": func(i *integration.Integration) {
			i.Secrets = []integration.Secret{{Name: "a", Description: long(256)}}
		},
		"headers[0].name: ": func(i *integration.Integration) {
			i.Headers = []integration.Header{{Name: "Host", Value: secret.New("x")}}
		},
		"headers: ":                 func(i *integration.Integration) { i.Headers = make([]integration.Header, 6) },
		"placeholders: ":            func(i *integration.Integration) { i.Placeholders = make([]integration.Placeholder, 16) },
		"placeholders[0].name: ":    func(i *integration.Integration) { i.Placeholders[0].Name = "a b" },
		"placeholders[1].name: ":    func(i *integration.Integration) { i.Placeholders[1].Name = "ONLINE_STATUS" },
		"placeholders[0].path: ":    func(i *integration.Integration) { i.Placeholders[0].Path = "a..b" },
		"placeholders[0].format: ":  func(i *integration.Integration) { i.Placeholders[0].Format = placeholder.Trusted },
		"placeholders[0].fallback:": func(i *integration.Integration) { i.Placeholders[0].Fallback = long(101) },
	} {
		i := lookup()
		edit(&i)
		o := newOffice()
		_, err := o.catalog.Create(t.Context(), byAuthor(), i)
		if fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
		if len(o.shelf.rows) != 0 {
			t.Errorf("%q: something was saved", want)
		}
	}
}

func TestCatalogRights(t *testing.T) {
	o := newOffice()
	i := lookup()
	i.Secrets = []integration.Secret{{Name: "key"}}
	made, err := o.catalog.Create(t.Context(), byAuthor(), i)
	if err != nil {
		t.Fatal(err)
	}
	key := map[string]secret.Value{"key": secret.New("v")}
	stranger := snowflake.User(2)
	if err := o.catalog.Activate(t.Context(), audit.Actor{User: stranger}, arcade, made.ID, 1, key); fault.KindOf(err) != fault.NotFound {
		t.Errorf("I-28: a private integration of another: %v", err)
	}
	for name, values := range map[string]map[string]secret.Value{
		"secrets.key":   {},
		"secrets.other": {"key": secret.New("v"), "other": secret.New("v")},
	} {
		if err := o.catalog.Activate(t.Context(), byAuthor(), arcade, made.ID, 1, values); fault.KindOf(err) != fault.Invalid || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := o.catalog.Activate(t.Context(), byAuthor(), arcade, made.ID, 1, map[string]secret.Value{"key": secret.New(strings.Repeat("x", 256))}); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a long secret: %v", err)
	}
	if _, err := o.catalog.Update(t.Context(), audit.Actor{User: stranger}, made.Integration); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another's integration was changed: %v", err)
	}
}

func TestHeaderValuesAreSealedAtRest(t *testing.T) {
	o := newOffice()
	i := lookup()
	i.Headers = []integration.Header{{Name: "Authorization", Value: secret.New("Bearer sesame")}}
	made, err := o.catalog.Create(t.Context(), byAuthor(), i)
	if err != nil {
		t.Fatal(err)
	}
	row := o.shelf.rows[made.ID]
	if len(row.Headers) != 0 || len(row.Sealed) != 1 {
		t.Errorf("row %+v", row)
	}
	if text := fmt.Sprintf("%+v", row.Integration); strings.Contains(text, "sesame") {
		t.Error(text)
	}
	owned, err := o.catalog.Owned(t.Context(), author)
	if err != nil || len(owned) != 1 || owned[0].Headers[0].Value.Reveal() != "Bearer sesame" {
		t.Errorf("%+v, %v", owned, err)
	}
}
