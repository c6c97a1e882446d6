package storetest

import (
	"testing"
	"time"

	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

func claimCases() []Case {
	return []Case{
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

func claim(t *testing.T, p Ports, now time.Time, all bool, limit int) []ticket.Ticket {
	t.Helper()
	claimed, err := p.Tickets.Claim(t.Context(), now, now.Add(time.Minute), all, limit)
	ok(t, err)
	return claimed
}

func testClaimDue(t *testing.T, p Ports) {
	opening := inState(t, p, 1, ticket.Opening)
	inState(t, p, 2, ticket.Open)
	closing := inState(t, p, 3, ticket.Closing)
	inState(t, p, 4, ticket.Closed)
	inState(t, p, 5, ticket.Failed)
	ends := noon().Add(time.Minute)
	same(t, "claimed before the end of the claim", claim(t, p, ends, false, 10), nil)
	same(t, "claimed after it", claim(t, p, ends.Add(time.Millisecond), false, 10), []ticket.Ticket{opening, closing})
	same(t, "claimed again at once", claim(t, p, ends.Add(time.Second), false, 10), nil)
	same(t, "claimed when the claim ended", numbers(claim(t, p, ends.Add(2*time.Minute), false, 10)), []int64{1, 3})
}

func testClaimAll(t *testing.T, p Ports) {
	inState(t, p, 1, ticket.Opening)
	inState(t, p, 2, ticket.Open)
	inState(t, p, 3, ticket.Closing)
	same(t, "claimed", numbers(claim(t, p, noon(), true, 10)), []int64{1, 3})
	same(t, "claimed by another that is not alone", claim(t, p, noon(), false, 10), nil)
}

func testClaimOrder(t *testing.T, p Ports) {
	for i, age := range []time.Duration{2, 3, 1, 3} {
		r := asking(snowflake.Guild(10-i), 1, 1)
		r.Ticket.Created = noon().Add(-age * time.Hour)
		reserve(t, p, r)
	}
	later := noon().Add(time.Hour)
	guilds := func(tickets []ticket.Ticket) []snowflake.Guild {
		var all []snowflake.Guild
		for _, t := range tickets {
			all = append(all, t.Guild)
		}
		return all
	}
	same(t, "the oldest three", guilds(claim(t, p, later, false, 3)), []snowflake.Guild{7, 9, 10})
	same(t, "nothing asked", claim(t, p, later, false, 0), nil)
	same(t, "the one that is left", guilds(claim(t, p, later, false, 3)), []snowflake.Guild{8})
}

func testClaimFour(t *testing.T, p Ports) {
	const rows = 60
	for i := range rows {
		reserve(t, p, asking(home, snowflake.User(i+1), snowflake.Interaction(i+1)))
	}
	later := noon().Add(time.Hour)
	taken := make([][]int64, 4)
	errs := together(len(taken), func(i int) error {
		for {
			claimed, err := p.Tickets.Claim(t.Context(), later, later.Add(time.Hour), false, 7)
			if err != nil || len(claimed) == 0 {
				return err
			}
			taken[i] = append(taken[i], numbers(claimed)...)
		}
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
	for _, n := range numbers(claim(t, p, later, false, rows)) {
		seen[n] = true
	}
	if len(seen) != rows {
		t.Errorf("%d of %d tickets were claimed", len(seen), rows)
	}
}

func testClaimClosing(t *testing.T, p Ports) {
	made := inState(t, p, 1, ticket.Open)
	at := noon().Add(time.Hour)
	_, err := p.Tickets.SetClosing(t.Context(), ticket.CloseRequest{Guild: home}, made.Number, time.Minute, at)
	ok(t, err)
	same(t, "claimed while the closer works", claim(t, p, at.Add(time.Minute), false, 10), nil)
	same(t, "claimed after", numbers(claim(t, p, at.Add(time.Minute+time.Millisecond), false, 10)), []int64{1})
}
