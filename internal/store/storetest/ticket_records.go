package storetest

import (
	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

func recordRules() []rule {
	return []rule{
		{"TicketRecordsKeepOpenAndEndedApart", testRecordStates},
		{"TicketRecordsAreReadInPages", testRecordPages},
		{"TicketRecordsAreFiltered", testRecordFilters},
		{"TicketRecordHoldsWhatIsKnown", testRecordWhole},
		{"TicketRecordsCancelledCall", func(t trial) {
			_, err := t.Records.List(cancelled(t), ticket.RecordQuery{Guild: home, Limit: 1})
			wantCancelled(t, err)
			_, err = t.Records.Ticket(cancelled(t), home, 1)
			wantCancelled(t, err)
		}},
	}
}

// wantNumbers demands the tickets of an answer, in order.
func (t trial) wantNumbers(q ticket.RecordQuery, want ...int64) {
	t.Helper()
	got, err := t.Records.List(t.Context(), q)
	ok(t, err)
	var numbers []int64
	for _, one := range got {
		if one.Guild != q.Guild {
			t.Errorf("ticket %d is of guild %s", one.Number, one.Guild)
		}
		numbers = append(numbers, one.Number)
	}
	same(t, "numbers", numbers, want)
}

func testRecordStates(t trial) {
	for n, state := range []ticket.State{ticket.Opening, ticket.Open, ticket.Closing, ticket.Closed, ticket.Failed} {
		inState(t, snowflake.User(100+n), state)
	}
	reserve(t, asking(abroad, 1, 1))
	t.wantNumbers(ticket.RecordQuery{Guild: home, Limit: 10}, 3, 2, 1)
	t.wantNumbers(ticket.RecordQuery{Guild: home, Limit: 10, Ended: true}, 5, 4)
	t.wantNumbers(ticket.RecordQuery{Guild: abroad, Limit: 10}, 1)
	t.wantNumbers(ticket.RecordQuery{Guild: abroad, Limit: 10, Ended: true})
}

func testRecordPages(t trial) {
	for n := range 5 {
		reserve(t, asking(home, snowflake.User(1+n), snowflake.Interaction(1+n)))
	}
	t.wantNumbers(ticket.RecordQuery{Guild: home, Limit: 2}, 5, 4)
	t.wantNumbers(ticket.RecordQuery{Guild: home, Limit: 2, Before: 4}, 3, 2)
	t.wantNumbers(ticket.RecordQuery{Guild: home, Limit: 2, Before: 2}, 1)
	t.wantNumbers(ticket.RecordQuery{Guild: home, Limit: 2, Before: 1})
}

func testRecordFilters(t trial) {
	const far snowflake.User = 1<<62 + 7
	reserve(t, asking(home, far, 1))
	reserve(t, asking(home, 2, 2))
	other := asking(home, far, 3)
	other.Ticket.Panel = "q"
	reserve(t, other)
	t.wantNumbers(ticket.RecordQuery{Guild: home, Limit: 10, Opener: far}, 3, 1)
	t.wantNumbers(ticket.RecordQuery{Guild: home, Limit: 10, Panel: "p"}, 2, 1)
	t.wantNumbers(ticket.RecordQuery{Guild: home, Limit: 10, Panel: "p", Opener: far}, 1)
	t.wantNumbers(ticket.RecordQuery{Guild: home, Limit: 10, Number: 2}, 2)
	t.wantNumbers(ticket.RecordQuery{Guild: home, Limit: 10, Number: 2, Opener: far})
	t.wantNumbers(ticket.RecordQuery{Guild: home, Limit: 10, Panel: "P"})
	t.wantNumbers(ticket.RecordQuery{Guild: home, Limit: 10, Number: 1 << 62})
}

func testRecordWhole(t trial) {
	r := asking(home, 9, 1)
	r.Ticket.Answers = []form.Answer{{Question: "what", Label: "What?", Kind: form.Short, Values: []string{"It broke 🎫"}}}
	made := reserve(t, r)
	got, err := t.Records.Ticket(t.Context(), home, made.Number)
	ok(t, err)
	same(t, "ticket", got, made)
	listed, err := t.Records.List(t.Context(), ticket.RecordQuery{Guild: home, Limit: 1})
	ok(t, err)
	same(t, "tickets", listed, []ticket.Ticket{made})
	_, err = t.Records.Ticket(t.Context(), abroad, made.Number)
	wantFault(t, err, fault.NotFound, "ticket_not_found")
	_, err = t.Records.Ticket(t.Context(), home, 77)
	wantFault(t, err, fault.NotFound, "ticket_not_found")
}
