package storetest

import (
	"fmt"
	"testing"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

func activationCases() []Case {
	return []Case{
		{"I21ActiveListsAllInOrderOfFirstActivation", testActiveOrder},
		{"ActivationReplacedKeepsItsPlaceAndLosesOldSecrets", testActivationReplaced},
		{"ActivationLimitIsCountedForEachGuild", testActivationLimit},
		{"ActivationLimitHoldsForManyAtOnce", testActivationLimitRace},
		{"ActivationOfNothingIsNotFound", testActivationOfNothing},
		{"I32DeactivationDestroysTheGuildsSecrets", testDeactivation},
		{"ActiveSeesAnUpdatedIntegration", testActiveUpdated},
	}
}

// activation has a secret of each value, in order.
func activation(g snowflake.Guild, id integration.ID, secrets ...string) integration.Activation {
	a := integration.Activation{Guild: g, By: author, At: noon(), Record: record(id, string(id))}
	for i, s := range secrets {
		a.Secrets = append(a.Secrets, integration.Sealed{Name: fmt.Sprintf("s%d", len(secrets)-i), Sealed: []byte(s)})
	}
	return a
}

// create makes integrations that have as many headers as their place in the list.
func create(t *testing.T, p Ports, ids ...integration.ID) map[integration.ID]integration.Record {
	t.Helper()
	made := map[integration.ID]integration.Record{}
	for n, id := range ids {
		r := record(id, string(id))
		for h := range n {
			r.Sealed = append(r.Sealed, integration.Sealed{Name: fmt.Sprintf("h%d", n-h), Sealed: []byte{byte(h)}})
		}
		ok(t, p.Integrations.CreateIntegration(t.Context(), r, 100))
		made[id] = r
	}
	return made
}

func testActiveOrder(t *testing.T, p Ports) {
	made := create(t, p, "a", "b", "c", "d")
	var want []integration.Activation
	for _, a := range []integration.Activation{
		activation(home, "c", "one", "two"), activation(home, "a"), activation(home, "d", "x"), activation(home, "b", "p", "q", "r"),
	} {
		ok(t, p.Integrations.Activate(t.Context(), a, 10))
		a.Record = made[a.Record.ID]
		want = append(want, a)
	}
	ok(t, p.Integrations.Activate(t.Context(), activation(abroad, "a", "abroad"), 10))
	got, err := p.Integrations.Active(t.Context(), home)
	ok(t, err)
	same(t, "active integrations", got, want)
	none, err := p.Integrations.Active(t.Context(), 5)
	ok(t, err)
	same(t, "active integrations of a guild without any", none, nil)
}

func testActivationReplaced(t *testing.T, p Ports) {
	made := create(t, p, "a", "b", "c")
	for _, id := range []integration.ID{"b", "a", "c"} {
		ok(t, p.Integrations.Activate(t.Context(), activation(home, id, "old", "older"), 3))
	}
	again := activation(home, "b", "new")
	again.By, again.At = another, noon().Add(time.Hour)
	ok(t, p.Integrations.Activate(t.Context(), again, 3)) // the limit is reached, but by other ones
	got, err := p.Integrations.Active(t.Context(), home)
	ok(t, err)
	want := []integration.Activation{again, activation(home, "a", "old", "older"), activation(home, "c", "old", "older")}
	for i := range want {
		want[i].Record = made[want[i].Record.ID]
	}
	same(t, "active integrations", got, want)
	wantCount(t, p, 5, "SELECT COUNT(*) FROM activation_secrets")
}

func testActivationLimit(t *testing.T, p Ports) {
	create(t, p, "a", "b", "c")
	ok(t, p.Integrations.Activate(t.Context(), activation(home, "a"), 2))
	ok(t, p.Integrations.Activate(t.Context(), activation(home, "b"), 2))
	wantFault(t, p.Integrations.Activate(t.Context(), activation(home, "c", "lost"), 2), fault.Conflict, "activation_limit")
	wantCount(t, p, 0, "SELECT COUNT(*) FROM activation_secrets")
	ok(t, p.Integrations.Activate(t.Context(), activation(abroad, "c"), 2))
	ok(t, p.Integrations.Deactivate(t.Context(), home, "a"))
	ok(t, p.Integrations.Activate(t.Context(), activation(home, "c"), 2))
}

func testActivationLimitRace(t *testing.T, p Ports) {
	const limit, rivals = 3, 10
	var ids []integration.ID
	for i := range rivals {
		ids = append(ids, integration.ID(fmt.Sprintf("i%d", i)))
	}
	create(t, p, ids...)
	won := 0
	for _, err := range together(rivals, func(i int) error {
		return p.Integrations.Activate(t.Context(), activation(home, ids[i], "s"), limit)
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
	wantCount(t, p, limit, "SELECT COUNT(*) FROM activations")
	wantCount(t, p, limit, "SELECT COUNT(*) FROM activation_secrets")
}

func testActivationOfNothing(t *testing.T, p Ports) {
	wantFault(t, p.Integrations.Activate(t.Context(), activation(home, "none", "s"), 2), fault.NotFound, "integration_not_found")
	wantCount(t, p, 0, "SELECT COUNT(*) FROM activations")
	wantFault(t, p.Integrations.Deactivate(t.Context(), home, "none"), fault.NotFound, "activation_not_found")
}

func testDeactivation(t *testing.T, p Ports) {
	create(t, p, "a", "b")
	for _, a := range []integration.Activation{activation(home, "a", "x", "y"), activation(home, "b", "keep"), activation(abroad, "a", "keep")} {
		ok(t, p.Integrations.Activate(t.Context(), a, 10))
	}
	wantFault(t, p.Integrations.Deactivate(t.Context(), abroad, "b"), fault.NotFound, "activation_not_found")
	wantCount(t, p, 4, "SELECT COUNT(*) FROM activation_secrets")
	ok(t, p.Integrations.Deactivate(t.Context(), home, "a"))
	wantCount(t, p, 2, "SELECT COUNT(*) FROM activation_secrets")
	wantCount(t, p, 0, fmt.Sprintf("SELECT COUNT(*) FROM activation_secrets WHERE guild_id = %d AND integration_id = 'a'", home))
	wantFault(t, p.Integrations.Deactivate(t.Context(), home, "a"), fault.NotFound, "activation_not_found")
	// Activated anew it stands at the end, without the old secrets.
	ok(t, p.Integrations.Activate(t.Context(), activation(home, "a"), 10))
	got, err := p.Integrations.Active(t.Context(), home)
	ok(t, err)
	if len(got) != 2 || got[0].Record.ID != "b" || got[1].Record.ID != "a" || got[1].Secrets != nil {
		t.Errorf("active: %+v", got)
	}
}

func testActiveUpdated(t *testing.T, p Ports) {
	create(t, p, "a")
	ok(t, p.Integrations.Activate(t.Context(), activation(home, "a", "s"), 1))
	changed := fullRecord()
	changed.ID = "a"
	ok(t, p.Integrations.UpdateIntegration(t.Context(), changed))
	got, err := p.Integrations.Active(t.Context(), home)
	ok(t, err)
	want := activation(home, "a", "s")
	want.Record = changed
	same(t, "active integrations", got, []integration.Activation{want})
}
