package storetest

import (
	"fmt"
	"time"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

func integrationRules() []rule {
	return []rule{
		{"IntegrationComesBackAsCreated", testIntegrationRoundTrip},
		{"IntegrationKeepsOddTexts", testIntegrationTexts},
		{"IntegrationEditReplacesAllButIDOwnerCreationAndKeys", testIntegrationUpdated},
		{"I13SigningKeysAreSavedOverThoseThatWereReadAlone", testSigningSaved},
		{"I13SigningKeysAreGivenByOneOfManyAtOnce", testSigningRace},
		{"IntegrationEditOfAnOldVersionChangesNothing", testIntegrationStale},
		{"IntegrationLimitIsCountedForEachOwner", testIntegrationLimit},
		{"IntegrationLimitHoldsForManyAtOnce", testIntegrationLimitRace},
		{"IntegrationIDIsTakenOnce", testIntegrationTwice},
		{"IntegrationsAreListedByName", testIntegrationOrder},
		{"IntegrationUpdateIsSeenWholeOrNotAtAll", testIntegrationTorn},
	}
}

// author owns the integrations of the tests; another is somebody else.
const (
	author  snowflake.User = 1<<62 + 100
	another snowflake.User = 1<<62 + 200
)

func record(id integration.ID, name string) integration.Record {
	return integration.Record{Integration: integration.Integration{
		ID: id, Owner: author, Name: name, Description: "d", Method: integration.POST, URL: "https://api.example/v1",
		Version: 1, Created: noon(), Changed: noon(),
	}, Revision: integration.Revision{Number: 1, State: integration.Draft, By: author, At: noon()}, Newest: 1, Live: 1}
}

func fullRecord() integration.Record {
	r := record("game", "Game lookup")
	r.Logo, r.Privacy, r.Method, r.URL, r.Public = "https://x.example/l.png", "https://x.example/p", integration.GET, "https://x.example/%user_id%?a=1&b=<2>", true
	r.LogoHash, r.Validation, r.Version = "abc", "https://x.example/check", 7
	r.Secrets = []integration.Secret{{Name: "Key", Description: "from your account"}, {Name: "other"}}
	r.Placeholders = []integration.Placeholder{{Name: "score", Path: `user.a\.b.0`, Fallback: "none", Format: "markdown", Sample: "**3000**"}, {Name: "plain", Path: "x"}}
	r.CacheSeconds = 86_400
	r.Signing = [][]byte{{0, 255, 1}, []byte("before")}
	r.Sealed = []integration.Sealed{{Name: "X-Z", Sealed: []byte{0, 1, 255}}, {Name: "Authorization", Sealed: []byte("sealed")}, {Name: "X-A", Sealed: []byte{7}}}
	return r
}

func testIntegrationRoundTrip(t trial) {
	for _, want := range []integration.Record{fullRecord(), record("bare", "Bare")} {
		ok(t, t.Integrations.CreateIntegration(t.Context(), want, 10))
		got, err := t.Integrations.Integration(t.Context(), want.ID)
		ok(t, err)
		same(t, "integration", got, want)
	}
	for _, id := range []integration.ID{"none", "", "game\x00", "GAME"} {
		_, err := t.Integrations.Integration(t.Context(), id)
		wantFault(t, err, fault.NotFound, "integration_not_found")
	}
}

func testIntegrationTexts(t trial) {
	wants := broken()
	for _, text := range oddities() {
		wants[text] = text
	}
	n := 0
	for text, want := range wants {
		n++
		r := record(integration.ID(fmt.Sprintf("i%d", n)), text)
		r.Description, r.URL = text, text
		r.Secrets = []integration.Secret{{Name: "s", Description: text}}
		r.Placeholders = []integration.Placeholder{{Name: "p", Path: text, Fallback: text}}
		r.Sealed = []integration.Sealed{{Name: text, Sealed: []byte(text)}}
		ok(t, t.Integrations.CreateIntegration(t.Context(), r, 100))
		got, err := t.Integrations.Integration(t.Context(), r.ID)
		ok(t, err)
		same(t, "texts", []string{got.Name, got.Description, got.URL, got.Secrets[0].Description, got.Placeholders[0].Path, got.Placeholders[0].Fallback, got.Sealed[0].Name},
			[]string{want, want, want, want, want, want, want})
		same(t, "sealed bytes, of any value", string(got.Sealed[0].Sealed), text)
	}
}

func testIntegrationUpdated(t trial) {
	ok(t, t.Integrations.CreateIntegration(t.Context(), fullRecord(), 10))
	changed := draft{record("game", "New name")}
	changed.Version, changed.Created, changed.Changed = 7, noon().Add(time.Hour), noon().Add(2*time.Hour)
	changed.Sealed = []integration.Sealed{{Name: "Authorization", Sealed: []byte("newer")}}
	changed.Signing = [][]byte{[]byte("not by an update")}
	changed.Owner = another
	changed.revise(integration.Draft)
	t.save(integration.Edit{Record: changed.Record, New: true})
	got, err := t.Integrations.Integration(t.Context(), "game")
	ok(t, err)
	changed.Created, changed.Signing, changed.Owner, changed.Version = noon(), fullRecord().Signing, author, 8
	same(t, "integration", got, changed.Record)
	t.wantCount(1, "SELECT COUNT(*) FROM revision_headers WHERE length(sealed) > 0")
}

func testIntegrationStale(t trial) {
	ok(t, t.Integrations.CreateIntegration(t.Context(), fullRecord(), 10))
	for _, id := range []integration.ID{"game", "none"} {
		late := record(id, "Late")
		late.Version = 6
		_, err := t.Integrations.SaveIntegration(t.Context(), integration.Edit{Record: late, Told: []audit.Entry{entry(0, "never")}})
		wantFault(t, err, fault.Conflict, "integration_changed")
	}
	got, err := t.Integrations.Integration(t.Context(), "game")
	ok(t, err)
	same(t, "integration", got, fullRecord())
	t.wantCount(0, "SELECT COUNT(*) FROM audit_entries")
}

func testIntegrationLimit(t trial) {
	ok(t, t.Integrations.CreateIntegration(t.Context(), record("a", "A"), 2))
	ok(t, t.Integrations.CreateIntegration(t.Context(), record("b", "B"), 2))
	wantFault(t, t.Integrations.CreateIntegration(t.Context(), record("c", "C"), 2), fault.Conflict, "integration_limit")
	wantFault(t, t.Integrations.CreateIntegration(t.Context(), record("c", "C"), 0), fault.Conflict, "integration_limit")
	other := record("c", "C")
	other.Owner = another
	ok(t, t.Integrations.CreateIntegration(t.Context(), other, 2))
	ok(t, t.Integrations.CreateIntegration(t.Context(), record("d", "D"), 3))
	t.wantCount(4, "SELECT COUNT(*) FROM integration_revisions")
}

func testIntegrationLimitRace(t trial) {
	const limit = 3
	won := 0
	for _, err := range together(12, func(i int) error {
		return t.Integrations.CreateIntegration(t.Context(), record(integration.ID(fmt.Sprintf("i%d", i)), "N"), limit)
	}) {
		if err == nil {
			won++
			continue
		}
		wantFault(t, err, fault.Conflict, "integration_limit")
	}
	if won != limit {
		t.Errorf("%d integrations were made under a limit of %d", won, limit)
	}
	t.wantCount(limit, "SELECT COUNT(*) FROM integrations")
}

func testIntegrationTwice(t trial) {
	ok(t, t.Integrations.CreateIntegration(t.Context(), fullRecord(), 10))
	again := record("game", "Again")
	again.Owner = another
	wantFault(t, t.Integrations.CreateIntegration(t.Context(), again, 10), fault.Conflict, "integration_exists")
	got, err := t.Integrations.Integration(t.Context(), "game")
	ok(t, err)
	same(t, "integration", got, fullRecord())
}

func testIntegrationOrder(t trial) {
	for i, name := range []string{"zebra", "Émile", "apple", "same", "SAME", "BANANA"} {
		r := record(integration.ID(fmt.Sprintf("i%d", i)), name)
		r.Sealed = []integration.Sealed{{Name: "b", Sealed: []byte(name)}, {Name: "a", Sealed: []byte(name)}}
		ok(t, t.Integrations.CreateIntegration(t.Context(), r, 10))
	}
	foreign := record("f", "Foreign")
	foreign.Owner = another
	ok(t, t.Integrations.CreateIntegration(t.Context(), foreign, 10))
	all, err := t.Listing.Owned(t.Context(), author)
	ok(t, err)
	var got []string
	for _, r := range all {
		got = append(got, r.Name)
		same(t, "headers", r.Sealed, []integration.Sealed{{Name: "b", Sealed: []byte(r.Name)}, {Name: "a", Sealed: []byte(r.Name)}})
	}
	same(t, "order", got, []string{"apple", "BANANA", "same", "SAME", "zebra", "Émile"})
	none, err := t.Listing.Owned(t.Context(), 5)
	ok(t, err)
	same(t, "integrations of somebody without any", none, nil)
}

// A reader must never meet the URL of one version with the headers of another: it would send a key to the wrong host.
func testIntegrationTorn(t trial) {
	version := func(n int) integration.Record {
		r := record("i", "N")
		r.URL = fmt.Sprintf("https://%d.example", n)
		r.Sealed = []integration.Sealed{{Name: "a", Sealed: []byte(r.URL)}, {Name: "b", Sealed: []byte(r.URL)}}
		return r
	}
	ok(t, t.Integrations.CreateIntegration(t.Context(), version(0), 1))
	ok(t, t.Activations.Activate(t.Context(), activation(home, "i", "k"), 1))
	done := make(chan error, 1)
	go func() {
		for n := 1; n <= 40; n++ {
			r := draft{version(n)}
			r.Version, r.Newest = int64(n), int64(n)
			r.revise(integration.Draft)
			if _, err := t.Integrations.SaveIntegration(t.Context(), integration.Edit{Record: r.Record, New: true, Move: []int64{int64(n)}}); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	whole := func(r integration.Record) {
		if len(r.Sealed) != 2 || string(r.Sealed[0].Sealed) != r.URL || string(r.Sealed[1].Sealed) != r.URL {
			t.Errorf("torn: %s with %v", r.URL, r.Sealed)
		}
	}
	for {
		select {
		case err := <-done:
			ok(t, err)
			return
		default:
		}
		one, err := t.Integrations.Integration(t.Context(), "i")
		ok(t, err)
		whole(one)
		active, err := t.Activations.Active(t.Context(), home)
		ok(t, err)
		whole(active[0].Record)
	}
}
