package storetest

import (
	"fmt"

	"usher/internal/core/audit"
	"usher/internal/core/fault"
	"usher/internal/core/message"
	"usher/internal/core/panel"
	"usher/internal/core/snowflake"
)

func panelRules() []rule {
	return []rule{
		{"PanelComesBackAsSaved", testPanelRoundTrip},
		{"PanelKeepsOddTexts", testPanelTexts},
		{"PanelIsChangedFromTheRevisionThatWasRead", testPanelRevision},
		{"PanelIsReplacedBySaving", testPanelReplaced},
		{"PanelNamesAreUniqueWithoutRegardToCase", testPanelNames},
		{"PanelNameTakenByOneOfManyAtOnce", testPanelNameRace},
		{"PanelsOfAGuildAreBounded", testPanelLimit},
		{"PanelsAreListedByName", testPanelOrder},
		{"PanelOfAnotherGuildIsNotFound", testPanelForeign},
		{"PanelDeletedIsGoneAndItsTicketsStay", testPanelDeleted},
	}
}

func somePanel(g snowflake.Guild, id panel.ID, name string) panel.Panel {
	return panel.Panel{ID: id, Guild: g, Name: name, Button: panel.Button{Label: "Open a ticket"}, MaxOpen: 1}
}

// saved is a panel after it was saved once.
func saved(p panel.Panel) panel.Panel {
	p.Revision = 1
	return p
}

func testPanelRevision(t trial) {
	told := audit.Entry{Guild: home, At: noon(), Action: "panel.changed"}
	one := somePanel(home, "p", "Support")
	ok(t, t.Panels.SavePanel(t.Context(), one, told))
	one.Revision = 1
	won := 0
	for _, err := range together(6, func(i int) error {
		mine := one
		mine.MaxOpen = 2 + i
		return t.Panels.SavePanel(t.Context(), mine, told)
	}) {
		if err == nil {
			won++
			continue
		}
		wantFault(t, err, fault.Conflict, "panel_changed")
	}
	ok(t, t.Panels.SavePosted(t.Context(), home, "p", 8, 9, told))
	wantFault(t, t.Panels.SavePosted(t.Context(), abroad, "p", 8, 9, told), fault.NotFound, "panel_not_found")
	got, err := t.Panels.Panel(t.Context(), home, "p")
	ok(t, err)
	if won != 1 || got.Revision != 3 || got.Channel != 8 || got.Message != 9 {
		t.Errorf("%d of six edits of one revision won, and it is %+v", won, got)
	}
	ok(t, t.Panels.DeletePanel(t.Context(), home, "p", told))
	wantFault(t, t.Panels.DeletePanel(t.Context(), home, "p", told), fault.NotFound, "panel_not_found")
	wantFault(t, t.Panels.SavePanel(t.Context(), got, told), fault.Conflict, "panel_changed") // a deleted one does not come back
	t.wantCount(0, "SELECT COUNT(*) FROM panels")
	t.wantCount(4, "SELECT COUNT(*) FROM audit_entries") // what was not done is not recorded
}

func testPanelRoundTrip(t trial) {
	full := panel.Panel{
		ID: "full", Guild: home, Name: "Support", MaxOpen: 3, Category: 1<<62 + 9, StaffRoles: []snowflake.Role{1 << 60, 2},
		Channel: 1<<62 + 11, Message: 1<<62 + 12, ChannelName: "🎫-%username%",
		Post:   message.Template{Content: "Press <b>&amp;</b>"},
		Button: panel.Button{Label: "Open 🎫", Emoji: "🎫", Style: panel.Success},
		Welcome: message.Template{Content: "%user%", Embed: &message.EmbedTemplate{
			Title: "Hi %username%", Colour: 0xFF8800, Image: "https://x.example/%user_id%.png",
			Fields: []message.FieldTemplate{{Name: "Score", Value: "%high_score|none%", Inline: true}, {Name: "n", Value: "v"}},
		}},
	}
	for _, want := range []panel.Panel{full, somePanel(home, "bare", "Bare")} {
		ok(t, t.Panels.SavePanel(t.Context(), want))
		got, err := t.Panels.Panel(t.Context(), home, want.ID)
		ok(t, err)
		want.Revision = 1
		same(t, "panel", got, want)
	}
}

func testPanelTexts(t trial) {
	wants := broken()
	for _, text := range oddities() {
		wants[text] = text
	}
	n := 0
	for text, want := range wants {
		n++
		one := somePanel(home, panel.ID(fmt.Sprintf("p%d", n)), fmt.Sprintf("%d %s", n, text))
		one.Post.Content, one.Button.Label, one.ChannelName, one.Welcome.Embed = text, text, text, &message.EmbedTemplate{Title: text}
		ok(t, t.Panels.SavePanel(t.Context(), one))
		got, err := t.Panels.Panel(t.Context(), home, one.ID)
		ok(t, err)
		same(t, "texts", []string{got.Name, got.Post.Content, got.Button.Label, got.ChannelName, got.Welcome.Embed.Title},
			[]string{fmt.Sprintf("%d %s", n, want), want, want, want, want})
	}
}

func testPanelReplaced(t trial) {
	one := somePanel(home, "p", "Support")
	ok(t, t.Panels.SavePanel(t.Context(), one))
	one.Name, one.MaxOpen, one.Channel, one.Message, one.Post.Content = "SUPPORT", 5, 6, 7, "new"
	ok(t, t.Panels.SavePanel(t.Context(), one))
	got, err := t.Panels.Panels(t.Context(), home)
	ok(t, err)
	one.Revision = 2
	same(t, "panels", got, []panel.Panel{one})
}

func testPanelNames(t trial) {
	ok(t, t.Panels.SavePanel(t.Context(), somePanel(home, "a", "Ärger  Straße")))
	for _, name := range []string{"Ärger  Straße", "äRGER STRASSE", " A\u0308rger strasse "} {
		wantFault(t, t.Panels.SavePanel(t.Context(), somePanel(home, "b", name)), fault.Conflict, "panel_name_taken")
	}
	ok(t, t.Panels.SavePanel(t.Context(), somePanel(abroad, "a", "Ärger Straße")))
	ok(t, t.Panels.SavePanel(t.Context(), somePanel(home, "b", "Arger Strasse")))
	renamed := somePanel(home, "b", "ÄRGER STRASSE")
	wantFault(t, t.Panels.SavePanel(t.Context(), renamed), fault.Conflict, "panel_name_taken")
	got, err := t.Panels.Panel(t.Context(), home, "b")
	ok(t, err)
	same(t, "the panel whose renaming was refused", got, saved(somePanel(home, "b", "Arger Strasse")))
}

func testPanelNameRace(t trial) {
	won := 0
	for _, err := range together(8, func(i int) error {
		return t.Panels.SavePanel(t.Context(), somePanel(home, panel.ID(fmt.Sprintf("p%d", i)), "Support"))
	}) {
		if err == nil {
			won++
			continue
		}
		wantFault(t, err, fault.Conflict, "panel_name_taken")
	}
	if won != 1 {
		t.Errorf("%d panels got the one name", won)
	}
	t.wantCount(1, "SELECT COUNT(*) FROM panels")
}

func testPanelLimit(t trial) {
	for i := range panel.MaxPanels {
		ok(t, t.Panels.SavePanel(t.Context(), somePanel(home, panel.ID(fmt.Sprintf("p%d", i)), fmt.Sprint(i))))
	}
	wantFault(t, t.Panels.SavePanel(t.Context(), somePanel(home, "more", "more")), fault.Conflict, "panel_limit")
	ok(t, t.Panels.SavePanel(t.Context(), somePanel(abroad, "more", "more")))
	ok(t, t.Panels.SavePanel(t.Context(), somePanel(home, "p0", "changed")))
	ok(t, t.Panels.DeletePanel(t.Context(), home, "p0"))
	ok(t, t.Panels.SavePanel(t.Context(), somePanel(home, "more", "more")))
}

func testPanelOrder(t trial) {
	for i, name := range []string{"zebra", "Émile", "apple", "Zoo", "BANANA", "10", "9", "apple pie"} {
		ok(t, t.Panels.SavePanel(t.Context(), somePanel(home, panel.ID(fmt.Sprintf("p%d", i)), name)))
	}
	all, err := t.Panels.Panels(t.Context(), home)
	ok(t, err)
	var got []string
	for _, one := range all {
		got = append(got, one.Name)
	}
	same(t, "order", got, []string{"10", "9", "apple", "apple pie", "BANANA", "zebra", "Zoo", "Émile"})
	none, err := t.Panels.Panels(t.Context(), abroad)
	ok(t, err)
	same(t, "panels of a guild without any", none, nil)
}

func testPanelForeign(t trial) {
	ok(t, t.Panels.SavePanel(t.Context(), somePanel(home, "p", "Support")))
	_, err := t.Panels.Panel(t.Context(), abroad, "p")
	wantFault(t, err, fault.NotFound, "panel_not_found")
	for _, id := range []panel.ID{"q", "", "p\x00", "p\xff", "P"} {
		_, err = t.Panels.Panel(t.Context(), home, id)
		wantFault(t, err, fault.NotFound, "panel_not_found")
		wantFault(t, t.Panels.DeletePanel(t.Context(), home, id), fault.NotFound, "panel_not_found")
	}
	wantFault(t, t.Panels.DeletePanel(t.Context(), abroad, "p"), fault.NotFound, "panel_not_found")
	// The same id in another guild is another panel.
	other := somePanel(abroad, "p", "Support")
	other.MaxOpen = 9
	ok(t, t.Panels.SavePanel(t.Context(), other))
	got, err := t.Panels.Panel(t.Context(), home, "p")
	ok(t, err)
	same(t, "panel", got, saved(somePanel(home, "p", "Support")))
}

func testPanelDeleted(t trial) {
	ok(t, t.Panels.SavePanel(t.Context(), somePanel(home, "p", "Support")))
	ok(t, t.Panels.SavePanel(t.Context(), somePanel(abroad, "p", "Support")))
	opened := reserve(t, asking(home, 1, 1))
	ok(t, t.Tickets.SetChannel(t.Context(), home, opened.Number, 77))
	ok(t, t.Panels.DeletePanel(t.Context(), home, "p"))
	_, err := t.Panels.Panel(t.Context(), home, "p")
	wantFault(t, err, fault.NotFound, "panel_not_found")
	wantFault(t, t.Panels.DeletePanel(t.Context(), home, "p"), fault.NotFound, "panel_not_found")
	ok(t, t.Panels.SavePanel(t.Context(), somePanel(home, "q", "Support"))) // the name is free again
	if _, err = t.Panels.Panel(t.Context(), abroad, "p"); err != nil {
		t.Errorf("the other guild's panel: %v", err)
	}
	got, err := t.Tickets.ByChannel(t.Context(), home, 77)
	ok(t, err)
	same(t, "panel of the ticket that stays", got.Panel, panel.ID("p"))
}
