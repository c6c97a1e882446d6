package storetest

import (
	"slices"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

func ticketRules() []rule {
	return []rule{
		{"TicketLivesThroughItsStates", testTicketLife},
		{"TicketThatFailedForgetsItsReply", testTicketFailed},
		{"TicketIsGuardedInEveryState", testTicketGuards},
		{"TicketOfAnotherGuildIsNotFound", testTicketForeign},
		{"TicketChannelBelongsToOneTicket", testTicketChannel},
		{"TicketIsClosedByOneOfManyAtOnce", testTicketClosingRace},
		{"TicketKeepsOddTexts", testTicketTexts},
		{"TicketCancelledCall", testTicketCancelled},
	}
}

// asking is a reservation of member by an interaction, from panel "p", for one open ticket.
func asking(g snowflake.Guild, member snowflake.User, interaction snowflake.Interaction) ticket.Reservation {
	return ticket.Reservation{
		Ticket: ticket.Ticket{
			Guild: g, Panel: "p", Opener: ticket.Member{ID: member, Name: "ryan", Shown: "Ryan 🎫", Locale: "en-US"},
			Interaction: interaction, Application: 1<<62 + 300, Reply: []byte{0, 1, 2, 255}, Created: noon(),
		},
		MaxOpen: 1, Claim: time.Minute, Now: noon(),
	}
}

// reserve makes a ticket that must be new.
func reserve(t trial, r ticket.Reservation) ticket.Ticket {
	t.Helper()
	made, fresh, err := t.Tickets.Reserve(t.Context(), r)
	ok(t, err)
	if !fresh {
		t.Fatalf("ticket %d is not new", made.Number)
	}
	return made
}

// step brings a ticket of home from one state to the next.
type step struct {
	name string
	from ticket.State
	do   func(t trial, g snowflake.Guild, number int64) error
}

func steps() []step {
	return []step{
		{"SetChannel", ticket.Opening, func(t trial, g snowflake.Guild, n int64) error {
			return t.Tickets.SetChannel(t.Context(), g, n, snowflake.Channel(9000+n))
		}},
		{"SetOpen", ticket.Opening, func(t trial, g snowflake.Guild, n int64) error {
			return t.Tickets.SetOpen(t.Context(), g, n, 666, noon())
		}},
		{"SetFailed", ticket.Opening, func(t trial, g snowflake.Guild, n int64) error {
			return t.Tickets.SetFailed(t.Context(), g, n, "no", noon())
		}},
		{"SetClosing", ticket.Open, func(t trial, g snowflake.Guild, n int64) error {
			_, err := t.Tickets.SetClosing(t.Context(), ticket.CloseRequest{Guild: g, By: 3}, n, time.Minute, noon())
			return err
		}},
		{"SetClosed", ticket.Closing, func(t trial, g snowflake.Guild, n int64) error {
			return t.Tickets.SetClosed(t.Context(), g, n, noon())
		}},
	}
}

// inState makes a ticket of home in a state, with channel 100 + its number unless it is Opening.
func inState(t trial, member snowflake.User, state ticket.State) ticket.Ticket {
	t.Helper()
	ctx := t.Context()
	interaction := 10*int(member) + slices.Index([]ticket.State{ticket.Opening, ticket.Open, ticket.Closing, ticket.Closed, ticket.Failed}, state)
	made := reserve(t, asking(home, member, snowflake.Interaction(interaction)))
	channel := snowflake.Channel(100 + made.Number)
	ok(t, t.Tickets.SetChannel(ctx, home, made.Number, channel))
	if state == ticket.Failed {
		ok(t, t.Tickets.SetFailed(ctx, home, made.Number, "no", noon()))
	}
	if state == ticket.Open || state == ticket.Closing || state == ticket.Closed {
		ok(t, t.Tickets.SetOpen(ctx, home, made.Number, 555, noon()))
	}
	if state == ticket.Closing || state == ticket.Closed {
		_, err := t.Tickets.SetClosing(ctx, ticket.CloseRequest{Guild: home, Channel: channel, By: 2}, made.Number, time.Minute, noon())
		ok(t, err)
	}
	if state == ticket.Closed {
		ok(t, t.Tickets.SetClosed(ctx, home, made.Number, noon()))
	}
	now, err := t.Tickets.ByChannel(ctx, home, channel)
	ok(t, err)
	same(t, "state", now.State, state)
	return now
}

func testTicketLife(t trial) {
	ctx := t.Context()
	want := asking(home, 1<<62+1, 1<<62+2).Ticket
	want.Number, want.State = 1, ticket.Opening
	same(t, "the reserved ticket", reserve(t, asking(home, 1<<62+1, 1<<62+2)), want)

	const channel snowflake.Channel = 1<<62 + 3
	check := func() {
		t.Helper()
		got, err := t.Tickets.ByChannel(ctx, home, channel)
		ok(t, err)
		same(t, "the ticket as it is kept", got, want)
	}
	ok(t, t.Tickets.SetChannel(ctx, home, 1, channel))
	want.Channel = channel
	check()

	berlin := time.FixedZone("elsewhere", 3600)
	ok(t, t.Tickets.SetOpen(ctx, home, 1, 1<<62+4, noon().Add(time.Second+999*time.Microsecond).In(berlin)))
	want.State, want.Message, want.OpenedAt, want.Reply = ticket.Open, 1<<62+4, noon().Add(time.Second), nil
	check()

	closing, err := t.Tickets.SetClosing(ctx, ticket.CloseRequest{Guild: home, Channel: channel, By: 1<<62 + 5, Reason: "done\n🎫"}, 1, time.Minute, noon().Add(2*time.Second))
	ok(t, err)
	want.State, want.ClosedBy, want.Reason = ticket.Closing, 1<<62+5, "done\n🎫"
	same(t, "the closing ticket", closing, want)
	check()

	ok(t, t.Tickets.SetClosed(ctx, home, 1, noon().Add(3*time.Second)))
	want.State, want.ClosedAt = ticket.Closed, noon().Add(3*time.Second)
	check()
}

func testTicketFailed(t trial) {
	made := reserve(t, asking(home, 1, 1))
	ok(t, t.Tickets.SetFailed(t.Context(), home, made.Number, "The bot may not make channels.", noon().Add(time.Second)))
	t.wantCount(0, "SELECT COUNT(*) FROM tickets WHERE reply IS NOT NULL")
	again, fresh, err := t.Tickets.Reserve(t.Context(), asking(home, 1, 1))
	ok(t, err)
	made.State, made.Reply, made.Reason, made.ClosedAt = ticket.Failed, nil, "The bot may not make channels.", noon().Add(time.Second)
	same(t, "the failed ticket, found by its interaction", again, made)
	if fresh {
		t.Error("a failed ticket was made anew by the same interaction")
	}
}

func testTicketGuards(t trial) {
	for i, state := range []ticket.State{ticket.Opening, ticket.Open, ticket.Closing, ticket.Closed, ticket.Failed} {
		before := inState(t, snowflake.User(i+1), state)
		for _, s := range steps() {
			if s.from == state {
				continue
			}
			err := s.do(t, home, before.Number)
			if fault.KindOf(err) != fault.Conflict || fault.CodeOf(err) != "ticket_state" {
				t.Errorf("%s of a ticket in state %s: %v", s.name, state, err)
			}
		}
		after, err := t.Tickets.ByChannel(t.Context(), home, before.Channel)
		ok(t, err)
		same(t, "the ticket that nothing may have changed", after, before)
	}
}

func testTicketForeign(t trial) {
	for i, s := range steps() {
		before := inState(t, snowflake.User(i+1), s.from)
		for _, g := range []snowflake.Guild{abroad, 0} {
			wantFault(t, s.do(t, g, before.Number), fault.NotFound, "ticket_not_found")
			_, err := t.Tickets.ByChannel(t.Context(), g, before.Channel)
			wantFault(t, err, fault.NotFound, "ticket_not_found")
		}
		wantFault(t, s.do(t, home, 999), fault.NotFound, "ticket_not_found")
		after, err := t.Tickets.ByChannel(t.Context(), home, before.Channel)
		ok(t, err)
		same(t, "the ticket that nothing may have changed", after, before)
	}
}

func testTicketChannel(t trial) {
	first, second := reserve(t, asking(home, 1, 1)), reserve(t, asking(home, 2, 2))
	_, err := t.Tickets.ByChannel(t.Context(), home, 0) // both have none yet: no channel's ticket is neither
	wantFault(t, err, fault.NotFound, "ticket_not_found")
	ok(t, t.Tickets.SetChannel(t.Context(), home, first.Number, 7))
	ok(t, t.Tickets.SetChannel(t.Context(), home, first.Number, 7)) // a sweep may say it again
	wantFault(t, t.Tickets.SetChannel(t.Context(), home, second.Number, 7), fault.Conflict, "ticket_channel_taken")
	got, err := t.Tickets.ByChannel(t.Context(), home, 7)
	ok(t, err)
	same(t, "number", got.Number, first.Number)
}

func testTicketClosingRace(t trial) {
	made := inState(t, 1, ticket.Open)
	won := 0
	for i, err := range together(8, func(i int) error {
		_, err := t.Tickets.SetClosing(t.Context(), ticket.CloseRequest{Guild: home, By: snowflake.User(10 + i)}, made.Number, time.Minute, noon())
		return err
	}) {
		if err != nil {
			wantFault(t, err, fault.Conflict, "ticket_state")
			continue
		}
		won++
		got, err := t.Tickets.ByChannel(t.Context(), home, made.Channel)
		ok(t, err)
		same(t, "who closed it", got.ClosedBy, snowflake.User(10+i))
	}
	if won != 1 {
		t.Errorf("%d closed the one ticket", won)
	}
}

func testTicketTexts(t trial) {
	wants := broken()
	for _, text := range oddities() {
		wants[text] = text
	}
	n := 0
	for text, want := range wants {
		n++
		r := asking(home, snowflake.User(n), snowflake.Interaction(n))
		r.Ticket.Opener.Name, r.Ticket.Opener.Shown, r.Ticket.Opener.Locale = text, text, text
		made := reserve(t, r)
		same(t, "opener", made.Opener, ticket.Member{ID: snowflake.User(n), Name: want, Shown: want, Locale: want})
		ok(t, t.Tickets.SetOpen(t.Context(), home, made.Number, 1, noon()))
		closing, err := t.Tickets.SetClosing(t.Context(), ticket.CloseRequest{Guild: home, Reason: text}, made.Number, 0, noon())
		ok(t, err)
		same(t, "reason", closing.Reason, want)
	}
}

func testTicketCancelled(t trial) {
	_, _, err := t.Tickets.Reserve(cancelled(t), asking(home, 1, 1))
	wantCancelled(t, err)
	_, err = t.Tickets.ByChannel(cancelled(t), home, 1)
	wantCancelled(t, err)
	_, err = t.Tickets.Claim(cancelled(t), noon(), noon(), true, 1)
	wantCancelled(t, err)
	made := reserve(t, asking(home, 1, 1))
	same(t, "the first number, which the cancelled call did not use up", made.Number, 1)
	wantCancelled(t, t.Tickets.SetChannel(cancelled(t), home, 1, 5))
}
