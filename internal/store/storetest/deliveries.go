package storetest

import (
	"fmt"
	"slices"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/integration"
	"usher/internal/core/snowflake"
)

func deliveryRules() []rule {
	return []rule{
		{"I35DeliveriesComeBackNewestFirst", testDeliveryOrder},
		{"I35DeliveriesArePrunedForEachGuildAndIntegration", testDeliveriesPruned},
		{"I35AuthorsSeeAliasesInPlaceOfGuilds", testDeliveriesOfAuthor},
		{"I35OfMoreThanShownTheAuthorSeesTheLatest", testDeliveriesOfAuthorLatest},
		{"I31DeliveriesGoWithTheirIntegration", testDeliveriesDeleted},
		{"DeliveriesWrittenByManyAtOnceAreAllThere", testDeliveriesTogether},
		{"DeliveriesKeepOddTexts", testDeliveryTexts},
		{"DeliveriesCancelledCall", func(t trial) {
			t.known("game")
			wantCancelled(t, t.Deliveries.Append(cancelled(t), []integration.Delivery{delivered(home, "game", 1)}))
			_, err := t.Deliveries.OfGuild(cancelled(t), home, "game")
			wantCancelled(t, err)
			_, err = t.Deliveries.OfAuthor(cancelled(t), author, "game")
			wantCancelled(t, err)
			t.wantCount(0, "SELECT COUNT(*) FROM deliveries")
			t.wantCount(0, "SELECT COUNT(*) FROM delivery_counters")
		}},
	}
}

// known creates integrations of author.
func (t trial) known(ids ...integration.ID) {
	t.Helper()
	for _, id := range ids {
		ok(t, t.Integrations.CreateIntegration(t.Context(), record(id, "Name of "+string(id)), 10))
	}
}

// delivered is the n-th delivery of a test; each is a second after the one before and all fields tell it apart.
func delivered(g snowflake.Guild, id integration.ID, n int) integration.Delivery {
	return integration.Delivery{
		Guild: g, Integration: id, Alias: fmt.Sprintf("alias-%d", n), At: noon().Add(time.Duration(n) * time.Second), Trigger: integration.ForTag, Status: 200 + n,
		Took: time.Duration(n) * time.Millisecond, Size: 1<<18 + n, Class: "bad_json", Missing: []string{"score", "Name"}, Cached: n%2 == 1,
	}
}

// inGuild is how deliveries come back to a guild: without aliases, the newest first.
func inGuild(all ...integration.Delivery) []integration.Delivery {
	for i := range all {
		all[i].Alias = ""
	}
	slices.Reverse(all)
	return all
}

func (t trial) wantDeliveries(g snowflake.Guild, id integration.ID, want []integration.Delivery) {
	t.Helper()
	got, err := t.Deliveries.OfGuild(t.Context(), g, id)
	ok(t, err)
	same(t, "deliveries of a guild", got, want)
}

func testDeliveryOrder(t trial) {
	t.known("game", "other")
	bare := integration.Delivery{Guild: home, Integration: "game", At: noon(), Trigger: integration.ForWelcome}
	ok(t, t.Deliveries.Append(t.Context(), nil))
	ok(t, t.Deliveries.Append(t.Context(), []integration.Delivery{
		delivered(home, "game", 1), delivered(abroad, "game", 2), delivered(home, "other", 3), bare, delivered(home, "none", 5),
	}))
	ok(t, t.Deliveries.Append(t.Context(), []integration.Delivery{delivered(home, "game", 6)}))
	t.wantDeliveries(home, "game", inGuild(delivered(home, "game", 1), bare, delivered(home, "game", 6)))
	t.wantDeliveries(abroad, "game", inGuild(delivered(abroad, "game", 2)))
	t.wantDeliveries(home, "other", inGuild(delivered(home, "other", 3)))
	t.wantDeliveries(home, "none", nil)
	t.wantDeliveries(abroad, "other", nil)
}

func testDeliveriesPruned(t trial) {
	t.known("game", "other")
	ok(t, t.Deliveries.Append(t.Context(), []integration.Delivery{delivered(home, "other", 0), delivered(abroad, "game", 0)}))
	const more = 30
	var want, batch []integration.Delivery
	for n := range integration.MaxDeliveries + more {
		d := delivered(home, "game", n)
		if n >= more {
			want = append(want, d)
		}
		if batch = append(batch, d); n%7 == 0 || n%7 == 1 { // batches of one and of several
			ok(t, t.Deliveries.Append(t.Context(), batch))
			batch = nil
		}
	}
	ok(t, t.Deliveries.Append(t.Context(), batch))
	t.wantDeliveries(home, "game", inGuild(want...))
	t.wantDeliveries(home, "other", inGuild(delivered(home, "other", 0)))
	t.wantDeliveries(abroad, "game", inGuild(delivered(abroad, "game", 0)))
	var large []integration.Delivery // a batch larger than what is kept
	for n := range 2 * integration.MaxDeliveries {
		large = append(large, delivered(abroad, "game", n))
	}
	ok(t, t.Deliveries.Append(t.Context(), large))
	t.wantDeliveries(abroad, "game", inGuild(slices.Clone(large[integration.MaxDeliveries:])...))
	t.wantCount(2*integration.MaxDeliveries+1, "SELECT COUNT(*) FROM deliveries")
}

func testDeliveriesOfAuthor(t trial) {
	t.known("game", "other")
	ok(t, t.Deliveries.Append(t.Context(), []integration.Delivery{delivered(home, "game", 1), delivered(abroad, "game", 2), delivered(home, "other", 3)}))
	ok(t, t.Deliveries.Append(t.Context(), []integration.Delivery{delivered(home, "game", 4)}))
	got, err := t.Deliveries.OfAuthor(t.Context(), author, "game")
	ok(t, err)
	want := []integration.Delivery{delivered(home, "game", 4), delivered(abroad, "game", 2), delivered(home, "game", 1)}
	for i := range want {
		want[i].Guild = 0
	}
	want[0].Alias = "alias-1" // the guild's first one stays
	same(t, "deliveries of an author", got, want)
	for _, c := range []struct {
		owner snowflake.User
		id    integration.ID
	}{{another, "game"}, {author, "none"}} {
		_, err := t.Deliveries.OfAuthor(t.Context(), c.owner, c.id)
		wantFault(t, err, fault.NotFound, "integration_not_found")
	}
	t.known("quiet")
	got, err = t.Deliveries.OfAuthor(t.Context(), author, "quiet")
	ok(t, err)
	same(t, "deliveries of an integration that was never asked", got, nil)
}

func testDeliveriesOfAuthorLatest(t trial) {
	t.known("game")
	var all []integration.Delivery
	for n := range integration.MaxDeliveries {
		all = append(all, delivered(home, "game", 2*n), delivered(abroad, "game", 2*n+1))
	}
	ok(t, t.Deliveries.Append(t.Context(), all))
	got, err := t.Deliveries.OfAuthor(t.Context(), author, "game")
	ok(t, err)
	if len(got) != integration.MaxDeliveries || !got[0].At.Equal(all[len(all)-1].At) || !got[len(got)-1].At.Equal(all[integration.MaxDeliveries].At) {
		t.Errorf("%d deliveries from %v to %v", len(got), got[0].At, got[len(got)-1].At)
	}
}

func testDeliveriesDeleted(t trial) {
	t.known("game", "other")
	ok(t, t.Deliveries.Append(t.Context(), []integration.Delivery{delivered(home, "game", 1), delivered(home, "other", 2)}))
	_, err := t.Count(t.Context(), "DELETE FROM integrations WHERE integration_id = 'game' RETURNING 1")
	ok(t, err)
	ok(t, t.Deliveries.Append(t.Context(), []integration.Delivery{delivered(home, "game", 3), delivered(home, "other", 4)}))
	t.wantCount(2, "SELECT COUNT(*) FROM deliveries")
	t.wantCount(1, "SELECT COUNT(*) FROM delivery_counters")
	t.wantDeliveries(home, "other", inGuild(delivered(home, "other", 2), delivered(home, "other", 4)))
}

func testDeliveriesTogether(t trial) {
	t.known("a", "b")
	const writers = 8
	for _, err := range together(writers, func(n int) error {
		all := []integration.Delivery{delivered(home, "a", n), delivered(home, "b", n), delivered(abroad, "a", n), delivered(abroad, "b", n)}
		if n%2 == 0 {
			slices.Reverse(all)
		}
		return t.Deliveries.Append(t.Context(), all)
	}) {
		ok(t, err)
	}
	t.wantCount(4*writers, "SELECT COUNT(*) FROM deliveries")
	t.wantCount(4, "SELECT COUNT(*) FROM delivery_counters WHERE last_delivery = 8")
}

func testDeliveryTexts(t trial) {
	t.known("game")
	wants := broken()
	for _, text := range oddities() {
		wants[text] = text
	}
	for text, want := range wants {
		d := delivered(home, "game", 1)
		d.Class, d.Trigger, d.Missing = text, integration.Trigger(text), []string{text}
		ok(t, t.Deliveries.Append(t.Context(), []integration.Delivery{d}))
		got, err := t.Deliveries.OfGuild(t.Context(), home, "game")
		ok(t, err)
		same(t, "texts", []string{got[0].Class, string(got[0].Trigger), got[0].Missing[0]}, []string{want, want, want})
	}
}
