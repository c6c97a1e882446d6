package storetest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
)

func listingRules() []rule {
	return []rule{
		{"I42TheLogosInUseAreThoseOfIntegrations", testLogosInUse},
		{"ListsArePagedAndHideNothing", testListingPages},
		{"ListsAreSearchedByWordsInWhateverCase", testListingSearch},
		{"I29ThePublicListHasLiveRevisionsAndCountsGuilds", testListingPublic},
		{"I29TheQueueHasTheLongestWaitingFirst", testListingQueue},
		{"ListsRefuseWhatIsNoEndOfAPage", testListingMarks},
	}
}

func testLogosInUse(t trial) {
	for n, hash := range []string{"a", "b", "b", ""} {
		r := record(integration.ID(fmt.Sprintf("i%d", n)), "N")
		r.LogoHash = hash
		ok(t, t.Integrations.CreateIntegration(t.Context(), r, 10))
	}
	inUse := func(hashes ...string) []string {
		used, err := t.Listing.LogosInUse(t.Context(), hashes)
		ok(t, err)
		return used
	}
	same(t, "logos in use", inUse("c", "b", "a", "A", "b' OR 1=1 --", "\x00"), []string{"a", "b"})
	same(t, "none asked for", inUse(), nil)
	same(t, "as many as may be asked for", inUse(slices.Repeat([]string{"a"}, integration.MaxHashes)...), []string{"a"})
	next := draft{t.read("i0")}
	next.LogoHash = "c"
	t.save(integration.Edit{Record: next.Record})
	same(t, "after a change", inUse("a", "b", "c"), []string{"b", "c"})
	_, err := t.Integrations.DeleteIntegration(t.Context(), author, "i0", entry(0, "gone"))
	ok(t, err)
	same(t, "after a deletion", inUse("a", "b", "c"), []string{"b"})
}

type lister func(context.Context, integration.Query) (integration.Page[integration.Record], error)

// owned lists the author's.
func (t trial) owned(ctx context.Context, q integration.Query) (integration.Page[integration.Record], error) {
	return t.Listing.OwnedPage(ctx, author, q)
}

// all walks a list to its end and gives the names.
func (t trial) all(list lister, search string, limit int) (names []string) {
	t.Helper()
	for q := (integration.Query{Search: search, Limit: limit}); ; {
		page, err := list(t.Context(), q)
		ok(t, err)
		for _, r := range page.Items {
			names = append(names, r.Name)
		}
		if len(page.Items) > limit || page.Next != "" && len(page.Items) != limit {
			t.Fatalf("a page of %d has %d", limit, len(page.Items))
		}
		if page.Next == "" {
			return names
		}
		q.After = page.Next
	}
}

// The defect of the incumbent: the item at the border of two pages was on none.
func testListingPages(t trial) {
	const made = 41
	var want []string
	for i := range made {
		name := fmt.Sprintf("Name %02d", i/2) // two of each: the id decides
		want = append(want, name)
		ok(t, t.Integrations.CreateIntegration(t.Context(), record(integration.ID(fmt.Sprintf("i%02d", made-i)), name), 100))
	}
	for _, limit := range []int{1, 2, 3, 20, 40, 41, 42, 100} {
		same(t, fmt.Sprintf("pages of %d", limit), t.all(t.owned, "", limit), want)
	}
	page, err := t.owned(t.Context(), integration.Query{Limit: 3})
	ok(t, err)
	// The last one of the page goes, and one comes before it: the next page begins where it would have.
	_, err = t.Integrations.DeleteIntegration(t.Context(), author, page.Items[2].ID, entry(0, "x"))
	ok(t, err)
	ok(t, t.Integrations.CreateIntegration(t.Context(), record("new", "AAA"), 100))
	next, err := t.owned(t.Context(), integration.Query{Limit: 3, After: page.Next})
	ok(t, err)
	same(t, "the next page", []string{next.Items[0].Name, next.Items[1].Name, next.Items[2].Name}, want[3:6])
}

func testListingSearch(t trial) {
	for id, texts := range map[integration.ID][2]string{
		"a": {"Game lookup", "Scores of our PLAYERS"}, "b": {"Éclair", "100%_sure! \\o/"}, "c": {"straße", "crypto prices"}, "d": {"Game two", "Nothing of note"},
	} {
		r := record(id, texts[0])
		r.Description = texts[1]
		ok(t, t.Integrations.CreateIntegration(t.Context(), r, 100))
	}
	for search, want := range map[string][]string{
		"": {"Game lookup", "Game two", "straße", "Éclair"}, "  ": {"Game lookup", "Game two", "straße", "Éclair"},
		"game": {"Game lookup", "Game two"}, "GAME scores": {"Game lookup"}, "players lookup": {"Game lookup"}, "ame": {"Game lookup", "Game two"},
		"éCLAIR": {"Éclair"}, "e\u0301clair": {"Éclair"}, "STRASSE": {"straße"}, "100%_sure!": {"Éclair"}, "%": {"Éclair"}, "_": {"Éclair"}, "!": {"Éclair"}, `\`: {"Éclair"},
		"game crypto": nil, "' OR 1=1 --": nil, "x\x00": nil,
	} {
		same(t, "search "+search, t.all(t.owned, search, 2), want)
	}
	// A changed text is found, the one before is not.
	r := t.read("d")
	r.Name, r.Description = "Renamed", "Fresh"
	t.save(integration.Edit{Record: r})
	same(t, "after a change", slices.Concat(t.all(t.owned, "two", 10), t.all(t.owned, "fresh renamed", 10)), []string{"Renamed"})
	same(t, "many words", t.all(t.owned, strings.Repeat("game ", 50), 10), []string{"Game lookup"})
	foreign, err := t.Listing.OwnedPage(t.Context(), another, integration.Query{Limit: 10})
	ok(t, err)
	same(t, "another's", foreign, integration.Page[integration.Record]{})
}

func testListingPublic(t trial) {
	create(t, "a", "b", "c")
	t.approved("a")
	t.approved("c")
	ok(t, t.activate(home, another, "c"))
	ok(t, t.activate(abroad, another, "c"))
	t.revised("c", integration.Pending)
	page, err := t.Listing.PublicPage(t.Context(), integration.Query{Limit: 10})
	ok(t, err)
	if len(page.Items) != 2 || page.Items[0].ID != "a" || page.Items[1].ID != "c" {
		t.Fatalf("%+v", page)
	}
	c := page.Items[1]
	if c.Revision.Number != 1 || c.URL != "https://api.example/v1" || c.Guilds != 2 || c.Sealed != nil || !c.Public || c.Newest != 2 {
		t.Errorf("%+v", c)
	}
	mine, err := t.owned(t.Context(), integration.Query{Limit: 10})
	ok(t, err)
	if len(mine.Items) != 3 || mine.Items[2].Revision.Number != 2 || mine.Items[2].Live != 1 || mine.Items[2].Guilds != 2 {
		t.Errorf("%+v", mine.Items)
	}
	same(t, "one", t.read("c").Guilds, 2)
	guilds, err := t.Activations.Guilds(t.Context(), "c")
	ok(t, err)
	if len(guilds) != 2 || guilds[0] != home || guilds[1] != abroad {
		t.Errorf("guilds %v", guilds)
	}
	same(t, "pages", t.all(t.Listing.PublicPage, "", 1), []string{"a", "c"})
}

func testListingQueue(t trial) {
	create(t, "a", "b", "c", "d", "e")
	for id, minute := range map[integration.ID]int{"a": 3, "b": 1, "c": 2, "d": 2} {
		r := t.read(id)
		r.Revision.State, r.Revision.Asked = integration.Pending, noon().Add(time.Duration(minute)*time.Minute)
		t.save(integration.Edit{Record: r})
	}
	same(t, "queue", t.all(t.Listing.PendingPage, "", 1), []string{"b", "c", "d", "a"})
	same(t, "search", t.all(t.Listing.PendingPage, "C", 3), []string{"c"})
	n, err := t.Listing.PendingCount(t.Context())
	ok(t, err)
	same(t, "how many", n, 4)
	t.approved("c")
	n, err = t.Listing.PendingCount(t.Context())
	ok(t, err)
	same(t, "how many after a decision", n, 3)
	same(t, "after a decision", t.all(t.Listing.PendingPage, "", 2), []string{"b", "d", "a"})
}

func testListingMarks(t trial) {
	create(t, "a", "b")
	page, err := t.owned(t.Context(), integration.Query{Limit: 1})
	ok(t, err)
	for _, after := range []string{"x", "%%%", "W10", page.Next + "!"} {
		for name, list := range map[string]lister{"owned": t.owned, "public": t.Listing.PublicPage, "queue": t.Listing.PendingPage} {
			_, err := list(t.Context(), integration.Query{Limit: 1, After: after})
			if fault.KindOf(err) != fault.Invalid || fault.CodeOf(err) != "page_invalid" {
				t.Errorf("%s after %q: %v", name, after, err)
			}
		}
	}
	_, err = t.owned(cancelled(t), integration.Query{Limit: 1})
	wantCancelled(t, err)
}
