package storetest

import (
	"fmt"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

func activationRules() []rule {
	return []rule{
		{"I21ActiveListsAllInOrderOfFirstActivation", testActiveOrder},
		{"I21ASlugIsGivenOnceAndStays", testSlugsStay},
		{"ActivationReplacedKeepsItsPlaceAndLosesOldSecrets", testActivationReplaced},
		{"ActivationLimitIsCountedForEachGuild", testActivationLimit},
		{"ActivationLimitHoldsForManyAtOnce", testActivationLimitRace},
		{"ActivationOfNothingIsNotFound", testActivationOfNothing},
		{"I32DeactivationDestroysTheGuildsSecrets", testDeactivation},
		{"I30ActiveSeesANewIdentityAndThePinnedRequest", testActiveUpdated},
	}
}

// activation has a secret of each value, in order.
func activation(g snowflake.Guild, id integration.ID, secrets ...string) integration.Activation {
	a := integration.Activation{Guild: g, By: author, At: noon(), Slug: integration.FreeSlug(string(id), nil), Version: 1, Record: record(id, string(id))}
	for i, s := range secrets {
		a.Secrets = append(a.Secrets, integration.Sealed{Name: fmt.Sprintf("s%d", len(secrets)-i), Sealed: []byte(s)})
	}
	return a
}

// create makes integrations that have as many headers as their place in the list.
func create(t trial, ids ...integration.ID) map[integration.ID]integration.Record {
	t.Helper()
	made := map[integration.ID]integration.Record{}
	for n, id := range ids {
		r := record(id, string(id))
		for h := range n {
			r.Sealed = append(r.Sealed, integration.Sealed{Name: fmt.Sprintf("h%d", n-h), Sealed: []byte{byte(h)}})
		}
		ok(t, t.Integrations.CreateIntegration(t.Context(), r, 100))
		made[id] = r
	}
	return made
}

func testActiveOrder(t trial) {
	made := create(t, "a", "b", "c", "d")
	var want []integration.Activation
	for _, a := range []integration.Activation{
		activation(home, "c", "one", "two"), activation(home, "a"), activation(home, "d", "x"), activation(home, "b", "p", "q", "r"),
	} {
		ok(t, t.Activations.Activate(t.Context(), a, 10))
		a.Record = made[a.Record.ID]
		want = append(want, a)
	}
	ok(t, t.Activations.Activate(t.Context(), activation(abroad, "a", "abroad"), 10))
	got, err := t.Activations.Active(t.Context(), home)
	ok(t, err)
	same(t, "active integrations", got, want)
	none, err := t.Activations.Active(t.Context(), 5)
	ok(t, err)
	same(t, "active integrations of a guild without any", none, nil)
}

func testSlugsStay(t trial) {
	activate := func(id integration.ID, name string) {
		t.Helper()
		a := activation(home, id)
		a.Record.Name, a.Slug = name, "not the caller's"
		ok(t, t.Activations.Activate(t.Context(), a, 10))
	}
	create(t, "a", "b", "c")
	activate("a", "Game lookup")
	activate("b", "Game lookup")
	activate("c", "Ticket")
	activate("a", "Bank") // called otherwise by now
	wantSlugs := func(want ...string) {
		t.Helper()
		all, err := t.Activations.Active(t.Context(), home)
		ok(t, err)
		var got []string
		for _, a := range all {
			got = append(got, a.Slug)
		}
		same(t, "slugs", got, want)
	}
	wantSlugs("game-lookup", "game-lookup-2", "ticket-2")
	ok(t, t.Activations.Deactivate(t.Context(), home, "a"))
	wantSlugs("game-lookup-2", "ticket-2") // nobody else's changes
	activate("a", "Game lookup")
	wantSlugs("game-lookup-2", "ticket-2", "game-lookup")
}

func testActivationReplaced(t trial) {
	made := create(t, "a", "b", "c")
	for _, id := range []integration.ID{"b", "a", "c"} {
		ok(t, t.Activations.Activate(t.Context(), activation(home, id, "old", "older"), 3))
	}
	again := activation(home, "b", "new")
	again.At = noon().Add(time.Hour)
	ok(t, t.Activations.Activate(t.Context(), again, 3)) // the limit is reached, but by other ones
	got, err := t.Activations.Active(t.Context(), home)
	ok(t, err)
	again.Version = 2
	want := []integration.Activation{again, activation(home, "a", "old", "older"), activation(home, "c", "old", "older")}
	for i := range want {
		want[i].Record = made[want[i].Record.ID]
	}
	same(t, "active integrations", got, want)
	t.wantCount(5, "SELECT COUNT(*) FROM activation_secrets")
}

func testActivationLimit(t trial) {
	create(t, "a", "b", "c")
	ok(t, t.Activations.Activate(t.Context(), activation(home, "a"), 2))
	ok(t, t.Activations.Activate(t.Context(), activation(home, "b"), 2))
	wantFault(t, t.Activations.Activate(t.Context(), activation(home, "c", "lost"), 2), fault.Conflict, "activation_limit")
	t.wantCount(0, "SELECT COUNT(*) FROM activation_secrets")
	ok(t, t.Activations.Activate(t.Context(), activation(abroad, "c"), 2))
	ok(t, t.Activations.Deactivate(t.Context(), home, "a"))
	ok(t, t.Activations.Activate(t.Context(), activation(home, "c"), 2))
}

func testActivationLimitRace(t trial) {
	const limit, rivals = 3, 10
	var ids []integration.ID
	for i := range rivals {
		ids = append(ids, integration.ID(fmt.Sprintf("i%d", i)))
	}
	create(t, ids...)
	won := 0
	for _, err := range together(rivals, func(i int) error {
		return t.Activations.Activate(t.Context(), activation(home, ids[i], "s"), limit)
	}) {
		if err == nil {
			won++
			continue
		}
		wantFault(t, err, fault.Conflict, "activation_limit")
	}
	if won != limit {
		t.Errorf("%d activations under a limit of %d", won, limit)
	}
	t.wantCount(limit, "SELECT COUNT(*) FROM activations")
	t.wantCount(limit, "SELECT COUNT(*) FROM activation_secrets")
}

func testActivationOfNothing(t trial) {
	wantFault(t, t.Activations.Activate(t.Context(), activation(home, "none", "s"), 2), fault.NotFound, "integration_not_found")
	t.wantCount(0, "SELECT COUNT(*) FROM activations")
	wantFault(t, t.Activations.Deactivate(t.Context(), home, "none"), fault.NotFound, "activation_not_found")
}

func testDeactivation(t trial) {
	create(t, "a", "b")
	for _, a := range []integration.Activation{activation(home, "a", "x", "y"), activation(home, "b", "keep"), activation(abroad, "a", "keep")} {
		ok(t, t.Activations.Activate(t.Context(), a, 10))
	}
	wantFault(t, t.Activations.Deactivate(t.Context(), abroad, "b"), fault.NotFound, "activation_not_found")
	t.wantCount(4, "SELECT COUNT(*) FROM activation_secrets")
	ok(t, t.Activations.Deactivate(t.Context(), home, "a"))
	t.wantCount(2, "SELECT COUNT(*) FROM activation_secrets")
	t.wantCount(0, fmt.Sprintf("SELECT COUNT(*) FROM activation_secrets WHERE guild_id = %d AND integration_id = 'a'", home))
	wantFault(t, t.Activations.Deactivate(t.Context(), home, "a"), fault.NotFound, "activation_not_found")
	// Activated anew it stands at the end, without the old secrets.
	ok(t, t.Activations.Activate(t.Context(), activation(home, "a"), 10))
	got, err := t.Activations.Active(t.Context(), home)
	ok(t, err)
	if len(got) != 2 || got[0].Record.ID != "b" || got[1].Record.ID != "a" || got[1].Secrets != nil {
		t.Errorf("active: %+v", got)
	}
}

func testActiveUpdated(t trial) {
	create(t, "a")
	ok(t, t.Activations.Activate(t.Context(), activation(home, "a", "s"), 1))
	changed := draft{fullRecord()}
	changed.ID, changed.Signing, changed.Version, changed.Public = "a", nil, 1, false
	changed.revise(integration.Draft)
	changed.Guilds = 1
	t.save(integration.Edit{Record: changed.Record, New: true})
	got, err := t.Activations.Active(t.Context(), home)
	ok(t, err)
	want := activation(home, "a", "s")
	request := want.Record
	want.Record = changed.Record
	want.Record.Version, want.Record.Guilds = 2, 0
	want.Record.Method, want.Record.URL, want.Record.Validation, want.Record.Secrets = request.Method, request.URL, "", nil
	want.Record.Sealed, want.Record.Revision = nil, request.Revision
	want.Record.Revision.State = integration.Superseded
	same(t, "active integrations", got, []integration.Activation{want})
}
