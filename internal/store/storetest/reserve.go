package storetest

import (
	"slices"

	"usher/internal/core/fault"
	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

func reserveRules() []rule {
	return []rule{
		{"ReserveNumbersEachGuildFromOne", testReserveNumbers},
		{"ReserveFiftyAtOnceWithoutGapOrDouble", testReserveFifty},
		{"ReserveSameInteractionAtOnceMakesOneRow", testReserveRedelivered},
		{"ReserveDoubleClickMakesOneTicket", testReserveDoubleClick},
		{"ReserveLimitCountsOpeningAndOpenOfThePanel", testReserveLimit},
		{"ReserveLimitHoldsForManyAtOnce", testReserveLimitRace},
		{"ReserveUsesUpNoNumberInVain", testReserveNoGap},
		{"ReserveInteractionIsOfItsGuild", testReserveInteractionOfGuild},
		{"ReserveBesideOtherGuilds", testReserveGuildsAtOnce},
	}
}

// reserved is what Reserve returned.
type reserved struct {
	ticket ticket.Ticket
	fresh  bool
	err    error
}

func try(t trial, r ticket.Reservation) reserved {
	t.Helper()
	made, fresh, err := t.Tickets.Reserve(t.Context(), r)
	return reserved{made, fresh, err}
}

func testReserveNumbers(t trial) {
	for i := range 3 {
		for _, g := range []snowflake.Guild{home, abroad} {
			made := reserve(t, asking(g, snowflake.User(i+1), snowflake.Interaction(i+1)))
			same(t, "number", made.Number, int64(i+1))
		}
	}
}

func testReserveFifty(t trial) {
	const n = 50
	var numbers []int64
	for _, r := range together(n, func(i int) reserved {
		return try(t, asking(home, snowflake.User(i+1), snowflake.Interaction(i+1)))
	}) {
		if r.err != nil || !r.fresh {
			t.Fatalf("fresh %v, %v", r.fresh, r.err)
		}
		numbers = append(numbers, r.ticket.Number)
	}
	slices.Sort(numbers)
	for i, number := range numbers {
		if number != int64(i+1) {
			t.Fatalf("numbers have a gap or a double: %v", numbers)
		}
	}
}

func testReserveRedelivered(t trial) {
	fresh := 0
	for _, r := range together(20, func(int) reserved { return try(t, asking(home, 1, 1)) }) {
		ok(t, r.err)
		same(t, "number", r.ticket.Number, 1)
		if r.fresh {
			fresh++
		}
	}
	if fresh != 1 {
		t.Errorf("%d of 20 deliveries of one interaction were told to go on", fresh)
	}
	t.wantCount(1, "SELECT COUNT(*) FROM tickets")
}

func testReserveDoubleClick(t trial) {
	both := together(2, func(i int) reserved { return try(t, asking(home, 1, snowflake.Interaction(i+1))) })
	slices.SortFunc(both, func(a, _ reserved) int {
		if a.fresh {
			return -1
		}
		return 1
	})
	won, lost := both[0], both[1]
	if won.err != nil || !won.fresh || lost.fresh {
		t.Fatalf("won: fresh %v, %v; lost: fresh %v", won.fresh, won.err, lost.fresh)
	}
	wantFault(t, lost.err, fault.Conflict, "ticket_limit")
	same(t, "the ticket that the loser is told of", lost.ticket, won.ticket)
	t.wantCount(1, "SELECT COUNT(*) FROM tickets")
}

func testReserveLimit(t trial) {
	next := snowflake.Interaction(1000)
	ask := func(member snowflake.User, panelID string, limit int) ticket.Reservation {
		next++
		r := asking(home, member, next)
		r.MaxOpen = limit
		if panelID == "q" {
			r.Ticket.Panel = "q"
		}
		return r
	}
	for _, state := range []ticket.State{ticket.Closing, ticket.Closed, ticket.Failed, ticket.Open} { // but the last, none counts
		inState(t, 1, state)
	}
	reserve(t, ask(1, "p", 2))
	reserve(t, ask(2, "p", 1))
	reserve(t, ask(1, "q", 1))
	newest := try(t, ask(1, "p", 2))
	wantFault(t, newest.err, fault.Conflict, "ticket_limit")
	same(t, "number of the newest ticket", newest.ticket.Number, 5)
	if newest.fresh {
		t.Error("fresh in spite of the limit")
	}
	none := try(t, ask(3, "p", 0))
	wantFault(t, none.err, fault.Conflict, "ticket_limit")
	reserve(t, ask(1, "p", 3))
}

func testReserveLimitRace(t trial) {
	const limit = 3
	won := 0
	for _, r := range together(16, func(i int) reserved {
		one := asking(home, 1, snowflake.Interaction(i+1))
		one.MaxOpen = limit
		return try(t, one)
	}) {
		if r.err == nil && r.fresh {
			won++
			continue
		}
		wantFault(t, r.err, fault.Conflict, "ticket_limit")
	}
	if won != limit {
		t.Errorf("one member has %d tickets under a limit of %d", won, limit)
	}
	t.wantCount(limit, "SELECT COUNT(*) FROM tickets")
	t.wantCount(limit, "SELECT last_number FROM ticket_counters")
}

func testReserveNoGap(t trial) {
	reserve(t, asking(home, 1, 1))
	for range 3 {
		ok(t, try(t, asking(home, 1, 1)).err)
		wantFault(t, try(t, asking(home, 1, 2)).err, fault.Conflict, "ticket_limit")
	}
	made := reserve(t, asking(home, 2, 3))
	same(t, "number", made.Number, 2)
}

func testReserveInteractionOfGuild(t trial) {
	first := reserve(t, asking(home, 1, 1))
	second := reserve(t, asking(abroad, 1, 1))
	same(t, "guild", second.Guild, abroad)
	// The same interaction is the same ticket even when the limit is reached and the panel is another.
	again := asking(home, 1, 1)
	again.Ticket.Panel = "q"
	found := try(t, again)
	ok(t, found.err)
	same(t, "ticket", found.ticket, first)
}

func testReserveGuildsAtOnce(t trial) {
	const guilds, each = 5, 6
	for _, r := range together(guilds*each, func(i int) reserved {
		return try(t, asking(snowflake.Guild(i%guilds+1), snowflake.User(i+1), snowflake.Interaction(i+1)))
	}) {
		ok(t, r.err)
	}
	t.wantCount(guilds, "SELECT COUNT(*) FROM ticket_counters WHERE last_number = 6")
	t.wantCount(guilds*each, "SELECT COUNT(*) FROM tickets WHERE number BETWEEN 1 AND 6")
}
