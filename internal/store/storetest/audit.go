package storetest

import (
	"slices"

	"usher/internal/core/audit"
	"usher/internal/core/snowflake"
)

func auditRules() []rule {
	return []rule{
		{"AuditComesBackNewestFirst", testAuditOrder},
		{"AuditIsReadInPages", testAuditPages},
		{"AuditIsFiltered", testAuditFilters},
		{"AuditKeepsOddTexts", testAuditTexts},
		{"AuditNumbersHaveNoGapsNorTwins", testAuditTogether},
		{"AuditCancelledCall", func(t trial) {
			_, err := t.Audit.Entries(cancelled(t), audit.Query{Guild: home, Limit: 1})
			wantCancelled(t, err)
			wantCancelled(t, t.Audit.Append(cancelled(t), entry(home, "x")))
			t.wantCount(0, "SELECT COUNT(*) FROM audit_entries")
			t.wantCount(0, "SELECT COUNT(*) FROM audit_counters")
		}},
	}
}

func entry(g snowflake.Guild, target string) audit.Entry {
	return audit.Entry{
		Guild: g, Actor: audit.Actor{User: 1<<62 + 9, Via: audit.Dashboard}, At: noon(), Action: "panel.changed", Target: target, Name: "Support",
		Detail: []audit.Change{{Field: "name", Before: "a", After: "b"}, {Field: "button.label"}},
	}
}

// numbered gives entries the ids with which they come back.
func numbered(first int64, entries ...audit.Entry) []audit.Entry {
	for i := range entries {
		entries[i].ID = first + int64(i)
	}
	return entries
}

func (t trial) wantEntries(q audit.Query, want []audit.Entry) {
	t.Helper()
	got, err := t.Audit.Entries(t.Context(), q)
	ok(t, err)
	same(t, "entries", got, want)
}

func testAuditOrder(t trial) {
	bare := audit.Entry{Guild: home, Actor: audit.Actor{Via: audit.Program}, At: noon(), Action: "x"}
	ok(t, t.Audit.Append(t.Context(), entry(home, "1"), bare))
	ok(t, t.Audit.Append(t.Context(), entry(abroad, "2"), entry(0, "3")))
	ok(t, t.Audit.Append(t.Context()))
	ours := numbered(1, entry(home, "1"), bare)
	slices.Reverse(ours)
	t.wantEntries(audit.Query{Guild: home, Limit: 10}, ours)
	t.wantEntries(audit.Query{Guild: abroad, Limit: 10}, numbered(1, entry(abroad, "2")))
	t.wantEntries(audit.Query{Limit: 10}, numbered(1, entry(0, "3")))
	t.wantEntries(audit.Query{Guild: 1, Limit: 10}, nil)
}

func testAuditPages(t trial) {
	for range 5 {
		ok(t, t.Audit.Append(t.Context(), entry(home, "1")))
	}
	for _, page := range []struct {
		before int64
		want   []int64
	}{{0, []int64{5, 4}}, {4, []int64{3, 2}}, {2, []int64{1}}, {1, nil}} {
		got, err := t.Audit.Entries(t.Context(), audit.Query{Guild: home, Before: page.before, Limit: 2})
		ok(t, err)
		var ids []int64
		for _, e := range got {
			ids = append(ids, e.ID)
		}
		same(t, "ids of a page", ids, page.want)
	}
}

func testAuditFilters(t trial) {
	const other snowflake.User = 1<<62 + 10
	of := func(action audit.Action, user snowflake.User) audit.Entry {
		e := entry(home, "1")
		e.Action, e.Actor = action, audit.Actor{User: user, Via: audit.APIKey, Key: "deploy"}
		return e
	}
	all := numbered(1, of(audit.PanelPosted, other), of(audit.TagChanged, other), of("panels.odd", other), of(audit.PanelDeleted, 3))
	ok(t, t.Audit.Append(t.Context(), all...))
	ok(t, t.Audit.Append(t.Context(), entry(abroad, "1")))
	t.wantEntries(audit.Query{Guild: home, Noun: "panel", Limit: 10}, []audit.Entry{all[3], all[0]})
	t.wantEntries(audit.Query{Guild: home, Noun: "panel", User: other, Limit: 10}, []audit.Entry{all[0]})
	t.wantEntries(audit.Query{Guild: home, User: other, Limit: 2}, []audit.Entry{all[2], all[1]})
	t.wantEntries(audit.Query{Guild: home, User: other, Before: 2, Limit: 2}, []audit.Entry{all[0]})
	for _, noun := range []string{"pan", "%", "panel.", "Panel", "x"} {
		t.wantEntries(audit.Query{Guild: home, Noun: noun, Limit: 10}, nil)
	}
	t.wantEntries(audit.Query{Guild: home, User: 4, Limit: 10}, nil)
}

func testAuditTexts(t trial) {
	for i, text := range oddities() {
		e := entry(home, text)
		e.Actor.Key, e.Name, e.Detail = text, text, []audit.Change{{Field: text, Before: text, After: text}}
		ok(t, t.Audit.Append(t.Context(), e))
		t.wantEntries(audit.Query{Guild: home, Limit: 1}, numbered(int64(i)+1, e))
	}
}

func testAuditTogether(t trial) {
	const writers = 8
	for _, err := range together(writers, func(int) error { return t.Audit.Append(t.Context(), entry(home, "a"), entry(home, "b")) }) {
		ok(t, err)
	}
	got, err := t.Audit.Entries(t.Context(), audit.Query{Guild: home, Limit: 100})
	ok(t, err)
	for i, e := range got {
		if want := int64(2*writers - i); e.ID != want {
			t.Errorf("entry %d of the list has the id %d, want %d", i, e.ID, want)
		}
	}
	t.wantCount(2*writers, "SELECT COUNT(*) FROM audit_entries")
}
