package storetest

import (
	"errors"
	"fmt"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/form"
	"usher/internal/core/panel"
	"usher/internal/core/snowflake"
	"usher/internal/core/ticket"
)

func formRules() []rule {
	return []rule{
		{"FormComesBackAsSaved", testFormRoundTrip},
		{"FormKeepsOddTexts", testFormTexts},
		{"FormNamesAreUniqueWithoutRegardToCase", testFormNames},
		{"FormsAreListedByName", testFormOrder},
		{"FormOfAnotherGuildIsNotFound", testFormForeign},
		{"FormIsChangedFromTheRevisionThatIsThereAlone", testFormChanged},
		{"FormIsChangedByOneOfManyAtOnce", testFormRace},
		{"FormKeepsItsLastRevisions", testFormRevisions},
		{"FormsOfAGuildAreBounded", testFormLimit},
		{"FormInUseIsNotDeleted", testFormInUse},
		{"FormIsDeletedOrAskedButNeverBoth", testFormDeletionRace},
		{"FormIsWrittenWithItsAuditEntry", testFormAudit},
		{"FormCancelledCall", testFormCancelled},
		{"TicketKeepsItsAnswers", testTicketAnswers},
		{"TicketsHeldByAMemberAreTheOpenOnesOfThePanel", testTicketsHeld},
	}
}

func someForm(g snowflake.Guild, id form.ID, name string) form.Form {
	return form.Form{ID: id, Guild: g, Name: name, Title: "Tell us", Questions: []form.Question{{ID: "what", Label: "What?", Kind: form.Short}}}
}

// saveForm saves a form that must be taken, and gives it as it is now.
func saveForm(t trial, f form.Form) form.Form {
	t.Helper()
	revision, err := t.Forms.SaveForm(t.Context(), f)
	ok(t, err)
	f.Revision = revision
	return f
}

func testFormRoundTrip(t trial) {
	full := form.Form{ID: "full", Guild: home, Name: "Report", Title: "Report 🎫", Questions: []form.Question{
		{ID: "what", Label: "What?", Description: "d", Kind: form.Paragraph, Required: true, Placeholder: "p", Default: "x", MinLength: 1, MaxLength: 400},
		{ID: "which", Label: "Which?", Kind: form.Select, MinValues: 1, MaxValues: 2, Options: []form.Option{
			{Label: "A", Value: "a", Description: "first", Emoji: "🎫", Default: true}, {Label: "B", Value: "b"},
		}},
	}}
	for _, want := range []form.Form{full, {ID: "bare", Guild: home, Name: "Bare"}} {
		want = saveForm(t, want)
		same(t, "revision", want.Revision, 1)
		got, err := t.Forms.Form(t.Context(), home, want.ID)
		ok(t, err)
		same(t, "form", got, want)
	}
}

func testFormTexts(t trial) {
	wants := broken()
	for _, text := range oddities() {
		wants[text] = text
	}
	n := 0
	for text, want := range wants {
		n++
		one := someForm(home, form.ID(fmt.Sprintf("f%d", n)), fmt.Sprintf("%d %s", n, text))
		one.Title, one.Questions[0].Label, one.Questions[0].Options = text, text, []form.Option{{Label: text, Value: text}}
		saveForm(t, one)
		got, err := t.Forms.Form(t.Context(), home, one.ID)
		ok(t, err)
		same(t, "texts", []string{got.Name, got.Title, got.Questions[0].Label, got.Questions[0].Options[0].Value}, []string{fmt.Sprintf("%d %s", n, want), want, want, want})
	}
}

func testFormNames(t trial) {
	saveForm(t, someForm(home, "a", "Ärger"))
	_, err := t.Forms.SaveForm(t.Context(), someForm(home, "b", "äRGER"))
	wantFault(t, err, fault.Conflict, "form_name_taken")
	saveForm(t, someForm(abroad, "a", "Ärger"))
	other := saveForm(t, someForm(home, "b", "Arger"))
	other.Name = "ÄRGER"
	_, err = t.Forms.SaveForm(t.Context(), other)
	wantFault(t, err, fault.Conflict, "form_name_taken")
	t.wantCount(3, "SELECT COUNT(*) FROM form_revisions")
}

func testFormOrder(t trial) {
	for i, name := range []string{"zebra", "apple", "Zoo", "BANANA", "10"} {
		saveForm(t, someForm(home, form.ID(fmt.Sprintf("f%d", i)), name))
	}
	all, err := t.Forms.Forms(t.Context(), home)
	ok(t, err)
	var got []string
	for _, one := range all {
		got = append(got, one.Name)
	}
	same(t, "order", got, []string{"10", "apple", "BANANA", "zebra", "Zoo"})
	none, err := t.Forms.Forms(t.Context(), abroad)
	ok(t, err)
	same(t, "forms of a guild without any", none, nil)
}

func testFormForeign(t trial) {
	mine := saveForm(t, someForm(home, "f", "Report"))
	for _, id := range []form.ID{"f", "g", "", "f\x00", "F"} {
		g := home
		if id == "f" {
			g = abroad
		}
		_, err := t.Forms.Form(t.Context(), g, id)
		wantFault(t, err, fault.NotFound, "form_not_found")
		_, err = t.Forms.FormRevision(t.Context(), g, id, 1)
		wantFault(t, err, fault.NotFound, "form_not_found")
		wantFault(t, t.Forms.DeleteForm(t.Context(), g, id), fault.NotFound, "form_not_found")
		stranger := someForm(g, id, "Stranger")
		stranger.Revision = 1
		_, err = t.Forms.SaveForm(t.Context(), stranger)
		wantFault(t, err, fault.NotFound, "form_not_found")
		asking := somePanel(g, "p", "Support")
		if asking.Form = id; id != "" {
			wantFault(t, t.Panels.SavePanel(t.Context(), asking), fault.NotFound, "form_not_found")
		}
	}
	t.wantCount(0, "SELECT COUNT(*) FROM panels")
	got, err := t.Forms.Form(t.Context(), home, "f")
	ok(t, err)
	same(t, "form", got, mine)
}

func testFormChanged(t trial) {
	first := saveForm(t, someForm(home, "f", "Report"))
	second := first
	second.Title, second.Questions = "Now", []form.Question{{ID: "why", Label: "Why?", Kind: form.Paragraph}}
	second = saveForm(t, second)
	same(t, "revision", second.Revision, 2)
	_, err := t.Forms.SaveForm(t.Context(), first) // edited in another window
	wantFault(t, err, fault.Conflict, "form_changed")
	got, err := t.Forms.Form(t.Context(), home, "f")
	ok(t, err)
	same(t, "form", got, second)
	old, err := t.Forms.FormRevision(t.Context(), home, "f", 1)
	ok(t, err)
	same(t, "what was asked before", old, first)
}

func testFormRace(t trial) {
	now := saveForm(t, someForm(home, "f", "Report"))
	won := 0
	for _, err := range together(8, func(i int) error {
		mine := now
		mine.Title = fmt.Sprint(i)
		_, err := t.Forms.SaveForm(t.Context(), mine)
		return err
	}) {
		if err == nil {
			won++
			continue
		}
		wantFault(t, err, fault.Conflict, "form_changed")
	}
	same(t, "changes that were taken", won, 1)
}

func testFormRevisions(t trial) {
	now := saveForm(t, someForm(home, "f", "Report"))
	saveForm(t, someForm(home, "g", "Another"))
	for range form.KeptRevisions {
		now = saveForm(t, now)
	}
	_, err := t.Forms.FormRevision(t.Context(), home, "f", 1)
	wantFault(t, err, fault.NotFound, "form_not_found")
	if _, err = t.Forms.FormRevision(t.Context(), home, "f", 2); err != nil {
		t.Error(err)
	}
	t.wantCount(form.KeptRevisions+1, "SELECT COUNT(*) FROM form_revisions")
}

func testFormLimit(t trial) {
	var last form.Form
	for i := range form.MaxForms {
		last = saveForm(t, someForm(home, form.ID(fmt.Sprintf("f%d", i)), fmt.Sprint(i)))
	}
	_, err := t.Forms.SaveForm(t.Context(), someForm(home, "more", "more"))
	wantFault(t, err, fault.Conflict, "form_limit")
	saveForm(t, last)
	saveForm(t, someForm(abroad, "more", "more"))
	ok(t, t.Forms.DeleteForm(t.Context(), home, "f0"))
	saveForm(t, someForm(home, "more", "more"))
}

func testFormInUse(t trial) {
	saveForm(t, someForm(home, "f", "Report"))
	saveForm(t, someForm(abroad, "f", "Report"))
	for id, name := range map[panel.ID]string{"p": "Support", "q": "appeals"} {
		one := somePanel(home, id, name)
		one.Form = "f"
		ok(t, t.Panels.SavePanel(t.Context(), one))
	}
	err := t.Forms.DeleteForm(t.Context(), home, "f")
	wantFault(t, err, fault.Conflict, "form_in_use")
	var said *fault.Error
	if errors.As(err, &said) {
		same(t, "what a person reads", said.Text, "This form is asked by these panels: appeals, Support. Give them another form, or none, first.")
	}
	ok(t, t.Panels.SavePanel(t.Context(), somePanel(home, "p", "Support")))
	ok(t, t.Panels.DeletePanel(t.Context(), home, "q"))
	ok(t, t.Forms.DeleteForm(t.Context(), home, "f"))
	_, err = t.Forms.FormRevision(t.Context(), home, "f", 1)
	wantFault(t, err, fault.NotFound, "form_not_found")
	t.wantCount(1, "SELECT COUNT(*) FROM forms")
	t.wantCount(1, "SELECT COUNT(*) FROM form_revisions")
}

func testFormDeletionRace(t trial) {
	for round := range 5 {
		id := form.ID(fmt.Sprintf("f%d", round))
		saveForm(t, someForm(home, id, string(id)))
		asking := somePanel(home, panel.ID(fmt.Sprintf("p%d", round)), string(id))
		asking.Form = id
		both := together(2, func(i int) error {
			if i == 0 {
				return t.Forms.DeleteForm(t.Context(), home, id)
			}
			return t.Panels.SavePanel(t.Context(), asking)
		})
		switch {
		case both[0] == nil:
			wantFault(t, both[1], fault.NotFound, "form_not_found")
		case both[1] == nil:
			wantFault(t, both[0], fault.Conflict, "form_in_use")
		default:
			t.Fatalf("both were refused: %v", both)
		}
	}
	t.wantCount(0, `SELECT COUNT(*) FROM panels p WHERE p.form_id <> '' AND NOT EXISTS
		(SELECT 1 FROM forms f WHERE f.guild_id = p.guild_id AND f.form_id = p.form_id)`)
}

func testFormAudit(t trial) {
	_, err := t.Forms.SaveForm(t.Context(), someForm(home, "f", "Report"), entry(home, "f"))
	ok(t, err)
	_, err = t.Forms.SaveForm(t.Context(), someForm(home, "g", "report"), entry(home, "g"))
	wantFault(t, err, fault.Conflict, "form_name_taken")
	ok(t, t.Forms.DeleteForm(t.Context(), home, "f", entry(home, "deleted")))
	wantFault(t, t.Forms.DeleteForm(t.Context(), home, "f", entry(home, "again")), fault.NotFound, "form_not_found")
	t.wantEntries(audit.Query{Guild: home, Limit: 10}, []audit.Entry{numbered(2, entry(home, "deleted"))[0], numbered(1, entry(home, "f"))[0]})
}

func testFormCancelled(t trial) {
	ctx := cancelled(t)
	_, err := t.Forms.Form(ctx, home, "f")
	wantCancelled(t, err)
	_, err = t.Forms.Forms(ctx, home)
	wantCancelled(t, err)
	_, err = t.Forms.SaveForm(ctx, someForm(home, "f", "Report"))
	wantCancelled(t, err)
	wantCancelled(t, t.Forms.DeleteForm(ctx, home, "f"))
	t.wantCount(0, "SELECT COUNT(*) FROM forms")
}

func testTicketAnswers(t trial) {
	r := asking(home, 1, 1)
	r.Ticket.Answers = []form.Answer{
		{Question: "what", Label: `"What"?`, Kind: form.Paragraph, Values: []string{"line\nline 🎫 \\u0000"}},
		{Question: "which", Label: "Which?", Kind: form.Select, Values: []string{"a", "b"}, Shown: []string{"A", "B"}},
		{Question: "who", Label: "Who?", Kind: form.User},
	}
	made := reserve(t, r)
	same(t, "answers", made.Answers, r.Ticket.Answers)
	ok(t, t.Tickets.SetChannel(t.Context(), home, made.Number, 77))
	got, err := t.Tickets.ByChannel(t.Context(), home, 77)
	ok(t, err)
	same(t, "answers", got.Answers, r.Ticket.Answers)
	again := asking(home, 1, 1) // the same interaction, with other answers: the first ones stay
	found := try(t, again)
	ok(t, found.err)
	same(t, "answers", found.ticket.Answers, r.Ticket.Answers)
}

func testTicketsHeld(t trial) {
	for _, state := range []ticket.State{ticket.Closed, ticket.Failed, ticket.Closing} {
		inState(t, 1, state)
	}
	r := asking(home, 1, 900)
	r.MaxOpen = 5
	first := reserve(t, r)
	r.Ticket.Interaction = 901
	second := reserve(t, r)
	r.Ticket.Interaction, r.Ticket.Panel = 902, "q"
	reserve(t, r)
	reserve(t, asking(home, 2, 903))
	reserve(t, asking(abroad, 1, 904))
	got, err := t.Holdings.Held(t.Context(), home, "p", 1)
	ok(t, err)
	same(t, "a member's tickets of a panel", got, []ticket.Ticket{second, first})
	none, err := t.Holdings.Held(t.Context(), home, "p", 3)
	ok(t, err)
	same(t, "a member without any", none, nil)
}
