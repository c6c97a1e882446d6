package storetest

import (
	"errors"
	"fmt"
	"time"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

func revisionRules() []rule {
	return []rule{
		{"I30RevisionsComeBackAsSaved", testRevisionRoundTrip},
		{"I30ADecisionChangesTheStateAlone", testRevisionDecided},
		{"I30GuildsMoveWhereTheyMay", testRevisionMoved},
		{"I30NoPrivateRevisionReachesAGuildOfOthers", testRevisionPrivate},
		{"I29ARevocationEndsItForOthers", testRevisionEnded},
		{"I30HeaderValuesThatNobodyNeedsAreDestroyed", testRevisionForgotten},
		{"I30ActivationIsOfTheLiveRevisionAlone", testActivationOfOldRevision},
		{"I30OfManyEditsOfOneVersionOneIsWritten", testEditRace},
		{"I30NobodyIsLeftBehindByAnActivationAtTheSameMoment", testActivateWhileEdited},
		{"I24SecretsAreReplacedInTheActivationThatWasRead", testSecretsReplaced},
		{"I31DeletionLeavesNothingButEntries", testIntegrationDeleted},
		{"I31AnIDIsNeverGivenAgain", testIntegrationIDStays},
		{"I31ActivateWhileDeleted", testActivateWhileDeleted},
		{"AuditEntriesAreWrittenWithTheChangeOrNotAtAll", testCatalogAudit},
	}
}

// draft is a record on its way to a new revision.
type draft struct{ integration.Record }

// revise gives it the next revision's number; a private one is live at once.
func (d *draft) revise(state integration.State) {
	d.Newest++
	d.Revision = integration.Revision{Number: d.Newest, State: state, By: author, At: noon()}
	if !d.Public {
		d.Live = d.Newest
	}
}

// save writes an edit.
func (t trial) save(e integration.Edit) []snowflake.Guild {
	t.Helper()
	guilds, err := t.Integrations.SaveIntegration(t.Context(), e)
	ok(t, err)
	return guilds
}

// read gives an integration with its newest revision.
func (t trial) read(id integration.ID) integration.Record {
	t.Helper()
	r, err := t.Integrations.Integration(t.Context(), id)
	ok(t, err)
	return r
}

// revised saves a new revision, with a URL that tells its number and one header.
func (t trial) revised(id integration.ID, state integration.State, move ...int64) integration.Record {
	t.Helper()
	r := draft{t.read(id)}
	r.revise(state)
	r.URL = fmt.Sprintf("https://api.example/v%d", r.Newest)
	r.Sealed = []integration.Sealed{{Name: "h", Sealed: []byte(r.URL)}}
	t.save(integration.Edit{Record: r.Record, New: true, Move: move, Moved: entry(0, "moved")})
	return t.read(id)
}

// decided lets the operator approve the newest revision.
func (t trial) approved(id integration.ID, move ...int64) integration.Record {
	t.Helper()
	r := t.read(id)
	r.Revision.State, r.Revision.Decided, r.Revision.Decider = integration.Approved, noon(), 9
	r.Public, r.Live = true, r.Newest
	t.save(integration.Edit{Record: r, Move: move, Moved: entry(0, "moved")})
	return t.read(id)
}

// uses is the revision that each of the guilds uses.
func (t trial) uses(id integration.ID, guilds ...snowflake.Guild) (numbers []int64) {
	t.Helper()
	for _, g := range guilds {
		all, err := t.Activations.Active(t.Context(), g)
		ok(t, err)
		for _, a := range all {
			if a.Record.ID == id {
				numbers = append(numbers, a.Record.Revision.Number)
			}
		}
	}
	return numbers
}

// activate activates what is live.
func (t trial) activate(g snowflake.Guild, by snowflake.User, id integration.ID, secrets ...string) error {
	t.Helper()
	a := activation(g, id, secrets...)
	a.By, a.Record.Revision.Number = by, t.read(id).Live
	return t.Activations.Activate(t.Context(), a, 10)
}

func testRevisionRoundTrip(t trial) {
	ok(t, t.Integrations.CreateIntegration(t.Context(), fullRecord(), 10))
	next := draft{fullRecord()}
	next.revise(integration.Pending)
	next.Revision.Asked, next.Revision.Reason = noon().Add(time.Minute), "odd \x00 text"
	next.URL, next.Sealed = "https://api.example/v2", []integration.Sealed{{Name: "only", Sealed: []byte{0, 7}}}
	next.Secrets = nil
	next.Revision.Differences = []audit.Change{{Field: "url", Before: "https://api.example/\"v1\"", After: "https://api.example/v2"}, {Field: "secrets.s", Before: `"x"`}}
	same(t, "guilds", t.save(integration.Edit{Record: next.Record, New: true}), nil)
	next.Version, next.Revision.Reason = 8, "odd \uFFFD text"
	changes := next.Revision.Differences
	next.Revision.Differences = nil
	same(t, "newest", t.read("game"), next.Record)
	first, err := t.Integrations.Revision(t.Context(), "game", 1)
	ok(t, err)
	want := fullRecord()
	want.Version, want.Newest, want.Revision.State = 8, 2, integration.Superseded
	same(t, "first, which is live", first, want)
	all, err := t.Integrations.Revisions(t.Context(), "game")
	ok(t, err)
	for n := range want.Sealed {
		want.Sealed[n].Sealed = nil
	}
	next.Sealed, next.Revision.Differences = []integration.Sealed{{Name: "only"}}, changes
	same(t, "all", all, []integration.Record{next.Record, want})
	for _, number := range []int64{0, 3, -1} {
		_, err := t.Integrations.Revision(t.Context(), "game", number)
		wantFault(t, err, fault.NotFound, "revision_not_found")
	}
	none, err := t.Integrations.Revisions(t.Context(), "none")
	ok(t, err)
	same(t, "revisions of nothing", none, nil)
}

func testRevisionDecided(t trial) {
	create(t, "a")
	r := t.read("a")
	asked := r
	asked.Revision.State, asked.Revision.Asked = integration.Pending, noon().Add(time.Hour)
	asked.URL, asked.Sealed = "https://never.example", []integration.Sealed{{Name: "never"}}
	t.save(integration.Edit{Record: asked})
	r.Revision, r.Version = asked.Revision, 2
	same(t, "asked", t.read("a"), r)
	r.Revision = integration.Revision{Number: 1, State: integration.Rejected, By: author, At: noon(), Asked: r.Revision.Asked, Decided: noon().Add(2 * time.Hour), Decider: 9, Reason: "no"}
	t.save(integration.Edit{Record: r})
	r.Version = 3
	same(t, "rejected", t.read("a"), r)
}

func testRevisionMoved(t trial) {
	create(t, "a", "b")
	const third, fourth = abroad + 1, abroad + 2
	t.approved("a")
	ok(t, t.activate(home, author, "a", "x"))
	ok(t, t.activate(abroad, another, "a", "x", "y"))
	ok(t, t.activate(home, author, "b", "x"))
	t.revised("a", integration.Pending)
	same(t, "while it waits", t.uses("a", home, abroad), []int64{1, 1})
	t.approved("a") // the operator said yes, but guilds have to be asked
	same(t, "asked", t.uses("a", home, abroad), []int64{1, 1})
	ok(t, t.activate(third, another, "a", "x"))
	same(t, "newcomer", t.uses("a", third), []int64{2})
	t.revised("a", integration.Pending)
	r := t.read("a")
	r.Secrets = []integration.Secret{{Name: "s2"}}
	r.Revision.State, r.Live = integration.Approved, 3
	guilds := t.save(integration.Edit{Record: r, Move: []int64{1, 7}, Moved: entry(0, "moved")})
	same(t, "guilds that have it", guilds, []snowflake.Guild{home, abroad, third})
	same(t, "moved", t.uses("a", home, abroad, third), []int64{3, 3, 2})
	used, err := t.Integrations.InUse(t.Context(), "a")
	ok(t, err)
	same(t, "in use", used, []int64{2, 3})
	all, err := t.Integrations.Revisions(t.Context(), "a")
	ok(t, err)
	same(t, "guilds of each", []int64{all[0].Guilds, all[1].Guilds, all[2].Guilds}, []int64{2, 1, 0})
	// What the new one does not declare is destroyed where it was moved, and nowhere else.
	active, err := t.Activations.Active(t.Context(), abroad)
	ok(t, err)
	same(t, "secrets", active[0].Secrets, []integration.Sealed{{Name: "s2", Sealed: []byte("x")}})
	t.wantCount(3, "SELECT COUNT(*) FROM activation_secrets")
	for g, want := range map[snowflake.Guild]int{home: 1, abroad: 1, third: 0, fourth: 0} {
		told, err := t.Audit.Entries(t.Context(), audit.Query{Guild: g, Limit: 10})
		ok(t, err)
		if len(told) != want {
			t.Errorf("%d entries in guild %s, want %d", len(told), g, want)
		}
		for _, e := range told {
			same(t, "entry", e, numbered(1, entry(g, "moved"))[0])
		}
	}
}

// The store itself holds it, whatever its caller asks for.
func testRevisionPrivate(t trial) {
	create(t, "a")
	ok(t, t.activate(home, author, "a"))
	wantFault(t, t.activate(abroad, another, "a"), fault.NotFound, "integration_not_found")
	t.approved("a")
	ok(t, t.activate(abroad, another, "a"))
	unlisted := t.read("a")
	unlisted.Public = false
	t.save(integration.Edit{Record: unlisted})
	t.revised("a", integration.Draft, 1)
	same(t, "revisions of the author's guild and another's", t.uses("a", home, abroad), []int64{2, 1})
	wantFault(t, t.activate(abroad, another, "a"), fault.NotFound, "integration_not_found")
	active, err := t.Activations.Active(t.Context(), abroad)
	ok(t, err)
	if !active[0].Record.Public || active[0].Record.Revision.State != integration.Approved {
		t.Errorf("I-8: a revision that was approved is no longer told as public: %+v", active[0].Record)
	}
	// Listed, but its live revision is not approved: that does not happen, and if it did, nobody else would get it.
	wrong := t.read("a")
	wrong.Public = true
	t.save(integration.Edit{Record: wrong, Move: []int64{1}})
	wantFault(t, t.activate(abroad+1, another, "a"), fault.NotFound, "integration_not_found")
	same(t, "revision of another's guild", t.uses("a", abroad), []int64{1})
}

func testRevisionEnded(t trial) {
	create(t, "a", "b")
	t.approved("a")
	t.approved("b")
	ok(t, t.activate(home, author, "a", "own"))
	ok(t, t.activate(abroad, another, "a", "x", "y"))
	ok(t, t.activate(abroad+1, another, "a"))
	ok(t, t.activate(abroad, another, "b", "stays"))
	r := t.read("a")
	r.Public, r.Revision.State = false, integration.Rejected
	told := entry(0, "a")
	told.Action = "integration.revoked"
	same(t, "guilds", t.save(integration.Edit{Record: r, End: true, Ended: told}), []snowflake.Guild{home, abroad, abroad + 1})
	same(t, "left", t.uses("a", home, abroad, abroad+1), []int64{1})
	same(t, "of the other", t.uses("b", abroad), []int64{1})
	t.wantCount(2, "SELECT COUNT(*) FROM activation_secrets")
	told.Guild = abroad
	t.wantEntries(audit.Query{Guild: abroad, Limit: 10}, numbered(1, told))
	t.wantEntries(audit.Query{Guild: home, Limit: 10}, nil)
}

func testRevisionForgotten(t trial) {
	create(t, "a", "b")
	headers := func() (numbers []int64) {
		t.Helper()
		for n := int64(1); n <= t.read("b").Newest; n++ {
			r, err := t.Integrations.Revision(t.Context(), "b", n)
			if err == nil && len(r.Sealed) > 0 && len(r.Sealed[0].Sealed) > 0 {
				numbers = append(numbers, n)
			}
		}
		return numbers
	}
	t.approved("b")
	ok(t, t.activate(home, another, "b"))
	t.revised("b", integration.Pending)
	same(t, "live and newest", headers(), []int64{1, 2})
	t.revised("b", integration.Pending)
	same(t, "without the superseded one", headers(), []int64{1, 3})
	t.approved("b")
	same(t, "the approved ones, the first in use", headers(), []int64{1, 3})
	t.revised("b", integration.Pending)
	ok(t, t.Activations.Deactivate(t.Context(), home, "b"))
	t.save(integration.Edit{Record: t.read("b")})
	same(t, "the first in nobody's use", headers(), []int64{3, 4})
	for range integration.KeptRevisions + 5 {
		t.revised("b", integration.Pending)
	}
	all, err := t.Integrations.Revisions(t.Context(), "b")
	ok(t, err)
	if len(all) != integration.KeptRevisions+2 || all[0].Revision.Number != 29 || all[len(all)-1].Revision.Number != 3 {
		t.Errorf("%d revisions are kept, from %d to %d", len(all), all[len(all)-1].Revision.Number, all[0].Revision.Number)
	}
	for _, one := range all {
		same(t, "the names of its headers", one.Sealed, []integration.Sealed{{Name: "h"}})
	}
	same(t, "at last", headers(), []int64{3, 29})
	t.wantCount(1, "SELECT COUNT(*) FROM integration_revisions WHERE integration_id = 'a'")
}

func testActivationOfOldRevision(t trial) {
	create(t, "a")
	t.revised("a", integration.Draft)
	for _, number := range []int64{0, 1, 3} {
		old := activation(home, "a", "s")
		old.Record.Revision.Number = number
		wantFault(t, t.Activations.Activate(t.Context(), old, 10), fault.Conflict, "integration_changed")
	}
	t.wantCount(0, "SELECT COUNT(*) FROM activations")
	t.wantCount(0, "SELECT COUNT(*) FROM activation_counters")
	ok(t, t.activate(home, author, "a"))
}

func testEditRace(t trial) {
	create(t, "a")
	read := t.read("a")
	won := 0
	for i, err := range together(10, func(i int) error {
		r := draft{read}
		r.revise(integration.Draft)
		r.URL, r.Name = fmt.Sprint(i), fmt.Sprint(i)
		_, err := t.Integrations.SaveIntegration(t.Context(), integration.Edit{Record: r.Record, New: true, Told: []audit.Entry{entry(0, fmt.Sprint(i))}})
		return err
	}) {
		if err != nil {
			wantFault(t, err, fault.Conflict, "integration_changed")
			continue
		}
		won++
		now := t.read("a")
		same(t, "what was written", []string{now.URL, now.Name, fmt.Sprint(now.Version, now.Newest)}, []string{fmt.Sprint(i), fmt.Sprint(i), "2 2"})
	}
	if won != 1 {
		t.Errorf("%d of the edits of one version were written", won)
	}
	t.wantCount(1, "SELECT COUNT(*) FROM audit_entries")
}

// Guilds activate while the author saves: each of them ends at the newest revision, for each activation is before the edit, which moves
// it, or after, when the old one is refused.
func testActivateWhileEdited(t trial) {
	const guilds = 8
	create(t, "a")
	read := t.read("a")
	results := together(guilds+1, func(i int) error {
		if i == guilds {
			r := draft{read}
			r.revise(integration.Draft)
			_, err := t.Integrations.SaveIntegration(t.Context(), integration.Edit{Record: r.Record, New: true, Move: []int64{1}, Moved: entry(0, "moved")})
			return err
		}
		a := activation(home+snowflake.Guild(i), "a", "s")
		return t.Activations.Activate(t.Context(), a, 10)
	})
	ok(t, results[guilds])
	for i, err := range results[:guilds] {
		if err != nil {
			wantFault(t, err, fault.Conflict, "integration_changed")
			continue
		}
		same(t, "revision", t.uses("a", home+snowflake.Guild(i)), []int64{2})
	}
}

func testSecretsReplaced(t trial) {
	create(t, "a")
	ok(t, t.activate(home, author, "a", "one", "two"))
	ok(t, t.activate(abroad, author, "a", "keep"))
	read, err := t.Activations.Active(t.Context(), home)
	ok(t, err)
	a := read[0]
	a.Secrets = []integration.Sealed{{Name: "s", Sealed: []byte("new")}}
	a.By, a.At = another, noon().Add(time.Hour) // who activated it stays
	ok(t, t.Activations.ReplaceSecrets(t.Context(), a, entry(home, "a")))
	now, err := t.Activations.Active(t.Context(), home)
	ok(t, err)
	want := read[0]
	want.Version, want.Secrets = 2, a.Secrets
	same(t, "activation", now, []integration.Activation{want})
	for name, stale := range map[string]func(*integration.Activation){
		"version": func(a *integration.Activation) { a.Version = 1 }, "guild": func(a *integration.Activation) { a.Guild = 5 },
		"revision": func(a *integration.Activation) { a.Record.Revision.Number = 2 }, "integration": func(a *integration.Activation) { a.Record.ID = "b" },
	} {
		late := now[0]
		stale(&late)
		late.Secrets = nil
		err := t.Activations.ReplaceSecrets(t.Context(), late, entry(home, "never"))
		if fault.CodeOf(err) != "activation_changed" {
			t.Errorf("another %s: %v", name, err)
		}
	}
	t.wantCount(2, "SELECT COUNT(*) FROM activation_secrets")
	t.wantCount(1, "SELECT COUNT(*) FROM audit_entries")
}

func testIntegrationDeleted(t trial) {
	made := fullRecord()
	ok(t, t.Integrations.CreateIntegration(t.Context(), made, 10))
	create(t, "other")
	made.Revision.State = integration.Approved
	t.save(integration.Edit{Record: made})
	for g := range snowflake.Guild(3) {
		ok(t, t.activate(home+g, another, "game", "x", "y"))
	}
	ok(t, t.activate(home, author, "other", "keep"))
	_, err := t.Integrations.DeleteIntegration(t.Context(), another, "game", entry(0, "game"), entry(0, "never"))
	wantFault(t, err, fault.NotFound, "integration_not_found")
	_, err = t.Integrations.DeleteIntegration(t.Context(), author, "none", entry(0, "none"))
	wantFault(t, err, fault.NotFound, "integration_not_found")
	t.wantCount(0, "SELECT COUNT(*) FROM audit_entries")
	gone := entry(0, "game")
	gone.Action = "integration.deleted"
	guilds, err := t.Integrations.DeleteIntegration(t.Context(), author, "game", gone, entry(0, "game"))
	ok(t, err)
	same(t, "guilds", guilds, []snowflake.Guild{home, home + 1, home + 2})
	for table, want := range map[string]int64{
		"integrations": 1, "integration_revisions": 1, "revision_headers": 0, "activations": 1, "activation_secrets": 1,
	} {
		t.wantCount(want, "SELECT COUNT(*) FROM "+table)
	}
	for _, g := range guilds {
		want := gone
		want.Guild = g
		t.wantEntries(audit.Query{Guild: g, Limit: 10}, numbered(1, want))
	}
	t.wantEntries(audit.Query{Limit: 10}, numbered(1, entry(0, "game")))
	_, err = t.Integrations.DeleteIntegration(t.Context(), author, "game", gone)
	wantFault(t, err, fault.NotFound, "integration_not_found")
}

// secret-11.
func testIntegrationIDStays(t trial) {
	create(t, "a")
	_, err := t.Integrations.DeleteIntegration(t.Context(), author, "a", entry(0, "a"))
	ok(t, err)
	again := record("a", "Again")
	again.Owner = another
	wantFault(t, t.Integrations.CreateIntegration(t.Context(), again, 10), fault.Conflict, "integration_exists")
	t.wantCount(0, "SELECT COUNT(*) FROM integrations")
}

func testActivateWhileDeleted(t trial) {
	const guilds = 8
	create(t, "a")
	results := together(guilds+1, func(i int) error {
		if i == guilds {
			_, err := t.Integrations.DeleteIntegration(t.Context(), author, "a", entry(0, "gone"))
			return err
		}
		return t.Activations.Activate(t.Context(), activation(home+snowflake.Guild(i), "a", "s"), 10, entry(home+snowflake.Guild(i), "on"))
	})
	ok(t, results[guilds])
	for i, err := range results[:guilds] {
		told, failed := t.Audit.Entries(t.Context(), audit.Query{Guild: home + snowflake.Guild(i), Limit: 10})
		ok(t, failed)
		if err != nil {
			wantFault(t, err, fault.NotFound, "integration_not_found")
			same(t, "entries of a guild that came too late", told, nil)
		} else if len(told) != 2 || told[0].Target != "gone" || told[1].Target != "on" {
			t.Errorf("entries of a guild that had it: %+v", told)
		}
	}
	t.wantCount(0, "SELECT COUNT(*) FROM activations")
	t.wantCount(0, "SELECT COUNT(*) FROM activation_secrets")
}

func testCatalogAudit(t trial) {
	told := func(want int64) {
		t.Helper()
		t.wantCount(want, "SELECT COUNT(*) FROM audit_entries")
	}
	ok(t, t.Integrations.CreateIntegration(t.Context(), record("a", "A"), 1, entry(0, "a")))
	told(1)
	wantFault(t, t.Integrations.CreateIntegration(t.Context(), record("b", "B"), 1, entry(0, "b")), fault.Conflict, "integration_limit")
	told(1)
	ok(t, t.Activations.Activate(t.Context(), activation(home, "a"), 1, entry(home, "a")))
	told(2)
	wantFault(t, t.Activations.Activate(t.Context(), activation(home, "none"), 1, entry(home, "a")), fault.NotFound, "integration_not_found")
	wantFault(t, t.Activations.Deactivate(t.Context(), abroad, "a", entry(abroad, "a")), fault.NotFound, "activation_not_found")
	wantFault(t, t.Integrations.SaveSigning(t.Context(), "a", [][]byte{{1}}, nil, entry(0, "a")), fault.Conflict, "signing_changed")
	told(2)
	ok(t, t.Integrations.SaveSigning(t.Context(), "a", nil, [][]byte{{1}}, entry(0, "a")))
	ok(t, t.Activations.Deactivate(t.Context(), home, "a", entry(home, "a")))
	told(4)
	if err := t.Activations.Deactivate(cancelled(t), home, "a"); !errors.Is(err, cancelled(t).Err()) {
		t.Errorf("cancelled: %v", err)
	}
}
