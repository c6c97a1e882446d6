package storetest

import (
	"time"

	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

func claimRules() []rule {
	return []rule{
		{"ClaimTakesOpeningAndClosingWhoseClaimEnded", testClaimDue},
		{"ClaimAllTakesWhateverIsClaimed", testClaimAll},
		{"ClaimGivesOldestFirstAndNoMoreThanAsked", testClaimOrder},
		{"ClaimByFourTakesNoRowTwice", testClaimFour},
		{"ClaimIsRenewedByClosing", testClaimClosing},
	}
}

func numbers(tickets []ticket.Ticket) []int64 {
	var all []int64
	for _, t := range tickets {
		all = append(all, t.Number)
	}
	return all
}

func claim(t trial, now time.Time, all bool, limit int) []ticket.Ticket {
	t.Helper()
	claimed, err := t.Tickets.Claim(t.Context(), now, now.Add(time.Minute), all, limit)
	ok(t, err)
	return claimed
}

func testClaimDue(t trial) {
	opening := inState(t, 1, ticket.Opening)
	inState(t, 2, ticket.Open)
	closing := inState(t, 3, ticket.Closing)
	inState(t, 4, ticket.Closed)
	inState(t, 5, ticket.Failed)
	ends := noon().Add(time.Minute)
	same(t, "claimed before the end of the claim", claim(t, ends, false, 10), nil)
	same(t, "claimed after it", claim(t, ends.Add(time.Millisecond), false, 10), []ticket.Ticket{opening, closing})
	same(t, "claimed again at once", claim(t, ends.Add(time.Second), false, 10), nil)
	same(t, "claimed when the claim ended", numbers(claim(t, ends.Add(2*time.Minute), false, 10)), []int64{1, 3})
}

func testClaimAll(t trial) {
	inState(t, 1, ticket.Opening)
	inState(t, 2, ticket.Open)
	inState(t, 3, ticket.Closing)
	same(t, "claimed", numbers(claim(t, noon(), true, 10)), []int64{1, 3})
	same(t, "claimed by another that is not alone", claim(t, noon(), false, 10), nil)
}

func testClaimOrder(t trial) {
	for i, age := range []time.Duration{2 * time.Hour, 3 * time.Hour, time.Hour, 3 * time.Hour} {
		r := asking(snowflake.Guild(10-i), 1, 1)
		r.Ticket.Created = noon().Add(-age)
		reserve(t, r)
	}
	later := noon().Add(time.Hour)
	guilds := func(tickets []ticket.Ticket) []snowflake.Guild {
		var all []snowflake.Guild
		for _, t := range tickets {
			all = append(all, t.Guild)
		}
		return all
	}
	same(t, "the oldest three", guilds(claim(t, later, false, 3)), []snowflake.Guild{7, 9, 10})
	same(t, "nothing asked", claim(t, later, false, 0), nil)
	same(t, "the one that is left", guilds(claim(t, later, false, 3)), []snowflake.Guild{8})
}

func testClaimFour(t trial) {
	const rows = 60
	for i := range rows {
		reserve(t, asking(home, snowflake.User(i+1), snowflake.Interaction(i+1)))
	}
	later := noon().Add(time.Hour)
	taken := make([][]int64, 4)
	errs := together(len(taken), func(i int) error {
		for range rows {
			claimed, err := t.Tickets.Claim(t.Context(), later, later.Add(time.Hour), false, 7)
			if err != nil || len(claimed) == 0 {
				return err
			}
			taken[i] = append(taken[i], numbers(claimed)...)
		}
		return nil
	})
	seen := map[int64]bool{}
	for i := range taken {
		ok(t, errs[i])
		for _, n := range taken[i] {
			if seen[n] {
				t.Errorf("ticket %d was claimed twice", n)
			}
			seen[n] = true
		}
	}
	// A claimer may find all that is left in another's hands and go, so what matters is that the rest is not lost.
	for _, n := range numbers(claim(t, later, false, rows)) {
		seen[n] = true
	}
	if len(seen) != rows {
		t.Errorf("%d of %d tickets were claimed", len(seen), rows)
	}
}

func testClaimClosing(t trial) {
	made := inState(t, 1, ticket.Open)
	at := noon().Add(time.Hour)
	_, err := t.Tickets.SetClosing(t.Context(), ticket.CloseRequest{Guild: home}, made.Number, time.Minute, at)
	ok(t, err)
	same(t, "claimed while the closer works", claim(t, at.Add(time.Minute), false, 10), nil)
	same(t, "claimed after", numbers(claim(t, at.Add(time.Minute+time.Millisecond), false, 10)), []int64{1})
}
