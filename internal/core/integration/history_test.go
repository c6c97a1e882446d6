package integration_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/secret"
)

// What each revision changed stays readable when header values are gone, and shows none of them.
func TestI30HistoryTellsWhatEachRevisionChanged(t *testing.T) {
	o := newOffice()
	made := o.add(t, keyed(), value("key", "k"))
	o.edit(t, made.ID, func(i *integration.Integration) { i.URL += "&v=2" })
	o.edit(t, made.ID, func(i *integration.Integration) { i.Headers[0].Value = secret.New("Token %key%") })
	o.edit(t, made.ID, func(i *integration.Integration) { i.Name = "Another name" }) // no revision
	all, err := o.catalog.Revisions(t.Context(), byAuthor(), made.ID)
	if err != nil || len(all) != 3 {
		t.Fatalf("%d revisions, %v", len(all), err)
	}
	url := keyed().URL
	want := [][]audit.Change{
		{{Field: "headers.Authorization", Before: "one value", After: "another value"}},
		{{Field: "url", Before: url, After: url + "&v=2"}},
		nil,
	}
	for n, r := range all {
		if diff := cmp.Diff(want[n], r.Revision.Differences); diff != "" || r.Revision.By != author {
			t.Errorf("revision %d by %s: %s", r.Revision.Number, r.Revision.By, diff)
		}
	}
	if guilds := []int64{all[0].Guilds, all[1].Guilds, all[2].Guilds}; !slices.Equal(guilds, []int64{1, 0, 0}) {
		t.Errorf("the author's own server goes along: %v", guilds)
	}
	if _, err := o.catalog.Revisions(t.Context(), byGuest(), made.ID); fault.KindOf(err) != fault.NotFound {
		t.Errorf("another's: %v", err)
	}
}

// Revisions of a release that kept no differences are compared by what is there.
func TestI30HistoryOfOldRevisionsIsCompared(t *testing.T) {
	o := newOffice()
	made := o.add(t, keyed(), value("key", "k"))
	o.edit(t, made.ID, func(i *integration.Integration) { i.URL += "&v=2" })
	r := o.shelf.rows[made.ID]
	r.Revision.Differences = nil
	o.shelf.rows[made.ID] = r
	all, err := o.catalog.Revisions(t.Context(), byAuthor(), made.ID)
	if err != nil || len(all) != 2 {
		t.Fatalf("%d revisions, %v", len(all), err)
	}
	if got := all[0].Revision.Differences; len(got) != 1 || got[0].Field != "url" {
		t.Errorf("%+v", got)
	}
}

// Two long addresses that differ at their ends alone must not look alike to the operator; the audit log takes them shortened.
func TestI30ADifferenceIsNeverCut(t *testing.T) {
	o := newOffice()
	i := keyed()
	i.URL += "&x=" + strings.Repeat("a", 180)
	made := o.add(t, i, value("key", "k"))
	o.publish(t, made.ID)
	o.edit(t, made.ID, func(i *integration.Integration) { i.URL += "&to=b" })
	review, err := o.catalog.Review(t.Context(), made.ID)
	if err != nil || len(review.Differences) != 1 || !strings.HasSuffix(review.Differences[0].After, "&to=b") || review.Differences[0].Before != i.URL {
		t.Errorf("%+v, %v", review.Differences, err)
	}
	told := o.shelf.told[len(o.shelf.told)-1]
	if told.Action != "integration.changed" || len(told.Detail) != 1 || len([]rune(told.Detail[0].After)) > audit.MaxText {
		t.Errorf("%+v", told)
	}
}
