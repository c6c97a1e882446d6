package integration_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/secret"
	"usher/internal/core/snowflake"
)

// keyed is a private integration with one secret in a header.
func keyed() integration.Integration {
	i := lookup()
	i.Secrets = []integration.Secret{{Name: "key"}}
	i.Headers = []integration.Header{{Name: "Authorization", Value: secret.New("Bearer %key%")}}
	return i
}

func value(texts ...string) map[string]secret.Value {
	values := map[string]secret.Value{}
	for n := 0; n < len(texts); n += 2 {
		values[texts[n]] = secret.New(texts[n+1])
	}
	return values
}

func byOperator() audit.Actor { return audit.Actor{User: 99, Via: audit.Dashboard} }

func (o *office) answerAll(body string) {
	o.world.answer = func(context.Context, integration.Call) (integration.Reply, error) { return ok(body) }
}

// own reads the author's integration.
func (o *office) own(t *testing.T, id integration.ID) integration.Own {
	t.Helper()
	own, err := o.catalog.Own(t.Context(), byAuthor(), id)
	if err != nil {
		t.Fatal(err)
	}
	return own
}

// edit changes the newest revision and saves it.
func (o *office) edit(t *testing.T, id integration.ID, change func(*integration.Integration)) integration.Own {
	t.Helper()
	i := o.own(t, id).Integration
	change(&i)
	saved, err := o.catalog.Update(t.Context(), byAuthor(), i)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// pinned is the revision that a guild uses.
func (o *office) pinned(t *testing.T, g snowflake.Guild) integration.InUse {
	t.Helper()
	all, err := o.catalog.ActiveIn(t.Context(), g)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d in use, %v", len(all), err)
	}
	return all[0]
}

// publish lets the operator approve the newest revision.
func (o *office) publish(t *testing.T, id integration.ID) {
	t.Helper()
	number := o.own(t, id).Revision.Number
	if err := o.catalog.RequestPublication(t.Context(), byAuthor(), id, number); err != nil {
		t.Fatal(err)
	}
	if err := o.catalog.Approve(t.Context(), byOperator(), id, number); err != nil {
		t.Fatal(err)
	}
}

// What an edit asks of guilds that gave a secret: secret-09, secret-10, I-27.
func TestI27I30AGuildFollowsOnlyWhatAsksNothingNewOfItsSecrets(t *testing.T) {
	base := func(i *integration.Integration) {
		i.Secrets = append(i.Secrets, integration.Secret{Name: "other"})
		i.URL = "https://game.example.com/lookup?k=%other%"
		i.Validation = "https://check.example.com/"
	}
	for _, c := range []struct {
		name   string
		change func(*integration.Integration)
		needs  []string // code and secret
	}{
		{"another path", func(i *integration.Integration) { i.URL = "https://game.example.com/v2/lookup?key=%other%&u=%user_id%" }, nil},
		{"POST", func(i *integration.Integration) { i.Method = integration.POST }, nil},
		{"a header without a secret", func(i *integration.Integration) {
			i.Headers = append(i.Headers, integration.Header{Name: "X-Plain", Value: secret.New("v")})
		}, nil},
		{"another value around the secret, in another case of the name", func(i *integration.Integration) {
			i.Headers[0] = integration.Header{Name: "AUTHORIZATION", Value: secret.New("Token %key%")}
		}, nil},
		{"a secret less", func(i *integration.Integration) {
			i.Secrets, i.URL = i.Secrets[:1], "https://game.example.com/lookup"
		}, nil},
		{"no secret any more, and another host", func(i *integration.Integration) {
			i.Secrets, i.Headers, i.URL, i.Validation = nil, nil, "https://elsewhere.example.org/", ""
		}, nil},
		{"no validation any more", func(i *integration.Integration) { i.Validation = "" }, nil},
		{"validation at the host of the requests", func(i *integration.Integration) { i.Validation = "https://game.example.com/check" }, nil},
		{"secret-09: another host", func(i *integration.Integration) {
			i.URL = "https://evil.example.org/lookup?k=%other%"
			i.Validation = ""
		}, []string{"host"}},
		{"another subdomain", func(i *integration.Integration) { i.URL = "https://api.example.com/lookup?k=%other%" }, []string{"host"}},
		{"another port", func(i *integration.Integration) { i.URL = "https://game.example.com:8443/lookup?k=%other%" }, []string{"host"}},
		{"I-27: a secret more", func(i *integration.Integration) { i.Secrets = append(i.Secrets, integration.Secret{Name: "third"}) }, []string{"secret third"}},
		{"another case of a secret's name", func(i *integration.Integration) {
			i.Secrets[1].Name, i.URL = "Other", "https://game.example.com/lookup?k=%Other%"
		}, []string{"secret Other"}},
		{"secret-10: a header that carries it", func(i *integration.Integration) {
			i.Headers = append(i.Headers, integration.Header{Name: "X-Key", Value: secret.New("%other%")})
		}, []string{"place other"}},
		{"from the query to the path", func(i *integration.Integration) { i.URL = "https://game.example.com/%other%" }, []string{"place other"}},
		{"into the header of another one", func(i *integration.Integration) { i.Headers[0].Value = secret.New("%key% %other%") }, []string{"place other"}},
		{"validation at another host", func(i *integration.Integration) { i.Validation = "https://new.example.com/" }, []string{"validation"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := newOffice()
			o.answerAll(guide)
			i := keyed()
			base(&i)
			made := o.add(t, i, value("key", "sesame", "other", "olive"))
			calls := len(o.world.seen())
			saved := o.edit(t, made.ID, c.change)
			if saved.Revision.Number != 2 || saved.Live != 2 || saved.Version != 2 {
				t.Fatalf("saved %+v, live %d", saved.Revision, saved.Live)
			}
			used := o.pinned(t, arcade)
			var needs []string
			if used.Waiting != nil {
				for _, n := range used.Waiting.Needs {
					needs = append(needs, strings.TrimSpace(n.Code+" "+n.Secret))
					if n.Text == "" {
						t.Errorf("%s has no words", n.Code)
					}
				}
			}
			if !slices.Equal(needs, c.needs) {
				t.Errorf("needs %v, want %v", needs, c.needs)
			}
			if want := map[bool]int64{true: 2, false: 1}[len(c.needs) == 0]; used.Revision != want {
				t.Errorf("the guild uses revision %d, want %d", used.Revision, want)
			}
			// Either way the guild goes on having its values.
			if got := o.resolve(t, subject(), "username"); got["username"] != "Ryan" || len(o.world.seen()) != calls+1 {
				t.Errorf("values %v, log %s", got, o.log)
			}
			if len(c.needs) > 0 && !strings.HasPrefix(o.world.seen()[calls].URL.Reveal(), "https://game.example.com/lookup?k=olive") {
				t.Errorf("called %s", o.world.seen()[calls].URL.Reveal())
			}
		})
	}
}

func TestI27ConfirmingGoesOnWithTheLiveRevision(t *testing.T) {
	o := newOffice()
	o.answerAll(guide)
	made := o.add(t, keyed(), value("key", "sesame"))
	o.edit(t, made.ID, func(i *integration.Integration) { i.URL = "https://new.example.net/" })
	if err := o.catalog.Activate(t.Context(), byAuthor(), arcade, made.ID, 1, value("key", "sesame")); fault.CodeOf(err) != "integration_changed" {
		t.Errorf("confirming what was shown before the edit: %v", err)
	}
	if err := o.catalog.Activate(t.Context(), byAuthor(), arcade, made.ID, 2, value("key", "fresh")); err != nil {
		t.Fatal(err)
	}
	o.resolve(t, subject(), "username")
	calls := o.world.seen()
	if got := calls[len(calls)-1]; got.URL.Reveal() != "https://new.example.net/" || got.Headers[0].Value.Reveal() != "Bearer fresh" {
		t.Errorf("called %s", got.URL.Reveal())
	}
	if used := o.pinned(t, arcade); used.Waiting != nil || used.Revision != 2 || used.Host != "new.example.net" {
		t.Errorf("in use: %+v", used)
	}
}

func TestI30AnEditThatChangesNothingMakesNoRevision(t *testing.T) {
	o := newOffice()
	i := keyed()
	i.CacheSeconds = 60
	made, err := o.catalog.Create(t.Context(), byAuthor(), i)
	if err != nil {
		t.Fatal(err)
	}
	told := len(o.shelf.told)
	same := o.edit(t, made.ID, func(*integration.Integration) {})
	if same.Version != 1 || same.Revision.Number != 1 || len(o.shelf.told) != told {
		t.Errorf("version %d, revision %d, %d entries", same.Version, same.Revision.Number, len(o.shelf.told)-told)
	}
	for name, change := range map[string]func(*integration.Integration){
		"name": func(i *integration.Integration) { i.Name = "Other" }, "description": func(i *integration.Integration) { i.Description = "Other" },
		"logo": func(i *integration.Integration) { i.Logo = "https://x.example/l.png" }, "privacy": func(i *integration.Integration) { i.Privacy = "https://x.example/p" },
		"cache_seconds":              func(i *integration.Integration) { i.CacheSeconds = 1 },
		"placeholders.clan":          func(i *integration.Integration) { i.Placeholders[3].Fallback = "" },
		"placeholders.username":      func(i *integration.Integration) { i.Placeholders[1].Path = "user" },
		"placeholders.high_score":    func(i *integration.Integration) { i.Placeholders[2].Format = "url" },
		"placeholders.online_status": func(i *integration.Integration) { i.Placeholders = i.Placeholders[1:] },
		"placeholders":               func(i *integration.Integration) { slices.Reverse(i.Placeholders) },
	} {
		before := o.own(t, made.ID)
		saved := o.edit(t, made.ID, change)
		if saved.Revision.Number != 1 || saved.Version != before.Version+1 {
			t.Errorf("%s: revision %d, version %d", name, saved.Revision.Number, saved.Version)
		}
		last := o.shelf.told[len(o.shelf.told)-1]
		if last.Action != "integration.changed" || len(last.Detail) != 1 || last.Detail[0].Field != name || last.Actor != byAuthor() {
			t.Errorf("%s was told as %+v", name, last)
		}
		o.edit(t, made.ID, func(i *integration.Integration) { *i = withVersion(before.Integration, i.Version) })
	}
	for n, change := range map[string]func(*integration.Integration){
		"method": func(i *integration.Integration) { i.Method = integration.POST }, "url": func(i *integration.Integration) { i.URL += "&a=%key%" },
		"validation":            func(i *integration.Integration) { i.Validation = "https://game.example.com/v" },
		"headers.Authorization": func(i *integration.Integration) { i.Headers[0].Value = secret.New("other %key%") },
		"headers.X-New": func(i *integration.Integration) {
			i.Headers = append(i.Headers, integration.Header{Name: "X-New", Value: secret.New("v")})
		},
		"secrets.key": func(i *integration.Integration) { i.Secrets[0].Description = "new words" },
	} {
		before := o.own(t, made.ID)
		saved := o.edit(t, made.ID, change)
		if saved.Revision.Number != before.Revision.Number+1 || saved.Live != saved.Revision.Number {
			t.Errorf("%s: revision %d, live %d", n, saved.Revision.Number, saved.Live)
		}
		if last := o.shelf.told[len(o.shelf.told)-1]; len(last.Detail) != 1 || last.Detail[0].Field != n || strings.Contains(last.Detail[0].After+last.Detail[0].Before, "Bearer") {
			t.Errorf("%s was told as %+v", n, last)
		}
		o.edit(t, made.ID, func(i *integration.Integration) { *i = withVersion(before.Integration, i.Version) })
	}
}

func withVersion(i integration.Integration, version int64) integration.Integration {
	i.Version = version
	return i
}

func TestAHeaderWithoutAValueKeepsTheOneItHas(t *testing.T) {
	o := newOffice()
	made, err := o.catalog.Create(t.Context(), byAuthor(), keyed())
	if err != nil {
		t.Fatal(err)
	}
	saved := o.edit(t, made.ID, func(i *integration.Integration) {
		i.Headers = []integration.Header{{Name: "X-New", Value: secret.New("v")}, {Name: "Authorization"}}
	})
	if got := o.own(t, made.ID).Headers; len(got) != 2 || got[1].Value.Reveal() != "Bearer %key%" || saved.Revision.Number != 2 {
		t.Errorf("headers %d, revision %d", len(got), saved.Revision.Number)
	}
	i := o.own(t, made.ID).Integration
	i.Headers = append(i.Headers, integration.Header{Name: "X-Empty"})
	if _, err := o.catalog.Update(t.Context(), byAuthor(), i); fault.KindOf(err) != fault.Invalid {
		t.Errorf("a new header without a value: %v", err)
	}
}

func TestAStaleEditIsToldAndNotWritten(t *testing.T) {
	o := newOffice()
	made, err := o.catalog.Create(t.Context(), byAuthor(), lookup())
	if err != nil {
		t.Fatal(err)
	}
	o.edit(t, made.ID, func(i *integration.Integration) { i.Name = "First" })
	late := made.Integration
	late.Name = "Late"
	if _, err := o.catalog.Update(t.Context(), byAuthor(), late); fault.KindOf(err) != fault.Conflict || fault.CodeOf(err) != "integration_changed" {
		t.Errorf("a stale edit: %v", err)
	}
	if o.own(t, made.ID).Name != "First" {
		t.Error("it was written")
	}
}

func TestI31DeletingEndsItEverywhere(t *testing.T) {
	o := newOffice()
	o.answerAll(guide)
	made := o.add(t, keyed(), value("key", "sesame"))
	if err := o.catalog.Delete(t.Context(), byOperator(), made.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("a stranger: %v", err)
	}
	o.resolve(t, subject(), "username") // which fills the cache
	if err := o.catalog.Delete(t.Context(), byAuthor(), made.ID); err != nil {
		t.Fatal(err)
	}
	if got := o.resolve(t, subject(), "username"); len(got) != 0 {
		t.Errorf("still resolved: %v", got)
	}
	if _, err := o.catalog.Own(t.Context(), byAuthor(), made.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("still there: %v", err)
	}
}
