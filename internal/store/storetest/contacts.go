package storetest

import (
	"sync"
	"time"

	"usher/internal/core/fault"
	"usher/internal/core/placeholder"
	"usher/internal/core/ticket"
)

func contactRules() []rule {
	return []rule{
		{"ContactsAreKeptInOrderAndReplaced", testContactsReplaced},
		{"ContactsBelongToTheirTicket", testContactsForeign},
		{"ContactsKeepOddTexts", testContactsTexts},
		{"ContactsStayWhenTheTicketCloses", testContactsStay},
		{"ContactsAreSavedByOneOfManyAtOnce", testContactsRace},
		{"ContactsCancelledCall", func(t trial) {
			made := reserve(t, asking(home, 1, 1))
			wantCancelled(t, t.Contacts.SaveContacts(cancelled(t), home, made.Number, contacts()))
			_, err := t.Records.Contacts(cancelled(t), home, made.Number)
			wantCancelled(t, err)
		}},
	}
}

// contacts are one that answered, one that failed and one that is awaited.
func contacts() []ticket.Contact {
	return []ticket.Contact{
		{
			Source: "game", Name: "Game lookup", At: noon(), Took: 38 * time.Millisecond, Given: []ticket.Given{
				{Name: "high_score", Text: "3000"}, {Name: "joined", Text: "2019", Format: placeholder.Timestamp, Cut: true}, {Name: "clan", Lack: placeholder.Null},
			},
		},
		{Source: "bloxlink", Name: "Bloxlink", BuiltIn: true, Class: "no_key", Cached: true, At: noon(), Given: []ticket.Given{{Name: "roblox_id", Lack: placeholder.Failed}}},
		{Source: "price", Name: "Price", Pending: true},
	}
}

// wantContacts demands what is kept of a ticket of home.
func (t trial) wantContacts(number int64, want []ticket.Contact) {
	t.Helper()
	got, err := t.Records.Contacts(t.Context(), home, number)
	ok(t, err)
	same(t, "contacts", got, want)
}

func testContactsReplaced(t trial) {
	made := reserve(t, asking(home, 1, 1))
	t.wantContacts(made.Number, nil)
	ok(t, t.Contacts.SaveContacts(t.Context(), home, made.Number, contacts()))
	t.wantContacts(made.Number, contacts())
	fewer := contacts()[1:]
	ok(t, t.Contacts.SaveContacts(t.Context(), home, made.Number, fewer))
	t.wantContacts(made.Number, fewer)
	again, err := t.Records.Ticket(t.Context(), home, made.Number)
	ok(t, err)
	same(t, "ticket", again, made) // it is as it was
	ok(t, t.Contacts.SaveContacts(t.Context(), home, made.Number, nil))
	t.wantContacts(made.Number, nil)
}

func testContactsForeign(t trial) {
	mine := reserve(t, asking(home, 1, 1))
	other := reserve(t, asking(home, 2, 2))
	reserve(t, asking(abroad, 1, 1))
	ok(t, t.Contacts.SaveContacts(t.Context(), home, mine.Number, contacts()))
	t.wantContacts(other.Number, nil)
	got, err := t.Records.Contacts(t.Context(), abroad, mine.Number)
	ok(t, err)
	same(t, "contacts of the other guild's ticket", got, nil)
	for _, all := range [][]ticket.Contact{contacts(), nil} {
		wantFault(t, t.Contacts.SaveContacts(t.Context(), abroad, other.Number, all), fault.NotFound, "ticket_not_found")
		wantFault(t, t.Contacts.SaveContacts(t.Context(), home, 77, all), fault.NotFound, "ticket_not_found")
	}
	t.wantContacts(mine.Number, contacts())
}

func testContactsTexts(t trial) {
	made := reserve(t, asking(home, 1, 1))
	for _, text := range oddities() {
		all := []ticket.Contact{{Source: text, Name: text, Class: text, Given: []ticket.Given{{Name: text, Text: text, Lack: placeholder.Lack(text)}}}}
		ok(t, t.Contacts.SaveContacts(t.Context(), home, made.Number, all))
		t.wantContacts(made.Number, all)
	}
	for text, back := range broken() {
		of := func(text string) []ticket.Contact {
			return []ticket.Contact{{Source: text, Name: text, Class: text, Given: []ticket.Given{{Name: text, Text: text}}}}
		}
		ok(t, t.Contacts.SaveContacts(t.Context(), home, made.Number, of(text)))
		t.wantContacts(made.Number, of(back))
	}
}

func testContactsStay(t trial) {
	for _, state := range []ticket.State{ticket.Open, ticket.Closed, ticket.Failed} {
		made := inState(t, 5, state)
		ok(t, t.Contacts.SaveContacts(t.Context(), home, made.Number, contacts()))
		t.wantContacts(made.Number, contacts())
		if state == ticket.Open {
			_, err := t.Tickets.SetClosing(t.Context(), ticket.CloseRequest{Guild: home, By: 2}, made.Number, time.Minute, noon())
			ok(t, err)
			ok(t, t.Tickets.SetClosed(t.Context(), home, made.Number, noon()))
			t.wantContacts(made.Number, contacts())
		}
	}
}

// testContactsRace has many save for one ticket: each time the whole of one of them is kept.
func testContactsRace(t trial) {
	made := reserve(t, asking(home, 1, 1))
	var all sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		all.Go(func() { errs[i] = t.Contacts.SaveContacts(t.Context(), home, made.Number, contacts()) })
	}
	all.Wait()
	for _, err := range errs {
		ok(t, err)
	}
	t.wantContacts(made.Number, contacts())
}
